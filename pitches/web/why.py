"""Why somebody stands as they do: each piece of evidence with what it counts, and the sum of it at each door."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches import relationships
from pitches.models import LADDER, Door, Evidence, EvidenceKind, Page, Sender, Standing
from pitches.models.relationship import HANDS
from pitches.relationships import WEIGHTS, WINDOW, Level
from pitches.web import access
from portal import clock
from portal.templatetags.portal import day

AT_ONCE = 30  # pieces of evidence in a list
MINUS = "−"


@dataclass(frozen=True)
class Piece:
    """One piece of evidence, as it is shown."""

    row: Evidence
    words: str
    where: str
    points: str = ""
    state: str = ""


@dataclass(frozen=True)
class Place:
    """A standing at one door, or everywhere, and why."""

    name: str
    standing: Standing
    reason: str
    door: Door | None = None


@dataclass
class Case:
    """All evidence about somebody, read once: their own and that of their agency."""

    page: Page
    rows: list[Evidence]
    said: list[Evidence] = field(init=False)
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        good = [row for row in self.rows if row.vouch is None or row.vouch.revoked_at is None]
        self.said = relationships.spoken(good)

    def level(self, door_id: int | None, *, whole: bool = False) -> Level:
        """What follows from it at a door: for the person, or for everybody at the agency."""
        return relationships.replay([row for row in self.said if bool(row.agency_id) == whole], door_id, self.now)


def of(page: Page, people: Iterable[Sender], agencies: Iterable[Any]) -> Case:
    """The case of one person, or of an agency. One query."""
    return Case(page, access.evidence_of(page, people, agencies))


# ── piece by piece ───────────────────────────────────────────────────────────
def pieces(case: Case) -> list[Piece]:
    """Every piece, the newest first. What the hand said of all mailboxes of one person is shown once."""
    seen: dict[tuple[object, ...], Evidence] = {}
    for row in case.rows:
        seen.setdefault((row.at, row.kind, row.door_id, row.agency_id, row.standing, row.pitch_id, row.vouch_id), row)
    levels = {door: case.level(door) for door in {row.door_id for row in case.rows}}
    counted = {one.pk for level in levels.values() for one in level.counted}
    kept = {row.pk for row in case.said}
    return [_piece(row, case, counted, kept) for row in sorted(seen.values(), key=lambda row: (row.at, row.pk))][::-1]


def _piece(row: Evidence, case: Case, counted: set[int], kept: set[int]) -> Piece:
    where = row.door.name if row.door else _("every door")
    if row.agency:
        where = _("%(where)s, everybody at %(domain)s") % {"where": where, "domain": row.agency.domain}
    words, shown = str(row.get_kind_display()), {"points": "", "state": ""}
    if row.kind in HANDS:
        words = _hand(row, case.page)
        shown["state"] = "" if row.pk in kept else _("taken back")
    elif row.kind in WEIGHTS:
        shown = {"points": _signed(WEIGHTS[EvidenceKind(row.kind)][0]), "state": _no_more(row, case, counted)}
    return Piece(row, words, where, **shown)


def _hand(row: Evidence, page: Page) -> str:
    said = _("Set by hand: %(standing)s") if row.kind == EvidenceKind.BY_HAND else _("Brought along: %(standing)s")
    words = said % {"standing": Standing(row.standing).label}
    if row.until:
        return _("%(words)s, until %(day)s") % {"words": words, "day": day(row.until, page.timezone)}
    return words


def _no_more(row: Evidence, case: Case, counted: set[int]) -> str:
    if row.vouch and row.vouch.revoked_at:
        return _("who spoke for them took it back")
    if row.at <= case.now - WINDOW:
        return _("older than a year, counts no more")
    return "" if row.pk in counted or row.agency_id else _("before what was set by hand, counts no more")


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"{MINUS}{-points}" if points < 0 else "0"


# ── door by door ─────────────────────────────────────────────────────────────
def places(case: Case, sender: Sender, doors: Iterable[Door]) -> list[Place]:
    """How a person stands, as the next pitch would be met, and why: at each door that is another matter, and
    everywhere else. Two queries.
    """
    hung = list(doors)
    now = relationships.standings(case.page, [sender], hung)
    wide = relationships.standing_of(case.page, sender, None)
    own = {row.door_id for row in case.said}
    found = [door for door in hung if door.pk in own or now[sender.pk, door.pk] != wide]
    shown = [Place(_("Everywhere else") if found else _("Everywhere"), wide, _reason(case, sender, None, wide))]
    return [
        *(Place(door.name, now[sender.pk, door.pk], _reason(case, sender, door, now[sender.pk, door.pk]), door)
          for door in found),
        *shown,
    ]  # fmt: skip


def agency_places(case: Case, doors: Iterable[Door]) -> list[Place]:
    """What was said of everybody at an agency: everywhere, and at the doors where it was said."""
    said = {row.door_id for row in case.said}
    shown = []
    for door in [None, *(door for door in doors if door.pk in said)]:
        level = case.level(door.pk if door else None, whole=True)
        standing = _standing(level, case.now)
        shown.append(Place(door.name if door else _("Everywhere"), standing, _own(case, level, standing), door))
    return shown


def _standing(level: Level, now: datetime) -> Standing:
    if level.blocked:
        return Standing.BLOCKED
    return Standing.PAUSED if level.paused_until and level.paused_until > now else level.rung


def _reason(case: Case, sender: Sender, door: Door | None, standing: Standing) -> str:
    """The first of these that made it: the person here, everywhere, then everybody at the agency."""
    steps = [(door, False), (None, False), (door, True), (None, True)]
    for place, whole in steps if door else steps[1::2]:
        level = case.level(place.pk if place else None, whole=whole)
        if _standing(level, case.now) != standing or not _says(level, standing):
            continue
        if whole and sender.agency:
            return _("As everybody at %(domain)s.") % {"domain": sender.agency.domain}
        if door and (place is None or not any(row.door_id == door.pk for row in case.said)):
            return _("As everywhere.")
        return _own(case, level, standing)
    if standing in LADDER:
        return _("No history here yet.")
    return _("Because of another address of theirs.")


def _says(level: Level, standing: Standing) -> bool:
    return standing not in LADDER or level.by_hand or bool(level.counted)


def _own(case: Case, level: Level, standing: Standing) -> str:
    if standing == Standing.BLOCKED:
        return _("Blocked by hand.")
    if standing == Standing.PAUSED:
        return _("On pause until %(day)s.") % {"day": day(level.paused_until, case.page.timezone)}
    if not level.counted:
        return _("Set by hand.") if level.by_hand else _("Nothing was said yet.")
    number = sum(WEIGHTS[EvidenceKind(row.kind)][0] for row in level.counted)
    points = ngettext("%(points)s point", "%(points)s points", abs(number)) % {"points": _counted(number)}
    words = ngettext(
        "%(points)s from %(count)s piece of evidence",
        "%(points)s from %(count)s pieces of evidence",
        len(level.counted),
    )
    since = _(", on top of what was set by hand") if level.by_hand else ""
    return f"{words % {'points': points, 'count': len(level.counted)}}{since}."


def _counted(number: int) -> str:
    return f"{MINUS}{-number}" if number < 0 else str(number)
