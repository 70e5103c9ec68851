"""Reading: sessions, answers, the hold, undo."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pitches import due, review
from pitches.lifecycle import AlreadyMoved
from pitches.models import Answer, AnswerKind, Fact, Page, Pitch, PitchState, ReadingSession, Reason
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # Lisbon is at UTC; the page is read on Tuesdays and Fridays at nine


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


def waiting(page: Page, **more: Any) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page), **more)


def say(pitch: Pitch, kind: AnswerKind = AnswerKind.YES, **more: Any) -> Answer:
    return review.answer(pitch, kind, by=pitch.page.owner, **more)


def now_of(pitch: Pitch) -> str:
    return Pitch.objects.get(pk=pitch.pk).state


# ── sessions ─────────────────────────────────────────────────────────────────
def test_a_session_holds_the_cards_of_its_beginning(page: Page) -> None:
    first = waiting(page)
    session = review.open_session(page, by=page.owner)
    waiting(page)
    assert session.cards == [first.pk]


def test_a_second_start_goes_on_with_the_open_session(page: Page) -> None:
    waiting(page)
    assert review.open_session(page, by=page.owner) == review.open_session(page, by=page.owner)


def test_an_ended_session_is_not_current(page: Page) -> None:
    session = review.end_session(review.open_session(page, by=page.owner))
    assert (session.ended_at, review.current_session(page)) == (MONDAY, None)


def test_the_next_card_is_the_first_that_still_waits(page: Page) -> None:
    first, second = waiting(page), waiting(page)
    session = review.open_session(page, by=page.owner)
    say(first, session=session)
    assert review.next_card(session) == (second, 1)


def test_a_card_taken_back_while_reading_is_passed_over(page: Page) -> None:
    first, second = waiting(page), waiting(page)
    session = review.open_session(page, by=page.owner)
    Pitch.objects.filter(pk=first.pk).update(state=PitchState.WITHDRAWN)
    assert review.next_card(session)[0] == second


def test_after_the_last_card_there_is_none(page: Page) -> None:
    pitch = waiting(page)
    session = review.open_session(page, by=page.owner)
    say(pitch, session=session)
    assert review.next_card(session) == (None, 1)


def test_a_session_that_nobody_touches_pauses_after_half_an_hour(page: Page) -> None:
    waiting(page)
    session = review.open_session(page, by=page.owner)
    clock.move_to(MONDAY + review.IDLE - timedelta(seconds=1))
    due.tick()
    assert ReadingSession.objects.get().paused_at is None
    clock.move_to(MONDAY + review.IDLE)
    due.tick()
    assert (review.current_session(page), ReadingSession.objects.get().paused_at) == (session, MONDAY + review.IDLE)


# ── answers ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "more", "state"),
    [
        (AnswerKind.YES, {}, PitchState.ACCEPTED),
        (AnswerKind.ASK, {"text": "What does it cost them?"}, PitchState.ASKED),
        (AnswerKind.LATER, {"until": date(2026, 3, 9)}, PitchState.LATER),
        (AnswerKind.NO, {"reason": Reason.COVERED}, PitchState.DECLINED),
    ],
)
def test_an_answer_moves_the_pitch_at_once(page: Page, kind: AnswerKind, more: dict[str, Any], state: str) -> None:
    pitch = waiting(page)
    given = say(pitch, kind, **more)
    assert (now_of(pitch), given.was, given.sent_at) == (state, PitchState.WAITING, None)


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        (AnswerKind.NO, {}, "Choose a reason."),
        (AnswerKind.NO, {"reason": "rude"}, "Choose a reason."),
        (AnswerKind.NO, {"reason": Reason.OWN_LINE, "text": "  "}, "Write your own line, or choose a reason."),
        (AnswerKind.ASK, {}, "Write the question."),
        (AnswerKind.LATER, {}, "Choose a day after today."),
        (AnswerKind.LATER, {"until": date(2026, 3, 2)}, "Choose a day after today."),
    ],
)
def test_an_answer_that_lacks_something_says_what(
    page: Page, kind: AnswerKind, more: dict[str, Any], sentence: str
) -> None:
    pitch = waiting(page)
    with pytest.raises(review.BadAnswer) as refused:
        say(pitch, kind, **more)
    assert (str(refused.value), now_of(pitch), Answer.objects.count()) == (sentence, PitchState.WAITING, 0)


@pytest.mark.parametrize("trait", ["quarantine", "declined", "accepted", "lapsed", "withdrawn", "asked", "later"])
def test_only_what_lies_on_the_ledge_can_be_answered(page: Page, trait: str) -> None:
    pitch = PitchFactory(door=DoorFactory(page=page), **{trait: True})
    with pytest.raises(AlreadyMoved):
        say(pitch)
    assert Answer.objects.count() == 0


def test_the_second_of_two_answers_is_refused(page: Page) -> None:
    pitch = waiting(page)
    stale = Pitch.objects.get(pk=pitch.pk)
    say(pitch)
    with pytest.raises(AlreadyMoved):
        say(stale, AnswerKind.NO, reason=Reason.COVERED)
    assert list(Answer.objects.values_list("kind", flat=True)) == ["yes"]


def test_a_pitch_held_aside_can_be_answered(page: Page) -> None:
    pitch = PitchFactory(held=True, door=DoorFactory(page=page))
    assert (say(pitch).was, now_of(pitch)) == (PitchState.HELD, PitchState.ACCEPTED)


def test_later_comes_back_at_the_reading_hour_of_that_day_or_the_next(page: Page) -> None:
    pitch = waiting(page)
    say(pitch, AnswerKind.LATER, until=date(2026, 3, 4))  # a Wednesday
    assert Pitch.objects.get(pk=pitch.pk).back_at == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_later_without_reading_hours_comes_back_in_the_morning() -> None:
    pitch = waiting(PageFactory(reading=[]))
    say(pitch, AnswerKind.LATER, until=date(2026, 3, 4))
    assert Pitch.objects.get(pk=pitch.pk).back_at == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_what_comes_back_keeps_a_week(page: Page) -> None:
    pitch = waiting(page)
    say(pitch, AnswerKind.LATER, until=date(2026, 3, 20))
    clock.move_to(datetime(2026, 3, 20, 9, tzinfo=UTC))
    due.tick()
    found = Pitch.objects.get(pk=pitch.pk)
    assert (found.state, found.back_at) == (PitchState.WAITING, None)
    assert found.lapses_at == datetime(2026, 3, 27, 9, tzinfo=UTC)


def test_a_question_lives_thirty_days(page: Page) -> None:
    pitch = waiting(page)
    say(pitch, AnswerKind.ASK, text="Is there a date?")
    assert Pitch.objects.get(pk=pitch.pk).lapses_at == MONDAY + timedelta(days=30)


# ── the hold ─────────────────────────────────────────────────────────────────
def test_an_answer_outside_a_session_goes_out_after_ten_minutes(page: Page) -> None:
    assert say(waiting(page)).goes_out_at == MONDAY + timedelta(minutes=10)


def test_answers_of_a_session_go_out_ten_minutes_after_its_end(page: Page) -> None:
    pitch = waiting(page)
    session = review.open_session(page, by=page.owner)
    assert say(pitch, session=session).goes_out_at is None
    clock.move_to(MONDAY + timedelta(minutes=5))
    review.end_session(session)
    assert Answer.objects.get().goes_out_at == MONDAY + timedelta(minutes=15)


def test_ending_twice_does_not_hold_longer(page: Page) -> None:
    pitch = waiting(page)
    session = review.open_session(page, by=page.owner)
    say(pitch, session=session)
    review.end_session(session)
    clock.move_to(MONDAY + timedelta(minutes=5))
    review.end_session(session)
    assert Answer.objects.get().goes_out_at == MONDAY + timedelta(minutes=10)


def test_an_answer_given_into_a_session_that_has_ended_goes_out_too(page: Page) -> None:
    pitch = waiting(page)
    seen = review.open_session(page, by=page.owner)
    review.end_session(ReadingSession.objects.get(pk=seen.pk))  # by time, while the tab was open
    assert say(pitch, session=seen).goes_out_at == MONDAY + timedelta(minutes=10)


def test_nothing_goes_out_before_its_time(page: Page) -> None:
    say(waiting(page))
    clock.move_to(MONDAY + timedelta(minutes=9, seconds=59))
    due.tick()
    assert Answer.objects.held().count() == 1
    clock.move_to(MONDAY + timedelta(minutes=10))
    due.tick()
    assert Answer.objects.get().sent_at == MONDAY + timedelta(minutes=10)


@pytest.mark.parametrize(("kind", "told"), [(AnswerKind.YES, 1), (AnswerKind.LATER, 0)])
def test_only_later_goes_out_without_a_word(page: Page, kind: AnswerKind, told: int) -> None:
    given = say(waiting(page), kind, until=date(2026, 3, 9) if kind == AnswerKind.LATER else None)
    assert review.let_go(given) is True
    assert page.events.filter(what=Fact.ANSWER_SENT).count() == told


def test_an_answer_leaves_the_house_once(page: Page) -> None:
    given = say(waiting(page))
    assert [review.let_go(given), review.let_go(given)] == [True, False]


def test_send_now_lets_the_next_tick_take_it(page: Page) -> None:
    given = say(waiting(page))
    assert review.send_now(given, by=given.pitch.page.owner) is True
    due.tick()
    assert (Answer.objects.get().sent_at, review.send_now(given, by=given.pitch.page.owner)) == (MONDAY, False)


# ── undo ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("trait", ["waiting", "held"])
def test_undo_brings_the_pitch_back_to_where_it_was(page: Page, trait: str) -> None:
    pitch = PitchFactory(door=DoorFactory(page=page), **{trait: True})
    review.undo(say(pitch), by=page.owner)
    assert (now_of(pitch), Answer.objects.get().undone_at) == (trait, MONDAY)


def test_undo_of_later_and_of_a_question_restores_the_dates(page: Page) -> None:
    for kind, more in ((AnswerKind.LATER, {"until": date(2026, 3, 9)}), (AnswerKind.ASK, {"text": "Why?"})):
        pitch = waiting(page)
        review.undo(say(pitch, kind, **more), by=page.owner)
        found = Pitch.objects.get(pk=pitch.pk)
        assert (found.back_at, found.lapses_at) == (None, MONDAY + timedelta(days=21))


def test_undo_keeps_the_day_that_the_pitch_had_before(page: Page) -> None:
    """It came back late, so its day is later than the usual one; a slip must not end it."""
    late = clock.now() + timedelta(days=5)
    pitch = PitchFactory(door__page=page, waiting=True, handed_in_at=clock.now() - timedelta(days=30), lapses_at=late)
    given = review.answer(pitch, AnswerKind.NO, by=page.owner, reason="covered")
    assert review.undo(given, by=page.owner).lapses_at == late


def test_undo_of_what_has_gone_out_is_refused(page: Page) -> None:
    given = say(waiting(page))
    review.let_go(given)
    with pytest.raises(AlreadyMoved):
        review.undo(given, by=page.owner)
    assert now_of(given.pitch) == PitchState.ACCEPTED


def test_undo_twice_is_refused_the_second_time(page: Page) -> None:
    given = say(waiting(page))
    review.undo(given, by=page.owner)
    with pytest.raises(AlreadyMoved):
        review.undo(Answer.objects.get(), by=page.owner)


def test_undo_of_a_pitch_that_moved_on_is_refused(page: Page) -> None:
    given = say(waiting(page), AnswerKind.ASK, text="Why?")
    Pitch.objects.update(state=PitchState.WITHDRAWN)
    with pytest.raises(AlreadyMoved):
        review.undo(Answer.objects.get(pk=given.pk), by=page.owner)
    assert Answer.objects.get().undone_at is None


def test_an_undone_answer_never_goes_out_and_another_may_follow(page: Page) -> None:
    pitch = waiting(page)
    review.undo(say(pitch), by=page.owner)
    say(pitch, AnswerKind.NO, reason=Reason.NO_PROOF)
    clock.move_to(MONDAY + timedelta(hours=1))
    due.tick()
    assert list(Answer.objects.filter(sent_at__isnull=False).values_list("kind", flat=True)) == ["no"]


def test_the_last_answer_is_the_newest_in_the_house(page: Page) -> None:
    first, second = say(waiting(page)), say(waiting(page))
    say(waiting(PageFactory()))
    assert review.last_answer(page) == second
    review.undo(second, by=page.owner)
    assert review.last_answer(page) == first
    review.let_go(first)
    assert review.last_answer(page) is None


# ── aside, lapse, hours ──────────────────────────────────────────────────────
def test_a_restored_pitch_waits_in_its_lane_and_keeps_a_week(page: Page) -> None:
    pitch = PitchFactory(
        quarantine=True, door=DoorFactory(page=page), standing="known", handed_in_at=MONDAY - timedelta(days=20)
    )
    review.restore(pitch, by=page.owner)
    found = Pitch.objects.get(pk=pitch.pk)
    assert (found.state, found.lane, found.lapses_at) == (PitchState.WAITING, "known", MONDAY + timedelta(days=7))


def test_nobody_answered_in_time(page: Page) -> None:
    pitch = waiting(page)
    clock.move_to(MONDAY + timedelta(days=21))
    due.tick()
    assert now_of(pitch) == PitchState.LAPSED


def test_an_hour_begins_once_and_plans_the_next(page: Page) -> None:
    clock.move_to(datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert [review.begin_hour(Page.objects.get()), review.begin_hour(page)] == [True, False]
    assert Page.objects.get().next_hour_at == datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert page.events.filter(what=Fact.HOUR_BEGAN).count() == 1


def test_without_hours_none_begins() -> None:
    assert review.begin_hour(PageFactory(reading=[])) is False
