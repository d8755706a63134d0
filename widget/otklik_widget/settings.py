"""The settings: otklik.toml beside content/, then OTKLIK_* of the environment, then the options of a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.toml_file import TomlFile, read_toml
from otklik_widget.words import _

PREFIX = "OTKLIK_"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*")
LOGS = ("text", "json")
SMTP_TLS = ("starttls", "tls", "none")
SEVERITIES = ("error", "warning", "off")
# Read from the environment elsewhere, so not settings, but not strangers either.
OTHER_VARIABLES = ("OTKLIK_LANG", "OTKLIK_DEBUG", "OTKLIK_BROWSER")


class Check(NamedTuple):
    """How much a check of the site weighs, and where that is said; the site knows which checks there are."""

    code: str
    severity: str
    where: str
    line: int | None

    def __str__(self) -> str:
        return f"{self.code}={self.severity}"


@dataclass(frozen=True)
class Settings:
    """Each field is a setting: `base_url` in otklik.toml, `OTKLIK_BASE_URL` in the environment."""

    base_url: str = ""
    collector_url: str = ""
    site_key: str = ""
    trusted_proxies: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    site: str = "public"
    db: str = "otklik.db"
    backups: str = "backups"
    keep_backups_days: int = 30
    keep_comments_days: int = 0
    keep_contacts_days: int = 365
    disk_floor_mb: int = 200
    log: str = "text"
    limit_visitor: int = 300
    limit_touchpoint: int = 6000
    limit_device: int = 12000
    limit_api: int = 600
    answer_hours: int = 24
    claim_days: int = 10
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: str = "starttls"
    mail_from: str = ""
    digest_hour: int = 8
    checks: tuple[Check, ...] = ()


class FoundSettings(NamedTuple):
    """The settings that can be used, where each that is set was found, and what is wrong with the others."""

    settings: Settings
    origins: dict[str, str]
    faults: list[Fault]

    def all(self) -> list[tuple[str, Any, str]]:
        """Every setting: its name, its value, and where it was found (empty: not set)."""
        return [
            (one.name, getattr(self.settings, one.name), self.origins.get(one.name, "")) for one in fields(Settings)
        ]


def read_settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the company in `folder`; raises `Faults` with every unknown or bad one."""
    found = find_settings(folder, environ)
    if found.faults:
        raise Faults(found.faults)
    return found.settings


def find_settings(folder: Path, environ: Mapping[str, str]) -> FoundSettings:
    """The same, for who wants to know everything: nothing is raised."""
    file = folder / "otklik.toml"
    settings = Settings()
    faults: list[Fault] = []
    origins: dict[str, str] = {}
    written: TomlFile | None = None
    try:
        written = read_toml(file) if file.exists() else None
    except Faults as refused:
        faults.extend(refused.faults)
    known = {one.name: one.type for one in fields(Settings)}
    found: list[tuple[str, int | None, str, Any]] = []
    for name, value in (written.data if written else {}).items():
        found.append((str(file), written.line((name,)) if written else None, name, value))
    for variable, text in sorted(environ.items()):
        if variable.startswith(PREFIX) and variable not in OTHER_VARIABLES:
            found.append((variable, None, variable.removeprefix(PREFIX).lower(), text))
    for where, line, name, value in found:
        if name == "checks":
            settings, wrong = _with_checks(settings, value, where, written)
            faults += wrong
            origins[name] = f"{where}:{line}" if line else where
            continue
        if name not in known:
            said = _("unknown setting “%(name)s”.", name=name) + nearest(name, known)
            faults.append(Fault(where, line, said))
            continue
        try:
            settings = replace(settings, **{name: _value(name, value)})
            origins[name] = f"{where}:{line}" if line else where
        except ValueError as error:
            faults.append(Fault(where, line, str(error)))
    return FoundSettings(settings, origins, faults)


def _with_checks(settings: Settings, value: Any, where: str, written: TomlFile | None) -> tuple[Settings, list[Fault]]:
    """The settings with the checks of a table, or of a text like `orphan=error, fill-in=off`, and its faults."""
    if isinstance(value, str):
        written = None
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        value = {code.strip(): severity.strip() for code, _sign, severity in pairs}
    if not isinstance(value, dict):
        return settings, [Fault(where, None, _('“checks” must be a table of codes, like orphan = "error"'))]
    checks, faults = [], []
    for code, severity in value.items():
        line = written.line(("checks", code)) if written else None
        if severity in SEVERITIES:
            checks.append(Check(code, severity, where, line))
        else:
            said = _("“%(name)s” must be one of: %(known)s", name=code, known=", ".join(SEVERITIES))
            faults.append(Fault(where, line, said))
    return replace(settings, checks=(*settings.checks, *checks)), faults


def with_option(settings: Settings, name: str, value: str, option: str) -> Settings:
    """The settings with one of them as a command's option gives it; raises `Faults` that name the option."""
    try:
        return replace(settings, **{name: _value(name, value)})
    except ValueError as error:
        raise Faults([Fault(option, None, str(error))]) from None


def is_address(written: str) -> bool:
    """Is this a mail address as servers take it: one @, no spaces, nothing that could begin another header?"""
    return len(written) <= 254 and bool(_ADDRESS.fullmatch(written))


def _value(name: str, value: Any) -> Any:
    """A setting's value from TOML or from text; raises `ValueError` with what it must be."""
    if name in ("port", "smtp_port"):
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}", value.strip()):
            value = int(value)
        if type(value) is not int or not 0 <= value <= 65535:
            raise ValueError(_("“%(name)s” must be a port from 0 to 65535", name=name))
        return value
    if name.endswith("_days"):
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}", value.strip()):
            value = int(value)
        if type(value) is not int or not 0 <= value <= 36500:
            raise ValueError(_("“%(name)s” must be a number of days from 0 to 36500; 0 means for ever", name=name))
        return value
    if name == "disk_floor_mb":
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value.strip()):
            value = int(value)
        if type(value) is not int or not 0 <= value <= 9_999_999:
            raise ValueError(_("“%(name)s” must be a number of megabytes from 0 to 9999999", name=name))
        return value
    if name == "log" and value not in LOGS:
        raise ValueError(_("“%(name)s” must be one of: %(known)s", name=name, known=", ".join(LOGS)))
    if name.startswith("limit_"):
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value.strip()):
            value = int(value)
        if type(value) is not int or not 0 <= value <= 1_000_000:
            said = _("“%(name)s” must be a number a minute from 0 to 1000000; 0 means no limit", name=name)
            raise ValueError(said)
        return value
    if name == "answer_hours":
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,4}", value.strip()):
            value = int(value)
        if type(value) is not int or not 1 <= value <= 1000:
            raise ValueError(_("“%(name)s” must be a number of hours from 1 to 1000", name=name))
        return value
    if name == "digest_hour":
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}", value.strip()):
            value = int(value)
        if type(value) is not int or not 0 <= value <= 23:
            raise ValueError(_("“%(name)s” must be an hour from 0 to 23", name=name))
        return value
    if name == "smtp_tls" and value not in SMTP_TLS:
        raise ValueError(_("“%(name)s” must be one of: %(known)s", name=name, known=", ".join(SMTP_TLS)))
    if name == "trusted_proxies":
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise ValueError(_('“%(name)s” must be a list of addresses, like ["127.0.0.1", "10.0.0.0/8"]', name=name))
        for part in value:
            try:
                ip_network(part, strict=False)
            except ValueError:
                said = _("“%(name)s” holds “%(part)s”, which is no network address", name=name, part=part)
                raise ValueError(said) from None
        return tuple(value)
    if not isinstance(value, str):
        raise ValueError(_("“%(name)s” must be a text in quotes", name=name))  # noqa: TRY004 - one kind of error for one caller
    if name.startswith(("smtp_", "mail_")) and not value.isprintable():
        raise ValueError(_("“%(name)s” must be one line", name=name))
    if name in ("smtp_user", "smtp_password") and not value.isascii():  # servers agree on nothing else
        raise ValueError(_("“%(name)s” must have Latin letters, digits and signs only", name=name))
    if name == "mail_from" and value and not is_address(value):
        raise ValueError(_("“%(name)s” must be a mail address like otklik@shop.example", name=name))
    if name in ("base_url", "collector_url") and value:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError(_("“%(name)s” must be an address like https://shop.example", name=name))
        return value.rstrip("/")
    return value
