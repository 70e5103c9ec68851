"""Answers that were given at one press: how they are said, as one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import ngettext

from pitches import review
from pitches.models import Answer, Page
from pitches.web import access
from portal import clock

FOLDED = 50  # of one press, in the list of what is still in the house


@dataclass(frozen=True)
class Together:
    """What was given at one press and is still in the house. `rows`: the first of them, each with its words.

    `left`: how many have left, or are on their way. `last`: when the last one leaves, for some may leave sooner.
    """

    batch: UUID
    count: int
    left: int
    last: datetime
    rows: list[Answer]

    @property
    def first(self) -> Answer:
        """The one that leaves first; all say the same."""
        return self.rows[0]

    @property
    def beyond(self) -> int:
        """How many are not among the rows."""
        return self.count - len(self.rows)

    @property
    def words(self) -> str:
        """How many, in words."""
        return words(self.count)


def words(count: int) -> str:
    """So many answers of one press."""
    return ngettext("%(count)s answer given", "%(count)s answers given together", count) % {"count": count}


def undo_of(page: Page, last: Answer) -> dict[str, Any]:
    """Where undo of the newest answer goes: to this one, or to all of its press. At most one query."""
    if last.batch is None:
        return {"undo_url": reverse("desk:outgoing_undo", args=[last.pk]), "together": 0}
    held = access.held_answers(page).filter(batch=last.batch).count()
    return {"undo_url": reverse("desk:bulk_undo", args=[last.batch]), "together": held}


def staying(page: Page) -> list[Together]:
    """The presses of more than one answer of which some stay. Two queries, and one where there is none."""
    stays = Q(sent_at=None, goes_out_at__gt=clock.now())
    held = access.held_answers(page).filter(stays)
    given = access.given(page).filter(batch__in=review.of_one_press(held)).order_by().values("batch")
    some = {"count": Count("pk", filter=stays), "left": Count("pk", filter=~stays)}
    some_last = Max("goes_out_at", filter=stays)
    named = given.annotate(last=some_last, **some).values_list("batch", "count", "left", "last")
    counts = {batch: (count, left, last) for batch, count, left, last in named if batch}
    if not counts:
        return []
    rows = held.filter(batch__in=list(counts)).select_related("pitch__door", "pitch__page", "door")
    order = ("goes_out_at", "given_at", "pk")
    place = Window(RowNumber(), partition_by=F("batch"), order_by=[F(name) for name in order])
    by_batch: dict[UUID, list[Answer]] = {}
    for row in rows.annotate(place=place).filter(place__lte=FOLDED).order_by(*order):
        assert row.batch
        by_batch.setdefault(row.batch, []).append(row)
    return [Together(batch, *counts[batch], found) for batch, found in by_batch.items()]


def apart(groups: Iterable[Together]) -> Q:
    """The answers that are in none of these."""
    return ~Q(batch__in=[group.batch for group in groups], goes_out_at__gt=clock.now())
