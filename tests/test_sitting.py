"""A sitting: two people in it, pause and resume, cards passed over, and the minutes that each card took."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from pitches import due, review
from pitches.models import Answer, AnswerKind, Look, Page, Pitch, PitchState, ReadingSession, Role, Spent
from pitches.review import looking, sitting
from portal import clock
from portal.models import User
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # read on Tuesdays and Fridays at nine
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory(name="Maya Lind")


@pytest.fixture
def cards(page: Page) -> list[Pitch]:
    """Three pitches, in reading order."""
    door = DoorFactory(page=page)
    return [PitchFactory(waiting=True, door=door, handed_in_at=MONDAY - timedelta(hours=3 - n)) for n in range(3)]


@pytest.fixture
def sam(page: Page) -> User:
    return helper(page)


def helper(page: Page, role: Role = Role.ASSISTANT, name: str = "Sam Ode") -> User:
    """Somebody who helps at the desk."""
    helps = AssistantFactory(page=page, role=role, name=name)
    user = UserFactory(email=helps.email, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sit(page: Page, by: User) -> ReadingSession:
    session = review.open_session(page, by=by)
    review.show_next(session, by=by)
    return session


def say(session: ReadingSession, pitch: Pitch, by: User, **more: Any) -> Answer:
    given = review.answer(Pitch.objects.get(pk=pitch.pk), AnswerKind.YES, by=by, session=session, **more)
    review.show_next(session, by=by)
    return given


def after(seconds: int) -> None:
    clock.move_to(clock.now() + timedelta(seconds=seconds))


def spent() -> list[tuple[int, int]]:
    return list(Spent.objects.order_by("pk").values_list("pitch_id", "seconds"))


# ── two people ───────────────────────────────────────────────────────────────
def test_the_second_gets_the_card_that_nobody_has(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    assert sit(page, sam) == session
    assert [review.next_card(session, by) for by in (page.owner, sam)] == [(cards[0], 0), (cards[1], 1)]


@pytest.mark.parametrize(("seconds", "at"), [(119, 1), (120, 0)])
def test_two_minutes_without_a_sign_free_a_card(
    page: Page, cards: list[Pitch], sam: User, seconds: int, at: int
) -> None:
    session = sit(page, page.owner)
    after(seconds)
    assert review.next_card(session, sam) == (cards[at], at)


def test_a_sign_keeps_it(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    after(100)
    review.sign(session, cards[0], by=page.owner)
    after(100)
    assert review.next_card(session, sam)[0] == cards[1]


def test_a_second_window_moves_nothing_by_its_sign(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    assert review.sign(session, cards[2], by=page.owner) is False
    assert Look.objects.get().pitch == cards[0]


def test_who_comes_by_a_link_has_the_card_by_the_first_sign(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    assert review.sign(session, cards[1], by=sam) is True
    assert Look.objects.get(by=sam).pitch == cards[1]


def test_the_last_cards_are_open_elsewhere(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    sit(page, sam)
    say(session, cards[1], sam)
    say(session, cards[2], sam)
    hand = review.at_hand(session, sam)
    assert (hand.card, hand.elsewhere, hand.also) == (cards[0], True, Look.objects.get(by=page.owner))
    review.turn_to(session, cards[0], by=sam)
    hand = review.at_hand(session, sam)
    assert (hand.card, hand.elsewhere, hand.also) == (cards[0], False, Look.objects.get(by=page.owner))


def test_somebody_who_reads_along_takes_no_card_from_others(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    review.turn_to(session, cards[0], by=sam)
    assert review.at_hand(session, page.owner).card == cards[0]
    say(session, cards[0], sam)
    assert [review.at_hand(session, by).card for by in (page.owner, sam)] == [cards[2], cards[1]]


def test_a_reader_sees_what_is_open_and_opens_nothing(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    say(session, cards[0], page.owner)
    reader = helper(page, Role.READER, "Rita Roe")
    hand = review.at_hand(session, reader, along=True)
    assert (hand.card, hand.elsewhere, Look.objects.count()) == (cards[1], False, 1)


def test_undo_takes_the_last_answer_of_ones_own(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    mine = say(session, cards[0], page.owner)
    theirs = say(session, cards[2], sam)
    found = [review.last_answer(page), review.last_answer(page, by=sam), review.last_answer(page, by=page.owner)]
    assert found == [theirs, theirs, mine]


# ── passing over ─────────────────────────────────────────────────────────────
def test_what_was_passed_over_comes_back_at_the_end(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    key = review.beside(session, page.owner, back=False)
    assert key == cards[1].pk
    review.turn_to(session, cards[1], by=page.owner)
    say(session, cards[1], page.owner)
    assert review.next_card(session, page.owner) == (cards[2], 2)
    say(session, cards[2], page.owner)
    assert review.next_card(session, page.owner) == (cards[0], 0)
    assert review.beside(session, page.owner, back=False) is None


@pytest.mark.parametrize(("back", "at"), [(False, 2), (True, 0)])
def test_a_card_beside_is_none_that_others_have(page: Page, cards: list[Pitch], sam: User, back: bool, at: int) -> None:
    session = sit(page, page.owner)
    review.turn_to(session, cards[1], by=page.owner)
    assert review.beside(session, page.owner, back=back) == cards[at].pk
    review.turn_to(session, cards[at], by=sam)
    assert review.beside(session, page.owner, back=back) == cards[2 - at].pk


# ── pause ────────────────────────────────────────────────────────────────────
def test_a_pause_lets_the_answers_go_and_keeps_the_card(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    say(session, cards[0], page.owner)
    assert review.pause_session(session, by=page.owner) == 1
    assert Answer.objects.get().goes_out_at == MONDAY + review.HOLD
    after(3600)
    assert sit(page, page.owner) == session
    assert review.next_card(session, page.owner) == (cards[1], 1)
    assert ReadingSession.objects.get().paused_at is None


def test_after_a_pause_new_answers_wait_for_the_end_and_old_ones_keep_their_time(
    page: Page, cards: list[Pitch]
) -> None:
    session = sit(page, page.owner)
    say(session, cards[0], page.owner)
    review.pause_session(session, by=page.owner)
    after(60)
    sit(page, page.owner)
    assert say(session, cards[1], page.owner).goes_out_at is None
    after(60)
    review.end_session(session)
    out = list(Answer.objects.order_by("pk").values_list("goes_out_at", flat=True))
    assert out == [MONDAY + review.HOLD, clock.now() + review.HOLD]


def test_pausing_twice_does_not_hold_longer(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    say(session, cards[0], page.owner)
    review.pause_session(session, by=page.owner)
    after(60)
    assert review.pause_session(session, by=page.owner) == 0
    assert Answer.objects.get().goes_out_at == MONDAY + review.HOLD


def test_who_pauses_while_another_reads_on_stops_alone(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    sit(page, sam)
    say(session, cards[1], sam)
    assert review.pause_session(session, by=sam) is None
    assert (ReadingSession.objects.get().paused_at, Answer.objects.get().goes_out_at) == (None, None)
    assert review.next_card(session, page.owner)[0] == cards[0]
    assert review.pause_session(session, by=page.owner) == 1


@pytest.mark.parametrize("stop", [review.pause_session, review.end_session])
def test_who_may_only_sort_starts_no_clock_of_an_answer(page: Page, cards: list[Pitch], stop: Any) -> None:
    session, screener = sit(page, page.owner), helper(page, Role.SCREENER)
    given = say(session, cards[0], page.owner)
    after(300)
    sit(page, screener)
    stop(session, by=screener)
    given.refresh_from_db()
    session.refresh_from_db()
    assert (given.goes_out_at, session.paused_at, session.ended_at) == (None, None, None)
    review.undo(given, by=page.owner)
    stop(session, by=screener)  # nothing is in it that they may not send
    session.refresh_from_db()
    assert session.paused_at or session.ended_at


def test_who_ends_while_another_reads_on_stops_alone(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    sit(page, sam)
    say(session, cards[1], sam)
    assert review.end_session(session, by=page.owner).ended_at is None
    assert Answer.objects.get().goes_out_at is None
    assert review.end_session(session, by=sam).ended_at


def test_who_begins_as_the_last_one_ends_begins_a_new_one(page: Page, cards: list[Pitch], monkeypatch: Any) -> None:
    first, ask = sit(page, page.owner), sitting._go_on

    def ended(page: Page) -> ReadingSession | None:
        review.end_session(first)
        return ask(page)

    monkeypatch.setattr(sitting, "_go_on", ended)
    assert review.open_session(page, by=page.owner) != first


def test_time_stops_only_what_is_as_it_was_seen(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    seen = ReadingSession.objects.get()
    after(60)
    assert review.touch(session)
    review.pause_session(seen)
    assert ReadingSession.objects.get().paused_at is None
    review.pause_session(ReadingSession.objects.get())
    seen = ReadingSession.objects.get()
    after(60)
    assert (bool(seen.paused_at), review.touch(session)) == (True, False)
    sit(page, page.owner)
    assert review.end_session(seen).ended_at is None


def test_an_answer_from_an_old_window_goes_on_with_a_paused_sitting(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    review.pause_session(session, by=page.owner)
    assert say(session, cards[0], page.owner).goes_out_at is None
    assert ReadingSession.objects.get().paused_at is None


def _over_at(page: Page) -> datetime | None:
    return getattr(review.current_session(page), "over_at", None)


@pytest.mark.parametrize(
    ("reading", "over"),
    [
        (["MON 12:00"], MONDAY + timedelta(hours=3)),
        (["TUE 09:30"], TUESDAY),
        ([], TUESDAY),
    ],
)
def test_a_pause_ends_at_the_next_hour_or_after_a_day(reading: list[str], over: datetime) -> None:
    page = PageFactory(reading=reading)
    PitchFactory(waiting=True, door__page=page)
    session = sit(page, page.owner)
    assert _over_at(page) is None
    review.pause_session(session, by=page.owner)
    assert _over_at(page) == over
    clock.move_to(over - timedelta(seconds=1))
    due.tick()
    assert review.current_session(page) == session
    clock.move_to(over)
    due.tick()
    assert review.current_session(page) is None


def test_the_next_sitting_begins_at_the_card_that_was_open(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    review.turn_to(session, cards[1], by=page.owner)
    review.end_session(session)
    again = sit(page, page.owner)
    assert again.cards == [cards[1].pk, cards[0].pk, cards[2].pk]
    Pitch.objects.filter(pk=cards[1].pk).update(state=PitchState.HELD)
    review.end_session(again)
    assert sit(page, page.owner).cards == [cards[0].pk, cards[2].pk]


def test_a_card_of_the_sitting_before_makes_it_no_longer(page: Page, cards: list[Pitch]) -> None:
    Page.objects.update(cards=2)
    session = sit(page, page.owner)
    review.turn_to(session, cards[2], by=page.owner)
    review.end_session(session)
    assert sit(Page.objects.get(), page.owner).cards == [cards[2].pk, cards[0].pk]


# ── the time ledger ──────────────────────────────────────────────────────────
def test_each_card_that_was_left_has_its_seconds(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    after(19)
    say(session, cards[0], page.owner)
    after(7)
    review.turn_to(session, cards[2], by=page.owner)
    after(5)
    review.pause_session(session, by=page.owner)
    assert spent() == [(cards[0].pk, 19), (cards[1].pk, 7), (cards[2].pk, 5)]
    row = Spent.objects.first()
    assert row is not None
    assert (row.by, row.session, row.at) == (page.owner, session, MONDAY + timedelta(seconds=19))


def test_a_telephone_is_no_reading(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    after(900)
    say(session, cards[0], page.owner)
    assert spent() == [(cards[0].pk, looking.AT_MOST)]


def test_the_same_look_is_written_once(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    after(10)
    review.pause_session(session, by=page.owner)
    after(10)
    review.pause_session(session, by=page.owner)
    review.end_session(session)
    sit(page, page.owner)
    assert spent() == [(cards[0].pk, 10)]


def test_the_pause_is_not_read(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    after(10)
    review.pause_session(session, by=page.owner)
    after(3600)
    sit(page, page.owner)
    after(4)
    say(session, cards[0], page.owner)
    assert spent() == [(cards[0].pk, 10), (cards[0].pk, 4)]


def test_a_window_that_was_left_open_counts_to_its_last_sign(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    after(45)
    review.sign(session, cards[0], by=page.owner)
    clock.move_to(MONDAY + review.IDLE)
    due.tick()
    assert spent() == [(cards[0].pk, 45)]


def test_without_any_sign_nothing_is_known(page: Page, cards: list[Pitch]) -> None:
    sit(page, page.owner)
    clock.move_to(MONDAY + review.IDLE)
    due.tick()
    assert spent() == []


def test_a_clock_that_was_set_back_takes_no_time_away(page: Page, cards: list[Pitch]) -> None:
    session = sit(page, page.owner)
    Look.objects.update(since=MONDAY + timedelta(seconds=30), touched_at=MONDAY + timedelta(seconds=30))
    say(session, cards[0], page.owner)
    assert spent() == [(cards[0].pk, 0)]


def test_each_has_minutes_of_their_own(page: Page, cards: list[Pitch], sam: User) -> None:
    session = sit(page, page.owner)
    sit(page, sam)
    after(20)
    say(session, cards[1], sam)
    after(10)
    say(session, cards[0], page.owner)
    found = list(Spent.objects.order_by("pk").values_list("by", "pitch", "seconds"))
    assert found == [(sam.pk, cards[1].pk, 20), (page.owner.pk, cards[0].pk, 30)]
