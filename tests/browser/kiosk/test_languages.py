"""A tablet that speaks a third language, and leads to where one writes to us."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from browser.kiosk.line import open_line
from browser.kiosk.tablet import JOURNEY, Kiosk, device_of, open_house, pair
from playwright.sync_api import BrowserContext, expect
from screens import accessible

from otklik_widget import scales

KAZAKH = re.sub(r"\ben = ", "kk = ", JOURNEY.replace('"ru", "en"', '"ru", "kk"'))


def kazakh() -> dict[str, Any]:
    """Otklik's texts in a third language: a few really said, the rest as they are."""
    texts: dict[str, Any] = json.loads(json.dumps(scales.texts("en")))
    texts["language"] = "Қазақша"
    texts["scale"]["smiley5"] |= {"question": "Қызмет қалай болды?", "options": ["1", "2", "3", "4", "Керемет"]}
    texts["widget"]["more"] = "Не әсер етті?"
    texts["kiosk"] |= {"thanks": "Рахмет!", "phone": "Телефоннан жауап беруге болады"}
    texts["form"]["write"] = "Бізге жазыңыз"
    return texts


def test_a_tablet_speaks_a_third_language(context: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/kk.json").write_text(json.dumps(kazakh()), encoding="utf-8")
    with open_house(tmp_path, KAZAKH) as house:
        server = open_line(house.port)
        device, key = device_of(house, ("checkout",), "sadovaya")
        tablet = Kiosk(device, key, context.new_page(), server.line, house)
        pair(tablet.page, tablet.line, device, key)
        tablet.open()
        tablet.tap("Қазақша")
        expect(tablet.heading).to_have_text("Қызмет қалай болды?")
        expect(tablet.page.locator(".tile").last).to_have_text("Керемет")
        expect(tablet.page.locator("footer")).to_contain_text("Телефоннан жауап беруге болады")
        expect(tablet.page.locator("footer")).to_contain_text("Бізге жазыңыз")
        expect(tablet.page.locator("footer svg")).to_have_count(2)
        for width, height in ((1280, 800), (768, 1024)):
            tablet.page.set_viewport_size({"width": width, "height": height})
            accessible(tablet.page)
            assert tablet.page.evaluate(
                "document.body.scrollHeight <= innerHeight && document.body.scrollWidth <= innerWidth"
            )
        tablet.face(4)
        expect(tablet.heading).to_have_text("Не әсер етті?")
        assert tablet.stored(1)[0]["lang"] == "kk"
        server.shutdown()
        server.server_close()
