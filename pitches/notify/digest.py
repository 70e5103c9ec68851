"""The digest of a reading hour in numbers. Of strangers it says how many there are, and nothing that they wrote."""

from dataclasses import dataclass
from datetime import datetime, time

from django.utils.dates import WEEKDAYS as DAY_NAMES

from pitches import offers
from pitches.models import Lane, Page, Pitch
from pitches.models.page import WEEKDAYS

SECONDS_A_CARD = 20  # 75 words at 238 words a minute, and a decision
LINES = 5


@dataclass(frozen=True)
class Digest:
    """What waits for one reading hour."""

    total: int
    trusted: int
    known: int
    first_knock: int
    seconds: int
    lines: list[tuple[str, str]]
    pressing: int
    terms: int

    @property
    def more(self) -> int:
        """How many trusted pitches are not named."""
        return self.trusted - len(self.lines)


def of(page: Page) -> Digest:
    """Count what waits on a page now; name the first lines of people the owner trusts."""
    waiting = Pitch.objects.filter(page=page).waiting()
    count = {lane: waiting.filter(lane=lane).count() for lane in (Lane.TRUSTED, Lane.KNOWN, Lane.FIRST_KNOCK)}
    total = sum(count.values())
    named = waiting.filter(lane=Lane.TRUSTED).in_reading_order()[:LINES]
    return Digest(
        total=total,
        trusted=count[Lane.TRUSTED],
        known=count[Lane.KNOWN],
        first_knock=count[Lane.FIRST_KNOCK],
        seconds=SECONDS_A_CARD * min(total, page.cards),
        lines=[(_one_line(pitch.line), _one_line(pitch.name)) for pitch in named],
        pressing=_pressing(page),
        terms=offers.waiting_for(page).count(),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _pressing(page: Page) -> int:
    """How many of people with a standing lose their last useful day before the next hour begins."""
    if page.next_hour_at is None:
        return 0
    soon = Pitch.objects.filter(page=page, last_day__lt=page.local_date(page.next_hour_at)).waiting()
    return soon.filter(lane__in=[Lane.TRUSTED, Lane.KNOWN]).count()


def is_late(page: Page, at: datetime) -> bool:
    """Had no hour begun on the owner's day? Then one that was missed on a day before begins late: after an outage."""
    hour = page.next_hour(datetime.combine(page.local_date(at), time(), page.zone))
    return bool(page.reading) and (hour is None or hour > at)


def hours_of(page: Page) -> str:
    """The reading hours as a person says them: "Tuesday 09:00, Friday 09:00"."""
    hours = (hour.split() for hour in page.reading)
    return ", ".join(f"{DAY_NAMES[WEEKDAYS.index(weekday)]} {clock}" for weekday, clock in hours)
