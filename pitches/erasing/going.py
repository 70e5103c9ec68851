"""The day has come: one step after the other, each in its own transaction with how far it got.

Every step finds what is left by itself, so whoever is killed in between goes on where the last commit was.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from pitches.erasing import journal, steps
from pitches.models import Erasure
from pitches.notify import alarms
from portal import clock, leases
from portal.models import User

log = logging.getLogger(__name__)
QUEUE, LOUD = "later", 5  # tries until the operator is told; it goes on trying
A_WHILE = timedelta(minutes=10)


def waiting(at: datetime | None = None) -> QuerySet[Erasure]:
    """What is due now, or at another moment."""
    return Erasure.objects.filter(done_at=None, next_at__lte=at or clock.now()).order_by("next_at", "pk")


def go_on() -> bool:
    """Do a bit of what is due. False if nothing is."""
    lease, due = leases.claim(waiting(), limit=1)
    for erasure in due:
        try:
            _bit(erasure, lease)
        except SoftTimeLimitExceeded:
            raise  # the lease brings it back
        except Exception as error:  # noqa: BLE001 (one bad account must not stop the others)
            _failed(erasure, lease, error)
    return bool(due)


@transaction.atomic
def _bit(erasure: Erasure, lease: UUID) -> None:
    # The account first, as whoever keeps it does.
    user = User.objects.select_for_update(no_key=True).filter(pk=erasure.user_id or 0).first()
    mine = Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure.pk, lease=lease, done_at=None).first()
    if mine is None:
        return
    now = clock.now()
    if mine.begun_at is None:
        mine.begun_at, mine.step = now, next(iter(steps.STEPS))
    if user is None:  # the row of the account went by another way
        _end(mine)
    else:
        _step(mine, user)
    mine.lease, mine.lease_until, mine.attempts, mine.error = None, None, 0, ""
    mine.save()


def _step(mine: Erasure, user: User) -> None:
    """More of this step, a while later or at once; or the next."""
    found = steps.STEPS[mine.step](mine, user)
    if found == steps.Found.LATER:
        mine.next_at = clock.now() + A_WHILE
    elif found == steps.Found.NOTHING:
        following = steps.after(mine.step)
        mine.step = following
        if not following:
            _end(mine)


def _end(mine: Erasure) -> None:
    journal.write(mine.subject)
    mine.user, mine.done_at, mine.step = None, clock.now(), ""


def _failed(erasure: Erasure, lease: UUID, error: Exception) -> None:
    """Try again after a while, for ever: whoever asked to be erased is. The operator hears of it."""
    log.error("Erasure %s fails at %s: %s", erasure.pk, erasure.step, type(error).__name__, exc_info=error)
    wait = timedelta(seconds=min(5 * 2**erasure.attempts, 3600))
    rows = Erasure.objects.filter(pk=erasure.pk, lease=lease)
    rows.update(error=type(error).__name__[:200], lease_until=Now() + wait)
    if erasure.attempts == LOUD:
        alarms.tell("erasure", once=str(erasure.pk))
