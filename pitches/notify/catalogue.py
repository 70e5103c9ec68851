"""One function per message. Each is a reaction to an event and puts one row into the outbox.

Its words are in templates/email/<kind>/: subject.txt, body.txt, body.mjml.
"""

from collections.abc import Callable

from django.db import transaction

from pitches import intake, mailboxes
from pitches.doors import watching
from pitches.intake import drafting
from pitches.models import (
    AnswerKind,
    Door,
    Event,
    Fact,
    Introduction,
    Key,
    Message,
    MessageState,
    Pitch,
    PitchState,
    Watch,
)
from pitches.notify import (
    account,
    alarms,
    answering,
    assisting,
    away,
    brake,
    failing,
    finding,
    hourly,
    noting,
    outbox,
    own_data,
    proving,
    reminding,
    security,
    taken_out,
    telling,
    terms,
)
from portal import clock

# The kinds that are sent again when nobody knows whether they arrived. One repeat of a receipt is better than none;
# one digest is better than two.
SENT_AGAIN = frozenset(
    {
        *("code", "receipt", "yes", "no", "ask", "wrong_door", "lapsed", "withdrawn", "page_up", "account"),
        *("watch_confirm", "invitation", "draft", "find", "domain_code", "book_exported"),
        *("data_copy", "account_goes"),
        *assisting.KINDS,
        *answering.KINDS,
        *("offer", "agreed", "declined_offer", "alarm", "holiday", "note"),
        *security.KINDS,
    }
)
# Spoken by the owner: "Maya Lind via Halfdoor". All else is the site's.
IN_THE_OWNERS_NAME = frozenset({"yes", "no", "ask", "wrong_door", "offer", "declined_offer", "note"})
# Set off by an address that was typed, whoever typed it: with "this was not me" (mailboxes.py).
TYPED = frozenset(
    {"code", "watch_confirm", "draft", "draft_by_mail", "find", "invitation", "domain_code", "assist_invite"}
)
# What may be stopped with one click (RFC 8058).
STOPPABLE = frozenset({*hourly.KINDS, "door_open", "tell_now", "reminder", "webhook_fails"})


def _about(event: Event) -> Pitch:
    assert event.pitch is not None
    return event.pitch


def code(event: Event) -> None:
    """1: six digits that prove the mailbox. No word of whoever typed the address."""
    asked = event.pitch or intake.introduction_of(event)
    if asked is None or not intake.unproven(asked):
        return
    again, invited = intake.asked_again(event), intake.invited(asked)
    if not mailboxes.may_mail(asked.email, browser=asked.browser, again=again, invited=invited):
        intake.issue_nothing(asked)
        return
    outbox.put(
        "code",
        asked.email,
        dedupe=f"code:{event.pk}",
        page=event.page,
        pitch=event.pitch,
        queue="codes",
        secret={"code": intake.issue_code(asked)},
        language=asked.language,
    )


def invitation(event: Event) -> None:
    """15: a door was opened for one mailbox. Once for each key, if the mailbox takes a mail; no word of the owner's."""
    key = Key.objects.good().filter(pk=int(event.note)).exclude(email="").first()
    if key and mailboxes.may_mail(key.email, code=False):
        outbox.put("invitation", key.email, dedupe=f"invitation:{key.pk}", page=event.page, key=key, queue="soon")


def receipt(event: Event) -> None:
    """2: it is on the ledge; when it is read, and the link to follow it. Once more after a move to another door."""
    pitch = _about(event)
    again = f":{event.pk}" if event.was == PitchState.WRONG_DOOR else ""
    outbox.put(
        "receipt",
        pitch.email,
        dedupe=f"receipt:{pitch.pk}{again}",
        pitch=pitch,
        queue=event.queue,
    )


def answer(event: Event) -> None:
    """3, 4, 5, 6: yes, no, a question or the right door, as it went out."""
    pitch = _about(event)
    sent = pitch.answers.gone().first()
    if sent and sent.kind != AnswerKind.LATER:
        outbox.put(
            sent.kind,
            pitch.email,
            dedupe=f"decision:{pitch.pk}:{sent.pk}",
            pitch=pitch,
            answer=sent,
            queue=event.queue,
        )


def lapsed(event: Event) -> None:
    """8: no answer means no. A question that was not answered closes without a note, as it said it would; where nobody
    is left who answers, everybody hears of it at once.
    """
    pitch, closes = _about(event), event.page.owner.is_going
    if closes or event.was != PitchState.ASKED:
        due = None if closes else pitch.told_lapse
        outbox.put(
            "lapsed",
            pitch.email,
            dedupe=f"lapsed:{pitch.pk}",
            pitch=pitch,
            queue="later",
            not_before=due,
        )


def withdrawn(event: Event) -> None:
    """9: taken back, and how to undo it. Each taking back is told once."""
    outbox.put("withdrawn", _about(event).email, dedupe=f"withdrawn:{event.pk}", pitch=event.pitch, queue=event.queue)


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


def watch_confirm(event: Event) -> None:
    """12: did you ask to be told? Its link confirms all that the mailbox asked for."""
    number, _space, again = event.note.partition(" ")
    watch = Watch.objects.filter(pk=number or 0, confirmed_at=None, stopped_at=None).exclude(mailbox="").first()
    if watch and mailboxes.may_mail(watch.email, browser=watch.browser, again=bool(again), code=False):
        dedupe = f"watch_confirm:{event.pk}"
        outbox.put(
            "watch_confirm",
            watch.email,
            dedupe=dedupe,
            page=event.page,
            watch=watch,
            queue="codes",
            language=watch.language,
        )


def draft(event: Event) -> None:
    """13: the link to a pitch that is half written. Not a word of it: the mailbox is unproven."""
    found, by_mail = drafting.of_event(event)
    if found and by_mail:
        answering.draft_by_mail(event, found)
    elif found and mailboxes.may_mail(found.email, browser=found.browser, again=True, code=False):
        outbox.put(
            "draft",
            found.email,
            dedupe=f"draft:{event.pk}",
            page=event.page,
            draft=found,
            queue="soon",
            language=found.language,
        )


@transaction.atomic
def door_open(happened: Event | Door) -> None:
    """11: the door is open, to the watchers whose turn it is. Exactly one for each."""
    door = happened.door if isinstance(happened, Event) else happened
    assert door is not None
    for watch in watching.wave(door):
        outbox.put(
            "door_open",
            watch.email,
            dedupe=f"door_open:{watch.pk}",
            page=door.page,
            watch=watch,
            queue="later",
            language=watch.language,
        )


def no_longer_needed(message: Message) -> MessageState | None:
    """Has the world moved on since the message was put into the outbox?"""
    pitch, watch, key, half = message.pitch, message.watch, message.key, message.draft
    gone = {
        "invitation": lambda: key and not Key.objects.good().filter(pk=key.pk).exists(),
        "door_open": lambda: watch and (watch.stopped_at or not watching.can_be_told(watch.door)),
        "watch_confirm": lambda: watch and (watch.stopped_at or watch.confirmed_at),
        "code": lambda: not _is_awaited(message),
        "withdrawn": lambda: pitch and pitch.state != PitchState.WITHDRAWN,
        "lapsed": lambda: pitch and pitch.state == PitchState.WITHDRAWN,
        "wrong_door": lambda: pitch and pitch.state != PitchState.WRONG_DOOR,
        "domain_code": lambda: message.proof and (message.proof.proven_at or message.proof.expires_at <= clock.now()),
        "offer": lambda: terms.is_over(message),
        "tell_now": lambda: telling.is_over(message),
        "reminder": lambda: reminding.is_over(message),
        "webhook_fails": lambda: failing.is_over(message),
        **dict.fromkeys(
            ("draft", "draft_by_mail"), lambda: half and (not half.words or half.expires_at <= clock.now())
        ),
        "find": lambda: mailboxes.wants_none(message.to) or finding.sender_of(message.to) is None,
        "alarm": lambda: not brake.is_news(message),
        "account": lambda: account.is_over(message),
        "holiday": lambda: away.is_over(message),
        **dict.fromkeys(("data_copy", "account_goes"), lambda: own_data.is_over(message)),
    }
    gone |= dict.fromkeys(hourly.KINDS, lambda: hourly.is_over(message))
    gone |= dict.fromkeys(assisting.KINDS, lambda: assisting.is_over(message))
    return MessageState.OBSOLETE if message.kind in gone and gone[message.kind]() else None


def _is_awaited(code: Message) -> bool:
    """Does whatever asked for this code still wait for one that works? An introduction is found by its event."""
    asked: Pitch | Introduction | None = code.pitch
    if asked is None:
        number = code.dedupe.partition(":")[2]
        event = Event.objects.filter(pk=number, what=Fact.INTRODUCED).first()
        asked = intake.introduction_of(event) if event else None
    return asked is not None and intake.unproven(asked) and asked.proofs.alive().exists()


# Who puts what, by the folder of its words in templates/email/.
KINDS: dict[str, Callable[..., None]] = {
    "code": code,
    "receipt": receipt,
    "yes": answer,
    "no": answer,
    "ask": answer,
    "wrong_door": answer,
    "lapsed": lapsed,
    "withdrawn": withdrawn,
    **hourly.KINDS,
    "holiday": away.holiday,
    "tell_now": telling.tell_now,
    "page_up": page_up,
    "invitation": invitation,
    "watch_confirm": watch_confirm,
    "door_open": door_open,
    "draft": draft,
    "draft_by_mail": answering.draft_by_mail,
    "ready_answer": answering.ready,
    "find": finding.ask,
    "book_exported": taken_out.book_exported,
    "data_copy": own_data.data_copy,
    "account_goes": own_data.account_goes,
    "domain_code": proving.put,
    "assist_invite": assisting.invite,
    "assistant_joined": assisting.joined,
    "handoff": assisting.handoff,
    "supplied": assisting.supplied,
    "account": outbox.put_account_mail,
    **dict.fromkeys(sorted(security.KINDS), outbox.put_notice),
    "reminder": reminding.reminder,
    "note": noting.note,
    "webhook_fails": failing.webhook_fails,
    "offer": terms.offer,
    "agreed": terms.agreed,
    "declined_offer": terms.declined,
    "alarm": alarms.tell,
}
