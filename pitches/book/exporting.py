"""Taking the book out: as a table for a spreadsheet, and as a signed file that another installation reads.

Only what this page itself has: its standings, its evidence, the owner's own words. Nothing of what others know or said.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from pitches import lifecycle
from pitches.book.called import called_at
from pitches.models import (
    Agency,
    Contact,
    Door,
    Evidence,
    Fact,
    Note,
    Page,
    Pitch,
    Relationship,
    Sender,
    Standing,
)
from portal import clock
from portal.models import User

TABLE, BOOK = "export.csv", "book.json"


@dataclass
class Entry:
    """Somebody in the book of a page: their levels by door, what they rest on, and the owner's own words."""

    who: Sender | Agency
    contact: Contact | None = None
    levels: list[Relationship] = field(default_factory=list)  # page-wide first
    evidence: list[Evidence] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    pitch: Pitch | None = None  # the latest that they handed in here, with their own words

    @property
    def name(self) -> str:
        """The owner's word for them, else their own."""
        return (self.contact.name if self.contact else "") or (self.pitch.name if self.pitch else "")

    @property
    def company(self) -> str:
        """The same for the company."""
        return (self.contact.company if self.contact else "") or (self.pitch.company if self.pitch else "")

    @property
    def tags(self) -> list[str]:
        """The owner's tags."""
        return list(self.contact.tags) if self.contact else []


@dataclass(frozen=True)
class Stand:
    """How somebody stands at one place now; `rung` is what is left when a block or a pause ends."""

    door: Door | None
    rung: Standing
    by_hand: bool
    blocked: bool
    until: datetime | None

    @property
    def says_something(self) -> bool:
        """Is it more than "never met"?"""
        return self.rung != Standing.STRANGER or self.by_hand or self.blocked or self.until is not None


def entries(page: Page) -> list[Entry]:
    """Everybody in the book, persons by their address and agencies by their domain. Seven queries."""
    found: dict[tuple[int | None, int | None], Entry] = {}
    about = {"page": page}

    def entry(row: Relationship | Evidence | Contact) -> Entry:
        who = row.sender or row.agency
        assert who is not None
        return found.setdefault((row.sender_id, row.agency_id), Entry(who))

    people = ("sender", "agency", "door")
    for level in Relationship.objects.filter(**about).select_related(*people):
        entry(level).levels.append(level)
    for row in Evidence.objects.filter(**about).exclude(vouch__revoked_at__isnull=False).select_related(*people):
        entry(row).evidence.append(row)
    by_contact = {}
    for contact in Contact.objects.filter(**about).select_related("sender", "agency", "same_as__sender"):
        by_contact[contact.pk] = entry(contact)
        by_contact[contact.pk].contact = contact
    for note in Note.objects.filter(contact__page=page).order_by("at", "pk"):
        by_contact[note.contact_id].notes.append(note)
    senders = [sender for sender, _agency in found if sender]
    for (_page, sender), pitch in called_at([page.pk], senders).items():
        found[(sender, None)].pitch = pitch
    return sorted(filter(_is_in, found.values()), key=_place)


def _is_in(one: Entry) -> bool:
    return bool(one.contact or one.evidence or any(stand.says_something for stand in stands(one)))


def _place(one: Entry) -> tuple[bool, str]:
    return isinstance(one.who, Agency), one.who.domain if isinstance(one.who, Agency) else one.who.mailbox


def stands(one: Entry) -> list[Stand]:
    """How somebody stands, everywhere first, then at the doors that are there."""
    now = clock.now()
    rows = [row for row in one.levels if row.door is None or row.door.taken_down_at is None]
    ordered = sorted(rows, key=lambda row: (row.door is not None, row.door.position if row.door else 0, row.pk))
    return [_stand(row, now) for row in ordered]


def _stand(row: Relationship, now: datetime) -> Stand:
    until = row.paused_until if row.paused_until and row.paused_until > now and not row.blocked else None
    return Stand(row.door, Standing(row.rung), row.by_hand, row.blocked, until)


# ── the table ────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Line:
    """A line of the table: somebody at one place. What is not about the place stands in their first line only."""

    email: str
    name: str = ""
    company: str = ""
    standing: str = ""
    until: datetime | None = None
    door: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


def lines(page: Page) -> Iterator[Line]:
    """The table, line by line."""
    for one in entries(page):
        email = f"@{one.who.domain}" if isinstance(one.who, Agency) else one.who.email
        places = list(_places(stands(one))) or [("", None, "")]
        note = "\n\n".join(note.text for note in one.notes)
        for number, (standing, until, door) in enumerate(places):
            if number:
                yield Line(email, standing=standing, until=until, door=door)
            else:
                yield Line(email, one.name, one.company, standing, until, door, tuple(one.tags), note)


def _places(found: Iterable[Stand]) -> Iterator[tuple[str, datetime | None, str]]:
    """Standing, end of a pause, and door. A door where they stand as everywhere is not named."""
    everywhere: Stand | None = None
    for stand in found:
        if stand.door is None:
            everywhere = stand
        if not stand.says_something or (stand.door and everywhere and _follows(stand, everywhere)):
            continue
        word = Standing.BLOCKED if stand.blocked else Standing.PAUSED if stand.until else stand.rung
        yield word, stand.until, stand.door.slug if stand.door else ""


def _follows(stand: Stand, everywhere: Stand) -> bool:
    """Does this place follow from what the owner's hand set for all of them?"""
    return everywhere.by_hand and stand.rung == everywhere.rung and not (stand.blocked or stand.until)


# ── the book ─────────────────────────────────────────────────────────────────
def book(page: Page) -> dict[str, Any]:
    """All of it, to be signed."""
    found = entries(page)
    return {
        "made_at": iso(clock.now()),
        "page": {"handle": page.handle, "name": page.name},
        "doors": [{"slug": door.slug, "name": door.name} for door in page.doors.hung()],
        "people": [_person(one) for one in found if isinstance(one.who, Sender)],
        "agencies": [_agency(one) for one in found if isinstance(one.who, Agency)],
    }


def _person(one: Entry) -> dict[str, Any]:
    assert isinstance(one.who, Sender)
    first = one.contact.same_as if one.contact else None
    same = first.sender.email if first and first.sender else ""
    return {"email": one.who.email, "same_as": same} | _said(one)


def _agency(one: Entry) -> dict[str, Any]:
    assert isinstance(one.who, Agency)
    return {"domain": one.who.domain} | _said(one)


def _said(one: Entry) -> dict[str, Any]:
    return {
        "name": one.name,
        "company": one.company,
        "tags": one.tags,
        "notes": [{"at": iso(note.at), "text": note.text} for note in one.notes],
        "standings": [
            {
                "door": stand.door.slug if stand.door else "",
                "rung": str(stand.rung),
                "by_hand": stand.by_hand,
                "blocked": stand.blocked,
                "until": iso(stand.until),
            }
            for stand in stands(one)
            if stand.says_something
        ],
        "evidence": [
            {
                "kind": row.kind,
                "standing": row.standing,
                "door": row.door.slug if row.door else "",
                "at": iso(row.at),
                "until": iso(row.until),
                "note": row.note,
            }
            for row in one.evidence
        ],
    }


def iso(moment: datetime | None) -> str | None:
    """A moment as "2026-03-29T08:00:00Z"; without one, nothing."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


# ── that it was taken ────────────────────────────────────────────────────────
@transaction.atomic
def note_taken(page: Page, what: str, *, by: User, people: int) -> None:
    """Write down that the book went out, as a table or signed; a notice to the account follows from it."""
    words = json.dumps({"what": what, "people": people})
    lifecycle.record(Fact.BOOK_TAKEN, page, by=by, note=words)
