"""Keys: the owner opens a door for people they invite, a number of times and until a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from pitches import lifecycle, relationships
from pitches.models import Door, Event, Fact, Key, Message, Page
from portal import clock, domains, tokens
from portal.models import User

USUAL_DAYS, MOST_DAYS = 30, 365
MOST_USES = 100
INVITATIONS = 20  # mails of one page on one local day: nobody's page becomes a way to mail strangers


@dataclass
class NotGiven(Exception):
    """No key: `why` is blocked (this address, by the owner), invited (has one already) or enough (mails for today)."""

    why: str


def give(door: Door, *, by: User, until: date, note: str = "", email: str = "", uses: int = 1) -> Key:
    """Cut a key. With an address it works for that mailbox only, and one mail tells so, if the mailbox takes one today.

    Raises NotGiven.

    It works to the end of `until`, a date in the owner's zone. The note is the owner's and is shown to nobody else.
    """
    page, seed = door.page, tokens.seed()
    mailbox = domains.mailbox(email)
    if mailbox and relationships.blocks(page, mailbox, door):
        raise NotGiven("blocked")
    with transaction.atomic():
        Page.objects.select_for_update(no_key=True).get(pk=page.pk)  # two tabs count one after the other
        if mailbox:
            _check_mails(door, mailbox)
        key = Key.objects.create(
            door=door,
            note=note,
            email=mailbox,
            seed=seed,
            token_hash=tokens.digest(tokens.link_token("key", seed)),
            most_uses=uses,
            expires_at=_midnight(page, until + timedelta(days=1)),
            given_at=clock.now(),
        )
        lifecycle.record(Fact.KEY_GIVEN, page, door=door, by=by, note=str(key.pk))
    return key


def _check_mails(door: Door, mailbox: str) -> None:
    """One key for a mailbox and door while its key is good, and that day; and not more than there are for a day."""
    page = door.page
    today = _midnight(page, page.local_date(clock.now()))
    given = Key.objects.filter(door__page=page, given_at__gte=today).exclude(email="")
    good = Key.objects.good().filter(door=door, email=mailbox)
    if good.exists() or given.filter(door=door, email=mailbox).exists():
        raise NotGiven("invited")
    if given.count() >= INVITATIONS:
        raise NotGiven("enough")


def _midnight(page: Page, day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(), page.zone).astimezone(UTC)


def unmailed(keys: list[Key]) -> set[int]:
    """The numbers of those that were to be mailed and were not, because the mailbox took no mail (mailboxes.py)."""
    given = Event.objects.filter(what=Fact.KEY_GIVEN, door__in={key.door_id for key in keys})
    settled = given.filter(note__in=[str(key.pk) for key in keys if key.email], reacted_at__isnull=False)
    mailed = Message.objects.filter(kind="invitation", key__in=keys).values_list("key", flat=True)
    return {int(number) for number in settled.values_list("note", flat=True)} - set(mailed)


def withdraw(key: Key) -> None:
    """The key opens nothing any more. What came with it stays on the ledge."""
    Key.objects.filter(pk=key.pk, withdrawn_at=None).update(withdrawn_at=clock.now())


def give_back(key: Key) -> None:
    """A key that was withdrawn opens again, as often and as long as it would have."""
    Key.objects.filter(pk=key.pk).update(withdrawn_at=None)


def state_of(key: Key) -> str:
    """good, withdrawn, used (as often as it may be) or expired."""
    if key.withdrawn_at:
        return "withdrawn"
    if key.uses >= key.most_uses:
        return "used"
    return "good" if key.expires_at > clock.now() else "expired"


def cut_for(door: Door, mailbox: str) -> Key | None:
    """A good key that was given to this very mailbox, for somebody who has proven it and lost the link."""
    return Key.objects.good().filter(door=door, email=mailbox).first()


def last_day(key: Key) -> date:
    """The last day on which it works, in the owner's zone."""
    return key.door.page.local_date(key.expires_at - timedelta.resolution)
