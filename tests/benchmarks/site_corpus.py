"""A company's site of any size, the same for the same seed: half of its pages Russian, half English.

    python tests/benchmarks/site_corpus.py FOLDER --pages 10000

FOLDER/content is what `otklik build` takes; the pages are plain Markdown that other generators read as well.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

WORDS = {
    "ru": "чай лавка покупатель балл скидка заварка улун пуэр кассир доставка курьер возврат ответ вопрос неделя утро "
    "полка витрина магазин двор подарок карта клуб встреча рецепт вода чашка лист ложка сосед привычка память цена "
    "очередь касса письмо заказ приложение телефон страница новость правило срок обмен чек продавец совет выбор день "
    "хороший горячий тёплый новый старый свежий крепкий лёгкий быстрый честный приносит ждёт видит помнит любит знает",
    "en": "tea shop customer point discount brew oolong kettle cashier delivery courier return answer question week "
    "morning shelf window counter yard present card club meeting recipe water cup leaf spoon neighbour habit memory "
    "price queue till letter order phone page news rule term exchange receipt seller advice choice day good hot warm "
    "new old fresh strong light quick honest brings waits sees remembers loves knows because after before with about",
}
TITLES = {"ru": "Заметка", "en": "Note"}
SECTIONS = 40
JOURNEY = """
[company]
name = { ru = "Чайная Анны", en = "Anna's Tea" }
languages = ["ru", "en"]
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "website"
name = { ru = "Сайт", en = "Website" }
ask = ["helpful"]
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
ask = ["smiley5", "ces7"]
"""


class Writer:
    """Sentences of invented words, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = {lang: words.split() for lang, words in WORDS.items()}

    def phrase(self, lang: str, least: int, most: int) -> str:
        return " ".join(self.random.choices(self.words[lang], k=self.random.randint(least, most)))

    def sentence(self, lang: str) -> str:
        said = self.phrase(lang, 6, 16)
        words = said.split(" ")
        sign = self.random.random()
        if sign < 0.1:
            words[2] = f"**{words[2]}**"
        elif sign < 0.18:
            words[3] = f"*{words[3]}*"
        elif sign < 0.22:
            words[1] = f"`{words[1]}`"
        said = " ".join(words)
        return said[0].upper() + said[1:] + "."

    def paragraph(self, lang: str) -> str:
        return " ".join(self.sentence(lang) for _ in range(self.random.randint(2, 5)))

    def page(self, lang: str, number: int, others: int) -> str:
        chosen = self.random
        day = f"20{chosen.randint(20, 25)}-{chosen.randint(1, 12):02}-{chosen.randint(1, 28):02}"
        lines = [
            "---",
            f"title: {TITLES[lang]} {number}, {self.phrase(lang, 2, 4)}",
            f"description: {self.phrase(lang, 8, 14)}, {number}.",
            *(("kind: article", f"date: {day}") if number % 3 else ()),
            "---",
            self.paragraph(lang),
        ]
        for part in range(chosen.randint(2, 4)):
            lines += ["", f"## {self.phrase(lang, 2, 5).capitalize()} {part}", "", self.paragraph(lang), ""]
            other = chosen.randrange(others)
            words = self.phrase(lang, 1, 3)
            lines += [f"{self.sentence(lang)} [{words}](../part-{other % SECTIONS:02}/note-{other:05}.md).", ""]
            kind = chosen.random()
            if kind < 0.35:
                lines += [f"- {self.phrase(lang, 3, 9)}" for _ in range(chosen.randint(3, 6))]
            elif kind < 0.5:
                lines += [f"| {self.phrase(lang, 1, 2)} | {self.phrase(lang, 1, 2)} |", "|---|--:|"]
                lines += [f"| {self.phrase(lang, 1, 3)} | {chosen.randint(1, 900)} |" for _ in range(4)]
            elif kind < 0.6:
                lines += [f"> {self.sentence(lang)}"]
            else:
                lines += [self.paragraph(lang)]
        return "\n".join([*lines, ""])


def write_corpus(folder: Path, pages: int, seed: int = 1) -> None:
    """A content folder with about so many pages in two languages, forty sections each, and a journey."""
    writer = Writer(seed)
    content = folder / "content"
    content.mkdir(parents=True, exist_ok=True)
    (content / "journey.toml").write_text(JOURNEY, encoding="utf-8")
    (folder / "otklik.toml").write_text('base_url = "https://tea.example"\n', encoding="utf-8")
    each = max(pages // 2 - SECTIONS - 1, SECTIONS)
    for lang in WORDS:
        (content / lang).mkdir(exist_ok=True)
        home = f"---\ntitle: {TITLES[lang]}\ndescription: {TITLES[lang]}.\nnav: 1\n---\n{writer.paragraph(lang)}\n"
        (content / lang / "index.md").write_text(home, encoding="utf-8")
        for part in range(SECTIONS):
            section = content / lang / f"part-{part:02}"
            section.mkdir(exist_ok=True)
            nav = f"nav: {part + 2}\n" if part < 6 else ""
            title = f"{TITLES[lang]}: {writer.phrase(lang, 1, 2)} {part}"
            text = (
                f"---\ntitle: '{title}'\ndescription: {title.replace(':', '')}.\n{nav}---\n{writer.paragraph(lang)}\n"
            )
            (section / "index.md").write_text(text, encoding="utf-8")
        for number in range(each):
            file = content / lang / f"part-{number % SECTIONS:02}" / f"note-{number:05}.md"
            file.write_text(writer.page(lang, number, each), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write_corpus(asked.folder, asked.pages, asked.seed)
