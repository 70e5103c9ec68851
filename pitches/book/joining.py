"""Joining: which mailboxes of a whole list are one person from now on, in three statements for all of them."""

from collections.abc import Iterable, Sequence

from pitches.book.brought import Brought, Change
from pitches.book.merging import MOST, TooMany
from pitches.book.shelf import Shelf, key_of, people
from pitches.models import Agency, Contact, Page, Sender


class Persons:
    """The mailboxes of each person, by any of them: as the page has them, then joined one by one."""

    def __init__(self, shelf: Shelf, keys: Iterable[str]) -> None:
        self._of: dict[str, list[str]] = {}
        for key in keys:
            if key not in self._of and not key.startswith("@"):
                boxes = [one.mailbox for one in shelf.person.get(key, ()) if isinstance(one, Sender)] or [key]
                self._of |= dict.fromkeys(boxes, boxes)

    def of(self, key: str) -> list[str]:
        """All mailboxes of a person; the first tells whose contact leads the others."""
        return self._of.get(key, [])

    def join(self, one: str, other: str) -> bool:
        """The first comes to the second, with all that is theirs. False if that would be too many.

        Who is not in the list, and an agency, is nobody's mailbox: then nothing happens.
        """
        theirs, ours = self._of.get(one), self._of.get(other)
        if theirs is None or ours is None or theirs is ours:
            return True
        if len(theirs) + len(ours) > MOST:
            return False
        ours += theirs
        self._of |= dict.fromkeys(theirs, ours)
        return True


def crowded(page: Page, rows: Sequence[Brought]) -> list[int]:
    """The lines by which one person would have more than MOST mailboxes at this page."""
    if not any(row.same_as for row in rows):
        return []
    keys = {row.key for row in rows}
    persons = Persons(people(page, keys), keys)
    return [row.line for row in rows if row.same_as and not persons.join(row.key, row.same_as)]


def join(page: Page, shelf: Shelf, changes: Iterable[Change]) -> None:
    """Mailboxes that were one person elsewhere are one person here, and on the shelf. Everybody on it is locked, and
    replayed later. Raises TooMany.
    """
    pairs = [(change.key, change.same_as) for change in changes if change.same_as]
    if not pairs:
        return
    persons = Persons(shelf, shelf.who)
    if not all(persons.join(one, other) for one, other in pairs):
        raise TooMany
    boxes = {key_of(one): one for one in shelf.everybody}
    joined = {id(group): group for one, _other in pairs if len(group := persons.of(one)) > 1}
    groups = [[boxes[box] for box in group] for group in joined.values()]
    _keep(page, groups)
    for person in groups:
        for one in person:
            shelf.person[key_of(one)] = person


def _keep(page: Page, groups: Sequence[Sequence[Sender | Agency]]) -> None:
    everybody = [one for group in groups for one in group]
    Contact.objects.bulk_create([Contact(page=page, sender_id=one.pk) for one in everybody], ignore_conflicts=True)
    rows = {row.sender_id: row for row in Contact.objects.filter(page=page, sender__in=[one.pk for one in everybody])}
    led = []
    for group in groups:
        first = rows[group[0].pk]
        root = first.same_as_id or first.pk
        led += [Contact(page=page, sender_id=one.pk, same_as_id=root) for one in group if rows[one.pk].pk != root]
    once = ["page", "sender", "agency"]
    Contact.objects.bulk_create(led, update_conflicts=True, unique_fields=once, update_fields=["same_as"])
