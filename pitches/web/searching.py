"""Search in the inbox: what was typed, what was found, and how many of it lie in each list and behind each door."""

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches import search
from pitches.models import Door, Page, Pitch, PitchState
from pitches.web import access, lanes, marking
from pitches.web.filters import Choice, Filter
from pitches.web.lanes import ANSWERED

EVERYTHING = "all"
AT_ONCE = 25  # rows: to mark the words in each is the dearest part of a search
ALREADY = {state.value for state in ANSWERED}
LISTS: dict[str, tuple[str | Promise, set[str]]] = {
    EVERYTHING: (_("Everything"), {*PitchState.values}),
    "ledge": (_("On the ledge"), {PitchState.WAITING.value}),
    "later": (_("Later"), {PitchState.LATER.value}),
    "asked": (_("Waiting for them"), {PitchState.ASKED.value}),
    "held": (_("Held aside"), {PitchState.HELD.value}),
    "quarantine": (_("Quarantine"), {PitchState.QUARANTINE.value}),
    "answered": (_("Answered"), ALREADY),
}


def asked(request: HttpRequest) -> bool:
    """Is it a search? An empty field is none."""
    return bool(request.GET.get("q", "").strip())


def doors_of(page: Page) -> list[Door]:
    """Every door of a page, those that were taken down too: what came to them is still here."""
    return list(page.doors.order_by("position", "pk"))


def fields(request: HttpRequest, doors: list[Door]) -> dict[str, Any]:
    """The field and the doors to choose from."""
    at = request.GET.get("door", "")
    return {
        "said": request.GET.get("q", "").strip()[: search.LONGEST],
        "doors": [Choice(door.slug, door.name, door.slug == at) for door in doors],
        "longest": search.LONGEST,
    }


def found(request: HttpRequest, page: Page, doors: list[Door], asked: Filter) -> dict[str, Any]:
    """What a search shows, as far as the filters let it. As many queries for three rows as for one."""
    show = request.GET.get("show", EVERYTHING)
    slug = request.GET.get("door", "")
    door = next((one for one in doors if one.slug == slug), None)
    if show not in LISTS:
        raise Http404
    shown = fields(request, doors)
    hits = search.find(page, shown["said"], doors=doors, door=door)
    counts = access.counted_found(page, hits.pks, asked.narrow & asked.lane)
    rows, more = _rows(page, hits, LISTS[show][1], request.GET.get("after", ""), asked)
    return shown | {
        "page": page,
        "show": show,
        "hits": hits,
        "lists": _lists(counts, show),
        "count": _count(counts, LISTS[show][1]),
        "door": door,
        "rows": rows,
        "more": more,
        "most": search.MOST,
    }


def _lists(counts: Counter[tuple[int, str, str]], show: str) -> list[Choice]:
    """The lists that hold some of it, and the one that is looked at."""
    choices = [Choice(name, label, name == show, _count(counts, states)) for name, (label, states) in LISTS.items()]
    return [choice for choice in choices if choice.count or choice.at or choice.value == EVERYTHING]


def _count(counts: Counter[tuple[int, str, str]], states: set[str]) -> int:
    return sum(count for (_door, state, _lane), count in counts.items() if state in states)


def _rows(page: Page, hits: search.Hits, states: set[str], after: str, asked: Filter) -> tuple[list[Pitch], str]:
    """Some rows, the newest first, and after which one it goes on."""
    rows = access.found_here(page, hits.pks, [stem for word in hits.words for stem in word.stems])
    rows = rows.filter(asked.narrow, asked.lane, state__in=states)
    last = access.pitches_of(page).filter(code=after.upper()).first() if after else None
    found, more = lanes.shown(rows, ("-handed_in_at", "-pk"), last, folds=asked.folds, at_once=AT_ONCE)
    for row in found:
        for one in (row, *row.alike):  # type: ignore[attr-defined]
            marking.mark(one, hits)
    return found, more
