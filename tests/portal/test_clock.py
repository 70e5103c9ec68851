"""The clock of everything that a person sees."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal import clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_it_runs_unless_it_stands():
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()


def test_it_stands_inside_the_block_and_runs_after_it():
    with clock.standing_at(NOON):
        assert [clock.now(), clock.now()] == [NOON, NOON]
    assert clock.now() > NOON or clock.now() < NOON


def test_it_is_moved_forward_and_never_back():
    with clock.standing_at(NOON):
        clock.move_to(NOON + HOUR)
        clock.move_to(NOON)
        assert clock.now() == NOON + HOUR


def test_blocks_nest():
    with clock.standing_at(NOON):
        with clock.standing_at(NOON + HOUR):
            clock.move_to(NOON + 2 * HOUR)
        assert clock.now() == NOON


def test_it_runs_again_after_an_error():
    with pytest.raises(KeyError), clock.standing_at(NOON):
        raise KeyError
    assert clock.now() != NOON


def test_a_running_clock_cannot_be_moved():
    with pytest.raises(RuntimeError, match="Only a standing clock can be moved"):
        clock.move_to(NOON)
