"""The commands of the site: new, build, check. Each imports its needs when it runs: `serve` has none."""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_site.starter import JOURNEYS, write_starter
from otklik_site.words import _
from otklik_widget.cli import DONE, MANY, REFUSED, Commands, Context, port, show
from otklik_widget.faults import Fault, Faults, refuse
from otklik_widget.journey_file import read_journey
from otklik_widget.settings import with_option

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterator, Sequence

    from otklik_site.building import Order


def add_commands(commands: Commands) -> None:
    said = _("make a company to begin with")
    new = commands.add("new", make_new, said, "otklik new shop\notklik new shop --journey online", own_journey=True)
    new.add_argument("dir", metavar="DIR", type=Path, help=_("a folder that does not exist yet, or is empty"))
    said = _(
        "a ready journey with legal pages to fill in: the loyalty loop, a shop, an online shop, a supplier of companies"
    )
    new.add_argument("--journey", choices=JOURNEYS, help=said)
    built = commands.add("build", build, _("build the site"), "otklik build --content content --out public")
    said = _("the address where the site is published, instead of the one in otklik.toml")
    built.add_argument("--base-url", metavar="URL", help=said)
    built.add_argument("--no-cache", action="store_true", help=_("read and make every page anew"))
    _let_lenient(built)
    said = _("show the site while you write it; each save shows at once")
    shown = commands.add("preview", preview, said, "otklik preview\notklik preview --host 0.0.0.0 --port 8080")
    shown.add_argument("--host", default="127.0.0.1", help=_("address to listen on (127.0.0.1)"))
    shown.add_argument("--port", type=port, default=8001, help=_("port to listen on (8001); 0: any free one"))
    _let_lenient(shown)
    said = _("check pages and journey, write nothing; or, of an address, why no question shows there")
    look = commands.add("check", check, said, "otklik check\notklik check https://shop.example/contacts")
    look.add_argument("url", metavar="URL", nargs="?", help=_("a published page with a question on it"))
    look.add_argument("--json", action="store_true", help=_("print what was found as JSON"))
    _let_lenient(look)

    said = _("tell what of the site waits for its authors")
    told = commands.add("report", tell_report, said, "otklik report --stale 180")
    said = _("a page is stale after so many days without a change; 365 without it")
    told.add_argument("--stale", metavar="DAYS", type=int, default=365, help=said)
    told.add_argument("--json", action="store_true", help=_("print every page as JSON"))


def _let_lenient(parser: ArgumentParser) -> None:
    said = _("take pages of other programs as they are: most faults become warnings")
    parser.add_argument("--lenient", action="store_true", help=said)


def build(ctx: Context) -> int:
    """Builds the site into the output folder; with any fault the folder stays as it was."""
    import gc

    from otklik_site.building import Watcher
    from otklik_site.building import build as build_site

    started = time.monotonic()
    order = _order(ctx)
    with _advising(order):
        built = build_site(order, ctx.out, fresh=ctx.args.no_cache, watcher=Watcher(_progress()))
    _show_warnings(built.warnings)
    languages = ", ".join(order.journey.company.languages if order.journey else ())
    said = _(
        "%(out)s: %(pages)s, languages: %(languages)s; %(seconds)s s",
        out=ctx.out, pages=_pages(built.pages), languages=languages,
        seconds=f"{time.monotonic() - started:.1f}",
    )  # fmt: skip
    show(said)
    if built.due:
        show(_("next build due at %(day)s: a page comes or goes then", day=built.due.isoformat()))
    gc.freeze()  # the process ends, and need not look for rubbish once more
    return DONE


def preview(ctx: Context) -> int:
    """Shows the site in a browser until it is interrupted; writes nothing."""
    import tempfile

    from otklik_site.preview_server import serve

    with tempfile.TemporaryDirectory() as packs:
        serve(lambda: _order(ctx, told=False), ctx.out, Path(packs), ctx.args.host, ctx.args.port, _progress())
    return DONE


def check(ctx: Context) -> int:
    """Names every fault that a build would be refused for, and writes nothing; of an address: why no question shows."""
    if ctx.args.url:
        from otklik_widget.visit import report

        return report.check(ctx.args.url, as_json=ctx.args.json)
    from otklik_site.building import check as check_site

    if ctx.args.json:
        return _check_as_json(ctx)
    order = _order(ctx)
    with _advising(order):
        found = check_site(order, ctx.out)
    _show_warnings(found.warnings)
    show(_("%(pages)s, no faults", pages=_pages(found.pages)))
    return DONE


def _check_as_json(ctx: Context) -> int:
    """Prints every fault and warning of the site for a program; 1 where a build would be refused."""
    import json

    from otklik_site.building import check as check_site

    order = _order(ctx, told=False)
    pages: int | None = None
    faults: tuple[Fault, ...] = ()
    warnings = list(order.journey.warnings) if order.journey else []
    try:
        found = check_site(order, ctx.out)
        pages = found.pages
        warnings += found.warnings
    except Faults as refused:
        faults = refused.faults
    plain = {"faults": [vars(one) for one in faults], "warnings": [vars(one) for one in warnings]}
    print(json.dumps({"version": 1, "pages": pages, **plain}, ensure_ascii=False, indent=2))
    return REFUSED if faults else DONE


def tell_report(ctx: Context) -> int:
    """Prints what of the site waits for its authors: nothing of it stops a build."""
    import json

    from otklik_site import report
    from otklik_site.building import check as check_site

    if ctx.args.stale < 1:
        raise refuse(_("“%(name)s” must be a whole number from 1 to %(most)s", name="--stale", most=100_000))
    db, found = ctx.db, list[report.Report]()
    check_site(_order(ctx), ctx.out, lambda site: found.append(report.report(site, ctx.out, db, ctx.args.stale)))
    if ctx.args.json:
        document = {"version": 1, "as_of": _today().isoformat(), **found[-1].plain()}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(found[-1].told()))
    return DONE


def make_new(ctx: Context) -> int:
    """Writes the starter company into a new folder and says what to do next."""
    folder: Path = ctx.args.dir
    write_starter(folder, ctx.args.journey)
    print(
        _(
            "Your company is in %(dir)s. Next:\n"
            "\n"
            "  cd %(dir)s\n"
            "  otklik preview       shows each save at once, at http://127.0.0.1:8001\n"
            "  otklik build         builds the site into public/\n"
            "  otklik serve         shows it, with working questions, at http://127.0.0.1:8000\n"
            "\n"
            "content/journey.toml   where your customers meet you, and what you ask there\n"
            "content/en, content/ru your pages, in Markdown; “otklik check” finds every mistake in them\n"
            "otklik.toml            where the site is published",
            dir=folder,
        )
    )
    return DONE


def _order(ctx: Context, *, told: bool = True) -> Order:
    """What to build; the journey's faults are told with those of the pages."""
    from otklik_site import codes
    from otklik_site.building import Order

    journey = None
    faults: tuple[Fault, ...] = ()
    try:
        journey = ctx.journey() if told else read_journey(ctx.journey_file)
    except Faults as refused:
        faults = refused.faults
    settings = ctx.settings
    faults += tuple(codes.faults(settings))
    if base_url := getattr(ctx.args, "base_url", None):
        settings = with_option(settings, "base_url", base_url, "--base-url")
    severities = codes.Severities.of(settings, lenient=getattr(ctx.args, "lenient", False))
    return Order(ctx.content, journey, ctx.journey_file, settings, _today(), faults, severities=severities)


@contextmanager
def _advising(order: Order) -> Iterator[None]:
    """Tells once of --lenient, where pages look as if another program's."""
    from otklik_site.codes import FOREIGN

    try:
        yield
    except Faults as refused:
        if order.severities.lenient or not any(fault.code in FOREIGN for fault in refused.faults):
            raise
        advice = _("Are these pages of another program? With --lenient they are built as they are, with warnings.")
        raise Faults(refused.faults, advice) from None


def _progress() -> Callable[[int, int], None]:
    """Tells a person how far a build is, once it has taken a second."""
    started = time.monotonic()

    def tell(done: int, steps: int) -> None:
        if time.monotonic() - started > 1 and sys.stderr.isatty():
            end = "\n" if done >= steps else ""
            print(f"\r{done} / {steps}", end=end, file=sys.stderr, flush=True)

    return tell


def _today() -> date:
    return datetime.now().astimezone().date()


def _show_warnings(warnings: Sequence[Fault]) -> None:
    for warning in warnings:
        show(_("warning: %(fault)s", fault=warning))
    if len(warnings) > MANY:
        counted = Counter(warning.code for warning in warnings)
        parts = ", ".join(
            f"{code} {counted[code]}" for code in sorted(counted, key=lambda code: (-counted[code], code))
        )
        show(_.plural("%(n)d warning: %(parts)s", "%(n)d warnings: %(parts)s", len(warnings), parts=parts))


def _pages(n: int) -> str:
    return _.plural("%(n)d page", "%(n)d pages", n)
