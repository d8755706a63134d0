"""The commands of the site: new, build, check. Each imports its needs when it runs: `serve` has none."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_site.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults

if TYPE_CHECKING:
    from otklik_site.website import Website


def add_commands(commands: Commands) -> None:
    new = commands.add("new", make_new, _("make a company to begin with"), "otklik new shop")
    new.add_argument("dir", metavar="DIR", type=Path, help=_("a folder that does not exist yet, or is empty"))
    commands.add("build", build, _("build the site"), "otklik build --content content --out public")
    said = _("check pages and journey, write nothing; or, of an address, why no question shows there")
    look = commands.add("check", check, said, "otklik check\notklik check https://shop.example/contacts")
    look.add_argument("url", metavar="URL", nargs="?", help=_("a published page with a question on it"))
    look.add_argument("--json", action="store_true", help=_("with an address: print what was found as JSON"))


def build(ctx: Context) -> int:
    """Builds the site into the output folder; with any fault the folder stays as it was."""
    started = time.monotonic()
    website, warnings = _website(ctx, writing=True)
    write(website, ctx.out, ctx.content)
    _show_warnings(warnings)
    said = _(
        "%(out)s: %(pages)s, languages: %(languages)s; %(seconds)s s",
        out=ctx.out, pages=_pages(website), languages=", ".join(website.languages),
        seconds=f"{time.monotonic() - started:.1f}",
    )  # fmt: skip
    show(said)
    return DONE


def check(ctx: Context) -> int:
    """Names every fault that a build would be refused for, and writes nothing; of an address: why no question shows."""
    if ctx.args.url or ctx.args.json:
        from otklik_widget.visit import report

        return report.check(ctx.args.url or "", as_json=ctx.args.json)
    website, warnings = _website(ctx)
    _show_warnings(warnings)
    show(_("%(pages)s, no faults", pages=_pages(website)))
    return DONE


def make_new(ctx: Context) -> int:
    """Writes the starter company into a new folder and says what to do next."""
    from otklik_site.starter import write_starter

    folder: Path = ctx.args.dir
    write_starter(folder)
    print(
        _(
            "Your company is in %(dir)s. Next:\n"
            "\n"
            "  cd %(dir)s\n"
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


def write(website: Website, out: Path, content: Path) -> int:
    """Writes a site into the folder and returns how many files changed; raises `Faults` where it may not."""
    from otklik_site import output, views
    from otklik_site.freeze import freeze

    claimed = output.claim(out, content)
    with output.workshop(out) as made:
        files = freeze(views.create_app(website, content.resolve().parent), views.urls(website), made)
        return output.publish(claimed, made, files)


def _website(ctx: Context, *, writing: bool = False) -> tuple[Website, list[Fault]]:
    """The site and its warnings; raises `Faults` with those of output, journey and pages together."""
    from otklik_site.output import claim
    from otklik_site.website import read_website

    faults: list[Fault] = []
    journey = None
    try:
        if writing:
            claim(ctx.out, ctx.content)
    except Faults as refused:
        faults += refused.faults
    try:
        journey = ctx.journey()
    except Faults as refused:
        faults += refused.faults
    website = read_website(ctx.content, journey, ctx.settings, _today(), faults)
    return website, list(website.warnings)


def _today() -> date:
    return datetime.now().astimezone().date()


def _show_warnings(warnings: list[Fault]) -> None:
    for warning in warnings:
        show(_("warning: %(fault)s", fault=warning))


def _pages(website: Website) -> str:
    return _.plural("%(n)d page", "%(n)d pages", len(website.pages))
