"""The figures of a page, each against a count written in plain SQL that knows nothing of how they are asked for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from pitches import stats
from pitches.models import Page, Pitch, ReplyLink, Spent
from pitches.stats import Outcome, Span
from portal import clock, tokens
from tests.factories import AgencyFactory, AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday, ten days after the clocks of Lisbon went back
LEFT_OUT = "p.lane <> 'quarantine' AND p.state <> 'unproven' AND p.handed_in_at > %(since)s AND p.page_id = %(page)s"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def page() -> Page:
    """Two doors with something of everything, and a neighbour with the same."""
    page = PageFactory(handle="maya")
    for one in (page, PageFactory(handle="neighbour")):
        research = DoorFactory(page=one, slug=f"research-{one.pk}", name="Original research", position=1)
        fill(research, DoorFactory(page=one, slug=f"martech-{one.pk}", name="New in martech", position=2))
    return page


def fill(research: Any, martech: Any) -> None:
    for ago, wait in ((80, 9), (60, 3), (30, 2), (12, 4)):
        told(research, ago, wait, state="accepted", kind="yes")
    for ago, wait in ((70, 1), (31, 5), (11, 8)):
        told(martech, ago, wait, state="declined", kind="no", reason="not_my_topic")
    told(research, 20, 2, state="declined", kind="no", reason="not_my_topic")
    told(martech, 20, 2, state="declined", kind="no", reason="covered")
    told(martech, 15, 2, state="wrong_door", kind="wrong_door", right=research)
    told(research, 9, 1, state="asked", kind="ask", text="How many?")
    told(research, 8, 1, state="later", kind="later", back_at=NOW + timedelta(days=9))
    left(research, 40, state="lapsed")
    left(martech, 3, state="waiting")
    left(martech, 4, state="withdrawn")
    # none of these has happened, as far as anybody was told
    told(martech, 2, None, state="accepted", kind="yes")
    told(martech, 2, None, state="asked", kind="ask", text="How many?")
    undone = told(research, 2, None, state="waiting", kind="no", reason="covered")
    undone.answers.update(undone_at=NOW)
    # and these are not looked at
    left(research, 5, state="lapsed", lane="quarantine")
    told(martech, 5, 1, state="declined", kind="no", reason="not_my_topic", lane="quarantine")
    told(research, 91, 5, state="accepted", kind="yes")
    PitchFactory(door=research)


def left(door: Any, ago: float, **more: Any) -> Pitch:
    handed_in = NOW - timedelta(days=ago)
    facts: dict[str, Any] = {"written_at": handed_in, "handed_in_at": handed_in, "proven": True}
    return PitchFactory(door=door, **facts | more)


def told(door: Any, ago: float, wait: float | None, *, kind: str, state: str, **more: Any) -> Pitch:
    about = {name: more.pop(name) for name in ("reason", "text") if name in more}
    about |= {"door": more.pop("right")} if "right" in more else {}
    pitch = left(door, ago, state=state, **more)
    sent = None if wait is None else pitch.handed_in_at + timedelta(days=wait)
    AnswerFactory(pitch=pitch, kind=kind, given_at=sent or NOW, sent_at=sent, **about)
    return pitch


def span(page: Page, days: int = 90) -> Span:
    return Span.last(page, days)


def counted(sql: str, page: Page, days: int = 90, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"page": page.pk, "since": NOW - timedelta(days=days), **more})
        return cursor.fetchall()


# ── door by door ─────────────────────────────────────────────────────────────
OUTCOMES = f"""
    SELECT d.name, o.outcome, count(*) FROM pitches_pitch p JOIN pitches_door d ON d.id = p.door_id, LATERAL (
        SELECT coalesce((SELECT a.kind FROM pitches_answer a WHERE a.pitch_id = p.id AND a.sent_at IS NOT NULL
                         AND a.kind IN ('yes', 'no', 'wrong_door') LIMIT 1), p.state) AS outcome,
               EXISTS (SELECT FROM pitches_answer a WHERE a.pitch_id = p.id AND a.sent_at IS NULL
                       AND a.undone_at IS NULL) AS held) o
    WHERE {LEFT_OUT} AND p.state <> 'withdrawn' AND NOT o.held GROUP BY 1, 2"""


def test_each_door_says_what_became_of_its_pitches(page: Page) -> None:
    doors = stats.outcomes(span(page))
    found = {(door.name, one.value, count) for door in doors for one, count in door.counts.items()}
    [(held,)] = counted(
        f"""SELECT count(*) FROM pitches_pitch p JOIN pitches_answer a ON a.pitch_id = p.id
        WHERE {LEFT_OUT} AND a.sent_at IS NULL AND a.undone_at IS NULL""",
        page,
    )
    wanted = {(name, what): count for name, what, count in counted(OUTCOMES, page)}
    wanted["New in martech", "waiting"] += held  # both answers that are in the house are at this door
    assert held == 2
    assert found == {(*key, count) for key, count in wanted.items()}
    assert [door.name for door in doors] == ["Original research", "New in martech"]
    assert [(door.answered, door.ended, door.total) for door in doors] == [(5, 6, 9), (5, 5, 8)]


def test_the_doors_together_are_what_the_public_page_says(page: Page) -> None:
    doors, expect = stats.outcomes(span(page)), stats.expectation(page)
    assert (sum(door.answered for door in doors), sum(door.ended for door in doors)) == (expect.answered, expect.ended)
    assert sum(door.counts[Outcome.YES] for door in doors) == expect.yes == 4
    assert expect == stats.expectation(page, span(page).since)
    assert (expect.wait, expect.days) == (timedelta(days=2.5), 2)


@pytest.mark.parametrize(("days", "ended"), [(30, 5), (90, 11), (365, 12)])
def test_a_span_ends_where_it_says(page: Page, days: int, ended: int) -> None:
    assert sum(door.ended for door in stats.outcomes(span(page, days))) == ended
    assert stats.expectation(page, span(page, days).since).ended == ended
    assert sum(week.ended for week in stats.waits(span(page, days))) == ended


def test_a_wrong_door_counts_unless_the_pitch_went_on_from_it(page: Page) -> None:
    research, martech = page.doors.order_by("position")
    before = stats.expectation(page)
    moved = told(research, 6, 1, state="waiting", kind="wrong_door", right=martech)
    Pitch.objects.filter(pk=moved.pk).update(door=martech, moved_from=research)
    assert stats.expectation(page) == before
    assert stats.outcomes(span(page))[1].counts[Outcome.WAITING] == 4
    # wrong there as well, and it cannot go on a second time: that was the answer, and this is how long it took
    Pitch.objects.filter(pk=moved.pk).update(state="wrong_door")
    AnswerFactory(pitch=moved, kind="wrong_door", door=research, given_at=NOW, sent_at=NOW)
    assert stats.expectation(page).answered == before.answered + 1
    assert stats.outcomes(span(page))[1].counts[Outcome.WRONG_DOOR] == 2
    assert max(week.wait or timedelta() for week in stats.waits(span(page, 30))[-2:]) == timedelta(days=6)


# ── week by week ─────────────────────────────────────────────────────────────
def test_the_weeks_together_are_what_the_public_page_says(page: Page) -> None:
    weeks, expect = stats.waits(span(page)), stats.expectation(page)
    assert (sum(week.ended for week in weeks), sum(week.answered for week in weeks)) == (expect.ended, expect.answered)
    rows = counted(
        f"""SELECT date_trunc('week', p.handed_in_at AT TIME ZONE 'Europe/Lisbon')::date, count(*),
            percentile_cont(0.5) WITHIN GROUP (ORDER BY a.sent_at - p.handed_in_at),
            count(*) FILTER (WHERE (a.sent_at AT TIME ZONE 'Europe/Lisbon')::date
                                 <= (p.promised_for AT TIME ZONE 'Europe/Lisbon')::date)
            FROM pitches_pitch p JOIN pitches_answer a ON a.pitch_id = p.id AND a.sent_at IS NOT NULL
                AND a.kind IN ('yes', 'no', 'wrong_door') WHERE {LEFT_OUT} GROUP BY 1 ORDER BY 1""",
        page,
    )
    assert [(week.monday, week.answered, week.wait, week.kept) for week in weeks if week.answered] == rows
    assert 0 < sum(week.kept for week in weeks) < sum(week.promised for week in weeks) == expect.ended
    assert sum(week.waiting for week in weeks) == 6  # asked, later, waiting, two in the house, one undone


def test_every_week_is_there_and_begins_on_monday(page: Page) -> None:
    for days, count in ((30, 5), (90, 14), (365, 53)):
        mondays = [week.monday for week in stats.waits(span(page, days))]
        assert (len(mondays), {day.weekday() for day in mondays}, mondays[-1]) == (count, {0}, date(2026, 11, 2))


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"])
def test_a_week_begins_by_the_clock_of_the_page(zone: str) -> None:
    """Also where the clocks were turned in the night before: Lisbon on 25 October, New York on 1 November."""
    door = DoorFactory(page=PageFactory(timezone=zone))
    for monday in (date(2026, 10, 26), date(2026, 11, 2)):
        first = datetime.combine(monday, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        for moment in (first - timedelta(seconds=1), first):
            PitchFactory(door=door, waiting=True, handed_in_at=moment)
            spent_on(door.pitches.last(), 60, moment)
    weeks = stats.waits(span(door.page))[-3:]
    assert [(str(week.monday), week.waiting) for week in weeks] == [
        ("2026-10-19", 1), ("2026-10-26", 2), ("2026-11-02", 1)]  # fmt: skip
    assert list(stats.reading(span(door.page)).weeks.values())[-3:] == [60, 120, 60]


# ── minutes ──────────────────────────────────────────────────────────────────
def spent_on(pitch: Any, seconds: int, at: datetime) -> None:
    Spent.objects.create(pitch=pitch, seconds=seconds, at=at)


def read_all(page: Page) -> None:
    for number, pitch in enumerate(Pitch.objects.filter(state__in=("accepted", "declined", "waiting")).order_by("pk")):
        spent_on(pitch, 30 + number, pitch.handed_in_at + timedelta(days=1))


def test_minutes_are_the_time_ledger(page: Page) -> None:
    read_all(page)
    reading = stats.reading(span(page))
    rows = counted(
        """SELECT date_trunc('week', s.at AT TIME ZONE 'Europe/Lisbon')::date, sum(s.seconds)
        FROM pitches_spent s JOIN pitches_pitch p ON p.id = s.pitch_id
        WHERE p.page_id = %(page)s AND p.lane <> 'quarantine' AND s.at > %(since)s GROUP BY 1""",
        page,
    )
    assert {monday: seconds for monday, seconds in reading.weeks.items() if seconds} == dict(rows)
    assert (len(reading.weeks), reading.seconds) == (14, sum(seconds for _monday, seconds in rows))
    assert reading.began == NOW - timedelta(days=90)  # the first look of all, at the edge of the span
    assert reading.a_week == timedelta(seconds=reading.seconds / (90 / 7))
    assert stats.reading(span(page, 30)).a_week == timedelta(seconds=stats.reading(span(page, 30)).seconds / (30 / 7))


def test_minutes_are_counted_from_the_first_that_was_measured(page: Page) -> None:
    pitch = page.pitches.get(state="waiting", answers=None)
    spent_on(pitch, 600, NOW - timedelta(days=14))
    spent_on(pitch, 300, NOW - timedelta(days=1))
    reading = stats.reading(span(page))
    assert (reading.began, reading.a_week) == (NOW - timedelta(days=14), timedelta(seconds=450))
    assert stats.reading(span(PageFactory())).began is None


def test_an_agency_is_what_it_took_and_what_came_of_it(page: Page) -> None:
    northbeam = AgencyFactory(domain="northbeam.example", name="Northbeam")
    mine = [SenderFactory(email=f"{name}@northbeam.example", agency=northbeam) for name in ("a", "b")]
    alone = SenderFactory(email="alone@free.example", agency=None)
    research = page.doors.get(name="Original research")
    told(research, 7, 1, state="accepted", kind="yes", sender=mine[0])
    told(research, 7, 1, state="declined", kind="no", reason="not_my_topic", sender=mine[1])
    told(research, 7, None, state="accepted", kind="yes", sender=mine[1])
    left(research, 7, state="lapsed", lane="quarantine", sender=mine[1])
    told(PageFactory().doors.create(slug="x", name="X"), 7, 1, state="accepted", kind="yes", sender=mine[0])
    told(research, 7, 1, state="declined", kind="no", reason="covered", sender=alone)
    for pitch in Pitch.objects.filter(sender__in=[*mine, alone]):
        spent_on(pitch, 700 if pitch.sender == alone else 900, NOW - timedelta(days=6))
    first, second = stats.reading(span(page)).agencies[:2]
    assert (first.name, first.seconds, first.pitches, first.yes, first.off_topic) == ("Northbeam", 2700, 3, 1, 1)
    assert (second.name, second.seconds, second.pitches, second.yes, second.off_topic) == ("", 700, 1, 0, 0)


def test_the_list_of_agencies_ends_and_says_what_is_left(page: Page) -> None:
    read_all(page)
    reading = stats.reading(span(page))
    assert len(reading.agencies) == 8
    assert [one.seconds for one in reading.agencies] == sorted((one.seconds for one in reading.agencies), reverse=True)
    assert sum(one.seconds for one in reading.agencies) + reading.of_others == reading.seconds
    assert reading.of_others > 0


# ── noes, and where people came from ─────────────────────────────────────────
def test_noes_are_counted_by_reason_and_door(page: Page) -> None:
    noes = stats.noes(span(page))
    found = {(one.reason.value, name, count) for one in noes.reasons for (name, _slug), count in one.doors.items()}
    rows = counted(
        f"""SELECT a.reason, d.name, count(*) FROM pitches_answer a JOIN pitches_pitch p ON p.id = a.pitch_id
        JOIN pitches_door d ON d.id = p.door_id WHERE a.sent_at IS NOT NULL AND a.kind = 'no' AND {LEFT_OUT}
        GROUP BY 1, 2""",
        page,
    )
    assert found == set(rows)
    assert noes.most is not None
    assert (noes.count, noes.most.reason, noes.most.count) == (5, "not_my_topic", 4)
    assert noes.most.mostly == ("New in martech", f"martech-{page.pk}")


def test_half_is_not_most_and_an_own_line_is_no_reason(page: Page) -> None:
    research = page.doors.get(name="Original research")
    for _one in range(2):
        told(research, 6, 1, state="declined", kind="no", reason="not_my_topic")
    noes = stats.noes(span(page))
    assert noes.most is not None
    assert (noes.most.count, noes.most.mostly) == (6, None)
    for _one in range(7):
        told(research, 6, 1, state="declined", kind="no", reason="own_line")
    noes = stats.noes(span(page))
    assert (noes.reasons[-1].reason, noes.most and noes.most.reason) == ("own_line", "not_my_topic")
    assert noes.count == 14
    assert stats.noes(span(PageFactory())).most is None


def came(door: Any, how: str, email: str, *, ago: float = 5, **more: Any) -> None:
    begun = NOW - timedelta(days=ago)
    PitchFactory(door=door, came_from=how, email=email, written_at=begun, **more)


def test_the_share_kit_counts_people_who_wrote(page: Page) -> None:
    research = page.doors.get(name="Original research")
    handed_in = {"waiting": True, "handed_in_at": NOW}
    came(research, "message", "elif@mosaic.example", **handed_in)
    came(research, "message", "ELIF@mosaic.example")
    came(research, "message", "ben@mosaic.example")
    came(research, "bio", "elif@mosaic.example")
    came(research, "bio", "old@mosaic.example", ago=91)
    came(research, "qr", "junk@mosaic.example", quarantine=True, handed_in_at=NOW)
    came(research, "", "direct@mosaic.example", **handed_in)
    came(DoorFactory(), "badge", "elsewhere@mosaic.example", **handed_in)
    for number, (used, made) in enumerate(((NOW, 3), (None, 3), (None, 91))):
        ReplyLink.objects.create(
            door=research, who="Northbeam", channel="mail" if number else "message", said_on=NOW.date(), used_at=used,
            made_at=NOW - timedelta(days=made), expires_at=NOW, token_hash=tokens.digest(str(number)),
        )  # fmt: skip
    kit = stats.kit(span(page))
    rows = counted(
        """SELECT came_from, count(DISTINCT lower(email)),
            count(DISTINCT lower(email)) FILTER (WHERE handed_in_at IS NOT NULL)
        FROM pitches_pitch WHERE page_id = %(page)s AND written_at > %(since)s AND came_from <> ''
            AND lane <> 'quarantine' GROUP BY 1""",
        page,
    )
    assert {(one.came.value, one.began, one.left) for one in kit.channels if one.began} == set(rows)
    assert [(one.came.value, one.began, one.left, one.made, one.used) for one in kit.channels] == [
        ("message", 2, 1, 1, 1), ("bio", 1, 0, 0, 0), ("mail", 0, 0, 1, 0)]  # fmt: skip
    assert (kit.began, kit.left) == (2, 1)
