"""Answers that leave together, of one minute or of one press: sent now or taken back at one press."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from pitches import helping, lifecycle
from pitches.models import Answer, AnswerKind, Fact, Page, Pitch, Role
from pitches.models.reading import AnswerQuerySet
from pitches.review import many
from portal import clock
from portal.models import User

ALL, SITTING = "all", "sitting"  # every one of them; those that wait for the end of a sitting
MINUTE = timedelta(minutes=1)


def send_now(given: Answer, *, by: User) -> bool:
    """Let one held answer go at once; its pitch keeps who pressed. True if it was still here. Raises NotAllowed."""
    page, rows = given.pitch.page, Answer.objects.filter(pk=given.pk)
    with transaction.atomic():
        helping.voice(page, by, Role.ASSISTANT)
        _send(page, rows, by=by)
        return rows.held().exists()


def send_together(page: Page, which: datetime | UUID | str, *, by: User) -> int:
    """Let go at once what would leave in a minute, what was given at one press, ALL, or SITTING. How many go.

    What was put off is no mail and stays. Each pitch keeps who pressed. At most TURNS times AT_MOST. Raises NotAllowed.
    """
    those, sent = _those(page, which), 0
    for _turn in range(many.TURNS):
        with helping.turn(sent):
            helping.voice(page, by, Role.ASSISTANT)
            some = _send(page, Answer.objects.filter(those), by=by)
        if not some:
            break
        sent += some
    return sent


def _send(page: Page, some: AnswerQuerySet, *, by: User) -> int:
    """Bring the moment of AT_MOST answers of one page forward, and write down who did, for each that had not come."""
    now = clock.now()
    rows = some.held().filter(pitch__page=page).exclude(kind=AnswerKind.LATER).exclude(goes_out_at__lte=now)
    rows = rows.order_by("pitch_id").select_for_update(of=("self",), no_key=True)
    held = dict(rows.values_list("pk", "pitch")[: many.AT_MOST])
    if not held:
        return 0
    Answer.objects.filter(pk__in=held).update(goes_out_at=now)
    pitches = Pitch.objects.filter(pk__in=held.values()).only("state", "standing").order_by("pk")
    return len(lifecycle.record_for(Fact.SENT_NOW, page, pitches, by=by))


def undo_together(page: Page, which: datetime | UUID | str, *, by: User) -> int:
    """Take back the same. How many wait again. Raises NotAllowed."""
    back, _moved = many.undo_some(page, _those(page, which), by=by)
    return back


def of_one_press(held: AnswerQuerySet) -> QuerySet[Answer, Any]:
    """The names of the presses, of more than one answer, to which some of these belong; what left counts too."""
    named = held.filter(batch__isnull=False).order_by().values("batch")
    several = Answer.objects.filter(batch__in=named).order_by().values("batch").annotate(given=Count("pk"))
    return several.filter(given__gt=1).values("batch")


def _those(page: Page, which: datetime | UUID | str) -> Q:
    """The answers of a group, as it is listed; what stays of one press is a group, whenever it leaves."""
    if isinstance(which, UUID):
        return Q(batch=which)
    if isinstance(which, datetime):
        minute = Q(goes_out_at__gte=which, goes_out_at__lt=which + MINUTE)
        stays = Q(goes_out_at__gt=clock.now())  # what is on its way is listed in its minute, also of a press
        staying = Answer.objects.held().filter(stays, pitch__page=page)
        return minute & ~(stays & Q(batch__in=of_one_press(staying)))
    return Q(goes_out_at=None) if which == SITTING else Q()
