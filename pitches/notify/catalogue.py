"""One function per message. Each is a reaction to an event and puts one row into the outbox.

Its words are in templates/email/<kind>/: subject.txt, body.txt, body.mjml.
"""

from collections.abc import Callable

from pitches import intake
from pitches.models import AnswerKind, Event, MessageState, Page, Pitch, PitchState
from pitches.notify import outbox

# The kinds that are sent again when nobody knows whether they arrived. One repeat of a receipt is better than none;
# one digest is better than two.
SENT_AGAIN = frozenset({"code", "receipt", "yes", "no", "ask", "lapsed", "page_up", "account"})
# Spoken by the owner: "Maya Lind via Halfdoor". All else is the site's.
IN_THE_OWNERS_NAME = frozenset({"yes", "no", "ask"})
# What may be stopped with one click (RFC 8058).
STOPPABLE = frozenset({"digest"})


def _about(event: Event) -> Pitch:
    assert event.pitch is not None
    return event.pitch


def code(event: Event) -> None:
    """1: six digits that prove the mailbox. No word of whoever typed the address."""
    pitch = _about(event)
    if pitch.state == PitchState.UNPROVEN:
        secret = {"code": intake.issue_code(pitch)}
        outbox.put(
            "code",
            pitch.email,
            dedupe=f"code:{event.pk}",
            pitch=pitch,
            queue="codes",
            secret=secret,
        )


def receipt(event: Event) -> None:
    """2: it is on the ledge; when it is read, and the link to follow it."""
    pitch = _about(event)
    outbox.put(
        "receipt",
        pitch.email,
        dedupe=f"receipt:{pitch.pk}",
        pitch=pitch,
        queue=event.queue,
    )


def answer(event: Event) -> None:
    """3, 4, 5: yes, no or a question, as it went out."""
    pitch = _about(event)
    sent = pitch.answers.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").first()
    if sent and sent.kind in (AnswerKind.YES, AnswerKind.NO, AnswerKind.ASK):
        outbox.put(
            sent.kind,
            pitch.email,
            dedupe=f"decision:{pitch.pk}:{sent.pk}",
            pitch=pitch,
            answer=sent,
            queue=event.queue,
        )


def lapsed(event: Event) -> None:
    """8: no answer means no. A question that was not answered closes without a note, as it said it would."""
    pitch = _about(event)
    if event.was != PitchState.ASKED:
        due = pitch.told_lapse
        outbox.put(
            "lapsed",
            pitch.email,
            dedupe=f"lapsed:{pitch.pk}",
            pitch=pitch,
            queue="later",
            not_before=due,
        )


def digest(event: Event) -> None:
    """16: the hour begins and something waits. At most one for each local date."""
    page = event.page
    if page.digest and Pitch.objects.filter(page=page).waiting().exists():
        day = page.local_date(event.at)
        outbox.put(
            "digest",
            page.owner.email,
            dedupe=f"digest:{page.pk}:{day}",
            page=page,
            queue="later",
        )


def page_up(event: Event) -> None:
    """23: the page is up, and this is its link."""
    page = event.page
    outbox.put(
        "page_up",
        page.owner.email,
        dedupe=f"page_up:{page.pk}",
        page=page,
        queue="soon",
    )


def no_longer_needed(kind: str, page: Page | None, pitch: Pitch | None) -> MessageState | None:
    """Has the world moved on since the message was put into the outbox?"""
    if kind == "code" and pitch and not (pitch.state == PitchState.UNPROVEN and pitch.proofs.alive().exists()):
        return MessageState.OBSOLETE
    if kind == "digest" and page and not (page.digest and Pitch.objects.filter(page=page).waiting().exists()):
        return MessageState.OBSOLETE
    return None


# Who puts what, by the folder of its words in templates/email/.
KINDS: dict[str, Callable[..., None]] = {
    "code": code,
    "receipt": receipt,
    "yes": answer,
    "no": answer,
    "ask": answer,
    "lapsed": lapsed,
    "digest": digest,
    "page_up": page_up,
    "account": outbox.put_account_mail,
}
