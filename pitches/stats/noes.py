"""Why pitches were declined, and at which door."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from pitches.models import Answer, AnswerKind, Lane, Reason
from pitches.stats.span import Span


@dataclass
class No:
    """One reason: how often it was given, at each door."""

    reason: Reason
    doors: Counter[tuple[str, str]] = field(default_factory=Counter)  # (name, slug)

    @property
    def count(self) -> int:
        """At all doors."""
        return self.doors.total()

    @property
    def mostly(self) -> tuple[str, str] | None:
        """The door (name, slug) at which more than half of them were said; none if there is no such door."""
        door, count = self.doors.most_common(1)[0]
        return door if 2 * count > self.count else None


@dataclass(frozen=True)
class Noes:
    """Every reason that was given, the most frequent first. A line of one's own says something else each time: last."""

    reasons: list[No]

    @property
    def count(self) -> int:
        """How often it was no."""
        return sum(one.count for one in self.reasons)

    @property
    def most(self) -> No | None:
        """The most frequent one."""
        return self.reasons[0] if self.reasons and self.reasons[0].reason != Reason.OWN_LINE else None

    @property
    def tied(self) -> bool:
        """Is another one as frequent?"""
        first, *others = self.reasons
        return any(one.count == first.count and one.reason != Reason.OWN_LINE for one in others)


def noes(span: Span) -> Noes:
    """The reasons of what was handed in within the span and declined since. Only what went out counts. One query."""
    said = Answer.objects.filter(kind=AnswerKind.NO, sent_at__isnull=False)
    own = said.filter(pitch__page=span.page, pitch__handed_in_at__gt=span.since).exclude(pitch__lane=Lane.QUARANTINE)
    rows = own.values_list("reason", "pitch__door__name", "pitch__door__slug").annotate(count=Count("pk"))
    found: dict[str, No] = {}
    for reason, name, slug, count in rows.order_by("pitch__door__position", "pitch__door"):
        found.setdefault(reason, No(Reason(reason))).doors[name, slug] += count
    order = {reason: place for place, reason in enumerate(Reason.values)}
    return Noes(sorted(found.values(), key=lambda one: (one.reason == Reason.OWN_LINE, -one.count, order[one.reason])))
