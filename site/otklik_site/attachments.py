"""Links to files: what they are and how much there is to fetch, said before anybody presses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from otklik_site.enclosed import up_to
from otklik_site.formats import locale_of
from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("pdf", "doc", "docx", "xls", "xlsx", "ods", "odt", "rtf", "ppt", "pptx", "csv", "zip")
_LINK = re.compile(
    rf'(<a\b[^>]*\shref="([^":?#]+\.({"|".join(KINDS)}))"[^>]*>)(.*?)</a>', re.IGNORECASE | re.DOTALL
)  # fmt: skip


def told(html: str, size_of: Callable[[str], int | None], lang: str) -> str:
    """The HTML with kind and size behind each link to such a file; `size_of` knows a link's bytes."""

    def tell(found: re.Match[str]) -> str:
        size = size_of(found[2])
        if size is None:
            return found[0]
        return f'{found[0]} <span class="file">({found[3].upper()}, {weight(size, lang)})</span>'

    if "href" not in html:
        return html
    links, rest = up_to(html, "</a>")
    return _LINK.sub(tell, links) + rest


def weight(size: int, lang: str) -> str:
    """Bytes as people read them: `1,2 МБ`."""
    if size < 1_000_000:
        return _("%(n)s KB", n=format_decimal(max(1, round(size / 1000)), locale=locale_of(lang)))
    return _("%(n)s MB", n=format_decimal(round(size / 1_000_000, 1), locale=locale_of(lang)))
