"""The outbox: put a message, claim what is due, deliver it.

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

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from pitches.models import (
    Answer,
    Assistant,
    Attempt,
    DomainProof,
    Draft,
    Key,
    Message,
    MessageState,
    Offer,
    Page,
    Pitch,
    Watch,
)
from portal import clock, leases, relay, tokens

log = logging.getLogger(__name__)
BATCH = 20
CONVERSATION = timedelta(seconds=90)  # with one mail server; each of its some ten steps may take EMAIL_TIMEOUT
MAX_ATTEMPTS = 12  # with the back-off below: about two and a half days
LONGEST_WAIT = timedelta(hours=12)
MARK_TRIES = 10  # seconds in which a database that restarts may come back to hear that a mail was sent


def put(
    kind: str,
    to: str,
    *,
    dedupe: str,
    queue: str,
    page: Page | None = None,
    pitch: Pitch | None = None,
    answer: Answer | None = None,
    key: Key | None = None,
    watch: Watch | None = None,
    draft: Draft | None = None,
    offer: Offer | None = None,
    assistant: Assistant | None = None,
    proof: DomainProof | None = None,
    secret: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Say that this is to be told to `to`, once for each `dedupe`. Part of the caller's transaction."""
    now = clock.now()
    about: dict[str, Any] = {"pitch": pitch, "answer": answer, "key": key, "watch": watch, "draft": draft}
    about |= {"offer": offer, "assistant": assistant, "proof": proof}
    message, new = Message.objects.get_or_create(
        dedupe=dedupe,
        defaults={
            "kind": kind,
            "to": to,
            "queue": queue,
            "page": page or (pitch.page if pitch else None),
            **about,
            "sealed": tokens.seal(secret) if secret else None,
            "next_at": max(not_before or now, now),
            "created_at": now,
        },
    )
    if new:
        relay.ring("deliver", queue)
    return message


def put_account_mail(to: str, template_prefix: str, context: dict[str, Any]) -> None:
    """A mail of the sign-in library, through the same outbox. Codes rest sealed until they are sent."""
    plain = {key: str(value) for key, value in context.items() if isinstance(value, (str, int))}
    secret = {"template": template_prefix} | plain
    with transaction.atomic():
        put(
            "account",
            to,
            dedupe=f"account:{tokens.seed()}",
            queue="codes",
            secret=secret,
        )


def due(at: datetime | None = None) -> QuerySet[Message]:
    """What may be sent now, or at another moment; the oldest first."""
    rows = Message.objects.filter(next_at__lte=at or clock.now())
    return rows.filter(Q(state=MessageState.PENDING) | Q(state=MessageState.SENDING)).order_by("next_at", "pk")


def deliver(queue: str, *, seconds: float = 10, first: Callable[[], object] = int) -> int:
    """Claim a batch and send it over one connection. Returns how many were taken.

    After `seconds` nothing more is begun and the rest is given back; the lease (30 s) must be longer than that.
    `first`: what comes before each mail, if it is more urgent.
    """
    began = time.monotonic()
    lease, messages = leases.claim(due().filter(queue=queue), limit=BATCH)
    connection = get_connection()
    try:
        for place, message in enumerate(messages):
            first()
            if time.monotonic() - began > seconds:
                leases.give_back(messages[place:], lease)
                break
            _deliver_one(message, lease, connection)
    finally:
        _close(connection)
    return len(messages)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        log.info("The mail server closed first: %s", error)


def _write(message: Message, lease: UUID, **changes: Any) -> bool:
    """A write behind the fence: only while the lease is ours."""
    return bool(Message.objects.filter(pk=message.pk, lease=lease).update(**changes))


def _deliver_one(message: Message, lease: UUID, connection: BaseEmailBackend) -> None:
    from pitches.notify import catalogue, gate, render  # noqa: PLC0415 (circular: both put and are sent through here)

    if message.state == MessageState.SENDING and not _after_a_crash(
        message, lease, message.kind in catalogue.SENT_AGAIN
    ):
        return
    over = catalogue.no_longer_needed(message)
    if over is None and not gate.passes(message):
        over = MessageState.OBSOLETE
    if over:
        _write(message, lease, state=over, sealed=None)
        return
    try:
        mail = render.build(message)
        mail.message()  # a header that cannot be written shows here, not in the middle of SMTP
    except (OperationalError, InterfaceError):
        raise  # the database is gone, the words may be right: the lease brings the message back
    except Exception as error:
        log.exception("Message %s cannot be written", message.pk)
        _write(
            message,
            lease,
            state=MessageState.DEAD,
            sealed=None,
            error=f"{type(error).__name__}: {error}"[:500],
        )
        return
    # The last look at the lease; from here on it is as long as one conversation may take.
    if not _write(message, lease, state=MessageState.SENDING, lease_until=Now() + CONVERSATION):
        return
    attempt = Attempt.objects.create(message=message)
    mail.connection = connection
    _send(message, lease, attempt, mail, again=message.kind in catalogue.SENT_AGAIN)


def _after_a_crash(message: Message, lease: UUID, again: bool) -> bool:  # noqa: FBT001 (private)
    """A worker died between DATA and the mark. Nobody knows; receipts go again, digests do not."""
    message.tries.filter(outcome="open").update(outcome="unknown", detail="the worker ended in the middle")
    if not again:
        _write(message, lease, state=MessageState.UNKNOWN, sealed=None)
    return again


def _send(message: Message, lease: UUID, attempt: Attempt, mail: Any, *, again: bool) -> None:
    try:
        mail.connection.open()
    except (smtplib.SMTPException, OSError) as error:  # not reached or not let in: the mail itself was not tried
        _close(mail.connection)
        _retry(message, lease, attempt, "retry", error)
        return
    try:
        mail.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        _close(mail.connection)  # some servers hang up after a refusal; the next mail starts afresh
        _refused(message, lease, attempt, error)
    except Exception as error:  # noqa: BLE001 (whatever broke after the first byte, nobody knows how it ended)
        _close(mail.connection)
        _nobody_knows(message, lease, attempt, error, again=again)
    else:
        done = {"state": MessageState.DONE, "sent_at": clock.now(), "sealed": None}
        _settle(message, lease, attempt, "sent", None, **done)


def _nobody_knows(message: Message, lease: UUID, attempt: Attempt, error: Exception, *, again: bool) -> None:
    """The line broke: the server may have taken the mail. Receipts go again, digests do not."""
    if again:
        _retry(message, lease, attempt, "unknown", error)
    else:
        _settle(message, lease, attempt, "unknown", error, state=MessageState.UNKNOWN, sealed=None)


def _refused(message: Message, lease: UUID, attempt: Attempt, error: Any) -> None:
    codes = [code for code, _ in error.recipients.values()] if hasattr(error, "recipients") else [error.smtp_code]
    if max(codes) >= 500:
        _settle(message, lease, attempt, "refused", error, state=MessageState.DEAD, sealed=None)
    else:
        _retry(message, lease, attempt, "retry", error)


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
                _write(message, lease, **{"error": detail} | changes)
        except (OperationalError, InterfaceError):
            if not left:
                raise
            log.warning("The database does not hear that message %s is %s. Saying it again.", message.pk, outcome)
            database.close()
            time.sleep(1)
        else:
            return
