"""Spells of failures: how often in a row a webhook did not take what it was told, and since when."""

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from pitches import lifecycle
from pitches.models import Call, Fact, Plan
from portal import clock

IN_A_ROW = 5  # tries that were not taken, before its owner is told: once for each spell
MANY = 10_000  # of more, nobody wants the number


def works(call: Call) -> None:
    """It was taken: the spell is over."""
    _plans(call).filter(failures__gt=0).update(failures=0, failing_since=None)


@transaction.atomic
def fails(call: Call) -> None:
    """It was not taken. One event for a spell, at the fifth try in a row."""
    now = clock.now()
    _plans(call).filter(failures__lt=MANY).update(
        failures=F("failures") + 1, failing_since=Coalesce("failing_since", Value(now))
    )
    plan = _plans(call).filter(failures=IN_A_ROW).first()
    if plan:
        lifecycle.record(Fact.HOOK_FAILS, call.page, note=str(plan.pk))


def _plans(call: Call) -> QuerySet[Plan]:
    """Every plan of the page that tells this address."""
    return Plan.objects.filter(page=call.page_id, webhook=call.url).order_by("pk")
