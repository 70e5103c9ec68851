"""Mails of the reading hour: put as it begins, and out then or at the end of quiet time. Never between hours.

Each is a reaction to the hour, and one row for each person who wants it. Of two that wait, the newer says it all.
"""

from datetime import date, datetime, time
from typing import Any

from django.urls import reverse

from pitches import offers
from pitches.models import Event, Fact, Message, Page, Pitch
from pitches.notify import digest as digests
from pitches.notify import outbox, stop, tallies, wanted
from pitches.notify.wanted import Listener
from portal import clock, links
from portal.models import User

LATE = {"late": "yes"}  # rests with a digest whose hour was missed on a day before


# ── to put them ──────────────────────────────────────────────────────────────
def digest(event: Event) -> None:
    """16: the hour begins and something waits. At most one for each person and local date."""
    at = moment(event)
    if at and something_waits(event.page):
        for one in wanted.listeners(event.page, "digest"):
            _put("digest", event, at, one, str(event.page.local_date(at)))


def answers_came(event: Event) -> None:
    """18: questions were answered, for whoever wants more than the line of the digest."""
    page, at = event.page, moment(event)
    for one in wanted.listeners(page, "answers_came") if at else []:
        if at and tallies.replied_since("answers_came", page, one.user):
            _put("answers_came", event, at, one, str(page.local_date(at)))


def door_closes(event: Event) -> None:
    """19: a door closes by itself, at the last hour that begins on a day before."""
    page, at = event.page, moment(event)
    until = _next_day(event, 0)
    for one in wanted.listeners(page, "door_closes") if at else []:
        if at and tallies.closing(page, tallies.told_through("door_closes", page, one.user), until):
            _put("door_closes", event, at, one, str(until))


def undelivered(event: Event) -> None:
    """20: answers could not be delivered, all of them in one mail at the next hour."""
    at = moment(event)
    if at and tallies.note_undelivered(event.page):
        for one in wanted.listeners(event.page, "undelivered"):
            _put("undelivered", event, at, one, str(event.pk))


def lapsing(event: Event) -> None:
    """21: pitches lapse in two days, or sooner than two days after the next hour. Each is told once."""
    page, at = event.page, moment(event)
    until = _next_day(event, 1)
    for one in wanted.listeners(page, "lapsing") if at else []:
        if at and tallies.lapsing(page, tallies.told_through("lapsing", page, one.user), until):
            _put("lapsing", event, at, one, str(until))


def month(event: Event) -> None:
    """22: the numbers of a month, at its first hour, for whoever asked for them."""
    page, at = event.page, moment(event)
    first = page.local_date(event.at).replace(day=1)
    hours = page.events.filter(what=Fact.HOUR_BEGAN, at__gte=datetime.combine(first, time(), page.zone))
    if at is None or hours.filter(pk__lt=event.pk).exists():
        return
    for one in wanted.listeners(page, "month"):
        _put("month", event, at, one, f"{first:%Y-%m}")


def moment(event: Event) -> datetime | None:
    """When mails of this hour may go out: now, or after quiet time. None in a holiday, and if a later hour has begun:
    after an outage that one speaks for all.
    """
    page = event.page
    at = page.after_quiet(event.at)
    if page.away_on(page.local_date(at)):
        return None
    return None if page.events.filter(what=Fact.HOUR_BEGAN, pk__gt=event.pk).exists() else at


def _next_day(event: Event, more: int) -> date:
    """The next day with an hour, and so many more; tomorrow, if there is none. The first hour of a day tells all."""
    page = event.page
    tomorrow = page.local_date(event.at) + tallies.A_DAY
    hour = page.next_hour(datetime.combine(tomorrow, time(), page.zone))
    return (page.local_date(hour) if hour else tomorrow) + more * tallies.A_DAY


def _put(kind: str, event: Event, at: datetime, one: Listener, mark: str) -> None:
    # The owner's digest was named without a person before there were others.
    who = "" if kind == "digest" and one.helper is None else f"{one.user.pk}:"
    outbox.put(
        kind,
        one.email,
        dedupe=f"{kind}:{event.page.pk}:{who}{mark}",
        user=one.user,
        page=event.page,
        assistant=one.helper,
        secret=LATE if kind == "digest" and digests.is_late(event.page, event.at) else None,
        queue="later",
        not_before=at,
    )


def something_waits(page: Page) -> bool:
    """On the ledge, or for an answer of the owner's about terms."""
    return Pitch.objects.filter(page=page).waiting().exists() or offers.waiting_for(page).exists()


# ── whether they are still needed ────────────────────────────────────────────
def is_over(message: Message) -> bool:
    """Is there nothing left to tell, a newer one that says it, a holiday, or does nobody want it any more?"""
    page = message.page
    if page is None:
        return True
    user = message.user or page.owner
    message.user = user
    newer = Message.objects.filter(kind=message.kind, page=page, to=message.to, pk__gt=message.pk)
    if page.away_on(page.local_date(clock.now())) or not wanted.may_get(user, page, message.kind) or newer.exists():
        return True
    return not LEFT[message.kind](message, page, user)


def _lapsing(message: Message, page: Page, user: User) -> list[tuple[date, int]]:
    return tallies.lapsing(page, tallies.told_through("lapsing", page, user), tallies.through(message))


def _closing(message: Message, page: Page, user: User) -> list[Any]:
    return tallies.closing(page, tallies.told_through("door_closes", page, user), tallies.through(message))


LEFT: dict[str, Any] = {
    "digest": lambda _message, page, _user: something_waits(page),
    "answers_came": lambda _message, page, user: tallies.replied_since("answers_came", page, user),
    "door_closes": _closing,
    "undelivered": lambda message, _page, _user: tallies.undelivered(message),
    "lapsing": _lapsing,
    "month": lambda _message, page, _user: tallies.month(page)[0],
}
KINDS = {
    "digest": digest,
    "answers_came": answers_came,
    "door_closes": door_closes,
    "undelivered": undelivered,
    "lapsing": lapsing,
    "month": month,
}


# ── what they say ────────────────────────────────────────────────────────────
def words(message: Message) -> dict[str, Any]:
    """What the templates of these read: what they count, the way there, and the way to stop them."""
    page = message.page
    assert page is not None
    user = message.user = message.user or page.owner
    said = {
        "owner": user.pk == page.owner_id,
        "hours": digests.hours_of(page),
        "stop_link": stop.link_to(page, message.kind, user),
        "mail_link": _desk("mail"),
    }
    return said | WORDS[message.kind](message, page, user)


def _of_the_digest(message: Message, page: Page, user: User) -> dict[str, Any]:
    digest = digests.of(page)
    reading = "session" if user.pk == page.owner_id else "inbox"
    return {
        "digest": digest,
        "late": bool(message.sealed),
        "answers": tallies.replied_since("digest", page, user),
        "start_link": _desk(reading if digest.total else "follow_ups"),
    }


def _of_the_doors(message: Message, page: Page, user: User) -> dict[str, Any]:
    doors, today = _closing(message, page, user), page.local_date(clock.now())
    days = {page.local_date(door.until) for door in doors}
    link = _desk("door_edit", doors[0].slug) if len(doors) == 1 else _desk("doors")
    return {"doors": doors, "tomorrow": days == {today + tallies.A_DAY}, "today": days == {today}, "doors_link": link}


def _of_the_lapses(message: Message, page: Page, user: User) -> dict[str, Any]:
    days = _lapsing(message, page, user)
    return {"days": days, "total": sum(count for _day, count in days), "inbox_link": _desk("inbox")}


def _of_the_month(_message: Message, page: Page, _user: User) -> dict[str, Any]:
    total, answered = tallies.month(page)
    return {
        "total": total,
        "answered": answered,
        "days": tallies.MONTH,
        "numbers_link": f"{_desk('numbers')}?days={tallies.MONTH}",
    }


def _desk(name: str, *args: str) -> str:
    return links.absolute(reverse(f"desk:{name}", args=args))


WORDS: dict[str, Any] = {
    "digest": _of_the_digest,
    "answers_came": lambda _message, page, user: {
        "count": tallies.replied_since("answers_came", page, user),
        "inbox_link": _desk("inbox"),
    },
    "door_closes": _of_the_doors,
    "undelivered": lambda message, _page, _user: {
        "count": tallies.undelivered(message),
        "outgoing_link": _desk("outgoing"),
    },
    "lapsing": _of_the_lapses,
    "month": _of_the_month,
}
