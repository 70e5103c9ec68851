"""Filters of the inbox, as they stand in the address: what is asked for, what there is to choose, what narrows it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pitches import helping
from pitches.models import LADDER, Asked, Door, Page
from pitches.search import LONGEST
from pitches.web import access, keyset, lanes
from portal import languages

NAMES = ("lane", "door", "standing", "tag", "assigned", "offer", "language", "alike")
KEPT = ("q", "show", *NAMES)  # what a saved view remembers
ME, NOBODY = "me", "nobody"
STANDINGS: dict[str, str | Promise] = {one.value: one.label for one in LADDER}
OFFERS: dict[str, str | Promise] = {
    "paid": pgettext_lazy("pitches", "With a paid offer"),
    "none": pgettext_lazy("pitches", "Without a paid offer"),
}
PAID = Q(ask=Asked.SLOT) | (Q(groups__paid__type__isnull=False) & ~Q(groups__paid__type="none"))
TITLES: dict[str, str | Promise] = {
    "lane": gettext_lazy("Lane"),
    "standing": gettext_lazy("How they stand"),
    "tag": gettext_lazy("Tag"),
    "assigned": gettext_lazy("Who looks after it"),
    "offer": gettext_lazy("Paid offer"),
    "language": gettext_lazy("Language"),
}


@dataclass(frozen=True)
class Choice:
    """One value of a filter, a list or a door: is it the one that is asked for, and how many are in it."""

    value: str
    label: str | Promise
    at: bool
    count: int = 0


@dataclass(frozen=True)
class Select:
    """One filter to choose a value of."""

    name: str
    title: str | Promise
    choices: list[Choice]


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Filter:
    """What is asked for: `said` by name, each in words; what it asks of a pitch in any list, and in which lane."""

    said: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    narrow: Q = field(default_factory=Q)
    lane: Q = field(default_factory=Q)

    @property
    def folds(self) -> bool:
        """Do pitches that read alike lie together? Not where one looks at just these."""
        return "alike" not in self.said


def cleaned(asked: QueryDict) -> Any:
    """The same address without what was left empty, so that every link and every saved view is short."""
    kept = QueryDict(mutable=True)
    for name in asked:
        if value := (asked.get(name) or "").strip():
            kept[name] = value
    return QueryDict(kept.urlencode())


def kept_of(asked: QueryDict) -> str:
    """What a saved view remembers of an address: the search and the filters, and not how far one had read."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := asked.get(name):
            kept[name] = value[:LONGEST]
    return kept.urlencode()


def read(request: HttpRequest, page: Page, doors: Iterable[Door]) -> Filter:
    """The filters of the address. What nothing can be is 404; a tag or a language that nothing has finds nothing."""
    said = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
    words, narrow, lane = {}, Q(), Q()
    for name, value in said.items():
        words[name], asks = READERS[name](request, page, doors, value)
        narrow, lane = (narrow, asks) if name == "lane" else (narrow & asks, lane)
    return Filter(said, words, narrow, lane)


def chips(request: HttpRequest, found: Filter) -> list[Chip]:
    """Each filter that is set, with the address that takes it away."""
    return [Chip(words, _without(request.GET, name)) for name, words in found.words.items()]


def _without(asked: QueryDict, name: str) -> str:
    rest = asked.copy()
    for gone in (name, "after", "at"):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"


# ── what each of them asks of a pitch ────────────────────────────────────────
Read = tuple[str, Q]


def _lane(_request: HttpRequest, _page: Page, _doors: Iterable[Door], value: str) -> Read:
    kind = lanes.KINDS.get(value)
    if kind is None:
        raise Http404
    return str(kind.title), kind.within


def _door(_request: HttpRequest, _page: Page, doors: Iterable[Door], value: str) -> Read:
    door = next((one for one in doors if one.slug == value), None)
    if door is None:
        raise Http404
    return _("Behind “%(door)s”") % {"door": door.name}, Q(door=door)


def _standing(_request: HttpRequest, _page: Page, _doors: Iterable[Door], value: str) -> Read:
    if value not in STANDINGS:
        raise Http404
    return str(STANDINGS[value]), Q(standing=value)


def _tag(_request: HttpRequest, _page: Page, _doors: Iterable[Door], value: str) -> Read:
    return _("Tag: %(tag)s") % {"tag": value}, Q(tags__contains=[value])


def _assigned(request: HttpRequest, page: Page, _doors: Iterable[Door], value: str) -> Read:
    if value == ME:
        mine = list(access.helping_as(page, access.signed_in(request)))
        if mine:
            return _("I look after it"), Q(assigned_to__in=mine)
        value = NOBODY  # the owner: what nobody in particular looks after is theirs
    if value == NOBODY:
        return _("Nobody looks after it"), Q(assigned_to=None)
    helper = access.assistants_of(page).filter(pk=keyset.number(value)).first()
    if helper is None:
        raise Http404
    return _("%(name)s looks after it") % {"name": helper.name}, Q(assigned_to=helper)


def _offer(_request: HttpRequest, _page: Page, _doors: Iterable[Door], value: str) -> Read:
    if value not in OFFERS:
        raise Http404
    return str(OFFERS[value]), PAID if value == "paid" else ~PAID


def _language(_request: HttpRequest, _page: Page, _doors: Iterable[Door], value: str) -> Read:
    return languages.name(value), Q(language=value)


def _alike(_request: HttpRequest, page: Page, _doors: Iterable[Door], value: str) -> Read:
    first = access.pitches_of(page).filter(code=value.upper(), cluster__isnull=False).first()
    if first is None:
        raise Http404
    return _("Reads like %(code)s") % {"code": first.code}, Q(cluster=first.cluster)


READERS = {
    "lane": _lane,
    "door": _door,
    "standing": _standing,
    "tag": _tag,
    "assigned": _assigned,
    "offer": _offer,
    "language": _language,
    "alike": _alike,
}


# ── what there is to choose ──────────────────────────────────────────────────
def selects(request: HttpRequest, page: Page, found: Filter) -> list[Select]:
    """The filters that can tell two pitches apart at this page, each with its values. Three queries."""
    seen, here = access.sorts_here(page), access.seat(request)
    spoken = {language for language, _tags in seen} | {found.said.get("language", "")} - {""}
    tags = {tag for _language, several in seen for tag in several} | {found.said.get("tag", "")} - {""}
    people: list[tuple[str, str | Promise]] = [(str(one.pk), one.name) for one in helping.keepers(page)]
    if people:
        mine: list[tuple[str, str | Promise]] = [] if here and here.is_owner else [(ME, _("I do"))]
        people = [*mine, (NOBODY, _("Nobody")), *people]
    offered: dict[str, list[tuple[str, str | Promise]]] = {
        "lane": [(name, lanes.KINDS[name].title) for name in lanes.LEDGE],
        "standing": list(STANDINGS.items()),
        "tag": [(tag, tag) for tag in sorted(tags)],
        "assigned": people,
        "offer": list(OFFERS.items()),
        "language": [(code, languages.name(code)) for code in sorted(spoken)] if len(spoken) > 1 else [],
    }
    return [_select(name, choices, found.said.get(name, "")) for name, choices in offered.items() if choices]


def _select(name: str, choices: list[tuple[str, str | Promise]], at: str) -> Select:
    return Select(name, TITLES[name], [Choice(value, label, value == at) for value, label in choices])


def fields(request: HttpRequest, page: Page, found: Filter) -> dict[str, Any]:
    """What the form and the chips of the filters are drawn from."""
    return {
        "selects": selects(request, page, found),
        "chips": chips(request, found),
        "asked": found,
        "views": list(access.views_of(page, access.signed_in(request))),
        "kept": kept_of(request.GET),
        "stay": request.GET.get("show", ""),
    }
