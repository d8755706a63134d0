"""Who the visitor is: the peer, or whom a trusted proxy names; and whether the visitor sits at this machine."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

FORWARDING = (
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip", "x-client-ip",
    "true-client-ip", "cf-connecting-ip", "forwarded", "via",
)  # fmt: skip


class Proxies:
    """`trusted` are networks whose X-Forwarded-For counts; everybody else's is ignored."""

    def __init__(self, trusted: tuple[str, ...] = ()) -> None:
        self._trusted = [ip_network(part, strict=False) for part in trusted]

    def visitor(self, client: str, header: Callable[[str], Any]) -> str:
        """The visitor's address: the last one named that is no trusted proxy."""
        peer = _host(client)
        if not self._trusted or not self._is_trusted(peer) or not (named := header("x-forwarded-for")):
            return peer
        hops = [_bare(hop.strip()) for hop in str(named).split(",") if hop.strip()]
        return next((hop for hop in reversed(hops) if not self._is_trusted(hop)), hops[0] if hops else peer)

    def at_this_machine(self, client: str, header: Callable[[str], Any]) -> bool:
        """Does the visitor sit at this machine? Whatever came through a proxy did not, whomever it names."""
        peer = _address(_host(client))
        return peer is not None and _loopback(peer) and not any(header(name) for name in FORWARDING)

    def secure(self, scheme: str, client: str, header: Callable[[str], Any]) -> bool:
        """Did the visitor come by https, to us or to a trusted proxy, which names the scheme?"""
        if scheme == "https":
            return True
        named = str(header("x-forwarded-proto") or "").rpartition(",")[2].strip().lower()
        return named == "https" and self._is_trusted(_host(client))

    def _is_trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._trusted)


def _host(client: str) -> str:
    return client.rpartition(":")[0].strip("[]")


def _bare(hop: str) -> str:
    """A hop without the port that some proxies write: with it every connection would be a new visitor."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, _colon, port = hop.partition(":")
    return host if port.isdecimal() else hop


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
