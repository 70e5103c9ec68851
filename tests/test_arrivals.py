"""Arrivals: who is likely to come, from who came."""

from datetime import UTC, datetime, timedelta

import pytest

from pitches import arrivals, ledge
from pitches.arrivals import Coming
from pitches.models import Lane
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def came(door, number, standing, days):
    """So many were handed in over the last days, evenly, and answered."""
    for place in range(number):
        PitchFactory(
            door=door, declined=True, standing=standing, handed_in_at=MONDAY - timedelta(days=days * place / number)
        )


def test_a_new_page_expects_nobody():
    assert arrivals.coming(PageFactory(), MONDAY) == Coming()


def test_few_say_nothing_and_strangers_are_not_counted():
    door = DoorFactory()
    came(door, arrivals.ENOUGH - 1, "known", 28)
    came(door, 40, "stranger", 28)
    assert arrivals.coming(door.page, MONDAY) == Coming()


def test_the_rate_is_by_the_gap_between_two_hours():
    door = DoorFactory()
    came(door, 3, "known", 27)
    came(door, 3, "trusted", 27)
    found = arrivals.coming(door.page, MONDAY)
    assert found.seen == pytest.approx(27 * 2 / 3 / 3.5)
    assert found.rate_others == pytest.approx(7 / found.seen)
    assert found.rate_trusted == pytest.approx(4 / found.seen)


def test_a_sudden_rise_counts_at_once():
    door = DoorFactory()
    came(door, 6, "known", 27)
    before = arrivals.coming(door.page, MONDAY).rate_others
    came(door, 12, "known", 1)
    assert arrivals.coming(door.page, MONDAY).rate_others > 4 * before


@pytest.mark.parametrize(("people", "queries"), [(arrivals.ENOUGH - 1, 1), (20, 2)])
def test_it_is_one_query_and_one_more_for_the_first_of_many(django_assert_num_queries, people, queries):
    door = DoorFactory()
    came(door, people, "known", 7)
    with django_assert_num_queries(queries):
        arrivals.coming(door.page, MONDAY)


def test_the_gaps_ahead_begin_with_what_is_left_of_this_one():
    page = PageFactory()  # Tuesday and Friday at nine: three days and a half
    ahead = arrivals.gaps(page, MONDAY)
    assert [round(passed, 2) for _hour, passed in (next(ahead), next(ahead), next(ahead))] == [0.29, 1.29, 2.29]
    assert list(arrivals.gaps(PageFactory(reading=[]), MONDAY)) == []


def test_whoever_will_be_read_before_pushes_the_date_of_a_stranger_and_not_of_the_trusted():
    door = DoorFactory(page__cards=4)
    PitchFactory.create_batch(3, waiting=True, door=door)
    dates = {lane: ledge.promised(door.page, lane) for lane in (Lane.FIRST_KNOCK, Lane.TRUSTED)}
    came(door, 12, "known", 14)
    later = {lane: ledge.promised(door.page, lane) for lane in dates}
    assert later[Lane.FIRST_KNOCK] > dates[Lane.FIRST_KNOCK]
    assert later[Lane.TRUSTED] == dates[Lane.TRUSTED]
