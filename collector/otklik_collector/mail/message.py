"""A letter as mail programs take it: text and HTML, and headers that nothing can break out of."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from importlib.metadata import version
from typing import NamedTuple

MOST_LETTERS = 150


class _Policy(EmailPolicy):
    """What servers expect, with an address in a header left whole: Python would encode a long one beyond use."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n")


class Content(NamedTuple):
    """What a letter says, in one language: as text and as HTML."""

    subject: str
    text: str
    html: str


def message(sender: str, name: str, to: str, content: Content, id: str, now: float, ending: str = "") -> EmailMessage:
    """The letter; the same `id` gives the same Message-ID, so that a letter that came twice can be known.

    `ending`: where its reader ends letters of this kind.
    """
    found = EmailMessage(policy=POLICY)
    found["From"] = Address(one_line(name), addr_spec=ascii_address(sender))
    found["To"] = Address(addr_spec=ascii_address(to))
    found["Subject"] = one_line(content.subject)
    found["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    found["Message-ID"] = f"<{id}@{ascii_address(sender).rpartition('@')[2]}>"
    found["User-Agent"] = f"Otklik/{version('otklik')}"
    # Answering machines keep silent (RFC 3834).
    found["Auto-Submitted"] = "auto-generated"
    if ending:
        found["List-Unsubscribe"] = f"<{ending}>"
        if ending.startswith("https://"):  # RFC 8058 allows nothing else
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Quoted-printable: 8-bit lines may be longer than servers allow.
    found.set_content(content.text, cte="quoted-printable")
    found.add_alternative(content.html, subtype="html", cte="quoted-printable")
    return found


def one_line(text: str) -> str:
    """Text for a header: whatever could begin another one is a space, and it is no longer than people read."""
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return said if len(said) <= MOST_LETTERS else said[: MOST_LETTERS - 1] + "…"


def ascii_address(written: str) -> str:
    """An address whose domain in other letters is written as servers know it."""
    name, _at, domain = written.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return written
