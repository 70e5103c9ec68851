"""Answers that leave together: all of one minute, sent now or taken back at one press."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from pitches import helping
from pitches.models import Answer, AnswerKind, Page, Role
from pitches.review.many import undo_some
from portal import clock
from portal.models import User

ALL, SITTING = "all", "sitting"  # every one of them; those that wait for the end of a sitting
MINUTE = timedelta(minutes=1)


def send_together(page: Page, which: datetime | str, *, by: User) -> int:
    """Let go at once what would leave in a minute, or ALL, or SITTING. How many go. Raises NotAllowed.

    What was put aside is no mail and stays.
    """
    now = clock.now()
    with transaction.atomic():
        helping.voice(page, by, Role.ASSISTANT)
        rows = Answer.objects.held().filter(_those(which), pitch__page=page).exclude(kind=AnswerKind.LATER)
        return rows.exclude(goes_out_at__lte=now).update(goes_out_at=now)


def undo_together(page: Page, which: datetime | str, *, by: User) -> int:
    """Take back what would leave in a minute, or ALL, or SITTING. How many wait again. Raises NotAllowed."""
    back, _moved = undo_some(page, _those(which), by=by)
    return back


def _those(which: datetime | str) -> Q:
    if isinstance(which, datetime):
        return Q(goes_out_at__gte=which, goes_out_at__lt=which + MINUTE)
    return Q(goes_out_at=None) if which == SITTING else Q()
