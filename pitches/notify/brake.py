"""Sending stops by itself before a mail provider stops it, after a restored backup, and by hand.

Amazon SES looks at an account from 5 % bounces or 0.1 % complaints on and pauses it at 10 % or 0.5 %; this stops at
half of what makes it look. What anybody may set off by typing an address stops mail to such addresses only, and at
what makes SES look (docs/decisions/0034, 0042).
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import mailboxes
from pitches.models import Attempt, Message, MessageState, Sending, Stop
from pitches.notify import alarms, mark, security
from portal import clock, leases, tokens
from portal.templatetags.portal import when

log = logging.getLogger(__name__)
# Why, which end of an attempt, to an address that nobody proved?, from which share on, of how many mails.
LIMITS = (
    (Stop.BOUNCES, "bounced", False, 0.025, 1_000),
    (Stop.COMPLAINTS, "complained", False, 0.0005, 10_000),
    (Stop.TYPED, "bounced", True, 0.05, 1_000),
    (Stop.TYPED, "complained", True, 0.001, 10_000),
)
FEW = 200  # of fewer mails nobody can say a share
REACHED = ("sent", "bounced", "complained", "refused", "unknown")
IN_A_ROW = 5  # mails that were not taken because of us
# Whoever waits for one of these and proved the address before gets it all the same, and so does the operator.
AWAITED = frozenset({"code", "account", "alarm"})
ALL_THE_SAME = AWAITED | security.KINDS | {"account_goes"}
# A stop replaces a weaker one: nobody looks at the file of a restored backup while another reason stands.
STRENGTH = {"": 0, Stop.TYPED: 1, Stop.BOUNCES: 2, Stop.COMPLAINTS: 2, Stop.BY_HAND: 2, Stop.RESTORED: 3}
BY_ITSELF = frozenset({Stop.BOUNCES, Stop.COMPLAINTS})
WAITS = "waits"  # the error of a mail that was held while it was in hand
HELD = timedelta(minutes=10)  # until it is looked at again, so that it is not in the way of those that may go


SAY_AGAIN = gettext_lazy(
    "Nothing was changed: the database is older than the mail that was sent. Look at what waits in it, then say it "
    "again."
)


class OlderDatabaseError(Exception):
    """The database knows less than what was sent, and nobody has said yet what becomes of what waits in it."""


def state() -> Sending:
    """Does mail go out, and since when not?"""
    return Sending.objects.get_or_create(pk=Sending.THE_ROW)[0]


def said(row: Sending) -> str:
    """A sentence about a stop."""
    sentences = {Stop.TYPED: _("No mail goes to addresses that nobody proved since %(since)s: %(why)s.")}
    sentence = sentences.get(Stop(row.why), _("No mail goes out since %(since)s: %(why)s."))
    return sentence % {"why": Stop(row.why).label, "since": when(row.stopped_at) if row.stopped_at else ""}


def let_through(due: QuerySet[Message]) -> QuerySet[Message]:
    """Of what is due, what may be looked at: `holds` asks once more for each mail, and knows its address.

    After a restored backup operators are told, and nobody is told anything else: a second alarm does no harm.
    """
    why = state().why
    if why == Stop.RESTORED:
        return due.filter(kind="alarm")
    if why in BY_ITSELF:
        return due.filter(kind__in=ALL_THE_SAME)
    return due.none() if why == Stop.BY_HAND else due


def holds(message: Message, *, typed: bool) -> bool:
    """Must this mail wait, although it was taken in hand? `typed`: it goes where anybody may have it sent."""
    why = state().why
    if not why or (message.kind == "alarm" and why != Stop.BY_HAND):
        return False
    if why == Stop.TYPED:
        return typed and not mailboxes.is_proven(message.to)
    if why in BY_ITSELF:
        return message.kind not in ALL_THE_SAME or not mailboxes.is_proven(message.to)
    return True


def is_news(alarm: Message) -> bool:
    """Does an alarm still say something? One about a stop that is over, or about settled reports, does not."""
    said = tokens.unseal(bytes(alarm.sealed)) if alarm.sealed else {}
    if said.get("what") == "report":
        return alarms.is_open(said["handle"])
    return said.get("what") not in Stop or said["what"] == state().why


def stop(why: Stop) -> bool:
    """Mail stops for this reason from now on, and the operator is told. False where it stands for one as strong.

    Who stops it by hand knows, and no mail could tell.
    """
    state()
    weaker = [one for one, strength in STRENGTH.items() if strength < STRENGTH[why]]
    with transaction.atomic():
        changed = Sending.objects.filter(pk=Sending.THE_ROW, why__in=weaker).update(why=why, stopped_at=clock.now())
        if changed:
            log.error("Mail is stopped: %s.", why.label)
            if why != Stop.BY_HAND:
                alarms.tell(why, once=f"{clock.now():%Y-%m-%dT%H:%M}")
    return bool(changed)


def look() -> None:
    """Something came back: is it too much?"""
    rows = Attempt.objects.filter(pk__gt=state().counted_from, outcome__in=REACHED).order_by("-pk")
    last = list(rows.values_list("outcome", "unproven")[: max(among for *_limit, among in LIMITS)])
    for why, outcome, unproven, most, among in LIMITS:
        if _share(last[:among], outcome, unproven=unproven) >= most:
            stop(why)


def _share(last: list[tuple[str, bool]], outcome: str, *, unproven: bool) -> float:
    """Which share of these came back, or was called unwanted. One complaint is chance, and so are four of strangers."""
    found = last.count((outcome, unproven))
    chance = 0 if outcome == "bounced" else 4 if unproven else 1
    return found / max(len(last), FEW) if found > chance else 0.0


def in_vain(*ends: str) -> str:
    """Did the last mails all end in these ways? What was said to the newest of them; else nothing."""
    ended = Attempt.objects.exclude(outcome="open").order_by("pk")
    tries = ended.reverse().values_list("message", "outcome", "detail")[: IN_A_ROW * 10]
    newest = {message: said for message, *said in reversed(tries)}  # one mail that is tried often is one
    last = list(newest.values())[-IN_A_ROW:]
    all_of_them = len(last) == IN_A_ROW and {outcome for outcome, _detail in last} <= set(ends)
    return str(tries[0][2]) if all_of_them else ""


def look_at_us() -> None:
    """A mail was not taken because of us, our sender or our account: were those before it, too?"""
    if in_vain("denied"):
        log.error("The mail server takes none of our mails. What it said stands in the log of mails.")
        alarms.tell("denied", once=f"{clock.now():%Y-%m-%d}")


def resume(skip: bool) -> int:  # noqa: FBT001 (an operator's choice, always named)
    """Mail goes out again. With `skip` all that is due by now is left out. Returns how many were.

    Whoever was not told that the database is older is told first, and says again what becomes of what waits in it.
    """
    why = state().why
    if why != Stop.RESTORED and mark.is_ahead():
        stop(Stop.RESTORED)
        raise OlderDatabaseError
    with transaction.atomic():
        last = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0
        mark.leap()
        Sending.objects.filter(pk=Sending.THE_ROW).update(why="", stopped_at=None, counted_from=last)
        left_out = _leave_out(why) if skip else 0
        Message.objects.filter(state=MessageState.PENDING, error=WAITS).update(next_at=clock.now(), error="")
    mark.accept()
    return left_out


def _leave_out(why: str) -> int:
    """What was held; and where all mail was stopped, what is due by now, between two tries, or left by its worker."""
    waiting = Q(state=MessageState.PENDING, error=WAITS)
    if why != Stop.TYPED:
        waiting |= Q(state=MessageState.PENDING) & (Q(next_at__lte=clock.now()) | Q(attempts__gt=0))
        waiting |= Q(state=MessageState.SENDING) & leases.free()
    if why in BY_ITSELF:  # what went on all the time is in hand
        waiting &= Q(error=WAITS) | ~Q(kind__in=ALL_THE_SAME)
    over = {"state": MessageState.OBSOLETE, "sealed": None, "error": "", "lease": None, "lease_until": None}
    return Message.objects.filter(waiting).update(**over)
