"""Celery's doors into the domain: no business data comes in, rows are claimed, each succeeds or fails alone."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import QuerySet, Value

from portal.celery import QUEUES

BATCH = 50
SOME_MOMENT = datetime.min.replace(tzinfo=UTC)  # stands where the present one comes in
# Seconds that one ring may work before it rings again, so that what is more urgent comes in between. A lease is 30 s.
TURN = {"codes": 10, "now": 8, "soon": 3, "later": 1}
SWEEPING = 25  # seconds in which a sweep begins one more turn, so that it ends before Celery's limit of 50
LOOK_UP = 0.05  # seconds between two looks whether something more urgent waits: a friend waits for one row, not a turn


class Turn:
    """The time that one ring has for its queue. Celery hands out rings ahead, so whoever works looks up by itself."""

    def __init__(self, queue: str) -> None:
        now = time.monotonic()
        self.queue, self.ends, self.look_at, self.done = queue, now + TURN[queue], now + LOOK_UP, 0

    def over(self) -> bool:
        """May nothing more be begun?"""
        return time.monotonic() >= self.ends

    def let_in(self) -> None:
        """Between two rows: do what is more urgent and waits by now."""
        if time.monotonic() < self.look_at:
            return
        for job, queue in waiting_work(QUEUES[: QUEUES.index(self.queue)]):
            self.done += JOBS[job](queue)
        self.look_at = time.monotonic() + LOOK_UP


@shared_task
def react(queue: str) -> int:
    """Run the reactions of the events that wait in a queue, until it is empty."""
    from pitches import reactions  # noqa: PLC0415 (leaf: bodies import what they run)
    from pitches.models import Event  # noqa: PLC0415
    from portal import leases, relay  # noqa: PLC0415

    turn = Turn(queue)
    while not turn.over():
        rows = Event.objects.filter(queue=queue, reacted_at=None, dead=False).order_by("pk")
        lease, events = leases.claim(rows, limit=BATCH)
        if not events:
            return turn.done
        for place, event in enumerate(events):
            turn.let_in()
            if place and turn.over():
                leases.give_back(events[place:], lease)
                break
            try:
                turn.done += reactions.react(event.pk, lease)
            except SoftTimeLimitExceeded:
                raise  # no fault of the row: its lease brings it back
            except Exception as error:  # noqa: BLE001 (one bad row must not stop the others)
                reactions.failed(event, lease, error)
    relay.ring("react", queue)
    return turn.done


@shared_task
def deliver(queue: str) -> int:
    """Send the messages that are due in a queue, until it is empty."""
    from pitches.notify import delivery  # noqa: PLC0415
    from portal import relay  # noqa: PLC0415

    turn = Turn(queue)
    while not turn.over():
        taken = delivery.deliver(queue, seconds=TURN[queue], first=turn.let_in)
        turn.done += taken
        if taken < delivery.BATCH:
            return turn.done
    relay.ring("deliver", queue)
    return turn.done


@shared_task
def call(queue: str) -> int:
    """Make the calls to webhooks that are due in a queue, one after the other, until it is empty or one was slow.

    Whoever finds another process outside does nothing: that one goes on, and the relay rings again.
    """
    from pitches import hooks  # noqa: PLC0415
    from pitches.notify import handoffs  # noqa: PLC0415
    from portal import outside, relay  # noqa: PLC0415

    turn = Turn(queue)
    with outside.alone() as mine:
        while mine and not turn.over():
            turn.let_in()
            if not hooks.call(queue, next_step=handoffs.next_step):
                return turn.done
            turn.done += 1
    if mine:
        relay.ring("call", queue)
    return turn.done


@shared_task
def read(queue: str) -> int:
    """Read the mails that came in, until none waits in a queue."""
    from pitches.inbound import reading  # noqa: PLC0415
    from portal import relay  # noqa: PLC0415

    turn = Turn(queue)
    while not turn.over():
        turn.let_in()
        if not reading.read_next(queue):
            return turn.done
        turn.done += 1
    relay.ring("read", queue)
    return turn.done


@shared_task
def copy(queue: str) -> int:
    """Make what waits of the copies that accounts asked for."""
    from pitches import copies  # noqa: PLC0415
    from portal import relay  # noqa: PLC0415

    turn = Turn(queue)
    while not turn.over():
        turn.let_in()
        if not copies.make_next():
            return turn.done
        turn.done += 1
    relay.ring("copy", queue)
    return turn.done


@shared_task
def erase(queue: str) -> int:
    """Go on with the accounts whose day has come."""
    from pitches import erasing  # noqa: PLC0415
    from portal import relay  # noqa: PLC0415

    turn = Turn(queue)
    while not turn.over():
        turn.let_in()
        if not erasing.go_on():
            return turn.done
        turn.done += 1
    relay.ring("erase", queue)
    return turn.done


@shared_task
def tick() -> int:
    """Do what is due: reading hours, answers, lapses."""
    from pitches import due  # noqa: PLC0415

    return due.tick()


@shared_task
def sweep() -> int:
    """All work that waits in the database, even if no ring ever came; what is left after a while, the next time."""
    from pitches.inbound import maildir  # noqa: PLC0415

    ends, done = time.monotonic() + SWEEPING, 0
    for job, queue in waiting_work():
        if time.monotonic() >= ends:
            break
        done += JOBS[job](queue)
    return done + maildir.collect()  # last: whatever lies in that folder holds up nothing else


JOBS = {"react": react, "deliver": deliver, "call": call, "read": read, "copy": copy, "erase": erase}


@shared_task
def look_up() -> int:
    """Look for the DNS records by which agencies prove their domains."""
    from pitches import claims  # noqa: PLC0415
    from portal import outside  # noqa: PLC0415

    with outside.alone() as mine:
        return claims.look_up() if mine else 0


@shared_task
def alarm() -> bool:
    """Tell the operators when work stands still."""
    from pitches.notify import stalled  # noqa: PLC0415

    return stalled.look(oldest_work())


@shared_task
def tidy() -> int:
    """Delete what has outlived its purpose."""
    from pitches import copies, embargo, intake, likeness, mailboxes, reports, search  # noqa: PLC0415
    from pitches.doors import handles, watching  # noqa: PLC0415
    from pitches.handoffs import assistants, late  # noqa: PLC0415
    from pitches.inbound import keeping, maildir  # noqa: PLC0415
    from pitches.intake import drafting  # noqa: PLC0415
    from pitches.notify import finding  # noqa: PLC0415
    from portal import drawer, limits, sessions  # noqa: PLC0415

    done = intake.forget_unproven() + handles.tidy() + watching.forget() + embargo.forget_ended()
    done += drafting.forget_drafts() + finding.forget() + assistants.forget() + late.forget()
    done += keeping.forget() + maildir.forget() + drawer.forget() + reports.forget()
    done += copies.forget() + sessions.forget()
    return done + mailboxes.forget() + limits.forget() + likeness.forget() + search.forget()


def waiting_work(queues: Sequence[str] = QUEUES) -> list[tuple[str, str]]:
    """Which (job, queue) have rows that nobody holds, the most urgent first. One query, however many rows there are."""
    if not queues:
        return []
    from portal import clock  # noqa: PLC0415 (leaf: bodies import what they run)

    sql, params = _statement(tuple(queues))
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(sql, [now if value == SOME_MOMENT else value for value in params])
        return sorted(cursor.fetchall(), key=lambda pair: (QUEUES.index(pair[1]), list(JOBS).index(pair[0])))


@cache
def _statement(queues: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The statement over these queues, made once: it is asked all day, and mostly finds nothing."""
    found = [one for queue in queues for one in _waiting_in(queue)]
    sql, params = found[0].union(*found[1:], all=True).query.sql_with_params()
    return sql, tuple(params)


def _waiting_in(queue: str) -> Iterator[QuerySet[Any, Any]]:
    """For each job: its name and the queue, if a row waits."""
    from pitches import copies, erasing, hooks  # noqa: PLC0415
    from pitches.inbound import reading  # noqa: PLC0415
    from pitches.models import Event  # noqa: PLC0415
    from pitches.notify import outbox  # noqa: PLC0415
    from portal import leases  # noqa: PLC0415

    events = Event.objects.filter(reacted_at=None, dead=False)
    rows: dict[str, QuerySet[Any, Any]] = {
        "react": events.filter(queue=queue),
        "deliver": outbox.due(SOME_MOMENT).filter(queue=queue),
        "call": hooks.due(SOME_MOMENT).filter(queue=queue),
    }
    if queue in reading.QUEUES:
        rows["read"] = reading.waiting(queue)
    if queue == copies.QUEUE:
        rows |= {"copy": copies.waiting(), "erase": erasing.waiting(SOME_MOMENT)}
    for job, waiting in rows.items():
        one = waiting.filter(leases.free()).order_by()
        yield one.annotate(job=Value(job), its=Value(queue)).values_list("job", "its")[:1]


def oldest_work() -> datetime | None:
    """For /healthz: since when the oldest event waits for its reactions, the oldest call to be made, or the oldest mail
    that came in to be read.
    """
    from pitches import hooks  # noqa: PLC0415
    from pitches.inbound import reading  # noqa: PLC0415
    from pitches.models import Event  # noqa: PLC0415

    event = Event.objects.filter(reacted_at=None, dead=False).order_by("at").values_list("at", flat=True).first()
    call = hooks.due().values_list("next_at", flat=True).first()
    return min(filter(None, (event, call, reading.waits_since())), default=None)
