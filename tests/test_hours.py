"""Reading hours over daylight saving: a gap moves an hour forward, a fold has it once."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest

from pitches import doors, due, review
from pitches.models import Event, Message, Page
from portal import clock
from tests.factories import PageFactory, PitchFactory
from tests.senders import work


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


# ── holidays ─────────────────────────────────────────────────────────────────
def away(first, last, zone="Europe/London", reading=("SUN 01:30", "WED 09:00")):
    return Page(
        timezone=zone,
        reading=list(reading),
        holiday_from=date.fromisoformat(first),
        holiday_until=date.fromisoformat(last),
    )


def found(page, since, count):
    return [f"{hour:%m-%d %H:%M}" for hour in islice(page.hours_from(moment(since)), count)]


def test_a_holiday_has_no_hours_on_its_first_and_last_day():
    page = away("2026-03-11", "2026-03-18")
    assert found(page, "2026-03-07 00:00", 3) == ["03-08 01:30", "03-22 01:30", "03-25 09:00"]


@pytest.mark.parametrize(
    ("first", "last", "since", "wanted"),
    [
        # The clocks change while the owner is away, on the last day, and on the day after.
        ("2026-03-26", "2026-03-30", "2026-03-23 00:00", ["03-25 09:00", "04-01 08:00"]),
        ("2026-03-26", "2026-03-29", "2026-03-26 00:00", ["04-01 08:00", "04-05 00:30"]),
        ("2026-03-26", "2026-03-28", "2026-03-26 00:00", ["03-29 01:30", "04-01 08:00"]),
        ("2026-10-22", "2026-10-25", "2026-10-22 00:00", ["10-28 09:00", "11-01 01:30"]),
        ("2026-10-22", "2026-10-24", "2026-10-22 00:00", ["10-25 00:30", "10-28 09:00"]),
    ],
)
def test_a_holiday_is_counted_in_the_owners_days(first, last, since, wanted):
    assert found(away(first, last), since, 2) == wanted


def test_a_holiday_begins_at_midnight_where_the_owner_is():
    page = away("2026-03-04", "2026-03-04", "Pacific/Auckland", ("WED 00:30", "TUE 23:30"))
    assert found(page, "2026-03-02 12:00", 2) == ["03-03 10:30", "03-10 10:30"]  # 23:30 on the day before is an hour


@pytest.mark.django_db
def test_no_hour_begins_in_a_holiday_and_the_next_one_is_planned():
    with clock.standing_at(moment("2026-03-02 12:00")):
        page = PageFactory(timezone="Europe/London", reading=["WED 09:00"])
        days = {"holiday_from": date(2026, 3, 3), "holiday_until": date(2026, 3, 12)}
        page = doors.keep_settings(page, by=page.owner, **days)
        assert page.next_hour_at == moment("2026-03-18 09:00")
        clock.move_to(moment("2026-03-11 09:00"))
        assert due.tick() == 0
        page = doors.keep_settings(page, by=page.owner, holiday_from=None, holiday_until=None)
        assert page.next_hour_at == moment("2026-03-11 09:00")


# ── quiet time ───────────────────────────────────────────────────────────────
def quiet(zone, start, end):
    return Page(timezone=zone, quiet_from=time.fromisoformat(start), quiet_to=time.fromisoformat(end))


# zone, from, until, a moment (UTC), when it may ring
QUIET = [
    # in the daytime; the end is not quiet any more, the beginning is
    ("UTC", "12:00", "14:00", "2026-03-02 11:59", "2026-03-02 11:59"),
    ("UTC", "12:00", "14:00", "2026-03-02 12:00", "2026-03-02 14:00"),
    ("UTC", "12:00", "14:00", "2026-03-02 13:59", "2026-03-02 14:00"),
    ("UTC", "12:00", "14:00", "2026-03-02 14:00", "2026-03-02 14:00"),
    # across midnight
    ("UTC", "22:00", "07:00", "2026-03-02 21:59", "2026-03-02 21:59"),
    ("UTC", "22:00", "07:00", "2026-03-02 22:00", "2026-03-03 07:00"),
    ("UTC", "22:00", "07:00", "2026-03-03 00:00", "2026-03-03 07:00"),
    ("UTC", "22:00", "07:00", "2026-03-03 06:59", "2026-03-03 07:00"),
    ("UTC", "22:00", "07:00", "2026-03-03 07:00", "2026-03-03 07:00"),
    ("UTC", "22:00", "00:00", "2026-03-02 23:00", "2026-03-03 00:00"),
    ("UTC", "00:00", "07:00", "2026-03-03 00:00", "2026-03-03 07:00"),
    # on the owner's wall, not in UTC
    ("Asia/Tokyo", "22:00", "07:00", "2026-03-02 14:00", "2026-03-02 22:00"),
    # the night that is an hour shorter, and the one that is an hour longer
    ("Europe/London", "22:00", "07:00", "2026-03-28 23:00", "2026-03-29 06:00"),
    ("Europe/London", "22:00", "07:00", "2026-10-24 22:00", "2026-10-25 07:00"),
    # an end that there is not: it moves forward, as a reading hour does
    ("Europe/London", "22:00", "01:30", "2026-03-29 00:30", "2026-03-29 01:30"),
    # an end that there is twice: the one on the same side
    ("Europe/London", "22:00", "01:30", "2026-10-25 00:10", "2026-10-25 00:30"),
    ("Europe/London", "22:00", "01:30", "2026-10-25 01:10", "2026-10-25 01:30"),
    ("Europe/London", "01:00", "02:00", "2026-10-25 00:10", "2026-10-25 02:00"),
]


@pytest.mark.parametrize(("zone", "start", "end", "at", "wanted"), QUIET)
def test_what_would_ring_in_quiet_time_waits(zone, start, end, at, wanted):
    assert quiet(zone, start, end).after_quiet(moment(at)) == moment(wanted)


def test_without_quiet_time_nothing_waits():
    assert Page(timezone="UTC").after_quiet(moment("2026-03-02 12:00")) == moment("2026-03-02 12:00")


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago"])
@pytest.mark.parametrize(("start", "end"), [("22:00", "02:15"), ("01:15", "02:45"), ("00:00", "23:59")])
def test_quiet_time_never_turns_back_and_ends_within_a_day(zone, start, end):
    page = quiet(zone, start, end)
    for half_hour in range(0, 366 * 48, 7):
        at = moment("2026-01-01 00:05") + timedelta(minutes=30 * half_hour)
        assert at <= page.after_quiet(at) <= at + timedelta(hours=25)


@pytest.mark.django_db
@pytest.mark.parametrize(("hour", "rings"), [("TUE 06:00", "2026-03-03 07:00"), ("TUE 08:00", "2026-03-03 08:00")])
def test_the_mail_of_the_hour_waits_for_the_end_of_quiet_time(hour, rings):
    with clock.standing_at(moment("2026-03-02 12:00")):
        page = PageFactory(timezone="UTC", reading=[hour], quiet_from=time(22), quiet_to=time(7))
        PitchFactory(waiting=True, door__page=page)
        clock.move_to(page.next_hour_at)
        due.tick()
        work()
        mail = Message.objects.get(kind="digest")
        assert (mail.next_at, mail.sent_at is None) == (moment(rings), hour == "TUE 06:00")
        clock.move_to(moment(rings))
        work()
        mail.refresh_from_db()
        assert mail.sent_at == moment(rings)
