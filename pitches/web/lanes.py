"""The lists of the inbox: what is in each, in which order, fifty at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches.models import Lane, Page, Pitch, PitchState, Standing
from pitches.web import access, cards

AT_ONCE = 50
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
    )
}  # fmt: skip
LEDGE = ("trusted", "known", "first_knock")
SHOWN = {"ledge": (*LEDGE, "held", "quarantine")} | {
    name: (name,) for name in ("later", "asked", "answered", "held", "quarantine")
}


def counts(page: Page) -> dict[str, int]:
    """How many pitches are in each list. One query."""
    found = {name: Count("pk", filter=kind.within) for name, kind in KINDS.items()}
    return access.pitches_of(page).aggregate(**found)


def fetch(page: Page, name: str, count: int, after: str = "") -> Shelf:
    """The rows of one list, from the start or after a pitch. At most three queries."""
    kind = KINDS[name]
    rows = _ranked(page).filter(kind.within).for_desk().order_by(*kind.order)
    last = rows.filter(code=after).first() if after else None
    if last:
        rows = rows.filter(_beyond(last, kind.order))
    found = cards.lay_out_all(list(rows[: AT_ONCE + 1]))
    return Shelf(kind, count, found[:AT_ONCE], found[AT_ONCE - 1].code if len(found) > AT_ONCE else "")


def _ranked(page: Page) -> Any:
    rung = Case(When(standing=Standing.INTRODUCED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return access.with_replies(page).annotate(rung=rung, nudged_first=Coalesce("nudged_at", Value(NEVER)))


def _beyond(last: Pitch, order: tuple[str, ...]) -> Q:
    """Rows behind `last`: equal in the first columns of the order, and behind it in the next."""
    beyond, same = Q(), Q()
    for column in order:
        name = column.removeprefix("-")
        value = getattr(last, name)
        beyond |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return beyond
