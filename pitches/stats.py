"""Numbers that flatter nobody: what somebody who writes today may expect."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery

from pitches.models import Answer, AnswerKind, Lane, Page, Pitch, PitchState
from portal import clock

WINDOW = timedelta(days=90)
# Where a pitch may be that was answered for good, or by silence; what waits is not looked at, however much it is.
ENDED = (PitchState.ACCEPTED, PitchState.DECLINED, PitchState.WRONG_DOOR, PitchState.WITHDRAWN, PitchState.LAPSED)
ENOUGH = 10  # below this many, figures say nothing


class Median(Aggregate):
    """The middle value, as PostgreSQL counts it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Expectation:
    """How the pitches of the last 90 days ended: how many, how many with an answer, how many with a yes, how soon."""

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


def expectation(page: Page) -> Expectation:
    """What a page has done with the pitches of the last 90 days. Only what went out counts."""
    sent = Answer.objects.filter(pitch=OuterRef("pk"), sent_at__isnull=False).exclude(
        # A question is no end, nor is a wrong door from which the pitch went on.
        Q(kind__in=(AnswerKind.LATER, AnswerKind.ASK)) | Q(kind=AnswerKind.WRONG_DOOR, pitch__moved_from__isnull=False)
    )
    ended = Pitch.objects.filter(page=page, state__in=ENDED, handed_in_at__gt=clock.now() - WINDOW)
    pitches = ended.exclude(lane=Lane.QUARANTINE)
    answered = Q(first__isnull=False)
    counted = pitches.annotate(
        first=Subquery(sent.order_by("sent_at").values("sent_at")[:1]),
        agreed=Exists(sent.filter(kind=AnswerKind.YES)),
    ).aggregate(
        ended=Count("pk", filter=answered | Q(state=PitchState.LAPSED)),
        answered=Count("pk", filter=answered),
        yes=Count("pk", filter=Q(agreed=True)),
        wait=Median(ExpressionWrapper(F("first") - F("handed_in_at"), output_field=DurationField())),
    )
    return Expectation(**counted)
