"""Sending stops by itself before a mail provider stops it, after a restored backup, and by hand.

Amazon SES looks at an account from 5 % bounces or 0.1 % complaints on and pauses it at 10 % or 0.5 %; this stops at
half of what makes it look (docs/decisions/0034).
"""

import logging

from django.db import transaction
from django.db.models import Max, QuerySet

from pitches.models import Attempt, Message, MessageState, Sending, Stop
from pitches.notify import alarms, mark, security
from portal import clock, tokens

log = logging.getLogger(__name__)
LIMITS = {Stop.BOUNCES: ("bounced", 0.025, 1_000), Stop.COMPLAINTS: ("complained", 0.0005, 10_000)}  # of how many
FEW = 200  # of fewer mails nobody can say a share
REACHED = ("sent", "bounced", "complained", "refused", "unknown")
# Whoever waits for one of these and proved the address before gets it all the same, and so does the operator.
AWAITED = frozenset({"code", "account", "alarm"})
ALL_THE_SAME = AWAITED | security.KINDS
BY_ITSELF = frozenset(LIMITS)


def state() -> Sending:
    """Does mail go out, and since when not?"""
    return Sending.objects.get_or_create(pk=Sending.THE_ROW)[0]


def let_through(due: QuerySet[Message]) -> QuerySet[Message]:
    """Of what is due, what may go out: all, little while too much comes back, nothing once somebody said so.

    After a restored backup operators are told, and nobody is told anything else: a second alarm does no harm.
    """
    why = state().why
    if why == Stop.RESTORED:
        return due.filter(kind="alarm")
    if why in BY_ITSELF:
        return due.filter(kind__in=ALL_THE_SAME)
    return due.none() if why else due


def is_news(alarm: Message) -> bool:
    """Does an alarm still say something? One about a stop that is over, or about settled reports, does not."""
    said = tokens.unseal(bytes(alarm.sealed)) if alarm.sealed else {}
    if said.get("what") == "report":
        return alarms.is_open(said["handle"])
    return said.get("what") not in Stop or said["what"] == state().why


def stop(why: Stop) -> bool:
    """No mail goes out from now on, and the operator is told. True if it did before."""
    state()
    with transaction.atomic():
        changed = Sending.objects.filter(pk=Sending.THE_ROW, why="").update(why=why, stopped_at=clock.now())
        if changed:
            log.error("No mail is sent any more: %s.", why.label)
            alarms.tell(why, once=f"{clock.now():%Y-%m-%dT%H:%M}")
    return bool(changed)


def look() -> None:
    """Something came back: is it too much?"""
    for why, (_outcome, most, _among) in LIMITS.items():
        if share_of(why) >= most:
            stop(why)
            return


def share_of(why: Stop) -> float:
    """Which share of the last mails came back, or was called unwanted. One complaint alone is chance."""
    outcome, _most, among = LIMITS[why]
    rows = Attempt.objects.filter(pk__gt=state().counted_from, outcome__in=REACHED).order_by("-pk")
    last = list(rows.values_list("outcome", flat=True)[:among])
    found = last.count(outcome)
    return 0.0 if why == Stop.COMPLAINTS and found < 2 else found / max(len(last), FEW)


@transaction.atomic
def resume(skip: bool) -> int:  # noqa: FBT001 (an operator's choice, always named)
    """Mail goes out again. With `skip` all that waits by now is left out. Returns how many were."""
    last = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0
    state()
    Sending.objects.filter(pk=Sending.THE_ROW).update(why="", stopped_at=None, counted_from=last)
    mark.accept()
    waiting = Message.objects.filter(state__in=[MessageState.PENDING, MessageState.SENDING])
    return waiting.update(state=MessageState.OBSOLETE, sealed=None, lease=None, lease_until=None) if skip else 0
