"""Values of options, checked as argparse reads them."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from otklik_collector.words import _
from otklik_widget.contract import KEY, uuid7_bytes


def rate(written: str) -> int:
    """Responses a minute, 0 for no limit."""
    if not written.isdecimal() or int(written) > 1_000_000:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no whole number from 0 to 1000000", value=written))
    return int(written)


def day(written: str) -> date:
    """A date like 2026-11-21."""
    try:
        found = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        found = date.min
    if not 1970 <= found.year <= 2200:  # arithmetic with days must not leave the calendar
        raise argparse.ArgumentTypeError(_("“%(value)s” is no date like 2026-11-21", value=written))
    return found


def count(written: str) -> int:
    """A whole number from 1."""
    if not written.isdecimal() or not 1 <= int(written) <= 1_000_000:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no whole number from 1 to 1000000", value=written))
    return int(written)


def response_id(written: str) -> bytes:
    """The 16 bytes of a response's id."""
    found = uuid7_bytes(written.strip())
    if found is None:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no id of a response", value=written))
    return found


def flag_reason(written: str) -> str:
    """Why a response is flagged: a word of ours or of the company's."""
    if not KEY.fullmatch(written):
        said = _("“%(value)s” is no word of small letters, digits and hyphens, like staff", value=written)
        raise argparse.ArgumentTypeError(said)
    return written


def customer(written: str) -> str:
    """A customer's key, as it was sent."""
    if not written.strip():
        raise argparse.ArgumentTypeError(_("the customer's key is empty"))
    return written
