"""The rows of the ledger: what somebody is called here, how they stand, what came from them. No name from elsewhere.

Whoever has not pitched at a page is called as its owner calls them, or by the address: what they told others is theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pitches import book
from pitches.models import Agency, Contact, Page, Pitch, Sender
from pitches.web import access, stands
from pitches.web.figures import Figures
from pitches.web.stands import Stand


@dataclass
class Row:
    """One person, or one agency, of the ledger."""

    who: Sender | Agency
    name: str
    company: str = ""
    mailboxes: list[Sender] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    last: datetime | None = None
    language: str = ""
    stands: list[Stand] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    heads: int = 0

    @property
    def tags(self) -> list[str]:
        """The tags of all their mailboxes."""
        return book.tags_of(self.contacts)

    @property
    def mark(self) -> str:
        """The colour of the row."""
        return stands.mark(self.stands)

    @property
    def others(self) -> int:
        """How many mailboxes there are besides the first."""
        return len(self.mailboxes) - 1


def of_people(page: Page, people: Iterable[Sender]) -> list[Row]:
    """The rows of these people, with all their mailboxes. Four queries, however many they are."""
    first = list(people)
    noted = access.book_of(page, first)
    rows = [_person(one, noted) for one in first]
    everybody = [box for row in rows for box in row.mailboxes]
    named = access.named_here(page, everybody)
    counted = access.figures_of(page, everybody)
    levels = list(access.relationships_of(page, everybody))
    for row in rows:
        keys = {box.pk for box in row.mailboxes}
        _call(row, [named[key] for key in keys if key in named])
        row.stands = stands.of_person(row.mailboxes, levels)
        for line in counted:
            if line["sender"] in keys:
                row.figures.add(line)
    return rows


def _person(one: Sender, noted: list[Contact]) -> Row:
    mine = [row for row in noted if row.sender_id == one.pk or (row.same_as and row.same_as.sender_id == one.pk)]
    others = [row.sender for row in mine if row.sender and row.sender_id != one.pk]
    return Row(one, one.email, mailboxes=[one, *others], contacts=mine)


def _call(row: Row, pitched: list[Pitch]) -> None:
    newest = max(pitched, key=lambda pitch: (pitch.handed_in_at, pitch.pk), default=None)
    if newest:
        row.last, row.language = newest.handed_in_at, newest.language
    noted = sorted(row.contacts, key=lambda one: one.same_as_id is not None)
    names = [one.name for one in noted if one.name]
    companies = [one.company for one in noted if one.company]
    row.name = next(iter(names), "") or (newest.name if newest else "") or row.name
    row.company = (newest.company if newest else "") or next(iter(companies), "")


def of_agencies(page: Page, agencies: Iterable[Agency]) -> list[Row]:
    """The rows of these agencies. Five queries, however many they are."""
    found = list(agencies)
    named, heads = access.agencies_named_here(page, found), access.heads_of(page, found)
    noted: dict[int | None, list[Contact]] = {}
    for contact in book.contacts(page, found):
        noted.setdefault(contact.agency_id, []).append(contact)
    levels = list(access.relationships_of_agencies(page, found))
    rows = [_agency(one, named.get(one.pk, ""), noted.get(one.pk, [])) for one in found]
    figures = {one.pk: Figures() for one in found}
    for line in access.figures_of_agencies(page, found):
        figures[line["sender__agency"]].add(line)
    for row in rows:
        row.heads, row.figures = heads.get(row.who.pk, 0), figures[row.who.pk]
        assert isinstance(row.who, Agency)
        row.stands = stands.of_agency(row.who, levels)
    return rows


def _agency(one: Any, named: str, noted: list[Contact]) -> Row:
    called = next((contact.name for contact in noted if contact.name), "")
    last = one.last if one.last != access.NEVER else None
    return Row(one, called or named or one.domain, contacts=noted, last=last)
