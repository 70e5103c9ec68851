"""The replay of many people at once, in a handful of queries: for whoever brings a whole list along."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from pitches.models import Agency, Door, Evidence, Page, Relationship, Sender
from pitches.relationships.evidence import whose
from pitches.relationships.replay import replay
from portal import clock

Who = Sender | Agency
LEVEL = ("rung", "by_hand", "blocked", "paused_until", "fades_at")


def about(page: Page, who: Iterable[Who]) -> dict[tuple[str, int], list[Evidence]]:
    """What a page knows of these mailboxes and agencies, by each of them, in the order of time. Nothing that rests on a
    word that was taken back.
    """
    found: defaultdict[tuple[str, int], list[Evidence]] = defaultdict(list)
    for row in Evidence.objects.filter(_any_of(who), page=page).exclude(vouch__revoked_at__isnull=False):
        found[_name(row)].append(row)
    return found


def lock_many(who: Iterable[Who]) -> None:
    """Whoever else writes about one of them waits until this transaction is over."""
    for kind in (Sender, Agency):
        keys = [one.pk for one in who if isinstance(one, kind)]
        list(kind.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def recompute_many(page: Page, persons: Iterable[Sequence[Who]]) -> None:
    """Replay the evidence of these people, each given by all of their mailboxes, and of agencies, and keep it."""
    groups = list(persons)
    everybody = [one for group in groups for one in group]
    known, doors = about(page, everybody), _doors(page, everybody)
    stored = {(*_name(row), row.door_id): row for row in Relationship.objects.filter(_any_of(everybody), page=page)}
    fresh = []
    for group in groups:
        rows = sorted((row for one in group for row in known[name(one)]), key=lambda row: (row.at, row.pk))
        for door in {door for one in group for door in doors[name(one)]}:
            fields = replay(rows, door, clock.now()).as_fields()
            for one in group:
                row = stored.get((*name(one), door))
                if row is None or any(getattr(row, field) != value for field, value in fields.items()):
                    fresh.append(Relationship(page=page, door_id=door, **whose(one), **fields))
    once = ["page", "sender", "agency", "door"]
    Relationship.objects.bulk_create(fresh, update_conflicts=True, unique_fields=once, update_fields=LEVEL)


def name(one: Who) -> tuple[str, int]:
    """How one of them is called among many."""
    return ("agency" if isinstance(one, Agency) else "sender", one.pk)


def _name(row: Any) -> tuple[str, int]:
    return ("agency", row.agency_id) if row.agency_id else ("sender", row.sender_id)


def _any_of(who: Iterable[Who]) -> Q:
    found = list(who)
    senders = [one.pk for one in found if isinstance(one, Sender)]
    return Q(sender__in=senders) | Q(agency__in=[one.pk for one in found if isinstance(one, Agency)])


def _doors(page: Page, who: Iterable[Who]) -> dict[tuple[str, int], set[int | None]]:
    """Everywhere (None), and the doors at which something is known of each, also by a word that was taken back."""
    found: defaultdict[tuple[str, int], set[int | None]] = defaultdict(set)
    here = Q(door=None) | Q(door__in=Door.objects.filter(page=page))
    for row in Evidence.objects.filter(_any_of(who), here, page=page).only("sender", "agency", "door"):
        found[_name(row)] |= {None, row.door_id}
    return found
