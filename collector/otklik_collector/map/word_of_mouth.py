"""What the detractors of a touchpoint may cost by word of mouth, off unless somebody asks for it.

Never part of harm: of the customers that word of mouth brings nobody can lose more than it brings.
"""

from __future__ import annotations

import math

from otklik_collector.map.series import Harm
from otklik_widget import word_of_mouth
from otklik_widget.word_of_mouth import RULE, Lost, Rule


def lost(harm: Harm, rule: Rule = RULE, referred: float | None = None) -> Lost | None:
    """Of a month's detractors; `referred`: customers a month who come by word of mouth, the most that can be lost."""
    if harm.per_month is None or harm.low is None or harm.high is None:
        return None
    most = math.inf if referred is None else referred
    return word_of_mouth.lost(harm.per_month, harm.low, harm.high, rule, most)
