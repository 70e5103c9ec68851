"""Trying again: after "not now" a date opens the door for that one pitch; else a pitch may say what it follows.

The token of the earlier pitch is what counts until the mailbox is proven; then it must be the same sender's.
"""

from datetime import datetime

from pitches.models import Answer, AnswerKind, Door, Pitch, PitchState, Reason, Sender
from portal import clock, tokens

ENDED = (PitchState.DECLINED, PitchState.LAPSED, PitchState.WITHDRAWN)  # as the sender was told


def earlier(door: Door, token: str) -> Pitch | None:
    """The pitch with this token that ended at this very door, as its sender was told."""
    if not token:
        return None
    found = Pitch.objects.select_related("page").filter(door=door, token_hash=tokens.digest(token)).first()
    return found if found and found.told_state in ENDED else None


def not_now(old: Pitch) -> Answer | None:
    """The "not now" that a pitch got, once its sender was told."""
    if old.state != PitchState.DECLINED:
        return None
    said = old.answers.filter(kind=AnswerKind.NO, sent_at__isnull=False).order_by("-pk").first()
    return said if said and said.reason == Reason.NOT_NOW else None


def invited_from(old: Pitch) -> datetime | None:
    """From when a pitch may be tried again by invitation: the morning of that day for the owner. None without one."""
    said = not_now(old)
    if said is None or said.again_on is None:
        return None
    day = said.again_on
    return datetime(day.year, day.month, day.day, tzinfo=old.page.zone)


def used(old: Pitch, *, but: Pitch | None = None) -> bool:
    """Was it tried again already? A pitch that was only written has used nothing."""
    others = Pitch.objects.filter(again_of=old, handed_in_at__isnull=False)
    return (others.exclude(pk=but.pk) if but else others).exists()


def opens(old: Pitch | None, door: Door, *, but: Pitch | None = None) -> bool:
    """Has the day come on which this earlier pitch opens its door once more? Never one that is gone or hidden."""
    if old is None or old.door_id != door.pk or door.taken_down_at or door.page.hidden_at:
        return False
    start = invited_from(old)
    return start is not None and start <= clock.now() and not used(old, but=but)


def settle(pitch: Pitch, sender: Sender) -> bool:
    """At hand-in, under the sender's lock: is this the one pitch that was invited to come again?

    What is not this sender's, or comes before its day, or a second time, is laid down: a pitch like any other.
    """
    old = pitch.again_of
    if old is None:
        return False
    own = old.sender_id == sender.pk and old.told_state in ENDED
    invited = own and opens(old, pitch.door, but=pitch)
    if not own or (not invited and not_now(old)):
        pitch.again_of = None
    return invited
