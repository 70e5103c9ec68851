"""Opening: how a door stands, what turns it, and when a page can promise no more."""

from datetime import UTC, datetime, timedelta

import pytest

from pitches import doors, due, intake, opening, tasks
from pitches.models import Door, Event, Fact, Lane, Page, Pitch
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.races import race
from tests.senders import hand_in, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def turns(door):
    """What was announced of a door, in order."""
    facts = (Fact.DOOR_OPENED, Fact.DOOR_CLOSED)
    return list(Event.objects.filter(door=door, what__in=facts).order_by("pk").values_list("what", "note"))


# ── how it stands ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("fields", "stands"),
    [
        ({}, ("open", "", None)),
        ({"state": "invited"}, ("key", "", None)),
        ({"tiers": ["introduced", "known", "trusted"]}, ("key", "", None)),
        ({"tiers": ["known"], "full_until": MONDAY + DAY}, ("key", "", None)),
        ({"state": "closed"}, ("shut", "closed", None)),
        ({"state": "closed", "opens_at": MONDAY + DAY}, ("shut", "closed", MONDAY + DAY)),
        ({"state": "closed", "opens_at": MONDAY}, ("open", "", None)),
        ({"opens_at": MONDAY + DAY}, ("shut", "early", MONDAY + DAY)),
        ({"state": "invited", "opens_at": MONDAY + DAY}, ("shut", "early", MONDAY + DAY)),
        ({"state": "until", "until": MONDAY + DAY}, ("until", "", MONDAY + DAY)),
        ({"state": "until", "until": MONDAY}, ("shut", "ended", MONDAY)),
        ({"full_until": MONDAY + DAY}, ("shut", "full", MONDAY + DAY)),
        ({"full_until": MONDAY}, ("open", "", None)),
        ({"page__full_since": MONDAY}, ("shut", "promise", None)),
        ({"state": "invited", "page__full_since": MONDAY}, ("key", "", None)),
        ({"state": "closed", "page__full_since": MONDAY}, ("shut", "closed", None)),
    ],
)
def test_a_door_says_how_it_stands_and_why(fields, stands, django_assert_num_queries):
    door = DoorFactory(**fields)
    with django_assert_num_queries(0):
        found = opening.of(door)
    assert (found.look, found.why, found.until) == stands
    assert found.is_open == (found.look in ("open", "until"))
    assert found.by_itself == (found.why in ("full", "promise"))


# ── dates ────────────────────────────────────────────────────────────────────
def test_a_door_opens_on_its_date_and_says_so_once():
    door = doors.hang(PageFactory(), slug="a", name="A", state="closed", opens_at=MONDAY + DAY)
    for moment, looks in ((MONDAY + DAY - SECOND, "shut"), (MONDAY + DAY, "open"), (MONDAY + DAY, "open")):
        clock.move_to(moment)
        due.tick()
        door = Door.objects.select_related("page").get(pk=door.pk)
        assert opening.of(door).look == looks
    assert (door.state, door.opens_at, door.turns_at) == ("open", None, None)
    assert turns(door) == [("door_opened", "")]


def test_a_door_closes_on_its_date_and_says_why():
    end = MONDAY + timedelta(hours=5)
    door = doors.hang(PageFactory(), slug="a", name="A", state="until", until=end)
    assert door.turns_at == end
    clock.move_to(end)
    assert due.tick() == 1
    assert turns(door) == [("door_closed", "ended")]
    assert due.tick() == 0


def test_a_door_that_was_closed_by_hand_stays_closed():
    door = doors.hang(PageFactory(), slug="a", name="A", opens_at=MONDAY + DAY)
    doors.change(door, state="closed", opens_at=None)
    clock.move_to(MONDAY + 2 * DAY)
    due.tick()
    door.refresh_from_db()
    assert (door.state, turns(door)) == ("closed", [])


def test_a_door_that_is_closed_by_hand_a_moment_before_its_date_stays_closed():
    door = doors.hang(PageFactory(), slug="a", name="A", state="closed", opens_at=MONDAY + DAY)
    seen_by_the_tick = Door.objects.select_related("page").get(pk=door.pk)
    doors.change(door, state="closed", opens_at=None)
    clock.move_to(MONDAY + DAY)
    opening.turn(seen_by_the_tick)
    door.refresh_from_db()
    assert (door.state, door.turns_at, turns(door)) == ("closed", None, [])


def test_a_door_that_hangs_again_has_not_missed_its_date():
    door = doors.hang(PageFactory(), slug="a", name="A", state="closed", opens_at=MONDAY + DAY)
    doors.take_down(door, by=door.page.owner)
    clock.move_to(MONDAY + 2 * DAY)
    doors.hang_again(door, by=door.page.owner)
    door.refresh_from_db()
    assert (door.state, door.opens_at, turns(door)) == ("open", None, [("door_opened", "")])


def test_a_date_in_the_past_is_forgotten_when_a_door_is_closed_by_hand():
    door = DoorFactory(state="open", opens_at=MONDAY - DAY)
    door = doors.change(door, state="closed")
    assert (door.opens_at, opening.of(door).look) == (None, "shut")


# ── the places of a week ─────────────────────────────────────────────────────
def test_the_last_place_closes_the_door_until_monday():
    door = DoorFactory(places_per_week=2)
    hand_in(door, email="a@a.example")
    assert turns(door) == []
    hand_in(door, email="b@b.example")
    door.refresh_from_db()
    assert door.full_until == datetime(2026, 3, 9, tzinfo=UTC)
    assert turns(door) == [("door_closed", "full")]
    clock.move_to(door.full_until)
    due.tick()
    door.refresh_from_db()
    assert (door.full_until, turns(door)[1:]) == (None, [("door_opened", "")])


def test_who_is_known_needs_no_place():
    door = DoorFactory(places_per_week=1)
    hand_in(door, email="a@a.example")
    meet(door, "known")
    assert hand_in(Door.objects.get(pk=door.pk)).state == "arrived"
    with pytest.raises(intake.Refused, match="full"):
        hand_in(Door.objects.get(pk=door.pk), email="c@c.example")


def test_more_places_open_a_full_door_at_once():
    door = DoorFactory(places_per_week=1)
    hand_in(door, email="a@a.example")
    door.refresh_from_db()
    doors.change(door, places_per_week=5)
    assert [what for what, _why in turns(door)] == ["door_closed", "door_opened"]


# ── the promise ──────────────────────────────────────────────────────────────
def crowded(**fields):
    """A page with one card in each of two sessions a week, and a limit of seven days: two can be promised."""
    return DoorFactory(page__cards=1, page__promise_days=7, **fields)


def test_a_page_closes_its_doors_before_it_breaks_a_promise_and_opens_them_again():
    door = crowded()
    other = DoorFactory(page=door.page)
    for number in range(2):
        hand_in(door if number else other, email=f"{number}@a{number}.example")
        work()
    page = Page.objects.get(pk=door.page_id)
    assert page.full_since == MONDAY
    assert [turns(one) for one in (door, other)] == [[("door_closed", "promise")]] * 2
    with pytest.raises(intake.Refused, match="closed"):
        hand_in(Door.objects.get(pk=door.pk), email="late@late.example")
    clock.move_to(MONDAY + DAY)  # the first of the two hours
    work()
    Pitch.objects.order_by("pk").first().delete()
    opening.look_ahead(Page.objects.get(pk=page.pk))
    assert Page.objects.get(pk=page.pk).full_since is None
    assert turns(door)[1:] == turns(other)[1:] == [("door_opened", "")]


def test_it_opens_only_when_a_share_of_newcomers_can_be_promised():
    page = PageFactory(cards=8, newcomer_share=0.25, promise_days=2, full_since=MONDAY)
    DoorFactory(page=page, announced=False)
    PitchFactory.create_batch(7, waiting=True, door__page=page)
    opening.look_ahead(page)
    assert page.full_since is not None  # one could be promised, two could not
    Pitch.objects.first().delete()
    opening.look_ahead(page)
    assert page.full_since is None


def test_a_flood_of_strangers_closes_the_door_for_nobody_who_is_trusted():
    door = DoorFactory(page__cards=4, page__promise_days=7)
    PitchFactory.create_batch(30, waiting=True, door=door)
    meet(door, "trusted")
    assert hand_in(door).standing == "trusted"


@pytest.mark.parametrize(
    ("fields", "can"),
    [
        ({"reading": []}, True),  # nothing is promised, so nothing is broken
        ({}, True),
        ({"lapse_days": 1, "reading": ["SAT 09:00"]}, True),  # the very next hour, and no other way
        ({"holiday_from": MONDAY.date(), "holiday_until": (MONDAY + 9 * DAY).date()}, True),
        ({"holiday_from": MONDAY.date(), "holiday_until": (MONDAY + 30 * DAY).date()}, False),
        ({"holiday_from": MONDAY.date(), "holiday_until": (MONDAY + 500 * DAY).date()}, False),
    ],
)
def test_what_can_be_promised_on_an_empty_ledge(fields, can):
    assert opening.can_promise(PageFactory(**fields), Lane.FIRST_KNOCK) is can


def test_who_arrived_and_is_not_routed_yet_takes_a_card():
    door = crowded()
    PitchFactory.create_batch(2, arrived=True, door=door)
    assert not opening.can_promise(door.page, Lane.FIRST_KNOCK)


def test_the_limit_is_never_later_than_the_lapse():
    page = PageFactory(promise_days=90, lapse_days=10)
    assert opening.latest_promise(page) == MONDAY + 10 * DAY


@pytest.mark.django_db(transaction=True)
def test_two_who_look_ahead_at_once_close_a_page_once():
    door = crowded()
    PitchFactory.create_batch(4, waiting=True, door=door)
    race(lambda _number: opening.look_ahead(Page.objects.get(pk=door.page_id)))
    assert turns(door) == [("door_closed", "promise")]


def test_the_sweep_finds_nothing_to_do_for_turned_doors():
    door = DoorFactory(places_per_week=1)
    hand_in(door)
    work()
    assert tasks.waiting_work() == set() or not tasks.sweep()
