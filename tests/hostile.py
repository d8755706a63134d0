"""Words that were chosen to break programs: our own, and the well-known lists where they are at hand."""

from __future__ import annotations

import json

from conftest import TOP

FOLDER = TOP.parent / "shared/data/hostile"
RAN = "window.otklikRan=1"
"""What a payload does if a browser ever obeys it."""
SCRIPTS = [
    f"<script>{RAN}</script>",
    f'"><script>{RAN}</script>',
    f"</textarea></title></style></script><script>{RAN}</script>",
    f'"><img src=x onerror="{RAN}">',
    f"'><img src=x onerror='{RAN}'>",
    f'" autofocus onfocus="{RAN}" x="',
    f"' autofocus onfocus='{RAN}' x='",
    f"<svg/onload={RAN}>",
    f"<details open ontoggle={RAN}>",
    f"]]><svg xmlns='http://www.w3.org/2000/svg' onload='{RAN}'/>",
    f"--><svg onload={RAN}>",
    f"</template><svg onload={RAN}>",
    f"javascript:{RAN}//",
    f"\\u003cimg src=x onerror={RAN}\\u003e",
    f'\\";{RAN};//',
    f"\u2028{RAN}//",
    "{{ 7 * 7 }}{% print 7 * 7 %}",
    f"${{{RAN}}}`",
    f"&lt;script&gt;{RAN}&lt;/script&gt;",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>",
]
FORMULAS = ["=1+1", "+1|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("http://evil.example")']
TERMINAL = [
    "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x1b]52;c;aGFja2Vk\x07", "\x9b31m", "\x08\x08\x08hidden", "one\rtwo",
    "\u202egnp.exe", "\u2066\u2067turned", "\x7f", "\x85next",
]  # fmt: skip
ODD = [
    "", " ", "\x00", "a\x00b", "\ufffe", "\ufeff", "\ud7ff", "\U0010ffff", "😀" * 50, "e\u0301" * 100, "\u200b",
    "Ω≈ç√∫", "nil", "null", "NaN", "-0", "1e400", "0x10", "٣", "../../etc/passwd", "..\\..\\", "CON", "%s%n%x", "%(n)d",
    "{0.__class__}", "%00", "%0d%0aSet-Cookie: x=y", "\r\nSet-Cookie: x=y", "'; DROP TABLE response; --",
    "1 OR 1=1", "a" * 3000, "[" * 500, "{" * 500,
]  # fmt: skip
OURS = [*SCRIPTS, *FORMULAS, *TERMINAL, *ODD]


def naughty() -> list[str]:
    """Ours one by one and, where the lists are at hand, theirs by tens."""
    words = list(OURS)
    if (FOLDER / "blns.json").exists():
        theirs = json.loads((FOLDER / "blns.json").read_text(encoding="utf-8"))
        theirs += (FOLDER / "csv-payload.txt").read_text(encoding="utf-8").splitlines()
        words += ["\n".join(theirs[start : start + 10]) for start in range(0, len(theirs), 10)]
    return words
