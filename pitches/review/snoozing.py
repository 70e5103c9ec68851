"""Putting off: until a day, or until the door opens and at the latest until a day. (Why so: docs/decisions/0029.)"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from pitches import opening
from pitches.models import Door, Event, Fact, Page, Pitch, PitchState
from pitches.review.endings import bring_back
from portal import clock

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
OPENED = "the door opened"  # the note of a pitch that came back so, for the thread


class NothingToWaitFor(ValueError):
    """The door is open, or shuts and opens by itself as the ledge fills; the message is a sentence for the owner."""


def back_at(page: Page, day: date) -> datetime:
    """The first reading hour on or after a day; without hours, the morning of that day."""
    morning = datetime(day.year, day.month, day.day, tzinfo=page.zone)
    return page.next_hour(morning) or morning + timedelta(hours=9)


def may_wait_for(door: Door) -> bool:
    """Is the door shut by the owner's word, or full for the week? A full ledge opens it as soon as something is put
    off, which would come straight back. Asks no database, if the page is there.
    """
    stands = opening.of(door)
    return stands.look == "shut" and stands.why != "promise"


def latest_day(pitch: Pitch) -> date:
    """The day on which a pitch comes back even if its door stays shut: that of the last reading hour a week before it
    lapses, so that no date moves that its sender was told; but in no case sooner than in a week.
    """
    page = pitch.page
    latest = back_at(page, page.local_date(clock.now() + A_WEEK))
    while pitch.lapses_at and (following := back_at(page, page.local_date(latest) + A_DAY)) <= pitch.lapses_at - A_WEEK:
        latest = following
    return page.local_date(latest)


def hold_shut(pitch: Pitch) -> None:
    """Within a transaction: hold the door, so that it opens before this, and is seen, or after it. Raises
    NothingToWaitFor.
    """
    door = Door.objects.select_related("page").select_for_update(of=("self",), no_key=True).get(pk=pitch.door_id)
    if not may_wait_for(door):
        raise NothingToWaitFor(_("This door is not shut now. Choose a day."))


def opened(event: Event) -> None:
    """Reaction to a door that opened: what was to wait for it is due now, and the next ticks bring it back.

    So also what its sender took back meanwhile, once they put it back. However many there are, this is one step.
    """
    states = (PitchState.LATER, PitchState.WITHDRAWN)
    waiting = Pitch.objects.filter(door=event.door, back_when_open=True, state__in=states)
    rows = waiting.filter(back_at__gt=event.at).order_by("pk").select_for_update(no_key=True)
    waiting.filter(pk__in=list(rows.values_list("pk", flat=True))).update(back_at=event.at)


def come_back(pitch: Pitch) -> None:
    """The day of a pitch that was put off has come, or its door has opened: the thread says which."""
    openings = Event.objects.filter(door=pitch.door_id, what=Fact.DOOR_OPENED)
    by_door = pitch.back_when_open and pitch.back_at and openings.filter(at=pitch.back_at).exists()
    bring_back(pitch, note=OPENED if by_door else "")
