"""DUE: what time does by itself, each row of the table; nothing happens a second early."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pitches import due, review
from pitches.lifecycle import AlreadyMoved
from pitches.models import Answer, AnswerKind, Event, Page, Pitch, ReadingSession
from portal import clock
from tests.factories import AnswerFactory, MessageFactory, PageFactory, PitchFactory, ReadingSessionFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def tick_around(moment):
    """How many rows were acted on one second before, at the moment, and again."""
    counts = []
    for when in (moment - SECOND, moment, moment):
        clock.move_to(when)
        counts.append(due.tick())
    return counts


def facts():
    return list(Event.objects.order_by("pk").values_list("what", flat=True))


def test_the_table_names_everything_that_time_does():
    assert list(due.DUE) == [
        "a session that nobody touches pauses",
        "a paused session ends",
        "an answer goes out",
        "a pitch comes back",
        "a pitch lapses",
        "a door opens or closes by itself",
        "the next watchers are told",
        "an outcome counts",
        "evidence is too old to count",
        "a reading hour begins",
    ]


def test_while_nothing_is_due_a_look_at_all_of_it_is_one_query(django_assert_num_queries):
    ReadingSessionFactory(), PitchFactory(waiting=True), AnswerFactory()
    with django_assert_num_queries(1):
        assert due.tick() == 0


def test_what_an_act_makes_due_is_done_at_once(monkeypatch):
    """The look at all of it was before: from the first act on it is too old."""
    page, name = PageFactory(), "a pitch lapses"
    pitch, row = PitchFactory(waiting=True), due.DUE["a pitch lapses"]
    bring_forward = lambda _pitch: Page.objects.filter(pk=page.pk).update(next_hour_at=clock.now())  # noqa: E731
    monkeypatch.setitem(due.DUE, name, due.Due(row.rows, row.date, bring_forward))
    Page.objects.update(next_hour_at=MONDAY + timedelta(days=99))
    clock.move_to(pitch.lapses_at)
    assert due.tick() == 2
    assert facts() == ["hour_began"]


def test_one_bad_row_does_not_stop_the_others(caplog):
    bad, good = PageFactory(), PageFactory()
    Page.objects.filter(pk=bad.pk).update(timezone="Nowhere/Land")
    clock.move_to(good.next_hour_at)
    due.tick()
    assert list(Event.objects.filter(what="hour_began").values_list("page", flat=True)) == [good.pk]


def test_a_pitch_that_comes_back_lets_its_answer_go_first():
    pitch = PitchFactory(waiting=True)
    given = review.answer(pitch, AnswerKind.LATER, by=pitch.page.owner, until=date(2026, 3, 3))
    review.bring_back(Pitch.objects.for_desk().get())
    given.refresh_from_db()
    assert (Pitch.objects.get().state, given.sent_at) == ("waiting", clock.now())


def test_a_reading_hour_begins_once_and_the_next_is_planned():
    page = PageFactory()  # Tuesdays and Fridays at nine, Lisbon
    assert page.next_hour_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert tick_around(page.next_hour_at) == [0, 1, 0]
    assert facts() == ["hour_began"]
    assert Page.objects.get().next_hour_at == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_the_hour_of_a_page_that_is_not_up_does_not_begin():
    page = PageFactory(unpublished=True)
    assert tick_around(page.next_hour_at) == [0, 0, 0]


def test_hours_missed_during_an_outage_begin_once_not_each():
    PageFactory()
    clock.move_to(MONDAY + timedelta(days=30))
    assert [due.tick(), due.tick()] == [1, 0]
    assert facts() == ["hour_began"]
    assert Page.objects.get().next_hour_at == datetime(2026, 4, 3, 8, tzinfo=UTC)


def test_a_session_that_nobody_touches_pauses_after_half_an_hour_and_ends_a_day_later():
    session = ReadingSessionFactory(page__reading=[])
    answer = AnswerFactory(held=True, pitch__door__page__reading=[], session=session)
    assert tick_around(MONDAY + timedelta(minutes=30)) == [0, 1, 0]
    assert ReadingSession.objects.get().paused_at == MONDAY + timedelta(minutes=30)
    assert Answer.objects.get(pk=answer.pk).goes_out_at == MONDAY + timedelta(minutes=40)
    assert tick_around(MONDAY + timedelta(minutes=40)) == [0, 1, 0]
    assert tick_around(MONDAY + timedelta(days=1, minutes=30)) == [0, 1, 0]
    assert ReadingSession.objects.get().ended_at == MONDAY + timedelta(days=1, minutes=30)


def test_an_answer_goes_out_at_its_time():
    AnswerFactory(held=True, pitch__door__page__reading=[], goes_out_at=MONDAY + review.HOLD)
    assert tick_around(MONDAY + timedelta(minutes=10)) == [0, 1, 0]
    assert facts() == ["answer_sent"]


def test_a_pitch_that_was_put_off_comes_back_with_a_week_to_live():
    back = MONDAY + timedelta(days=20)
    PitchFactory(later=True, door__page__reading=[], back_at=back, standing="known", lane="known")
    assert tick_around(back) == [0, 1, 0]
    pitch = Pitch.objects.get()
    assert (pitch.state, pitch.lane, pitch.back_at) == ("waiting", "known", None)
    assert pitch.lapses_at == back + timedelta(days=7)


@pytest.mark.parametrize("state", ["waiting", "held", "quarantine", "asked"])
def test_a_pitch_lapses_on_its_day(state):
    pitch = PitchFactory(**{state: True}, door__page__reading=[])
    assert pitch.lapses_at == MONDAY + timedelta(days=21)
    assert tick_around(pitch.lapses_at) == [0, 1, 0]
    assert Pitch.objects.get().state == "lapsed"


@pytest.mark.parametrize("state", ["unproven", "arrived", "accepted", "declined", "withdrawn"])
def test_no_other_pitch_lapses(state):
    PitchFactory(**{state: True}, door__page__reading=[])
    assert tick_around(MONDAY + timedelta(days=400)) == [0, 0, 0]


def test_somebody_who_was_first_is_no_error(monkeypatch):
    def too_late(_pitch):
        raise AlreadyMoved

    PitchFactory(waiting=True, door__page__reading=[])
    row = due.DUE["a pitch lapses"]
    monkeypatch.setitem(due.DUE, "a pitch lapses", due.Due(row.rows, row.date, too_late))
    clock.move_to(MONDAY + timedelta(days=30))
    assert due.tick() == 0


def test_the_next_moment_is_the_earliest_of_all():
    assert due.next_moment(MONDAY) is None
    PitchFactory(waiting=True, door__page__reading=[])
    assert due.next_moment(MONDAY) == MONDAY + timedelta(days=21)
    PageFactory()
    assert due.next_moment(MONDAY) == MONDAY + timedelta(days=1)
    ReadingSessionFactory(page__reading=[])
    assert due.next_moment(MONDAY) == MONDAY + timedelta(minutes=30)
    AnswerFactory(held=True, pitch__door__page__reading=[], goes_out_at=MONDAY + timedelta(minutes=10))
    assert due.next_moment(MONDAY) == MONDAY + timedelta(minutes=10)
    MessageFactory(pitch__door__page__reading=[], next_at=MONDAY + timedelta(minutes=1))
    assert due.next_moment(MONDAY) == MONDAY + timedelta(minutes=1)
    assert due.next_moment(MONDAY + timedelta(days=22)) is None
