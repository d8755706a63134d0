"""What the front matter of a loyalty program may say: which keys each kind of program has, and which it needs."""

from __future__ import annotations

from otklik_site.key import Key
from otklik_site.words import later

PROGRAMS = (
    "points", "tiers", "fixed-discount", "cumulative-discount", "cashback", "stamps", "paid", "value", "coalition",
    "referral", "game", "club", "privilege", "business",
)  # fmt: skip
# The kinds of pages whose terms have a day and a version.
WITH_TERMS = (*PROGRAMS, "legal")
# The kinds that reckon with a usual purchase; the others count something else.
OF_PURCHASES = ("fixed-discount", "cumulative-discount", "cashback", "value", "coalition")
# The kinds whose members are somebody, not only buyers of something.
OF_BELONGING = ("paid", "club", "privilege", "business")


def _of_program(
    name: str, value: str, meaning: str, needed_in: tuple[str, ...] = (), parts: tuple[Key, ...] = (),
    choices: tuple[str, ...] = (), kinds: tuple[str, ...] = PROGRAMS,
) -> Key:  # fmt: skip
    return Key(name, value, meaning, kinds, needed_in, parts, choices)


def _of(kinds: tuple[str, ...], name: str, value: str, meaning: str, *, needed: bool = True) -> Key:
    """A key that only some kinds have, and those need it unless said otherwise."""
    return Key(name, value, meaning, kinds, kinds if needed else ())


def _part(name: str, value: str, meaning: str, *, needed: bool = False) -> Key:
    return Key(name, value, meaning, PROGRAMS, PROGRAMS if needed else ())


EARN = (
    _part("what", "text", later("what the points are given for"), needed=True),
    _part("rate", "number", later("how many points are given")),
    _part("per", "number or text", later("for what sum of money the rate is given, or for what else")),
    _part("note", "text", later("a limit or a remark")),
)
SPEND = (
    _part("what", "text", later("what points may pay for"), needed=True),
    _part("max_share", "share", later("at most this share of the sum, in per cent")),
    _part("min", "number", later("from how many points on")),
    _part("except", "text", later("what is excluded")),
)
TIERS = (
    _part("name", "text", later("the tier's name"), needed=True),
    _part("from", "number", later("from what sum of purchases on")),
    _part("multiplier", "number above zero", later("points are multiplied by this")),
    _part("price", "number above zero", later("what the tier costs, where it is bought")),
    _part("benefits", "list of texts", later("what its members get"), needed=True),
)
FAQ = (
    _part("q", "text", later("the question"), needed=True),
    _part("a", "text", later("the answer, in Markdown"), needed=True),
)
LEVELS = (
    _part("from", "number", later("from what sum of purchases on"), needed=True),
    _part("percent", "share above zero", later("the discount, in per cent"), needed=True),
)
CAUSES = (
    _part("name", "text", later("whom it helps"), needed=True),
    _part("what", "text", later("what the money is spent on"), needed=True),
)
PARTNERS = (
    _part("name", "text", later("the partner's name"), needed=True),
    _part("what", "text", later("what the partner sells"), needed=True),
    _part("rate", "number above zero", later("how many points are given")),
    _part("per", "number or text", later("for what sum of money the rate is given, or for what else")),
    _part("note", "text", later("a limit or a remark")),
)
REFERRAL = (
    _part("you", "number above zero", later("what the one who recommends gets"), needed=True),
    _part("friend", "number above zero", later("what the friend gets")),
    _part("after", "text", later("after what both get it"), needed=True),
    _part("limit", "whole number", later("how many friends count in a year")),
)
PRIZES = (
    _part("what", "text", later("the prize"), needed=True),
    _part("count", "whole number", later("how many of them there are"), needed=True),
    _part("worth", "number above zero", later("what one of them is worth")),
)
MEETINGS = (
    _part("what", "text", later("what the meeting is about"), needed=True),
    _part("date", "date", later("its day; the build warns after it")),
    _part("where", "text", later("where it is")),
    _part("note", "text", later("a limit or a remark")),
)
WAITS = (
    _part("where", "text", later("where one waits"), needed=True),
    _part("usual", "whole number", later("how many minutes others wait"), needed=True),
    _part("yours", "whole number", later("how many minutes members wait"), needed=True),
)
ORDERS = (
    _part("from", "number", later("from what sum of an order on"), needed=True),
    _part("percent", "share above zero", later("the discount, in per cent")),
    _part("days", "whole number", later("within how many days it is paid")),
    _part("parts", "whole number", later("in how many payments")),
)
HISTORY = (
    _part("version", "text", later("the earlier version of the terms"), needed=True),
    _part("from", "date", later("from which day it held"), needed=True),
    _part("what", "text", later("what it changed"), needed=True),
)
UNIT = tuple(
    _part(form, "text", later("a form of the unit's name, as the language counts"))
    for form in ("zero", "one", "two", "few", "many", "other")
)
PROGRAM = (
    _of_program("name", "text", later("the program's name"), PROGRAMS),
    Key("effective", "date", later("from which day these terms hold"), WITH_TERMS, WITH_TERMS),
    Key("version", "text", later("the version of the terms"), WITH_TERMS, ("legal",)),
    Key("history", "list", later("the earlier versions of the terms, newest first"), WITH_TERMS, (), HISTORY),
    Key("starts", "date", later("the first day on which one can take part"), (*PROGRAMS, "offer"), ("game", "offer")),
    Key(
        "until",
        "date",
        later("the last day on which one can take part; the build warns after it"),
        (*PROGRAMS, "offer"),
        ("game",),
    ),
    _of_program("currency", "currency", later("the currency's code; RUB where nothing is said")),
    _of_program(
        "unit",
        "forms",
        later("what points are called, in the forms the language counts with"),
        ("points", "stamps", "coalition"),
        UNIT,
    ),
    _of_program(
        "point_value", "number above zero", later("how much money one point is worth"), ("points", "coalition")
    ),
    _of_program("earn", "list", later("the ways to earn points"), (), EARN),
    _of_program("spend", "list", later("the ways to spend points"), (), SPEND),
    _of_program("expiry", "text", later("when points or tiers expire, in Markdown")),
    _of_program("returns", "text", later("what happens when a purchase is returned, in Markdown")),
    _of_program("tiers", "list", later("the tiers, lowest first"), ("tiers",), TIERS),
    _of_program("join", "text", later("how to join, in one sentence of Markdown")),
    _of_program("when", "text", later("on what, when and where it holds")),
    _of_program("except", "text", later("what is excluded")),
    _of_program("regions", "list of texts", later("the regions or places where it holds")),
    _of_program("faq", "list", later("questions and answers"), (), FAQ),
    _of_program(
        "percent",
        "share above zero",
        later("the share of the sum that is given, in per cent"),
        ("fixed-discount", "cashback"),
        kinds=("fixed-discount", "cashback", "value"),
    ),
    _of(
        ("fixed-discount", "cashback"),
        "from_sum",
        "number above zero",
        later("from what sum of one purchase on"),
        needed=False,
    ),
    _of(
        ("fixed-discount", "cashback"),
        "at_most",
        "number above zero",
        later("at most this sum for one purchase"),
        needed=False,
    ),
    _of_program(
        "paid_in",
        "text",
        later("when and how the money comes"),
        ("cashback", "value"),
        kinds=("cashback", "value"),
    ),
    _of_program(
        "levels",
        "list",
        later("the steps of a growing discount, lowest first"),
        ("cumulative-discount",),
        LEVELS,
        kinds=("cumulative-discount",),
    ),
    _of(("cumulative-discount",), "counted_over", "text", later("over what time purchases are added up")),
    _of(("stamps",), "every", "whole number", later("which one is free: 6 for every sixth")),
    _of(("stamps",), "reward", "text", later("what the full card brings")),
    _of(
        ("stamps",),
        "price",
        "number above zero",
        later("what one usually costs; the examples are reckoned with it"),
        needed=False,
    ),
    _of(
        OF_PURCHASES,
        "purchase",
        "number above zero",
        later("a usual purchase; the examples are reckoned with it"),
        needed=False,
    ),
    _of_program("fee", "number above zero", later("what membership costs"), ("paid",), kinds=("paid", "club")),
    _of_program("fee_for", "text", later("for how long the fee is paid: “a year”"), ("paid",), kinds=("paid", "club")),
    _of(
        ("paid",),
        "saves",
        "number above zero",
        later("what one use saves; the examples are reckoned with it"),
        needed=False,
    ),
    _of(OF_BELONGING, "benefits", "list of texts", later("what members get")),
    _of(("club", "privilege", "business"), "who", "text", later("who may take part")),
    _of_program("causes", "list", later("the causes it gives to"), ("value",), CAUSES, kinds=("value",)),
    _of(("value",), "adds", "number above zero", later("how many times as much the company adds"), needed=False),
    _of_program(
        "partners",
        "list",
        later("the partners with whom points are earned"),
        ("coalition",),
        PARTNERS,
        kinds=("coalition",),
    ),
    _of_program(
        "referral", "table", later("what bringing a friend brings"), ("referral",), REFERRAL, kinds=("referral",)
    ),
    _of(("game",), "organiser", "text", later("who holds the game and answers for it")),
    _of_program("prizes", "list", later("the prizes"), ("game",), PRIZES, kinds=("game",)),
    _of(("game",), "odds", "share above zero", later("how many of 100 who take part win")),
    _of(("game",), "rules", "text", later("the rules of the game, in Markdown")),
    _of(
        ("game", "club"),
        "results",
        "text",
        later("what comes at the end: how winners are named, what a meeting leaves"),
        needed=False,
    ),
    _of_program("meetings", "list", later("the meetings of the club"), (), MEETINGS, kinds=("club",)),
    _of_program("waits", "list", later("how long others wait, and how long members"), (), WAITS, kinds=("privilege",)),
    _of(("business",), "manager", "text", later("who looks after such a customer, and how to reach them")),
    _of_program(
        "orders",
        "list",
        later("terms of payment by the sum of an order, lowest first"),
        ("business",),
        ORDERS,
        kinds=("business",),
    ),
    _of_program("contacts", "text", later("whom to ask about the program, in Markdown")),
    _of_program(
        "goal",
        "choice",
        later("for your own use: keep customers or grow them"),
        (),
        (),
        ("retain", "develop"),
    ),
    _of_program("audience", "text", later("for your own use: whom the program is for")),
    _of_program("review_on", "date", later("for your own use: the build warns from this day on")),
    _of_program("touchpoints", "list of keys", later("the touchpoints of the journey that the program lives in")),
)
