"""Whatever is done to a journey's file, its reader answers with a journey or with faults, never with a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otklik_widget.assets import demo_content
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.words import speaking


def read(file: Path) -> Journey | Faults:
    try:
        return read_journey(file)
    except Faults as refused:
        return refused


def use(file: Path, text: str) -> None:
    """Reads a text in both languages: a journey that can be used, or faults, and nothing else."""
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    for lang in ("ru", "en"):
        with speaking(lang):
            found = read(file)
            if isinstance(found, Faults):
                assert found.faults
                assert all(fault.text.strip() for fault in found.faults)
                assert all(fault.line in (None, *range(1, text.count("\n") + 2)) for fault in found.faults)
                continue
            for key, touchpoint in found.touchpoints.items():
                assert found.zone(key)
                assert all(touchpoint.question(scale, lang) for scale in touchpoint.ask)
                assert all(found.wording(key, scale) for scale in touchpoint.ask)
                assert all(found.reasons[reason].say(lang) for reason in touchpoint.reasons)
                assert set(touchpoint.places) <= set(found.place_keys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's logo, which its journey names."""
    found = tmp_path_factory.mktemp("journeys")
    copyfile(demo_content() / "logo.svg", found / "logo.svg")
    return found


DEMO = (demo_content() / "journey.toml").read_text(encoding="utf-8")
PIECES = ["", '"""', "'''", *"\"'[]{}=,\n#.\\\r\x00\ud800é0"]


@st.composite
def spoiled(draw: Any) -> str:
    """The demo's journey after a few slips of the hand: letters and lines lost, doubled, moved or replaced."""
    text = DEMO
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            start = draw(st.integers(0, len(text)))
            end = start + draw(st.sampled_from([0, 1, 1, 2, 30, 500]))
            text = text[:start] + draw(st.sampled_from([*PIECES, text[start:end] * 2])) + text[end:]
        else:
            lines = text.split("\n")
            number, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            line = lines[number]
            slips = {"lost": [], "doubled": [line, line], "cut": [line[: len(line) // 2]], "moved": [lines[other]]}
            lines[number : number + 1] = slips[draw(st.sampled_from(sorted(slips)))]
            text = "\n".join(lines)
    return text


@settings(max_examples=150, deadline=None)
@given(text=spoiled())
def test_no_slip_of_the_hand_breaks_the_reader(folder: Path, text: str) -> None:
    use(folder / "spoiled.toml", text)


SMALL: dict[str, Any] = {
    "company": {"name": {"en": "Shop"}, "languages": ["en"], "zone": "UTC", "goal": 5, "segments": ["a"],
                "logo": "logo.svg", "colours": {"main": "#124e96", "accent": "#124e96", "dark": {"accent": "#9cf"}}},
    "place": [{"key": "a", "name": "A", "zone": "UTC", "region": "r", "hours": "Mo 08:00-09:00", "lead": "l"}],
    "stage": [
        {
            "key": "buy",
            "name": "Buys",
            "touchpoint": [
                {
                    "key": "till", "name": "Till", "ask": ["nps", "ces7"], "question": {"nps": {"en": "Well?"}},
                    "reasons": ["wait"], "passes": 5, "impact": "low", "goal": 5, "risks": "A queue", "owner": "o",
                    "hours": "Mo 08:00-09:00", "zone": "UTC", "outcome": True, "places": ["a"],
                }
            ],
        }
    ],
    "reason": {"wait": {"en": "Waiting"}},
}  # fmt: skip

plain = st.one_of(
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["nps", "ces7", "en", "till", "a", "UTC", "wait", "Mo 08:00-09:00", "", " ", "%s", "%(key)s", "{}"]
    ),
    st.sampled_from([date(2026, 11, 21), time(8, 0), datetime(2026, 11, 21, tzinfo=UTC)]),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["key", "name", "en", "nps", "touchpoint", "", "x y"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def positions(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values within a value."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from positions(inner, (*path, key))


def with_value(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The tree with another value at a path."""
    if not path:
        return value
    if isinstance(tree, dict):
        return {key: with_value(inner, path[1:], value) if key == path[0] else inner for key, inner in tree.items()}
    return [with_value(inner, path[1:], value) if key == path[0] else inner for key, inner in enumerate(tree)]


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool | float) else str(value)


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(list(positions(SMALL))), value=anything)
def test_no_value_in_any_place_breaks_the_reader(folder: Path, path: tuple[Any, ...], value: Any) -> None:
    changed = with_value(SMALL, path, value)
    text = "\n".join(f"{key} = {toml(inner)}" for key, inner in changed.items())

    use(folder / "changed.toml", text)
