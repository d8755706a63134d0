"""The commands of the collector, in the order in which `otklik --help` lists them."""

from __future__ import annotations

from otklik_collector.commands import (
    audit,
    backup,
    bring,
    case,
    changes,
    customer_hash,
    demo,
    digest,
    doctor,
    draw,
    drivers,
    erase,
    export,
    flag,
    key,
    kiosk,
    link,
    mail,
    monday,
    passes,
    person,
    poster,
    serve,
    token,
    user,
    verify,
    webhook,
)
from otklik_widget.cli import Commands


def add_commands(commands: Commands) -> None:
    """Adds every command of the collector."""
    for command in (
        serve,
        user,
        audit,
        case,
        key,
        token,
        kiosk,
        link,
        poster,
        bring,
        passes,
        draw,
        monday,
        changes,
        drivers,
        verify,
        flag,
        backup,
        export,
        person,
        erase,
        webhook,
        mail,
        digest,
        customer_hash,
        doctor,
        demo,
    ):
        command.add(commands)
