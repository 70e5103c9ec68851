"""What the mails of the hour count: since the last one that went out to somebody, so that nothing is told twice.

A mail that waited out an outage counts for all that came before it.
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncDate

from pitches import stats
from pitches.models import AnswerKind, Door, DoorState, Event, Fact, Message, MessageState, Page, Pitch
from pitches.models.pitch import ON_THE_LEDGE
from portal import clock
from portal.models import User

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
MONTH = 30  # days; /desk/numbers has the same figures under the same words
FRESH = timedelta(days=14)  # a mail is tried for three days, and bounces come within some more
ANSWERS = (AnswerKind.YES, AnswerKind.NO, AnswerKind.ASK, AnswerKind.WRONG_DOOR)
NOT_DELIVERED = (MessageState.DEAD, MessageState.UNKNOWN, MessageState.WITHHELD)


def last(kind: str, page: Page, user: User) -> Message | None:
    """The last mail of a kind about a page that went out to somebody, or may have."""
    sent = Message.objects.filter(page=page, kind=kind, user=user)
    return sent.filter(state__in=(MessageState.DONE, MessageState.UNKNOWN)).order_by("-pk").first()


# ── answers to questions ─────────────────────────────────────────────────────
def replied(page: Page, since: datetime) -> int:
    """How many pitches wait again because a question of the owner's was answered."""
    replies = Event.objects.filter(pitch=OuterRef("pk"), what=Fact.REPLIED, at__gt=since)
    return Pitch.objects.filter(Exists(replies), page=page, state__in=ON_THE_LEDGE).count()


def replied_since(kind: str, page: Page, user: User) -> int:
    """The same since the last mail of a kind to somebody, a week at the most."""
    before, week = last(kind, page, user), clock.now() - A_WEEK
    return replied(page, max(before.sent_at or before.created_at, week) if before else week)


# ── what ends on a date ──────────────────────────────────────────────────────
def through(message: Message) -> date:
    """The last day that such a mail speaks of; it stands at the end of its name."""
    return date.fromisoformat(message.dedupe.rpartition(":")[2])


def told_through(kind: str, page: Page, user: User) -> date:
    """The last day of which somebody has heard; the days before today are over."""
    before, yesterday = last(kind, page, user), page.local_date(clock.now()) - A_DAY
    return max(through(before), yesterday) if before else yesterday


def lapsing(page: Page, after: date, until: date) -> list[tuple[date, int]]:
    """How many pitches of the ledge lapse on which days: later than one day, and until another."""
    rows = Pitch.objects.filter(page=page, state__in=ON_THE_LEDGE, lapses_at__gt=clock.now())
    rows = rows.filter(lapses_at__gte=_midnight(page, after + A_DAY), lapses_at__lt=_midnight(page, until + A_DAY))
    days = rows.annotate(day=TruncDate("lapses_at", tzinfo=page.zone)).values("day")
    return [(row["day"], row["count"]) for row in days.annotate(count=Count("pk")).order_by("day")]


def closing(page: Page, after: date, until: date) -> list[Door]:
    """The doors that close by themselves: later than one day, and until another."""
    doors = page.doors.hung().filter(state=DoorState.UNTIL, until__gt=clock.now())
    doors = doors.filter(until__gte=_midnight(page, after + A_DAY), until__lt=_midnight(page, until + A_DAY))
    return list(doors.order_by("until", "position", "pk"))


def _midnight(page: Page, day: date) -> datetime:
    return datetime.combine(day, time(), page.zone)


# ── what did not arrive ──────────────────────────────────────────────────────
def note_undelivered(page: Page) -> int:
    """Mark the answers of a page that were not delivered and of which nobody was told yet. Returns how many."""
    now = clock.now()
    failed = Message.objects.filter(page=page, kind__in=ANSWERS, state__in=NOT_DELIVERED, told_at=None)
    return failed.filter(created_at__gt=now - FRESH).update(told_at=now)


def undelivered(message: Message) -> int:
    """Of how many answers this mail says that they were not delivered."""
    assert message.page is not None
    assert message.user is not None
    before = last("undelivered", message.page, message.user)
    failed = Message.objects.filter(page=message.page, kind__in=ANSWERS, told_at__lte=message.created_at)
    since = before.created_at if before else message.created_at - FRESH
    return failed.filter(told_at__gt=since, state__in=NOT_DELIVERED).count()


# ── a month ──────────────────────────────────────────────────────────────────
def month(page: Page) -> tuple[int, int]:
    """How many pitches came in thirty days, and how many of them were answered: the first figure of the numbers."""
    doors = stats.outcomes(stats.Span.last(page, MONTH))
    return sum(door.total for door in doors), sum(door.answered for door in doors)
