"""Outside: one process at a time, and a lock that ends with whoever holds it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from portal import outside

pytestmark = pytest.mark.django_db


@contextmanager
def another_outside() -> Iterator[None]:
    """Another process talks to the outside, and dies at the end without a word."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")  # whoever is outside for the test before comes back first
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0)), pg_backend_pid()", [outside.KEY])
        _taken, pid = cursor.fetchone()
    try:
        yield
    finally:
        other.close()
        _wait_for_the_end_of(pid)


def _wait_for_the_end_of(pid: int) -> None:
    """Postgres notices a moment later that a session is gone."""
    ends = time.monotonic() + 5
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = %s", [pid])
            if cursor.fetchone() == (0,):
                return
    raise AssertionError("The lock outlived its session.")


def test_one_at_a_time_and_who_dies_gives_way() -> None:
    with another_outside(), outside.alone() as mine:
        assert not mine
    with outside.alone() as mine:
        assert mine


def test_whatever_happens_there_the_next_one_may_go() -> None:
    with pytest.raises(RuntimeError), outside.alone():
        raise RuntimeError
    with another_outside():
        pass


def test_who_did_not_get_it_takes_it_from_nobody() -> None:
    with another_outside():
        for _time in range(2):
            with outside.alone() as mine:
                assert not mine
