"""Comments: what customers wrote, what comes back in their words, and the reasons they ticked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import flask

from otklik_collector.cases import CaseRule
from otklik_collector.console import told_reasons
from otklik_collector.console.asked import Asked, Misled, asked_of
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.console.map_page import drawn
from otklik_collector.console.spoken import Spoken
from otklik_collector.drawing import today_of
from otklik_collector.map import figures
from otklik_collector.map.reasons import Reason, reasons_by_touchpoint
from otklik_collector.map.shares import ShareChange
from otklik_collector.map.suppression import Tellable, tellable
from otklik_collector.masking import masked
from otklik_collector.stems import search
from otklik_collector.store.comments import Comment, Key, Wanted
from otklik_collector.themes import Theme, Themes, themes
from otklik_collector.words import _
from otklik_widget.contract import uuid7_bytes
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

A_PAGE = 20
READ = 5_000
"""Comments of a period whose themes are counted, the newest: half a second of work for both periods."""
REASONS_READ = 20_000
REASONS_TOLD = 3
WORDS_LETTERS = 80
MOODS = ("unhappy", "neutral", "happy", "message")
_AFTER = re.compile(r"(\d{8})-(-?\d{1,15})-([0-9a-f]{32}|)")


class Line(NamedTuple):
    """One touchpoint's reasons, those ticked most by the unhappy first."""

    touchpoint: str
    reasons: list[Reason]


class CommentsPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language, rule: CaseRule) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._rule = rule
        self._spoken = Spoken(journey, language)

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.comments"] = "viewer"
        self._gate.roles["console.comment_case"] = "manager"
        pages.add_url_rule("/comments", "comments", self.comments)
        pages.add_url_rule("/comments", "comment_case", self.open_case, methods=["POST"])

    def comments(self) -> str:
        lang, args = self._language(), flask.request.args
        today = today_of(self._journey)
        asked = asked_of(self._journey, signed_in(), args, today)
        also = self._also(args)
        asked = replace(asked, also=also)
        store, answers = self._gate.store(), signed_in().may("manager")
        may = tellable(drawn(store, self._journey, asked, lang).series)
        wanted = self._wanted(asked, None if answers else may.answers)
        after = _place(args.get("after", ""))
        page = store.comments.page(wanted, A_PAGE, after, self._fits(also.get("words", "")))
        first = after is None and not also.get("words")
        fields = flask.render_template("comment-fields.html", chosen=also, **self._choices(also, lang))
        return flask.render_template(
            "comments.html", asked=asked, picker=picker(self._journey, asked, lang, fields), figures=figures,
            comments=page.comments, cut=page.cut, more=_link(asked, page.more) if page.more else "",
            first=after is None, narrow=bool(also) or asked.filters.narrow, words=also.get("words", ""),
            text=self._text(), answers=answers, tells=wanted.tells, score_name=self._spoken.score,
            touchpoint_name=self._spoken.touchpoint, place_name=self._spoken.place, reason_name=self._spoken.reason,
            query=replace(asked, also={}).query(), theme_link=lambda theme: _theme_link(asked, theme),
            id_of=response_id, touchpoint_link=lambda key: asked.query(touchpoint=key),
            **(self._front(wanted, asked, may) if first else {}),
        )  # fmt: skip

    def _front(self, wanted: Wanted, asked: Asked, may: Tellable) -> dict[str, object]:
        """What stands above the comments of the first page: themes and reasons."""
        store = self._gate.store()
        # Unhappy and happy are compared, so both are read whatever answer is asked for.
        both = replace(wanted, mood=None, scale=None, score=None, reason=None)
        now = store.comments.said(both, READ)
        found = themes(now, store.comments.said(replace(both, period=asked.against), READ))
        return {
            "themes": found, "examples": self._examples([one.text for one in now], found),
            "read": figures.number(READ) if len(now) >= READ else "", "contrast_words": _contrast_words,
            "change_words": told_reasons.change_words, "unhappy_words": told_reasons.unhappy_words,
            **self._reasons(asked, may),
        }  # fmt: skip

    def _reasons(self, asked: Asked, may: Tellable) -> dict[str, object]:
        store, touchpoint = self._gate.store(), asked.also.get("touchpoint")
        if touchpoint:
            ticked = ({touchpoint: store.told.reasons(touchpoint, period, asked.filters)}
                      for period in (asked.period, asked.against))  # fmt: skip
        else:
            ticked = (store.told.reasons_by_touchpoint(period, asked.filters, REASONS_READ)
                      for period in (asked.period, asked.against))  # fmt: skip
        now, before = told_reasons.told(next(ticked), next(ticked), may)
        lines = []
        for key, found in reasons_by_touchpoint(now, before).items():
            found.sort(key=lambda one: (-one.unhappy, -one.ticks, one.key))
            lines.append(Line(key, found if touchpoint else found[:REASONS_TOLD]))
        order = list(self._journey.touchpoints)
        lines.sort(key=lambda line: order.index(line.touchpoint) if line.touchpoint in order else len(order))
        newest = any(one.newest for one in now.values())
        return {"reasons": lines, "reasons_read": figures.number(REASONS_READ) if newest and not touchpoint else ""}

    def _examples(self, texts: list[str], found: Themes) -> dict[str, list[str]]:
        shown = self._text()
        return {theme.words: [shown(texts[place]) for place in theme.examples] for theme in found.themes}

    def _text(self) -> Callable[[str], str]:
        """How a comment's words are shown: who answers customers of a place reads all of them."""
        return (lambda text: text) if signed_in().may("manager") else masked

    def _fits(self, words: str) -> Callable[[str], bool] | None:
        """Is what was searched for in a text, as far as the reader may see it?"""
        if not words:
            return None
        wanted = search(words)
        if signed_in().may("manager"):
            return wanted.finds
        # Who sees no names must not find them either.
        return lambda text: wanted.finds(text) and wanted.finds(masked(text))

    def _also(self, args: Mapping[str, str]) -> dict[str, str]:
        """What is asked for beside the period and the filters. Raises `Misled` with everything that is wrong in it."""
        asked = {name: value for name in ("touchpoint", "answer", "reason", "in") if (value := args.get(name))}
        words = args.get("words", "").strip()
        if words:
            asked["words"] = words
        known: dict[str, list[str]] = {
            "touchpoint": list(self._touchpoints()), "answer": [*MOODS, *self._scores("")],
            "reason": list(self._journey.reasons), "in": [*self._journey.company.languages, "other"],
        }  # fmt: skip
        wrong = {
            name: _("There is no “%(value)s” here; it may have gone since the link was saved.", value=asked[name][:64])
            + nearest(asked[name], known[name])
            for name in known
            if name in asked and asked[name] not in known[name]
        }
        if len(words) > WORDS_LETTERS:
            wrong["words"] = _("Search for %(n)d letters at most.", n=WORDS_LETTERS)
        if (after := args.get("after")) and not _AFTER.fullmatch(after):
            wrong["after"] = _("This page of the list does not exist.")
        if wrong:
            back = urlencode({name: value for name, value in args.items() if name not in wrong})
            raise Misled(_("This link does not lead anywhere."), list(wrong.values()), back)
        return asked

    def _wanted(self, asked: Asked, scored: frozenset[tuple[str, str]] | None) -> Wanted:
        also = asked.also
        answer = also.get("answer", "")
        scale, _colon, score = answer.partition(":")
        exact = bool(score)
        return Wanted(
            asked.period, asked.filters, also.get("touchpoint"), scale if exact else None,
            int(score) if exact else None, answer if answer in MOODS else None, also.get("reason"), also.get("in"),
            tuple(self._journey.company.languages), scored,
        )  # fmt: skip

    def _touchpoints(self) -> dict[str, str]:
        """Every touchpoint of the journey, and those that are gone from it and keep their comments."""
        names = {key: self._spoken.touchpoint(key) for key in self._journey.touchpoints}
        return names | {key: key for one in self._gate.store().series.all() if (key := one.touchpoint) not in names}

    def _scores(self, touchpoint: str) -> dict[str, str]:
        """The exact answers that may be chosen: of one touchpoint, or of all."""
        asked = self._journey.touchpoints.get(touchpoint)
        scales = asked.ask if asked else [scale for one in self._journey.touchpoints.values() for scale in one.ask]
        asked_once = {one.scale for one in self._gate.store().series.all() if touchpoint in ("", one.touchpoint)}
        return {
            f"{scale}:{score}": self._spoken.score(scale, score)
            for scale in SCALES
            if scale in asked_once.union(scales)
            for score in SCALES[scale].worst_first
        }

    def _choices(self, also: Mapping[str, str], lang: str) -> dict[str, object]:
        moods = dict(zip(MOODS, (_("unhappy"), _("neither"), _("happy"), _("messages")), strict=True))
        names = {"ru": _("Russian"), "en": _("English")}
        languages = {one: names.get(one, one) for one in self._journey.company.languages}
        return {
            "touchpoints": self._touchpoints(), "moods": moods, "scores": self._scores(also.get("touchpoint", "")),
            "reasons": {key: text.say(lang) for key, text in self._journey.reasons.items()},
            "languages": {**languages, "other": _("other")} if len(languages) > 1 else {},
            "words_letters": WORDS_LETTERS,
        }  # fmt: skip

    def open_case(self) -> flask.Response:
        """Opens a case of a comment, or leads to the one that it has."""
        me, table = signed_in(), self._gate.store().cases
        comment = self._mine(flask.request.form.get("id", ""))
        case = table.of_response(comment.response)
        if case is None:
            response = self._gate.store().responses.stored([comment.response])[comment.response]
            kind = "complaint" if response.score in SCALES[response.scale].unhappy else ""
            table.open_by_hand(self._rule.case(response, kind, int(self._gate.now() * 1000)), me.name)
            case = table.of_response(comment.response)
        assert case
        asked = urlencode({"lang": self._language()})
        return flask.make_response(flask.redirect(f"/console/cases/{case.number}?{asked}", 303))

    def _mine(self, id: str) -> Comment:
        """The comment, if it is of a place of the reader; a stranger's looks like one that never was."""
        me, key = signed_in(), uuid7_bytes(id)
        found = self._gate.store().comments.find(key) if key else None
        if found is None or not (me.whole or found.place in me.places):
            flask.abort(said(_("There is no such comment among those of your places."), 404))
        return found


def _place(written: str) -> Key | None:
    """Where in the list to read on."""
    found = _AFTER.fullmatch(written)
    return (int(found[1]), int(found[2]), bytes.fromhex(found[3])) if found else None


def _link(asked: Asked, more: Key) -> str:
    return asked.query(after=f"{more[0]}-{more[1]}-{more[2].hex()}")


def _theme_link(asked: Asked, theme: Theme) -> str:
    return asked.query(words=f'"{theme.words}"', answer=None, reason=None)


def _contrast_words(theme: Theme, found: Themes) -> str:
    """How often the unhappy write of it and how often the happy, where that differs beyond chance; else nothing."""
    change: ShareChange = theme.contrast
    if change.direction not in ("more", "less") or change.low is None or change.high is None:
        return ""
    return _(
        "in %(unhappy)s of 100 comments of the unhappy, in %(happy)s of the happy (%(low)s to %(high)s points)",
        unhappy=figures.of_100(theme.unhappy / found.unhappy), happy=figures.of_100(theme.happy / found.happy),
        low=figures.points(change.low), high=figures.points(change.high),
    )  # fmt: skip


def response_id(id: bytes) -> str:
    """An id as addresses name it."""
    return str(UUID(bytes=id))
