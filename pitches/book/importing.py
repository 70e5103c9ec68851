"""Bringing people along from a list: look first what it would change, then write all of it, or nothing.

Whoever is brought along is a name in one owner's book. No mail goes there, and a standing says nothing before the
mailbox is proven.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from pitches.book import joining
from pitches.book.brought import Brought, Change, change_of
from pitches.book.merging import TooMany
from pitches.book.shelf import Shelf, agency_domain, load, people
from pitches.models import Agency, Contact, Evidence, Note, Page, Sender
from pitches.relationships import many
from portal import clock, domains
from portal.models import User


class LookAgain(Exception):
    """Something else was written meanwhile; `plan` is what would change now."""

    def __init__(self, plan: "Plan") -> None:
        self.plan = plan


@dataclass(frozen=True)
class Plan:
    """What would be written: one change for whoever is new or different; and how many stay as they are."""

    changes: list[Change]
    same: int

    @property
    def new(self) -> int:
        """How many come into the book."""
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        """How many are in the book already."""
        return len(self.changes) - self.new

    @property
    def digest(self) -> str:
        """The same for the same changes: whoever agrees has seen these and no others."""
        said = [
            (one.key, one.is_new, one.moves, one.name, one.company, one.tags, one.notes, one.same_as)
            for one in self.changes
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def plan(page: Page, rows: Sequence[Brought]) -> Plan:
    """What these lines would change at this page. Writes nothing."""
    return _planned(page, rows, load(page, {row.key for row in rows}))


def _planned(page: Page, rows: Sequence[Brought], shelf: Shelf) -> Plan:
    by_key: defaultdict[str, list[Brought]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    now = clock.now()
    changes = [change_of(page, shelf, key, mine, now) for key, mine in by_key.items()]
    found = [change for change in changes if change.is_there]
    return Plan(found, len(changes) - len(found))


@transaction.atomic
def write(page: Page, rows: Sequence[Brought], *, by: User, seen: str) -> Plan:
    """Write what was agreed to: `seen` is the digest of the plan that was shown. Raises LookAgain."""
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)  # nobody merges meanwhile
    keys = {row.key for row in rows}
    _make(rows)
    many.lock_many(people(page, keys).everybody)
    shelf = load(page, keys)
    agreed = _planned(page, rows, shelf)
    if agreed.digest != seen:
        raise LookAgain(agreed)
    _write_evidence(shelf, agreed.changes, by)
    _write_contacts(page, shelf, agreed.changes, by)
    try:
        joining.join(page, shelf, agreed.changes)
    except TooMany as error:
        raise LookAgain(agreed) from error
    touched = [shelf.person[change.key] for change in agreed.changes if change.evidence or change.same_as]
    many.recompute_many(page, {id(person): person for person in touched}.values())
    return agreed


def _make(rows: Iterable[Brought]) -> None:
    """A row for everybody who has none. Of the owner's words nothing stands in it, for others meet it, too."""
    emails = {row.key: row.email for row in rows if row.email}
    homes = {key: agency_domain(email) for key, email in emails.items()}
    named = {row.key[1:] for row in rows if not row.email}
    wanted = sorted({home for home in homes.values() if home} | named)
    Agency.objects.bulk_create([Agency(domain=domain) for domain in wanted], ignore_conflicts=True)
    agencies = {agency.domain: agency for agency in Agency.objects.filter(domain__in=wanted)}
    fresh = [
        Sender(email=email, mailbox=key, canonical=domains.canonical(email), agency=agencies.get(homes[key]))
        for key, email in sorted(emails.items())
    ]
    Sender.objects.bulk_create(fresh, ignore_conflicts=True)


def _write_evidence(shelf: Shelf, changes: Iterable[Change], by: User) -> None:
    found = []
    for change in changes:
        who = shelf.who[change.key]
        for row in change.evidence:
            row.sender, row.agency = (None, who) if isinstance(who, Agency) else (who, None)
            row.by = by
            found.append(row)
    Evidence.objects.bulk_create(found)


def _write_contacts(page: Page, shelf: Shelf, changes: Iterable[Change], by: User) -> None:
    rows, notes = [], []
    for change in changes:
        if not (change.is_new or change.in_contact or change.notes):
            continue
        who = shelf.who[change.key]
        sender, agency = (None, who) if isinstance(who, Agency) else (who, None)
        row = shelf.contacts.get(change.key) or Contact(page=page, sender=sender, agency=agency)
        row.name, row.company = change.name or row.name, change.company or row.company
        row.tags = [*row.tags, *change.tags]
        row.pk = None  # told by whom it is about: new rows and old ones go in one statement
        rows.append(row)
        notes += [Note(contact=row, text=text, by=by, at=clock.now()) for text in change.notes]
    once, words = ["page", "sender", "agency"], ["name", "company", "tags"]
    Contact.objects.bulk_create(rows, update_conflicts=True, unique_fields=once, update_fields=words)
    for note in notes:
        note.contact_id = note.contact.pk
    Note.objects.bulk_create(notes)
