"""A small run of `manage.py bench --desk`: what has long been answered costs the desk nothing."""

import pytest

from tests.bench import desk

pytestmark = pytest.mark.django_db


def test_no_list_asks_more_because_of_what_was() -> None:
    found, spent = desk.begin(), []
    for past in (1, 3, 300):
        found.grow(desk.SENDERS + past)
        spent.append(desk.measure(found, 1))
    for name, one in spent[0].items():
        for more in (spent[1][name], spent[2][name]):
            assert len(more.asked) == len(one.asked), (name, [sql for sql in more.asked if sql not in one.asked])
