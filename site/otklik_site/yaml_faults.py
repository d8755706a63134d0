"""What is wrong with YAML that cannot be read, said for people who have never heard of YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from otklik_site.words import _
from otklik_widget.faults import Faults, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import yaml


def why_not(error: yaml.YAMLError, lines: Sequence[str], where: str) -> Faults:
    """The fault of a page whose front matter cannot be read; `lines` are those of the whole page."""
    problem = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    at = _line(error, "problem_mark") or _line(error, "context_mark")
    begun = _line(error, "context_mark") or at
    line = lines[at - 1] if at and at <= len(lines) else ""
    above = lines[at - 2] if at and 2 < at <= len(lines) + 1 else ""
    if "quoted scalar" in context:
        return refuse(_("a quotation mark opens here and is never closed"), where, begun)
    if re.match(r"\s*\t", line):
        return refuse(_("this line begins with a tab; YAML wants spaces"), where, at)
    if "flow sequence" in context or "flow mapping" in context:
        said = _("a bracket opens here and is never closed; a text that begins with one must stand in quotes")
        return refuse(said, where, begun)
    if "mapping values are not allowed" in problem and above and ":" not in above and at:
        return refuse(_("this line has no colon; write it like “title: Bonus points”"), where, at - 1)
    if re.match(r"[ ]+[\w-]+:(\s|$)", line) and above and not above.startswith((" ", "-")):
        return refuse(_("this line is indented; keys begin where the line begins"), where, at)
    if "mapping values are not allowed" in problem:
        return refuse(_('a text that holds a colon must stand in quotes: title: "Keys: points"'), where, at)
    if re.search(r":\s+\"", line) or re.search(r":\s+'", line):
        said = _("text goes on after the closing quotation mark; put the whole text into quotes of the other kind")
        return refuse(said, where, at)
    if re.search(r":\s+[@`%*&!|>]", line):
        return refuse(_("a text that begins with a special sign must stand in quotes"), where, at)
    said = _("the front matter cannot be read here; texts with special signs need quotes")
    return refuse(said, where, at)


def _line(error: yaml.YAMLError, mark: str) -> int | None:
    found = getattr(error, mark, None)
    return found.line + 1 if found else None
