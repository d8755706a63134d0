"""The Flask application of a site: one address, one view; frozen into files, or served as it is."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, render_template
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from otklik_site import (
    addresses,
    feeds,
    formats,
    lists,
    pictures,
    program_view,
    questions,
    schema,
    search,
    shares,
    templating,
    theme,
)
from otklik_site.addresses import logo_name
from otklik_site.links import root_of
from otklik_site.made_files import Made, script_name, sheet_name
from otklik_site.shares import SharePicture
from otklik_site.words import _
from otklik_widget import assets
from otklik_widget.faults import Faults
from otklik_widget.logo import PNG
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from otklik_site.bodies import Body
    from otklik_site.markdown_text import Heading
    from otklik_site.pages import Page
    from otklik_site.program_view import ProgramView
    from otklik_site.website import Website
    from otklik_widget.faults import Fault

# So many newest articles stand on a home page.
NEWEST = 3
# So many pages stand below a search, for whoever has no scripts.
ALL = 300
# From so many headings on a page gets the list “on this page”.
LONG = 3
SECTION = "<section>"
# Networks take no picture that is smaller.
LEAST_LOGO = 200
# What stands in the text of a page with `/// calculator`.
RECKONS = ' data-sum="'


@dataclass(frozen=True)
class Switch:
    """A language to switch to: its own name, and whether the very page exists in it."""

    lang: str
    name: str
    href: str
    current: bool
    translated: bool


def create_app(
    website: Website,
    made: Made,
    cache: Path | None = None,
    content: Path | None = None,
    faults: list[Fault] | None = None,
) -> Flask:
    """The application that shows a website's pages, and the files that are `made` besides them.

    `cache`: where smaller pictures wait; `content`: the folder whose theme/ is used. Its templates' failures are told
    in `faults`, or raised as `Faults` where there is no such list.
    """
    return app_of(lambda: Views(website, made, cache), content, faults)


def app_of(views: Callable[[], Views], content: Path | None = None, faults: list[Fault] | None = None) -> Flask:
    """The application whose every address asks for `views` anew.

    What they remembered would be missing in the notes of the next address; see `asked`.
    """
    app = Flask("otklik_site", static_folder=None)
    # A view's exception must come out as itself, not as “status 500” of some address.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_loader = templating.loader(content)
    templating.dress(app.jinja_env)
    app.jinja_env.globals.update(invented=invented)

    def shown(view: Callable[[], Response | str]) -> Response | str:
        try:
            return view()
        except HTTPException:
            raise
        except Exception as error:
            fault = theme.fault_of(error, content)
            if fault is None:
                raise
            if faults is None:
                raise Faults([fault]) from error
            faults.append(fault)
            return ""

    app.add_url_rule("/", "chooser", lambda: shown(lambda: views().chooser()))
    app.add_url_rule("/404.html", "not_found", lambda: shown(lambda: views().not_found()))
    app.add_url_rule("/<path:url>", "at", lambda url: shown(lambda: views().at(url)))
    app.register_error_handler(404, lambda _error: (views().not_found(), 404))
    return app


def _html(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - made by our own renderer, widget and JSON writer, which escape


class Views:
    """The views of one website, for one address."""

    def __init__(self, website: Website, made: Made, cache: Path | None = None) -> None:
        self.website = website
        self.cache = cache
        self.company = website.journey.company
        self.made = made

    def at(self, url: str) -> Response | str:
        page = self.website.by_url.get(url)
        if page:
            return self.page(page)
        if url in self.website.files:  # before the made ones: a company may bring its own icon.svg
            kind = mimetypes.guess_type(url)[0] or "application/octet-stream"
            return Response(self.website.files[url].read_bytes(), mimetype=kind)
        if url in self.website.pictures:
            file, width = self.website.pictures[url]
            kind = mimetypes.guess_type(url)[0] or "image/webp"
            return Response(pictures.version(file, width, url, self.cache), mimetype=kind)
        if url in self.website.redirects:
            return self.moved(url)
        if url not in self.made:
            abort(404)
        body, kind = self.made[url]
        return Response(body, mimetype=kind)

    def chooser(self) -> str:
        first = self.website.languages[0]
        parts, share = [self._part(lang) for lang in self.website.languages], self._share(self.website.home(first))
        return render_template("chooser.html", parts=parts, share=share, **self._shell(first, root=""))

    def not_found(self) -> str:
        # It is shown at any address, however deep: only here links begin at the host's root.
        shell = self._shell(self.website.languages[0], root=addresses.root_path(self.website))
        parts = [self._part(lang) for lang in self.website.languages]
        return render_template("404.html", parts=parts, **shell)

    def moved(self, url: str) -> str:
        """The page at an old address, which leads on to the new one."""
        page = self.website.redirects[url]
        canonical = addresses.absolute(self.website, page.url)
        with speaking(page.lang):
            return render_template("moved.html", page=page, canonical=canonical, **self._shell(page.lang, root_of(url)))

    def _part(self, lang: str) -> dict[str, Any]:
        """One language's part of a page that speaks all of them."""
        home = self.website.home(lang)
        with speaking(lang):
            return {
                "lang": lang,
                "home": home,
                "pages": [home, *(page for page in self.website.listing(lang).navigation if page is not home)],
                "missing": _("There is no such page"),
                "advice": _("It may have moved, or the address is misspelt. These pages are here:"),
                "search": search.url(lang),
                "looking": _("What are you looking for?"),
                "find": _("Find"),
                "sample": invented() if self.company.sample else "",
            }

    def page(self, page: Page) -> str:
        website, body = self.website, self.website.bodies[page.url]
        ask = website.question_at_end(page)
        with speaking(page.lang):
            at_end = _html(website.question(ask, page.lang)) if ask else ""
            values: dict[str, Any] = {
                "page": page,
                "body": _html(body.html),
                "outline": outline(page, body),
                "beside": website.listing(page.lang).beside(page),
                "texts": {name: _html(text) for name, text in body.texts.items()},
                "question": at_end,
                "write": _html(questions.write_to_us(page, website.journey, website.settings)),
                "reckoner_script": script_name("reckoner") if RECKONS in body.html else "",
                "has_question": bool(ask or body.asks),
                "above": website.above(page),
                "switch": self._switch(page),
                "canonical": addresses.absolute(website, page.url),
                "alternates": addresses.alternates(website, page),
                "share": self._share(page),
                "json_ld": _html(addresses.json_ld(website, page)),
                **self._shell(page.lang, root_of(page.url)),
            }
            if page.tags:
                values["tags"] = website.tags(page)
            if page.kind in (lists.SECTION, lists.TAG):
                values["listed"] = website.listed(page)
                values["over"] = website.over(page)
                values["part_urls"] = website.part_urls(page)
            if page.kind == search.NAME:
                pages = search.indexed(website.listing(page.lang).pages)
                values["all_pages"] = sorted(pages, key=lambda one: one.title.casefold())[:ALL]
                values["search_script"] = script_name("search")
            if page.kind == "offer":
                values["state"] = website.state(page)
            if page.kind == "legal":
                values["waits"] = website.waits(page)
            if page.kind == "contacts":
                values["dial"] = addresses.dial(page.phone)
            if page.program:
                values["program"] = page.program
                values["view"] = self._terms(page)
                values["calculator_script"] = script_name("calculator")
            if page.is_home and page.kind == "page":
                values |= self._front(page, body.html)
            return render_template(_template(page), **values)

    def _terms(self, page: Page) -> ProgramView:
        assert page.program
        return program_view.view(page.program, page.lang, self.website.languages)

    def _front(self, page: Page, html: str) -> dict[str, Any]:
        """What a home page shows besides its text: the programs, the first one's value, the newest articles."""
        listing = self.website.listing(page.lang)
        start = html.find(SECTION)
        intro, sections = (html[:start], html[start:]) if start >= 0 else (html, "")
        programs = [(shown, self._terms(shown)) for shown in listing.programs_in_front]
        return {
            "intro": _html(intro),
            "sections": _html(sections),
            "programs": programs,
            "offer": next(((shown, terms) for shown, terms in programs if terms.value), None),
            "articles": listing.articles[:NEWEST],
        }

    def _shell(self, lang: str, root: str) -> dict[str, Any]:
        """What every page needs, whatever it shows."""
        return {
            "site": self.website,
            "company": self.company,
            "lang": lang,
            "root": root,
            "listing": self.website.listing(lang),
            "feed": feeds.url(lang) if feeds.exists(self.website, lang) else "",
            "search": search.url(lang),
            "own_icon": "icon.svg" in self.website.files,
            "style": sheet_name("site", self.made),
            "apart": sheet_name("apart", self.made),
            "program_style": sheet_name("program", self.made),
            "logo": logo_name(self.company.logo),
            "script": assets.script_name(),
        }

    def _share(self, page: Page) -> SharePicture | None:
        """What stands beside a shared link: the page's or site's picture, else a logo that networks can show."""
        found, logo = shares.share(self.website, page), self.company.logo
        if not found and logo and logo.media == PNG and min(logo.width, logo.height) >= LEAST_LOGO:
            alt = self.company.name.say(page.lang)
            return SharePicture(logo_name(logo), round(logo.width), round(logo.height), alt)
        return found

    def _switch(self, page: Page) -> Sequence[Switch]:
        found = []
        for lang in self.website.languages if len(self.website.languages) > 1 else ():
            pair = self.website.pair(page, lang)
            there = pair or self.website.home(lang)
            found.append(Switch(lang, formats.own_name(lang), there.url, lang == page.lang, bool(pair)))
        return found


def invented() -> str:
    """What every page of a sample company says of it."""
    return _("An invented company: a sample of what Otklik does. Its shops, prices and programs do not exist.")


def _template(page: Page) -> str:
    if page.kind in schema.PROGRAMS:
        return "program.html"
    return "home.html" if page.is_home and page.kind == "page" else f"{page.kind}.html"


def outline(page: Page, body: Body) -> Sequence[Heading]:
    """The list “on this page”, where a page is long enough to need one."""
    return body.outline if not page.is_home and not page.program and len(body.outline) >= LONG else ()


def urls(website: Website) -> list[str]:
    """Every address of a page or a smaller picture below the site's root, pictures first."""
    return [*sorted(website.pictures), *sorted({*website.by_url, *website.redirects}), "404.html", ""]
