"""Answers: given now, told later, and undone until then."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pitches import helping, lifecycle
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


def open_card(pitch: Pitch, version: int | None = None) -> None:
    """The owner has it open: from now on its sender changes it no more. Asked for by POST only, so that no look counts.

    With a version, raises ChangedSince unless it is that one. The row is held until the end of the transaction.
    """
    rows = Pitch.objects.filter(pk=pitch.pk)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(opened_at=Coalesce("opened_at", Value(clock.now()))):
        raise ChangedSince


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
) -> Answer:
    """Answer a pitch. The state changes now, the words go out later, and say who gave them.

    Raises BadAnswer, AlreadyMoved, ChangedSince, or NotAllowed: who may only sort puts off, and answers nothing.
    `until`: with later, when it comes back; with "not now", from when it may be tried again. `door`: the right one.
    `version`: of the pitch, as it was read.
    """
    until, door = _dated(pitch, kind, reason, until), door if kind == AnswerKind.WRONG_DOOR else None
    _check(pitch, kind, reason, text, until)
    _check_door(pitch, kind, door)
    said = {"kind": kind, "reason": reason, "text": text, "until": until, "door": door}
    return _give(pitch, said, by=by, session=session, version=version)


def _give(
    pitch: Pitch, said: dict[str, Any], *, by: User, session: ReadingSession | None, version: int | None
) -> Answer:
    """Move the pitch and write the answer, both or neither."""
    now, lapsed_at, kind = clock.now(), pitch.lapses_at, said["kind"]
    with transaction.atomic():
        said["said_by"] = helping.voice(pitch.page, by, role_for(kind))
        was = pitch.state
        if was not in (PitchState.WAITING, PitchState.HELD):
            raise AlreadyMoved(_("This pitch has been answered already."))
        open_card(pitch, version)
        lifecycle.move(pitch, BECOMES[kind], by=by, note=said["text"], **_dates_after(pitch, kind, said["until"]))
        # Touching the row holds it: a session that ends meanwhile sees this answer, or this sees that it ended.
        reading = session and ReadingSession.objects.filter(pk=session.pk, ended_at=None).update(touched_at=now)
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


def _dates_after(pitch: Pitch, kind: AnswerKind, until: date | None) -> dict[str, datetime]:
    """What an answer changes of the dates of a pitch."""
    if kind == AnswerKind.ASK:
        return {"lapses_at": clock.now() + QUESTION_LIFE}
    return {"back_at": _back_at(pitch.page, until)} if until and kind == AnswerKind.LATER else {}


def _check(pitch: Pitch, kind: AnswerKind, reason: str, text: str, until: date | None) -> None:
    if kind == AnswerKind.NO and reason not in Reason.values:
        raise BadAnswer(_("Choose a reason."))
    if kind == AnswerKind.NO and reason == Reason.OWN_LINE and not text.strip():
        raise BadAnswer(_("Write your own line, or choose a reason."))
    if kind == AnswerKind.ASK and not text.strip():
        raise BadAnswer(_("Write the question."))
    if until is None:
        if kind == AnswerKind.LATER:
            raise BadAnswer(_("Choose a day after today."))
    elif until <= pitch.page.local_date(clock.now()):
        raise BadAnswer(_("Choose a day after today."))


def _dated(pitch: Pitch, kind: AnswerKind, reason: str, until: date | None) -> date | None:
    """The day that belongs to an answer: "not now" always has one."""
    if kind == AnswerKind.NO and reason == Reason.NOT_NOW:
        return until or pitch.page.local_date(clock.now()) + ASK_AGAIN_AFTER
    return until if kind == AnswerKind.LATER else None


def _check_door(pitch: Pitch, kind: AnswerKind, door: Door | None) -> None:
    if kind != AnswerKind.WRONG_DOOR:
        return
    if door is None or door.page_id != pitch.page_id or door.pk == pitch.door_id or door.taken_down_at:
        raise BadAnswer(_("Choose the right door."))


def _back_at(page: Page, day: date) -> datetime:
    """The first reading hour on or after a day; without hours, the morning of that day."""
    morning = datetime(day.year, day.month, day.day, tzinfo=page.zone)
    return page.next_hour(morning) or morning + timedelta(hours=9)


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


def last_answer(page: Page) -> Answer | None:
    """The answer that undo takes back: the newest that is still in the house."""
    held = Answer.objects.held().filter(pitch__page=page).select_related("pitch__page", "pitch__door", "door")
    return held.order_by("-given_at", "-pk").first()
