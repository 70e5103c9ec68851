"""To make a copy: one part at a time, each in one transaction with how far it got. Whoever is killed loses one part."""

import logging
import zlib
from datetime import timedelta
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import translation

from pitches.copies import nouns, readme
from pitches.copies.whose import Whose
from pitches.models import CopyState, DataCopy, DataCopyPart
from pitches.notify import alarms, own_data
from portal import clock, leases

log = logging.getLogger(__name__)
QUEUE, TRIES, LIFE = "later", 5, timedelta(days=7)


def waiting() -> QuerySet[DataCopy]:
    """What is to be made, the oldest first."""
    return DataCopy.objects.filter(state=CopyState.MAKING).order_by("pk")


def make_next() -> bool:
    """Make the next part of a copy. False if none waits."""
    lease, copies = leases.claim(waiting().select_related("user"), limit=1)
    for copy in copies:
        try:
            _step(copy, lease)
        except SoftTimeLimitExceeded:
            raise  # the lease brings it back
        except Exception as error:  # noqa: BLE001 (one bad copy must not stop the others)
            _failed(copy, lease, error)
    return bool(copies)


def _step(copy: DataCopy, lease: UUID) -> None:
    """One part, and where the next begins. A copy that somebody else made meanwhile is left alone."""
    if copy.attempts > TRIES:  # whoever was at it was killed, each time
        message = f"nobody finished {copy.noun or 'the first part'}"
        raise TimeoutError(message)
    with translation.override(copy.user.language):
        noun = nouns.called(copy.noun)
        made = noun.part(Whose(copy.user), copy.cursor) if noun else None
        with transaction.atomic():
            mine = DataCopy.objects.select_for_update().filter(pk=copy.pk, lease=lease, state=CopyState.MAKING).first()
            if mine is None:
                return
            if noun and made:
                _keep(mine, noun.name, made.rows, made.content)
                following = noun.name if made.cursor else nouns.after(noun.name)
                mine.noun, mine.cursor = following, made.cursor
            else:
                _finish(mine)
            mine.lease, mine.lease_until, mine.attempts = None, None, 0
            mine.save()


def _keep(copy: DataCopy, noun: str, rows: int, content: bytes) -> None:
    if rows:
        number, packed = copy.parts.filter(noun=noun).count() + 1, zlib.compress(content)
        DataCopyPart.objects.create(copy=copy, noun=noun, number=number, rows=rows, content=packed)
        copy.size += len(packed)


def _finish(copy: DataCopy) -> None:
    now = clock.now()
    _keep(copy, readme.NAME, 1, readme.words(copy).encode())
    copy.state, copy.ready_at, copy.ends_at, copy.noun = CopyState.READY, now, now + LIFE, ""
    own_data.data_copy(copy)


def _failed(copy: DataCopy, lease: UUID, error: Exception) -> None:
    """Try again after a while; after some tries an operator is told, and the account may ask anew."""
    log.error("Copy %s: %s cannot be made: %s", copy.pk, copy.noun, error, exc_info=error)
    mine = DataCopy.objects.filter(pk=copy.pk, lease=lease, state=CopyState.MAKING)
    said = f"{type(error).__name__}: {error}"[:200]
    if copy.attempts < TRIES:
        mine.update(error=said, lease_until=Now() + timedelta(seconds=5 * 3**copy.attempts))
        return
    with transaction.atomic():
        if mine.update(error=said, state=CopyState.FAILED, lease=None, lease_until=None, size=0):
            copy.parts.all().delete()
            alarms.tell("copy", once=str(copy.pk))
