"""What becomes of an answer and of a pitch as time goes by."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from pitches import helping, ledge, lifecycle
from pitches.models import (
    Answer,
    AnswerKind,
    Fact,
    Page,
    Pitch,
    PitchState,
    Role,
)
from portal import clock
from portal.models import User


def let_go(given: Answer) -> bool:
    """A held answer leaves the house: from now on it cannot be undone. True for exactly one caller."""
    with transaction.atomic():
        if not Answer.objects.held().filter(pk=given.pk).update(sent_at=clock.now()):
            return False
        pitch = given.pitch
        if given.kind != AnswerKind.LATER:
            lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch, by=given.by)
    return True


def bring_back(pitch: Pitch, *, note: str = "") -> None:
    """A pitch that was put off is on the ledge again; it keeps a week before it lapses. `note`: what brought it."""
    assert pitch.lapses_at is not None
    lapse = max(pitch.lapses_at, clock.now() + timedelta(days=7))
    with transaction.atomic():
        for given in pitch.answers.held():  # a day that came sooner than the answer went out
            let_go(given)
        dates: dict[str, Any] = {"back_at": None, "back_when_open": False, "lapses_at": lapse}
        lifecycle.move(pitch, PitchState.WAITING, note=note, lane=ledge.lane_of(pitch), **dates)


def restore(pitch: Pitch, *, by: User) -> None:
    """Take a pitch out of quarantine: it waits in its lane, as if it had never been there."""
    assert pitch.handed_in_at is not None
    lapse = max(
        pitch.told_until or pitch.handed_in_at + timedelta(days=pitch.page.lapse_days),
        clock.now() + timedelta(days=7),
    )
    with transaction.atomic():
        helping.voice(pitch.page, by, Role.SCREENER)
        lifecycle.move(pitch, PitchState.WAITING, by=by, lane=ledge.lane_of(pitch), lapses_at=lapse)


def lapse(pitch: Pitch) -> None:
    """Nobody answered in time: the honest end."""
    lifecycle.move(pitch, PitchState.LAPSED)


def begin_hour(page: Page) -> bool:
    """A reading hour begins: plan the next one and write it down. True for exactly one caller.

    One that was missed begins late, and all that were missed begin as one; with an hour still to come today, as that.
    """
    planned, now = page.next_hour_at, clock.now()
    if planned is None:
        return False
    following = page.next_hour(max(planned, now) + timedelta(minutes=1))
    today = page.local_date(now)
    waits = following is not None and page.local_date(planned) < today == page.local_date(following)
    with transaction.atomic():
        if not Page.objects.filter(pk=page.pk, next_hour_at=planned).update(next_hour_at=following):
            return False
        if not waits:
            lifecycle.record(Fact.HOUR_BEGAN, page)
    return True
