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
    kinds = [lanes.KINDS[name] for name in counts]
    lists = {kind.name: _ranked(page).filter(kind.within, narrow).order_by(*kind.order) for kind in kinds}
    firsts = {kind.name: _first(lists[kind.name], kind, last, folds=folds) for kind in kinds}
    shown, more = {}, {}
    for name, pks in access.picked_of(page, firsts).items():
        shown[name], more[name] = pks[: lanes.AT_ONCE], len(pks) > lanes.AT_ONCE
    rows = access.rows_of(page, [pk for pks in shown.values() for pk in pks], doors)
    shelves = []
    for kind in kinds:
        found = [rows[pk] for pk in shown[kind.name] if pk in rows]
        under = _under(page, kind, lists[kind.name], found, doors) if folds else {}
        _draw(found, under)
        shelves.append(Shelf(kind, counts[kind.name], found, found[-1].code if more[kind.name] and found else ""))
    return shelves


def _first(rows: Any, kind: Kind, last: Pitch | None, *, folds: bool) -> Any:
    """One more than is shown of a list, behind `last`."""
    heads = folding.firsts(rows, kind.order) if folds else rows
    if last and None not in [getattr(last, column.removeprefix("-")) for column in kind.order]:
        heads = heads.filter(keyset.beyond(kind.order, partial(getattr, last)))
    return heads[: lanes.AT_ONCE + 1]


def _under(page: Page, kind: Kind, rows: Any, found: list[Pitch], doors: list[Door]) -> dict[int, list[Pitch]]:
    under = folding.others(access.replied(rows).select_related("assigned_to"), kind.order, found)
    for several in under.values():
        access.at_home(page, several, doors)
    return under


def _draw(found: list[Pitch], under: dict[int, list[Pitch]]) -> None:
    cards.lay_out_all([*found, *(row for several in under.values() for row in several)])
    for row in found:
        cards.wear(row, alike=under.get(row.cluster or 0, []))


def _ranked(page: Page) -> Any:
    rung = Case(When(standing=Standing.INTRODUCED, then=Value(1)), default=Value(0), output_field=IntegerField())
    nudged = Coalesce("nudged_at", Value(lanes.NEVER))
    return access.pitches_of(page).annotate(rung=rung, nudged_first=nudged)
