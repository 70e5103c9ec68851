"""The sender's side after hand-in: one nudge, and an answer to a question."""

from datetime import datetime, timedelta

from django.db import transaction

from pitches import ledge, lifecycle
from pitches.intake.refusal import Refused
from pitches.models import Event, Fact, Introduction, Pitch, PitchState
from portal import clock

NUDGE_AFTER = timedelta(days=7)
UNPROVEN_LIFE = timedelta(days=30)


def nudge_from(pitch: Pitch) -> datetime | None:
    """From when the one nudge may be used: the first reading hour after hand-in plus seven days."""
    if not pitch.handed_in_at:
        return None
    return pitch.page.next_hour(pitch.handed_in_at + NUDGE_AFTER)


def nudge(pitch: Pitch, note: str = "") -> Event:
    """Move a waiting pitch to the top of its lane, once. It sends no notice. Raises Refused."""
    due = nudge_from(pitch)
    if pitch.told_state != PitchState.WAITING or pitch.nudged_at:
        raise Refused("unchanged" if pitch.nudged_at else "answered")
    if due is None or clock.now() < due:
        raise Refused("too_soon", until=due)
    with transaction.atomic():
        if not Pitch.objects.filter(pk=pitch.pk, nudged_at=None).update(nudged_at=clock.now()):
            raise Refused("unchanged")
        return lifecycle.record(Fact.NUDGED, pitch.page, pitch, note=note)


def reply(pitch: Pitch, text: str) -> Event:
    """The sender answers the owner's question: the pitch goes back to its lane. Raises Refused("answered")."""
    if pitch.told_state != PitchState.ASKED:
        raise Refused("answered")
    try:
        with transaction.atomic():
            lane = ledge.lane_of(pitch)  # also for a pitch that was held aside: the owner asked, so it is read
            lifecycle.move(pitch, PitchState.WAITING, lane=lane, lapses_at=_later_lapse(pitch))
            return lifecycle.record(Fact.REPLIED, pitch.page, pitch, note=text)
    except lifecycle.AlreadyMoved as gone:
        raise Refused("answered") from gone


def _later_lapse(pitch: Pitch) -> datetime:
    """An answered question leaves the owner at least one reading hour and a week."""
    assert pitch.lapses_at is not None
    back = pitch.page.next_hour(clock.now()) or clock.now()
    return max(pitch.lapses_at, back + timedelta(days=7))


def forget_unproven() -> int:
    """Delete what was never proven within 30 days, and introductions as old as that. Returns how many."""
    since = clock.now() - UNPROVEN_LIFE
    pitches = Pitch.objects.filter(state=PitchState.UNPROVEN, written_at__lt=since).delete()[1]
    introductions = Introduction.objects.filter(at__lt=since).delete()[1]
    return pitches.get("pitches.Pitch", 0) + introductions.get("pitches.Introduction", 0)
