"""The map in each of its forms, as text: what `otklik map --format` chooses from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otklik_collector.map.series import ProblemMap
    from otklik_widget.journey import Journey

FORMATS = ("text", "json", "html", "svg", "csv")


def render(found: ProblemMap, journey: Journey, form: str, lang: str) -> str:
    """The map in one of `FORMATS`; html and svg are files that ask nothing of a server."""
    # Every command reads the names of the forms at its start; what makes them would be half as long again.
    from otklik_collector.map.document import render_json
    from otklik_collector.map.page import render_html
    from otklik_collector.map.picture import render_svg
    from otklik_collector.map.table import render_csv, render_text

    match form:
        case "json":
            return render_json(found)
        case "html":
            return render_html(found, journey, lang, standalone=True)
        case "svg":
            return render_svg(found, journey, lang)
        case "csv":
            return render_csv(found)
    return render_text(found, journey)
