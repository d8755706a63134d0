"""Where a webhook may be sent: an address is looked up once, judged, and the connection goes to that very address."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from otklik_collector.door import origin_of
from otklik_collector.words import _

STEP_SECONDS = 10
WHOLE_SECONDS = 20
"""For each wait, and for all of them: an address that drips a letter a second must not hold a thread for long."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Numbers that count as public and yet answer only inside a cloud's machines, some with their secrets.
_INSIDE_CLOUDS = [ipaddress.ip_network(net) for net in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")]


class Refused(Exception):  # noqa: N818 - says what happened, in words
    """Nothing was sent, or no whole answer came; the text says why, in the reader's language."""


class Address(NamedTuple):
    """An http(s) address taken apart; `host` as it is looked up, `target` as it is asked for."""

    secure: bool
    host: str
    port: int
    target: str
    origin: str


class Answer(NamedTuple):
    status: int
    retry_after: int | None


def address_of(url: str) -> Address:
    """The parts of a webhook's address; raises `Refused` where it can't be one."""
    origin = origin_of(url)
    if origin is None or not re.fullmatch(r"\S{1,500}", url) or not url.isprintable():
        raise Refused(_("it must be an address like https://crm.example/otklik, without a name and password"))
    if "#" in url:
        raise Refused(_("what stands after “#” is never sent; leave it out"))
    parts, bare = urlsplit(url), urlsplit(origin)
    assert bare.hostname
    secure = bare.scheme == "https"
    target = quote(parts.path or "/", safe="/!$&'()*+,;=:@%~") + (
        "?" + quote(parts.query, safe="/?!$&'()*+,;=:@%~") if parts.query else ""
    )
    return Address(secure, bare.hostname, bare.port or (443 if secure else 80), target, origin)


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Does this number stand in the open internet, however it is wrapped, and not in somebody's own network?"""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        if number in _NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
        if number.is_site_local:
            return False
    outside = number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)
    return outside and not any(number in net for net in _INSIDE_CLOUDS)


def post(address: Address, headers: Mapping[str, str], body: bytes, *, private: bool) -> Answer:
    """Sends a body and returns the answer's status; raises `Refused`. Follows no redirect and asks no proxy."""
    with _closing_late(_Connection(address, private)) as connection:
        try:
            connection.request("POST", address.target, body, dict(headers))
            answer = connection.getresponse()
            answer.read(1024)
            return Answer(answer.status, _seconds(answer.headers.get("Retry-After", "")))
        except TimeoutError:
            raise Refused(_("no answer within %(n)d seconds", n=STEP_SECONDS)) from None
        except ssl.SSLCertVerificationError as error:
            raise Refused(_("its certificate is not right: %(why)s", why=error.verify_message)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refused(_("no answer: %(why)s", why=str(error)[:200] or type(error).__name__)) from None


class _Connection(http.client.HTTPConnection):
    """Connects to the numbers that were judged: asking for the name again could lead elsewhere."""

    def __init__(self, address: Address, private: bool) -> None:
        super().__init__(address.host, address.port, timeout=STEP_SECONDS)
        self._address = address
        self._private = private
        self.default_port = 443 if address.secure else 80

    def connect(self) -> None:
        self.sock = self._connected(self._judged())
        if self._address.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._address.host)

    def _connected(self, numbers: list[str]) -> socket.socket:
        """A connection to the first number that takes one: a name may have a newer number that no way leads to."""
        for number in numbers[:-1]:
            with contextlib.suppress(OSError):
                return socket.create_connection((number, self._address.port), STEP_SECONDS)
        return socket.create_connection((numbers[-1], self._address.port), STEP_SECONDS)

    def _judged(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._address.host, self._address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Refused(_("there is no such name: %(host)s", host=self._address.host)) from None
        numbers = list(dict.fromkeys(str(place[4][0]) for place in found))
        for number in numbers if not self._private else ():
            if not is_public(ipaddress.ip_address(number.partition("%")[0])):
                said = _("%(host)s stands in a private network (%(number)s); webhooks for such need --allow-private",
                         host=self._address.host, number=number)  # fmt: skip
                raise Refused(said)
        return numbers


@contextlib.contextmanager
def _closing_late(connection: http.client.HTTPConnection) -> Iterator[http.client.HTTPConnection]:
    def end() -> None:
        if connection.sock:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield connection
    finally:
        timer.cancel()
        connection.close()


def _seconds(written: str) -> int | None:
    return int(written) if re.fullmatch(r"[0-9]{1,6}", written.strip()) else None
