"""Addresses and anchors from people's titles: Latin letters, digits and hyphens, the same on every build."""

from __future__ import annotations

import re
import unicodedata

# A page that is published keeps its address: never change a line of this table, only add.
LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
        "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye",
        "ґ": "g", "ў": "u", "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
        "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d",
    }
)  # fmt: skip
LONGEST = 100


def slug(text: str, empty: str = "section") -> str:
    """`Как копить?` becomes `kak-kopit`; `empty` where no letter or digit is left."""
    plain = unicodedata.normalize("NFC", text).lower().translate(LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:LONGEST].rstrip("-") or empty


def heading_id(text: str, separator: str) -> str:  # noqa: ARG001 - the signature that Python-Markdown's toc calls
    return slug(text)
