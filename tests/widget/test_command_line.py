"""The command `otklik` does what it is told, in the reader's language, and helps the one who mistyped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otklik_widget import cli
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from conftest import Otklik

COMMANDS = ("new", "build", "check", "serve", "key", "import", "map", "verify", "demo")
COMMAND = [sys.executable, "-m", "otklik_widget.cli"]
Environment = Callable[..., dict[str, str]]
Say = Callable[[str, str], tuple[int, str, str]]


@pytest.fixture
def environment() -> Environment:
    """The environment of a plain terminal: no language, no setting of Otklik, output kept until it is flushed."""

    def make(**more: str) -> dict[str, str]:
        spoken = ("OTKLIK_", "LC_", "LANG", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONUNBUFFERED")
        return {name: value for name, value in os.environ.items() if not name.startswith(spoken)} | more

    return make


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """What the command line says in a language, without the cost of a process; status, output, errors."""

    def ask(words: str, lang: str) -> tuple[int, str, str]:
        monkeypatch.setenv("OTKLIK_LANG", lang)
        with speaking(lang):
            status = cli.main(words.split())
        return status, *capsys.readouterr()

    return ask


def test_the_version_is_that_of_the_package(otklik: Otklik) -> None:
    ran = otklik("--version")

    assert (ran.status, ran.out, ran.err) == (0, f"otklik {version('otklik')}\n", "")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_help_names_every_command_and_where_to_begin(otklik: Otklik, lang: str) -> None:
    ran = otklik("--help", lang=lang)

    assert (ran.status, ran.err) == (0, "")
    assert set(COMMANDS) <= set(re.findall(r"^ {4}(\w+)", ran.out, re.MULTILINE))
    assert "otklik new shop && cd shop && otklik build && otklik serve" in ran.out


@pytest.mark.parametrize("command", [*COMMANDS, "key add", "key list", "key revoke"])
def test_each_command_has_help_with_an_example_in_both_languages(say: Say, command: str) -> None:
    (done, english, nothing), (сделано, russian, ничего) = (say(f"{command} --help", lang) for lang in ("en", "ru"))

    assert (done, nothing, сделано, ничего) == (0, "", 0, "")
    assert f"Example:\n  otklik {command}" in english
    assert f"Пример:\n  otklik {command}" in russian
    assert english.startswith(f"usage: otklik {command} ")
    assert russian.startswith(f"использование: otklik {command} ")
    assert [word for word in ("usage", "positional", "options", "show", "common", "argument") if word in russian] == []


def test_what_is_done_ends_with_0(otklik: Otklik, small_journey: Path) -> None:
    assert otklik("map", "--journey", small_journey, "--db", _base(otklik, small_journey)).status == 0


def _base(otklik: Otklik, journey: Path) -> Path:
    db = journey.parent / "answers.db"
    assert otklik("key", "add", "shop", "--origin", "https://shop.example", "--db", db).status == 0
    return db


def test_what_is_refused_ends_with_1_and_every_fault(otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/journey.toml").write_text("[company]\nnmae = 'Shop'\n[[stage]]\nkey = 'buy'\n")

    ran = otklik("check")

    assert ran.status == 1
    assert "content/journey.toml:2: unknown key “nmae”. Did you mean “name”?\n" in ran.err
    assert "content/journey.toml:3: “name” is missing here\n" in ran.err


def test_bad_settings_are_all_named_before_anything_is_done(otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text("base_ulr = 'https://shop.example'\n")

    ran = otklik("build", OTKLIK_PORT="http")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        f"{tmp_path}/otklik.toml:1: unknown setting “base_ulr”. Did you mean “base_url”?",
        "OTKLIK_PORT: “port” must be a port from 0 to 65535",
    ]


@pytest.mark.parametrize("address", ["postgresql://localhost/otklik", "postgres:otklik", "sqlite:///otklik.db"])
def test_a_database_address_is_refused_with_a_sentence(otklik: Otklik, address: str) -> None:
    ran = otklik("verify", "--db", address)

    assert ran.status == 1
    assert ran.err == (f"{address}: a database address is not supported yet; give the path of a file, like otklik.db\n")


@pytest.mark.parametrize(
    ("words", "english", "russian"),
    [
        ("", "the following arguments are required: COMMAND", "не указано: КОМАНДА"),
        ("key", "the following arguments are required: ACTION", "не указано: ДЕЙСТВИЕ"),
        ("import", "the following arguments are required: FILE, --mapping", "не указано: FILE, --mapping"),
        ("biuld", "Did you mean “build”?", "Может быть, «build»?"),
        ("key ad", "Did you mean “add”?", "Может быть, «add»?"),
        ("dance", "“dance” is none of new, build, preview,", "слово «dance» не подходит; есть new, build, preview,"),
        ("build --contnet x", "there is no option “--contnet”. Did you mean “--content”?",
         "параметра «--contnet» нет. Может быть, «--content»?"),
        ("build --contnet=x", "Did you mean “--content”?", "Может быть, «--content»?"),
        ("import a.csv --maping m.toml", "Did you mean “--mapping”?", "Может быть, «--mapping»?"),
        ("key add shop --orign https://x.example", "Did you mean “--origin”?", "Может быть, «--origin»?"),
        ("--langg ru build", "Did you mean “--lang”?", "Может быть, «--lang»?"),
        ("build --cont x", "there is no option “--cont”. Did you mean “--content”?", "параметра «--cont» нет."),
        ("build this that", "unrecognized arguments: this that", "лишние слова: this that"),
        ("build -x", "unrecognized arguments: -x", "лишние слова: -x"),
        ("build --content", "argument --content: expected one argument", "--content: нужно одно значение"),
        ("map --against 2026-11-21", "expected 2 arguments", "--against: нужно 2 значения"),
        ("verify --json=5", "ignored explicit argument '5'", "--json: значение здесь не нужно: '5'"),
        ("map --format jsno", "Did you mean “json”?", "Может быть, «json»?"),
        ("preview --port 99999", "“99999” is no port from 0 to 65535", "«99999» – не порт от 0 до 65535"),
        ("serve --port http", "“http” is no port from 0 to 65535", "«http» – не порт от 0 до 65535"),
        ("report --stale soon", "--stale: “soon” is no whole number", "--stale: «soon» – не целое число"),
        ("map --from yesterday", "“yesterday” is no date", "«yesterday» – не дата"),
        ("--lang de build", "“de” is none of ru, en.", "слово «de» не подходит; есть ru, en."),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_says_what_is_right(say: Say, words: str, english: str, russian: str) -> None:
    (status, out, err), (статус, вывод, ошибки) = (say(words, lang) for lang in ("en", "ru"))

    assert (status, out, статус, вывод) == (2, "", 2, "")
    assert err.startswith("usage: otklik")
    assert english in err
    assert ошибки.startswith("использование: otklik")
    assert russian in ошибки


def test_wrong_usage_of_the_real_command_ends_with_2(otklik: Otklik) -> None:
    ran = otklik("biuld")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("Did you mean “build”?\n")


def test_words_after_two_hyphens_are_no_options(otklik: Otklik) -> None:
    ran = otklik("key", "revoke", "--", "--contnet")

    assert ran.status == 1
    assert "option" not in ran.err


@pytest.mark.parametrize(
    ("words", "environ", "russian"),
    [
        ("check", {}, False),
        ("check", {"LANG": "ru_RU.UTF-8"}, True),
        ("check", {"LANG": "en_GB.UTF-8"}, False),
        ("check", {"LANG": "de_DE.UTF-8"}, False),
        ("check", {"LANG": "ru_RU.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ("check", {"LANG": "ru_RU.UTF-8", "OTKLIK_LANG": "en"}, False),
        ("check", {"LANG": "en_US.UTF-8", "OTKLIK_LANG": "RU"}, True),
        ("--lang ru check", {"OTKLIK_LANG": "en"}, True),
        ("check --lang ru", {"OTKLIK_LANG": "en"}, True),
        ("check --lang=ru", {"OTKLIK_LANG": "en"}, True),
        ("--lang=en check", {"LANG": "ru_RU.UTF-8"}, False),
        ("--lang ru check --lang en", {}, False),
        ("--lang en check --lang ru", {}, True),
    ],
)
def test_the_language_is_that_of_the_option_then_of_the_environment_then_english(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    environ: dict[str, str],
    russian: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OTKLIK_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    with speaking("en"):
        assert cli.main(words.split()) == 1

    said = capsys.readouterr().err
    assert ("такого файла нет" in said) is russian
    assert ("there is no such file" in said) is not russian


def test_an_option_of_language_stands_with_a_group_of_commands_too(otklik: Otklik) -> None:
    for words in ("--lang ru key list", "key --lang ru list", "key list --lang ru"):
        assert "такой базы нет" in otklik(*words.split(), lang="en").err


@pytest.mark.parametrize(
    "environ",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "cp1251"},
     {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
)  # fmt: skip
def test_russian_crashes_no_terminal_that_cannot_show_it(
    tmp_path: Path, environment: Environment, environ: dict[str, str]
) -> None:
    for word, status in (("--help", 0), ("check", 1), ("chek", 2)):
        ran = subprocess.run(
            [*COMMAND, "--lang", "ru", word], cwd=tmp_path, env=environment(**environ), capture_output=True
        )

        assert ran.returncode == status
        assert b"Traceback" not in ran.stderr
        assert ran.stdout or ran.stderr


def test_a_reader_who_has_seen_enough_is_no_fault(tmp_path: Path, environment: Environment) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)  # as `head` does when it ends
    with os.fdopen(write_end, "wb") as pipe:
        ran = subprocess.run(
            [*COMMAND, "--help"], cwd=tmp_path, env=environment(), stdout=pipe, stderr=subprocess.PIPE, encoding="utf-8"
        )

    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_finds_no_room_is_a_fault(tmp_path: Path, environment: Environment) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, "--help"], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, encoding="utf-8"
        )

    assert (ran.returncode, ran.stderr) == (1, "otklik: the disk is full\n")


# A shell lets what it starts in the background ignore Ctrl+C, and tests too with all they start.
HEARD = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_an_interrupted_command_ends_with_130(tmp_path: Path, environment: Environment) -> None:
    journey = tmp_path / "journey.toml"
    os.mkfifo(journey)
    process = subprocess.Popen(
        [sys.executable, "-c", HEARD, *COMMAND, "check", "--journey", str(journey)],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
    )
    with process, writer_without_words(journey):
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err == b"\n"


@contextmanager
def writer_without_words(pipe: Path) -> Iterator[None]:
    """Keeps a pipe open for the one who reads it, so that it waits; begins when somebody reads."""
    for _attempt in range(400):
        try:
            writing = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.05)
        else:
            time.sleep(0.3)  # from opening to reading
            break
    else:
        raise AssertionError("nobody began to read")
    try:
        yield
    finally:
        os.close(writing)


def test_a_missing_right_is_said_in_words(tmp_path: Path, otklik: Otklik) -> None:
    (tmp_path / "file").write_text("")

    ran = otklik("new", tmp_path / "file/shop", lang="ru")

    assert ran.status == 1
    assert "часть пути – файл, а не папка" in ran.err
