"""Reading: a letter that waits ends as one LetterEnd says. All that follows from it is one transaction with its end."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from pitches.inbound import kinds, returned, taking
from pitches.inbound.addressed import Later
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


def waits_since() -> datetime | None:
    """Since when the oldest letter that may be read waits for somebody to do so."""
    free = Letter.objects.filter(leases.free(), end=LetterEnd.WAITING)
    return free.aggregate(since=Min(Coalesce("lease_until", "came_at")))["since"]


def read_next(queue: str) -> bool:
    """Read one letter. False if none waits. One is claimed at a time: whoever kills its reader takes no other along."""
    lease, letters = leases.claim(waiting(queue), limit=1)
    for letter in letters:
        try:
            _read(letter, lease)
        except SoftTimeLimitExceeded:
            raise  # the lease brings it back
        except Later as later:
            _wait(letter, lease, later.until)
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
        mine.to, mine.lease, mine.lease_until = taking.without_token(mine.to), None, None
        mine.save(update_fields=["end", "detail", "read_at", "to", "lease", "lease_until", "page", "pitch"])


def _wait(letter: Letter, lease: UUID, until: datetime) -> None:
    """Read it again from then on, as if it had not been read."""
    left = Now() + (until - clock.now())
    Letter.objects.filter(pk=letter.pk, lease=lease).update(lease=None, lease_until=left, attempts=F("attempts") - 1)


def _failed(letter: Letter, lease: UUID, error: Exception) -> None:
    """Try again after a while, and then never again: it is kept, and an operator can look at it."""
    log.error("Letter %s cannot be read: %s", letter.pk, error, exc_info=error)
    mine = Letter.objects.filter(pk=letter.pk, lease=lease)
    said = f"{type(error).__name__}: {error}".replace("\0", " ")[:200]
    if letter.attempts >= TRIES:
        over = {"end": LetterEnd.UNREADABLE, "read_at": clock.now(), "lease": None, "lease_until": None}
        mine.update(detail=said, to=taking.without_token(letter.to), **over)
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
