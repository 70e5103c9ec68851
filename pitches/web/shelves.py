"""The rows of the lists that are looked at: all lists in two queries, and one more for each with what reads alike."""

from functools import partial
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from pitches.models import Door, Page, Pitch, Standing
from pitches.web import access, cards, folding, keyset, lanes
from pitches.web.lanes import Kind, Shelf


def fetch(
    page: Page,
    counts: dict[str, int],
    doors: list[Door],
    after: str = "",
    *,
    narrow: Q = lanes.EVERY,
    folds: bool = True,
) -> list[Shelf]:
    """These lists (name: how many are in it), from the start or after a pitch, fifty rows of each."""
    last = _ranked(page).filter(code=after).first() if after else None

    def firsts(page: Page) -> dict[str, Any]:
        return {name: _first(page, lanes.KINDS[name], last, narrow=narrow, folds=folds) for name in counts}

    key = None if last or narrow else ("firsts", lanes.AT_ONCE, folds)
    picked = access.picked_of(page, counts, firsts, key=key)
    shown = {name: pks[: lanes.AT_ONCE] for name, pks in picked.items()}
    rows = access.rows_of(page, [pk for pks in shown.values() for pk in pks], doors)
    shelves = []
    for name, count in counts.items():
        found = [rows[pk] for pk in shown[name] if pk in rows]
        _draw(page, lanes.KINDS[name], found, doors, narrow=narrow, folds=folds)
        more = found[-1].code if found and len(picked[name]) > lanes.AT_ONCE else ""
        shelves.append(Shelf(lanes.KINDS[name], count, found, more))
    return shelves


def _first(page: Page, kind: Kind, last: Pitch | None, *, narrow: Q, folds: bool) -> Any:
    """One more than is shown of a list, behind `last`."""
    rows = _within(page, kind, narrow)
    heads = folding.firsts(rows, kind.order) if folds else rows
    if last and None not in [getattr(last, column.removeprefix("-")) for column in kind.order]:
        heads = heads.filter(keyset.beyond(kind.order, partial(getattr, last)))
    return heads[: lanes.AT_ONCE + 1]


def _draw(page: Page, kind: Kind, found: list[Pitch], doors: list[Door], *, narrow: Q, folds: bool) -> None:
    """Put on the rows of a list what they show, and on each what lies under it."""
    under: dict[int, list[Pitch]] = {}
    if folds and any(row.cluster for row in found):
        rows = access.replied(_within(page, kind, narrow)).select_related("assigned_to")
        under = folding.others(rows, kind.order, found)
    beneath = access.at_home(page, (row for several in under.values() for row in several), doors)
    cards.lay_out_all([*found, *beneath])
    for row in found:
        cards.wear(row, alike=under.get(row.cluster or 0, []))


def _within(page: Page, kind: Kind, narrow: Q) -> Any:
    return _ranked(page).filter(kind.within, narrow).order_by(*kind.order)


def _ranked(page: Page) -> Any:
    rung = Case(When(standing=Standing.INTRODUCED, then=Value(1)), default=Value(0), output_field=IntegerField())
    nudged = Coalesce("nudged_at", Value(lanes.NEVER))
    return access.pitches_of(page).annotate(rung=rung, nudged_first=nudged)
