"""What the status page says about ways on: the right door after a wrong one, and the map after a no."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pitches import intake
from pitches.forms.moving import MoveForm
from pitches.models import Answer, Door, Pitch, PitchState
from pitches.notify import ways_on
from pitches.web import shown

S = PitchState


@dataclass(frozen=True)
class Offer:
    """The right door as it stands: does it take this pitch now, with nothing added, and until when may it move?"""

    right: shown.Plaque
    until: datetime | None
    takes_it: bool
    complete: bool
    moved_from: Door | None


def of(pitch: Pitch, told: PitchState, last: Answer | None, undo_until: datetime | None) -> dict[str, Any]:
    """The ways on from a state that the sender was told."""
    if told == S.WRONG_DOOR:
        return {"offer": offer(pitch)}
    if told == S.DECLINED:
        return {"ways_on": ways_on.after_no(last) if last and last.reason else ways_on.after_end(pitch)}
    if told == S.LAPSED or (told == S.WITHDRAWN and undo_until is None):
        return {"ways_on": ways_on.after_end(pitch)}
    return {}


def offer(pitch: Pitch) -> Offer | None:
    """Where a pitch from the wrong door may go."""
    door = intake.right_door(pitch)
    if door is None or pitch.sender is None:
        return None
    door.page, until = pitch.page, intake.move_until(pitch)
    takes_it = until is not None and bool(intake.open_to(pitch.sender, pitch.page, [door], moving=pitch))
    complete = takes_it and MoveForm.as_it_is(pitch, door).is_valid()
    return Offer(shown.plaque(door, pitch.page), until, takes_it, complete, pitch.moved_from)
