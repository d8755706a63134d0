"""Our own faces: one circle and one pair of eyes for all, mouth and brows tell the verdict."""

from __future__ import annotations

from collections.abc import Mapping

from otklik_collector.map.posterior import Verdict

# Paths in a square of 32 units, drawn with a round pen.
MOUTHS: Mapping[Verdict, str] = {
    "surely_hurts": "M9 25Q16 15 23 25",
    "hurts": "M10 23.5Q16 18.5 22 23.5",
    "unclear": "M10.5 22H21.5",
    "within_goal": "M10 20.5Q16 25.5 22 20.5",
    "surely_fine": "M8.5 19.5Q16 29 23.5 19.5",
}
BROWS: Mapping[Verdict, str] = {
    "surely_hurts": "M7.5 7.5L13 10M24.5 7.5L19 10",
    "hurts": "M7.5 9.5L13 8M24.5 9.5L19 8",
    "unclear": "M8 8.5H13M24 8.5H19",
    "within_goal": "M8 8.5Q10.5 7 13 8.5M24 8.5Q21.5 7 19 8.5",
    "surely_fine": "M8 8.5Q10.5 5 13 8.5M24 8.5Q21.5 5 19 8.5",
}
# Worst to best. Their greatest likeness under any colour blindness is twice that of a traffic light's ends.
LIGHT: Mapping[Verdict, str] = {
    "surely_hurts": "#a61b1b",
    "hurts": "#c9541f",
    "unclear": "#75664a",
    "within_goal": "#2f7fbf",
    "surely_fine": "#124e96",
}
