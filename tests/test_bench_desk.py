"""A small run of `manage.py bench --desk`: what has long been answered costs the desk nothing."""

import pytest

from tests.bench import desk


@pytest.mark.django_db
def test_no_list_asks_more_because_of_what_was() -> None:
    found, spent = desk.begin(), []
    for past in (1, 3, 300):
        found.grow(desk.SENDERS + past)
        spent += desk.measure([found], 1)
    for name, one in spent[0].items():
        for more in (spent[1][name], spent[2][name]):
            assert len(more.asked) == len(one.asked), (name, [sql for sql in more.asked if sql not in one.asked])


def spent(cpu: float, queries: int, times: int = 20) -> desk.Spent:
    found = desk.Spent()
    for _time in range(times):
        found.add(["SELECT 1"] * queries, cpu, cpu)
    return found


@pytest.mark.parametrize(
    ("name", "few", "much", "said"),
    [
        ("inbox", spent(5, 9), spent(5.5, 9), ""),
        ("inbox", spent(5, 9), spent(6, 9), "inbox: 1.20x with a long history, goal 1.15x"),
        ("inbox", spent(5, 9), spent(5, 10), "inbox: [9, 10] queries"),
        ("inbox", spent(16, 9), spent(16, 9), "inbox: 16.0 ms, goal 15 ms"),
        (desk.ANSWER, spent(16, 9), spent(16, 9), ""),
        (desk.NUMBERS, spent(5, 9), spent(50, 9), ""),  # a window holds more of a long past; up to its goal
    ],
)
def test_what_the_bench_takes_for_wrong(name: str, few: desk.Spent, much: desk.Spent, said: str) -> None:
    assert "; ".join(desk.missed(name, much, few)) == said
