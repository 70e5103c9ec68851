"""Taking back: the sender withdraws what waits, and may change their mind for a day."""

from datetime import datetime

from django.db import transaction

from pitches import lifecycle, opening, rules
from pitches.intake import machines
from pitches.intake.admission import PLACES_WINDOW, check_own, is_full
from pitches.intake.refusal import Refused
from pitches.models import Answer, Event, Pitch, PitchState, Sender, Standing
from pitches.models.pitch import TAKEN_BACK
from portal import clock

MAY_BE_TAKEN = (PitchState.WAITING, PitchState.ASKED, PitchState.WRONG_DOOR)  # as the sender was told


def withdraw(pitch: Pitch) -> Event:
    """Take a pitch back that has no answer yet. An answer still in the house is never sent. Raises Refused."""
    if pitch.told_state not in MAY_BE_TAKEN:
        raise Refused("answered")
    try:
        with transaction.atomic():
            for given in Answer.objects.held().filter(pitch=pitch):
                given.pitch = pitch
                lifecycle.unsay(given)
            return lifecycle.move(pitch, PitchState.WITHDRAWN, withdrawn_at=clock.now())
    except (lifecycle.AlreadyMoved, lifecycle.IllegalMove) as gone:
        raise Refused("answered") from gone


def undo_until(pitch: Pitch) -> datetime | None:
    """Until when a pitch that was taken back can be put on the ledge again; None when that time is over."""
    if pitch.state != PitchState.WITHDRAWN or pitch.withdrawn_at is None:
        return None
    end = pitch.withdrawn_at + TAKEN_BACK
    return end if clock.now() < end else None


def put_back(pitch: Pitch) -> Event:
    """Undo the taking back: it is where it was, with its place in the line. Raises Refused.

    The limits count it again, so whoever has another pitch behind this door by now is told so.
    """
    if undo_until(pitch) is None:
        raise Refused("answered")
    was = pitch.events.filter(what=PitchState.WITHDRAWN).order_by("-pk").values_list("was", flat=True)[0]
    with transaction.atomic():
        sender = Sender.objects.select_for_update().get(pitches=pitch)
        check_own(pitch, sender, rules.terms(pitch.page, Standing(pitch.standing), pitch.door, sender).places)
        machines.check(pitch, sender, Standing(pitch.standing), clock.now() - PLACES_WINDOW)
        takes_a_place = _takes_a_place(pitch)
        if takes_a_place and is_full(pitch.door, clock.now()):
            raise Refused("full")
        try:
            event = lifecycle.move(pitch, PitchState(was), withdrawn_at=None)
        except lifecycle.AlreadyMoved as gone:
            raise Refused("answered") from gone
        if takes_a_place:
            opening.count_places(pitch.door)
        return event


def _takes_a_place(pitch: Pitch) -> bool:
    """Is it one of this week's first acquaintances at a door that counts them?"""
    monday, _ = opening.week_of(pitch.page, clock.now())
    counts = pitch.door.places_per_week is not None and pitch.standing in opening.WEEKLY
    return counts and (_since(monday, pitch.handed_in_at) or _moved_since(monday, pitch))


def _since(monday: datetime, moment: datetime | None) -> bool:
    return moment is not None and moment >= monday


def _moved_since(monday: datetime, pitch: Pitch) -> bool:
    moves = pitch.events.filter(was=PitchState.WRONG_DOOR, what=PitchState.ARRIVED, at__gte=monday)
    return pitch.moved_from_id is not None and moves.exists()
