"""A sitting: the cards of one reading session, one after the other."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from pitches import ledge, lifecycle
from pitches.models import (
    Answer,
    Fact,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
)
from pitches.models.reading import HOLD
from pitches.review.answering import open_card
from portal import clock
from portal.models import User

IDLE = timedelta(minutes=30)  # a session nobody touches ends by itself


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


def end_session(session: ReadingSession) -> ReadingSession:
    """End a session: from now on its answers are held for ten minutes."""
    now = clock.now()
    with transaction.atomic():
        if ReadingSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now):
            Answer.objects.held().filter(session=session).update(goes_out_at=now + HOLD)
    session.refresh_from_db()
    return session
