"""Not now, and its day: the door opens for that one pitch of the same sender, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from pitches import intake, relationships
from pitches.intake import Refused, Ways, trying_again
from pitches.models import Door, Page, Pitch, Standing
from portal import clock, tokens
from tests.factories import AnswerFactory, DoorFactory, PitchFactory
from tests.races import race
from tests.senders import answers

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def invited(reason: str = "not_now", **door: Any) -> Pitch:
    """A pitch that got a "not now" until yesterday; its door stands as said."""
    old = PitchFactory(declined=True, door=DoorFactory(), handed_in_at=MONDAY - 100 * DAY)
    until = date(2026, 3, 1) if reason == "not_now" else None
    AnswerFactory(pitch=old, kind="no", reason=reason, until=until)
    Door.objects.filter(pk=old.door_id).update(**{"state": "closed"} | door)
    return Pitch.objects.select_related("door__page", "page", "sender").get(pk=old.pk)


def again(old: Pitch, *, email: str = "", **ways: str) -> Pitch:
    """Write and hand in another try."""
    door = Door.objects.select_related("page").get(pk=old.door_id)
    typed = answers(email=email or old.email)
    new, _ = intake.write(door, typed, form_key=uuid4(), ways=Ways(**{"again": old.token} | ways))
    return intake.prove(new, intake.issue_code(new), device=tokens.seed())


def why(old: Pitch, **more: str) -> str:
    with pytest.raises(Refused) as refused:
        again(old, **more)
    return refused.value.why


STANDS: list[dict[str, Any]] = [
    {}, {"state": "invited"}, {"state": "open", "tiers": ["trusted"]}, {"opens_at": MONDAY + 100 * DAY},
    {"state": "until", "until": MONDAY - DAY},
]  # fmt: skip


@pytest.mark.parametrize("door", STANDS)
def test_the_door_opens_for_it_whatever_it_says(door: dict[str, Any]) -> None:
    old = invited(**door)
    new = again(old)
    assert (new.state, new.again_of, new.sender) == ("arrived", old, old.sender)
    assert trying_again.used(old)
    assert why(old) in ("closed", "tier")


def test_the_places_of_the_week_do_not_count_and_one_is_taken() -> None:
    old = invited(state="open", places_per_week=1)
    PitchFactory(door=old.door, waiting=True)
    assert again(old).again_of == old


@pytest.mark.parametrize("standing", ["blocked", "paused"])
def test_who_is_blocked_or_paused_is_not_invited(standing: str) -> None:
    old = invited()
    until = MONDAY + DAY if standing == "paused" else None
    relationships.set_by_hand(old.page, old.sender, Standing(standing), by=None, until=until)
    assert why(old) == standing


@pytest.mark.parametrize("gone", ["down", "hidden"])
def test_what_is_gone_opens_for_nobody(gone: str) -> None:
    old = invited()
    Door.objects.filter(pk=old.door_id).update(taken_down_at=MONDAY if gone == "down" else None)
    Page.objects.filter(pk=old.page_id).update(hidden_at=MONDAY if gone == "hidden" else None)
    assert why(old) == "closed"


def test_the_token_in_another_hand_opens_the_form_and_not_the_door() -> None:
    old = invited()
    assert why(old, email="lee@pixelroad.example") == "closed"
    assert not trying_again.used(old)


def test_its_day_begins_at_midnight_for_the_owner() -> None:
    old = invited()
    with clock.standing_at(datetime(2026, 2, 28, 23, 59, tzinfo=UTC)):
        assert why(old) == "closed"
    with clock.standing_at(datetime(2026, 3, 1, tzinfo=UTC)):
        assert again(old).state == "arrived"


@pytest.mark.parametrize("reason", ["covered", "not_my_topic", "no_reason"])
def test_other_reasons_open_no_door(reason: str) -> None:
    assert why(invited(reason)) == "closed"


def test_at_another_door_the_token_is_nothing() -> None:
    old = invited()
    other = DoorFactory(page=old.page, closed=True)
    with pytest.raises(Refused):
        intake.write(other, answers(), form_key=uuid4(), ways=Ways(again=old.token))


def test_before_its_day_an_open_door_takes_it_as_any_other() -> None:
    old = invited(state="open")
    with clock.standing_at(MONDAY - 10 * DAY):
        assert again(old).again_of is None
    assert not trying_again.used(old)


def test_after_another_end_it_says_what_it_follows() -> None:
    old = invited("covered", state="open")
    assert again(old).again_of == old
    lapsed = PitchFactory(lapsed=True, lane="quarantine", door=old.door, told_until=MONDAY + DAY)
    assert intake.earlier(old.door, lapsed.token) is None  # for its sender it still waits


def test_an_answer_in_the_house_invites_nobody() -> None:
    old = PitchFactory(declined=True)
    AnswerFactory(pitch=old, kind="no", reason="not_now", until=date(2026, 3, 1), held=True)
    assert (intake.earlier(old.door, old.token), intake.invited_from(old)) == (None, None)


def test_no_date_beyond_what_the_owner_promises() -> None:
    old = invited()
    away = {"holiday_from": date(2026, 3, 2), "holiday_until": date(2026, 9, 1)}
    Page.objects.filter(pk=old.page_id).update(lapse_days=7, **away)
    assert why(old) == "closed"
    assert not trying_again.used(old)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_the_invited() -> None:
    old = invited()
    written = [
        intake.write(old.door, answers(email=old.email), form_key=uuid4(), ways=Ways(again=old.token))[0]
        for _ in range(4)
    ]
    found = race(lambda number: intake.hand_in(written[number], old.sender).state, threads=4)
    assert sorted(map(str, found)) == sorted(["arrived", *[str(Refused)] * 3])
    assert Pitch.objects.filter(again_of=old).count() == 1
