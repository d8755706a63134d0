"""The pages customers see: a question as a plain form, and its thanks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import flask

from otklik_collector.case_pages import CasePages
from otklik_collector.door import Door, Sender
from otklik_collector.problem import Problem
from otklik_collector.proxies import Proxies
from otklik_collector.question_form import read_form, recent
from otklik_collector.response import Response
from otklik_collector.store.responses import new_id
from otklik_collector.words import _
from otklik_widget import embed
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES
from otklik_widget.words import speak

Submit = Callable[[Response], object]
"""Stores a response and returns after the flush, or raises `Problem`."""


class Invited(NamedTuple):
    """What the page of an invitation has instead of the open question's: where it goes, and what only it knows."""

    action: str
    scale: str
    place: str
    lang: str
    seen: str
    """The mark of this rendering, without which a press is nobody's."""
    trap: str
    """The address of a link that no person can see."""
    note: str
    switch: list[tuple[str, str]]


class QuestionPages:
    """The views, with what they need to know."""

    def __init__(self, journey: Journey, door: Door, proxies: Proxies, submit: Submit) -> None:
        self._journey = journey
        self.door = door
        self._proxies = proxies
        self.submit = submit

    cases: CasePages
    """Where a message leads: the page of its case."""

    def language(self, usual: str = "") -> str:
        """The language of a page: asked for, else `usual`, the browser's, or the first of the company's."""
        languages = self._journey.company.languages
        asked = flask.request.values.get("lang", "")
        if asked not in languages:
            asked = usual
        if asked not in languages:
            asked = flask.request.accept_languages.best_match(languages) or languages[0]
        speak(self._journey.company.ours(asked))
        return asked

    def start(self) -> str:
        """Shown while there is no built site: what to do next, and the questions that can already be asked."""
        lang = self.language()
        return flask.render_template("start.html", journey=self._journey, lang=lang)

    def question(self, touchpoint: str) -> flask.Response:
        """The question as a page; nothing is stored, whoever opens it."""
        response = flask.make_response(self.page(touchpoint, flask.request.args, {}, 200))
        # Going back must show the page with the same id again, or a changed answer would be a second response.
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def answer(self, touchpoint: str) -> flask.typing.ResponseReturnValue:
        lang = self.language()
        form = flask.request.form
        if touchpoint not in self._journey.touchpoints:
            flask.abort(404)
        try:
            key = form.get("key", "")
            sender = self.sender()
            admitted = self.door.admit(sender, key, form=True)
            page = self._page_before(touchpoint)
            incoming, faults = read_form(form, form.getlist("reasons"), touchpoint, self._journey, lang, page)
            if not faults:
                response = self.door.response(incoming, admitted, sender)
                self.submit(response)
        except Problem as problem:
            return self.refused(problem, lang)
        if faults:
            return self.page(touchpoint, form, faults, 422)
        asked: dict[str, str | list[str]] = {"lang": lang, "scale": incoming.scale}
        if token := self.cases.token(response):
            asked["case"] = token
        if not (incoming.comment or incoming.contact):
            # A changed answer replaces the whole one, and an address is no place for what somebody wrote.
            asked |= {"id": incoming.id, "score": form["score"], "reasons": incoming.reasons or []}
            asked |= {"key": form["key"]} if form.get("key") else {}
        asked |= {name: form[name][:64] for name in ("place", "channel") if form.get(name)}
        return flask.redirect(f"/q/{touchpoint}/thanks?{urlencode(asked, doseq=True)}", 303)

    def _page_before(self, touchpoint: str) -> str:
        """The page of ours that the form stood on, as the widget would tell it; "" for our own question page."""
        referrer = flask.request.referrer or ""
        if not self.door.is_own(referrer):
            return ""
        path = urlsplit(referrer).path
        return "" if path == f"/q/{touchpoint}" else path[:2048]

    def sender(self) -> Sender:
        request = flask.request
        port = request.environ.get("REMOTE_PORT", "0")
        client = f"{request.remote_addr}:{port}"
        address = self._proxies.visitor(client, request.headers.get)
        return Sender(request.headers.get("Origin"), address, request.headers.get("User-Agent", ""))

    def refused(self, problem: Problem, lang: str) -> tuple[str, int, dict[str, str]]:
        if problem.status == 403:
            said = _("This form may not be sent from this page. Please open the question at our own address.")
        elif problem.status == 429:
            said = _("Too many answers came from here in a minute. Please try again in a minute.")
        else:
            said = _("Your answer could not be kept just now. Please go back and send it again.")
        headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
        return self.said(said, lang), problem.status, headers

    def page(
        self,
        touchpoint: str,
        values: Mapping[str, str],
        faults: Mapping[str, str],
        status: int,
        *,
        invited: Invited | None = None,
    ) -> tuple[str, int]:
        """The question with what was filled in and what is wrong with it; by invitation it goes back to that."""
        lang = self.language(invited.lang if invited else "")
        found = self._journey.touchpoints.get(touchpoint)
        if found is None:
            flask.abort(404)
        scale = (invited.scale if invited else values.get("scale") or values.get("kind")) or found.main
        if scale not in SCALES:
            scale = found.main
        place = invited.place if invited else values.get("place", "")
        now = int(time.time() * 1000)
        asked = recent(values.get("id", ""), now)
        # A link may choose an answer, but not write words for somebody, nor whom we answer.
        typed = values if flask.request.method == "POST" else {}
        filled: dict[str, str | list[str]] = {"score": values.get("score", "")}
        filled |= {name: typed.get(name, "") for name in ("comment", "contact", "consent")}
        filled["reasons"] = flask.request.values.getlist("reasons")
        form = embed.form(
            self._journey,
            touchpoint,
            scale,
            lang,
            # Not the page's own address: posting to that would drop the page that going back must show again.
            action=invited.action if invited else f"/q/{touchpoint}?answer",
            key="" if invited else values.get("key", "")[:64],
            id="" if invited else str(UUID(bytes=asked or new_id(now))),
            place=place if place in self._journey.place_keys and not invited else "",
            channel="" if invited else values.get("channel", "")[:16],
            seen=invited.seen if invited else "",
            values=filled,
            faults=faults,
        )
        page = flask.render_template(
            "question.html",
            journey=self._journey,
            lang=lang,
            form=form,
            faulty=bool(faults),
            title=found.question(scale, lang),
            place=self._journey.place_keys.get(place),
            switch=invited.switch if invited else self._switch(touchpoint, scale, place, values.get("key", "")[:64]),
            invited=invited,
            chosen=bool(filled["score"]) and not faults,
            write=self._write(touchpoint, scale, lang, place, values.get("channel", "")[:16]),
        )
        return page, status

    def _write(self, touchpoint: str, scale: str, lang: str, place: str, channel: str) -> str:
        """The way to write to us, on every page but the one where that is done."""
        if scale == "message":
            return ""
        place = place if place in self._journey.place_keys else ""
        return embed.write_to_us(self._journey, lang, touchpoint=touchpoint, place=place, channel=channel)

    def _switch(self, touchpoint: str, scale: str, place: str, key: str) -> list[tuple[str, str]]:
        """The other languages of the company and where the same question is in them."""
        same = {name: value for name, value in (("scale", scale), ("place", place), ("key", key)) if value}
        languages = self._journey.company.languages
        return [(lang, f"/q/{touchpoint}?{urlencode(same | {'lang': lang})}") for lang in languages]

    def thanks(self, touchpoint: str) -> str:
        if touchpoint not in self._journey.touchpoints:
            flask.abort(404)
        lang = self.language()
        said = _("Thank you. Your answer is counted.")
        args = flask.request.args
        again = f"/q/{touchpoint}?{urlencode(args.to_dict(flat=False), doseq=True)}" if args.get("id") else ""
        case = self.cases.promise(args.get("case", ""))
        place, channel = args.get("place", ""), args.get("channel", "")[:16]
        write = self._write(touchpoint, args.get("scale", ""), lang, place, channel)
        return self.said(said, lang, thanks=True, again=again, case=case, write=write)

    def said(self, title: str, lang: str, **more: object) -> str:
        """A page with one sentence and what `said.html` knows to say beside it."""
        return flask.render_template("said.html", journey=self._journey, lang=lang, title=title, **more)
