"""Answers: given now, told later, and undone until then."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pitches import helping, lifecycle, replies
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    AnswerKind,
    Door,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Reason,
    Role,
)
from pitches.models.reading import ASK_AGAIN_AFTER, HOLD
from pitches.review import snoozing
from portal import clock
from portal.models import User

QUESTION_LIFE = timedelta(days=30)  # then a question lapses, harmlessly
BECOMES = {
    AnswerKind.YES: PitchState.ACCEPTED,
    AnswerKind.ASK: PitchState.ASKED,
    AnswerKind.LATER: PitchState.LATER,
    AnswerKind.NO: PitchState.DECLINED,
    AnswerKind.WRONG_DOOR: PitchState.WRONG_DOOR,
}


class BadAnswer(ValueError):
    """The answer lacks something; the message is a sentence for its author."""


class ChangedSince(Exception):
    """The sender changed the pitch after it was shown to whoever answers it."""


def open_card(pitch: Pitch) -> None:
    """The owner has it open: from now on its sender changes it no more. Asked for by POST only, so that no look counts.

    The row is held until the end of the transaction.
    """
    Pitch.objects.filter(pk=pitch.pk).update(opened_at=opened())


def opened() -> Coalesce:
    """The moment at which the owner first had a pitch open: now, unless it was before."""
    return Coalesce("opened_at", Value(clock.now()))


def answer(
    pitch: Pitch,
    kind: AnswerKind,
    *,
    by: User,
    session: ReadingSession | None = None,
    reason: str = "",
    text: str = "",
    until: date | None = None,
    door: Door | None = None,
    version: int | None = None,
    when_open: bool = False,
    reply: str = "",
) -> Answer:
    """Answer a pitch. The state changes now, the words go out later, and say who gave them.

    Raises BadAnswer, AlreadyMoved, ChangedSince, or NotAllowed: who may only sort puts off, and answers nothing.
    `until`: with later, when it comes back; with "not now", from when it may be tried again. `door`: the right one.
    `version`: of the pitch, as it was read. `when_open`: with later, back as soon as the door opens, if that is sooner.
    `reply`: the name of ready words (replies.find). What they say is filled in now, and stays with the answer.
    """
    when_open = when_open and kind == AnswerKind.LATER
    until = until or snoozing.latest_day(pitch) if when_open else until
    until, door = dated(pitch.page, kind, reason, until), door if kind == AnswerKind.WRONG_DOOR else None
    check(pitch.page, kind, reason, text or reply, until)
    check_door(pitch.page, kind, door)
    if door and door.pk == pitch.door_id:
        raise BadAnswer(_("Choose the right door."))
    said = {"kind": kind, "reason": reason, "text": text, "until": until, "door": door, "when_open": when_open}
    said |= worded(pitch.page, kind, reason, reply, until)(pitch)
    return _give(pitch, said, by=by, session=session, version=version)


def as_if(
    pitch: Pitch, kind: AnswerKind, *, reason: str = "", text: str = "", until: date | None = None, reply: str = ""
) -> Answer:
    """The answer that this would be, to a pitch that was never handed in: checked, worded, not stored.

    Raises BadAnswer.
    """
    until = dated(pitch.page, kind, reason, until)
    check(pitch.page, kind, reason, text or reply, until)
    said = worded(pitch.page, kind, reason, reply, until)(pitch)
    return Answer(pitch=pitch, kind=kind, reason=reason, text=text, until=until, given_at=clock.now(), **said)


def _give(
    pitch: Pitch,
    said: dict[str, Any],
    *,
    by: User,
    session: ReadingSession | None,
    version: int | None,
) -> Answer:
    """Move the pitch and write the answer, both or neither."""
    now, lapsed_at, kind = clock.now(), pitch.lapses_at, said["kind"]
    with transaction.atomic():
        said["said_by"] = helping.voice(pitch.page, by, role_for(kind))
        was = pitch.state
        if was not in (PitchState.WAITING, PitchState.HELD):
            raise AlreadyMoved(_("This pitch has been answered already."))
        # Touching the row holds it: a session that ends meanwhile sees this answer, or this sees that it ended. Before
        # the pitch, as whoever goes on to the next card holds them in this order.
        sitting = ReadingSession.objects.filter(pk=session.pk, ended_at=None) if session else None
        reading = sitting is not None and sitting.update(touched_at=now, paused_at=None)
        dates = dates_after(pitch.page, kind, said["until"])
        dates |= _until_the_door_opens(pitch) if said["when_open"] else {}
        _move(pitch, BECOMES[kind], by=by, note=said["text"], read_in=version, opened_at=opened(), **dates)
        return Answer.objects.create(
            pitch=pitch,
            session=session,
            was=was,
            lapsed_at=lapsed_at,
            by=by,
            given_at=now,
            goes_out_at=None if reading else now + HOLD,
            **said,
        )


def _move(pitch: Pitch, to: PitchState, *, read_in: int | None, **said: Any) -> None:
    was = pitch.state
    try:
        lifecycle.move(pitch, to, read_in=read_in, **said)
    except AlreadyMoved:
        if read_in is not None and Pitch.objects.filter(pk=pitch.pk, state=was).exists():
            raise ChangedSince from None
        raise


def worded(
    page: Page, kind: AnswerKind, reason: str, reply: str, until: date | None
) -> Callable[[Pitch], dict[str, str]]:
    """What an answer keeps of its ready words, for any pitch of a page. One query at most. Raises BadAnswer."""
    try:
        chosen = replies.pick(page, kind, reason, reply)
    except replies.Gone as gone:
        raise BadAnswer(str(gone)) from gone
    by = page.local_date(clock.now() + QUESTION_LIFE) if kind == AnswerKind.ASK else until
    return lambda pitch: asdict(replies.say(chosen, pitch, by)) if chosen else {}


def dates_after(page: Page, kind: AnswerKind, until: date | None) -> dict[str, Any]:
    """What an answer changes of the dates of a pitch."""
    if kind == AnswerKind.ASK:
        return {"lapses_at": clock.now() + QUESTION_LIFE}
    return {"back_at": snoozing.back_at(page, until)} if until and kind == AnswerKind.LATER else {}


def _until_the_door_opens(pitch: Pitch) -> dict[str, Any]:
    """The mark of a pitch that comes back when its door opens. The door is held until the end of the transaction."""
    try:
        snoozing.hold_shut(pitch)
    except snoozing.NothingToWaitFor as nothing:
        raise BadAnswer(str(nothing)) from nothing
    return {"back_when_open": True}


def check(page: Page, kind: AnswerKind, reason: str, text: str, until: date | None) -> None:
    """Is it an answer that this page may give? Raises BadAnswer."""
    if kind == AnswerKind.NO and reason not in Reason.values:
        raise BadAnswer(_("Choose a reason."))
    if kind == AnswerKind.NO and reason == Reason.OWN_LINE and not text.strip():
        raise BadAnswer(_("Write your own line, or choose a reason."))
    if kind == AnswerKind.ASK and not text.strip():
        raise BadAnswer(_("Write the question."))
    if until is None:
        if kind == AnswerKind.LATER:
            raise BadAnswer(_("Choose a day after today."))
    elif until <= page.local_date(clock.now()):
        raise BadAnswer(_("Choose a day after today."))


def dated(page: Page, kind: AnswerKind, reason: str, until: date | None) -> date | None:
    """The day that belongs to an answer: "not now" always has one."""
    if kind == AnswerKind.NO and reason == Reason.NOT_NOW:
        return until or page.local_date(clock.now()) + ASK_AGAIN_AFTER
    return until if kind == AnswerKind.LATER else None


def check_door(page: Page, kind: AnswerKind, door: Door | None) -> None:
    """Is it a door of this page, where one is named? Raises BadAnswer."""
    if kind == AnswerKind.WRONG_DOOR and (door is None or door.page_id != page.pk or door.taken_down_at):
        raise BadAnswer(_("Choose the right door."))


def role_for(kind: AnswerKind) -> Role:
    """The least role that may give such an answer, and take it back: to put off is to sort."""
    return Role.SCREENER if kind == AnswerKind.LATER else Role.ASSISTANT


def undo(given: Answer, *, by: User) -> Pitch:
    """Take an answer back that has not gone out. Raises AlreadyMoved when it has, and NotAllowed."""
    pitch = given.pitch
    if pitch.state != BECOMES[AnswerKind(given.kind)]:
        raise AlreadyMoved(_("This pitch has moved on since."))
    with transaction.atomic():
        helping.voice(pitch.page, by, role_for(AnswerKind(given.kind)))
        lifecycle.unsay(given, by=by)
    return pitch


def last_answer(page: Page, *, by: User | None = None) -> Answer | None:
    """The answer that undo takes back: the newest that is still in the house, of all or of one person."""
    held = Answer.objects.held().filter(pitch__page=page).select_related("pitch", "door")
    held = held.filter(by=by) if by else held
    last = held.order_by("-given_at", "-pk").first()
    if last:
        last.pitch.page = page
    return last
