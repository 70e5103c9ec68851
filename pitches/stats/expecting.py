"""What somebody who writes today may expect: the figures of the public page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, FilteredRelation, Q

from pitches.models import AnswerKind, Page, PitchState
from pitches.models.pitch import PitchQuerySet
from pitches.stats.span import came
from portal import clock

WINDOW = timedelta(days=90)
# Where a pitch may be that was answered for good, or by silence; what waits is not looked at, however much it is.
ENDED = (PitchState.ACCEPTED, PitchState.DECLINED, PitchState.WRONG_DOOR, PitchState.WITHDRAWN, PitchState.LAPSED)
ENOUGH = 10  # below this many, figures say nothing
WAITED = ExpressionWrapper(F("last__sent_at") - F("handed_in_at"), output_field=DurationField())


class Median(Aggregate):
    """The middle value, as PostgreSQL counts it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Expectation:
    """How the pitches of a time ended: how many, how many with an answer, how many with a yes, how soon."""

    ended: int
    answered: int
    yes: int
    wait: timedelta | None

    @property
    def known(self) -> bool:
        """Are there enough for figures?"""
        return self.ended >= ENOUGH

    @property
    def days(self) -> int:
        """The typical wait in days, at least one."""
        return max(1, round((self.wait or timedelta()) / timedelta(days=1)))

    @property
    def one_in(self) -> int | None:
        """One in how many got a yes."""
        return round(self.ended / self.yes) if self.yes else None


ELSEWHERE = Q(answers__door__lt=F("door")) | Q(answers__door__gt=F("door"))
ANSWERED = Q(last__isnull=False)
OVER = ANSWERED | Q(state=PitchState.LAPSED)


def with_last_word(pitches: PitchQuerySet) -> PitchQuerySet:
    """Each with `last`, the answer that ended it and went out: at most one, and none while it is held.

    A question is no end, "later" is none, nor is a wrong door from which the pitch went on to the one that was named.
    """
    ends = Q(answers__kind__in=(AnswerKind.YES, AnswerKind.NO)) | Q(ELSEWHERE, answers__kind=AnswerKind.WRONG_DOOR)
    return pitches.annotate(last=FilteredRelation("answers", condition=Q(ends, answers__sent_at__isnull=False)))


def expectation(page: Page, since: datetime | None = None) -> Expectation:
    """What a page has done with the pitches of the last 90 days, or since a moment. Only what went out counts."""
    pitches = came(page, since or clock.now() - WINDOW).filter(state__in=ENDED)
    counted = with_last_word(pitches).aggregate(
        ended=Count("pk", filter=OVER),
        answered=Count("last"),
        yes=Count("last", filter=Q(last__kind=AnswerKind.YES)),
        wait=Median(WAITED),
    )
    return Expectation(**counted)
