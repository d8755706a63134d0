"""The lists that a page's author puts into it: `/// list | kind=news limit=3`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site import arguments, lists, schema
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import nearest, refuse

if TYPE_CHECKING:
    from otklik_site.lists import Lists
    from otklik_site.pages import Page

SETTINGS = ("kind", "folder", "tag", "limit", "order")
EXAMPLE = "kind=news"
# So many pages, where the author does not say.
USUAL = 6


def chosen(argument: str, all_lists: Lists, page: Page) -> list[Page]:
    """The pages of a list, without those that are over; raises `Faults` for what cannot be meant."""
    _words, settings = arguments.settings_of("list", argument, SETTINGS, EXAMPLE)
    kinds = (*schema.KINDS, "program")
    kind, order = settings.get("kind", ""), settings.get("order", "newest")
    for name, written, known in (("kind", kind, kinds), ("order", order, schema.ORDERS)):
        if written and written not in known:
            said = _("“%(key)s” is “%(value)s”, but must be one of %(known)s.",
                     key=name, value=written, known=", ".join(known))  # fmt: skip
            raise refuse(said + nearest(written, known))
    folder = settings.get("folder", "").strip("/")
    found = list(all_lists.below(folder, page))
    if folder and not found:
        raise refuse(_("there are no pages in the folder “%(folder)s”", folder=folder))
    if "tag" in settings:
        # A tag of two words is written with a hyphen here: an argument ends at its first space.
        tag = all_lists.tags.get(slug(settings["tag"]))
        if tag is None:
            known_tags = [name for name, _pages in all_lists.tags.values()]
            said = _("no page has the tag “%(tag)s”.", tag=settings["tag"]) + nearest(settings["tag"], known_tags)
            raise refuse(said)
        found = [one for one in found if one in tag[1]]
    if kind:
        found = [one for one in found if lists.kind_matches(one, kind)]
    open_ones = [one for one in found if lists.state(one, all_lists.today) != "over"]
    limit = arguments.whole_number("limit", settings.get("limit", ""), USUAL)
    return lists.ordered(open_ones, order, all_lists.today)[:limit]
