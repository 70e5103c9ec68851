"""Standing as a replay: in any order of evidence, per door, fading, of persons and of whole agencies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from pitches import due, relationships
from pitches.models import LADDER, Door, Evidence, EvidenceKind, Page, Relationship, Standing
from pitches.models.relationship import HANDS
from pitches.relationships import weights
from portal import clock
from tests.factories import AgencyFactory, AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

K = EvidenceKind
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOORS = (None, 1, 2)
relaxed = settings(deadline=None)  # machines may be busy


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


# ── the replay, without a database ───────────────────────────────────────────
def evidence(kind: str, door: int | None = 1, days_ago: float = 0, standing: str = "") -> Evidence:
    until = MONDAY + timedelta(days=9) if standing == "paused" else None
    return Evidence(kind=kind, door_id=door, at=MONDAY - timedelta(days=days_ago), standing=standing, until=until)


def rung(*rows: Evidence, door: int | None = 1, at: datetime = MONDAY) -> str:
    return relationships.replay(rows, door, at).rung.value


rows = st.builds(
    evidence,
    kind=st.sampled_from([kind for kind in K if kind not in (*HANDS, K.TAKEN_BACK)]),
    door=st.sampled_from(DOORS),
    days_ago=st.integers(0, 500),
)
hands = st.builds(
    evidence,
    kind=st.just(K.BY_HAND),
    door=st.sampled_from(DOORS),
    days_ago=st.integers(0, 500),
    standing=st.sampled_from(list(Standing)),
)
histories = st.lists(st.one_of(rows, rows, rows, hands), max_size=25).map(
    lambda found: sorted(found, key=lambda row: row.at)
)


@relaxed
@given(histories)
def test_what_happens_at_one_door_leaves_the_others_as_they_are(history: list[Evidence]) -> None:
    without = [row for row in history if row.door_id != 1]
    for door in (None, 2):
        assert relationships.replay(history, door, MONDAY) == relationships.replay(without, door, MONDAY)


@relaxed
@given(histories, st.integers(0, 24))
def test_taking_away_one_event_changes_only_what_depends_on_it(history: list[Evidence], place: int) -> None:
    if place >= len(history):
        return
    gone, rest = history[place], history[:place] + history[place + 1 :]
    touched = DOORS if gone.door_id is None else (gone.door_id,)
    for door in set(DOORS) - set(touched):
        assert relationships.replay(history, door, MONDAY) == relationships.replay(rest, door, MONDAY)


@relaxed
@given(histories)
def test_counted_evidence_never_falls_below_the_hand(history: list[Evidence]) -> None:
    last = [row for row in history if row.kind == K.BY_HAND and row.door_id == 1 and row.standing in LADDER]
    if last:
        found = relationships.replay(history, 1, MONDAY).rung
        assert LADDER.index(found) >= LADDER.index(Standing(last[-1].standing))


@relaxed
@given(st.permutations([K.ACCEPTED, K.DELIVERED, K.ACCEPTED, K.DELIVERED, K.OFF_TOPIC, K.ACCEPTED, K.DELIVERED]))
def test_the_order_of_one_day_does_not_matter(kinds: list[str]) -> None:
    assert rung(*(evidence(kind) for kind in kinds)) == "trusted"


@relaxed
@given(histories)
def test_whoever_was_never_said_yes_to_is_not_lifted_by_anything_else(history: list[Evidence]) -> None:
    counted = [row for row in history if row.kind not in (K.ACCEPTED, K.DELIVERED, *HANDS)]
    assert rung(*counted) in ("stranger", "introduced")


# ── the ladder ───────────────────────────────────────────────────────────────
YES, GOOD = [evidence(K.ACCEPTED)], [evidence(K.ACCEPTED), evidence(K.DELIVERED)]


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        ([], "stranger"),
        ([evidence(K.INTRODUCED)], "introduced"),
        ([evidence(K.INTRODUCED, door=None)], "introduced"),
        ([evidence(K.INTRODUCED), evidence(K.OFF_TOPIC)], "introduced"),
        (YES, "known"),
        ([*YES, evidence(K.OFF_TOPIC)], "known"),
        ([*YES, evidence(K.OFF_TOPIC), evidence(K.OFF_TOPIC)], "stranger"),
        ([*YES, evidence(K.OFF_TOPIC), evidence(K.NAGGED)], "stranger"),
        ([*YES, *YES, evidence(K.OFF_TOPIC), evidence(K.OFF_TOPIC)], "known"),
        ([*YES, evidence(K.BOUNCED)], "known"),
        (GOOD * 2, "known"),
        (GOOD * 3, "trusted"),
        ([*GOOD * 3, evidence(K.OFF_TOPIC)], "trusted"),
        ([*GOOD * 3, *[evidence(K.OFF_TOPIC)] * 3], "known"),
        ([*GOOD * 3, evidence(K.EMBARGO_BROKEN)], "stranger"),
        ([*GOOD * 9, evidence(K.SCAM)], "stranger"),
        ([*YES, evidence(K.ACCEPTED, door=2)], "known"),
        ([evidence(K.ACCEPTED, door=2)], "stranger"),
        ([evidence(K.ACCEPTED, days_ago=364)], "known"),
        ([evidence(K.ACCEPTED, days_ago=365)], "stranger"),
        ([evidence(K.BY_HAND, days_ago=4000, standing="known")], "known"),
        ([evidence(K.SCAM, days_ago=365), *YES], "known"),
        ([*[evidence(K.ACCEPTED, days_ago=2)], evidence(K.BY_HAND, standing="stranger")], "stranger"),
        ([evidence(K.BY_HAND, days_ago=2, standing="introduced"), *YES], "known"),
    ],
)
def test_what_evidence_earns(history: list[Evidence], wanted: str) -> None:
    assert rung(*history) == wanted


def test_every_kind_has_a_weight_and_a_reason() -> None:
    assert set(weights.WEIGHTS) == set(K) - {*HANDS, K.TAKEN_BACK}
    assert all(reason for _points, reason in weights.WEIGHTS.values())


# ── kept, and fading ─────────────────────────────────────────────────────────
@pytest.fixture
def street(db: None) -> Page:
    return PageFactory()


def levels() -> list[tuple[Any, ...]]:
    return sorted(Relationship.objects.values_list("sender", "agency", "door", "rung", "blocked"), key=str)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["accepted", "off_topic", "by_hand"]), st.integers(0, 2)), min_size=1, max_size=8
    )
)
def test_the_replay_is_what_is_stored(history: list[tuple[str, int]]) -> None:
    page, sender = PageFactory(), SenderFactory()
    doors = [None, DoorFactory(page=page), DoorFactory(page=page)]
    with clock.standing_at(MONDAY):
        for kind, place in history:
            clock.move_to(clock.now() + timedelta(days=1))
            if kind == "by_hand":
                relationships.set_by_hand(page, sender, Standing.KNOWN, by=None, door=doors[place])
            else:
                door = doors[place] or doors[1]
                relationships.note_once(PitchFactory(door=door, sender=sender), EvidenceKind(kind), by=None)
        stored = levels()
        Relationship.objects.filter(page=page).delete()
        relationships.recompute(page, sender)
        assert levels() == stored


def test_what_was_earned_fades_after_a_year_by_itself(street: Page) -> None:
    door, sender = DoorFactory(page=street), SenderFactory()
    relationships.note_once(PitchFactory(door=door, sender=sender), K.ACCEPTED, by=None)
    clock.move_to(MONDAY + timedelta(days=364, hours=23))
    due.tick()
    assert relationships.standing_of(street, sender, door) == "known"
    clock.move_to(MONDAY + timedelta(days=365))
    assert due.next_moment(MONDAY) == MONDAY + timedelta(days=365)
    due.tick()
    assert relationships.standing_of(street, sender, door) == "stranger"
    assert Relationship.objects.exclude(fades_at=None).count() == 0


def test_a_rebuild_finds_nothing_and_mends_what_somebody_wrote_by_hand(street: Page) -> None:
    sender = SenderFactory()
    relationships.set_by_hand(street, sender, Standing.KNOWN, by=None)
    call_command("standing", "rebuild")
    Relationship.objects.update(rung="trusted")
    with pytest.raises(CommandError, match="1 levels were not as stored"):
        call_command("standing", "rebuild")
    assert relationships.standing_of(street, sender, None) == "known"


# ── a whole agency ───────────────────────────────────────────────────────────
@pytest.fixture
def colleagues(street: Page) -> tuple[Any, Any]:
    agency = AgencyFactory()
    return SenderFactory(agency=agency), SenderFactory(agency=agency)


def of_agency(page: Page, sender: Any, standing: str, door: Door | None = None, **more: Any) -> None:
    relationships.set_by_hand(page, sender.agency, Standing(standing), by=None, door=door, **more)


def test_a_block_of_an_agency_is_a_block_of_everybody_in_it(street: Page, colleagues: tuple[Any, Any]) -> None:
    one, other = colleagues
    door = DoorFactory(page=street)
    relationships.set_by_hand(street, one, Standing.TRUSTED, by=None, door=door)
    of_agency(street, one, "blocked")
    assert [relationships.standing_of(street, who, door) for who in (one, other)] == ["blocked", "blocked"]
    assert relationships.blocks(street, f"new.person@mail.{one.agency.domain}", door)
    assert relationships.standings(street, [one, other], [door]) == {(who.pk, door.pk): "blocked" for who in colleagues}
    assert relationships.standing_of(street, SenderFactory(), door) == "stranger"
    of_agency(street, one, "stranger")
    assert [relationships.standing_of(street, who, door) for who in (one, other)] == ["trusted", "stranger"]


def test_the_person_comes_before_the_agency(street: Page, colleagues: tuple[Any, Any]) -> None:
    one, other = colleagues
    of_agency(street, one, "known")
    relationships.set_by_hand(street, one, Standing.STRANGER, by=None)
    assert [relationships.standing_of(street, who, None) for who in (one, other)] == ["stranger", "known"]


def test_one_off_topic_pitch_does_not_take_away_what_the_agency_has(street: Page, colleagues: tuple[Any, Any]) -> None:
    one, _other = colleagues
    door = DoorFactory(page=street)
    of_agency(street, one, "known")
    relationships.note_once(PitchFactory(door=door, sender=one), K.OFF_TOPIC, by=None)
    assert relationships.standing_of(street, one, door) == "known"


def test_whoever_changes_jobs_takes_nothing_along(street: Page, colleagues: tuple[Any, Any]) -> None:
    one, _other = colleagues
    of_agency(street, one, "trusted")
    assert relationships.standing_of(street, SenderFactory(name=one.name, agency=AgencyFactory()), None) == "stranger"


def test_a_pause_of_an_agency_ends_by_itself(street: Page, colleagues: tuple[Any, Any]) -> None:
    one, _other = colleagues
    door = DoorFactory(page=street)
    of_agency(street, one, "paused", until=MONDAY + timedelta(days=3))
    assert relationships.standing_of(street, one, door) == "paused"
    assert relationships.paused_until(street, one, door) == MONDAY + timedelta(days=3)
    clock.move_to(MONDAY + timedelta(days=3))
    assert relationships.standing_of(street, one, door) == "stranger"


# ── what became of a yes ─────────────────────────────────────────────────────
def agreed(page: Page, **more: Any) -> Any:
    pitch = PitchFactory(accepted=True, door=DoorFactory(page=page), sender=SenderFactory())
    return AnswerFactory(pitch=pitch, **more).pitch


def test_an_outcome_is_noted_once_and_only_after_the_yes_went_out(street: Page) -> None:
    assert relationships.note_outcome(agreed(street, held=True), K.DELIVERED, by=None) is None
    pitch = agreed(street)
    assert relationships.note_outcome(pitch, K.LATE, by=street.owner)
    assert relationships.note_outcome(pitch, K.DELIVERED, by=street.owner) is None
    assert list(Evidence.objects.values_list("kind", "by")) == [("late", street.owner.pk)]
    with pytest.raises(ValueError, match="scam"):
        relationships.note_outcome(pitch, K.SCAM, by=None)


@pytest.mark.parametrize(("kind", "kept"), [("delivered", True), ("late", True), ("embargo_broken", False)])
def test_a_delivery_under_an_embargo_is_a_promise_that_was_kept(street: Page, kind: str, kept: bool) -> None:
    pitch = agreed(street)
    pitch.groups = {"news": {"lifts_at": "2026-03-05T09:00:00+00:00"}}
    pitch.save()
    relationships.note_outcome(pitch, K(kind), by=None)
    assert Evidence.objects.filter(kind="embargo_kept").exists() == kept
