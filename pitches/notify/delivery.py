"""Delivery: claim what is due in the outbox, and send it over one connection.

At least once with a stable Message-ID: SMTP cannot give more, because a server may take a mail and die before it says
so. Such an attempt stays visible as "unknown".
"""

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import F
from django.db.models.functions import Now

from pitches import mailboxes, suppression
from pitches.models import Attempt, Message, MessageState, Refusal, Stop
from pitches.notify import alarms, brake, catalogue, gate, mark, outbox, outcomes, quiet, render
from portal import clock, leases

log = logging.getLogger(__name__)
BATCH = 20
CONVERSATION = timedelta(seconds=90)  # with one mail server; each of its some ten steps may take EMAIL_TIMEOUT
MAX_ATTEMPTS = 13  # with the back-off below: three days and two hours
LONGEST_WAIT = timedelta(hours=12)
KEPT = "kept"  # the error of a mail that MAIL_ALLOW let nobody have
# What a provider wants to hear so that the Message-ID stays ours. Amazon SES always sets its own.
KEEPS_OUR_ID = {"postmark": {"X-PM-KeepID": "true"}}
# These say nothing about a mail. The lease brings it back.
NOT_ITS_FAULT = (OperationalError, InterfaceError, SoftTimeLimitExceeded)
MARK_TRIES = 10  # seconds in which a database that restarts may come back to hear that a mail was sent


def nothing_first() -> None:
    """No mail is more urgent."""


def deliver(queue: str, *, seconds: float = 10, first: Callable[[], object] = nothing_first) -> int:
    """Claim a batch and send it over one connection. Returns how many were taken.

    After `seconds` nothing more is begun and the rest is given back; the lease (30 s) must be longer than that.
    `first`: what comes before each mail, if it is more urgent.
    """
    began = time.monotonic()
    lease, messages = _claim(queue)
    if not messages:
        return 0
    try:
        connection = get_connection()
    except Exception:
        leases.give_back(messages, lease)  # a setting is wrong, and no try of theirs
        raise
    try:
        for place, message in enumerate(messages):
            first()
            if time.monotonic() - began > seconds:
                leases.give_back(messages[place:], lease)
                break
            _deliver_one(message, lease, connection)
    except SoftTimeLimitExceeded:
        if rest := messages[place + 1 :]:
            leases.give_back(rest, lease)
        raise
    finally:
        _close(connection)
    return len(messages)


def _claim(queue: str) -> tuple[UUID, list[Message]]:
    """What is due and may go out."""
    due = brake.let_through(outbox.due().filter(queue=queue))
    lease, messages = leases.claim(due, limit=BATCH)
    if messages and brake.state().why != Stop.RESTORED and not mark.go_on():
        leases.give_back(messages, lease)
        brake.stop(Stop.RESTORED)
        return lease, []
    return lease, messages


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        log.info("The mail server closed first: %s", error)


def _write(message: Message, lease: UUID, **changes: Any) -> bool:
    """A write behind the fence: only while the lease is ours."""
    return bool(Message.objects.filter(pk=message.pk, lease=lease).update(**changes))


def _deliver_one(message: Message, lease: UUID, connection: BaseEmailBackend) -> None:
    again = message.kind in catalogue.SENT_AGAIN
    if message.state == MessageState.SENDING and not _after_a_crash(message, lease, again):
        return
    mail = _written(message, lease)
    if mail is None:
        return
    typed = message.kind in catalogue.TYPED or message.kind == "account"
    attempt = _begin(message, lease, typed=typed)
    if attempt is None:
        return
    mail.connection = connection
    _send(message, lease, attempt, mail, again=again)


def _over(message: Message) -> MessageState | None:
    return catalogue.no_longer_needed(message) or (None if gate.passes(message) else MessageState.OBSOLETE)


def _written(message: Message, lease: UUID) -> EmailMultiAlternatives | None:
    """The mail; none if nobody needs it any more, or if it cannot be written."""
    try:
        if over := _over(message):
            error = "" if message.error == brake.WAITS else message.error
            _write(message, lease, state=over, sealed=None, error=error)
            return None
        if later := quiet.until(message):
            _put_off(message, lease, later)
            return None
        mail = render.build(message)
        mail.extra_headers |= KEEPS_OUR_ID.get(settings.MAIL_PROVIDER, {})
        mail.message()  # a header that cannot be written shows here, not in the middle of SMTP
    except NOT_ITS_FAULT as error:
        if isinstance(error, SoftTimeLimitExceeded) and message.attempts >= MAX_ATTEMPTS:
            _unwritten(message, lease, error)  # it is its fault
        raise
    except Exception as error:
        log.exception("Message %s cannot be written", message.pk)
        _unwritten(message, lease, error)
        return None
    return mail


def _unwritten(message: Message, lease: UUID, error: Exception) -> None:
    """Its row is dead, and the operator hears of the first of its kind on a day."""
    said = f"{type(error).__name__}: {error}"[:500]
    _write(message, lease, state=MessageState.DEAD, sealed=None, error=said)
    if message.kind != "alarm":
        alarms.tell("unwritten", once=f"{message.kind}:{clock.now():%Y-%m-%d}", kind=message.kind)


def _begin(message: Message, lease: UUID, *, typed: bool) -> Attempt | None:
    """The last look at the lease, at the brake and at the address; none if one of them says no.

    From here on the lease is as long as one conversation may take.
    """
    with transaction.atomic():
        if brake.holds(message, typed=typed):
            _put_off(message, lease, clock.now() + brake.HELD, error=brake.WAITS)  # brake.resume lets it go
            return None
        if why := suppression.holds_back(message.to, code=message.kind in brake.AWAITED):
            _write(message, lease, state=MessageState.WITHHELD, sealed=None, error=why)
            return None
        if not _write(message, lease, state=MessageState.SENDING, lease_until=Now() + CONVERSATION):
            return None
        return Attempt.objects.create(message=message, unproven=typed and not mailboxes.is_proven(message.to))


def _put_off(message: Message, lease: UUID, at: datetime, **more: Any) -> None:
    """It goes then, as if it had not been taken."""
    later = {"next_at": at, "attempts": F("attempts") - 1, "lease_until": None}
    _write(message, lease, state=MessageState.PENDING, **later | more)


def _after_a_crash(message: Message, lease: UUID, again: bool) -> bool:  # noqa: FBT001 (private)
    """A worker died between DATA and the mark. Nobody knows; receipts go again, digests do not."""
    message.tries.filter(outcome="open").update(outcome="unknown", detail="the worker ended in the middle")
    if not again:
        _write(message, lease, state=MessageState.UNKNOWN, sealed=None)
    return again


def _open(connection: Any) -> None:
    """Reach the mail server. One that hung up since the mail before is reached again, or that mail would be "unknown".

    Other ways to send have no connection that could be asked.
    """
    if connection.open():
        return
    line = getattr(getattr(connection, "usual", connection), "connection", None)
    if isinstance(line, smtplib.SMTP):
        try:
            there = line.noop()[0] == 250  # one that goes says 421, and that is no error to the library
        except (smtplib.SMTPException, OSError):
            there = False
        if not there:
            _close(connection)
            connection.open()


def _send(message: Message, lease: UUID, attempt: Attempt, mail: Any, *, again: bool) -> None:
    try:
        _open(mail.connection)
    except Exception as error:  # not reached or not let in: the mail itself was not tried
        _close(mail.connection)
        _try_again(message, lease, attempt, "denied" if outcomes.of(error) == "denied" else "retry", error)
        if isinstance(error, NOT_ITS_FAULT):
            raise
        return
    try:
        mail.send()
    except SoftTimeLimitExceeded:
        raise  # in the middle: what becomes of it is asked when its lease is over
    except Exception as error:  # noqa: BLE001 (whatever broke after the first byte, outcomes.py says what is known)
        _close(mail.connection)  # some servers hang up after a refusal; the next mail starts afresh
        _failed(message, lease, attempt, error, again=again)
    else:
        done = {"state": MessageState.DONE, "sent_at": clock.now(), "sealed": None, "provider_id": _provider_id(mail)}
        if getattr(mail, "kept_back", False):
            done["error"] = KEPT
        _settle(message, lease, attempt, "sent", None, **done)


def _provider_id(mail: Any) -> str:
    return str(getattr(getattr(mail, "anymail_status", None), "message_id", "") or "")[:200]


def _try_again(message: Message, lease: UUID, attempt: Attempt, outcome: str, error: Exception) -> None:
    """Surely not taken. Where that is because of us, so may be all others, and an operator hears of it."""
    log.warning("Message %s was not taken: %s", message.pk, type(error).__name__)  # its words may name people
    _retry(message, lease, attempt, outcome, error)
    if outcome == "denied":
        brake.look_at_us()


def _failed(message: Message, lease: UUID, attempt: Attempt, error: Exception, *, again: bool) -> None:
    outcome = outcomes.of(error)
    if outcome in ("retry", "denied"):
        _try_again(message, lease, attempt, outcome, error)
    elif outcome == "unknown":
        _nobody_knows(message, lease, attempt, error, again=again)
    else:
        _settle(message, lease, attempt, outcome, error, state=MessageState.DEAD, sealed=None)
        brake.look()


def _nobody_knows(message: Message, lease: UUID, attempt: Attempt, error: Exception, *, again: bool) -> None:
    """The line broke: the server may have taken the mail. Receipts go again, digests do not."""
    if again:
        _retry(message, lease, attempt, "unknown", error)
    else:
        _settle(message, lease, attempt, "unknown", error, state=MessageState.UNKNOWN, sealed=None)


def _retry(message: Message, lease: UUID, attempt: Attempt, outcome: str, error: Exception) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _settle(message, lease, attempt, outcome, error, state=MessageState.DEAD, sealed=None)
        return
    wait = min(timedelta(seconds=15 * 3**message.attempts), LONGEST_WAIT)
    changes = {
        "state": MessageState.PENDING,
        "next_at": clock.now() + wait,
        "lease_until": None,
    }
    _settle(message, lease, attempt, outcome, error, **changes)


def _settle(
    message: Message,
    lease: UUID,
    attempt: Attempt,
    outcome: str,
    because: Exception | None,
    **changes: Any,
) -> None:
    detail = f"{type(because).__name__}: {because}"[:500] if because else ""
    for left in reversed(range(MARK_TRIES)):
        try:
            with transaction.atomic():
                Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, detail=detail)
                if because and outcomes.takes_none(because):
                    suppression.suppress(message.to, Refusal.BOUNCE, detail)
                _write(message, lease, **{"error": detail} | changes)
        except (OperationalError, InterfaceError):
            if not left:
                raise
            log.warning("The database does not hear that message %s is %s. Saying it again.", message.pk, outcome)
            database.close()
            time.sleep(1)
        else:
            return
