"""What pages with questions are made of besides the question: the script, the style, the company's logo, the icon."""

from __future__ import annotations

import re
from pathlib import Path

import flask

from otklik_widget import assets, embed
from otklik_widget.colours import tokens
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

HERE = Path(__file__).parent


class QuestionFiles:
    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    def add(self, app: flask.Flask) -> None:
        app.add_url_rule("/ask.js", view_func=self.configured_script)
        app.add_url_rule("/ask.<digest>.js", view_func=self.script)
        app.add_url_rule("/q/question.css", view_func=self.question_style)
        app.add_url_rule("/q/icon.svg", view_func=self.icon)
        app.add_url_rule("/q/company.image", view_func=self.logo)

    def script(self, digest: str) -> flask.Response:
        """The plain widget under a name that holds its hash; pages that name an older one get today's, not nothing."""
        if not re.fullmatch("[0-9a-f]{10}", digest):
            flask.abort(404)
        ever = f"ask.{digest}.js" == assets.script_name()
        response = flask.Response(assets.script(), mimetype="text/javascript")
        response.headers["Cache-Control"] = f"public, max-age={'31536000, immutable' if ever else '300'}"
        return _for_any_page(response)

    def configured_script(self) -> flask.Response:
        """The widget with one touchpoint's texts; an unknown one still answers with a script that says so."""
        asked = flask.request.args
        point, scale = asked.get("point", ""), asked.get("scale") or asked.get("kind", "")
        card = any(asked.get(name) for name in embed.CARD_SETTINGS)
        if point and point not in self._journey.touchpoints:
            said = f"otklik: there is no touchpoint {point[:64]!r} in the journey"
            script = f"console.warn({flask.json.dumps(said)});"
        elif scale and scale not in SCALES:
            said = f"otklik: there is no scale {scale[:16]!r}; there are {', '.join(SCALES)}"
            script = f"console.warn({flask.json.dumps(said)});"
        else:
            script = embed.configured_script(
                self._journey,
                point=point,
                scale=scale,
                lang=asked.get("lang", "")[:35],
                key=asked.get("key", "")[:64],
                card=card,
            )
        response = flask.Response(script, mimetype="text/javascript")
        response.headers["Cache-Control"] = "public, max-age=300"
        response.add_etag()
        response.make_conditional(flask.request)
        return _for_any_page(response)

    def question_style(self) -> flask.Response:
        """The pages' style, with the company's colours after it."""
        return _file(HERE / "static/question.css", "text/css", tokens(self._journey.company.colours))

    def logo(self) -> flask.Response:
        """The company's logo; opened by itself it may not do more than in a page."""
        logo = self._journey.company.logo
        if logo is None:
            flask.abort(404)
        response = flask.Response(logo.data, mimetype=logo.media)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response

    def icon(self) -> flask.Response:
        return _file(HERE / "static/icon.svg", "image/svg+xml")


def _for_any_page(response: flask.Response) -> flask.Response:
    """The script is for other people's pages: their origin may load it, with subresource integrity too."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(file: Path, mimetype: str, more: str = "") -> flask.Response:
    response = flask.Response(file.read_text(encoding="utf-8") + more, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
