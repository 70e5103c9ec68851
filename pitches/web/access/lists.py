"""Lists of a page, for its owner."""

from collections.abc import Hashable, Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from pitches import opening
from pitches.models import (
    Agency,
    Answer,
    AnswerKind,
    Door,
    DoorVersion,
    Event,
    Fact,
    Handoff,
    Key,
    Message,
    Page,
    Pitch,
    PitchState,
    Relationship,
    ReplyLink,
    Sender,
)
from pitches.models.pitch import ON_THE_LEDGE, PitchQuerySet
from pitches.models.reading import AnswerQuerySet
from pitches.notify.tallies import ANSWERS, NOT_DELIVERED
from pitches.web.access import worded
from portal import clock

NOT_TO_SENDERS = (
    "tell_now",
    "digest",
    "book_exported",
    "assistant_joined",
    "assist_invite",
    "handoff",
    "supplied",
)  # kinds of mails to the owner, and to those who help
WAITING = 1000  # behind a door, so far they are counted
KEYS_OVER = 50  # keys that work no longer, in a list


def pitches_of(page: Page) -> PitchQuerySet:
    """All that was handed in at the page."""
    return Pitch.objects.filter(page=page).exclude(state=PitchState.UNPROVEN)


def counted(page: Page, lists: Mapping[str, tuple[Q, int]], *, key: Hashable | None = None) -> dict[str, int]:
    """How many pitches of the page each of these asks for, one more than its limit where there are more. One query.

    Each stops counting there, so that nothing grows with what was long answered. `key`: see worded.row_of().
    """
    return dict(zip(lists, worded.row_of(page, key, partial(_counting, lists)), strict=True))


def _counting(lists: Mapping[str, tuple[Q, int]], page: Page) -> QuerySet[Any, Any]:
    some = [pitches_of(page).filter(asks).order_by().values("state")[: most + 1] for asks, most in lists.values()]
    sizes = [Func(ArraySubquery(rows), function="CARDINALITY", output_field=IntegerField()) for rows in some]
    return Page.objects.filter(pk=page.pk).values_list(*sizes)


def with_replies(page: Page) -> PitchQuerySet:
    """The same, with `replied`: did the sender answer a question?"""
    return replied(pitches_of(page))


def replied(pitches: PitchQuerySet) -> PitchQuerySet:
    """These, with `replied`."""
    return pitches.annotate(replied=Exists(Event.objects.filter(pitch=OuterRef("pk"), what=Fact.REPLIED)))


def reply_links(page: Page) -> QuerySet[ReplyLink]:
    """The links that were made to answer messages, the newest first."""
    return ReplyLink.objects.filter(door__page=page).select_related("door")


def relationships_of(page: Page, people: Iterable[Sender]) -> QuerySet[Relationship]:
    """What a page thinks of these people of one agency, and of all of it, at every door; a plus-tag is nobody else."""
    found = list(people)
    own = Q(sender__canonical__in=[one.canonical for one in found])
    rows = Relationship.objects.filter(own | Q(agency__in={one.agency_id for one in found if one.agency_id}), page=page)
    return rows.select_related("door", "sender", "agency")


def relationships_of_agencies(page: Page, agencies: Iterable[Agency]) -> QuerySet[Relationship]:
    """What a page thinks of all of some agencies, at every door."""
    rows = Relationship.objects.filter(agency__in=[one.pk for one in agencies], page=page)
    return rows.select_related("door", "agency")


def before(pitch: Pitch) -> PitchQuerySet:
    """What the same sender handed in at the page before this one."""
    return Pitch.objects.filter(**_before(pitch))


def told_to(pitches: PitchQuerySet) -> AnswerQuerySet:
    """The answers to these pitches that went out, the oldest first."""
    return _told().filter(pitch__in=pitches).select_related("pitch", "door").order_by("given_at", "pk")


def told_before(pitch: Pitch) -> AnswerQuerySet:
    """The answers that went out to what the same sender handed in at the page before this one."""
    return _told().filter(**_before(pitch, "pitch__"))


def _before(pitch: Pitch, of: str = "") -> dict[str, Any]:
    last = pitch.handed_in_at
    return {f"{of}page": pitch.page_id, f"{of}sender": pitch.sender_id, f"{of}handed_in_at__lt": last}


def _told() -> AnswerQuerySet:
    return Answer.objects.filter(sent_at__isnull=False).exclude(kind=AnswerKind.LATER)


def held_answers(page: Page) -> AnswerQuerySet:
    """The answers of a page that are still in the house."""
    return Answer.objects.held().filter(pitch__page=page)


def given(page: Page) -> AnswerQuerySet:
    """The answers of a page that hold: in the house, or gone out."""
    return Answer.objects.filter(pitch__page=page, undone_at=None)


def keys_of(door: Door) -> list[Key]:
    """The keys to a door, the newest first: all that work, and the last of those that do not."""
    good = list(door.keys.good())
    over = door.keys.exclude(pk__in=[key.pk for key in good])[:KEYS_OVER]
    found = sorted([*good, *over], key=lambda key: -key.pk)
    for key in found:
        key.door = door
    return found


def with_keys(keys: Iterable[Key]) -> PitchQuerySet:
    """The pitches that these keys let in, the oldest first."""
    return Pitch.objects.filter(key__in=list(keys)).exclude(state=PitchState.UNPROVEN).order_by("handed_in_at", "pk")


def failed_mails(page: Page, *, own: bool) -> QuerySet[Message]:
    """Mails of a page that did not arrive, or may not have. Not a word of addresses that the owner was never given.

    Who helps (not `own`) sees only those to the senders of pitches: neither the owner's own mails, nor those to others.
    """
    mails = Message.objects.filter(page=page, state__in=NOT_DELIVERED)
    mails = mails.exclude(kind__in=("code", "watch_confirm", "door_open", "draft"))
    if not own:
        mails = mails.filter(pitch__isnull=False, assistant=None, key=None).exclude(kind__in=NOT_TO_SENDERS)
    return mails.select_related("pitch", "key__door", "assistant").order_by("-pk")


def was_undelivered(pitch: Pitch) -> bool:
    """Did the last answer to a pitch not arrive, as far as is known? One query."""
    sent = Message.objects.filter(pitch=pitch, kind__in=ANSWERS).order_by("-pk").values_list("state", flat=True)
    return sent.first() in NOT_DELIVERED


def counted_doors(page: Page) -> list[Door]:
    """Every door of a page, down ones too, with `waits`: what is on its ledge, and `taken`: places of this week.

    `waits` is one more than WAITING where there are more.
    """
    monday, _sunday = opening.week_of(page, clock.now())
    came = opening.places_taken(monday).filter(door=OuterRef("pk")).order_by()
    behind = Pitch.objects.filter(door=OuterRef("pk"), page=page, state__in=ON_THE_LEDGE).order_by().values("pk")
    doors = page.doors.order_by("position", "pk").annotate(
        waits=Func(ArraySubquery(behind[: WAITING + 1]), function="CARDINALITY", output_field=IntegerField()),
        taken=Coalesce(Subquery(came.values("door").annotate(count=Count("pk")).values("count")), 0),
    )
    for door in doors:
        door.page = page
    return list(doors)


def versions_of(door: Door, most: int) -> list[DoorVersion]:
    """The latest versions of a door, the newest first, with who made them."""
    return list(door.versions.select_related("by").order_by("-version")[:most])


def open_handoffs(page: Page) -> QuerySet[Handoff]:
    """What the owner said yes to, and still says, whose next step is open."""
    rows = Handoff.objects.filter(pitch__page=page, pitch__state=PitchState.ACCEPTED, done_at=None)
    return rows.select_related("pitch__door", "pitch__sender")
