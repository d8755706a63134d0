"""A manager makes one invitation by hand, in places of their own."""

from __future__ import annotations

import re

import pytest
from managers import Console

from otklik_collector.store import open_store


@pytest.fixture
def staff(shop: Console) -> Console:
    """Vera looks after the shop in the centre."""
    shop.let_in("Vera", "manager", "centre")
    return shop


MADE = {"customer": "4711", "segment": "host", "channel": "email", "language": "ru", "days": 7}


def test_a_manager_makes_one_invitation_and_the_log_tells_nobodys_key(staff: Console) -> None:
    anna = staff.signed_in()
    page = anna.ask("/console/links/till?place=omsk").text
    assert '<input type="hidden" name="place" value="omsk">' in page
    reply = anna.send("/console/links/till", "/console/links/till/invitation", place="omsk", **MADE)
    assert reply.status == 200
    link = re.search(rf"<code>{staff.url}/i/(v[\w-]+)</code>", reply.text)
    assert link
    assert (
        f"&lt;a href=&#34;{staff.url}/i/{link[1]}?score=4&#34;&gt;Отлично&lt;/a&gt;" in reply.text
    )  # a mail in their language
    written = anna.send("/console/links/write", "/console/links/write/invitation", **MADE).text
    assert "Ответить на вопрос&lt;/a&gt;" in written  # nothing to choose from
    with open_store(staff.db) as store:
        found = store.invitations.find(link[1])
    assert found
    assert (found.touchpoint, found.place, found.segment, found.lang) == ("till", "omsk", "host", "ru")
    assert found.expires_at - found.made_at == 7 * 86_400_000
    assert ("Anna", "invitations-made", "till") in staff.deeds()
    short = anna.send("/console/links/till", "/console/links/till/invitation", **{**MADE, "channel": "sms"})
    assert re.search(rf"<code>{staff.url}/i/q\w{{10}}</code>", short.text)
    assert "letters" in short.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"segment": "vip"}, "the journey has no segment “vip”; known: guest, host."),
        ({"language": "de"}, "the company does not speak “de”"),
        ({"channel": "post"}, "Choose how it is sent and how long it holds."),
        ({"days": 8}, "Choose how it is sent and how long it holds."),
        ({"customer": "k" * 257}, "has 256 letters at most"),
    ],
)
def test_what_no_link_can_carry_is_refused(shop: Console, changed: dict[str, object], said: str) -> None:
    reply = shop.signed_in().send("/console/links/till", "/console/links/till/invitation", **{**MADE, **changed})
    assert (reply.status, said in reply.text) == (422, True)


def test_nobody_invites_for_a_place_that_is_not_theirs(staff: Console) -> None:
    vera, boris = staff.signed_in("Vera"), staff.signed_in("Boris")
    path = "/console/links/till/invitation"
    assert vera.send("/console/links/till", path, place="omsk", **MADE).status == 403
    reply = vera.send("/console/links/till", path, **MADE)
    (token,) = re.findall(r"/i/(v[\w-]+)</code>", reply.text)
    with open_store(staff.db) as store:
        found = store.invitations.find(token)
    assert found
    assert found.place == "centre"
    assert "An invitation to one customer" not in boris.ask("/console/links/till").text  # Boris only looks
    assert boris.send("/console/links", path, **MADE).status == 403
