"""The manual tells all there is, in both languages, and what it shows works."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Serve, answer

from otklik_collector.importing import mapping, passes
from otklik_site import directives, schema
from otklik_widget import cli, journey_file
from otklik_widget.contract import FIELDS
from otklik_widget.scales import SCALES
from otklik_widget.settings import PREFIX, Settings

LANGUAGES = ("en", "ru")


def manual(lang: str) -> str:
    """All pages of the manual in a language."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted((TOP / "docs" / lang).rglob("*.md")))


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command with its parser, `key add` too."""
    found: dict[str, argparse.ArgumentParser] = {}

    def walk(parser: argparse.ArgumentParser, name: str) -> None:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for word, inner in action.choices.items():
                    walk(inner, f"{name} {word}".strip())
                return
        found[name] = parser

    walk(cli._parser(), "")
    return found


def everything() -> dict[str, list[str]]:
    """What the manual must name, by kind, as it stands there."""
    options = {
        option
        for parser in commands().values()
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option not in ("--help", "--version")
    }
    settings = [field.name for field in dataclasses.fields(Settings)]
    return {
        "commands": [f"otklik {name}" for name in commands()],
        "options": sorted(options),
        "settings": settings,
        "environment": [PREFIX + name.upper() for name in settings] + ["OTKLIK_LANG"],
        "front matter": [name.split(".")[-1] for name, _key in schema.all_keys()],
        "directives": [f"/// {name}" for name in directives.RULES],
        "journey": sorted(
            {
                *journey_file.COMPANY_KEYS,
                *journey_file.PLACE_KEYS,
                *journey_file.STAGE_KEYS,
                *journey_file.TOUCHPOINT_KEYS,
                "reason",
            }
        ),
        "mapping": sorted({*mapping.FILE_KEYS, *mapping.ROW_KEYS, *mapping.TIME_KEYS, *mapping.RESPONSE_KEYS}),
        "passes": list(passes.PASSES_KEYS),
        "fields of a response": list(FIELDS),
        "scales": list(SCALES),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", list(everything()))
def test_all_there_is_is_in_the_manual(kind: str, lang: str) -> None:
    text = manual(lang)
    missing = [word for word in everything()[kind] if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]
    assert not missing, f"docs/{lang} says nothing of these {kind}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manual_speaks_of_no_command_that_is_not_there(lang: str) -> None:
    named = set(
        re.findall(r"^    otklik ([a-z]+(?:-[a-z]+)*)|`otklik ([a-z]+(?:-[a-z]+)*)", manual(lang), re.MULTILINE)
    )
    words = {one or other for one, other in named}
    assert words <= {name.split()[0] for name in commands()}


def fenced(lang: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", manual(lang), re.DOTALL)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_journeys_in_the_manual_can_be_read(lang: str, tmp_path: Path) -> None:
    whole = [text for text in fenced(lang, "toml") if "[company]" in text]
    assert whole
    for number, text in enumerate(whole):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        journey_file.read_journey(file)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_responses_in_the_manual_are_taken(lang: str, serve: Serve) -> None:
    collector = serve("--content", TOP / "content", journey=TOP / "content/journey.toml")
    shown: list[dict[str, Any]] = []
    for text in fenced(lang, "json"):
        try:
            found = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict) and {"point", "scale", "score"} <= set(found):
            shown.append(found)
    assert shown
    for response in shown:
        key = {"key"} & set(response)
        sent = {**response, "id": answer()["id"]}
        for name in key:
            del sent[name]
        assert collector.post(sent).status == 201, response


def test_both_languages_have_the_same_pages() -> None:
    pages = [
        {str(file.relative_to(TOP / "docs" / lang)) for file in (TOP / "docs" / lang).rglob("*.md")}
        for lang in LANGUAGES
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_start_of_the_manual_leads_to_every_page_and_says_nothing_twice(lang: str) -> None:
    folder = TOP / "docs" / lang
    start = (folder / "index.md").read_text(encoding="utf-8")
    pages = {file.name for file in folder.glob("*.md")} - {"index.md"}
    lists = [line.partition(":")[0] for line in start.splitlines() if line.count("](") > 1]

    assert set(re.findall(r"\]\(([^)#]+\.md)\)", start)) == pages
    assert len(lists) == len(set(lists))


def test_the_readme_is_one_screen_with_the_two_commands() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 40
    assert "python3 build.py demo" in readme
    assert "python3 build.py test" in readme
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (TOP / link).exists(), link


def test_every_package_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    architecture = (TOP / "ARCHITECTURE.md").read_text(encoding="utf-8").lower()
    wanted = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[<>=\[;]", line)[0] for line in wanted}
    missing = {name for name in names if name not in architecture and not name.startswith("types-")}
    assert not missing
