"""What a page has about many people at once: mailboxes, agencies, evidence, contacts and notes, in eight queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from pitches.book.called import called_at
from pitches.models import Agency, Contact, Evidence, Note, Page, Pitch, Sender
from pitches.relationships import many
from portal import domains


def key_of(who: Sender | Agency) -> str:
    """How somebody is called in a list: the mailbox of a person, "@" and the domain for a whole agency."""
    return f"@{who.domain}" if isinstance(who, Agency) else who.mailbox


def agency_domain(email: str) -> str:
    """The domain by which a person belongs to an agency; empty where many strangers have mailboxes."""
    domain = domains.registrable(email.rpartition("@")[2])
    return "" if domains.shared(domain) else domain


@dataclass
class Shelf:
    """By key: who it is, all mailboxes of that person here, what is known of them, and what the owner noted."""

    who: dict[str, Sender | Agency] = field(default_factory=dict)
    person: dict[str, list[Sender | Agency]] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    met: dict[str, Pitch] = field(default_factory=dict)  # the latest of whoever handed in something here

    def knows(self, key: str) -> bool:
        """Is there anything about them in this page's book? What others know does not count, and does not show."""
        return bool(self.evidence.get(key)) or key in self.contacts or key in self.met

    def name(self, key: str) -> tuple[str, str]:
        """Name and company: the owner's words, else what they wrote themselves, to this page."""
        contact, pitch = self.contacts.get(key), self.met.get(key)
        name, company = (contact.name, contact.company) if contact else ("", "")
        return (name or pitch.name, company or pitch.company) if pitch else (name, company)

    @property
    def everybody(self) -> list[Sender | Agency]:
        """All mailboxes and agencies, each once."""
        found = {many.name(one): one for group in self.person.values() for one in group}
        return list(found.values())


def people(page: Page, keys: Collection[str]) -> Shelf:
    """Who these mailboxes and agencies are, and what the owner noted about them."""
    senders = Sender.objects.filter(mailbox__in=[key for key in keys if not key.startswith("@")])
    agencies = Agency.objects.filter(domain__in=[key[1:] for key in keys if key.startswith("@")])
    everybody: list[Sender | Agency] = [*senders, *agencies]
    shelf = Shelf({key_of(one): one for one in everybody})
    _add_contacts(page, shelf)
    return shelf


def load(page: Page, keys: Collection[str]) -> Shelf:
    """The same, with all that the page knows of them."""
    shelf = people(page, keys)
    known = many.about(page, shelf.everybody)
    for key, group in shelf.person.items():
        rows = [row for one in group for row in known[many.name(one)]]
        shelf.evidence[key] = sorted(rows, key=lambda row: (row.at, row.pk))
    keys_of = {one.pk: key for key, one in shelf.who.items() if isinstance(one, Sender)}
    shelf.met = {keys_of[pk]: pitch for (_page, pk), pitch in called_at([page.pk], keys_of).items()}
    return shelf


def _add_contacts(page: Page, shelf: Shelf) -> None:
    """What the owner noted, and which other mailboxes are the same person."""
    mine = [one.pk for one in shelf.who.values() if isinstance(one, Sender)]
    theirs = [one.pk for one in shelf.who.values() if isinstance(one, Agency)]
    rows = list(Contact.objects.filter(Q(sender__in=mine) | Q(agency__in=theirs), page=page))
    roots = {row.same_as_id or row.pk for row in rows if row.sender_id}
    several = _several(page, roots)
    names = {many.name(one): key for key, one in shelf.who.items()}
    shelf.person = {key: [one] for key, one in shelf.who.items()}
    for row in rows:
        key = names[("sender", row.sender_id) if row.sender_id else ("agency", row.agency_id or 0)]
        shelf.contacts[key] = row
        shelf.person[key] = several.get(row.same_as_id or row.pk, shelf.person[key])
    notes: defaultdict[int, list[Note]] = defaultdict(list)
    for note in Note.objects.filter(contact__in=[row.pk for row in rows]).order_by("pk"):
        notes[note.contact_id].append(note)
    shelf.notes = {key: notes[row.pk] for key, row in shelf.contacts.items() if notes[row.pk]}


def _several(page: Page, roots: Iterable[int]) -> dict[int, list[Sender | Agency]]:
    """All mailboxes of each person who has more than one, by the root of their contacts."""
    others = Contact.objects.filter(page=page, same_as__in=roots).values("same_as")
    both = Contact.objects.filter(Q(pk__in=others) | Q(same_as__in=others), page=page, sender__isnull=False)
    found: defaultdict[int, list[Sender | Agency]] = defaultdict(list)
    for row in both.select_related("sender").order_by("sender"):
        assert row.sender is not None
        found[row.same_as_id or row.pk].append(row.sender)
    return found
