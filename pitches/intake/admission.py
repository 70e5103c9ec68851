"""Admission: a proven pitch is handed in, or refused with the number and the date that help."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from pitches import lifecycle, opening, relationships, rules
from pitches.intake import machines, repeats, trying_again
from pitches.intake.proof import check_code, meet, remember
from pitches.intake.refusal import Refused, WrongCode
from pitches.models import Door, Draft, Key, Lane, Pitch, PitchState, ReplyLink, Sender, Standing
from pitches.models.pitch import PitchQuerySet
from portal import clock, domains

PLACES_WINDOW = timedelta(days=30)  # in which a sender has so many places (rules.py); one taken back is not counted


@dataclass(frozen=True)
class Received:
    """How a sender stands who may come at all, and what that gives them at this door."""

    standing: Standing
    terms: rules.Terms


def check_open(door: Door) -> None:
    """Raise Refused("closed") unless somebody may knock. The same for everybody, before any mailbox is known."""
    found = opening.of(door)
    check_there(door)
    if found.look == "shut" and not found.by_itself:
        raise Refused("closed", until=found.until if found.why != "ended" else None)


def check_there(door: Door) -> None:
    """Raise Refused("closed") for a door that was taken down, or at a page that is hidden."""
    if door.taken_down_at or door.page.hidden_at:
        raise Refused("closed")


def prove(pitch: Pitch, typed: str, *, device: str, anyway: bool = True) -> Pitch:
    """Prove the mailbox by its code and hand the pitch in. Raises WrongCode, Refused or, unless `anyway`, Repeated."""
    if pitch.state != PitchState.UNPROVEN:
        return pitch
    check_code(pitch, typed)
    sender = meet(pitch)
    remember(device, sender)
    return hand_in(pitch, sender, anyway=anyway)


def hand_in(pitch: Pitch, sender: Sender, *, anyway: bool = True) -> Pitch:
    """Leave a pitch on the ledge in the name of a proven sender. Exactly once; raises Refused, which leaves no row.

    What counts is the row as it is under the lock: whoever changed the address meanwhile has proven nothing. Unless
    `anyway`, what reads like an earlier pitch of the sender raises Repeated, and stays as it is.
    """
    try:
        with transaction.atomic():
            # Two pitches of one sender wait for each other here, so that limits cannot be passed by a race.
            Sender.objects.select_for_update().get(pk=sender.pk)
            found = Pitch.objects.for_desk().select_for_update(of=("self",)).filter(pk=pitch.pk).first()
            if found is None:  # refused a moment ago, by the same form: say the same again
                admit(pitch, sender)
                raise Refused("closed")
            if found.state == PitchState.UNPROVEN:
                _arrive(found, sender, anyway=anyway)
            return found
    except Refused as refused:
        Pitch.objects.filter(pk=pitch.pk, state=PitchState.UNPROVEN).delete()
        if refused.why == "blocked":
            _empty_draft(pitch)
        raise


def _arrive(pitch: Pitch, sender: Sender, *, anyway: bool) -> None:
    if domains.mailbox(pitch.email) != sender.mailbox:
        raise WrongCode("wrong")
    received = admit(pitch, sender)
    if not anyway:
        repeats.ask_first(pitch, sender)
    lapse = clock.now() + timedelta(days=pitch.page.lapse_days)
    lifecycle.move(
        pitch,
        PitchState.ARRIVED,
        sender=sender,
        standing=received.standing,
        given_lane=received.terms.lane,
        ruled=received.terms.by,
        handed_in_at=clock.now(),
        lapses_at=lapse,
        told_until=lapse,
        browser="",
        reply_link=_use_reply_link(pitch),
        key=pitch.key,
        again_of=pitch.again_of,
    )
    _empty_draft(pitch)
    if pitch.door.places_per_week and received.standing in opening.WEEKLY:
        opening.count_places(pitch.door)


def _empty_draft(pitch: Pitch) -> None:
    Draft.objects.filter(form_key=pitch.form_key).update(words=b"")


def _use_reply_link(pitch: Pitch) -> ReplyLink | None:
    """A reply link works once: whoever comes second is a pitch like any other."""
    links = ReplyLink.objects.filter(pk=pitch.reply_link_id or 0, used_at=None, expires_at__gt=clock.now())
    return pitch.reply_link if links.update(used_at=clock.now()) else None


def admit(pitch: Pitch, sender: Sender) -> Received:
    """May this sender leave this pitch now? Returns how they stand, or raises Refused with the number and the date.

    A key that was not needed is laid down again: the pitch keeps only one that opened the door.
    """
    door, received = pitch.door, _received(pitch, sender)
    standing, terms = received.standing, received.terms
    invited = trying_again.settle(pitch, sender)
    (check_there if invited else check_open)(door)
    keyed = not invited and rules.needs_key(terms, standing, door) and _use_key(pitch, sender, without="tier")
    check_own(pitch, sender, terms.places)
    machines.check(pitch, sender, standing, clock.now() - PLACES_WINDOW)
    if standing in opening.WEEKLY and not (keyed or invited) and is_full(door, clock.now()):
        keyed = _use_key(pitch, sender, without="full", **_full(door))
    _check_promise(pitch, terms.lane)
    repeats.check(pitch, sender)
    pitch.key = pitch.key if keyed else None
    return received


def admit_moved(pitch: Pitch, sender: Sender) -> Received:
    """The same for a pitch from the wrong door: it has its place of the month already, and no key. Raises Refused."""
    door, received = pitch.door, _received(pitch, sender)
    check_open(door)
    if rules.needs_key(received.terms, received.standing, door):
        raise Refused("tier")
    check_waiting(pitch, sender)
    if received.standing in opening.WEEKLY and is_full(door, clock.now()):
        raise Refused("full", **_full(door))
    _check_promise(pitch, received.terms.lane)
    return received


def _received(pitch: Pitch, sender: Sender) -> Received:
    standing = relationships.standing_of(pitch.page, sender, pitch.door)
    if standing == Standing.BLOCKED:
        raise Refused("blocked")
    if standing == Standing.PAUSED:
        raise Refused("paused", until=relationships.paused_until(pitch.page, sender, pitch.door))
    return Received(standing, rules.terms(pitch.page, standing, pitch.door, sender))


def _full(door: Door) -> dict[str, Any]:
    return {"number": door.places_per_week, "until": opening.week_of(door.page, clock.now())[1]}


def _check_promise(pitch: Pitch, lane: Lane) -> None:
    if not opening.can_promise(pitch.page, lane):
        raise Refused("closed", number=pitch.page.promise_days)


def _use_key(pitch: Pitch, sender: Sender, *, without: str, **more: Any) -> bool:
    """Use the key that somebody came with. Raises Refused: `without` if there is none, else "key".

    One statement: the last use goes to one of two who come at once.
    """
    if pitch.key_id is None:
        raise Refused(without, **more)
    keys = Key.objects.good().filter(pk=pitch.key_id, door=pitch.door, email__in=("", sender.mailbox))
    if not keys.update(uses=F("uses") + 1):
        raise Refused("key")
    return True


def check_own(pitch: Pitch, sender: Sender, places: int) -> None:
    """The limits of a sender with a page: one pitch waits behind a door, and so many in 30 days. Raises Refused."""
    check_waiting(pitch, sender)
    _check_places(_others(pitch, sender), places, clock.now())


def check_waiting(pitch: Pitch, sender: Sender) -> None:
    """One pitch of a sender waits behind a door. Raises Refused."""
    if refusal := waiting_before(pitch, sender):
        raise refusal


def waiting_before(pitch: Pitch, sender: Sender) -> Refused | None:
    """The same without raising: to be said before somebody presses."""
    others = _others(pitch, sender).filter(door=pitch.door)
    waiting = others.waiting_as_told(clock.now()).order_by("handed_in_at").first()
    return Refused("one_waiting", other=waiting) if waiting else None


def _others(pitch: Pitch, sender: Sender) -> PitchQuerySet:
    handed_in = Pitch.objects.filter(page=pitch.page, sender=sender, handed_in_at__isnull=False)
    return handed_in.exclude(pk=pitch.pk)


def taking_places(own: PitchQuerySet, now: datetime) -> PitchQuerySet:
    """Those of a sender's pitches that count for the rolling 30 days; what was taken back does not."""
    return own.filter(handed_in_at__gt=now - PLACES_WINDOW).exclude(state=PitchState.WITHDRAWN)


def _check_places(own: PitchQuerySet, places: int, now: datetime) -> None:
    counted = taking_places(own, now).order_by("-handed_in_at").values_list("handed_in_at", flat=True)
    dates = [moment for moment in counted[:places] if moment]
    if len(dates) == places:
        raise Refused("places", number=places, until=dates[-1] + PLACES_WINDOW if dates else None)


def is_full(door: Door, now: datetime) -> bool:
    """Are the places of the week taken? Locks the door, so that the answer holds until the end of the transaction."""
    if door.places_per_week is None:
        return False
    # The last place of the week goes to one of two who come at once.
    Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    return not opening.places_left(door, now)
