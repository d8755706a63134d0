"""The collector behind a question: may the page send there, and would it take the response?"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from otklik_widget.visit import fetching, policy
from otklik_widget.visit.fetching import Answer, Unreachable
from otklik_widget.visit.findings import Page, Question, json_of
from otklik_widget.visit.scripts import hidden
from otklik_widget.words import _


def judge_collector(page: Page, question: Question) -> None:
    """Asks the collector what it would say to a response of this page; the one sent has no id and is never kept."""
    collector = question.collector
    if not fetching.is_address(collector):
        said = _("“%(address)s” is no address of a collector: write it like https://ask.example.com",
                 address=collector[:200])  # fmt: skip
        page.found.say("bad-collector", said)
        return
    address = collector + "/responses"
    hidden(page, address)
    if urlsplit(page.address).scheme == "https" and urlsplit(address).scheme == "http":
        said = _("browsers send nothing from an https page to http: give the collector https")
        page.found.say("mixed-content", said)
        return
    if refused := policy.refusal(page.policies, policy.CONNECT, address, page.address):
        said = _(
            "the page's policy forbids to send responses: add %(source)s to %(directive)s",
            source=refused.source, directive=refused.directive,
        )  # fmt: skip
        page.found.say("connect-policy", said)
    if refused := policy.refusal(page.policies, policy.FORM, address, page.address):
        said = _(
            "people without JavaScript cannot send: add %(source)s to form-action in the page's policy",
            source=refused.source,
        )  # fmt: skip
        page.found.say("form-policy", said, serious=False)
    origin = fetching.origin(page.address)
    probe = {name: question.settings.get(name, "") for name in ("key", "place")}
    sent = {"id": "", "point": question.point, "scale": question.scale or "smiley5", **probe}
    try:
        answer = fetching.post(address, json.dumps(sent).encode(), origin)
    except Unreachable as why:
        said = _("the collector %(address)s does not answer, responses wait in browsers: %(why)s",
                 address=collector, why=why)  # fmt: skip
        page.found.say("collector-down", said)
        return
    _answered(page, collector, answer, origin, question)


def _answered(page: Page, collector: str, answer: Answer, origin: str, question: Question) -> None:
    told = json_of(answer.text)
    if answer.status == 429:
        said = _("the collector has heard much from here in the last minute: look again in a minute")
        page.found.say("too-many", said, serious=False)
    elif answer.status in (500, 502, 503, 504):
        said = _("the collector %(address)s is busy or ill (status %(status)s), responses wait in browsers: look "
                 "at its /readyz", address=collector, status=answer.status)  # fmt: skip
        page.found.say("collector-down", said)
    elif not isinstance(told, dict) or "code" not in told:
        said = _("%(address)s is no collector (status %(status)s): add collector=\"https://…\" with its address",
                 address=collector, status=answer.status)  # fmt: skip
        page.found.say("not-the-collector", said)
    elif told["code"] == "forbidden":
        _key(page, question.settings.get("key", ""), origin)
    elif answer.headers.get("access-control-allow-origin") != "*":
        said = _("something between the page and %(address)s removes the header Access-Control-Allow-Origin: let "
                 "it through", address=collector)  # fmt: skip
        page.found.say("no-cors", said)
    errors = told.get("errors") if isinstance(told, dict) else None
    for error in errors if isinstance(errors, list) else []:
        field = error.get("field") if isinstance(error, dict) else None
        if field == "point":
            page.found.unknown_point(question.point)
        elif field == "place":
            said = _("there is no place “%(place)s” in the journey, so responses are refused: correct place=",
                     place=question.settings.get("place", ""))  # fmt: skip
            page.found.say("unknown-place", said)


def _key(page: Page, key: str, origin: str) -> None:
    if not key:
        said = _("this site needs a key: make one with “otklik key add NAME --origin %(origin)s” and add key=…",
                 origin=origin)  # fmt: skip
        page.found.say("key-missing", said)
    else:
        said = _("the key “%(key)s” is unknown, revoked, or does not list %(origin)s: see “otklik key list”",
                 key=key, origin=origin)  # fmt: skip
        page.found.say("key-refused", said)
