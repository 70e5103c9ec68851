"""The ledge: lanes, order, the newcomer share, the promised date."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitches import ledge
from pitches.models import Lane, Page, Pitch
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY, FRIDAY = datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def left(page: Page, standing: str, number: int = 1, *, hours_ago: int = 1, **more: Any) -> list[Pitch]:
    door = page.doors.first() or DoorFactory(page=page)
    at = MONDAY - timedelta(hours=hours_ago)
    return PitchFactory.create_batch(number, waiting=True, door=door, standing=standing, handed_in_at=at, **more)


def lanes_of(page: Page) -> list[str]:
    found = {pitch.pk: pitch.lane for pitch in Pitch.objects.all()}
    return [found[key] for key in ledge.cards_of(page)]


@pytest.mark.parametrize(("given", "lane"), [("", Lane.FIRST_KNOCK), ("known", Lane.KNOWN), ("trusted", Lane.TRUSTED)])
def test_a_pitch_keeps_the_lane_that_it_was_given(given: str, lane: Lane) -> None:
    assert ledge.lane_of(Pitch(given_lane=given, standing="stranger")) == lane


def test_cards_come_lane_after_lane_and_the_oldest_first() -> None:
    page = PageFactory()
    stranger, new, introduced, old, trusted = (
        left(page, standing, hours_ago=hours)[0]
        for standing, hours in [("stranger", 9), ("known", 1), ("introduced", 8), ("known", 5), ("trusted", 1)]
    )
    assert ledge.cards_of(page) == [trusted.pk, old.pk, new.pk, introduced.pk, stranger.pk]


def test_a_nudge_moves_to_the_top_of_its_own_lane_only() -> None:
    page = PageFactory()
    known, old, nudged = (
        left(page, "known")[0],
        left(page, "stranger", hours_ago=9)[0],
        left(page, "stranger", nudged_at=MONDAY)[0],
    )
    assert ledge.cards_of(page) == [known.pk, nudged.pk, old.pk]


def test_only_what_waits_at_this_page_becomes_a_card() -> None:
    page = PageFactory()
    door = DoorFactory(page=page)
    PitchFactory(held=True, door=door)
    PitchFactory(quarantine=True, door=door)
    PitchFactory(waiting=True)
    mine = PitchFactory(waiting=True, door=door)
    assert ledge.cards_of(page) == [mine.pk]


def test_a_quarter_of_the_cards_is_kept_for_first_knocks() -> None:
    page = PageFactory(cards=8)
    left(page, "trusted", 10)
    left(page, "stranger", 10)
    assert lanes_of(page) == ["trusted"] * 6 + ["first_knock"] * 2


@pytest.mark.parametrize(
    ("cards", "others", "strangers", "expected"),
    [
        (8, 10, 10, (6, 2)),  # the share
        (8, 10, 1, (7, 1)),  # places that no stranger takes change sides
        (8, 3, 10, (3, 5)),  # and the other way round
        (8, 2, 1, (2, 1)),  # more places than pitches
        (8, 0, 0, (0, 0)),
        (1, 5, 5, (0, 1)),  # a share is rounded up
        (8, 10, 0, (8, 0)),
    ],
)
def test_unused_places_change_sides(cards: int, others: int, strangers: int, expected: tuple[int, int]) -> None:
    assert ledge.share(Page(cards=cards, newcomer_share=0.25), others, strangers) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.0, (8, 0)), (1.0, (0, 8))])
def test_the_owner_may_set_the_share(share: float, expected: tuple[int, int]) -> None:
    assert ledge.share(Page(cards=8, newcomer_share=share), 10, 10) == expected


@pytest.mark.parametrize("lane", [Lane.TRUSTED, Lane.KNOWN, Lane.FIRST_KNOCK])
def test_an_empty_ledge_promises_the_next_hour(lane: Lane) -> None:
    assert ledge.promised(PageFactory(), lane) == TUESDAY


def test_a_full_hour_promises_the_one_after() -> None:
    page = PageFactory(cards=4)
    left(page, "known", 4)
    assert (ledge.promised(page, Lane.KNOWN), ledge.promised(page, Lane.TRUSTED)) == (FRIDAY, TUESDAY)


def test_strangers_never_delay_a_trusted_sender() -> None:
    page = PageFactory(cards=4)
    left(page, "stranger", 40)
    assert ledge.promised(page, Lane.TRUSTED) == TUESDAY


def test_a_stranger_has_a_place_behind_any_number_of_friends() -> None:
    page = PageFactory(cards=4)
    left(page, "trusted", 40)
    assert ledge.promised(page, Lane.FIRST_KNOCK) == TUESDAY
    left(page, "stranger", 1)
    assert ledge.promised(page, Lane.FIRST_KNOCK) == FRIDAY


def test_without_reading_hours_nothing_is_promised() -> None:
    assert ledge.promised(PageFactory(reading=[]), Lane.TRUSTED) is None


def test_with_a_share_of_nothing_a_stranger_waits_for_free_places() -> None:
    page = PageFactory(cards=2, newcomer_share=0)
    left(page, "known", 4)
    assert ledge.promised(page, Lane.FIRST_KNOCK) == datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "cards", "within"),
    [(0.25, 20, 40), (0.25, 40, 40), (0.5, 10, 20), (0.1, 10, 100), (1, 10, 10), (0, 40, 1010)],
)
def test_of_a_thousand_friends_and_ten_new_each_new_one_is_shown_in_time(share: float, cards: int, within: int) -> None:
    """Within ceil(10 / share) cards; with no share at all when no friend is left."""
    page = PageFactory(cards=cards, newcomer_share=share)
    door, sender = DoorFactory(page=page), SenderFactory()
    lanes = ["trusted"] * 1000 + ["first_knock"] * 10
    known = {"door": door, "page": page, "sender": sender, "state": "waiting", "handed_in_at": MONDAY}
    Pitch.objects.bulk_create(PitchFactory.build(**known, lane=lane, given_lane=lane) for lane in lanes)
    shown: list[int] = []
    while Pitch.objects.waiting().filter(lane="first_knock").exists():
        shown += ledge.cards_of(page)
        Pitch.objects.filter(pk__in=shown).update(state="declined")
    new = Pitch.objects.filter(lane="first_knock").order_by("pk").values_list("pk", flat=True)
    assert [pk for pk in shown if pk in new] == list(new)
    assert shown.index(new[9]) < within
