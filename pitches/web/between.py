"""Between the owner and somebody: their pitches with what became of them, the share of yes, how long answers took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.models import Payer, PitchState
from pitches.models.pitch import OPEN_STATES, PitchQuerySet
from pitches.web import access, cards
from portal import domains

SHOWN = 50  # pitches in the list
BRANDS = 12
TWO_DAYS = timedelta(days=2)


@dataclass
class AtDoor:
    """What came to one door, and how it ended."""

    name: str
    count: int = 0
    yes: int = 0
    took: list[timedelta] = field(default_factory=list)

    @property
    def answered_in(self) -> str:
        """How long an answer took there: the middle one."""
        return span(self.took)


@dataclass
class History:
    """All of it."""

    pitches: list[Any]
    more: bool
    doors: list[AtDoor]
    states: dict[str, int]
    took: list[timedelta]

    @property
    def count(self) -> int:
        """How many pitches there are."""
        return sum(self.states.values())

    @property
    def words(self) -> str:
        """How they ended, in a sentence."""
        yes, no = self.states.get(PitchState.ACCEPTED, 0), self.states.get(PitchState.DECLINED, 0)
        waits = sum(self.states.get(state, 0) for state in OPEN_STATES)
        said = [ngettext("yes once", "yes %(count)s times", yes) % {"count": yes}] if yes else []
        said += [ngettext("no once", "no %(count)s times", no) % {"count": no}] if no else []
        sentences = [_("Answered %(answers)s.") % {"answers": ", ".join(said)}] if said else []
        sentences += [ngettext("%(count)s is open.", "%(count)s are open.", waits) % {"count": waits}] if waits else []
        return " ".join(sentences)

    @property
    def answered_in(self) -> str:
        """How long an answer took: the middle one."""
        return span(self.took)


def of(pitches: PitchQuerySet) -> History:
    """The history of these pitches. Four queries."""
    rows = list(pitches.for_desk().order_by("-handed_in_at", "-pk")[: SHOWN + 1])
    found: dict[int, AtDoor] = {}
    states: dict[str, int] = {}
    counted = pitches.order_by("door__position").values("door", "door__name", "state", "door__position")
    for row in counted.annotate(count=Count("pk")):
        place = found.setdefault(row["door"], AtDoor(row["door__name"]))
        place.count += row["count"]
        place.yes += row["count"] if row["state"] == PitchState.ACCEPTED else 0
        states[row["state"]] = states.get(row["state"], 0) + row["count"]
    took = access.words_to(pitches)
    for door, length in took:
        found[door].took.append(length)
    answers = {given.pitch_id: cards.told(given) for given in access.told_to(pitches)}
    for one in rows:
        cards.wear(one, outcome=answers.get(one.pk) or one.get_state_display(), waits=one.state in OPEN_STATES)
    return History(rows[:SHOWN], len(rows) > SHOWN, list(found.values()), states, [length for _door, length in took])


def span(took: Iterable[timedelta]) -> str:
    """The middle of some lengths of time, in hours or days; nothing where there is none."""
    lengths = list(took)
    if not lengths:
        return ""
    middle = timedelta(seconds=median(length.total_seconds() for length in lengths))
    if middle < TWO_DAYS:
        hours = max(1, round(middle / timedelta(hours=1)))
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(middle / timedelta(days=1))
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def brands(pitches: PitchQuerySet) -> list[tuple[str, int]]:
    """Whom somebody pitched for, as far as a client paid for it: by the domain of the link, the most frequent first."""
    rows = pitches.filter(payer=Payer.CLIENT).order_by().values_list("link_host").annotate(Count("pk"))
    found: dict[str, int] = {}
    for host, count in rows:
        name = domains.registrable(host) or host
        found[name] = found.get(name, 0) + count
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:BRANDS]
