"""The YAML at a page's top, with the line of every key: typed values for those who know what they expect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import yaml

from otklik_site import foreign
from otklik_site.typography import tie
from otklik_site.words import _
from otklik_site.yaml_faults import why_not
from otklik_widget.contract import KEY
from otklik_widget.faults import Fault, nearest, refuse
from otklik_widget.settings import is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from otklik_site.key import Key

# libyaml is ten times faster; it is missing only where PyYAML was built without it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FENCE = re.compile(r"---[ \t]*")
# What YAML's "\x07" puts into a text: no feed may hold it, and no reader expects it.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# So many lists may stand inside one another; below so many signs of lists nobody needs to count.
DEEP, MANY = 50, 1000


@dataclass(frozen=True)
class Parts:
    """A page's file in two: the YAML's node, and the Markdown below it, which begins on `body_line`; and its faults."""

    node: yaml.MappingNode
    body_line: int
    faults: tuple[Fault, ...] = ()


def split(text: str, where: str) -> Parts:
    """The two parts of a page, whoever wrote it; raises `Faults` where reading it would never end."""
    lines = text.split("\n")
    if FENCE.fullmatch(lines[0]):
        return _fenced(lines, where)
    if foreign.TOML_FENCE.fullmatch(lines[0]):
        return _toml(lines, where)
    if end := foreign.header(lines):
        said = _("this page begins like those of Pelican; put a line --- above and below these lines, "
                 "with keys in small letters")  # fmt: skip
        node = foreign.small(foreign.by_lines(lines[:end], 1))
        return Parts(node, end + 1, (Fault(where, 1, said, "front-matter-foreign"),))
    said = _("the page must begin with front matter: a line ---, “title: …”, “description: …”, and another line ---")
    return Parts(_empty(), 1, (Fault(where, 1, said, "front-matter-missing"),))


def _fenced(lines: Sequence[str], where: str) -> Parts:
    end = next((n for n, line in enumerate(lines[1:], 1) if FENCE.fullmatch(line)), None)
    if end is None:
        said = _("the front matter has no end; close it with a line of three hyphens: ---")
        faults = (Fault(where, 1, said, "front-matter"),)
        end = next((n for n, line in enumerate(lines[1:], 1) if not line.strip()), len(lines))
        begun = foreign.by_lines(lines[1:end], 2)
        # A page that only begins with a line across it has no front matter at all.
        return Parts(begun, end + 1, faults) if len(begun.value) == end - 1 > 0 else Parts(_empty(), 1, faults)
    # The empty first line keeps YAML's line numbers equal to the file's.
    written = "\n" + "\n".join(lines[1:end]) + "\n"
    try:
        _refuse_depth(written, where)
        node: yaml.Node | None = yaml.compose(written, Loader=LOADER)
    except yaml.YAMLError as error:
        wrong = tuple(replace(fault, code="front-matter") for fault in why_not(error, lines, where).faults)
        return Parts(foreign.by_lines(lines[1:end], 2), end + 2, wrong)
    if node is None:
        node = _empty()
    if not isinstance(node, yaml.MappingNode):
        said = _("the front matter must be lines like “title: Bonus points”")
        return Parts(_empty(), 1, (Fault(where, 2, said, "front-matter"),))
    return Parts(node, end + 2)


def _toml(lines: Sequence[str], where: str) -> Parts:
    said = _("this page begins with TOML (+++), as Hugo's do; write it as YAML between lines of ---: "
             "“title: …” instead of “title = …”")  # fmt: skip
    faults = [Fault(where, 1, said, "front-matter-foreign")]
    end = next((n for n, line in enumerate(lines[1:], 1) if foreign.TOML_FENCE.fullmatch(line)), None)
    if end is None:
        return Parts(_empty(), 1, tuple(faults))
    try:
        node = foreign.of_toml("\n".join(lines[1:end]) + "\n", 2)
    except (ValueError, RecursionError):
        node = foreign.by_lines(lines[1:end], 2)
    return Parts(node, end + 2, tuple(faults))


def _empty() -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", [])


def _refuse_depth(written: str, where: str) -> None:
    """Raises `Faults` for lists in lists in lists: libyaml goes down into them until the process dies."""
    if sum(map(written.count, "[{-?")) < MANY:
        return
    depth = 0
    for event in yaml.parse(written, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEP:
            line = event.start_mark.line + 1 if event.start_mark else None
            raise refuse(_("too many lists stand inside one another"), where, line, "nesting")


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1


@dataclass
class Reader:
    """Reads typed values out of YAML nodes and collects every fault with its line."""

    where: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int | None, text: str, code: str = "value") -> None:
        self.faults.append(Fault(self.where, line, text, code))

    def table(
        self,
        node: yaml.Node,
        keys: Mapping[str, Key],
        elsewhere: Callable[[str], str | None] = lambda _key: None,
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """The values of a mapping and the lines of its keys; `elsewhere` says why a key is wrong here."""
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        if not isinstance(node, yaml.MappingNode):
            example = next(iter(keys))
            self.fault(line_of(node), _("must be written as keys with values, like “%(key)s: …”", key=example))
            return values, lines
        for key_node, value in node.value:
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = line_of(key_node)
            if name in lines:
                self.fault(line, _("“%(key)s” stands here twice, first on line %(line)s", key=name, line=lines[name]),
                           "key-twice")  # fmt: skip
                continue
            lines[name] = line
            if name not in keys:
                known = nearest(name, keys) or " " + _("Known keys: %(keys)s.", keys=", ".join(sorted(keys)))
                said = elsewhere(name) or _("unknown key “%(key)s”.", key=name) + known
                if node.flow_style and isinstance(value, yaml.ScalarNode) and not value.value and " " in name:
                    said = _("between { and } a text with a comma must stand in quotes: “… , %(rest)s”", rest=name)
                self.fault(line, said, "key-unknown")
                continue
            found = self.value(value, keys[name], line)
            if found is not None:
                values[name] = found
        return values, lines

    def need(self, lines: Mapping[str, int], key: str, line: int, advice: str, code: str = "key-missing") -> None:
        if key not in lines:
            self.fault(line, _("“%(key)s” is missing: %(advice)s", key=key, advice=advice), code)

    def value(self, node: yaml.Node, key: Key, line: int) -> Any:
        """The value of one key as its type says, or None after a fault."""
        if isinstance(node, yaml.ScalarNode) and not node.value.strip():
            self.fault(line, _("“%(key)s” is empty; write a value or take the line out", key=key.name))
            return None
        try:
            return READERS[key.value](self, node, key)
        except _Wrong as wrong:
            self.fault(wrong.line or line, wrong.text)
            return wrong.instead

    def wrong(self, node: yaml.Node, key: Key, kind: str, instead: Any = None) -> _Wrong:
        written = _("“%(word)s”", word=node.value) if isinstance(node, yaml.ScalarNode) else _("several values")
        said = _("“%(key)s” is %(value)s, but must be %(kind)s", key=key.name, value=written, kind=kind)
        return _Wrong(said, line_of(node), instead)

    # Texts are taken as written: YAML alone would read `version: 1.10` as 1.1 and `title: No` as false.
    def text(self, node: yaml.Node, key: Key) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, key, _("a text"))
        text = str(node.value)
        if found := _UNSEEN.search(text):
            said = _("an invisible control character (0x%(code)02X) stands in this line; delete it", code=ord(found[0]))
            self.fault(line_of(node), said, "control-character")
            text = _UNSEEN.sub("", text)
        return text.strip()

    def prose(self, node: yaml.Node, key: Key) -> str:
        return tie(self.text(node, key))

    def number(self, node: yaml.Node, key: Key, kind: str = "") -> Decimal:
        written = self.text(node, key)
        try:
            found = Decimal(written.replace("_", ""))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or abs(found) > Decimal(10) ** 12:
            raise self.wrong(node, key, kind or _("a number, like 0.5 or 100"))
        if found < 0:
            raise self.wrong(node, key, _("zero or more"))
        return found

    def above_zero(self, node: yaml.Node, key: Key) -> Decimal:
        found = self.number(node, key)
        if not found:
            raise self.wrong(node, key, _("more than zero"))
        return found

    def share(self, node: yaml.Node, key: Key) -> Decimal:
        found = self.number(node, key)
        if found > 100:
            raise self.wrong(node, key, _("a share from 0 to 100 (per cent)"))
        return found

    def share_above_zero(self, node: yaml.Node, key: Key) -> Decimal:
        found = self.share(node, key)
        if not found:
            raise self.wrong(node, key, _("more than zero"))
        return found

    def whole(self, node: yaml.Node, key: Key) -> int:
        found = self.number(node, key, _("a whole number"))
        if found != int(found):
            raise self.wrong(node, key, _("a whole number"))
        return int(found)

    def number_or_text(self, node: yaml.Node, key: Key) -> Decimal | str:
        written = self.text(node, key)
        return self.above_zero(node, key) if re.match(r"[\d.,-]", written) else written

    def day(self, node: yaml.Node, key: Key) -> date:
        written = self.text(node, key)
        try:
            found = date.fromisoformat(written[:10])
        except ValueError:
            raise self.wrong(node, key, _("a date like 2026-03-01")) from None
        if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            return found
        day_and_time = re.match(r"\d{4}-\d\d-\d\d[T ]+\d", written)
        raise self.wrong(node, key, _("a date like 2026-03-01"), found if day_and_time else None)

    def flag(self, node: yaml.Node, key: Key) -> bool:
        written = self.text(node, key).lower()
        if written not in ("true", "false"):
            instead = {"yes": True, "on": True, "no": False, "off": False}.get(written)
            raise self.wrong(node, key, _("true or false"), instead)
        return written == "true"

    def key(self, node: yaml.Node, key: Key) -> str:
        written = self.text(node, key)
        if not KEY.fullmatch(written):
            raise self.wrong(node, key, _("a key: small Latin letters, digits and hyphens"))
        return written

    def key_or_false(self, node: yaml.Node, key: Key) -> str | bool:
        return False if self.text(node, key).lower() == "false" else self.key(node, key)

    def phone(self, node: yaml.Node, key: Key) -> str:
        written = self.text(node, key)
        if not re.fullmatch(r"\+?[0-9 ()\-‑–\N{NO-BREAK SPACE}]{5,30}", written) or sum(map(str.isdigit, written)) < 5:
            raise self.wrong(node, key, _("a telephone number like 8 800 000-00-00"))
        return written

    def email(self, node: yaml.Node, key: Key) -> str:
        written = self.text(node, key)
        if not is_address(written):
            raise self.wrong(node, key, _("an e-mail address"))
        return written

    def currency(self, node: yaml.Node, key: Key) -> str:
        from babel.numbers import is_currency

        written = self.text(node, key)
        if not re.fullmatch("[A-Z]{3}", written) or not is_currency(written):
            raise self.wrong(node, key, _("a currency code like RUB or EUR"))
        return written

    def choice(self, node: yaml.Node, key: Key) -> str:
        written = self.text(node, key)
        if written not in key.choices:
            known = ", ".join(key.choices)
            said = _(
                "“%(key)s” is “%(value)s”, but must be one of %(known)s.",
                key=key.name,
                value=written,
                known=known,
            )
            raise _Wrong(said + nearest(written, key.choices), line_of(node))
        return written

    def texts(self, node: yaml.Node, key: Key) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            written = self.prose(node, key).split(",") if isinstance(node, yaml.ScalarNode) else []
            instead = tuple(item.strip() for item in written if item.strip())
            raise self.wrong(node, key, _("a list: each item on its own line after “- ”"), instead or None)
        return tuple(self.prose(item, key) for item in node.value)

    def keys(self, node: yaml.Node, key: Key) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, key, _("a list: each item on its own line after “- ”"))
        return tuple(self.key(item, key) for item in node.value)

    def forms(self, node: yaml.Node, key: Key) -> dict[str, str]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, key, _("the word's forms, like {one: point, many: points}"))
        values, _lines = self.table(node, {part.name: part for part in key.parts})
        return values

    def one_table(self, node: yaml.Node, key: Key) -> dict[str, Any]:
        """A mapping with keys of its own; a needed one that it lacks is a fault."""
        values, lines = self.table(node, {part.name: part for part in key.parts})
        if isinstance(node, yaml.MappingNode):
            for part in key.parts:
                if part.needed_in:
                    self.need(lines, part.name, line_of(node), _(part.meaning))
        return values

    def tables(self, node: yaml.Node, key: Key) -> list[tuple[dict[str, Any], int]]:
        """The items of a list of mappings, each with its line; a needed key that an item lacks is a fault."""
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.wrong(node, key, _("a list: each item on its own line after “- ”"))
        parts = {part.name: part for part in key.parts}
        items = []
        for item in node.value:
            values, lines = self.table(item, parts)
            for part in key.parts:
                if part.needed_in:
                    self.need(lines, part.name, line_of(item), _(part.meaning))
            items.append((values, line_of(item)))
        return items


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """`instead` is what such a value most likely means, or None."""

    def __init__(self, text: str, line: int | None, instead: Any = None) -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.instead = instead


READERS: Mapping[str, Callable[[Reader, yaml.Node, Key], Any]] = {
    "text": Reader.prose,
    "number": Reader.number,
    "number above zero": Reader.above_zero,
    "number or text": Reader.number_or_text,
    "share": Reader.share,
    "share above zero": Reader.share_above_zero,
    "whole number": Reader.whole,
    "date": Reader.day,
    "flag": Reader.flag,
    "key": Reader.key,
    "key or false": Reader.key_or_false,
    "phone": Reader.phone,
    "email": Reader.email,
    "currency": Reader.currency,
    "choice": Reader.choice,
    "list of texts": Reader.texts,
    "list of keys": Reader.keys,
    "forms": Reader.forms,
    "table": Reader.one_table,
    "list": Reader.tables,
}
