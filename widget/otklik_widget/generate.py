"""Makes what a checkout does not keep: the minified script with its texts, and the compiled catalogues."""

from __future__ import annotations

import json
from pathlib import Path

PACKAGES = ("site/otklik_site", "widget/otklik_widget", "collector/otklik_collector")


def script(source: str, texts: dict[str, object]) -> str:
    """The widget's source with both languages in it, not yet minified; what the minifier gets."""
    spoken = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    if source.count('"@TEXTS@"') != 1:
        raise ValueError('ask.js must hold "@TEXTS@" exactly once')
    return source.replace('"@TEXTS@"', spoken)


def widget_texts(package: Path) -> dict[str, object]:
    """What the widget itself says, by language: the part `widget` and `scale` of texts/*.json."""
    texts: dict[str, object] = {}
    for file in sorted((package / "texts").glob("*.json")):
        said = json.loads(file.read_text(encoding="utf-8"))
        texts[file.stem] = {"scale": said["scale"], **said["widget"]}
    return texts


def generate(top: Path) -> None:
    """Writes widget/otklik_widget/built/ and every *.mo below `top`. Needs Babel and tdewolff-minify."""
    import minify
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    package = top / "widget/otklik_widget"
    built = package / "built"
    built.mkdir(exist_ok=True)
    whole = script((package / "ask.js").read_text(encoding="utf-8"), widget_texts(package))
    small = minify.string("application/javascript", whole)
    (built / "ask.js").write_text(small, encoding="utf-8", newline="\n")
    for folder in PACKAGES:
        for po in sorted((top / folder / "locale").glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parent.parent.name)
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
