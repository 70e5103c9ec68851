"""Is every promise kept? The invariants of the product, asked of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.models import (
    Attempt,
    Call,
    CallState,
    Event,
    Letter,
    LetterEnd,
    Message,
    MessageState,
    Pitch,
    PitchState,
    Sending,
)
from pitches.notify import brake, mark
from portal import clock

ROUTED_WITHIN = timedelta(seconds=60)
SENT_WITHIN = timedelta(minutes=5)
AFTER_A_LEASE = timedelta(seconds=60)
NAMED = 5  # how many rows are named in a sentence


@dataclass(frozen=True)
class Complaint:
    """Rows that should not be there, and the sentence about them."""

    rows: Callable[[], QuerySet[Any]]
    say: Callable[[int], str]


def unrouted() -> QuerySet[Pitch]:
    """Handed in a while ago, and still not in a lane."""
    return Pitch.objects.filter(state=PitchState.ARRIVED, handed_in_at__lt=clock.now() - ROUTED_WITHIN)


def unheard() -> QuerySet[Event]:
    """Events that no worker has ever looked at."""
    waiting = Event.objects.filter(reacted_at=None, dead=False, attempts=0)
    return waiting.filter(at__lt=clock.now() - ROUTED_WITHIN)


def unsent() -> QuerySet[Message]:
    """Mails that are due and do not leave."""
    return Message.objects.filter(state=MessageState.PENDING, next_at__lt=clock.now() - SENT_WITHIN)


def left_behind_events() -> QuerySet[Event]:
    """Claimed by a worker that is gone, and not taken up again."""
    return Event.objects.filter(reacted_at=None, dead=False, lease_until__lt=Now() - AFTER_A_LEASE)


def left_behind_mails() -> QuerySet[Message]:
    """The same for mails."""
    busy = Message.objects.filter(state__in=[MessageState.PENDING, MessageState.SENDING])
    return busy.filter(lease_until__lt=Now() - AFTER_A_LEASE)


def unwitnessed() -> QuerySet[Message]:
    """Sent, it says, but no attempt says so."""
    sent = Attempt.objects.filter(message=OuterRef("pk"), outcome__in=("sent", "complained"))
    return Message.objects.filter(~Exists(sent), state=MessageState.DONE)


def untold() -> QuerySet[Call]:
    """Webhooks that are due and not told. What answers with an error is its owner's to mend, and no complaint."""
    return Call.objects.filter(state=CallState.PENDING, next_at__lt=clock.now() - SENT_WITHIN)


def left_behind_calls() -> QuerySet[Call]:
    """Claimed by a worker that is gone."""
    return Call.objects.filter(state=CallState.PENDING, lease_until__lt=Now() - AFTER_A_LEASE)


def unread() -> QuerySet[Letter]:
    """Mails that came in and that nobody reads."""
    waiting = Letter.objects.filter(end=LetterEnd.WAITING, came_at__lt=clock.now() - SENT_WITHIN)
    return waiting.filter(Q(lease_until=None) | Q(lease_until__lt=Now() - AFTER_A_LEASE))


def without_receipt() -> QuerySet[Pitch]:
    """Handed in, and its sender was told nothing."""
    arrival = Event.objects.filter(pitch=OuterRef("pk"), what=PitchState.ARRIVED)
    receipt = Message.objects.filter(pitch=OuterRef("pk"), kind="receipt")
    old = Pitch.objects.filter(handed_in_at__lt=clock.now() - ROUTED_WITHIN)
    return old.filter(Exists(arrival), ~Exists(receipt))


COMPLAINTS = (
    Complaint(unrouted, lambda n: ngettext("%d pitch is not in a lane yet", "%d pitches are not in a lane yet", n)),
    Complaint(unheard, lambda n: ngettext("%d event waits for a worker", "%d events wait for a worker", n)),
    Complaint(unsent, lambda n: ngettext("%d mail is due and not sent", "%d mails are due and not sent", n)),
    Complaint(
        left_behind_events,
        lambda n: ngettext("%d event was left by its worker", "%d events were left by their workers", n),
    ),
    Complaint(
        left_behind_mails,
        lambda n: ngettext("%d mail was left by its worker", "%d mails were left by their workers", n),
    ),
    Complaint(
        unwitnessed,
        lambda n: ngettext(
            "%d mail is marked as sent without an attempt", "%d mails are marked as sent without one", n
        ),
    ),
    Complaint(
        untold,
        lambda n: ngettext("%d call to a webhook is due and not made", "%d calls to webhooks are due and not made", n),
    ),
    Complaint(
        left_behind_calls,
        lambda n: ngettext(
            "%d call to a webhook was left by its worker", "%d calls to webhooks were left by their workers", n
        ),
    ),
    Complaint(unread, lambda n: ngettext("%d mail came in and is not read", "%d mails came in and are not read", n)),
    Complaint(without_receipt, lambda n: ngettext("%d pitch has no receipt", "%d pitches have no receipt", n)),
    Complaint(
        lambda: Event.objects.filter(dead=True),
        lambda n: ngettext("%d event failed too often", "%d events failed too often", n),
    ),
    Complaint(
        lambda: Message.objects.filter(state=MessageState.DEAD),
        lambda n: ngettext("%d mail could not be delivered", "%d mails could not be delivered", n),
    ),
)


def stopped() -> str:
    """Sending was stopped, by itself or by hand."""
    row = Sending.objects.exclude(why="").first()
    if row is None or row.stopped_at is None:
        return ""
    return _("%(sentence)s `manage.py outbox status` says more.") % {"sentence": brake.said(row)}


def not_taken() -> str:
    """The mail server takes none of our mails, or is not there."""
    why = brake.in_vain("denied", "retry")
    return why and _("The mail server took none of the last mails: %(why)s") % {"why": why}


def unmarked() -> str:
    """A restored backup would not be noticed."""
    why = mark.trouble()
    return why and _("MAIL_MARK cannot be written, so a restored backup would send again: %(why)s.") % {"why": why}


SENTENCES = (stopped, not_taken, unmarked)


def complaints() -> list[str]:
    """A sentence for each promise that is not kept; none when all is well."""
    found = []
    for complaint in COMPLAINTS:
        rows = complaint.rows().order_by("pk")
        if count := rows.count():
            names = ", ".join(f"{row} [{row.pk}]" for row in rows[:NAMED])
            found.append(f"{complaint.say(count) % count}: {names}{', …' if count > NAMED else ''}.")
    return [*found, *filter(None, (sentence() for sentence in SENTENCES))]


class Command(BaseCommand):
    """`manage.py doctor`: exit code 1 when a promise is not kept."""

    help = "Look for pitches, events and mails that should have moved on."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say what is wrong, or that all is well."""
        found = complaints()
        for sentence in found:
            self.stdout.write(self.style.ERROR(sentence))
        if found:
            message = f"{len(found)} wrong"
            raise CommandError(message, returncode=1)
        self.stdout.write(self.style.SUCCESS("All is well."))
