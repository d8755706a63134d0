"""Why a question on a page does not show, or is not heard: every reason in a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator

from otklik_widget.scales import SCALES
from otklik_widget.visit import embeds, fetching, policy
from otklik_widget.visit.asking import judge_question
from otklik_widget.visit.embeds import Embeds, Tag
from otklik_widget.visit.fetching import Answer, Unreachable
from otklik_widget.visit.findings import Page, Question, Visit
from otklik_widget.visit.hearing import judge_collector
from otklik_widget.visit.scripts import judge_script, query_of
from otklik_widget.words import _

MOST = 20
"""So many questions and scripts of a page are looked at; more of them would be a flood to the collector."""


def visit(address: str) -> Visit:
    """Looks at the page and at everything its questions need; stores nothing anywhere."""
    found = Visit(address)
    try:
        answer = fetching.get(address)
    except Unreachable as why:
        found.say("page-unreachable", _("the page cannot be fetched: %(why)s", why=why))
        return found
    found.address = answer.address
    if answer.status != 200:
        found.say("page-status", _("the page answers with status %(status)s: publish it first", status=answer.status))
    elif answer.kind not in ("text/html", "application/xhtml+xml"):
        found.say("page-type", _("this is no page but “%(kind)s”: give the address of a page", kind=answer.kind or "?"))
    else:
        _look(found, answer)
    return found


def _look(found: Visit, answer: Answer) -> None:
    seen = embeds.read(answer.text, answer.address)
    header = policy.parsed(answer.headers.get("content-security-policy", ""))
    written = [one for text in seen.policies for one in policy.parsed(text)]
    page = Page(answer.address, [*header, *written], found)
    # A sandbox counts in the header only.
    if policy.sandboxed(header, "allow-scripts"):
        found.say("sandbox", _("the page's policy shuts it into a sandbox: add “allow-scripts” to “sandbox”"))
    elif policy.sandboxed(header, "allow-same-origin"):
        said = _("the page's sandbox hides whose page it is, and no key fits: add “allow-same-origin” to “sandbox”")
        found.say("sandbox", said)
    for script in seen.scripts:
        if script.inside:
            said = _(
                "line %(line)s: the script stands in <%(tag)s>, where it never runs: move it out",
                line=script.line, tag=script.inside,
            )  # fmt: skip
            found.say("inert", said)
    live = [script for script in seen.scripts if not script.inside]
    inserted = [Tag({"src": address}, 0) for address in dict.fromkeys(seen.written)]
    if not live and not inserted:
        _without_script(found, seen)
    for script in [*live, *inserted][:MOST]:
        judge_script(page, script, by_script=script in inserted)
    found.questions = list(_questions(live, inserted, seen))[:MOST]
    probes = set()
    for question in found.questions:
        judge_question(page, question)
        if question.point and question.scale in ("", *SCALES) and question.probe not in probes:
            probes.add(question.probe)
            judge_collector(page, question)


def _questions(live: list[Tag], inserted: list[Tag], seen: Embeds) -> Iterator[Question]:
    """Each element with what its script's address adds, and each script that brings a question by itself."""
    queries = [(script, query_of(script.attributes["src"])) for script in [*live, *inserted]]
    plain = next((query for _tag, query in queries if not query.get("point")), queries[0][1] if queries else {})
    own = {query["point"]: query for _tag, query in queries if query.get("point")}
    asked = set()
    for element in seen.elements:
        if not element.inside:
            said = {name: value for name, value in element.attributes.items() if value}
            asked.add(said.get("point"))
            yield Question({**own.get(said.get("point", ""), plain), **said}, "element")
    for script, query in queries:
        if query.get("point") and query["point"] not in asked:
            yield Question(query, "inserted" if script in inserted else "script")


def _without_script(found: Visit, seen: Embeds) -> None:
    if seen.elements:
        said = _('the page has the element <otklik-ask>, but no script: add <script async src="…/ask.js">')
        found.say("no-script", said)
    elif seen.managers:
        said = _(
            "nothing of the question stands in the page itself; the tag manager %(name)s may insert it, which only "
            "a browser sees: publish its container, open the page with #otklik and look into the console",
            name=", ".join(seen.managers[:3]),
        )  # fmt: skip
        found.say("tag-manager", said)
    elif seen.commented:
        said = _("line %(line)s: the question is commented out: remove <!-- and -->", line=seen.commented)
        found.say("commented-out", said)
    elif not found.reasons:
        said = _(
            "there is no question on this page: put the script's tag into it. If a script of the page builds it, "
            "open it with #otklik and look into the browser's console"
        )
        found.say("no-embed", said)
