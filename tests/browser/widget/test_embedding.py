"""Every snippet of the manual's page on embedding works, in both languages, on a site of another origin."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest
from browser.widget.shop import STRICT, Shop, open_shop
from conftest import TOP
from playwright.sync_api import Page, expect

from otklik_widget import assets

ASK = "https://ask.example.com"
LANGUAGES = ["en", "ru"]
PLAIN, MANAGER, INTEGRITY, GOAL = range(4)


def snippets(lang: str, kind: str) -> list[str]:
    page = (TOP / f"docs/{lang}/embedding.md").read_text(encoding="utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def ask(shop: Shop) -> Iterator[Shop]:
    """The collector's own server: the shop's pages come from another origin."""
    other = open_shop(shop.journey)
    yield other.shop
    other.shutdown()
    other.server_close()


def snippet(lang: str, number: int, ask: Shop, kind: str = "html") -> str:
    return snippets(lang, kind)[number].replace(ASK, ask.origin)


def answer(page: Page) -> None:
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()


def test_both_languages_show_the_same_snippets() -> None:
    for kind in ("html", "js", "php"):
        assert [one.replace("ВАШ-КЛЮЧ", "YOUR-KEY") for one in snippets("ru", kind)] == snippets("en", kind)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tag_of_plain_html_asks_where_it_stands(page: Page, shop: Shop, ask: Shop, lang: str) -> None:
    page.goto(shop.page(f"<div id='here'>{snippet(lang, PLAIN, ask)}</div>"))
    expect(page.locator("#here").get_by_role("radio")).to_have_count(7)
    answer(page)

    assert ask.wait_for(1)[0]["key"] in ("YOUR-KEY", "ВАШ-КЛЮЧ")


@pytest.mark.parametrize("kind", ["html", "php"])
def test_what_a_tag_manager_and_a_site_of_php_insert_asks_too(page: Page, shop: Shop, ask: Shop, kind: str) -> None:
    tags = [snippet("en", MANAGER, ask)] if kind == "html" else [snippet("en", n, ask, "php") for n in range(2)]
    for path, written in enumerate(tags):
        found = re.search(r'<script async src="([^"]+)"></script>', written)
        assert found
        page.goto(shop.page("<p>Goods</p>", path=f"/{path}"))
        page.evaluate(
            # What a manager leaves of a tag: its address.
            "(address) => document.head.append(Object.assign(document.createElement('script'), {src: address}))",
            found[1].replace("when=time%205", "when=time%200"),
        )
        expect(page.get_by_role("radio")).to_have_count(5)
        answer(page)
        ask.wait_for(path + 1)
        page.evaluate("localStorage.clear()")


MOUNT = """([code, props]) => {
  const effects = [];
  const createElement = (tag, given) => {
    const made = document.createElement(tag);
    for (const name in given) if (given[name] != null && name != "key") made.setAttribute(name, given[name]);
    return made;
  };
  const useEffect = (effect) => effects.push(effect);
  const Ask = new Function("createElement", "useEffect", code + "; return Ask")(createElement, useEffect);
  window.mount = (point) => {
    const made = Ask({ ...props, point });
    document.querySelector("main").append(made);
    for (const effect of effects.splice(0)) effect();
    return made;
  };
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_framework_may_mount_and_unmount_it(page: Page, shop: Shop, ask: Shop, lang: str) -> None:
    code = snippet(lang, 0, ask, "js")
    code = re.sub(r"^import .*$", "", code, flags=re.MULTILINE).replace("export ", "")
    page.goto(shop.page("<p>Goods</p>"))
    page.evaluate(MOUNT, [code, {"scale": "nps"}])
    page.evaluate("window.first = mount('checkout'); null")
    page.get_by_role("radio").nth(2).check()
    page.evaluate("first.remove(); mount('delivery'); null")
    expect(page.get_by_role("radio")).to_have_count(11)
    answer(page)
    first, second = ask.wait_for(2)

    assert [(one["point"], one["score"]) for one in (first, second)] == [("checkout", 2), ("delivery", 0)]
    assert first["key"] == second["key"]
    assert first["key"]
    assert page.locator("script[src*='ask.js']").count() == 1


@pytest.mark.parametrize("right", [True, False])
def test_integrity_and_the_policy_let_the_script_in_and_no_other(
    page: Page, shop: Shop, ask: Shop, right: bool
) -> None:
    script = assets.script().encode()
    digest = base64.b64encode(hashlib.sha384(script if right else script + b" ").digest()).decode()
    written = snippet("en", INTEGRITY, ask).replace("DIGEST", digest)
    written = written.replace("HASH", hashlib.sha256(script).hexdigest()[:10])
    assert assets.script_name() in written
    manual = (TOP / "docs/en/embedding.md").read_text(encoding="utf-8")
    (policy,) = re.findall(r"```\nContent-Security-Policy: (.*)\n```", manual)
    trusted = STRICT.partition("require-")[1:]
    shop.policy = f"default-src 'none'; {policy.replace(ASK, ask.origin)}; {''.join(trusted)}"
    address = shop.page(written)
    if not right:
        said: list[str] = []
        other = page.context.browser.new_page() if page.context.browser else page
        other.on("console", lambda message: said.append(message.text))
        other.goto(address)
        other.wait_for_timeout(300)
        expect(other.get_by_role("radio")).to_have_count(0)
        assert any("integrity" in text for text in said)
        other.close()
        return
    page.goto(address)
    answer(page)

    assert ask.wait_for(1)[0]["key"] == "YOUR-KEY"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_metrika_goal_is_reached_once_for_an_answer(page: Page, shop: Shop, ask: Shop, lang: str) -> None:
    counter = "<script>reached = []; ym = (...said) => reached.push(said)</script>"
    page.goto(shop.page(counter + snippet(lang, GOAL, ask) + snippet("en", PLAIN, ask)))
    answer(page)
    page.get_by_role("textbox").fill("Quick")
    page.get_by_role("button", name="Send", exact=True).click()
    ask.wait_for(2)

    assert page.evaluate("reached") == [
        [12345678, "reachGoal", "otklik-response", {"point": "checkout", "scale": "ces7"}]
    ]
