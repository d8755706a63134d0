"""One invitation made by hand: who is asked, where and how long it holds; the link is shown once, ready to copy."""

from __future__ import annotations

from html import escape

import flask

from otklik_collector.console.asked import Misled
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.console.links_page import DAYS, LinksPage
from otklik_collector.invitations import CHANNELS, SMS_LETTERS
from otklik_collector.inviting import Asked, Mailing
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES, option_names


class InvitingPage:
    """For managers, of touchpoints in places of their own."""

    def __init__(self, gate: Gate, journey: Journey, language: Language, links: LinksPage) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._links = links

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.invite"] = "manager"
        pages.add_url_rule("/links/<key>/invitation", "invite", self.make, methods=["POST"])

    def make(self, key: str) -> str:
        """Makes one link and shows it: in a mail, in a short message, by itself."""
        form, (touchpoint, place) = flask.request.form, self._links.asked(key)
        if not place and not signed_in().whole:
            raise Misled(_("This touchpoint is in no place of yours."), [], status=403)
        channel, days = form.get("channel", ""), form.get("days", "")
        if channel not in CHANNELS or days not in map(str, DAYS):
            raise Misled(_("Nothing was made."), [_("Choose how it is sent and how long it holds.")], status=422)
        asked = Asked(
            touchpoint.key, "", form.get("customer", "").strip(), form.get("segment", ""), place,
            form.get("language", ""),
        )  # fmt: skip
        mailing = Mailing(
            self._journey, self._gate.store(), self._gate.address(), channel=channel, days=int(days),
            short=channel == "sms", now=self._gate.now(), who=signed_in().name,
        )  # fmt: skip
        if faults := mailing.faults(asked):
            raise Misled(_("Nothing was made."), list(faults.values()), status=422)
        (link,) = mailing.links([asked])
        lang = asked.language or self._language()
        question = touchpoint.question(touchpoint.main, lang)
        return flask.render_template(
            "invited.html", touchpoint=touchpoint, link=link, channel=channel, until=mailing.until(),
            mail=_mail(question, link, touchpoint.main, lang) or self._links.mail(question, link, lang),
            sms=f"{question} {link}",
            length=_.plural("%(n)d letter", "%(n)d letters", len(f"{question} {link}")), most=SMS_LETTERS,
        )  # fmt: skip


def _mail(question: str, link: str, scale: str, lang: str) -> str:
    """The whole scale as links: a press in the mail leaves one tap on the page. Empty for a scale without scores."""
    names = zip(SCALES[scale].scores, option_names(scale, lang), strict=True)
    answers = " · ".join(f'<a href="{escape(link)}?score={score}">{escape(name)}</a>' for score, name in names)
    return f"<p>{escape(question)}</p>\n<p>{answers}</p>" if answers else ""
