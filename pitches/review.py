"""Review: the influencer reads and answers. Answers stay in the house until some minutes after the session."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pitches import ledge, lifecycle
from pitches.lifecycle import AlreadyMoved
from pitches.models import (
    Answer,
    AnswerKind,
    Door,
    Fact,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Reason,
)
from pitches.models.reading import ASK_AGAIN_AFTER, HOLD
from portal import clock
from portal.models import User

IDLE = timedelta(minutes=30)  # a session nobody touches ends by itself
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


def show_next(session: ReadingSession) -> Pitch | None:
    """Open the next card of a session, after a press that leads to it; None after the last."""
    card, _place = next_card(session)
    if card:
        open_card(card)
    return card


def open_session(page: Page, *, by: User) -> ReadingSession:
    """Begin a session with the cards of this moment, or go on with the one that is open."""
    now = clock.now()
    try:
        with transaction.atomic():
            session = ReadingSession.objects.create(
                page=page,
                by=by,
                cards=ledge.cards_of(page),
                began_at=now,
                touched_at=now,
            )
            lifecycle.record(Fact.SAT_DOWN, page, by=by, note=str(session.pk))  # its place among all that happens
            return session
    except IntegrityError:
        return ReadingSession.objects.get(page=page, ended_at=None)


def current_session(page: Page) -> ReadingSession | None:
    """The session that is open now."""
    return ReadingSession.objects.filter(page=page, ended_at=None).first()


def next_card(session: ReadingSession) -> tuple[Pitch | None, int]:
    """The first card that still waits for an answer, and how many cards come before it."""
    ledge = Pitch.objects.filter(pk__in=session.cards, state__in=[PitchState.WAITING, PitchState.HELD])
    waiting = {pitch.pk: pitch for pitch in ledge.for_desk()}
    for place, key in enumerate(session.cards):
        if key in waiting:
            return waiting[key], place
    return None, len(session.cards)


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
    """Answer a pitch. The state changes now, the words go out later. Raises BadAnswer, AlreadyMoved or ChangedSince.

    `until`: with later, when it comes back; with "not now", from when it may be tried again. `door`: the right one.
    `version`: of the pitch, as it was read.
    """
    until, door = _dated(pitch, kind, reason, until), door if kind == AnswerKind.WRONG_DOOR else None
    _check(pitch, kind, reason, text, until)
    _check_door(pitch, kind, door)
    now, lapsed_at = clock.now(), pitch.lapses_at
    said = {"kind": kind, "reason": reason, "text": text, "until": until, "door": door}
    with transaction.atomic():
        was = pitch.state
        if was not in (PitchState.WAITING, PitchState.HELD):
            raise AlreadyMoved(_("This pitch has been answered already."))
        open_card(pitch, version)
        lifecycle.move(pitch, BECOMES[kind], by=by, note=text, **_dates_after(pitch, kind, until))
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


def undo(given: Answer, *, by: User) -> Pitch:
    """Take an answer back that has not gone out. Raises AlreadyMoved when it has."""
    pitch = given.pitch
    if pitch.state != BECOMES[AnswerKind(given.kind)]:
        raise AlreadyMoved(_("This pitch has moved on since."))
    lifecycle.unsay(given, by=by)
    return pitch


def last_answer(page: Page) -> Answer | None:
    """The answer that undo takes back: the newest that is still in the house."""
    held = Answer.objects.held().filter(pitch__page=page).select_related("pitch__page", "pitch__door", "door")
    return held.order_by("-given_at", "-pk").first()


def end_session(session: ReadingSession) -> ReadingSession:
    """End a session: from now on its answers are held for ten minutes."""
    now = clock.now()
    with transaction.atomic():
        if ReadingSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now):
            Answer.objects.held().filter(session=session).update(goes_out_at=now + HOLD)
    session.refresh_from_db()
    return session


def send_now(given: Answer) -> bool:
    """Let one held answer go at once. True if it was still here."""
    return bool(Answer.objects.held().filter(pk=given.pk).update(goes_out_at=clock.now()))


def let_go(given: Answer) -> bool:
    """A held answer leaves the house: from now on it cannot be undone. True for exactly one caller."""
    with transaction.atomic():
        if not Answer.objects.held().filter(pk=given.pk).update(sent_at=clock.now()):
            return False
        pitch = given.pitch
        if given.kind != AnswerKind.LATER:
            lifecycle.record(Fact.ANSWER_SENT, pitch.page, pitch, by=given.by)
    return True


def bring_back(pitch: Pitch) -> None:
    """A pitch that was put off is on the ledge again; it keeps at least a week before it lapses."""
    assert pitch.lapses_at is not None
    lapse = max(pitch.lapses_at, clock.now() + timedelta(days=7))
    with transaction.atomic():
        for given in pitch.answers.held():  # a day that came sooner than the answer went out
            let_go(given)
        lifecycle.move(pitch, PitchState.WAITING, lane=ledge.lane_of(pitch), back_at=None, lapses_at=lapse)


def restore(pitch: Pitch, *, by: User) -> None:
    """Take a pitch out of quarantine: it waits in its lane, as if it had never been there."""
    assert pitch.handed_in_at is not None
    lapse = max(
        pitch.told_until or pitch.handed_in_at + timedelta(days=pitch.page.lapse_days),
        clock.now() + timedelta(days=7),
    )
    lifecycle.move(pitch, PitchState.WAITING, by=by, lane=ledge.lane_of(pitch), lapses_at=lapse)


def lapse(pitch: Pitch) -> None:
    """Nobody answered in time: the honest end."""
    lifecycle.move(pitch, PitchState.LAPSED)


def begin_hour(page: Page) -> bool:
    """A reading hour begins: plan the next one and write it down. True for exactly one caller."""
    planned = page.next_hour_at
    if planned is None:
        return False
    following = page.next_hour(max(planned, clock.now()) + timedelta(minutes=1))
    with transaction.atomic():
        if not Page.objects.filter(pk=page.pk, next_hour_at=planned).update(next_hour_at=following):
            return False
        lifecycle.record(Fact.HOUR_BEGAN, page)
    return True
