"""The widget's script on a page: would a browser load it, run it, and find its settings?"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from otklik_widget.contract import hidden_by_blockers
from otklik_widget.embed import CARD_SETTINGS
from otklik_widget.visit import fetching, policy
from otklik_widget.visit.embeds import Tag
from otklik_widget.visit.fetching import Answer, Unreachable
from otklik_widget.visit.findings import Page, json_of
from otklik_widget.words import _

SETTINGS = ("point", "scale", "kind", "lang", "key", "place", "segment", "customer", "collector", *CARD_SETTINGS)
_RUNS = ("", "text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript")
_JAVASCRIPT = re.compile(r"(text|application)/(x-)?(java|ecma)script")


def query_of(address: str) -> dict[str, str]:
    """What a script's address says, and where its responses go: like the script itself, the last of two counts."""
    parts = urlsplit(address)
    return {"collector": f"{parts.scheme}://{parts.netloc}", **dict(parse_qsl(parts.query))}


def judge_script(page: Page, script: Tag, *, by_script: bool) -> None:
    """Says why a browser would not load or run the script."""
    address, has = script.attributes["src"], script.attributes
    kind = has.get("type", "").strip().lower()
    if kind == "module":
        said = _('the script is a module, so its address says nothing to it: remove type="module"')
        page.found.say("module", said)
    elif kind not in _RUNS:
        said = _(
            "the script has the type “%(kind)s” and waits, perhaps for a consent to cookies: it sets none, remove "
            "the type", kind=kind,
        )  # fmt: skip
        page.found.say("script-type", said)
    if data := sorted(name for name in has if name.startswith("data-") and name[5:] in SETTINGS):
        said = _(
            "the script does not read %(names)s: write it into the script's address, like ask.js?%(name)s=…",
            names=", ".join(data), name=data[0][5:],
        )  # fmt: skip
        page.found.say("data-attributes", said)
    if not fetching.is_address(address):
        page.found.say("script-unreachable", _("“%(address)s” is no address of a script", address=address[:200]))
        return
    if urlsplit(page.address).scheme == "https" and urlsplit(address).scheme == "http":
        said = _("browsers load no http script into an https page: write https://%(rest)s", rest=address[7:])
        page.found.say("mixed-content", said)
        return
    hidden(page, address)
    refused = policy.refusal(
        page.policies, policy.SCRIPT, address, page.address,
        nonce=has.get("nonce", ""), integrity=has.get("integrity", ""), by_script=by_script,
    )  # fmt: skip
    if refused:
        said = _(
            "the page's policy forbids the script: add %(source)s to %(directive)s",
            source=refused.source, directive=refused.directive,
        )  # fmt: skip
        page.found.say("script-policy", said)
    _loaded(page, address, has)


def _loaded(page: Page, address: str, has: Mapping[str, str]) -> None:
    try:
        script = fetching.get(address)
    except Unreachable as why:
        said = _("the script %(address)s cannot be fetched: %(why)s", address=address, why=why)
        page.found.say("script-unreachable", said)
        return
    if script.status != 200:
        said = _(
            "the script %(address)s answers with status %(status)s: is this the collector's address?",
            address=address, status=script.status,
        )  # fmt: skip
        page.found.say("script-status", said)
        return
    if not _JAVASCRIPT.fullmatch(script.kind):
        said = _(
            "the script %(address)s comes as “%(kind)s”, which browsers do not run: is this the collector's "
            "address?", address=address, kind=script.kind or "?",
        )  # fmt: skip
        page.found.say("script-mime", said)
    elif "otklik" not in script.text:
        said = _("%(address)s is a script, but not this widget: is this the collector's address?", address=address)
        page.found.say("not-the-widget", said)
    elif told := re.match(r'console\.warn\(("(?:[^"\\]|\\.)*")\)', script.text):
        _warned(page, str(json_of(told[1])), address)
    _integrity(page, script, has, address)


def _warned(page: Page, told: str, address: str) -> None:
    """The collector answers an unknown touchpoint or scale with a script that only says so."""
    query = query_of(address)
    if "touchpoint" in told:
        page.found.unknown_point(query.get("point", ""))
    else:
        page.found.unknown_scale(query.get("scale") or query.get("kind", ""))


def _integrity(page: Page, script: Answer, has: Mapping[str, str], address: str) -> None:
    wanted = [word.partition("-")[::2] for word in has.get("integrity", "").split()]
    known = [(name, value.partition("?")[0]) for name, value in wanted if name in ("sha256", "sha384", "sha512")]
    if not known:
        return
    strongest = max(name for name, _value in known)
    digest = base64.b64encode(hashlib.new(strongest, script.body).digest()).decode()
    if digest not in [value for name, value in known if name == strongest]:
        said = _(
            "the script is another than its integrity says, so browsers do not run it: write “%(right)s”",
            right=f"{strongest}-{digest}",
        )  # fmt: skip
        page.found.say("integrity", said)
    elif urlsplit(address).query or urlsplit(address).path.endswith("/ask.js"):
        said = _(
            "the script's integrity breaks with the next change of question or version: use the script whose name "
            "holds its hash, and an element"
        )
        page.found.say("integrity-later", said, serious=False)
    if fetching.origin(address) != fetching.origin(page.address) and "crossorigin" not in has:
        said = _("a script of another site with integrity needs one more attribute: add crossorigin")
        page.found.say("integrity-crossorigin", said)


def hidden(page: Page, address: str) -> None:
    """Says so where ad blockers would hide this address."""
    parts = urlsplit(address)
    labels = "/" + "/".join((parts.hostname or "").split(".")[:-1])
    if hidden_by_blockers(parts.path) or hidden_by_blockers(labels):
        said = _(
            "people with an ad blocker may not see it: in %(address)s a part of the name is on their lists; take "
            "another name", address=f"{parts.hostname}{parts.path}",
        )  # fmt: skip
        page.found.say("hidden-name", said, serious=False)
