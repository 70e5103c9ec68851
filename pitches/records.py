"""A sender's record with the pages they pitched, as they may know it after proof: places, what waits, how it ended.

Nothing of it rests on what an owner noted, nor on anybody else.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet

from pitches import relationships, rules
from pitches.intake.admission import PLACES_WINDOW, taking_places
from pitches.models import Answer, AnswerKind, Door, Page, Pitch, PitchState, Reason, Rule, Sender, Standing
from pitches.models.pitch import PitchQuerySet
from portal import clock


@dataclass(frozen=True)
class Room:
    """How much room there is behind some doors of a page: so many places left of a number; 0 of 0 where it is none.

    `until`: when the next place comes back, or the end of a pause. `every`: it holds at all doors of the page.
    """

    doors: tuple[str, ...]
    every: bool
    look: str  # places, paused, blocked
    number: int = 0
    left: int = 0
    until: datetime | None = None


@dataclass
class Record:
    """One sender with one page. `told`: how many pitches by the state that they were told; `reasons`: of a no."""

    page: Page
    sender: Sender
    told: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    off_topic: int = 0
    waiting: list[str] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    grows: bool = False  # a yes would lift them at some door
    known: bool = False
    more_places: int = 0  # as somebody known has them here, at the most


def pages_of(people: list[Sender]) -> QuerySet[Page]:
    """The pages that these people pitched and that can be seen, the last one first."""
    pitched = Page.objects.public().filter(pitches__sender__in=people)
    return pitched.annotate(last=Max("pitches__handed_in_at")).order_by("-last", "pk")


def of(people: list[Sender], pages: list[Page]) -> list[Record]:
    """Their records with some pages. The number of questions does not depend on how many."""
    by_pk = {one.pk: one for one in people}
    found: dict[tuple[int, int], Record] = {}
    now = clock.now()
    theirs = Pitch.objects.filter(sender__in=people, page__in=pages).exclude(state=PitchState.UNPROVEN)
    counted = theirs.as_told(now).order_by().values_list("page", "sender", F("told")).annotate(Count("pk"))
    places = {page.pk: page for page in pages}
    for page, sender, told, number in counted:
        record = found.setdefault((page, sender), Record(places[page], by_pk[sender]))
        record.told[told] = number
    _add_answers(found, theirs, now)
    for page, sender, door in theirs.waiting_as_told(now).values_list("page", "sender", "door__name").order_by("pk"):
        found[page, sender].waiting.append(door)
    _add_rooms(found, people, theirs, now)
    order = {page.pk: number for number, page in enumerate(pages)}
    return sorted(found.values(), key=lambda record: (order[record.page.pk], record.sender.pk))


def _add_answers(found: dict[tuple[int, int], Record], theirs: PitchQuerySet, now: datetime) -> None:
    """Why not: only what went out."""
    young = Q(reason=Reason.NOT_MY_TOPIC, sent_at__gt=now - relationships.WINDOW)
    sent = Answer.objects.filter(pitch__in=theirs, kind=AnswerKind.NO, sent_at__isnull=False).order_by()
    rows = sent.values_list("pitch__page", "pitch__sender", "reason")
    for page, sender, reason, number, counts in rows.annotate(Count("pk"), young=Count("pk", filter=young)):
        found[page, sender].reasons[reason] += number
        found[page, sender].off_topic += counts


def _add_rooms(
    found: dict[tuple[int, int], Record], people: list[Sender], theirs: PitchQuerySet, now: datetime
) -> None:
    """The places that are left behind each door, as admission.py will count them."""
    taken: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    counted = taking_places(theirs, now).order_by("-handed_in_at")
    for page, sender, at in counted.values_list("page", "sender", "handed_in_at"):
        if at:
            taken[page, sender].append(at)
    hung = Door.objects.hung().filter(page__in={page for page, _sender in found})
    doors = list(hung.order_by("page", "position", "pk"))
    stands = relationships.standings_anywhere(people, doors)
    decided = rules.of_pages({record.page for record in found.values()})
    for key, record in found.items():
        here = {door: stands[record.sender.pk, door.pk] for door in doors if door.page_id == record.page.pk}
        record.rooms = _rooms(record, here, decided[record.page.pk], taken[key])
        record.grows = any(standing in (Standing.STRANGER, Standing.INTRODUCED) for standing in here.values())
        record.known = Standing.KNOWN in here.values()
        as_known = [_terms(record, decided[record.page.pk], door, Standing.KNOWN) for door in here]
        record.more_places = max((terms.places for terms in as_known), default=0)


def _terms(record: Record, decided: list[Rule], door: Door, standing: Standing) -> rules.Terms:
    return rules.nearest(decided, standing, door.pk, record.sender.agency_id)


def _rooms(record: Record, here: dict[Door, Standing], decided: list[Rule], taken: list[datetime]) -> list[Room]:
    """Doors with the same room together, in the owner's order."""
    groups: dict[tuple[str, int, int, datetime | None], list[str]] = defaultdict(list)
    for door, standing in here.items():
        places = _terms(record, decided, door, standing).places
        groups[_room(record, door, standing, places, taken)].append(door.name)
    return [Room(tuple(doors), len(groups) == 1, *group) for group, doors in groups.items()]


def _room(
    record: Record, door: Door, standing: Standing, number: int, taken: list[datetime]
) -> tuple[str, int, int, datetime | None]:
    if standing == Standing.BLOCKED:
        return "blocked", 0, 0, None
    if standing == Standing.PAUSED:
        return "paused", 0, 0, relationships.paused_until(record.page, record.sender, door)
    used = len(taken)
    oldest = taken[number - 1] if 0 < number <= used else taken[-1] if taken else None
    return "places", number, max(0, number - used), oldest + PLACES_WINDOW if oldest else None
