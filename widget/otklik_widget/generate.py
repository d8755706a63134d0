"""Makes what a checkout does not keep: the minified script with its texts, and the compiled catalogues."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from otklik_widget.packing import for_kiosk, literal, packed

# One word for all declarations: 15 bytes less after gzip. None stands in a text: those are put in first.
CONST = re.compile(r"^( *)const (?=[\w{\[])", re.MULTILINE)
KIOSK = ("keep", "send", "screens", "staff", "start")
PACKAGES = ("site/otklik_site", "widget/otklik_widget", "collector/otklik_collector")


def script(source: str, texts: Mapping[str, str]) -> str:
    """The widget's source with the packed texts of some languages in it, not yet minified."""
    if source.count('"@TEXTS@"') != 1:
        raise ValueError('ask.js must hold "@TEXTS@" exactly once')
    spoken = ",".join(f"{json.dumps(lang)}:{literal(lines)}" for lang, lines in texts.items())
    return source.replace('"@TEXTS@"', "{" + spoken + "}")


def without(part: str, source: str) -> str:
    """The source without what stands between the marks of a part: `card` or `plain`."""
    return re.sub(rf"^ *// <{part}>\n.*?^ *// </{part}>\n", "", source, flags=re.MULTILINE | re.DOTALL)


def widget_texts(package: Path) -> dict[str, str]:
    """What the widget itself says, by language, packed: the parts `widget` and `scale` of texts/*.json."""
    files = sorted((package / "texts").glob("*.json"))
    return {file.stem: packed(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def kiosk(package: Path) -> str:
    """The kiosk app's source, its parts one after the other, with what it says in each language."""
    said = {}
    for file in sorted((package / "texts").glob("*.json")):
        texts = json.loads(file.read_text(encoding="utf-8"))
        said[file.stem] = for_kiosk(texts, texts)
    source = "\n".join((package / f"kiosk/{part}.js").read_text(encoding="utf-8") for part in KIOSK)
    if source.count('"@TEXTS@"') != 1:
        raise ValueError('the kiosk must hold "@TEXTS@" exactly once')
    return source.replace('"@TEXTS@"', json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def generate(top: Path) -> None:
    """Writes widget/otklik_widget/built/ and every *.mo below `top`. Needs Babel and tdewolff-minify."""
    import minify
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    package = top / "widget/otklik_widget"
    built = package / "built"
    built.mkdir(exist_ok=True)
    widget, texts = (package / "ask.js").read_text(encoding="utf-8"), widget_texts(package)
    # A card's texts are those of its one question: they are put into the place that is kept for them.
    for name, whole in (("ask", script(without("card", widget), texts)), ("card", without("plain", widget))):
        small = minify.string("application/javascript", CONST.sub(r"\1let ", whole))
        (built / f"{name}.js").write_text(small, encoding="utf-8", newline="\n")
    worker, style = ((package / f"kiosk/{name}").read_text(encoding="utf-8") for name in ("worker.js", "kiosk.css"))
    for name, kind, whole in (
        ("kiosk.js", "application/javascript", kiosk(package)),
        ("kiosk-worker.js", "application/javascript", worker),
        ("kiosk.css", "text/css", style),
    ):
        (built / name).write_text(minify.string(kind, whole), encoding="utf-8", newline="\n")
    for folder in PACKAGES:
        for po in sorted((top / folder / "locale").glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parent.parent.name)
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
