"""Templates of what is printed: filled without a request, by the console and the command line alike."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from otklik_collector.words import _

FOLDER = Path(__file__).parent / "templates"


def template(name: str) -> Template:
    """A template of ours, with `_` known in it."""
    return _environment().get_template(name)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals["_"] = _
    return made
