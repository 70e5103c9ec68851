"""The time that reading takes, week by week, and for whom it was spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Trunc

from pitches.models import Answer, AnswerKind, Lane, Reason, Spent
from pitches.models.reading import AnswerQuerySet
from pitches.stats.span import A_WEEK, Span, came

SHOWN = 8  # agencies
PATHS = {"agency": "", "name": "__name", "domain": "__domain"}


@dataclass(frozen=True)
class AgencyTime:
    """An agency, the seconds that its pitches took, and what came of those that it handed in."""

    name: str  # empty: people whose mailbox belongs to no agency
    seconds: int
    pitches: int
    yes: int
    off_topic: int


@dataclass(frozen=True)
class Reading:
    """Seconds of reading. Before `began` nobody measured: there is no figure for it, not a nought."""

    began: datetime | None
    weeks: dict[date, int]
    weeks_measured: float
    agencies: list[AgencyTime]

    @property
    def seconds(self) -> int:
        """All of it."""
        return sum(self.weeks.values())

    @property
    def a_week(self) -> timedelta:
        """As much in a usual week, of those that were measured."""
        return timedelta(seconds=self.seconds / self.weeks_measured if self.weeks_measured else 0)

    @property
    def of_others(self) -> int:
        """The seconds of agencies that are not in the list."""
        return self.seconds - sum(one.seconds for one in self.agencies)


def reading(span: Span) -> Reading:
    """How long pitches were open, from the time ledger (Spent). Three queries, or four with agencies."""
    began = _ledger(span).aggregate(first=Min("at"))["first"]
    ledger = _ledger(span).filter(at__gt=span.since)
    monday = Trunc("at", "week", output_field=DateField(), tzinfo=span.page.zone)
    rows = ledger.annotate(monday=monday).values_list("monday").annotate(seconds=Sum("seconds"))
    measured = span.until - max(began, span.since) if began else timedelta()
    return Reading(
        began=began,
        weeks=dict.fromkeys(span.mondays, 0) | dict(rows),
        weeks_measured=max(1.0, measured / A_WEEK) if began else 0,
        agencies=_agencies(span, ledger) if began else [],
    )


def _ledger(span: Span) -> QuerySet[Spent]:
    return Spent.objects.filter(pitch__page=span.page).exclude(pitch__lane=Lane.QUARANTINE)


def _agencies(span: Span, ledger: QuerySet[Spent]) -> list[AgencyTime]:
    """Those that took most time, first. What came of it is asked for these alone."""
    names = {name: F(f"pitch__sender__agency{path}") for name, path in PATHS.items()}
    rows: Any = ledger.values(**names).annotate(seconds=Sum("seconds"))
    top = list(rows.order_by("-seconds", "agency")[:SHOWN])
    came_of = _came_of(span, [row["agency"] for row in top])
    return [_row(row, came_of.get(row["agency"], {})) for row in top]


def _row(row: dict[str, Any], counts: dict[str, int]) -> AgencyTime:
    return AgencyTime(
        name=row["name"] or row["domain"] or "",
        seconds=row["seconds"],
        pitches=counts.get("pitches", 0),
        yes=counts.get("yes", 0),
        off_topic=counts.get("off_topic", 0),
    )


def _came_of(span: Span, agencies: Iterable[int | None]) -> dict[int | None, dict[str, Any]]:
    known = [key for key in agencies if key is not None]
    whose = Q(sender__agency__in=known) | (Q(sender__agency=None) if None in agencies else Q())
    rows = (
        came(span.page, span.since)
        .filter(whose)
        .annotate(agreed=Exists(_said().filter(kind=AnswerKind.YES)))
        .annotate(off=Exists(_said().filter(kind=AnswerKind.NO, reason=Reason.NOT_MY_TOPIC)))
        .values(agency=F("sender__agency"))
        .annotate(pitches=Count("pk"), yes=Count("pk", filter=Q(agreed=True)))
        .annotate(off_topic=Count("pk", filter=Q(off=True)))
    )
    return {row["agency"]: dict(row) for row in rows}


def _said() -> AnswerQuerySet:
    return Answer.objects.filter(pitch=OuterRef("pk"), sent_at__isnull=False)
