"""What an address answers, fetched within bounds: no longer than seconds, no larger than megabytes, http(s) only."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from otklik_widget.faults import why
from otklik_widget.words import _

STEP_SECONDS = 10
WHOLE_SECONDS = 25
"""For each wait, and for a whole answer: what drips a letter a second must not hold anybody for long."""
BYTES = 4 << 20
REDIRECTS = 5


class Unreachable(Exception):  # noqa: N818 - says what happened, in words
    """No whole answer came; the text says why, in the reader's language."""


@dataclass(frozen=True)
class Answer:
    """What came back; `address` is where the redirects led, `headers` have small names, several values joined."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def origin(address: str) -> str:
    """`https://shop.example` of an address as browsers write it, without its default port."""
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{_host(parts.hostname or '')}{port}"


def is_address(written: str) -> bool:
    """Can this be fetched: http(s) with a host, a port that is one, and nobody's name and password?"""
    try:
        parts = urlsplit(written)
        fine = parts.scheme in ("http", "https") and parts.username is None and parts.port != 0
        return bool(fine and written.isprintable() and " " not in written and _host(parts.hostname or ""))
    except ValueError:
        return False


def get(address: str) -> Answer:
    """The answer to GET, behind its redirects; raises `Unreachable`."""
    for _redirect in range(REDIRECTS + 1):
        answer = _ask("GET", address, {}, None)
        if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
            return answer
        told = answer.headers["location"]
        with contextlib.suppress(ValueError):  # like http://[x, which is_address refuses as well
            told = urljoin(address, told).partition("#")[0]
        address = told
        if not is_address(address):
            raise Unreachable(_("it leads to “%(address)s”, which no browser follows", address=address[:200]))
    raise Unreachable(_("it leads from one address to the next, more than %(n)d times", n=REDIRECTS))


def post(address: str, body: bytes, page: str) -> Answer:
    """The answer to a POST as the widget sends it from a page of the origin `page`; raises `Unreachable`."""
    return _ask("POST", address, {"Content-Type": "text/plain;charset=UTF-8", "Origin": page}, body)


def _ask(method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    parts = urlsplit(address)
    host = _host(parts.hostname or "").strip("[]")
    path, query = quote(parts.path or "/", safe="/!$&'()*+,;=:@%~"), quote(parts.query, safe="/?!$&'()*+,;=:@%~")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, parts.port, timeout=STEP_SECONDS)
    timer = threading.Timer(WHOLE_SECONDS, _end, [connection])
    timer.daemon = True
    timer.start()
    usual = {"User-Agent": "Mozilla/5.0 (compatible; otklik check)", "Accept": "*/*", "Accept-Encoding": "gzip"}
    try:
        connection.request(method, path + ("?" + query if query else ""), body, {**usual, **headers})
        reply = connection.getresponse()
        found = reply.read(BYTES + 1)
        if len(found) > BYTES:
            raise Unreachable(_("it is larger than %(n)d MB", n=BYTES >> 20))
        names = {name.lower(): ", ".join(reply.headers.get_all(name, [])) for name in reply.headers}
        if names.get("content-encoding", "").lower() == "gzip":
            found = zlib.decompressobj(31).decompress(found, BYTES)
        return Answer(address, reply.status, names, found)
    except TimeoutError:
        raise Unreachable(_("no answer within %(n)d seconds", n=STEP_SECONDS)) from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(_("its certificate is not right: %(why)s", why=error.verify_message)) from None
    except socket.gaierror:
        raise Unreachable(_("no host of this name is known here")) from None
    except OSError as error:
        raise Unreachable(_("no answer: %(why)s", why=why(error)[:200])) from None
    except (http.client.HTTPException, ValueError, zlib.error) as error:
        raise Unreachable(_("no answer: %(why)s", why=str(error)[:200] or type(error).__name__)) from None
    finally:
        timer.cancel()
        connection.close()


def _end(connection: http.client.HTTPConnection) -> None:
    if connection.sock:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _host(name: str) -> str:
    """A host as it is looked up: Cyrillic names as xn--…, IPv6 in brackets; empty where it is none."""
    if ":" in name:
        return f"[{name}]"
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return ""
