"""Jinja2 as the whole site uses it: the same words and filters in whole pages and in parts of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from otklik_site import formats
from otklik_site.words import _

if TYPE_CHECKING:
    from jinja2 import BaseLoader

TEMPLATES = Path(__file__).resolve().parent / "templates"


def loader() -> BaseLoader:
    """Where templates are looked for."""
    return FileSystemLoader(TEMPLATES)


def dress(environment: Environment) -> None:
    """Gives an environment what our templates speak of; a name that nobody gave is a fault, not an empty place."""
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(_=_, day=formats.day, own_name=formats.own_name, territory=formats.territory)


class Fragments:
    """Parts of pages, rendered while their Markdown is."""

    def __init__(self) -> None:
        self._environment = Environment(loader=loader(), autoescape=True)
        dress(self._environment)

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values).strip()
