"""DUE: what time does by itself. tick() does whatever is due; every act is safe to repeat and to race."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import ExpressionWrapper as Exactly
from django.db.models import F, Min, QuerySet
from django.db.models.fields import DateTimeField

from pitches import opening, relationships, review
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    Door,
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


@dataclass(frozen=True)
class Due:
    """Rows with a date, and what happens to each when the date has come."""

    rows: Callable[[], QuerySet[Any]]
    date: str
    act: Callable[[Any], object]


LAPSING = (PitchState.WAITING, PitchState.HELD, PitchState.QUARANTINE, PitchState.ASKED)

DUE: dict[str, Due] = {
    "a session that nobody touches ends": Due(
        lambda: ReadingSession.objects.filter(ended_at=None).annotate(
            idle_at=Exactly(F("touched_at") + review.IDLE, output_field=DateTimeField())
        ),
        "idle_at",
        review.end_session,
    ),
    "an answer goes out": Due(
        lambda: Answer.objects.held().filter(goes_out_at__isnull=False).select_related("pitch__page", "by"),
        "goes_out_at",
        review.let_go,
    ),
    "a pitch comes back": Due(
        lambda: Pitch.objects.filter(state=PitchState.LATER).for_desk(),
        "back_at",
        review.bring_back,
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
    done = 0
    for name, due in DUE.items():
        rows = due.rows().filter(**{f"{due.date}__lte": clock.now()}).order_by(due.date, "pk")
        for row in rows[:BATCH]:
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
    moments = [pending.aggregate(at=Min("next_at"))["at"]]
    for due in DUE.values():
        rows = due.rows().filter(**{f"{due.date}__gt": after})
        moments.append(rows.aggregate(at=Min(due.date))["at"])
    return min((moment for moment in moments if moment), default=None)
