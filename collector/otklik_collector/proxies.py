"""Who the visitor is: the peer, or whom a trusted proxy names; and whether the visitor sits at this machine."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

FORWARDING = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


class Proxies:
    """`trusted` are networks whose X-Forwarded-For counts; everybody else's is ignored."""

    def __init__(self, trusted: tuple[str, ...] = ()) -> None:
        self._trusted = [ip_network(part, strict=False) for part in trusted]

    def visitor(self, client: str, header: Callable[[str], Any]) -> str:
        """The visitor's address: the last one named that is no trusted proxy."""
        peer = _host(client)
        named = header("x-forwarded-for")
        if not named or not self._is_trusted(peer):
            return peer
        for hop in reversed([part.strip() for part in str(named).split(",")]):
            if not self._is_trusted(hop):
                return hop
        return peer

    def at_this_machine(self, client: str, header: Callable[[str], Any]) -> bool:
        """Does the visitor sit at this machine? A proxy here that we were not told to trust forwards strangers."""
        peer = _address(_host(client))
        if peer is None or not _loopback(peer):
            return False
        if not any(header(name) for name in FORWARDING):
            return True
        if not self._is_trusted(str(peer)):
            return False
        visitor = _address(self.visitor(client, header))
        return visitor is not None and _loopback(visitor)

    def _is_trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._trusted)


def _host(client: str) -> str:
    return client.rpartition(":")[0].strip("[]")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
