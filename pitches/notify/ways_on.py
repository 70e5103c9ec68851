"""A no with a map: which doors fit after it, of those that are really open to that very sender, and what may be tried
again at the same one. A reason that leaves it open, or a street without an open door, leads back to the page.
"""

from dataclasses import dataclass, field
from datetime import datetime

from pitches import intake, replies
from pitches.models import Answer, Door, Fits, Pitch
from portal import clock


@dataclass(frozen=True)
class WaysOn:
    """What somebody may do after an end. `doors`: that fit; `here`: the same door takes it again now; `opens_at`: from
    when the door opens for this one pitch, whatever it says to others; `used`: it was tried again already.
    """

    doors: list[Door] = field(default_factory=list)
    here: bool = False
    opens_at: datetime | None = None
    used: bool = False

    @property
    def none(self) -> bool:
        """Is there nothing but the page?"""
        return not (self.doors or self.here or self.opens_at)


def after_no(answer: Answer) -> WaysOn:
    """The ways on after a no that went out."""
    pitch, fits = answer.pitch, replies.fits(answer.reason, answer.fits)
    if fits is Fits.HERE:
        return after_end(pitch)
    if fits is Fits.BY_DATE:
        return _by_date(pitch)
    if fits is Fits.OPEN or pitch.sender is None:
        return WaysOn()
    doors = pitch.page.doors.hung()
    doors = doors.exclude(pk=pitch.door_id) if fits is Fits.ELSEWHERE else doors.filter(asks__contains=["paid"])
    return WaysOn(doors=intake.open_to(pitch.sender, pitch.page, doors))


def after_end(pitch: Pitch) -> WaysOn:
    """The ways on where nothing speaks against the same door, if that is open to them."""
    if pitch.sender is None:
        return WaysOn()
    return WaysOn(here=bool(intake.open_to(pitch.sender, pitch.page, [pitch.door])))


def _by_date(pitch: Pitch) -> WaysOn:
    start = intake.invited_from(pitch)
    if start is None or pitch.door.taken_down_at or pitch.page.hidden_at:
        return WaysOn()
    if start > clock.now():
        return WaysOn(opens_at=start)
    if intake.opens(pitch, pitch.door):
        return WaysOn(here=True, opens_at=start)
    return WaysOn(here=after_end(pitch).here, used=True)


def may_try_again(answer: Answer) -> bool:
    """Is the same door the place for another try? After "not my topic" it is not."""
    return replies.fits(answer.reason, answer.fits) in (Fits.HERE, Fits.BY_DATE)
