"""Each fault in a TOML file is told with the line where it stands."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otklik_widget.faults import Faults
from otklik_widget.toml_file import Path_, key_lines, read_text, read_toml
from otklik_widget.words import speaking


def refused(path: Path) -> str:
    with pytest.raises(Faults) as found:
        read_toml(path)
    assert len(found.value.faults) == 1
    return str(found.value).replace(str(path), "journey.toml")


class Writer:
    """Writes a valid TOML text by chance and notes the line of each key as it goes."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path_, int] = {}
        self.used = 0

    def choice(self, *these: Any) -> Any:
        return self.draw(st.sampled_from(these))

    def note(self, *paths: Path_) -> None:
        for path in paths:
            self.lines.setdefault(path, self.text.count("\n") + 1)

    def key(self) -> tuple[str, str]:
        """A key nobody used yet: as it is written, and as it is meant."""
        self.used += 1
        n = self.used
        written: tuple[str, str] = self.choice(
            (f"k{n}", f"k{n}"),
            (f"{n}", f"{n}"),
            (f"_-{n}", f"_-{n}"),
            (f'"a.b = {n} # [x]"', f"a.b = {n} # [x]"),
            (f"'c:\\{n}'", f"c:\\{n}"),
            (f'"\\u0430 \\"{n}\\""', f'а "{n}"'),
        )
        return written

    def pair(self, table: Path_, depth: int, *, one_line: bool) -> None:
        keys = [self.key() for _ in range(self.draw(st.integers(1, 3)))]
        path = table
        for _written, meant in keys:
            path = (*path, meant)
            self.note(path)
        self.text += self.choice(".", " . ").join(written for written, _meant in keys)
        self.text += self.choice("=", " = ", "\t=  ")
        self.value(path, depth, one_line=one_line)

    def value(self, path: Path_, depth: int, *, one_line: bool) -> None:
        kinds = ["plain", "string", "string"]
        kinds += ["array", "table"] if depth else []
        kinds += [] if one_line else ["long", "long"]
        kind = self.choice(*kinds)
        if kind == "plain":
            self.text += self.choice("1", "-1.5e3", "inf", "true", "1979-05-27 07:32:00", "07:32:00", "0xff")
        elif kind == "string":
            self.text += self.choice('""', "''", '"# no = comment [ { \\" \\\\"', "'\"\\'", '"]}"', '"Ещё: ёж"')
        elif kind == "long":
            self.text += self.choice(
                '"""one\ntwo = 2 # no\n[three]"""', '""""one""\n\n"""""', '"""\\\n  \\""" \\\\"""',
                "'''\n[[a]]\n''b = \"'''", "''''a'\nb'''''", '""""""', "''''''",
            )  # fmt: skip
        elif kind == "array":
            self.array(path, depth - 1, one_line=one_line)
        else:
            self.text += "{"
            for number in range(self.draw(st.integers(0, 3))):
                self.text += ", " if number else " "
                self.pair(path, depth - 1, one_line=one_line)
            self.text += " }"

    def array(self, path: Path_, depth: int, *, one_line: bool) -> None:
        self.text += "["
        for number in range(self.draw(st.integers(0, 3))):
            self.text += "," if number else ""
            self.gap(one_line=one_line)
            self.note((*path, number))
            self.value((*path, number), depth, one_line=one_line)
            self.gap(one_line=one_line)
        self.text += "]"

    def gap(self, *, one_line: bool) -> None:
        self.text += self.choice("", " ") if one_line else self.choice("", " ", "\n", '  # a, ] "\n\n\t')

    def pairs(self, table: Path_) -> None:
        for _ in range(self.draw(st.integers(0, 3))):
            self.text += self.choice("", "  ", "\n", '# [no] = "\n')
            self.pair(table, 2, one_line=False)
            self.text += self.choice("\n", " # why not = {\n", "\t\n\n")

    def header(self, *keys: str, several: bool = False) -> None:
        name = self.choice(".", " . ").join(f'"{key}"' if " " in key else key for key in keys)
        self.text += self.choice("", "\t") + (f"[[{name}]]" if several else f"[{name}]")
        self.text += self.choice("\n", " # it = 1\n", "\n\n")

    def document(self) -> None:
        self.pairs(())
        for number in range(self.draw(st.integers(0, 2))):
            self.note(("stage",), ("stage", number))
            self.header("stage", several=True)
            self.pairs(("stage", number))
            for position in range(self.draw(st.integers(0, 2))):
                path = ("stage", number, "touch point")
                self.note(path, (*path, position))
                self.header("stage", "touch point", several=True)
                self.pairs((*path, position))
            if self.draw(st.booleans()):
                path = ("stage", number, "more")
                self.note(path, (*path, "deep"))
                self.header("stage", "more", "deep")
                self.pairs((*path, "deep"))
        self.note(("company",))
        self.header("company")
        self.pairs(("company",))


@st.composite
def documents(draw: Any) -> tuple[str, dict[Path_, int]]:
    writer = Writer(draw)
    writer.document()
    return writer.text, writer.lines


@settings(max_examples=300, deadline=None)
@given(documents())
def test_every_key_is_found_on_the_line_where_it_stands(document: tuple[str, dict[Path_, int]]) -> None:
    text, expected = document
    tomllib.loads(text)

    assert key_lines(text) == expected


@settings(max_examples=50, deadline=None)
@given(documents())
def test_line_ends_of_windows_change_no_line(document: tuple[str, dict[Path_, int]]) -> None:
    text, expected = document

    assert key_lines(text.replace("\n", "\r\n")) == expected


def test_a_mark_of_notepad_and_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_bytes('\ufeff# путь\r\n[company]\r\nname = """Лавка\r\nна углу"""\r\ngoal = 8\r\n'.encode())

    found = read_toml(file)

    assert found.data == {"company": {"name": "Лавка\nна углу", "goal": 8}}
    assert found.line(("company", "goal")) == 5


def test_what_is_not_written_has_the_line_of_the_table_around_it(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text("\n[company]\nname = { ru = 'Лавка' }\n")

    found = read_toml(file)

    assert found.line(("company", "zone")) == 2
    assert found.line(("company", "name", "en")) == 3
    assert found.line(("place", 0, "key")) is None


@pytest.mark.parametrize(
    ("text", "line", "english", "russian"),
    [
        ("[company]\nname = Лавка\n", 2, "a text must stand in quotes", "текст берут в кавычки"),
        ('[company]\nname = "Лавка\ngoal = 8\n', 2, "no closing quote", "нет закрывающей кавычки"),
        ("[company]\nname = 'Лавка\ngoal = 8\n", 2, "no closing quote", "нет закрывающей кавычки"),
        ('[company]\nname = """Лавка\ngoal = 8\n\n\n', 2, "no closing quote", "нет закрывающей кавычки"),
        ("[company]\nname = '''Лавка\ngoal = 8\n\n\n", 2, "no closing quote", "нет закрывающей кавычки"),
        ("[company]\nname\n", 2, "after the key comes “=”", "после ключа должен стоять знак «=»"),
        ("[company]\nимя = 'Лавка'\n", 2, "a line begins with a key", "строка начинается с ключа"),
        ("[company\nname = 'Лавка'\n", 1, "no closing “]”", "не закрыто скобкой «]»"),
        ("[[stage]\nkey = 'buy'\n", 1, "no closing “]]”", "не закрыто скобками «]]»"),
        ("[компания]\n", 1, "a key is written in Latin letters", "ключ пишут латинскими буквами"),
        ("a = 1\na = 2\n", 2, "this key already has a value above", "уже есть значение выше"),
        ("[a]\n[b]\n[a]\n", 3, "this table already stands above", "такая таблица уже есть выше"),
        ("a = { b = 1 }\n[a.c]\n", 2, "this table already stands above", "такая таблица уже есть выше"),
        ("a = { b = 1, b = 2 }\n", 1, "stands twice between { and }", "стоит между { и } дважды"),
        ('a = [\n"one"\n"two"]\n', 3, "lacks a comma", "не хватает запятой"),
        ("[b]\na = [\n 1,\n 2\n\n", 2, "the closing “]”", "закрывающей скобки «]»"),
        ("a = { b = 1 c = 2 }\n", 1, "the closing “}” is missing", "закрывающей скобки «}»"),
        ("a = { b = 1, }\n", 1, "no comma after the last part", "без запятой в конце"),
        ("a = { b = 1,\n  c = 2 }\n", 1, "on one line", "в одну строку"),
        ("a = {\n  b = 1 }\n", 1, "on one line", "в одну строку"),
        ("a = 1 2\n", 1, "that does not belong there", "стоит лишнее"),
        ('a = "c:\\папка"\n', 1, "a backslash in a text is written twice", "пишут дважды"),
        ('a = "\\uZZZZ"\n', 1, "no such letter after the backslash", "стоит не тот знак"),
        ('a = "\\ud800"\n', 1, "no such letter after the backslash", "стоит не тот знак"),
        ("a = 2026-02-30\n", 1, "no such date", "такой даты"),
        ("a = 'x\x00'\n", 1, "the character '\\x00' cannot stand here", "знака '\\x00' здесь быть не может"),
    ],
)
def test_a_broken_file_says_where_and_how_in_both_languages(
    tmp_path: Path, text: str, line: int, english: str, russian: str
) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(text, encoding="utf-8")

    said = refused(file)
    with speaking("ru"):
        сказано = refused(file)

    assert said.startswith(f"journey.toml:{line}: this is no TOML: ")
    assert english in said
    assert сказано.startswith(f"journey.toml:{line}: это не TOML: ")
    assert russian in сказано


def test_a_file_in_an_old_windows_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_bytes('[company]\ngoal = 8\nname = "Лавка"\n'.encode("cp1251"))

    assert refused(file).startswith("journey.toml:3: not UTF-8 text (byte 0xCB); save the file as UTF-8")


def test_a_byte_order_mark_does_not_move_the_line(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_bytes(b"\xef\xbb\xbf\n\n\xcb\n")

    assert refused(file).startswith("journey.toml:3: not UTF-8 text (byte 0xCB)")


def test_a_file_that_is_not_there_a_folder_and_a_file_as_a_folder_are_three_sentences(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for path, said in [
        (tmp_path / "nowhere.toml", "there is no such file"),
        (tmp_path, "this is a folder, not a file"),
        (tmp_path / "file/journey.toml", "cannot be read: a part of the path is a file, not a folder"),
        (tmp_path / ("a" * 300), "cannot be read: the name is too long"),
    ]:
        with pytest.raises(Faults, match=said):
            read_text(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text("")
    file.chmod(0)

    assert refused(file) == "journey.toml: cannot be read: you have no right to do this"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "too many brackets stand inside one another"),
        ("a = " + "{a=" * 5000 + "1" + "}" * 5000, "too many brackets stand inside one another"),
        ("a = " + "9" * 5000, "a number is too long"),
    ],
)
def test_what_would_exhaust_the_reader_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(text)

    assert refused(file) == f"journey.toml: {said}"
