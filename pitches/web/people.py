"""The ledger: everybody who pitched at the page, has evidence there or is in its book; or their agencies."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pitches.forms.ledger import LookForm
from pitches.models import Page, Role, Standing
from pitches.web import access, ledger
from pitches.web.owned import helped

AT_ONCE = 50
PLACE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
MICROSECOND = timedelta(microseconds=1)


@helped(Role.READER)
@require_safe
def people(request: HttpRequest, page: Page) -> HttpResponse:
    """The people, or with ?show=agencies the agencies, the last to pitch first; ?q=, ?standing= and ?tag= look."""
    look = LookForm(request.GET, tags=access.tags_here(page))
    shelf = AGENCIES if request.GET.get("show") == "agencies" else PEOPLE
    rows = shelf.find(page, look.asked)
    if place := PLACE.fullmatch(request.GET.get("after", "")):
        rows = access.after(rows, access.NEVER + int(place[1]) * MICROSECOND, int(place[2]))
    found = list(rows[: AT_ONCE + 1])
    context = {
        "page": page,
        "look": look,
        "asked": look.asked,
        "agencies": shelf is AGENCIES,
        "rows": shelf.dress(page, found[:AT_ONCE]),
        "more": _place(found[AT_ONCE - 1]) if len(found) > AT_ONCE else "",
        "later": bool(place),
        "vouched": len(access.vouches_waiting(page)),
    }
    return render(request, "desk/people.html", context)


def _place(row: Any) -> str:
    """Where a row stands in the list, for the address: by what it was, not by what it is then."""
    return f"{(row.last - access.NEVER) // MICROSECOND}-{row.pk}"


def _people(page: Page, asked: dict[str, str]) -> QuerySet[Any]:
    if not asked:
        return access.persons(page)
    hit = access.people_here(page)
    if "q" in asked:
        hit = hit.filter(access.called(page, asked["q"].strip()))
    if "tag" in asked:
        hit = hit.filter(access.tagged(page, asked["tag"]))
    if "standing" in asked:
        hit = hit.filter(access.standing_as(page, Standing(asked["standing"])))
    return access.persons(page, hit)


def _agencies(page: Page, asked: dict[str, str]) -> QuerySet[Any]:
    rows = access.agencies_here(page)
    if "q" in asked:
        rows = rows.filter(access.agency_called(page, asked["q"].strip()))
    if "tag" in asked:
        rows = rows.filter(access.tagged(page, asked["tag"], "agency"))
    if "standing" in asked:
        rows = rows.filter(access.agency_standing_as(page, Standing(asked["standing"])))
    return rows


@dataclass(frozen=True)
class Shelf:
    """One of the two lists: who is in it, and what its rows show."""

    find: Callable[[Page, dict[str, str]], QuerySet[Any]]
    dress: Callable[[Page, list[Any]], list[ledger.Row]]


def _dress_people(page: Page, found: list[Any]) -> list[ledger.Row]:
    rows = ledger.of_people(page, found)
    for row, one in zip(rows, found, strict=True):
        row.last = one.last if one.last != access.NEVER else None
    return rows


PEOPLE = Shelf(_people, _dress_people)
AGENCIES = Shelf(_agencies, ledger.of_agencies)
