"""What became of the pitches, door by door."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, F, FilteredRelation, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from pitches.models import PitchState
from pitches.stats.expecting import ENDED, with_last_word
from pitches.stats.span import Span, came


class Outcome(TextChoices):
    """Where a pitch stands, as its sender was told, in the order in which it is shown."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    WRONG_DOOR = "wrong_door", _("Wrong door")
    LAPSED = "lapsed", _("Unanswered")
    ASKED = "asked", _("Question open")
    LATER = "later", _("Later")
    WAITING = "waiting", _("Waiting")


ANSWERED = (Outcome.YES, Outcome.NO, Outcome.WRONG_DOOR)


@dataclass
class OutcomesOfDoor:
    """The pitches of one door, by what became of them."""

    name: str
    slug: str
    position: int
    counts: Counter[Outcome] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()

    @property
    def answered(self) -> int:
        """How many were answered for good."""
        return sum(self.counts[one] for one in ANSWERED)

    @property
    def ended(self) -> int:
        """Those, and the ones that lapsed."""
        return self.answered + self.counts[Outcome.LAPSED]


def outcomes(span: Span) -> list[OutcomesOfDoor]:
    """Each door at which a pitch was handed in, as the street stands. One query.

    A pitch counts at the door where it is now. What its sender took back counts nowhere. An answer that is still in the
    house has not happened: the pitch waits.
    """
    held = Q(answers__isnull=False, answers__sent_at=None, answers__undone_at=None)
    rows = (
        with_last_word(came(span.page, span.since))
        .annotate(held=FilteredRelation("answers", condition=held))
        .annotate(outcome=_outcome())
        .exclude(outcome="")
        .values("door", "door__name", "door__slug", "door__position", "outcome")
        .annotate(count=Count("pk"))
    )
    doors: dict[int, OutcomesOfDoor] = {}
    for row in rows:
        place = OutcomesOfDoor(row["door__name"], row["door__slug"], row["door__position"])
        doors.setdefault(row["door"], place).counts[Outcome(row["outcome"])] += row["count"]
    return [doors[key] for key in sorted(doors, key=lambda key: (doors[key].position, key))]


def _outcome() -> Case:
    return Case(
        When(Q(state__in=ENDED, last__isnull=False), then=F("last__kind")),
        When(state=PitchState.LAPSED, then=Value(Outcome.LAPSED.value)),
        When(state=PitchState.WITHDRAWN, then=Value("")),
        When(state=PitchState.ASKED, held=None, then=Value(Outcome.ASKED.value)),
        When(state=PitchState.LATER, held=None, then=Value(Outcome.LATER.value)),
        default=Value(Outcome.WAITING.value),
        output_field=CharField(),
    )
