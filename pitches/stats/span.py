"""The time that is counted, and the pitches that were handed in within it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pitches.models import Lane, Page
from pitches.models.pitch import Pitch, PitchQuerySet, PitchState
from portal import clock

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """So many days up to a moment, of one page."""

    page: Page
    days: int
    until: datetime

    @classmethod
    def last(cls, page: Page, days: int) -> "Span":
        """The last days, up to now."""
        return cls(page, days, clock.now())

    @property
    def since(self) -> datetime:
        """Later than this."""
        return self.until - timedelta(days=self.days)

    @property
    def mondays(self) -> list[date]:
        """The owner's weeks that it touches: they begin on Monday, by the clock of the page."""
        first, last = (monday_of(self.page.local_date(moment)) for moment in (self.since, self.until))
        return [first + A_WEEK * number for number in range((last - first).days // 7 + 1)]


def monday_of(day: date) -> date:
    """The first day of its week, as doors count their places."""
    return day - timedelta(days=day.weekday())


def came(page: Page, since: datetime) -> PitchQuerySet:
    """What was handed in at a page since a moment, without what is in quarantine or ended there.

    Its index is pitch_handed_in.
    """
    handed_in = Pitch.objects.filter(page=page, handed_in_at__gt=since)
    return handed_in.exclude(lane=Lane.QUARANTINE).exclude(state=PitchState.UNPROVEN)
