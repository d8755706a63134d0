"""Every scale, form and state of the widget on one page: to look at, to show, and to be tested.

python tests/browser/widget/variants.py     serves it; /ru and /en, and a card in its corner or strip
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from html import escape
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from browser.widget.shop import Server, Shop, open_shop

from otklik_widget import embed
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.scales import SCALES

JOURNEY = """
[company]
name = { ru = "Три крылечка", en = "Three Porches" }
languages = ["ru", "en"]
[contact]
agree = { ru = "Согласен, чтобы мне ответили", en = "I agree to be answered" }
link = "https://shop.example/consent"
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
reasons = ["waiting", "courtesy", "assortment"]
[[stage.touchpoint]]
key = "delivery"
name = { ru = "Доставка", en = "Delivery" }
[reason.waiting]
ru = "Время ожидания"
en = "Waiting time"
[reason.courtesy]
ru = "Вежливость"
en = "Courtesy"
[reason.assortment]
ru = "Выбор товаров"
en = "Assortment"
"""
STATES = {
    "asked": "the score is sent, the open question asked",
    "thanked": "all is said",
    "kept": "the collector does not answer",
    "refused": "the collector refuses for good",
    "chosen": "a score is chosen and will be sent",
}
"""The chosen one stands last: answering another question would send it."""
# A person's presses, done for everybody who opens the page; people are faster than 2.5 seconds, and so is this.
PRESS = """
customElements.whenDefined("otklik-ask").then(() => {
  for (const place of document.querySelectorAll("[data-state]")) {
    const root = place.querySelector("otklik-ask").shadowRoot;
    const send = () => root.querySelector("[part=send]").click();
    root.querySelectorAll("input[type=radio]")[1].click();
    if (place.dataset.state != "chosen") send();
    if (place.dataset.state == "thanked") send();
  }
});
"""
LOOKS = ":root { color-scheme: light dark; font: 1rem/1.5 system-ui } section { margin: 0 0 2rem }"


def variants(journey: Journey, lang: str) -> str:
    """The body of the page: each scale as it comes, then each state."""
    parts = [
        f'<section aria-label="{scale}"><h2><code>{scale}</code></h2>'
        f"{embed.element(journey, 'delivery', scale, lang)}</section>"
        for scale in SCALES
    ]
    for state, said in STATES.items():
        where = "/refusing" if state == "refused" else "http://127.0.0.1:9" if state == "kept" else ""
        asked = embed.element(journey, "checkout", "smiley5", lang).replace(
            "<otklik-ask ", f'<otklik-ask collector="{where}" ' if where else "<otklik-ask "
        )
        parts.append(f'<section data-state="{state}" aria-label="{state}"><h2>{escape(said)}</h2>{asked}</section>')
    return "\n".join(parts) + '<script src="/ask.js"></script><script src="/press.js"></script>'


def add_pages(shop: Shop) -> None:
    """Puts the page of variants into a shop, in both languages, and its two cards."""
    shop.files["/press.js"] = PRESS
    shop.files["/looks.css"] = LOOKS
    head = '<link rel="stylesheet" href="/looks.css">'
    for lang in shop.journey.company.languages:
        shop.page(variants(shop.journey, lang), path=f"/{lang}", lang=lang, head=head)
        for view in ("corner", "strip"):
            card = f'<p>…</p><script async src="/ask.js?point=checkout&amp;view={view}&amp;again=0+0"></script>'
            shop.page(card, path=f"/{lang}/{view}", lang=lang, head=head)


def open_variants(folder: Path) -> Server:
    file = folder / "journey.toml"
    file.write_text(JOURNEY, encoding="utf-8")
    server = open_shop(read_journey(file))
    add_pages(server.shop)
    return server


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = open_variants(Path(folder))
        for path in server.shop.pages:
            print(server.shop.origin + path)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            server.shutdown()


if __name__ == "__main__":
    main()
