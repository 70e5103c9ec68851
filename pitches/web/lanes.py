"""The lists of the inbox: what is in each, in which order, fifty at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pitches.models import Lane, Page, Pitch, PitchState, Standing
from pitches.web import access, cards, folding, keyset

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
        Kind("first_knock", _("First knock"), _waiting(Lane.FIRST_KNOCK), hint=_("no history with you at this door")),
        Kind("held", _("Held aside"), Q(state=PitchState.HELD), hint=_("under the door’s floor, or no budget yet")),
        Kind("quarantine", _("Quarantine"), Q(state=PitchState.QUARANTINE), hint=_("signs of a scam, kept a week")),
        Kind("later", _("Later"), Q(state=PitchState.LATER), order=("back_at", "pk")),
        Kind("asked", _("Waiting for them"), Q(state=PitchState.ASKED), order=("lapses_at", "pk")),
        Kind("answered", _("Answered"), Q(state__in=ANSWERED), order=("-handed_in_at", "-pk")),
        Kind("all", _("Everything"), Q(), order=("-handed_in_at", "-pk")),
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
    return access.counted(page, asked | {WAITS: (Q(state=PitchState.WAITING) & narrow, MOST_OPEN)})


def waiting(page: Page) -> int:
    """How many wait on the ledge, one more than the limit where there are more. One query."""
    return access.counted(page, {WAITS: (Q(state=PitchState.WAITING), MOST_OPEN)})[WAITS]


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


def fetch(page: Page, name: str, count: int, after: str = "", *, narrow: Q = EVERY, folds: bool = True) -> Shelf:
    """The rows of one list, from the start or after a pitch. At most four queries."""
    kind = KINDS[name]
    last = _ranked(page).filter(code=after).first() if after else None
    rows = _ranked(page).filter(kind.within).filter(narrow).for_desk().order_by(*kind.order)
    found, more = shown(rows, kind.order, last, folds=folds)
    return Shelf(kind, count, found, more)


def shown(
    rows: Any, order: tuple[str, ...], last: Pitch | None, *, folds: bool, at_once: int = 0
) -> tuple[list[Pitch], str]:
    """Fifty rows of a list behind `last`, or `at_once`, and after which pitch it goes on. Two or three queries."""
    at_once = at_once or AT_ONCE
    heads = folding.firsts(rows, order) if folds else rows
    if last and None not in [getattr(last, column.removeprefix("-")) for column in order]:
        heads = heads.filter(keyset.beyond(order, partial(getattr, last)))
    found = list(heads[: at_once + 1])
    more = found[at_once - 1].code if len(found) > at_once else ""
    found = found[:at_once]
    under = folding.others(rows, order, found) if folds else {}
    cards.lay_out_all([*found, *(row for several in under.values() for row in several)])
    for row in found:
        cards.wear(row, alike=under.get(row.cluster or 0, []))
    return found, more


def _ranked(page: Page) -> Any:
    rung = Case(When(standing=Standing.INTRODUCED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return access.with_replies(page).annotate(rung=rung, nudged_first=Coalesce("nudged_at", Value(NEVER)))
