"""History: the rows of one page that tell what happened, read once. Nothing here decides anything."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from pitches.intake.admission import PLACES_WINDOW
from pitches.models import (
    Answer,
    AnswerKind,
    Door,
    DoorVersion,
    Event,
    Fact,
    Key,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Reason,
    Revision,
    Rule,
)
from pitches.models.pitch import OPEN_STATES

Moment = tuple[datetime, float]  # when, and its place among all that happened at the same time: the event's number
NEWS = (Fact.NUDGED, Fact.CHANGED, Fact.FOLLOWED_UP, Fact.ANSWER_SENT)  # facts that decide something afterwards
OF_THE_PAGE = (Fact.PAGE_CHANGED, Fact.RULES_KEPT, Fact.DOOR_CHANGED, Fact.SAT_DOWN)


class Happened(NamedTuple):
    """An event."""

    pk: int
    pitch: int | None
    door: int | None
    was: str
    what: str
    note: str
    at: datetime
    reacted: datetime | None
    by: int | None

    @property
    def moment(self) -> Moment:
        """When, among all others."""
        return self.at, self.pk


class Said(NamedTuple):
    """An answer of the owner."""

    pitch: int
    session: int | None
    given_at: datetime
    undone_at: datetime | None


class Left(NamedTuple):
    """A pitch as its row is today."""

    pk: int
    code: str
    line: str
    sender: int
    agency: int | None
    mailbox: str
    door: int
    moved_from: int | None
    standing: str
    lane: str
    state: str
    groups: dict[str, Any]
    key: int | None
    handed_in_at: datetime
    promised_for: datetime | None
    told_until: datetime | None
    opened_at: datetime | None


@dataclass
class Sitting:
    """A reading session: its cards, and how many of them the owner came to (None: all)."""

    pk: int
    cards: list[int]
    began_at: datetime
    length: timedelta
    moment: Moment
    reach: int | None = None

    def comes_to(self, place: int) -> bool:
        """Did the owner come as far as to the card at this place?"""
        return self.reach is None or place < self.reach


@dataclass
class History:
    """All that is known of a page between two moments, and of whatever lay there when it began."""

    page: Page
    start: datetime
    end: datetime
    pitches: dict[int, Left]
    events: dict[int, list[Happened]] = field(default_factory=dict)
    answers: dict[int, list[Said]] = field(default_factory=dict)
    paid: dict[int, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    invited: set[int] = field(default_factory=set)
    keys: dict[tuple[int, str], list[tuple[datetime, datetime]]] = field(default_factory=dict)
    sittings: list[Sitting] = field(default_factory=list)
    changes: list[Happened] = field(default_factory=list)
    doors: dict[int, Door] = field(default_factory=dict)
    versions: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


def read(page: Page, start: datetime, end: datetime) -> History:
    """Everything of a page that a rehearsal needs. A dozen queries, however much there is."""
    rows = _rows(page, start, end)
    found = History(page, start, end, _pitches(rows))
    found.doors = {door.pk: door for door in Door.objects.filter(page=page)}
    found.versions = list(
        DoorVersion.objects.filter(door__page=page).order_by("version").values_list("door", "version", "stood")
    )
    found.rules = list(Rule.objects.filter(page=page))
    _read_events(found)
    _read_answers(found)
    _read_ways_in(found, rows)
    _read_sittings(found)
    return found


def _rows(page: Page, start: datetime, end: datetime) -> QuerySet[Pitch]:
    """Whatever was on its way since the start, and what counts for the limits of those who came then."""
    late = Event.objects.filter(pitch=OuterRef("pk"), at__gte=start)
    wanted = Q(handed_in_at__gte=start - PLACES_WINDOW) | Q(Exists(late)) | Q(state__in=OPEN_STATES)
    return Pitch.objects.filter(wanted, page=page, handed_in_at__lte=end)


def _pitches(rows: QuerySet[Pitch]) -> dict[int, Left]:
    names: tuple[str, ...] = (
        "pk",
        "code",
        "line",
        "sender",
        "sender__agency",
        "sender__mailbox",
        "door",
        "moved_from",
        "standing",
    )
    names += ("given_lane", "state", "groups", "key", "handed_in_at", "promised_for", "told_until", "opened_at")
    return {row[0]: Left(*row) for row in rows.order_by("pk").values_list(*names)}


def _read_events(found: History) -> None:
    names = ("pk", "pitch", "door", "was", "what", "note", "at", "reacted_at", "by")
    # By their numbers: asked as a question within the question, PostgreSQL looks at each event of the page twice.
    told = Q(pitch__in=list(found.pitches)) & (Q(what__in=PitchState.values) | Q(what__in=NEWS))
    events = Event.objects.filter(page=found.page, at__lte=found.end).order_by("pk").values_list(*names)
    of_pitches: dict[int, list[Happened]] = defaultdict(list)
    for row in events.filter(told):
        of_pitches[row[1]].append(Happened(*row))
    found.events = of_pitches
    found.changes = [Happened(*row) for row in events.filter(pitch=None, what__in=OF_THE_PAGE)]


def _read_answers(found: History) -> None:
    answers: dict[int, list[Said]] = defaultdict(list)
    given = Answer.objects.filter(pitch__in=list(found.pitches)).order_by("pk")
    for row in given.values_list("pitch", "session", "given_at", "undone_at"):
        answers[row[0]].append(Said(*row))
    found.answers = answers
    paid: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    changed = Revision.objects.filter(pitch__in=list(found.pitches)).order_by("version")
    for pitch, kind, was in changed.values_list("pitch", "kind", "was"):
        before = {name.removeprefix("paid."): value for name, value in was.items() if name.startswith("paid.")}
        paid[pitch].append((kind, before))
    found.paid = paid


def _read_ways_in(found: History, rows: QuerySet[Pitch]) -> None:
    """Who was invited to come again, and whose mailbox had a key of its own to which door."""
    not_now = Answer.objects.filter(
        pitch=OuterRef("again_of"), kind=AnswerKind.NO, reason=Reason.NOT_NOW, sent_at__isnull=False
    )
    found.invited = set(rows.filter(Exists(not_now)).values_list("pk", flat=True))
    keys: dict[tuple[int, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    cut = Key.objects.filter(door__page=found.page).exclude(email="")
    for door, email, given, expires, withdrawn in cut.values_list(
        "door", "email", "given_at", "expires_at", "withdrawn_at"
    ):
        keys[door, email].append((given, min(expires, withdrawn or expires)))
    found.keys = keys


def _read_sittings(found: History) -> None:
    """The sessions. Where no event tells when one began, it comes after all that happened at that moment."""
    begun = {int(event.note): event.moment for event in found.changes if event.what == Fact.SAT_DOWN}
    answered: dict[int, set[int]] = defaultdict(set)
    for said in (said for row in found.answers.values() for said in row):
        if said.session:
            answered[said.session].add(said.pitch)
    sat = ReadingSession.objects.filter(page=found.page, began_at__lte=found.end).order_by("began_at", "pk")
    over = Coalesce("paused_at", "ended_at", "touched_at")
    for pk, cards, began, ended in sat.values_list("pk", "cards", "began_at", over):
        moment = begun.get(pk, (began, float("inf")))
        sitting = Sitting(pk, cards, began, ended - began, moment)
        places = [place for place, card in enumerate(cards) if card in answered[pk]]
        if cards and (not places or places[-1] + 1 < len(cards)):
            sitting.reach = places[-1] + 1 if places else 0
        found.sittings.append(sitting)
