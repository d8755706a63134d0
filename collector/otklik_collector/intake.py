"""What arrives at `POST /responses` and `/shown`, once its body is there: judged, stored, and answered in JSON."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from otklik_collector import incoming
from otklik_collector.door import HTTP_CHANNELS, Door, Sender
from otklik_collector.numbers import Numbers
from otklik_collector.problem import BadField, Problem
from otklik_collector.response import Outcome, Response
from otklik_collector.writer import Writer
from otklik_widget.contract import BODY_BYTES, uuid_text

STATUSES = {"stored": 201, "revised": 201, "known": 200}


class Intake:
    """Takes one response, several, or what was shown; raises `Problem` where nothing can be taken."""

    def __init__(self, door: Door, writer: Writer, numbers: Numbers) -> None:
        self._door = door
        self._writer = writer
        self._numbers = numbers

    async def one(self, sender: Sender, body: bytes) -> tuple[int, bytes]:
        response = self._admitted(sender, body)
        (outcome,) = await self._writer.submit([response])
        return STATUSES[outcome.status], msgspec.json.encode(_told(response, outcome))

    async def several(self, sender: Sender, body: bytes) -> tuple[int, bytes, int]:
        """The status, the results, and the seconds after which items that met a ceiling may come again."""
        wait = 0
        results: list[dict[str, Any]] = []
        responses: list[Response] = []
        taken: list[dict[str, Any]] = []
        for item in incoming.decode_list(body):
            try:
                if len(item) > BODY_BYTES:
                    raise Problem(413, "too-large", f"A single response may have {BODY_BYTES} bytes")
                response = self._admitted(sender, item)
            except Problem as problem:
                self._numbers.refused(problem.status, problem.code)
                results.append(_refused(item, problem))
                wait = max(wait, problem.retry_after or 0)
            else:
                responses.append(response)
                result: dict[str, Any] = {}
                results.append(result)
                taken.append(result)
        outcomes = await self._writer.submit(responses) if responses else []
        for result, response, outcome in zip(taken, responses, outcomes, strict=True):
            result.update(_told(response, outcome))
            result["status"] = STATUSES[outcome.status]
        statuses = {result["status"] for result in results}
        # 422 says "never again", which must not be said of an item that only came too soon.
        status = 201 if 201 in statuses else 200 if 200 in statuses else 429 if 429 in statuses else 422
        return status, msgspec.json.encode({"results": results}), wait

    def _admitted(self, sender: Sender, body: bytes) -> Response:
        sent, faults = incoming.read(body, self._door.journey, HTTP_CHANNELS)
        # Who may not send is told so before what is wrong with it.
        key = self._door.admit(sender, sent.key, device=sent.device, point=sent.point)
        if faults:
            raise Problem(422, "bad-response", "The response is not as agreed", faults)
        return self._door.response(sent, key, sender)

    async def shown(self, sender: Sender, body: bytes, listed: bool) -> tuple[int, bytes]:
        told = []
        for item in incoming.decode_list(body) if listed else [body]:
            one = incoming.decode_shown(item)
            self._door.admit(sender, one.key, counted=False)
            faults = incoming.faults_of_shown(one, self._door.journey)
            if faults:
                raise Problem(422, "bad-shown", "The question shown is not as agreed", faults)
            told.append(self._door.shown(one.point, one.scale, one.place, sender))
        await self._writer.submit([], told)
        return 204, b""


def _told(response: Response, outcome: Outcome) -> dict[str, Any]:
    return {"id": uuid_text(response.id), "rev": outcome.rev, "status": outcome.status}


def _refused(item: bytes, problem: Problem) -> dict[str, Any]:
    """An item's refusal with the id it claimed, so that a client knows which one to drop."""
    try:
        claimed = json.loads(item).get("id")
    except (ValueError, AttributeError, RecursionError):
        claimed = None
    errors = problem.errors or [BadField("", None, problem.title)]
    return {
        "id": claimed if isinstance(claimed, str) and claimed.isascii() and len(claimed) <= 64 else None,
        "status": 422 if problem.status in (400, 413) else problem.status,
        "code": problem.code,
        "errors": [error.plain() for error in errors],
    }
