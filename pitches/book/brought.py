"""What is brought along about somebody, and what of it is new to a page. Asks no database but through the shelf."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pitches import relationships
from pitches.book.shelf import Shelf
from pitches.book.tags import MOST
from pitches.models import Door, Evidence, EvidenceKind, Page, Sender, Standing
from pitches.relationships import Level


@dataclass(frozen=True)
class Said:
    """A standing that is brought along: a rung of the ladder, a block or a pause, or a rung under either of them."""

    rung: Standing | None = None
    blocked: bool = False
    until: datetime | None = None  # the end of a pause

    @property
    def words(self) -> list[tuple[Standing, datetime | None]]:
        """What the owner's hand would have to say for it, in this order."""
        found: list[tuple[Standing, datetime | None]] = [(self.rung, None)] if self.rung else []
        if self.blocked:
            return [*found, (Standing.BLOCKED, None)]
        return [*found, (Standing.PAUSED, self.until)] if self.until else found

    def holds(self, level: Level, now: datetime) -> bool:
        """Is it so already?"""
        rung = self.rung in (None, level.rung) and (self.rung != Standing.STRANGER or level.by_hand)
        return rung and level.blocked == self.blocked and (self.blocked or running(level, now) == self.until)


@dataclass(frozen=True)
class Brought:
    """One line of what is brought along: about a mailbox, or about everybody at a domain."""

    key: str  # the mailbox, or "@" and the domain
    line: int
    email: str = ""  # as it was written; empty for a whole agency
    name: str = ""
    company: str = ""
    said: Said | None = None
    door: Door | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    same_as: str = ""  # another mailbox of the same person


@dataclass(frozen=True)
class Move:
    """How somebody stands at a place, before and after."""

    door: Door | None
    was: Standing
    now: Standing
    until: datetime | None


@dataclass
class Change:
    """What would be written about one person or agency."""

    key: str
    email: str
    is_new: bool
    moves: list[Move] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)  # of nobody yet
    name: str = ""  # only what differs
    company: str = ""
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    same_as: str = ""

    @property
    def is_there(self) -> bool:
        """Would anything be written?"""
        return bool(self.is_new or self.evidence or self.notes or self.in_contact or self.same_as)

    @property
    def in_contact(self) -> bool:
        """Would the owner's own words for them change?"""
        return bool(self.name or self.company or self.tags)


def running(level: Level, now: datetime) -> datetime | None:
    """The end of a pause that holds now."""
    return level.paused_until if level.paused_until and level.paused_until > now else None


def stands(level: Level, now: datetime) -> Standing:
    """A level in one word."""
    if level.blocked:
        return Standing.BLOCKED
    return Standing.PAUSED if running(level, now) else Standing(level.rung)


def change_of(page: Page, shelf: Shelf, key: str, rows: Sequence[Brought], now: datetime) -> Change:
    """What would be written about one of them. What holds already is not said again."""
    change = Change(key, next((row.email for row in rows), ""), is_new=not shelf.knows(key))
    who, known = shelf.who.get(key), list(shelf.evidence.get(key, ()))
    about = {"page": page, "sender": who if isinstance(who, Sender) else None, "kind": EvidenceKind.IMPORTED, "at": now}
    for row in sorted(rows, key=lambda row: row.door is not None):  # what holds everywhere also reaches the doors
        place = row.door.pk if row.door else None
        before = relationships.replay(known, place, now)
        if row.said is None or not row.said.words or row.said.holds(before, now):
            continue
        words = [Evidence(door=row.door, standing=rung, until=until, **about) for rung, until in row.said.words]
        known += words
        change.evidence += words
        after = relationships.replay(known, place, now)
        change.moves.append(Move(row.door, stands(before, now), stands(after, now), running(after, now)))
    _describe(shelf, change, rows)
    return change


def _describe(shelf: Shelf, change: Change, rows: Iterable[Brought]) -> None:
    """The owner's words for them. What a file leaves empty stays; tags and notes come on top."""
    name, company = shelf.name(change.key)
    contact = shelf.contacts.get(change.key)
    has = list(contact.tags) if contact else []
    written = {part for note in shelf.notes.get(change.key, ()) for part in paragraphs(note.text)}
    for row in rows:
        change.name = row.name if row.name and row.name != name else change.name
        change.company = row.company if row.company and row.company != company else change.company
        change.tags += [tag for tag in row.tags if tag not in has and tag not in change.tags]
        change.notes += [text for text in row.notes if not set(paragraphs(text)) <= written]
        written |= {part for text in row.notes for part in paragraphs(text)}
        group = [one.mailbox for one in shelf.person.get(row.key, ()) if isinstance(one, Sender)]
        if row.same_as and row.same_as != row.key and row.same_as not in group:
            change.same_as = row.same_as
    change.tags = change.tags[: max(0, MOST - len(has))]


def paragraphs(text: str) -> list[str]:
    """A note in its paragraphs: several notes are one cell of a table."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
