"""The room doors/editing.py: hang a door, change it from two tabs, order the street, take down and hang again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from pitches import doors
from pitches.models import Door, DoorVersion, Event
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def door() -> Door:
    found: Door = DoorFactory(slug="research")
    doors.keep_version(found, by=found.page.owner)
    return found


def now(door: Door) -> Door:
    return Door.objects.select_related("page").get(pk=door.pk)


def facts(door: Door) -> list[tuple[str, str]]:
    return list(Event.objects.filter(door=door).values_list("what", "note"))


# ── hang ─────────────────────────────────────────────────────────────────────
def test_a_new_door_hangs_at_the_end_with_a_version_and_an_event() -> None:
    page = PageFactory()
    DoorFactory(page=page, position=7)
    door = doors.hang(page, by=page.owner, slug="events", name="Events")
    assert (door.position, door.announced, facts(door)) == (8, True, [("door_changed", "1")])
    assert [(row.version, row.by, row.stood["name"]) for row in door.versions.all()] == [(1, page.owner, "Events")]


def test_a_door_never_takes_an_address_of_the_desk() -> None:
    page = PageFactory()
    assert [doors.hang(page, slug=slug, name="X").slug for slug in ("new", "order", "news")] == [
        "new-1",
        "order-1",
        "news",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "until"},
        {"floor_amount": Decimal(5)},
        {"opens_at": clock.now() + timedelta(9), "state": "until", "until": clock.now() + timedelta(8)},
        {"name": ""},
        {"state": "ajar"},
    ],
)
def test_contradictions_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        doors.hang(PageFactory(), **({"slug": "x", "name": "X"} | wrong))
    assert Door.objects.count() == 0


# ── change ───────────────────────────────────────────────────────────────────
def test_a_change_is_a_version_and_an_event(door: Door) -> None:
    changed = doors.change(door, by=door.page.owner, seen=1, blurb="Numbers.", paint="red")
    assert (changed.version, now(door).blurb, now(door).paint) == (2, "Numbers.", "red")
    assert facts(door)[0] == ("door_changed", "2")
    assert [(row.version, row.by) for row in door.versions.all()] == [(1, door.page.owner), (2, door.page.owner)]


def test_nothing_new_is_no_version(door: Door) -> None:
    changed = doors.change(door, seen=1, name=door.name, wants=list(door.wants))
    assert (changed.version, facts(door), door.versions.count()) == (1, [], 1)


def test_the_version_before_the_first_change_is_kept_without_a_name() -> None:
    door = DoorFactory()
    doors.change(door, by=door.page.owner, blurb="Numbers.")
    assert [(row.version, row.by) for row in door.versions.all()] == [(1, None), (2, door.page.owner)]


def test_what_waits_stays_when_a_door_closes(door: Door) -> None:
    pitch = PitchFactory(door=door, waiting=True)
    doors.change(door, state="closed")
    pitch.refresh_from_db()
    assert (pitch.state, pitch.door_version) == ("waiting", 1)


def test_a_zone_makes_no_difference_to_a_moment(door: Door) -> None:
    moment = clock.now().replace(microsecond=0) + timedelta(days=9)
    doors.change(door, state="until", until=moment)
    assert doors.change(door, seen=2, until=moment.astimezone(ZoneInfo("Asia/Tokyo"))).version == 2


def test_dates_that_do_not_matter_are_forgotten(door: Door) -> None:
    soon = clock.now() + timedelta(days=2)
    doors.change(door, state="until", until=soon, opens_at=clock.now() - timedelta(days=2))
    assert (now(door).until, now(door).opens_at) == (soon, None)
    doors.change(door, state="closed")
    assert now(door).until is None


# ── two tabs ─────────────────────────────────────────────────────────────────
def test_two_tabs_that_touch_different_things_both_win(door: Door) -> None:
    """The whole form comes back from both tabs: what one left alone is not put back."""
    seen = {"name": door.name, "blurb": door.blurb}
    doors.change(door, seen=1, **(seen | {"name": "Data"}))
    doors.change(door, seen=1, **(seen | {"blurb": "Numbers."}))
    assert (now(door).name, now(door).blurb, now(door).version) == ("Data", "Numbers.", 3)


def test_two_tabs_that_touch_the_same_thing_do_not(door: Door) -> None:
    doors.change(door, seen=1, name="Data", blurb="Numbers.")
    with pytest.raises(doors.Changed) as caught:
        doors.change(door, seen=1, name="Figures", paint="red")
    assert (caught.value.fields, caught.value.door.version) == ({"name": "Data"}, 2)
    assert (now(door).name, now(door).paint, now(door).version) == ("Data", "green", 2)
    assert doors.change(door, seen=2, name="Figures").version == 3


def test_the_same_wish_twice_is_no_conflict(door: Door) -> None:
    doors.change(door, seen=1, name="Data")
    assert doors.change(door, seen=1, name="Data", blurb="Numbers.").version == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"opens_at": clock.now() + timedelta(days=3)}, {"state": "closed"}),
        ({"tiers": ["known"]}, {"state": "invited"}),
        ({"asks": ["paid"]}, {"questions": [{"text": "Why?", "required": True}]}),
        ({"floor_amount": Decimal(200), "floor_currency": "EUR"}, {"floor_currency": "GBP"}),
    ],
)
def test_what_belongs_together_is_decided_together(door: Door, first: dict[str, Any], second: dict[str, Any]) -> None:
    doors.change(door, seen=1, **first)
    with pytest.raises(doors.Changed):
        doors.change(door, seen=1, **second)


def test_what_somebody_cleared_belongs_to_it_too(door: Door) -> None:
    doors.change(door, state="closed", opens_at=clock.now() + timedelta(days=3))
    doors.change(door, seen=2, opens_at=None)
    with pytest.raises(doors.Changed) as caught:
        doors.change(door, seen=2, tiers=["known"])
    assert caught.value.fields == {"opens_at": None}


def test_a_version_that_never_was_is_a_conflict(door: Door) -> None:
    with pytest.raises(doors.Changed):
        doors.change(door, seen=99, name="Figures")


# ── order, down and up again ─────────────────────────────────────────────────
def test_an_order_that_forgets_a_door_keeps_it() -> None:
    page = PageFactory()
    first, second, third = (DoorFactory(page=page) for _number in range(3))
    foreign, down = DoorFactory(), DoorFactory(page=page, taken_down_at=clock.now())
    doors.reorder(page, [third.pk, foreign.pk, down.pk, third.pk])
    assert list(page.doors.hung()) == [third, first, second]
    assert now(foreign).position == foreign.position
    assert list(Event.objects.values_list("page", "what", "note")) == [(page.pk, "page_changed", "order")]


def test_a_door_is_taken_down_and_hung_again() -> None:
    door = DoorFactory(until_soon=True, announced=True)
    for _press in range(2):
        doors.take_down(door, by=door.page.owner)
    assert (now(door).taken_down_at is None, now(door).turns_at) == (False, None)
    for _press in range(2):
        doors.hang_again(now(door), by=door.page.owner)
    assert (now(door).taken_down_at, now(door).turns_at) == (None, door.until)
    assert facts(door) == [("door_changed", "taken down"), ("door_changed", "hung again")]
    assert DoorVersion.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["door", "order"])
def test_who_changes_a_door_does_not_wait_for_who_changes_the_page(change) -> None:
    """Each needs what the other has, so a wait would end in a deadlock."""
    door = DoorFactory()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        doors.keep_words(door.page, by=door.page.owner, tagline="Gadgets")
        pool.submit(_turn, door, change).result(timeout=5)
    assert now(door).reason == ("A rest." if change == "door" else "")


def _turn(door: Door, change: str) -> None:
    try:
        if change == "door":
            doors.change(door, reason="A rest.")
        else:
            doors.reorder(door.page, [door.pk])
    finally:
        connection.close()
