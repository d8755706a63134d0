"""What a Content-Security-Policy allows: the part of CSP Level 3 that decides over a script and over requests."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from otklik_widget.visit.fetching import origin

SCRIPT = ("script-src-elem", "script-src", "default-src")
CONNECT = ("connect-src", "default-src")
FORM = ("form-action",)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Refusal:
    """The directive that forbids something, and what must be added to it."""

    directive: str
    source: str


def parsed(header: str) -> list[dict[str, list[str]]]:
    """The policies of a header, or of a page's own <meta>: each a directive's name and its words."""
    found = []
    for policy in header.split(","):
        directives: dict[str, list[str]] = {}
        for part in policy.split(";"):
            name, *words = part.split() or [""]
            if name:
                directives.setdefault(name.lower(), words)  # the first one counts, as in browsers
        if directives:
            found.append(directives)
    return found


def refusal(
    policies: Iterable[Mapping[str, list[str]]],
    kinds: tuple[str, ...],
    address: str,
    page: str,
    *,
    nonce: str = "",
    integrity: str = "",
    by_script: bool = False,
) -> Refusal | None:
    """What forbids this address on the page, or None; every policy must allow it.

    `nonce` and `integrity` are a script's attributes; `by_script`: another script inserts it.
    """
    for policy in policies:
        directive = next((kind for kind in kinds if kind in policy), "")
        if not directive:
            continue
        words = policy[directive]
        small = [word.lower() for word in words]
        if nonce and f"'nonce-{nonce}'" in words:
            continue
        if integrity and all(f"'{word}'" in words for word in integrity.split()):
            continue
        if "'strict-dynamic'" in small and kinds is SCRIPT:
            if by_script:
                continue
            return Refusal(directive, "'nonce-…'")
        if not any(_matches(word, address, page) for word in words):
            return Refusal(directive, "'self'" if origin(address) == origin(page) else origin(address))
    return None


def sandboxed(policies: Iterable[Mapping[str, list[str]]], allowance: str) -> bool:
    """Does a policy shut the page into a sandbox without this allowance?"""
    return any("sandbox" in policy and allowance not in policy["sandbox"] for policy in policies)


def _matches(source: str, address: str, page: str) -> bool:
    wanted, own = urlsplit(address), urlsplit(page)
    if source == "*":
        return wanted.scheme in ("http", "https")
    if source.lower() == "'self'":
        return origin(address) == origin(page) or (wanted.scheme == "https" and wanted.hostname == own.hostname)
    if source.startswith("'"):
        return False
    if source.endswith(":") and "/" not in source:
        return _scheme_fits(source[:-1].lower(), wanted.scheme)
    scheme, _colon, rest = source.rpartition("://")
    host, _slash, path = rest.partition("/")
    host, _colon, port = host.partition(":")
    wanted_port = wanted.port or _PORTS[wanted.scheme]
    return (
        _scheme_fits((scheme or own.scheme).lower(), wanted.scheme)
        and _host_fits(host.lower(), (wanted.hostname or "").encode("idna").decode())
        and (port == "*" or wanted_port == (int(port) if port.isdigit() else _PORTS[wanted.scheme]))
        and (not path or _path_fits("/" + unquote(path), unquote(wanted.path or "/")))
    )


def _scheme_fits(allowed: str, scheme: str) -> bool:
    return allowed == scheme or (allowed == "http" and scheme == "https")


def _host_fits(allowed: str, host: str) -> bool:
    return allowed in ("*", host) or (allowed.startswith("*.") and fnmatch.fnmatchcase(host, allowed))


def _path_fits(allowed: str, path: str) -> bool:
    return path.startswith(allowed) if allowed.endswith("/") else path == allowed
