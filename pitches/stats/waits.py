"""How long people waited for their answer, week by week, and whether they had it when it was promised."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Trunc, TruncDate

from pitches.models import PitchState
from pitches.stats.expecting import OVER, WAITED, Median, with_last_word
from pitches.stats.span import Span, came


@dataclass(frozen=True)
class WaitOfWeek:
    """Those who handed in within one week: how many, the typical wait, the typical promise, how often it was kept."""

    monday: date
    ended: int = 0
    answered: int = 0
    waiting: int = 0
    promised: int = 0
    kept: int = 0
    wait: timedelta | None = None
    promise: timedelta | None = None


def waits(span: Span) -> list[WaitOfWeek]:
    """Every week that the span touches, the oldest first. One query.

    The week is the one in which a pitch was handed in, so that the weeks together are what expectation() counts. The
    promise is the reading hour that the receipt named. It is kept if the answer went out by the end of that day, in
    the owner's zone; a pitch that lapsed is a promise that was not kept.
    """
    zone, taken_back = span.page.zone, Q(state=PitchState.WITHDRAWN)
    promised = ExpressionWrapper(F("promised_for") - F("handed_in_at"), output_field=DurationField())
    rows = (
        with_last_word(came(span.page, span.since))
        .annotate(monday=Trunc("handed_in_at", "week", output_field=DateField(), tzinfo=zone))
        .annotate(day=TruncDate("last__sent_at", tzinfo=zone), promised_day=TruncDate("promised_for", tzinfo=zone))
        .values("monday")
        .annotate(
            ended=Count("pk", filter=OVER),
            answered=Count("last"),
            waiting=Count("pk", filter=~OVER & ~taken_back),
            promised=Count("pk", filter=OVER & Q(promised_for__isnull=False)),
            kept=Count("pk", filter=Q(day__lte=F("promised_day"))),
            wait=Median(WAITED),
            promise=Median(promised),
        )
    )
    found = {row["monday"]: WaitOfWeek(**row) for row in rows}
    return [found.get(monday) or WaitOfWeek(monday) for monday in span.mondays]
