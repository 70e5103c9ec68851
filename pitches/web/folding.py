"""What reads alike lies together: one row for the first of them in a list, the others folded under it.

Rows are left out by the database, so that a page of a list is full, and its counts go on counting pitches.
"""

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from pitches.models import Pitch
from pitches.models.pitch import PitchQuerySet
from pitches.web.keyset import beyond

SHOWN = 20  # others under one row; the rest has a link


def unfolded(rows: list[Pitch]) -> list[Pitch]:
    """All rows of a list that are on the screen, those under others too."""
    return [one for row in rows for one in (row, *getattr(row, "alike", ()))]


def firsts(rows: PitchQuerySet, order: tuple[str, ...]) -> PitchQuerySet:
    """The rows of a list without those that read like one before them in it."""
    behind = tuple(column[1:] if column.startswith("-") else f"-{column}" for column in order)
    before = rows.order_by().filter(beyond(behind, OuterRef), cluster=OuterRef("cluster"))
    return rows.filter(Q(cluster=None) | ~Exists(before))


def others(rows: PitchQuerySet, order: tuple[str, ...], shown: list[Pitch]) -> dict[int, list[Pitch]]:
    """What else of the same list reads like each of these, by cluster, at most SHOWN; `among` tells how many in all.

    One query, or none.
    """
    clusters = [row.cluster for row in shown if row.cluster]
    found: dict[int, list[Pitch]] = {}
    if not clusters:
        return found
    alike = rows.filter(cluster__in=clusters).exclude(pk__in=[row.pk for row in shown])
    place = Window(RowNumber(), partition_by=F("cluster"), order_by=order)
    counted = alike.annotate(place=place, among=Window(Count("pk"), partition_by=F("cluster")))
    for row in counted.filter(place__lte=SHOWN).order_by(*order):
        found.setdefault(row.cluster or 0, []).append(row)
    return found
