"""Files that commands write: whole or not at all, and with people in them for their owner alone."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Otklik, response

from otklik_collector.commands.written import write_text, written
from otklik_collector.store import Store
from otklik_widget.faults import Faults


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_what_fails_half_way_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    file = tmp_path / "week.csv"
    write_text("the week before", file)

    def half() -> None:
        with written(file) as stream:
            stream.write(b"half of th")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        half()
    assert file.read_text() == "the week before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_as_the_umask_says_and_one_with_people_in_it_is_its_owners(tmp_path: Path) -> None:
    for private, expected in ((False, 0o644), (True, 0o600)):
        write_text("said", tmp_path / "file", private=private)
        assert rights(tmp_path / "file") == expected


def test_exports_and_what_a_customer_is_shown_are_read_by_their_owner_alone(
    store: Store, otklik: Otklik, small_journey: Path, tmp_path: Path
) -> None:
    store.responses.submit([response()])
    period = ("--from", "2026-03-01", "--to", "2026-04-01")
    for words in (("export", *period), ("person", "anna")):
        made = otklik(*words, "--journey", small_journey, "--out", f"{words[0]}.txt")
        assert made.status == 0, made.err
        assert rights(tmp_path / f"{words[0]}.txt") == 0o600


def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()

    write_text("said", pipe)
    reader.join(10)

    assert read == ["said"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["", "no/such/folder.csv"])
def test_where_no_file_can_stand_it_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(Faults):
        write_text("said", tmp_path / name)
