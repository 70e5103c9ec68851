"""A sitting: the cards of one reading session, one after the other."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, QuerySet, When
from django.db.models.functions import Least

from pitches import ledge, lifecycle
from pitches.models import (
    Answer,
    Fact,
    Look,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
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
    now = clock.now()
    try:
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
    except IntegrityError:
        ReadingSession.objects.filter(page=page, ended_at=None).update(paused_at=None, touched_at=now)
        return ReadingSession.objects.get(page=page, ended_at=None)


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

    None if others read on: then only this one stops, and the answers wait for the others. Nobody named: time did it.
    """
    if by and looking.others(session, by=by):
        looking.rest(session, by=by)
        return None
    now = clock.now()
    with transaction.atomic():
        if not ReadingSession.objects.filter(pk=session.pk, ended_at=None, paused_at=None).update(paused_at=now):
            return 0
        for who in (by, None):
            looking.rest(session, by=who)
        return _send_out(session, now + HOLD)


def end_session(session: ReadingSession) -> ReadingSession:
    """End a session: from now on its answers are held for ten minutes."""
    now = clock.now()
    with transaction.atomic():
        if ReadingSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now):
            looking.rest(session, by=None)
            _send_out(session, now + HOLD)
    session.refresh_from_db()
    return session


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
