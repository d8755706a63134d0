"""What looks like misuse: how much of a period is left out and why, and people's last word about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import flask

from otklik_collector.commands.flag import said as reason_words
from otklik_collector.console.asked import FIRST_DAY, LAST_DAY, Asked, asked_of, own_places
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.console.map_page import drawn
from otklik_collector.drawing import today_of
from otklik_collector.map.series import Series
from otklik_collector.store.flagged import Chosen, Stretch
from otklik_collector.words import _
from otklik_widget.contract import KEY, uuid7_bytes
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Journey

A_PAGE = 25
MUCH = 0.1
"""Where more is flagged, somebody should look at what happens there."""
LONGEST = timedelta(days=31)
STAFF = "staff"


@dataclass(frozen=True)
class Row:
    """A question with its flagged responses; `score_with`: what the score were with them, where that tells nobody's."""

    series: Series
    score_with: Series | None

    @property
    def share(self) -> float:
        return share(self.series.flagged, self.series.responses)

    @property
    def much(self) -> bool:
        return self.share > MUCH


def share(flagged: int, counted: int) -> float:
    return flagged / (flagged + counted) if flagged else 0.0


class MisusePage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods in (
            ("/misuse", "misuse", self.misuse, ["GET"]),
            ("/misuse/counted", "count_again", self.count_again, ["POST"]),
            ("/misuse/left-out", "leave_out", self.leave_out, ["POST"]),
        ):
            self._gate.roles[f"console.{endpoint}"] = "manager"
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def misuse(self) -> flask.Response:
        return self._page({}, 200)

    def count_again(self) -> flask.Response:
        """Takes flags back: of the responses ticked, or one reason of the whole view."""
        form, store = flask.request.form, self._gate.store()
        if reason := form.get("all", ""):
            ids = store.flagged.ids(self._chosen(self._asked())._replace(reason=reason))
        else:
            ids = [id for one in form.getlist("id") if (id := uuid7_bytes(one))]
        mine = store.flagged.within(ids, own_places(self._journey, signed_in()))
        changed, _unknown = store.flags.remove(mine, reason or None, signed_in().name)
        return self._done(changed, reason=None if reason else flask.request.args.get("reason"))

    def leave_out(self) -> flask.Response:
        """Sets a reason on all that was given from one moment to another, whatever was answered."""
        form, store = flask.request.form, self._gate.store()
        faults: dict[str, str] = {}
        reason = form.get("reason", "").strip()
        if not KEY.fullmatch(reason):
            faults["reason"] = _("a word of small letters, digits and hyphens, like staff")
        stretch = self._stretch(form, faults)
        if faults or stretch is None:
            return self._page(faults, 422)
        changed, _unknown = store.flags.add(store.flagged.given(stretch), reason, signed_in().name)
        return self._done(changed, reason=reason)

    def _stretch(self, form: Mapping[str, str], faults: dict[str, str]) -> Stretch | None:
        point, place = form.get("touchpoint", ""), form.get("place", "")
        mine = own_places(self._journey, signed_in())
        if point and point not in self._journey.touchpoints:
            faults["touchpoint"] = _("there is no such touchpoint")
        if place and place not in (self._journey.place_keys if mine is None else mine):
            faults["place"] = _("choose a place of yours")
        moments = {}
        for name in ("since", "until"):
            try:
                found = datetime.strptime(form.get(name, ""), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - zone follows
            except ValueError:
                found = None
            if found and FIRST_DAY <= found.date() <= LAST_DAY:
                moments[name] = found
            else:
                faults[name] = _("a day and a time, like 2026-11-21T09:30")
        if faults:
            return None
        since, until = moments["since"], moments["until"]
        if not timedelta(0) < until - since <= LONGEST:
            faults["until"] = _("must be later than the beginning, by %(n)d days at most", n=LONGEST.days)
            return None
        zone = self._journey.zone(point, place)
        start, end = (int(when.replace(tzinfo=zone).timestamp() * 1000) for when in (since, until))
        return Stretch(start, end, (place,) if place else mine, point, form.get("device", "").strip())

    def _asked(self) -> Asked:
        asked = asked_of(self._journey, flask.g.person, flask.request.args, today_of(self._journey))
        return replace(asked, filters=replace(asked.filters, per_person=False, include_flagged=False))

    @staticmethod
    def _chosen(asked: Asked) -> Chosen:
        filters = asked.filters
        return Chosen(asked.period.start, asked.period.end, filters.place, filters.segment, filters.channel)

    def _done(self, changed: int, reason: str | None) -> flask.Response:
        query = self._asked().query(done=str(changed), reason=reason, lang=self._language())
        return flask.make_response(flask.redirect(f"/console/misuse?{query}", 303))

    def _page(self, faults: Mapping[str, str], status: int) -> flask.Response:
        lang, asked, args = self._language(), self._asked(), flask.request.args
        store, reason = self._gate.store(), args.get("reason", "")
        chosen = self._chosen(asked)
        counts = store.flagged.breakdown(chosen)
        some = chosen._replace(reason=reason) if reason in counts.reasons else chosen
        first = int(page) * A_PAGE if (page := args.get("page", "")).isdecimal() and len(page) < 7 else 0
        found = store.flagged.list(some, A_PAGE + 1, first)
        rows = self._rows(asked, lang)
        counted, flagged = sum(row.series.responses for row in rows), sum(row.series.flagged for row in rows)
        html = flask.render_template(
            "misuse.html", picker=picker(self._journey, asked, lang, ticks=False), asked=asked, counts=counts,
            rows=[row for row in rows if row.series.flagged],
            much=list(dict.fromkeys(row.series.name for row in rows if row.much)),
            flagged=flagged, share=share(flagged, counted),
            responses=counted + flagged, reason=some.reason or "", reason_words=reason_words,
            found=found[:A_PAGE], next=first // A_PAGE + 1 if len(found) > A_PAGE else 0,
            ids={one.id: str(UUID(bytes=one.id)) for one in found}, names=self._names(lang), faults=faults,
            done=args.get("done", "") if args.get("done", "").isdecimal() else "", form=flask.request.form,
            places=own_places(self._journey, signed_in()) or tuple(self._journey.place_keys), staff=STAFF,
            query=lambda **changes: asked.query(lang=lang, **changes),
        )  # fmt: skip
        return flask.make_response(html, status)

    def _names(self, lang: str) -> dict[str, dict[str, str]]:
        points = {key: point.name.say(lang) for key, point in self._journey.touchpoints.items()}
        return {"place": {key: one.name.say(lang) for key, one in self._journey.place_keys.items()}, "point": points}

    def _rows(self, asked: Asked, lang: str) -> list[Row]:
        store = self._gate.store()
        whole = replace(asked, filters=replace(asked.filters, include_flagged=True))
        beside = {_key(row): row for row in drawn(store, self._journey, whole, lang).series}
        found = []
        for row in drawn(store, self._journey, asked, lang).series:
            other = beside.get(_key(row))
            # Two scores with a few responses between them tell what these few answered.
            told = row.flagged >= SHOWN and row.score is not None and other is not None and other.score is not None
            found.append(Row(row, other if told else None))
        return sorted(found, key=lambda row: -row.share)


def _key(row: Series) -> tuple[str, str, int]:
    return row.touchpoint, row.scale, row.wording
