"""Claims: one conditional UPDATE takes rows for a while, and every later write is fenced by the lease.

A worker that dies gives its rows back when the lease ends, by the clock of the database.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

LEASE = timedelta(seconds=30)


class Leased(models.Model):
    """A row that one worker at a time may hold."""

    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


def free() -> Q:
    """Rows that nobody holds, or whose holder is gone."""
    return Q(lease_until=None) | Q(lease_until__lt=Now())


def claim(rows: QuerySet[Any], *, limit: int, **changes: Any) -> tuple[UUID, list[Any]]:
    """Take up to `limit` free rows of this ordered queryset. Two workers never get the same row."""
    lease = uuid4()
    with transaction.atomic():
        picked = rows.filter(free()).select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        taken = rows.model.objects.filter(pk__in=list(picked[:limit]))
        taken.update(lease=lease, lease_until=Now() + LEASE, attempts=models.F("attempts") + 1, **changes)
    return lease, list(taken.filter(lease=lease).order_by("pk"))


def give_back(rows: Sequence[Any], lease: UUID) -> None:
    """What was taken by one claim and not begun is free again, as if it had not been taken."""
    mine = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows], lease=lease)
    mine.update(lease_until=None, attempts=models.F("attempts") - 1)
