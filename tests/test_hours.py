"""Reading hours over daylight saving: a gap moves an hour forward, a fold has it once."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from pitches import doors, review
from pitches.models import Event, Page
from portal import clock
from tests.factories import PageFactory


def moment(text):
    return datetime.fromisoformat(f"{text}+00:00")


def hours(zone, reading, since, count=1):
    page = Page(timezone=zone, reading=reading)
    return [f"{hour:%Y-%m-%d %H:%M}" for hour in islice(page.hours_from(moment(since)), count)]


# zone, reading hour, from when (UTC), the hour (UTC), the same on the wall of the owner
GAPS = [
    ("Europe/London", "SUN 01:30", "2026-03-28 12:00", "2026-03-29 01:30", "02:30"),
    ("America/New_York", "SUN 02:30", "2026-03-07 12:00", "2026-03-08 07:30", "03:30"),
    ("Australia/Lord_Howe", "SUN 02:15", "2026-10-03 00:00", "2026-10-03 15:45", "02:45"),
    ("America/Santiago", "SUN 00:30", "2026-09-05 12:00", "2026-09-06 04:30", "01:30"),
    ("Pacific/Apia", "FRI 09:00", "2011-12-30 00:00", "2011-12-30 19:00", "09:00"),
]
FOLDS = [
    ("Europe/London", "SUN 01:30", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-11-01 01:30"]),
    ("America/New_York", "SUN 01:30", "2026-10-31 12:00", ["2026-11-01 05:30", "2026-11-08 06:30"]),
    ("Australia/Lord_Howe", "SUN 01:45", "2026-04-04 00:00", ["2026-04-04 14:45", "2026-04-11 15:15"]),
    ("America/Santiago", "SAT 23:30", "2026-04-04 12:00", ["2026-04-05 02:30", "2026-04-12 03:30"]),
    ("Europe/London", "SUN 09:00", "2026-10-18 08:01", ["2026-10-25 09:00", "2026-11-01 09:00"]),
]


@pytest.mark.parametrize(("zone", "hour", "since", "utc", "wall"), GAPS)
def test_an_hour_in_a_gap_moves_forward(zone, hour, since, utc, wall):
    assert hours(zone, [hour], since) == [utc]
    assert f"{moment(utc).astimezone(Page(timezone=zone).zone):%H:%M}" == wall


@pytest.mark.parametrize(("zone", "hour", "since", "wanted"), FOLDS)
def test_an_hour_in_a_fold_happens_once(zone, hour, since, wanted):
    assert hours(zone, [hour], since, 2) == wanted


def test_the_wall_keeps_its_time_over_the_year():
    found = hours("Europe/London", ["TUE 16:00"], "2026-03-20 00:00", 2)
    assert found == ["2026-03-24 16:00", "2026-03-31 15:00"]


def test_hours_come_in_order_even_around_a_gap():
    found = hours("Europe/London", ["SUN 01:30", "SUN 02:00"], "2026-03-28 12:00", 2)
    assert found == ["2026-03-29 01:00", "2026-03-29 01:30"]


def test_two_hours_that_a_gap_pushes_together_are_one():
    found = hours("Europe/London", ["SUN 01:30", "SUN 02:30"], "2026-03-28 12:00", 2)
    assert found == ["2026-03-29 01:30", "2026-04-05 00:30"]


def test_the_day_that_samoa_left_out_is_not_read_twice():
    found = hours("Pacific/Apia", ["FRI 09:00", "SAT 09:00"], "2011-12-30 00:00", 2)
    assert found == ["2011-12-30 19:00", "2012-01-05 19:00"]


def test_an_hour_that_is_now_counts():
    assert hours("UTC", ["MON 09:00"], "2026-03-02 09:00") == ["2026-03-02 09:00"]
    assert hours("UTC", ["MON 09:00"], "2026-03-02 09:00:01") == ["2026-03-09 09:00"]


def test_a_page_without_hours_has_no_next_one():
    assert hours("UTC", [], "2026-03-02 09:00") == []


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "hour", "since", "wanted"), FOLDS)
def test_the_timetable_begins_each_hour_once(zone, hour, since, wanted):
    with clock.standing_at(moment(since)):
        page = doors.keep_hours(PageFactory(), [hour], zone)
        begun = []
        for _ in range(2):
            clock.move_to(page.next_hour_at)
            begun.append(f"{page.next_hour_at:%Y-%m-%d %H:%M}")
            assert review.begin_hour(page) is True
            assert review.begin_hour(page) is False
            page.refresh_from_db()
    assert begun == wanted
    assert Event.objects.filter(what="hour_began").count() == 2


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago"])
def test_a_daily_hour_comes_once_on_every_day_of_a_year(zone):
    page = Page(timezone=zone, reading=[f"{day} 02:30" for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")])
    found = list(islice(page.hours_from(datetime(2026, 1, 1, tzinfo=UTC)), 365))
    assert len({page.local_date(hour) for hour in found}) == 365
    assert found == sorted(set(found))
    assert max(later - hour for hour, later in pairwise(found)) <= timedelta(hours=25)
