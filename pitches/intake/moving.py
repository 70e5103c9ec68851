"""Moving: a pitch that was left at the wrong door goes to the one that the owner named, once, and keeps its place."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pitches import embargo, lifecycle, opening
from pitches.intake.admission import admit_moved
from pitches.intake.changing import differing, written
from pitches.intake.refusal import Refused
from pitches.models import Answer, AnswerKind, Door, Event, Pitch, PitchState, Revision, RevisionKind, Sender
from pitches.models.pitch import MOVE_LIFE
from portal import clock

A_WEEK = timedelta(days=7)  # the least that a moved pitch has before it lapses


def right_door(pitch: Pitch) -> Door | None:
    """The door that the owner named, once the sender was told."""
    said = _said(pitch)
    return said.door if said else None


def move_until(pitch: Pitch) -> datetime | None:
    """Until when a pitch may be moved; None when it may not, or no longer."""
    said = _said(pitch)
    if said is None or said.sent_at is None or pitch.moved_from_id is not None:
        return None
    end = said.sent_at + MOVE_LIFE
    return end if clock.now() < end else None


def _said(pitch: Pitch) -> Answer | None:
    if pitch.told_state != PitchState.WRONG_DOOR:
        return None
    sent = pitch.answers.filter(kind=AnswerKind.WRONG_DOOR, sent_at__isnull=False)
    return sent.select_related("door").order_by("-pk").first()


def move_door(pitch: Pitch, answers: dict[str, Any] | None = None) -> Event:
    """Move a pitch to the right door, with the answers that the other door asks for. Raises Refused.

    Refused ("answered": not a wrong door, or no longer; "places": moved before; or what the new door says), it stays
    where it is and may be tried again.
    """
    with transaction.atomic():
        sender = Sender.objects.select_for_update().get(pitches=pitch)
        found = Pitch.objects.for_desk().select_for_update(of=("self",), no_key=True).get(pk=pitch.pk)
        door, left = _right_door_of(found), found.door
        found.door = door
        received = admit_moved(found, sender)
        lapse = max(found.told_until or clock.now(), clock.now() + A_WEEK)
        words = _written(found, answers) if answers else {}
        place = {"door": door, "door_version": door.version, "moved_from": left, "lane": ""}
        place |= {"standing": received.standing, "given_lane": received.terms.lane, "ruled": received.terms.by}
        dates = {"promised_for": None, "lapses_at": lapse, "told_until": lapse}
        event = lifecycle.move(found, PitchState.ARRIVED, note=_as_it_came(found), **words | place | dates)
        if door.places_per_week and received.standing in opening.WEEKLY:
            opening.count_places(door)
        return event


def _as_it_came(pitch: Pitch) -> str:
    """How it was received at the door that it leaves: the row forgets it, and the rehearsal of a rule asks for it."""
    return json.dumps({"standing": pitch.standing, "lane": pitch.given_lane, "ruled": pitch.ruled})


def _right_door_of(pitch: Pitch) -> Door:
    said = _said(pitch)
    if said is None or said.door is None:
        raise Refused("answered")
    if pitch.moved_from_id is not None:
        raise Refused("places", number=1)
    if move_until(pitch) is None:
        raise Refused("answered")
    said.door.page = pitch.page
    return said.door


def _written(pitch: Pitch, answers: dict[str, Any]) -> dict[str, Any]:
    """What the sender says anew at the door that the pitch comes to, kept as a revision if it differs."""
    was, became = differing(pitch, answers)
    if not was:
        return {}
    fields, secret = written(pitch, answers), answers.get("sealed")
    if secret and any(name.startswith("news.") for name in was):
        embargo.seal_again(pitch, secret)
    Revision.objects.create(
        pitch=pitch, version=fields["version"], kind=RevisionKind.MOVE, was=was, became=became, at=clock.now()
    )
    return fields
