"""Later, until the door opens: when it is offered, what it says, and that whatever opens the door brings it back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import intake, opening, reactions, review
from pitches.due import tick
from pitches.models import AnswerKind, Door, Event, Fact, Page, Pitch
from pitches.web import conflicts, later
from portal import clock, leases
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = "When the door opens, at the latest on Friday 13 March"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page, closed=True)


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def put_off(pitch: Pitch) -> Pitch:
    review.answer(pitch, AnswerKind.LATER, by=pitch.page.owner, when_open=True)
    return pitch


def react() -> None:
    """What follows the events so far, and then with the next tick."""
    rows = Event.objects.filter(reacted_at=None, what=Fact.DOOR_OPENED)
    lease, events = leases.claim(rows, limit=50)
    for event in events:
        reactions.react(event.pk, lease)
    tick()


def open_by_hand(door: Door) -> None:
    door.state = "open"
    door.save()
    opening.announce(door)


# ── when it is offered ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"closed": True}, True),
        ({"opens_at": MONDAY + timedelta(days=3)}, True),
        ({"state": "until", "until": MONDAY - timedelta(days=1)}, True),
        ({"full_until": MONDAY + timedelta(days=3)}, True),
        ({}, False),
        ({"until_soon": True}, False),
        ({"invited": True}, False),
    ],
)
def test_it_is_offered_behind_a_door_that_is_shut(page: Page, how: dict[str, Any], wanted: bool) -> None:
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=page, **how))
    assert later.offered(pitch) is wanted


def test_a_full_ledge_is_nothing_to_wait_for(page: Page) -> None:
    """To put something off makes room, which would open the door and bring it straight back."""
    page.full_since = MONDAY
    assert not later.offered(PitchFactory(waiting=True, door=DoorFactory(page=page)))


@pytest.mark.parametrize("path", ["/desk/inbox", "/desk/pitch/{code}"])
def test_its_words_name_both_days(owner: Client, door: Door, path: str) -> None:
    pitch = PitchFactory(waiting=True, door=door)
    body = owner.get(path.format(code=pitch.code)).content.decode()
    assert f'value="open" data-digit="4"><kbd aria-hidden="true">4</kbd><span dir="auto">{WORDS}</span>' in body


def test_an_open_door_has_three_ready_days(owner: Client, page: Page) -> None:
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=page))
    body = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    assert 'value="open"' not in body
    assert owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "later", "choice": "open"}).status_code == 422
    assert Pitch.objects.get().state == "waiting"


def test_the_latest_day_leaves_the_week_before_it_lapses(door: Door) -> None:
    pitch = PitchFactory(waiting=True, door=door)
    assert review.latest_day(pitch) == date(2026, 3, 13)  # the last hour before 16 March; it lapses on the 23rd
    pitch.lapses_at = MONDAY + timedelta(days=2)
    assert review.latest_day(pitch) == date(2026, 3, 10)


# ── from everywhere ──────────────────────────────────────────────────────────
def test_from_the_pitch_and_twice_is_once(owner: Client, door: Door) -> None:
    pitch = PitchFactory(waiting=True, door=door)
    for _press in range(2):
        response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "later", "choice": "open"}, follow=True)
        assert all(one.extra_tags == "unseen" for one in response.context["messages"])
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open, pitch.back_at) == ("later", True, datetime(2026, 3, 13, 9, tzinfo=UTC))
    assert "Later: when the door opens, at the latest on Friday 13 March" in response.content.decode()
    assert "when it opens, at the latest on Friday 13 March" in owner.get("/desk/inbox?show=later").content.decode()


def test_in_the_session(owner: Client, page: Page, door: Door) -> None:
    pitch = PitchFactory(waiting=True, door=door)
    owner.post("/desk/session/start")
    sitting = review.current_session(page)
    assert sitting
    assert WORDS in owner.get("/desk/session").content.decode()
    owner.post(f"/desk/session/{sitting.pk}/answer/{pitch.code}", {"kind": "later", "choice": "open"})
    assert Pitch.objects.get().back_when_open


# ── what brings it back ──────────────────────────────────────────────────────
def test_the_hand_of_the_owner(door: Door) -> None:
    pitch, dated = put_off(PitchFactory(waiting=True, door=door)), PitchFactory(waiting=True, door=door)
    review.answer(dated, AnswerKind.LATER, by=door.page.owner, until=date(2026, 3, 12))
    elsewhere = put_off(PitchFactory(waiting=True, door=DoorFactory(page=door.page, closed=True)))
    open_by_hand(door)
    react()
    found = dict(Pitch.objects.values_list("pk", "state"))
    assert found == {pitch.pk: "waiting", dated.pk: "later", elsewhere.pk: "later"}
    pitch.refresh_from_db()
    assert (pitch.back_when_open, pitch.back_at, pitch.lane) == (False, None, "first_knock")
    assert pitch.answers.get().sent_at  # nothing is left to undo


def test_the_day_of_the_door(page: Page) -> None:
    door = DoorFactory(page=page, closed=True, opens_at=MONDAY + timedelta(days=3))
    opening.announce(door)
    pitch = put_off(PitchFactory(waiting=True, door=door))
    with clock.standing_at(MONDAY + timedelta(days=3, minutes=1)):
        tick()
        react()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open) == ("waiting", False)


def test_the_latest_day_where_the_door_stays_shut(owner: Client, door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    with clock.standing_at(datetime(2026, 3, 13, 9, 1, tzinfo=UTC)):
        tick()
    assert "Came back on its day" in owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open, pitch.lapses_at) == ("waiting", False, MONDAY + timedelta(days=21))


def test_the_thread_says_what_it_was(owner: Client, door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    open_by_hand(door)
    react()
    thread = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    assert "Came back, as the door opened" in thread
    assert ("Later: when the door opens" in thread, "Later: back on" in thread) == (True, False)


def test_who_was_late_reads_that_the_door_may_bring_it_sooner(door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    assert "It comes back when it opens, at the latest on " in conflicts.sentence(pitch, pitch.page.owner)


# ── what clears it ───────────────────────────────────────────────────────────
def test_undo(door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    review.undo(pitch.answers.get(), by=door.page.owner)
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open, pitch.back_at) == ("waiting", False, None)


def test_an_answer_of_another_kind_waits_for_no_door(door: Door) -> None:
    pitch = PitchFactory(waiting=True, door=door)
    review.answer(pitch, AnswerKind.YES, by=door.page.owner, when_open=True)
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open, pitch.back_at) == ("accepted", False, None)


def test_taken_back_while_the_door_opens_it_returns_if_it_is_put_back(door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    intake.withdraw(pitch)
    open_by_hand(door)
    react()
    pitch.refresh_from_db()
    assert pitch.state == "withdrawn"
    intake.put_back(pitch)
    tick()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.back_when_open) == ("waiting", False)


def test_its_sender_reads_that_it_waits(client: Client, door: Door) -> None:
    pitch = put_off(PitchFactory(waiting=True, door=door))
    body = client.get(f"/p/{pitch.token}").content.decode()
    assert "Later" not in body
    assert "when the door opens" not in body
    assert "13 March" not in body
