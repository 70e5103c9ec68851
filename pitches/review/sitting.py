"""A sitting: the cards of one reading session, one after the other."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, QuerySet, When
from django.db.models.functions import Least

from pitches import helping, ledge, lifecycle
from pitches.models import (
    Answer,
    AnswerKind,
    Fact,
    Look,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
    Role,
)
from pitches.models.reading import HOLD
from pitches.review import looking
from pitches.review.answering import open_card
from pitches.review.looking import Hand
from portal import clock
from portal.models import User

IDLE = timedelta(minutes=30)  # a session nobody touches pauses by itself
PAUSE = timedelta(days=1)  # then a paused session ends, at the latest


def show_next(session: ReadingSession, *, by: User | None = None) -> Hand:
    """Open the next card of a session, after a press that leads to it. What another one has open stays theirs."""
    hand = looking.at_hand(session, by)
    if hand.card and not hand.elsewhere:
        open_card(hand.card)
        if by:
            looking.turn_to(session, hand.card, by=by)
            return replace(hand, opened=True)
    elif by:
        looking.rest(session, by=by)
    return hand


def open_session(page: Page, *, by: User, oldest: bool = False) -> ReadingSession:
    """Begin a session with the cards of this moment, or go on with the one that is open, also if it was paused.

    A new one begins at the card that they had open when the last one ended. `oldest`: the cards by age alone.
    """
    try:
        return _begin(page, by, oldest=oldest)
    except IntegrityError:
        return _go_on(page) or _begin(page, by, oldest=oldest)  # the one that was in the way has ended since


def _begin(page: Page, by: User, *, oldest: bool) -> ReadingSession:
    now = clock.now()
    with transaction.atomic():
        session = ReadingSession.objects.create(
            page=page,
            by=by,
            cards=_begun_with(page, by, ledge.cards_of(page, oldest=oldest)),
            began_at=now,
            touched_at=now,
        )
        lifecycle.record(Fact.SAT_DOWN, page, by=by, note=str(session.pk))  # its place among all that happens
        return session


def _go_on(page: Page) -> ReadingSession | None:
    rows = ReadingSession.objects.filter(page=page, ended_at=None)
    rows.update(paused_at=None, touched_at=clock.now())
    return rows.first()


def touch(session: ReadingSession) -> bool:
    """Somebody is at it, so that it does not pause by itself. False if it stopped meanwhile."""
    goes_on = ReadingSession.objects.filter(pk=session.pk, ended_at=None, paused_at=None)
    return bool(goes_on.update(touched_at=clock.now()))


def _begun_with(page: Page, by: User, cards: list[int]) -> list[int]:
    last = Look.objects.filter(session__page=page, by=by).select_related("pitch").order_by("-session_id").first()
    if last is None or last.pitch.state != PitchState.WAITING:
        return cards
    return [last.pitch_id, *(key for key in cards if key != last.pitch_id)][: page.cards]


def current_session(page: Page) -> ReadingSession | None:
    """The session that is open now, also while it is paused: `over_at` says when it then ends by itself."""
    return _open_ones().filter(page=page).first()


def next_card(session: ReadingSession, by: User | None = None) -> tuple[Pitch | None, int]:
    """The card that is next, for somebody, and how many cards come before it."""
    hand = looking.at_hand(session, by)
    return hand.card, hand.place


def pause_session(session: ReadingSession, *, by: User | None = None) -> int | None:
    """Stop at this card, to go on there. What was answered goes out ten minutes later: how many go then.

    None if only this one stops: others read on, or the answers are not theirs to send. Nobody named: time did it, if
    nobody has touched it since it was seen.
    """
    now = clock.now()
    with transaction.atomic():
        speaks, found = _speaks(session, by), _locked(session)
        if found is None or found.paused_at or (by is None and found.touched_at != session.touched_at):
            return 0
        if by and _stays(session, by, speaks=speaks):
            looking.rest(session, by=by)
            return None
        ReadingSession.objects.filter(pk=session.pk).update(paused_at=now)
        for who in (by, None):
            looking.rest(session, by=who)
        return _send_out(session, now + HOLD)


def end_session(session: ReadingSession, *, by: User | None = None) -> ReadingSession:
    """End a session: from now on its answers are held for ten minutes.

    Others read on, or the answers are not theirs to send: then only who asks stops. Nobody named: time ends what is
    still paused as it was seen.
    """
    now = clock.now()
    with transaction.atomic():
        speaks, found = _speaks(session, by), _locked(session)
        if found is None or (by is None and session.paused_at and found.paused_at != session.paused_at):
            pass
        elif by and _stays(session, by, speaks=speaks):
            looking.rest(session, by=by)
        else:
            ReadingSession.objects.filter(pk=session.pk).update(ended_at=now)
            looking.rest(session, by=None)
            _send_out(session, now + HOLD)
    session.refresh_from_db()
    return session


def _speaks(session: ReadingSession, by: User | None) -> bool:
    """May they let answers go? Asked before the session is locked, as rows are locked in that order."""
    try:
        helping.voice(session.page, by, Role.ASSISTANT)
    except helping.NotAllowed:
        return False
    return True


def _locked(session: ReadingSession) -> ReadingSession | None:
    """The session as it is now, held until the end of the transaction; None if it has ended."""
    return ReadingSession.objects.select_for_update(no_key=True).filter(pk=session.pk, ended_at=None).first()


def _stays(session: ReadingSession, by: User, *, speaks: bool) -> bool:
    """Does it go on without them? While others read what is left, and while it holds what they may not send."""
    if looking.others(session, by=by) and looking.any_left(session):
        return True
    held = Answer.objects.held().filter(session=session, goes_out_at=None)
    return not speaks and held.exclude(kind=AnswerKind.LATER).exists()


def _send_out(session: ReadingSession, at: datetime) -> int:
    """Give a moment to the answers of a session that have none; those of an earlier pause keep theirs."""
    return Answer.objects.held().filter(session=session, goes_out_at=None).update(goes_out_at=at)


def paused() -> QuerySet[ReadingSession]:
    """The sessions that are paused, each with `over_at`."""
    return _open_ones().filter(paused_at__isnull=False).select_related("page")


def _open_ones() -> QuerySet[ReadingSession]:
    """Over at the next reading hour, which has cards of its own; else a day after the pause."""
    day = ExpressionWrapper(F("paused_at") + PAUSE, output_field=DateTimeField())
    hour = Case(When(page__next_hour_at__gt=F("paused_at"), then=F("page__next_hour_at")))
    return ReadingSession.objects.filter(ended_at=None).annotate(over_at=Least(day, hour))
