"""A small run of what `make bench` does in full: real processes, a real switch at the desk, nobody sees what was."""

import pytest

from tests.bench import house, toggles

TURNS = 20
pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def standing():
    with house.standing() as found:
        yield found


def test_whoever_looks_after_a_turn_sees_it(standing):
    seen = toggles.run(standing, TURNS)
    assert (seen.turns, seen.stale) == (TURNS, 0)
    assert seen.found > TURNS  # from the cache, or it proves nothing


def test_so_it_is_while_the_cache_is_killed_and_when_it_is_back(standing):
    seen = toggles.run(standing, TURNS, outages=2)
    assert (seen.turns, seen.stale) == (TURNS, 0)
