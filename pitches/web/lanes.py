"""The lists of the inbox: what is in each, in which order, and how many there are."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pitches.models import Lane, Page, Pitch, PitchState
from pitches.web import access

AT_ONCE = 50
MOST, MOST_OPEN = 1000, 10_000  # so far is counted: what has ended, and what is open
SECONDS_A_PITCH = 20  # thirty take ten minutes
WAITS = "ledge"  # the lanes of LEDGE together
EVERY = Q()  # a filter that asks for nothing
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
ANSWERED = (PitchState.ACCEPTED, PitchState.DECLINED, PitchState.WRONG_DOOR, PitchState.LAPSED, PitchState.WITHDRAWN)
# Known before introduced, nudged first, then the oldest: the order of a session (PitchQuerySet.in_reading_order).
READING = ("rung", "nudged_first", "handed_in_at", "pk")


@dataclass(frozen=True)
class Kind:
    """One kind of list: its title, what is in it, and by what it is ordered ("-" is newest first)."""

    name: str
    title: str | Promise
    within: Q
    order: tuple[str, ...] = READING
    hint: str | Promise = ""
    mixed: bool = False  # of several states: each row says its own


@dataclass(frozen=True)
class Shelf:
    """A fetched list: how many there are, the rows of this view, and after which pitch it goes on."""

    kind: Kind
    count: int
    rows: list[Pitch]
    more: str = ""

    @property
    def counted(self) -> str:
        """How many there are, in words where counting stopped."""
        return counted(self.kind.name, self.count)

    @property
    def minutes(self) -> int:
        """How long it takes to read all of it; 0 for what is not there to be read."""
        return max(1, round(cost(self.count) / 60)) if self.kind.name in (*LEDGE, "held") else 0


def _waiting(lane: Lane) -> Q:
    return Q(state=PitchState.WAITING, lane=lane)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("trusted", _("People I trust"), _waiting(Lane.TRUSTED), hint=_("read these first")),
        Kind("known", _("People I know"), _waiting(Lane.KNOWN)),
        Kind("first_knock", _("First knock"), _waiting(Lane.FIRST_KNOCK), hint=_("no history at this door")),
        Kind("held", _("Held aside"), Q(state=PitchState.HELD), hint=_("under the door’s floor, or no budget yet")),
        Kind("quarantine", _("Quarantine"), Q(state=PitchState.QUARANTINE), hint=_("signs of a scam, kept a week")),
        Kind("later", _("Later"), Q(state=PitchState.LATER), order=("back_at", "pk")),
        Kind("asked", _("Waiting for them"), Q(state=PitchState.ASKED), order=("lapses_at", "pk")),
        Kind("answered", _("Answered"), Q(state__in=ANSWERED), order=("-handed_in_at", "-pk"), mixed=True),
        Kind("all", _("Everything"), Q(), order=("-handed_in_at", "-pk"), mixed=True),
    )
}  # fmt: skip
LEDGE = ("trusted", "known", "first_knock")
SHOWN = {"ledge": (*LEDGE, "held", "quarantine")} | {
    name: (name,) for name in ("later", "asked", "answered", "held", "quarantine", "all")
}


def counts(page: Page, narrow: Q = EVERY) -> dict[str, int]:
    """How many pitches are in each list, of all or of those that a filter asks for. One query.

    Counting stops one after the limit of a list, which says that there are more.
    """
    asked = {name: (kind.within & narrow, _limit(name)) for name, kind in KINDS.items()}
    asked |= {WAITS: (Q(state=PitchState.WAITING) & narrow, MOST_OPEN)}
    return access.counted(page, asked, key=None if narrow else ("lists", MOST, MOST_OPEN))


def waiting(page: Page) -> int:
    """How many wait on the ledge, one more than the limit where there are more. One query."""
    return access.counted(page, {WAITS: (Q(state=PitchState.WAITING), MOST_OPEN)}, key=("waits", MOST_OPEN))[WAITS]


def cost(count: int) -> int:
    """How many seconds it takes to read so many."""
    return count * SECONDS_A_PITCH


def _limit(name: str) -> int:
    return MOST if name in ("answered", "all") else MOST_OPEN


def counted(name: str, count: int) -> str:
    """The count of a list, or "more than" its limit."""
    return upto(count, _limit(name))


def upto(count: int, most: int) -> str:
    """So many, or "more than" the number at which counting stopped."""
    return gettext("more than %(most)s") % {"most": most} if count > most else str(count)


def rest(count: int, less: int) -> str:
    """How many wait beyond so many, or "more than" that where counting stopped; empty where none does."""
    if count > MOST_OPEN:
        return gettext("more than %(most)s") % {"most": MOST_OPEN - less}
    return str(count - less) if count > less else ""
