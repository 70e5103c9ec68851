"""Colleagues: people with proven mailboxes at one registrable domain. There is no table of members, and no invitation.

Whoever has proven a mailbox is the sender of it. Where many strangers have mailboxes, everybody stands alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from django.db.models import Case, Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from pitches.models import (
    Agency,
    Answer,
    AnswerKind,
    Door,
    Key,
    Page,
    Pitch,
    PitchState,
    Reason,
    Relationship,
    Sender,
    Watch,
)
from pitches.models.pitch import PitchQuerySet
from pitches.models.reading import ASK_AGAIN_AFTER
from portal import domains

EARTH = timedelta(hours=12)  # after so long a day has begun everywhere
STILL_GOOD = timedelta(days=90)  # how long "you may try again" stays on top of a list


class Need(IntEnum):
    """What a pitch wants of whoever looks at their list; the smallest comes first."""

    ANSWER = 0
    MOVE = 1
    TRY_AGAIN = 2
    OF_A_COLLEAGUE = 3
    TO_WAIT = 4
    NOTHING = 5


def domains_of(mailboxes: Iterable[str]) -> list[str]:
    """The domains that make colleagues of people: registrable ones that belong to one organisation."""
    found = {domains.registrable(mailbox.rpartition("@")[2]) for mailbox in mailboxes}
    return sorted(name for name in found if name and not domains.shared(name))


def own(mailboxes: Iterable[str]) -> QuerySet[Sender]:
    """The senders that somebody is: one for each mailbox."""
    return Sender.objects.filter(mailbox__in=list(mailboxes)).select_related("agency").order_by("pk")


def sent(mailboxes: list[str], *, by_colleagues: bool) -> PitchQuerySet:
    """What was handed in from these mailboxes, and by their colleagues."""
    people = Q(mailbox__in=mailboxes)
    if by_colleagues:
        people |= Q(agency__in=Agency.objects.filter(domain__in=domains_of(mailboxes)))
    # The people first: so PostgreSQL comes to their pitches by the index of senders.
    return Pitch.objects.filter(sender__in=Sender.objects.filter(people)).exclude(state=PitchState.UNPROVEN)


def by_need(pitches: PitchQuerySet, mailboxes: list[str], now: datetime) -> PitchQuerySet:
    """What needs the people of these mailboxes first, then what waits, then the rest, the newest first.

    With `told`, `need`, and `again_on`: the day that a "not now" named.
    """
    mine, today = Q(sender__mailbox__in=mailboxes), (now - EARTH).date()
    due = Q(told=PitchState.DECLINED, again_on__lte=today, again_on__gt=today - STILL_GOOD)
    tried = Pitch.objects.filter(again_of=OuterRef("pk"), handed_in_at__isnull=False)  # only written, it used nothing
    need = Case(
        When(mine & Q(told=PitchState.ASKED), then=Value(Need.ANSWER.value)),
        When(mine & Q(told=PitchState.WRONG_DOOR, moved_from=None), then=Value(Need.MOVE.value)),
        When(mine & due & ~Exists(tried), then=Value(Need.TRY_AGAIN.value)),
        When(told=PitchState.ASKED, then=Value(Need.OF_A_COLLEAGUE.value)),
        When(told=PitchState.WAITING, then=Value(Need.TO_WAIT.value)),
        default=Value(Need.NOTHING.value),
    )
    rows = pitches.as_told(now).annotate(again_on=_again_on()).annotate(need=need)
    closes = Case(When(told=PitchState.ASKED, then=F("lapses_at")))
    return rows.order_by("need", closes.asc(nulls_last=True), "-handed_in_at", "-pk")


def _again_on() -> Subquery:
    said = Answer.objects.filter(pitch=OuterRef("pk"), kind=AnswerKind.NO, reason=Reason.NOT_NOW)
    usual = TruncDate(F("given_at") + ASK_AGAIN_AFTER)
    day = Coalesce("until", usual, output_field=DateField())
    return Subquery(said.gone().annotate(day=day).values("day")[:1])


def beside(mailboxes: Iterable[str]) -> QuerySet[Sender]:
    """Whoever handed in something from the domain of these mailboxes: with `number` and `last`, the last one first.

    Somebody who is only known because an owner wrote their address down is not among them.
    """
    people = Sender.objects.filter(agency__domain__in=domains_of(mailboxes), pitches__isnull=False)
    counted = people.annotate(number=Count("pitches"), last=Max("pitches__handed_in_at"))
    return counted.order_by("-last", "pk")


def watches(mailboxes: Iterable[str]) -> QuerySet[Watch]:
    """What these mailboxes wait for, or did a moment ago, at doors that can be seen."""
    asked = Watch.objects.filter(mailbox__in=list(mailboxes), confirmed_at__isnull=False, told_at=None)
    seen = asked.filter(door__taken_down_at=None, door__page__in=Page.objects.public())
    return seen.select_related("door__page").order_by("confirmed_at", "pk")


def keys(mailboxes: Iterable[str]) -> QuerySet[Key]:
    """Keys that were cut for these mailboxes and still open something."""
    good = Key.objects.good().filter(email__in=list(mailboxes), door__taken_down_at=None)
    return good.filter(door__page__in=Page.objects.public()).select_related("door__page")


def doors_near(people: list[Sender]) -> list[Door]:
    """The doors of pages that have made up their mind about some of these people, or about their agency."""
    whose = Q(sender__in=[one.pk for one in people]) | Q(agency__in=[one.agency_id for one in people if one.agency_id])
    pages = Page.objects.public().filter(pk__in=Relationship.objects.filter(whose).values("page"))
    return list(Door.objects.hung().filter(page__in=pages).select_related("page").order_by("page__name", "position"))
