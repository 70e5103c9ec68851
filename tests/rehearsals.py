"""Small pasts for the rehearsal: people knock and the owner reads, by the real verbs, without mails and workers."""

from datetime import UTC, datetime

from pitches import intake, relationships, review, routing
from pitches.models import AnswerKind, Event, PitchState, Reason
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # read on Tuesdays and Fridays at nine, Lisbon time
TUESDAY, FRIDAY = datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 6, 9, tzinfo=UTC)
SAID = {
    "yes": {"kind": AnswerKind.YES},
    "no": {"kind": AnswerKind.NO, "reason": Reason.COVERED},
    "ask": {"kind": AnswerKind.ASK, "text": "What does it cost?"},
    "later": {"kind": AnswerKind.LATER},
    "wrong_door": {"kind": AnswerKind.WRONG_DOOR},
}


def street(**page):
    """A page with a door."""
    return DoorFactory(page=PageFactory(**({"handle": "maya", "cards": 2, "newcomer_share": 0.5} | page)))


def person(door, standing="stranger", **more):
    """Somebody with a standing by the owner's hand."""
    sender = SenderFactory(**more)
    if standing != "stranger":
        relationships.set_by_hand(door.page, sender, standing, by=door.page.owner)
    return sender


def knock(door, sender, at=None, **words):
    """Hand in and be routed, at a moment. Raises intake.Refused."""
    with clock.standing_at(at or clock.now()):
        door.refresh_from_db()
        door.page.refresh_from_db()
        pitch = PitchFactory(door=door, door_version=door.version, email=sender.email, **words)
        found = intake.hand_in(pitch, sender)
        settle(found)
        return found


def settle(pitch):
    """What a worker does with a pitch that came."""
    event = Event.objects.filter(pitch=pitch, what=PitchState.ARRIVED).latest("pk")
    event.pitch = pitch
    event.page = pitch.page
    routing.route(event)
    pitch.refresh_from_db()


def read(page, at=None, answers=None, *, until=None):
    """One session: {pitch: what is said}. Ten minutes later it has gone out. Returns the cards."""
    with clock.standing_at(at or clock.now()):
        page.refresh_from_db()
        session = review.open_session(page, by=page.owner)
        given = [say(pitch, said, session, until=until) for pitch, said in (answers or {}).items()]
        review.end_session(session)
        clock.move_to(clock.now() + review.HOLD)
        for one in given:
            review.let_go(one)
        return session.cards


def say(pitch, said, session=None, *, until=None, door=None):
    """One answer."""
    pitch.refresh_from_db()
    more = {"until": until} if said == "later" else {"door": door} if said == "wrong_door" else {}
    return review.answer(pitch, by=pitch.page.owner, session=session, **SAID[said], **more)


def lapse(pitch, at):
    """Nobody answered."""
    with clock.standing_at(at):
        pitch.refresh_from_db()
        review.lapse(pitch)
