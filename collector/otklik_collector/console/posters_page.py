"""A question on paper: the sheet as it prints, to look at, to print and to save as PDF."""

from __future__ import annotations

import flask

from otklik_collector.browser import browser, no_browser, pdf
from otklik_collector.console.gate import Gate, Language, said
from otklik_collector.console.links_page import LinksPage
from otklik_collector.posters import SIZES, Poster, render_posters, stylesheet
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.scales import texts


class PostersPage:
    """`links` knows which touchpoints and places a person may see."""

    def __init__(self, gate: Gate, journey: Journey, language: Language, links: LinksPage) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._links = links

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/links/<key>/poster", "poster", self.sheet)
        pages.add_url_rule("/links/<key>/poster.pdf", "poster_pdf", self.pdf)
        pages.add_url_rule("/poster.css", "poster_style", self.style)

    def sheet(self, key: str) -> str:
        poster = self._asked(key)
        bar = flask.render_template(
            "poster-bar.html", poster=poster, touchpoint=self._journey.touchpoints[key], sizes=size_names(),
            choices=language_choices(self._journey), chosen=",".join(poster.languages),
            no_browser="" if browser() else no_browser(),
        )  # fmt: skip
        return self._drawn(poster, bar=bar, standalone=False)

    def pdf(self, key: str) -> flask.Response:
        poster = self._asked(key)
        try:
            content = pdf(self._drawn(poster, bar="", standalone=True))
        except Faults as refused:
            return said(_("The PDF could not be made."), 503, "; ".join(fault.text for fault in refused.faults))
        reply = flask.Response(content, content_type="application/pdf")
        name = "-".join(filter(None, [key, poster.place, poster.size, *poster.languages]))
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return reply

    def style(self) -> flask.Response:
        reply = flask.Response(stylesheet(self._journey), mimetype="text/css")
        reply.headers["Cache-Control"] = "public, max-age=300"
        return reply

    def _asked(self, key: str) -> Poster:
        """The sheet of an address; what it does not name, or names wrongly, is the first there is."""
        (touchpoint, place), args = self._links.asked(key), flask.request.args
        size, wanted = args.get("size", ""), args.get("language", "")
        choices = language_choices(self._journey)
        languages = tuple((wanted if wanted in choices else next(iter(choices))).split(","))
        return Poster(touchpoint.key, place, size if size in SIZES else SIZES[0], languages)

    def _drawn(self, poster: Poster, *, bar: str, standalone: bool) -> str:
        address, lang = self._gate.address(), self._language()
        return render_posters(self._journey, [poster], address, lang, bar=bar, standalone=standalone)


def size_names() -> dict[str, str]:
    return {"a4": "A4", "a5": "A5", "tent": _("table tent, A4 folded once")}


def language_choices(journey: Journey) -> dict[str, str]:
    """The languages a sheet may speak, joined by commas, and their names: both first, where there are two."""
    known = journey.company.languages
    names = {lang: str(texts(lang)["language"]) for lang in known}
    both = {",".join(known[:2]): " + ".join(names[lang] for lang in known[:2])} if len(known) > 1 else {}
    return both | names
