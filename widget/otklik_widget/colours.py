"""The company's two colours: checked to be readable where they are used, in light and dark, and given as CSS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from otklik_widget.check import Checked
from otklik_widget.toml_file import Path_
from otklik_widget.words import _

GROUNDS = {"light": ("#f6f4ef", "#ffffff"), "dark": ("#12161c", "#1b222b")}
"""Paper and card of our pages: what the accent is read on. The stylesheets name the same two."""
INKS = ("#ffffff", "#14202b", "#12161c")
"""What is written on a coloured ground, in the order of choice: white, else the ink of light or dark pages."""
TEXT = 4.5
"""WCAG 1.4.3, the contrast of text; it covers the 3 of 1.4.11 for marks and edges too."""
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True)
class Shades:
    """Colours of one theme: `panel` is a ground of its own (a bar, a poster's head), `accent` links and buttons."""

    panel: str
    on_panel: str
    accent: str
    on_accent: str
    tint: str


@dataclass(frozen=True)
class Colours:
    """The company's colours, each for light pages and for dark ones, as #rrggbb."""

    main: str
    accent: str
    dark_main: str
    dark_accent: str

    def shades(self) -> dict[str, Shades]:
        """All that pages need, by theme: "light" and "dark"."""
        return {
            "light": _shades(self.main, self.accent, "light"),
            "dark": _shades(self.dark_main, self.dark_accent, "dark"),
        }


def tokens(colours: Colours | None) -> str:
    """CSS to write after a stylesheet that has `--panel`, `--on-panel`, `--accent`, `--on-accent`, `--tint`."""
    if colours is None:
        return ""
    light, dark = (_properties(shades) for shades in colours.shades().values())
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _properties(shades: Shades) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in vars(shades).items())


def _shades(main: str, accent: str, theme: str) -> Shades:
    return Shades(main, _ink(main), accent, _ink(accent), _mixed(accent, GROUNDS[theme][1], 0.12))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it: from 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, grounds: Sequence[str], ratio: float = TEXT) -> str:
    """The nearest shade of the same hue with at least this contrast on every ground: darker on light, lighter on dark.

    Luminance is a sum of linear light, so that a mixture with black or white has its share of it, exactly.
    """
    if _worst(colour, grounds)[0] >= ratio:
        return _written(_channels(colour))
    lights = [_luminance(ground) for ground in grounds]
    on_light = min(lights) > 0.18  # so much reflects what lies between black and white in contrast
    wanted = (min(lights) + 0.05) / ratio - 0.05 if on_light else (max(lights) + 0.05) * ratio - 0.05
    now = _luminance(colour)
    linear = [_linear(channel) for channel in _channels(colour)]
    share = 1 - max(wanted, 0) / now if on_light else (min(wanted, 1) - now) / (1 - now)
    target = 0.0 if on_light else 1.0
    while True:
        found = _written(tuple(_channel(light + (target - light) * share) for light in linear))
        # Rounding to eight bits may miss the mark by a hair.
        if _worst(found, grounds)[0] >= ratio or share >= 1:
            return found
        share = min(1.0, share + 0.002)


def read_colours(checked: Checked, company: dict[str, Any], path: Path_) -> Colours | None:
    """`colours = { main = "#…", accent = "#…" }` of a [company], with `dark = { … }` in it where it is given."""
    if "colours" not in company:
        return None
    table, path = checked.table(company, path, "colours"), (*path, "colours")
    checked.only(table, path, ("main", "accent", "dark"))
    if isinstance(company["colours"], dict):
        checked.need(table, path, ("main", "accent"))
    dark, dark_path = checked.table(table, path, "dark"), (*path, "dark")
    checked.only(dark, dark_path, ("main", "accent"))
    main, accent = _main(checked, table, path), _accent(checked, table, path, "light")
    dark_main, dark_accent = _main(checked, dark, dark_path), _accent(checked, dark, dark_path, "dark")
    if not main or not accent:
        return None
    return Colours(main, accent, dark_main or main, dark_accent or readable(accent, GROUNDS["dark"]))


def _main(checked: Checked, table: dict[str, Any], path: Path_) -> str:
    """The colour of panels; what is written on it is white or ink, whichever can be read."""
    colour = _colour(checked, table, path, "main")
    if colour and (best := contrast(colour, _ink(colour))) < TEXT:
        said = _(
            "on “main” %(colour)s neither white nor dark letters can be read: the contrast is %(ratio).2f at best,"
            " and %(needed)s is needed. The nearest readable shade is “%(shade)s”",
            colour=colour, ratio=best, needed=TEXT, shade=readable(colour, INKS[:1]),
        )  # fmt: skip
        checked.fault((*path, "main"), said)
    return colour


def _accent(checked: Checked, table: dict[str, Any], path: Path_, theme: str) -> str:
    """The colour of links and buttons: read as text on the theme's paper and cards."""
    colour = _colour(checked, table, path, "accent")
    if colour:
        ratio, ground = _worst(colour, GROUNDS[theme])
        if ratio < TEXT:
            said = _(
                "“accent” %(colour)s cannot be read on our pages: its contrast with their ground %(ground)s is"
                " %(ratio).2f, and %(needed)s is needed. The nearest readable shade is “%(shade)s”",
                colour=colour, ground=ground, ratio=ratio, needed=TEXT, shade=readable(colour, GROUNDS[theme]),
            )  # fmt: skip
            checked.fault((*path, "accent"), said)
    return colour


def _colour(checked: Checked, table: dict[str, Any], path: Path_, key: str) -> str:
    written = checked.string(table, path, key)
    if key not in table or not isinstance(table[key], str):
        return ""
    if not _HEX.fullmatch(written):
        said = _("“%(key)s” is “%(value)s”, but a colour is written like “#124e96”", key=key, value=written[:40])
        checked.fault((*path, key), said)
        return ""
    return _written(_channels(written))


def _worst(colour: str, grounds: Sequence[str]) -> tuple[float, str]:
    return min((contrast(colour, ground), ground) for ground in grounds)


def _ink(ground: str) -> str:
    """The first ink that can be read on a ground, else the best one."""
    return next(
        (ink for ink in INKS if contrast(ink, ground) >= TEXT), max(INKS, key=lambda ink: contrast(ink, ground))
    )


def _channels(colour: str) -> tuple[int, ...]:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    return tuple(bytes.fromhex(digits))


def _written(channels: Sequence[int]) -> str:
    return "#" + bytes(channels).hex()


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _channel(light: float) -> int:
    part = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return min(255, max(0, round(part * 255)))


def _mixed(colour: str, ground: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return _written(tuple(round(one * share + other * (1 - share)) for one, other in pairs))
