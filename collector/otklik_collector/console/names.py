"""What roles and deeds are called, on pages and by commands."""

from __future__ import annotations

from otklik_collector.store.audit import Deed
from otklik_collector.store.people import ROLES
from otklik_collector.words import _
from otklik_widget.journey import Journey


def role_name(role: str) -> str:
    """A role in the reader's language."""
    return {"viewer": _("viewer"), "manager": _("manager"), "admin": _("administrator")}.get(role, role)


def action_name(action: str) -> str:
    """A deed of the audit log in the reader's language."""
    names = {
        "signed-in": _("signed in"),
        "signed-out": _("signed out"),
        "sessions-ended": _("ended sessions"),
        "guessing": _("repeatedly wrong password"),
        "password-changed": _("changed the password"),
        "person-added": _("added a person"),
        "person-changed": _("changed rights"),
        "person-removed": _("removed a person"),
        "link-made": _("made a sign-in link"),
        "case-opened": _("opened a case"),
        "case-answered": _("answered a case"),
        "case-closed": _("closed a case"),
        "case-reopened": _("opened a case again"),
        "case-assigned": _("gave a case to somebody"),
        "case-marked": _("marked a case"),
        "case-note": _("added a note to a case"),
        "contact-shown": _("read the contact of a case"),
        "link-used": _("used a sign-in link"),
        "response-entered": _("entered a response"),
        "key-added": _("made a site key"),
        "key-revoked": _("revoked a site key"),
        "copied": _("copied the database"),
        "restored": _("put a copy of the database back"),
        "imported": _("imported responses"),
        "passes-brought": _("brought numbers of customers"),
        "flags-added": _("flagged responses"),
        "flags-removed": _("took flags back"),
        "webhook-added": _("added a webhook"),
        "webhook-removed": _("removed a webhook"),
        "webhook-paused": _("a webhook was paused, it answers no more"),
        "kiosk-added": _("added a kiosk"),
        "kiosk-revoked": _("revoked a kiosk"),
        "kiosk-renamed": _("renamed a kiosk"),
        "kiosk-moved": _("moved a kiosk"),
        "kiosk-changed": _("changed a kiosk"),
        "kiosk-retired": _("retired a kiosk"),
        "kiosk-code-made": _("made a pairing code for a kiosk"),
        "kiosk-paired": _("a tablet became a kiosk by a code"),
        "change-noted": _("noted a change"),
        "change-altered": _("corrected a noted change"),
        "change-removed": _("removed a noted change"),
        "report-published": _("published a report"),
        "token-added": _("made an API token"),
        "token-revoked": _("revoked an API token"),
        "exported": _("exported responses"),
        "view-shared": _("shared a saved view"),
        "read-link-made": _("made a link to read a map"),
        "read-link-revoked": _("took a link to read back"),
        "invitations-made": _("made invitation links"),
        "invitations-ended": _("ended all invitation links"),
        "mail-chosen": _("chose letters"),
        "mail-ended": _("ended letters by their link"),
    }
    return names.get(action, action)


def detail_words(deed: Deed, journey: Journey | None = None, lang: str = "en") -> str:
    """The detail of a deed in words: a role with its places, or a number."""
    role, *places = deed.detail.split() or [""]
    if role not in ROLES:
        return deed.detail
    known = journey.place_keys if journey else {}
    named = [known[key].name.say(lang) if key in known else key for key in places]
    return ", ".join([role_name(role), *named])
