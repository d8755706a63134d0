"""A question's own settings: do they name something that can be asked, and for whom does a card come?"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping

from otklik_widget.scales import SCALES
from otklik_widget.visit.findings import Page, Question, json_of
from otklik_widget.words import _

PATIENCE = 2
"""Seconds for a pattern that somebody wrote into a page: some of them would take years."""
ELSEWHERE, ENDLESS = 3, 4
_WHEN = re.compile(r"time \d+(\.\d+)?|scroll \d+(\.\d+)?|click .+|[^ ]+")


def judge_question(page: Page, question: Question) -> None:
    """Says what is wrong with the question's own settings, and what hides it from some."""
    settings = question.settings
    if not question.point:
        if data := settings.get("data-point"):
            said = _('the element has data-point, which is not read: write point="%(point)s"', point=data)
        else:
            said = _('the element names no touchpoint: add point="…", as it stands in the journey')
        page.found.say("no-point", said)
    if question.scale not in ("", *SCALES):
        page.found.unknown_scale(question.scale)
    for name in ("reasons", "contact"):
        if settings.get(name) and not isinstance(json_of(settings[name]), dict):
            said = _("the attribute “%(name)s” is no JSON object: mind the quotes around it", name=name)
            page.found.say(f"bad-{name}", said)
    if question.card:
        _card(page, settings)


def _matches(pattern: str, address: str) -> int:
    """0 where the pattern is in the address, else `ELSEWHERE`, `ENDLESS`, or 1 where it is none.

    Tried in a process of its own: nothing else can stop a pattern.
    """
    tried = f"import json, re, sys; sys.exit(0 if re.search(*json.load(sys.stdin)) else {ELSEWHERE})"
    try:
        return subprocess.run(  # noqa: S603 - our own words; the pattern comes by the input
            [sys.executable, "-I", "-S", "-c", tried], input=json.dumps([pattern, address]).encode(),
            capture_output=True, timeout=PATIENCE, check=False,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return ENDLESS


def _card(page: Page, settings: Mapping[str, str]) -> None:
    if url := settings.get("url"):
        found = _matches(url, page.address)
        if found == ELSEWHERE:
            said = _("the card is meant for other pages: “url=%(url)s” is not in this address", url=url)
            page.found.say("url", said)
        elif found == ENDLESS:
            said = _("“url=%(url)s” takes too long: write it without repeats within repeats", url=url)
            page.found.say("endless-url", said)
        elif found:
            page.found.say("bad-url", _("“url=%(url)s” is no regular expression: mind its brackets", url=url))
    share = settings.get("share", "")
    try:
        asked = float(share or 1)
    except ValueError:
        asked = -1
    if not 0 < asked <= 1:
        page.found.say("bad-share", _("“share=%(share)s” must be a number like 0.25", share=share))
    elif asked < 1:
        said = _("only %(share)s of all page views are asked: reload some times, or raise “share”", share=share)
        page.found.say("share", said, serious=False)
    when = settings.get("when", "")
    if when and not _WHEN.fullmatch(when):
        page.found.say(
            "bad-when", _("“when=%(when)s” is no moment: write it like “time 20” or “click .buy”", when=when)
        )
    elif when:
        said = _("the card waits for its moment, “when=%(when)s”: bring it about, then look", when=when)
        page.found.say("when", said, serious=False)
    said = _(
        "whoever answered or closed a card does not see one for days (“again=%(again)s”): try a private window",
        again=settings.get("again") or "90 7",
    )  # fmt: skip
    page.found.say("again", said, serious=False)
