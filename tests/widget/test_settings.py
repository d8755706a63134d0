"""Every setting can stand in otklik.toml or in the environment, and every bad one is named at once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otklik_widget.faults import Faults
from otklik_widget.settings import Settings, read_settings
from otklik_widget.words import speaking

# Each setting with a value other than its usual one: as otklik.toml writes it, as the environment does, as it is read.
ALL: list[tuple[str, str, str, Any]] = [
    ("base_url", '"https://shop.example/"', "https://shop.example/", "https://shop.example"),
    ("collector_url", '"http://ask.example:8000/in"', "http://ask.example:8000/in", "http://ask.example:8000/in"),
    ("site_key", '"abc"', "abc", "abc"),
    ("trusted_proxies", '["127.0.0.1", "10.0.0.0/8"]', "127.0.0.1, 10.0.0.0/8,", ("127.0.0.1", "10.0.0.0/8")),
    ("host", '"0.0.0.0"', "0.0.0.0", "0.0.0.0"),
    ("port", "8080", " 8080 ", 8080),
    ("site", '"pages"', "pages", "pages"),
    ("db", '"answers.db"', "answers.db", "answers.db"),
    ("backups", '"/mnt/copies"', "/mnt/copies", "/mnt/copies"),
    ("keep_backups_days", "14", " 14 ", 14),
    ("keep_comments_days", "180", "180", 180),
    ("keep_contacts_days", "0", "0", 0),
    ("disk_floor_mb", "1000", " 1000 ", 1000),
    ("log", '"json"', "json", "json"),
    ("limit_visitor", "60", " 60 ", 60),
    ("limit_touchpoint", "0", "0", 0),
    ("limit_device", "1000000", "1000000", 1_000_000),
    ("limit_api", "60", " 60 ", 60),
    ("answer_hours", "8", " 8 ", 8),
    ("claim_days", "30", "30", 30),
    ("smtp_host", '"smtp.shop.example"', "smtp.shop.example", "smtp.shop.example"),
    ("smtp_port", "2525", " 2525 ", 2525),
    ("smtp_user", '"otklik"', "otklik", "otklik"),
    ("smtp_password", '"secret"', "secret", "secret"),
    ("smtp_tls", '"tls"', "tls", "tls"),
    ("mail_from", '"otklik@shop.example"', "otklik@shop.example", "otklik@shop.example"),
    ("digest_hour", "9", " 9 ", 9),
]


def faults(folder: Path, text: str = "", **environ: str) -> list[str]:
    (folder / "otklik.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Faults) as found:
        read_settings(folder, environ)
    return [str(fault).replace(f"{folder}/", "") for fault in found.value.faults]


def test_none_is_needed(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings()


def test_the_table_of_this_test_has_every_setting() -> None:
    # The weights of checks are a table, not one value: see tests/site/test_checks.py.
    assert [field.name for field in fields(Settings) if field.name != "checks"] == [name for name, *_values in ALL]
    assert [name for name, _toml, _text, value in ALL if getattr(Settings(), name) == value] == []


@pytest.mark.parametrize(("name", "toml", "text", "value"), ALL)
def test_each_setting_is_read_from_the_file_and_from_the_environment(
    tmp_path: Path, name: str, toml: str, text: str, value: Any
) -> None:
    from_environment = read_settings(tmp_path, {f"OTKLIK_{name.upper()}": text})
    (tmp_path / "otklik.toml").write_text(f"{name} = {toml}\n")
    from_file = read_settings(tmp_path, {})

    assert getattr(from_file, name) == getattr(from_environment, name) == value


def test_all_settings_can_stand_together(tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text("\n".join(f"{name} = {toml}" for name, toml, _text, _value in ALL))

    assert read_settings(tmp_path, {}) == Settings(**{name: value for name, _toml, _text, value in ALL})


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text("port = 1\nhost = '10.0.0.1'\n")

    found = read_settings(tmp_path, {"OTKLIK_PORT": "2", "PORT": "3", "HOST": "x"})

    assert (found.port, found.host) == (2, "10.0.0.1")


@pytest.mark.parametrize("variable", ["OTKLIK_LANG", "OTKLIK_DEBUG"])
def test_the_two_variables_that_are_no_settings_are_no_strangers(tmp_path: Path, variable: str) -> None:
    assert read_settings(tmp_path, {variable: "ru"}) == Settings()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('base_ulr = "https://x.example"', "unknown setting “base_ulr”. Did you mean “base_url”?"),
        ("[server]\nport = 80", "unknown setting “server”."),
        ('base_url = "shop.example"', "“base_url” must be an address like https://shop.example"),
        ('base_url = "https://"', "“base_url” must be an address like https://shop.example"),
        ('base_url = "https://x.example/?a=1"', "“base_url” must be an address like https://shop.example"),
        ('collector_url = "ftp://x.example"', "“collector_url” must be an address like https://shop.example"),
        ('collector_url = " https://x.example"', "“collector_url” must be an address like https://shop.example"),
        ("site_key = 5", "“site_key” must be a text in quotes"),
        ("host = 127", "“host” must be a text in quotes"),
        ("db = ['a']", "“db” must be a text in quotes"),
        ("site = true", "“site” must be a text in quotes"),
        ("port = 65536", "“port” must be a port from 0 to 65535"),
        ("port = -1", "“port” must be a port from 0 to 65535"),
        ("port = true", "“port” must be a port from 0 to 65535"),
        ("port = 80.0", "“port” must be a port from 0 to 65535"),
        ('port = "http"', "“port” must be a port from 0 to 65535"),
        ('trusted_proxies = ["proxy"]', "“trusted_proxies” holds “proxy”, which is no network address"),
        ("trusted_proxies = [1]", '“trusted_proxies” must be a list of addresses, like ["127.0.0.1", "10.0.0.0/8"]'),
        ("trusted_proxies = 1", '“trusted_proxies” must be a list of addresses, like ["127.0.0.1", "10.0.0.0/8"]'),
    ],
)
def test_a_bad_setting_is_named_with_its_line_and_what_it_must_be(tmp_path: Path, line: str, said: str) -> None:
    assert faults(tmp_path, f"# ours\n{line}\n") == [f"otklik.toml:2: {said}"]


def test_all_bad_settings_of_file_and_environment_are_named_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        'port = "x"\nbase_ulr = 1\nhost = 5\n',
        OTKLIK_PORT="9" * 5000,
        OTKLIK_COLECTOR_URL="https://x.example",
        OTKLIK_TRUSTED_PROXIES="127.0.0.1, here",
    )

    assert found == [
        "otklik.toml:1: “port” must be a port from 0 to 65535",
        "otklik.toml:2: unknown setting “base_ulr”. Did you mean “base_url”?",
        "otklik.toml:3: “host” must be a text in quotes",
        "OTKLIK_COLECTOR_URL: unknown setting “colector_url”. Did you mean “collector_url”?",
        "OTKLIK_PORT: “port” must be a port from 0 to 65535",
        "OTKLIK_TRUSTED_PROXIES: “trusted_proxies” holds “here”, which is no network address",
    ]


def test_a_russian_reader_is_told_in_russian(tmp_path: Path) -> None:
    with speaking("ru"):
        found = faults(tmp_path, "\nbase_ulr = 'x'\nport = 'восемь'\ntrusted_proxies = ['тут']\n")

    assert found == [
        "otklik.toml:2: неизвестная настройка «base_ulr». Может быть, «base_url»?",
        "otklik.toml:3: настройка «port» – это порт, число от 0 до 65535",
        "otklik.toml:4: в настройке «trusted_proxies» есть «тут», а это не сетевой адрес",
    ]


def test_a_broken_file_of_settings_is_named_with_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, "port = 8000\nhost = localhost\n") == [
        "otklik.toml:2: this is no TOML: this value is not understood; a text must stand in quotes. "
        "If the line looks right, compare it with those above it."
    ]


@given(name=st.sampled_from([name for name, *_values in ALL]), text=st.text())
def test_no_text_in_the_environment_breaks_the_reader(name: str, text: str) -> None:
    try:
        found = read_settings(Path("no such folder"), {f"OTKLIK_{name.upper()}": text})
    except Faults:
        return
    usual = getattr(Settings(), name)
    assert isinstance(getattr(found, name), type(usual))


@pytest.mark.parametrize("value", ["-1", "1.5", '"a week"', "true", "36501"])
def test_an_age_that_is_no_number_of_days_is_named(tmp_path: Path, value: str) -> None:
    (said,) = faults(tmp_path, f"keep_comments_days = {value}\n")

    assert said.startswith("otklik.toml:1: “keep_comments_days” must be a number of days")
