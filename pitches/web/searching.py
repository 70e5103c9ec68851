"""Search in the inbox: what was typed, what was found, and how many of it lie in each list and behind each door."""

from collections import Counter
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches import search
from pitches.models import Door, Page, Pitch, PitchState
from pitches.web import access, cards, folding, marking
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
    states, listed = LISTS[show][1], partial(access.sorted_found, page, narrow=asked.narrow & asked.lane)
    everywhere: list[access.Found] = []

    def fits(pks: tuple[int, ...]) -> list[access.Found]:
        everywhere[:] = listed(pks)
        return [one for one in everywhere if one.state in states]

    hits, found = search.narrowed(page, search.find(page, shown["said"], doors=doors, door=door), fits)
    rows, more = _rows(page, doors, hits, found, request.GET.get("after", ""), folds=asked.folds)
    return shown | {
        "page": page,
        "show": show,
        "hits": hits,
        "lists": _lists(Counter(one.state for one in everywhere), show, all_=hits.more),
        "count": len(found),
        "many_more": hits.more and len(found) >= search.MOST,
        "looked": len(hits.pks),
        "door": door,
        "rows": rows,
        "more": more,
        "most": search.MOST,
    }


def _lists(counts: Counter[str], show: str, *, all_: bool) -> list[Choice]:
    """The lists that hold some of it, and the one that is looked at; `all_` of them where not everything was looked at.

    Then a list holds so many at least.
    """
    choices = [
        Choice(name, label, name == show, sum(counts[state] for state in states))
        for name, (label, states) in LISTS.items()
    ]
    return [choice for choice in choices if choice.count or choice.at or choice.value == EVERYTHING or all_]


def _rows(
    page: Page, doors: list[Door], hits: search.Hits, found: list[access.Found], after: str, *, folds: bool
) -> tuple[list[Pitch], str]:
    """Some rows, the newest first, each with what reads like it, and after which one it goes on."""
    under = _together(found) if folds else {}
    heads = [one for one in found if one.pk == under.get(one.cluster or 0, [one])[0].pk]
    last = access.pitches_of(page).filter(code=after.upper()).first() if after else None
    if last and last.handed_in_at:
        heads = [one for one in heads if (one.at, one.pk) < (last.handed_in_at, last.pk)]
    shown = {one.pk: under.get(one.cluster or 0, [one])[1:] for one in heads[:AT_ONCE]}
    needed = [*shown, *(one.pk for several in shown.values() for one in several[: folding.SHOWN])]
    pitches = access.found_here(page, needed, [stem for word in hits.words for stem in word.stems], doors)
    for row in cards.lay_out_all([pitches[pk] for pk in needed if pk in pitches]):
        marking.mark(row, hits)
    rows = []
    for pk, several in shown.items():
        alike = [cards.wear(pitches[one.pk], among=len(several)) for one in several if one.pk in pitches]
        if pk in pitches:
            rows.append(cards.wear(pitches[pk], alike=alike))
    return rows, rows[-1].code if rows and len(heads) > AT_ONCE else ""


def _together(found: list[access.Found]) -> dict[int, list[access.Found]]:
    """What reads alike, by cluster, the newest first."""
    clusters: dict[int, list[access.Found]] = {}
    for one in found:
        if one.cluster:
            clusters.setdefault(one.cluster, []).append(one)
    return clusters
