"""Celery's doors into the domain: no business data comes in, rows are claimed, each succeeds or fails alone."""

import time
from collections.abc import Iterator
from datetime import datetime

from celery import shared_task

from portal.celery import QUEUES

BATCH = 50
# Seconds that one ring may work before it rings again, so that what is more urgent comes in between. A lease is 30 s.
TURN = {"codes": 10, "now": 8, "soon": 3, "later": 1}


@shared_task
def react(queue: str) -> int:
    """Run the reactions of the events that wait in a queue, until it is empty."""
    from pitches import reactions  # noqa: PLC0415 (leaf: bodies import what they run)
    from pitches.models import Event  # noqa: PLC0415
    from portal import leases, relay  # noqa: PLC0415

    began, done = time.monotonic(), 0
    while time.monotonic() - began < TURN[queue]:
        rows = Event.objects.filter(queue=queue, reacted_at=None, dead=False).order_by("pk")
        lease, events = leases.claim(rows, limit=BATCH)
        if not events:
            return done
        for event in events:
            try:
                done += reactions.react(event.pk, lease)
            except Exception as error:  # noqa: BLE001 (one bad row must not stop the others)
                reactions.failed(event, lease, error)
    relay.ring("react", queue)
    return done


@shared_task
def deliver(queue: str) -> int:
    """Send the messages that are due in a queue, until it is empty."""
    from pitches.notify import outbox  # noqa: PLC0415
    from portal import relay  # noqa: PLC0415

    began, done = time.monotonic(), 0
    while time.monotonic() - began < TURN[queue]:
        taken = outbox.deliver(queue, seconds=TURN[queue])
        done += taken
        if taken < outbox.BATCH:
            return done
    relay.ring("deliver", queue)
    return done


@shared_task
def tick() -> int:
    """Do what is due: reading hours, answers, lapses."""
    from pitches import due  # noqa: PLC0415

    return due.tick()


@shared_task
def sweep() -> int:
    """All work that waits in the database, even if no ring ever came."""
    jobs = {"react": react, "deliver": deliver}
    return sum(jobs[job](queue) for job, queue in list(waiting_work()))


@shared_task
def look_up() -> int:
    """Look for the DNS records by which agencies prove their domains."""
    from pitches import claims  # noqa: PLC0415

    return claims.look_up()


@shared_task
def tidy() -> int:
    """Delete what has outlived its purpose."""
    from pitches import embargo, intake, likeness, mailboxes  # noqa: PLC0415
    from pitches.doors import handles, watching  # noqa: PLC0415
    from pitches.intake import drafting  # noqa: PLC0415
    from pitches.notify import finding  # noqa: PLC0415
    from portal import limits  # noqa: PLC0415

    done = intake.forget_unproven() + handles.tidy() + watching.forget() + embargo.forget_ended()
    done += drafting.forget_drafts() + finding.forget()
    return done + mailboxes.forget() + limits.forget() + likeness.forget()


def waiting_work() -> Iterator[tuple[str, str]]:
    """For the relay: which (job, queue) have rows that nobody holds."""
    from pitches.models import Event  # noqa: PLC0415
    from pitches.notify import outbox  # noqa: PLC0415
    from portal import leases  # noqa: PLC0415

    events = Event.objects.filter(leases.free(), reacted_at=None, dead=False)
    for queue in events.order_by("queue").values_list("queue", flat=True).distinct():
        yield "react", queue
    mails = set(outbox.due().filter(leases.free()).order_by().values_list("queue", flat=True).distinct())
    yield from (("deliver", queue) for queue in QUEUES if queue in mails)


def oldest_work() -> datetime | None:
    """For /healthz: since when the oldest event waits for its reactions."""
    from pitches.models import Event  # noqa: PLC0415

    return Event.objects.filter(reacted_at=None, dead=False).order_by("at").values_list("at", flat=True).first()
