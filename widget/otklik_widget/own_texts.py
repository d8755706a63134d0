"""What the widget says in a language that Otklik does not speak itself, or in a tone of the company's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from otklik_widget import scales
from otklik_widget.faults import Fault, nearest, why
from otklik_widget.words import _

FOLDER = "texts"
"""Beside the journey: texts/kk.json, of the same shape as Otklik's own."""
KIOSK = "kiosk"
"""A tablet's own words: a company without tablets leaves them out."""


def read_texts(folder: Path, languages: tuple[str, ...], faults: list[Fault]) -> dict[str, Mapping[str, Any]]:
    """The company's own texts by language; whatever is missing or unknown in a file is added to the faults."""
    found = {}
    for lang in languages:
        file = folder / FOLDER / f"{lang}.json"
        if not file.is_file():
            continue
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            faults.append(Fault(str(file), None, why(error)))
        except (ValueError, RecursionError) as error:
            faults.append(Fault(str(file), getattr(error, "lineno", None), _("this is no JSON: %(why)s", why=error)))
        else:
            wanted = dict(scales.texts("en"))
            if isinstance(read, dict) and KIOSK not in read:
                del wanted[KIOSK]
            wrong = [Fault(str(file), None, text) for text in _compared(read, wanted, "")]
            faults += wrong
            if not wrong:
                found[lang] = read
    return found


def _compared(found: Any, wanted: Any, path: str) -> Iterator[str]:
    """What differs from the texts that Otklik has: the same keys, lists of the same length, texts that fit."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            yield _("“%(key)s” must be an object", key=path)
            return
        for key in found:
            if key not in wanted:
                yield _("unknown key “%(key)s”.", key=f"{path}{key}") + nearest(key, wanted)
        for key, inner in wanted.items():
            if key not in found:
                yield _("“%(key)s” is missing here", key=f"{path}{key}")
            else:
                yield from _compared(found[key], inner, f"{path}{key}" + ("." if isinstance(inner, dict) else ""))
    elif isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield _("“%(key)s” must be a list of %(n)d texts", key=path, n=len(wanted))
        else:
            for text, inner in zip(found, wanted, strict=True):
                yield from _compared(text, inner, path)
    elif not isinstance(found, str) or not found.strip() or set("#\n") & set(found):
        yield _("“%(key)s” must be a text of one line without “#”", key=path)
