"""Reading: a letter that waits ends as one LetterEnd says. All that follows from it is one transaction with its end."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from pitches.inbound import kinds, returned
from pitches.inbound.parsed import Parsed, parse
from pitches.inbound.uses import HANDLERS
from pitches.models import Letter, LetterEnd, Message, Page, Pitch
from pitches.notify import addresses
from portal import clock, leases
from portal.models import User

log = logging.getLogger(__name__)
TRIES = 4
QUEUES = ("soon", "later")  # answers, and all else
REPLY = Q(to__startswith="reply+")
End = tuple[LetterEnd, str]


def waiting(queue: str) -> QuerySet[Letter]:
    """What is to be read in a queue, the oldest first."""
    letters = Letter.objects.filter(end=LetterEnd.WAITING).order_by("pk")
    return letters.filter(REPLY if queue == QUEUES[0] else ~REPLY)


def read_next(queue: str) -> bool:
    """Read one letter. False if none waits. One is claimed at a time: whoever kills its reader takes no other along."""
    lease, letters = leases.claim(waiting(queue), limit=1)
    for letter in letters:
        try:
            _read(letter, lease)
        except Exception as error:  # noqa: BLE001 (one bad letter must not stop the others)
            _failed(letter, lease, error)
    return bool(letters)


def _read(letter: Letter, lease: UUID) -> None:
    with transaction.atomic():
        mine = Letter.objects.select_for_update().filter(pk=letter.pk, lease=lease, end=LetterEnd.WAITING).first()
        if mine is None:
            return
        end, detail = (LetterEnd.UNREADABLE, "tried too often") if mine.attempts > TRIES else _end(mine)
        mine.end, mine.detail, mine.read_at = end, detail[:200], clock.now()
        mine.lease = mine.lease_until = None
        mine.save(update_fields=["end", "detail", "read_at", "lease", "lease_until", "page", "pitch"])


def _failed(letter: Letter, lease: UUID, error: Exception) -> None:
    """Try again after a while, and then never again: it is kept, and an operator can look at it."""
    log.error("Letter %s cannot be read: %s", letter.pk, error, exc_info=error)
    mine = Letter.objects.filter(pk=letter.pk, lease=lease)
    said = f"{type(error).__name__}: {error}".replace("\0", " ")[:200]
    if letter.attempts >= TRIES:
        mine.update(end=LetterEnd.UNREADABLE, detail=said, read_at=clock.now(), lease=None, lease_until=None)
    else:
        mine.update(detail=said, lease_until=Now() + timedelta(seconds=5 * 3**letter.attempts))


def _end(letter: Letter) -> End:
    parsed = parse(bytes(letter.raw or b""))
    purpose, thing = addresses.read(letter.to)
    letter.page, letter.pitch = _about(thing)
    if isinstance(thing, Message):
        return _came_back(letter, parsed, thing)
    found = kinds.unwanted(letter, parsed, purpose)
    return found or kinds.too_many(parsed, thing) or HANDLERS[purpose](letter, parsed, thing)


def _came_back(letter: Letter, parsed: Parsed, message: Message) -> End:
    """To the envelope sender of a mail come reports, and what answers by itself. Nobody writes there."""
    if report := returned.read(parsed):
        return returned.came_back(message, report)
    return kinds.unwanted(letter, parsed, "return") or (LetterEnd.NOBODY, "no report")


def _about(thing: object) -> tuple[Page | None, Pitch | None]:
    """On whose page, and on which pitch, a letter hangs; it goes with them."""
    if isinstance(thing, (Pitch, Message)):
        return thing.page, thing if isinstance(thing, Pitch) else thing.pitch
    if isinstance(thing, User):
        return Page.objects.filter(owner=thing).first(), None
    return (thing, None) if isinstance(thing, Page) else (None, None)
