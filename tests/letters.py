"""The mail of a company: a server at a real port, and Anna who wants letters."""

from __future__ import annotations

import email
import email.policy
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from managers import FIRST as NOW

from otklik_collector.store import Store
from otklik_collector.store.people import Person
from otklik_collector.store.subscriptions import Subscription
from otklik_widget.settings import Settings


@dataclass
class Office:
    """A mail server at a real port: keeps the letters, and answers as it is set."""

    port: int = 0
    answer: str = "250 OK"
    unknown: str = ""
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address == self.unknown:
            return "550 5.1.1 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            found = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(found, EmailMessage)
            self.letters.append(found)
        return self.answer

    @property
    def settings(self) -> Settings:
        return Settings(
            smtp_host="127.0.0.1", smtp_port=self.port, smtp_tls="none", mail_from="otklik@shop.example",
            collector_url="https://otklik.shop.example",
        )  # fmt: skip


def free_port() -> int:
    """A port that is free; the server cannot be told to take any."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def anna(store: Store, *places: str, **wanted: Any) -> Person:
    """Anna, who wants letters about alarms at her address, in English."""
    found = store.people.add("Anna", "", "admin" if not places else "viewer", places, NOW)
    chosen = Subscription(found.id, "anna@shop.example", "en", digest=False)._replace(**wanted)
    store.subscriptions.put(chosen, NOW, "Anna")
    return found
