"""Moving in: the whole demo in one transaction, so that no worker ever sees a half of it, and no mail leaves."""

from datetime import datetime, time, timedelta

from django.db import transaction

from pitches import doors, handoffs
from pitches.demo import desk, opening, past
from pitches.doors import deflecting, keys, watching
from pitches.models import Came, Door, Event, Handoff, Message, MessageState, Page, Pitch, Sender
from portal import clock

# How long ago the page was put up: before the oldest thing that happened.
MOVED_IN = timedelta(days=175)
# A follow-up that is older than this was seen to.
FORGOTTEN = timedelta(days=10)


@transaction.atomic
def move_in() -> Page | None:
    """Put up the demo page with its past, or return None where its short address is taken already."""
    cast, now = opening.read("cast"), clock.now()
    if Page.objects.filter(handle=cast["page"]["handle"]).exists():
        return None
    with clock.standing_at(now - MOVED_IN):
        page = opening.put_up(cast["page"], opening.owner(cast["page"]))
        hung = opening.hang(page, cast["doors"], page.local_date(now))
    with clock.standing_at(now):
        told = past.of_the_files(page, hung, cast["people"], now)
        told.happen()
        told.note()
        _settle_down(page, told)
        _leave_ways_in(page, hung)
        _bring_up_to_date(page, now)
    return page


def _bring_up_to_date(page: Page, now: datetime) -> None:
    """From here on the page lives in the present: hours and promises lie ahead, and the mails of the past stay here."""
    doors.keep_hours(page, page.reading, page.timezone)
    page.pitches.waiting().filter(promised_for__lt=now).update(promised_for=page.next_hour(now))
    waiting = Message.objects.filter(page=page, state=MessageState.PENDING)
    waiting.update(state=MessageState.OBSOLETE, sealed=None)
    Event.objects.filter(page=page, reacted_at=None).update(reacted_at=now)
    old = page.local_date(now) - FORGOTTEN
    for handoff in Handoff.objects.filter(pitch__page=page, follow_up_on__lt=old):
        with clock.standing_at(datetime.combine(handoff.follow_up_on, time(10), page.zone)):
            handoffs.followed_up(handoff)


def _settle_down(page: Page, told: past.Past) -> None:
    """At the desk, and the press of a moment ago."""
    together = [told.pitches[name] for name in opening.read("desk")["together"]["ids"]]
    desk.settle(page, Pitch.objects.filter(pk__in=together).order_by("pk"))


def _leave_ways_in(page: Page, hung: dict[str, Door]) -> None:
    """A key that somebody has, a message that waits for its pitch, and two who wait for a door."""
    today = page.local_date(clock.now())
    keys.give(hung["podcast"], by=page.owner, until=today + timedelta(days=21), note="Noor, after the panel")
    deflecting.make(hung["martech"], "Chad, GrowthRocket", Came.MESSAGE, today - timedelta(days=1))
    for sender in Sender.objects.filter(pitches__page=page).order_by("pk").distinct()[:2]:
        watching.ask(hung["ai-writing"], sender.email, sender)
