"""DUE: what time does by itself. tick() does whatever is due; every act is safe to repeat and to race."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import ExpressionWrapper as Exactly
from django.db.models import F, Min, QuerySet, Value
from django.db.models.fields import DateTimeField

from pitches import opening, outcomes, relationships, review
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    Door,
    Handoff,
    Message,
    MessageState,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Relationship,
)
from pitches.notify import catalogue
from portal import clock

log = logging.getLogger(__name__)
BATCH = 500
SOME_MOMENT = datetime.min.replace(tzinfo=UTC)  # stands where the real one comes in


@dataclass(frozen=True)
class Due:
    """Rows with a date, and what happens to each when the date has come.

    Which rows these are must not depend on the moment: _statement asks for them with words that are written once.
    """

    rows: Callable[[], QuerySet[Any]]
    date: str
    act: Callable[[Any], object]


LAPSING = (PitchState.WAITING, PitchState.HELD, PitchState.QUARANTINE, PitchState.ASKED)

DUE: dict[str, Due] = {
    "a session that nobody touches pauses": Due(
        lambda: ReadingSession.objects.filter(ended_at=None, paused_at=None).annotate(
            idle_at=Exactly(F("touched_at") + review.IDLE, output_field=DateTimeField())
        ),
        "idle_at",
        review.pause_session,
    ),
    "a paused session ends": Due(review.paused, "over_at", review.end_session),
    "an answer goes out": Due(
        lambda: Answer.objects.held().filter(goes_out_at__isnull=False).select_related("pitch__page", "by"),
        "goes_out_at",
        review.let_go,
    ),
    "a pitch comes back": Due(
        lambda: Pitch.objects.filter(state=PitchState.LATER).for_desk(),
        "back_at",
        review.come_back,
    ),
    "a pitch lapses": Due(
        lambda: Pitch.objects.filter(state__in=LAPSING).for_desk(),
        "lapses_at",
        review.lapse,
    ),
    "a door opens or closes by itself": Due(
        lambda: Door.objects.hung().filter(turns_at__isnull=False).select_related("page"),
        "turns_at",
        opening.turn,
    ),
    "the next watchers are told": Due(
        lambda: Door.objects.hung().filter(next_wave_at__isnull=False).select_related("page"),
        "next_wave_at",
        catalogue.door_open,
    ),
    "an outcome counts": Due(
        lambda: Handoff.objects.filter(counts_at__isnull=False).select_related("pitch__page", "outcome_by"),
        "counts_at",
        outcomes.count,
    ),
    "evidence is too old to count": Due(
        lambda: Relationship.objects.filter(fades_at__isnull=False).select_related("page", "sender", "agency"),
        "fades_at",
        relationships.fade,
    ),
    # Last: what comes back or lapses at this hour is in the digest, or no longer.
    "a reading hour begins": Due(
        lambda: Page.objects.public().filter(next_hour_at__isnull=False),
        "next_hour_at",
        review.begin_hour,
    ),
}


def tick() -> int:
    """Do what is due now. Returns how many rows were acted on."""
    done, come = 0, _dates("lte", clock.now())
    moved = False  # an act may make another row due, so from the first one on every kind is asked for
    for name, due in DUE.items():
        if not moved and name not in come:
            continue
        rows = due.rows().filter(**{f"{due.date}__lte": clock.now()}).order_by(due.date, "pk")
        for row in rows[:BATCH]:
            moved = True
            try:
                due.act(row)
                done += 1
            except AlreadyMoved:
                log.info("%s: somebody was first at %s", name, row.pk)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # one bad row must not stop the time of everybody else
                log.exception("%s: not at %s", name, row.pk)
    return done


def next_moment(after: datetime) -> datetime | None:
    """When something is due next: a story's clock jumps from one such moment to the other."""
    pending = Message.objects.filter(state=MessageState.PENDING, next_at__gt=after)
    moments = [pending.aggregate(at=Min("next_at"))["at"], *_dates("gt", after).values()]
    return min(filter(None, moments), default=None)


def _dates(compared: str, moment: datetime) -> dict[str, datetime]:
    """Of each kind that has rows up to a moment ("lte") or after it ("gt"): the earliest date. One query."""
    sql, params = _statement(compared)
    with connection.cursor() as cursor:
        cursor.execute(sql, [moment if value == SOME_MOMENT else value for value in params])
        return {name: date for name, date in cursor.fetchall() if date}


@cache
def _statement(compared: str) -> tuple[str, tuple[Any, ...]]:
    """The statement over the whole table, made once: it is asked every few seconds, and mostly finds nothing."""
    kinds = [
        due.rows()
        .filter(**{f"{due.date}__{compared}": SOME_MOMENT})
        .order_by()
        .values(what_is_due=Value(name))
        .annotate(earliest=Min(due.date))
        .values_list("what_is_due", "earliest")
        for name, due in DUE.items()
    ]
    sql, params = kinds[0].union(*kinds[1:], all=True).query.sql_with_params()
    return sql, tuple(params)
