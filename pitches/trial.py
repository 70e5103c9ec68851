"""A dry run: would this pitch be taken, in which lane, by when? Nothing of it stays.

The real verbs and reactions run in a transaction that is never committed, so no second set of rules could say something
else. All they do is write rows, rings and what follows a commit; docs/decisions/0015 says what that leaves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from pitches import intake, ledge, reactions
from pitches.models import Door, Event, Pitch, PitchState, Sender
from portal import domains, tokens

PATIENCE = 300  # milliseconds for a lock; well under the second after which PostgreSQL looks for a ring to break
TRIES = 3
NOWHERE = "nobody.invalid"  # of no agency, since an owner may have put a whole one somewhere (RFC 2606)


@dataclass(frozen=True)
class Verdict:
    """What the sender of a pitch would be told: waiting (lane, dates), or refused (why, with the number and the date).

    `lane` is the one of the standing and `promised` the date on the receipt, also of what would be put aside.
    """

    result: str
    why: str = ""
    number: int | None = None
    until: datetime | None = None
    other: Pitch | None = None
    lane: str = ""
    promised: datetime | None = None
    lapses: datetime | None = None


def dry_run(
    door: Door, answers: dict[str, Any], *, sender: Sender | None = None, ways: intake.Ways | None = None
) -> Verdict:
    """What would become of these answers at a door now, for a sender whose mailbox is proven, or else for a stranger.

    Typed addresses prove nothing: without a sender, or with another one's address, nobody is looked up.
    """
    if sender is None or domains.mailbox(answers["email"]) != sender.mailbox:
        sender, answers = None, answers | {"email": f"{tokens.seed()}@{NOWHERE}"}
    for again in range(TRIES):
        try:
            with _nothing_stays():
                return _tried(door, answers, sender, ways)
        except OperationalError as error:
            if again == TRIES - 1 or not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
                raise
    raise AssertionError


def told(pitch: Pitch) -> Verdict:
    """The same of a pitch that was handed in and routed."""
    return Verdict("waiting", lane=ledge.lane_of(pitch).value, promised=pitch.promised_for, lapses=pitch.told_lapse)


def refused(said: intake.Refused) -> Verdict:
    """The same of a refusal."""
    return Verdict("refused", why=said.why, number=said.number, until=said.until, other=said.other)


@contextmanager
def _nothing_stays() -> Iterator[None]:
    """A transaction that is undone at its end. Whoever only asks gives way to those who hand in."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")
        yield
        transaction.set_rollback(True)


def _tried(door: Door, answers: dict[str, Any], sender: Sender | None, ways: intake.Ways | None) -> Verdict:
    try:
        pitch, _new = intake.write(door, answers, form_key=uuid4(), ways=ways)
        pitch = intake.hand_in(pitch, sender or intake.meet(pitch))
    except intake.Refused as said:
        return refused(said)
    rows = Event.objects.select_related("pitch__door__page", "pitch__page", "pitch__sender", "page__owner", "door")
    event = rows.get(pitch=pitch, what=PitchState.ARRIVED)
    for reaction in reactions.AFTER[event.what]:
        reaction(event)
    assert event.pitch is not None
    return told(event.pitch)
