"""Standing: the replay of evidence, per door, and the owner's hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitches import lifecycle, relationships
from pitches.models import Answer, Door, Event, Evidence, Fact, Page, Relationship, Sender, Standing
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL = ["stranger", "introduced", "known", "trusted", "paused", "blocked"]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def sender() -> Sender:
    return SenderFactory()


def by_hand(page: Page, sender: Sender, standing: str, door: Door | None = None, days: int = 0) -> Evidence:
    until = clock.now() + timedelta(days=days) if days else None
    return relationships.set_by_hand(page, sender, Standing(standing), by=page.owner, door=door, until=until)


def sent(page: Page, sender: Sender, door: Door, **more: Any) -> Event:
    """The event of an answer that went out."""
    given = AnswerFactory(pitch__door=door, pitch__sender=sender, **more)
    return lifecycle.record(Fact.ANSWER_SENT, page, given.pitch, by=page.owner)


def standing(page: Page, sender: Sender | None, door: Door | None = None) -> str:
    return relationships.standing_of(page, sender, door).value


# ── nobody yet ───────────────────────────────────────────────────────────────
def test_whoever_has_no_history_is_a_stranger(page: Page, sender: Sender) -> None:
    assert (standing(page, sender), standing(page, None)) == ("stranger", "stranger")


def test_one_page_tells_another_nothing(page: Page, sender: Sender) -> None:
    by_hand(page, sender, "trusted")
    assert standing(PageFactory(), sender) == "stranger"


# ── by hand ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("wanted", ALL)
def test_the_owner_sets_any_standing(page: Page, sender: Sender, wanted: str) -> None:
    by_hand(page, sender, wanted, days=3)
    assert standing(page, sender, DoorFactory(page=page)) == wanted


def test_a_door_has_its_own_standing_and_the_others_the_default(page: Page, sender: Sender) -> None:
    here, there = DoorFactory(page=page), DoorFactory(page=page)
    by_hand(page, sender, "known")
    by_hand(page, sender, "trusted", here)
    assert (standing(page, sender, here), standing(page, sender, there)) == ("trusted", "known")


def test_a_door_set_by_hand_stays_when_the_default_changes(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "stranger", door)
    by_hand(page, sender, "trusted")
    assert (standing(page, sender, door), standing(page, sender)) == ("stranger", "trusted")


@pytest.mark.parametrize("level", ["door", "page"])
def test_blocked_wins_over_everything_on_either_level(page: Page, sender: Sender, level: str) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "blocked", door if level == "door" else None)
    by_hand(page, sender, "trusted", None if level == "door" else door)
    assert standing(page, sender, door) == "blocked"


def test_a_block_at_one_door_leaves_the_others_open(page: Page, sender: Sender) -> None:
    here, there = DoorFactory(page=page), DoorFactory(page=page)
    by_hand(page, sender, "trusted")
    by_hand(page, sender, "blocked", here)
    assert (standing(page, sender, here), standing(page, sender, there)) == ("blocked", "trusted")


def test_a_block_is_lifted_by_hand(page: Page, sender: Sender) -> None:
    by_hand(page, sender, "blocked")
    by_hand(page, sender, "known")
    assert standing(page, sender) == "known"


def test_a_pause_ends_by_itself_and_the_rung_is_what_it_was(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "known", door)
    by_hand(page, sender, "paused", door, days=2)
    assert standing(page, sender, door) == "paused"
    assert relationships.paused_until(page, sender, door) == MONDAY + timedelta(days=2)
    clock.move_to(MONDAY + timedelta(days=2))
    assert standing(page, sender, door) == "known"


def test_the_longer_of_two_pauses_holds(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "paused", door, days=2)
    by_hand(page, sender, "paused", days=5)
    assert relationships.paused_until(page, sender, door) == MONDAY + timedelta(days=5)
    assert relationships.paused_until(page, sender, DoorFactory(page=page)) == MONDAY + timedelta(days=5)


def test_a_pause_without_an_end_is_refused(page: Page, sender: Sender) -> None:
    with pytest.raises(ValueError, match="A pause needs a date"):
        by_hand(page, sender, "paused")
    assert Evidence.objects.count() == 0


def test_the_hand_says_who_when_and_why(page: Page, sender: Sender) -> None:
    relationships.set_by_hand(page, sender, Standing.TRUSTED, by=page.owner, note="Told me first.")
    found = Evidence.objects.get()
    assert (found.by, found.at, found.note, found.kind) == (page.owner, MONDAY, "Told me first.", "by_hand")


# ── evidence ─────────────────────────────────────────────────────────────────
def test_a_yes_makes_a_stranger_known_at_this_door_only(page: Page, sender: Sender) -> None:
    here, there = DoorFactory(page=page), DoorFactory(page=page)
    relationships.learn(sent(page, sender, here))
    assert (standing(page, sender, here), standing(page, sender, there)) == ("known", "stranger")


def test_a_yes_never_lowers(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "trusted", door)
    relationships.learn(sent(page, sender, door))
    assert standing(page, sender, door) == "trusted"


def test_the_hand_after_a_yes_wins(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    relationships.learn(sent(page, sender, door))
    by_hand(page, sender, "stranger", door)
    assert standing(page, sender, door) == "stranger"


def test_an_off_topic_pitch_is_written_down_and_changes_nothing(page: Page, sender: Sender) -> None:
    here, there = DoorFactory(page=page), DoorFactory(page=page)
    by_hand(page, sender, "trusted")
    relationships.learn(sent(page, sender, here, kind="no", reason="not_my_topic"))
    assert [row.kind for row in Evidence.objects.all()] == ["by_hand", "off_topic"]
    assert (standing(page, sender, here), standing(page, sender, there)) == ("trusted", "trusted")


@pytest.mark.parametrize("more", [{"kind": "no", "reason": "covered"}, {"kind": "ask", "text": "Why?"}])
def test_other_answers_teach_nothing(page: Page, sender: Sender, more: dict[str, str]) -> None:
    relationships.learn(sent(page, sender, DoorFactory(page=page), **more))
    assert Evidence.objects.count() == 0


def test_an_answer_still_in_the_house_teaches_nothing(page: Page, sender: Sender) -> None:
    relationships.learn(sent(page, sender, DoorFactory(page=page), held=True))
    assert Evidence.objects.count() == 0


def test_the_same_answer_teaches_once(page: Page, sender: Sender) -> None:
    event = sent(page, sender, DoorFactory(page=page))
    relationships.learn(event)
    relationships.learn(event)
    assert Evidence.objects.count() == 1


def test_the_replay_may_be_repeated(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    by_hand(page, sender, "known")
    relationships.learn(sent(page, sender, door))
    before = sorted(Relationship.objects.values_list("door_id", "rung"), key=str)
    relationships.recompute(page, sender)
    assert sorted(Relationship.objects.values_list("door_id", "rung"), key=str) == before


def test_history_counts_what_went_out(page: Page, sender: Sender) -> None:
    door = DoorFactory(page=page)
    for more in ({}, {}, {"kind": "no", "reason": "covered"}, {"held": True}):
        AnswerFactory(pitch=PitchFactory(accepted=True, door=door, sender=sender), **more)
    assert relationships.history(page, sender) == {"yes": 2, "ask": 0, "later": 0, "no": 1, "wrong_door": 0}
    assert Answer.objects.count() == 4
