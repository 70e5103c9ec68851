"""Merging: several mailboxes of one person at this page are one person in the book, and may be parted again.

What each mailbox did stays its own: nothing is moved, so that parting them gives exactly what was before.
"""

from collections.abc import Iterable

from django.db import transaction

from pitches import relationships
from pitches.book.contacts import contact
from pitches.models import Contact, Page, Sender

MOST = 20  # mailboxes of one person: each of them is locked and replayed with all others


class TooMany(Exception):
    """One person would have more mailboxes than MOST."""


class NotTogether(Exception):
    """These mailboxes are not one person with anybody else."""


@transaction.atomic
def merge(page: Page, one: Sender, other: Sender) -> list[Sender]:
    """Both are one person from now on, in all their mailboxes. Returns which mailboxes came to the first.

    What each of them did counts for both, and a block or a pause of one holds for all. The trust in an agency stays
    with the agency. Raises TooMany.
    """
    _alone(page)
    ours, theirs = mailboxes(page, one), mailboxes(page, other)
    if other in ours:
        return []
    if len(ours) + len(theirs) > MOST:
        raise TooMany
    _lock([*ours, *theirs])
    root = _root(page, one)
    rows = [contact(page, sender).pk for sender in theirs]
    Contact.objects.filter(pk__in=rows).update(same_as=root)
    relationships.recompute(page, one)
    return theirs


@transaction.atomic
def split(page: Page, leaving: Iterable[Sender]) -> list[Sender]:
    """These mailboxes are another person from now on, together. Returns who stays. Raises NotTogether."""
    _alone(page)
    going = list(leaving)
    together = mailboxes(page, going[0]) if going else []
    staying = [one for one in together if one not in going]
    if not staying or not set(going) <= set(together):
        raise NotTogether
    _lock(together)
    for people in (going, staying):
        root, *others = [contact(page, one) for one in people]
        Contact.objects.filter(pk=root.pk).update(same_as=None)
        Contact.objects.filter(pk__in=[row.pk for row in others]).update(same_as=root)
    for people in (going, staying):
        relationships.recompute(page, people[0])
    return staying


def mailboxes(page: Page, sender: Sender) -> list[Sender]:
    """All mailboxes of a person, the one that stands for them first."""
    found = [one for one in relationships.mailboxes(page, sender) if isinstance(one, Sender)]
    others = Contact.objects.filter(page=page, sender__in=found).exclude(same_as=None)
    led = set(others.values_list("sender", flat=True))
    return sorted(found, key=lambda one: (one.pk in led, one.pk))


def _root(page: Page, sender: Sender) -> Contact:
    row = contact(page, sender)
    return row.same_as or row


def _alone(page: Page) -> None:
    """One merging at a time at a page."""
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)


def _lock(people: list[Sender]) -> None:
    keys = [one.pk for one in people]
    list(Sender.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
