"""Routing: the lane, the promised hour, what is held aside, the label, and the handoff after a yes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pitches import disclosure, intake, ledge, lifecycle, relationships, review, routing
from pitches.models import AnswerKind, Handoff, Message, Pitch, PitchState, Standing
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.senders import hand_in, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY, FRIDAY = datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def paid(**values):
    return {"paid": {"type": "flat_fee", "min": 900, "max": 1200, "currency": "GBP"} | values}


def handed_in(door, **changes):
    pitch = hand_in(door, **changes)
    work()
    pitch.refresh_from_db()
    return pitch


@pytest.mark.parametrize(
    ("standing", "lane"),
    [("trusted", "trusted"), ("known", "known"), ("introduced", "known"), ("stranger", "first_knock")],
)
def test_the_standing_chooses_the_lane(standing, lane):
    door = DoorFactory()
    meet(door, standing)
    pitch = handed_in(door)
    assert (pitch.state, pitch.standing, pitch.lane, pitch.promised_for) == ("waiting", standing, lane, TUESDAY)


@pytest.mark.parametrize(
    ("groups", "state"),
    [
        (paid(), "held"),
        (paid(max=1499.99), "held"),
        (paid(max=1500), "waiting"),
        (paid(min=900, max=3000), "waiting"),
        (paid(currency="EUR"), "waiting"),
        ({"paid": {"type": "none"}}, "waiting"),
        ({"paid": {"type": "not_decided"}}, "held"),
        ({}, "waiting"),
    ],
)
def test_an_offer_under_the_floor_is_held_aside(groups, state):
    pitch = handed_in(DoorFactory(floor_amount=1500, floor_currency="GBP"), groups=groups)
    assert (pitch.state, pitch.lane == "held") == (state, state == "held")
    assert (pitch.told_state, pitch.promised_for) == ("waiting", TUESDAY)


def test_a_door_without_a_floor_holds_no_budget_aside():
    assert handed_in(DoorFactory(), groups=paid(max=1)).state == "waiting"


def test_quarantine_ends_after_a_week_and_tells_nobody():
    pitch = PitchFactory(arrived=True, suspect=True)
    routing.route(lifecycle.record(PitchState.ARRIVED, pitch.page, pitch))
    pitch.refresh_from_db()
    assert (pitch.state, pitch.lapses_at) == ("quarantine", MONDAY + timedelta(days=7))
    assert (pitch.told_state, pitch.told_lapse) == ("waiting", MONDAY + timedelta(days=21))


def test_everybody_gets_the_same_receipt_and_nobody_hears_of_lanes():
    door = DoorFactory(floor_amount=1500, floor_currency="GBP")
    handed_in(door, email="a@agency-a.example", groups=paid())
    handed_in(door, email="b@agency-b.example")
    assert list(Message.objects.filter(kind="receipt").values_list("to", "state").order_by("to")) == [
        ("a@agency-a.example", "done"),
        ("b@agency-b.example", "done"),
    ]


def test_what_was_routed_is_not_routed_again():
    pitch = PitchFactory(waiting=True)
    routing.route(lifecycle.record(PitchState.ARRIVED, pitch.page, pitch))
    assert Pitch.objects.get().state == "waiting"


# ── the promised hour ────────────────────────────────────────────────────────
def wait(page, lane, count):
    standing = {"first_knock": "stranger"}.get(lane, lane)
    return PitchFactory.create_batch(
        count, waiting=True, page=page, door=page.doors.get(), lane=lane, standing=standing
    )


# cards 4, a quarter of them for newcomers: (trusted, known, strangers before) and who comes -> how many hours on
PROMISES = [
    ((0, 0, 0), "trusted", 0),
    ((3, 0, 0), "trusted", 0),
    ((4, 0, 0), "trusted", 1),
    ((3, 0, 1), "trusted", 1),  # one place is kept for the stranger
    ((0, 9, 0), "trusted", 0),  # trusted are read before known
    ((0, 3, 0), "known", 0),
    ((2, 2, 0), "known", 1),
    ((9, 9, 0), "first_knock", 0),  # the place that is kept
    ((9, 9, 1), "first_knock", 1),
    ((0, 0, 3), "first_knock", 0),  # unused places change sides
    ((0, 0, 4), "first_knock", 1),
    ((2, 0, 1), "first_knock", 0),
    ((2, 0, 2), "first_knock", 1),
    ((0, 0, 12), "known", 0),
]


@pytest.mark.parametrize(("before", "lane", "hours"), PROMISES)
def test_the_promise_is_the_first_hour_with_a_card_left(before, lane, hours):
    page = DoorFactory(page__cards=4, page__newcomer_share=0.25).page
    for name, count in zip(("trusted", "known", "first_knock"), before, strict=True):
        wait(page, name, count)
    assert ledge.promised(page, lane) == [TUESDAY, FRIDAY][hours]


@pytest.mark.parametrize(("before", "lane", "hours"), PROMISES)
def test_the_promise_is_kept(before, lane, hours):
    """Whoever was promised an hour is among its cards, when nobody else comes."""
    page = DoorFactory(page__cards=4, page__newcomer_share=0.25).page
    for name, count in zip(("trusted", "known", "first_knock"), before, strict=True):
        wait(page, name, count)
    clock.move_to(MONDAY + timedelta(minutes=1))
    (mine,) = wait(page, lane, 1)
    read = 0
    while mine.pk not in (cards := ledge.cards_of(page)):
        Pitch.objects.filter(pk__in=cards).update(state="declined")
        read += 1
    assert read <= hours


@pytest.mark.parametrize(("share", "strangers"), [(0, 0), (0.01, 1), (0.25, 1), (0.26, 2), (0.5, 2), (1, 4)])
def test_the_newcomers_share_is_rounded_in_their_favour(share, strangers):
    page = PageFactory(cards=4, newcomer_share=share)
    assert ledge.share(page, 10, 10) == (4 - strangers, strangers)


def test_a_page_without_hours_promises_nothing():
    assert ledge.promised(PageFactory(reading=[]), "trusted") is None


def test_cards_are_nudged_first_then_lane_then_age():
    page = DoorFactory(page__cards=6, page__newcomer_share=0.34).page
    knock = wait(page, "first_knock", 2)
    known, introduced, trusted = wait(page, "known", 1)[0], wait(page, "introduced", 1)[0], wait(page, "trusted", 2)
    Pitch.objects.filter(pk=introduced.pk).update(lane="known")
    Pitch.objects.filter(pk__in=[trusted[1].pk, knock[1].pk]).update(nudged_at=MONDAY)
    wanted = [trusted[1], trusted[0], known, introduced, knock[1], knock[0]]
    assert ledge.cards_of(page) == [pitch.pk for pitch in wanted]


# ── after a yes ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("standing", "days"), [("trusted", 7), ("known", 7), ("introduced", 14), ("stranger", 14)])
def test_a_yes_is_handed_over_by_the_standing_before_it(standing, days):
    pitch = PitchFactory(waiting=True)
    relationships.set_by_hand(pitch.page, pitch.sender, Standing(standing), by=pitch.page.owner)
    review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    found = Handoff.objects.values_list("pitch", "standing", "follow_up_on", "done_at").get()
    assert found == (pitch.pk, standing, date(2026, 3, 2) + timedelta(days=days), None)


def test_a_yes_that_was_undone_leaves_one_handoff_at_the_second_yes():
    pitch = PitchFactory(waiting=True)
    given = review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    review.undo(given, by=pitch.page.owner)
    clock.move_to(MONDAY + timedelta(days=1))
    review.answer(Pitch.objects.get(), AnswerKind.YES, by=pitch.page.owner)
    work()
    assert list(Handoff.objects.values_list("follow_up_on", flat=True)) == [date(2026, 3, 17)]


def test_a_first_yes_opens_the_door_wider_after_it_went_out():
    door = DoorFactory()
    first = handed_in(door)
    review.answer(first, AnswerKind.YES, by=door.page.owner)
    clock.move_to(MONDAY + review.HOLD)
    work()
    assert intake.admit(first, first.sender).standing == "known"


# ── the label ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("groups", "ask", "label"),
    [
        ({"paid": {"type": "flat_fee"}}, "write", "ad"),
        ({"paid": {"type": "fee_and_product"}}, "write", "ad"),
        ({"paid": {"type": "fee_and_commission"}}, "write", "ad"),
        ({"paid": {"type": "not_decided"}}, "write", "ad"),
        ({}, "slot", "ad"),
        ({"paid": {"type": "none"}}, "slot", "ad"),
        ({"paid": {"type": "commission_only"}}, "write", "affiliate"),
        ({"paid": {"type": "product_only"}}, "try", "gift"),
        ({"paid": {"type": "event_access"}}, "write", "gift"),
        ({"product": {"keep": True}}, "try", "gift"),
        ({"product": {"keep": False}}, "try", "none"),
        ({"event": {"travel": True}}, "write", "gift"),
        ({"paid": {"type": "none"}}, "write", "none"),
        ({}, "quote", "none"),
    ],
)
def test_the_label_is_the_stricter_of_two_laws(groups, ask, label):
    assert disclosure.label(groups, ask) == label
