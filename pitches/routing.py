"""Routing by standing, into a lane of the ledge. After a yes: pitches/handoffs/. See docs/routing.md."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pitches import ledge, lifecycle, opening
from pitches.models import Door, Event, Lane, Page, Pitch, PitchState
from portal import clock

QUARANTINE_LIFE = timedelta(days=7)


def route(event: Event) -> None:
    """Reaction to a screened hand-in: which lane and when it is read, or aside."""
    pitch = event.pitch
    if pitch is None or pitch.state != PitchState.ARRIVED:
        return
    lane = ledge.lane_of(pitch)
    # One after the other on a page, so that a card is promised once.
    Page.objects.select_for_update(no_key=True).get(pk=pitch.page_id)
    promise = ledge.promised(pitch.page, lane, leaving_out=pitch.pk)
    if pitch.suspect:
        until = clock.now() + QUARANTINE_LIFE
        lifecycle.move(
            pitch,
            PitchState.QUARANTINE,
            lane=Lane.QUARANTINE,
            promised_for=promise,
            lapses_at=until,
        )
    elif under_the_floor(pitch):
        lifecycle.move(pitch, PitchState.HELD, lane=Lane.HELD, promised_for=promise)
    else:
        lifecycle.move(pitch, PitchState.WAITING, lane=lane, promised_for=promise)
        if promise != pitch.page.next_hour(clock.now()):  # the ledge fills
            opening.look_ahead(pitch.page)


def route_again(event: Event) -> None:
    """Reaction to a change by its sender, screened anew: into quarantine, held aside, or back to its lane.

    All in silence: it keeps its place in the line and the dates that its sender was told. What the owner restored or
    has opened is not put aside again for the same.
    """
    pitch = event.pitch
    if pitch is None or pitch.state not in (PitchState.WAITING, PitchState.HELD, PitchState.LATER):
        return
    if pitch.suspect and not _restored(pitch):
        _into_quarantine(pitch)
    elif pitch.state == PitchState.WAITING and not pitch.opened_at and under_the_floor(pitch):
        lifecycle.move(pitch, PitchState.HELD, lane=Lane.HELD)
    elif pitch.state == PitchState.HELD and not under_the_floor(pitch):
        lifecycle.move(pitch, PitchState.WAITING, lane=ledge.lane_of(pitch))
        opening.look_ahead(pitch.page)


def _restored(pitch: Pitch) -> bool:
    """Has the owner taken it out of quarantine by hand?"""
    return pitch.events.filter(was=PitchState.QUARANTINE, what=PitchState.WAITING).exists()


def _into_quarantine(pitch: Pitch) -> None:
    told, ends = pitch.told_lapse, clock.now() + QUARANTINE_LIFE
    pitch.answers.held().update(undone_at=clock.now())  # a "later" is over; undone afterwards, it would lead out again
    lifecycle.move(
        pitch,
        PitchState.QUARANTINE,
        lane=Lane.QUARANTINE,
        back_at=None,
        back_when_open=False,
        lapses_at=min(told, ends),
        told_until=told,
    )


def under_the_floor(pitch: Pitch) -> bool:
    """A paid offer without a budget, or under the door's floor in the same currency."""
    return below(pitch.groups.get("paid", {}), pitch.door)


def below(paid: Mapping[str, Any], door: Door) -> bool:
    """The same of the answers of a paid offer, at a door as it is or was."""
    if paid.get("type") == "not_decided":
        return True
    if door.floor_amount is None or paid.get("currency") != door.floor_currency or paid.get("max") is None:
        return False
    return Decimal(str(paid["max"])) < door.floor_amount
