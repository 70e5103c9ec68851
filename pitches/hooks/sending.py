"""Making the calls: claim one, say it, mark it. At least once, with the same webhook-id each time."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now

from pitches.hooks import addresses, bodies, posting, spells
from pitches.hooks.calls import due
from pitches.models import Call, CallState, Handoff
from portal import clock, leases

log = logging.getLogger(__name__)
CONVERSATION = timedelta(seconds=30)  # posting.TIMEOUT, and time to write down what came of it
# From one try to the next: about a day in all, as standardwebhooks.com has it.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 8 * 3600, 8 * 3600)
)  # fmt: skip
GIVE_UP = timedelta(hours=26)  # after what happened, whatever the number of tries
GONE = 410  # the receiver wants nothing any more


def call(queue: str, *, next_step: Callable[[Handoff], str]) -> int:
    """Claim one call that is due in a queue, and make it. Returns how many were taken: one or none."""
    lease, found = leases.claim(due().filter(queue=queue), limit=1)
    for one in found:
        if _write(one, lease, lease_until=Now() + CONVERSATION):
            _make(one, lease, next_step)
    return len(found)


def _write(one: Call, lease: UUID, **changes: Any) -> bool:
    """A write behind the fence: only while the lease is ours, and nobody settled it meanwhile."""
    return bool(Call.objects.filter(pk=one.pk, lease=lease, state=CallState.PENDING).update(**changes))


def _make(one: Call, lease: UUID, next_step: Callable[[Handoff], str]) -> None:
    try:
        body = bodies.body_of(one, next_step)
        status = posting.post(one.url, body, bodies.headers_of(one, body))
    except (OperationalError, InterfaceError):
        raise  # the database is gone: the lease brings the call back
    except addresses.Refused as refused:
        log.warning("Call %s leads inside: %s", one.pk, refused)
        _end(one, lease, "inside")
    except posting.NotTold as failed:
        _later(one, lease, str(failed))
    except Exception:
        log.exception("Call %s cannot be made", one.pk)
        _later(one, lease, "broken")
    else:
        _settle(one, lease, status)


def _settle(one: Call, lease: UUID, status: int) -> None:
    if 200 <= status < 300:
        if _write(one, lease, state=CallState.DONE, done_at=clock.now(), error=""):
            spells.works(one)
    elif status == GONE:
        _end(one, lease, f"status {status}")
    else:
        _later(one, lease, f"status {status}")


def _end(one: Call, lease: UUID, error: str) -> None:
    if _write(one, lease, state=CallState.DEAD, done_at=clock.now(), error=error, lease_until=None):
        spells.fails(one)


def _later(one: Call, lease: UUID, error: str) -> None:
    """Try again after a while; the others that wait for this address wait with it, so that no worker hangs on each."""
    now = clock.now()
    then = now + WAITS[min(one.attempts, len(WAITS)) - 1]
    if one.attempts > len(WAITS) or then > one.created_at + GIVE_UP:
        _end(one, lease, error)
        return
    if _write(one, lease, next_at=then, lease_until=None, error=error):
        spells.fails(one)
        others = Call.objects.filter(page=one.page_id, url=one.url, state=CallState.PENDING, next_at__lt=then)
        others.filter(leases.free()).update(next_at=then)
