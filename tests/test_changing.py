"""What a sender may change: until it is opened, with a follow-up, with a note. Nothing moves, nobody is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pitches import embargo, intake, lifecycle, relationships, review
from pitches.intake import Refused
from pitches.models import Answer, AnswerKind, Event, Fact, Message, Pitch, PitchState, Revision, Standing
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PitchFactory
from tests.races import race
from tests.senders import work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # read on Tuesdays and Fridays at nine, Lisbon time
DUE = datetime(2026, 3, 10, 9, tzinfo=UTC)  # the first hour a week after Monday
SCAM = "Sign in with your channel and open the contract archive, the password is 1234."
NEWS = {"lifts_at": "2026-03-29T08:00:00+00:00", "zone": "Europe/London", "teaser": "A new index."}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def same(pitch: Pitch, **changes: Any) -> dict[str, Any]:
    """The answers of a pitch as they are, but for these."""
    names = ("line", "why", "link", "ask", "payer", "last_day", "detail", "language", "category", "groups")
    return {name: getattr(pitch, name) for name in names} | changes


def refused(act: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        act(*args)
    return refusal.value


def on_the_ledge(**more: Any) -> Pitch:
    return PitchFactory(**{"waiting": True, "line": "Why 1,200 people mute brands"} | more)


def paid(most: int = 3000) -> dict[str, Any]:
    return {"paid": {"type": "flat_fee", "min": 1000, "max": most, "currency": "GBP"}}


def now(pitch: Pitch) -> Pitch:
    return Pitch.objects.get(pk=pitch.pk)


def secret(text: str = "42 percent", hour: int = 8) -> embargo.Secret:
    return embargo.Secret(text, datetime(2026, 3, 29, hour, tzinfo=UTC), "Europe/London")


# ── change ───────────────────────────────────────────────────────────────────
def test_a_change_keeps_what_differs_and_the_place_in_the_line() -> None:
    pitch = on_the_ledge()
    before = now(pitch)
    clock.move_to(MONDAY + timedelta(hours=2))
    link = "https://www.mosaic.example/new"
    made = intake.change(pitch, same(pitch, line="Why 1,300 people mute brands", link=link, ask="slot"))
    after = now(pitch)
    assert made.was == {"line": "Why 1,200 people mute brands", "link": "https://mosaic.example/mute", "ask": "write"}
    assert made.became == {"line": "Why 1,300 people mute brands", "link": link, "ask": "slot"}
    assert (made.kind, made.version, after.version, after.link_host) == ("change", 2, 2, "www.mosaic.example")
    assert after.label == "ad"
    kept = ("state", "lane", "standing", "handed_in_at", "promised_for", "lapses_at", "told_until", "nudged_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_nobody_is_told_of_a_change() -> None:
    pitch = on_the_ledge()
    work()
    mails = Message.objects.count()
    intake.change(pitch, same(pitch, line="Another line"))
    work()
    assert Message.objects.count() == mails
    assert Event.objects.filter(pitch=pitch, what=Fact.CHANGED).exclude(reacted_at=None).count() == 1


def test_the_same_again_is_no_change_and_names_the_next_date() -> None:
    pitch = on_the_ledge(last_day=date(2026, 4, 1), groups=paid())
    no = refused(intake.change, pitch, same(pitch))
    assert (no.why, no.until) == ("unchanged", pitch.promised_for)
    assert (Revision.objects.count(), now(pitch).version) == (0, 1)


def test_after_the_promised_hour_the_next_one_is_named() -> None:
    pitch = on_the_ledge()
    clock.move_to(DUE)
    assert refused(intake.change, pitch, same(pitch)).until == DUE


def test_what_was_proven_stays() -> None:
    pitch = on_the_ledge()
    proven = {"name": "Chad", "company": "Growth", "email": "chad@growth.example"}
    assert refused(intake.change, pitch, same(pitch, **proven)).why == "unchanged"
    intake.change(pitch, same(pitch, line="Another line", **proven))
    assert (now(pitch).name, now(pitch).email) == (pitch.name, pitch.email)


@pytest.mark.parametrize("state", ["waiting", "held", "quarantine", "arrived", "later"])
def test_whatever_waits_for_its_sender_may_be_changed(state: str) -> None:
    pitch = PitchFactory(**{state: True})
    assert intake.change(pitch, same(pitch, why="Something else")).version == 2


def test_what_ended_in_quarantine_may_be_changed_until_the_day_that_was_told() -> None:
    pitch = PitchFactory(lapsed=True, lane="quarantine")
    assert intake.change(pitch, same(pitch, why="Something else")).version == 2
    clock.move_to(MONDAY + timedelta(days=21))
    assert refused(intake.change, pitch, same(pitch, why="More")).why == "answered"


@pytest.mark.parametrize("state", ["asked", "accepted", "declined", "wrong_door", "withdrawn", "lapsed", "unproven"])
@pytest.mark.parametrize("act", [intake.change, intake.follow_up])
def test_what_waits_no_longer_is_not_changed(act: Any, state: str) -> None:
    pitch = PitchFactory(**{state: True})
    assert refused(act, pitch, same(pitch, line="Another line")).why == "answered"
    assert Revision.objects.count() == 0


def test_what_the_owner_opened_is_not_changed() -> None:
    pitch = on_the_ledge()
    review.open_card(pitch)
    assert refused(intake.change, pitch, same(pitch, line="Another line")).why == "opened"
    assert (now(pitch).line, now(pitch).version) == (pitch.line, 1)


def test_the_same_answers_learn_nothing_of_the_opening() -> None:
    pitch = on_the_ledge()
    review.open_card(pitch)
    assert refused(intake.change, pitch, same(pitch)).why == "unchanged"


@pytest.mark.parametrize("state", ["accepted", "declined", "asked"])
def test_an_answer_still_in_the_house_has_opened_it(state: str) -> None:
    pitch = on_the_ledge()
    kind = {"accepted": AnswerKind.YES, "declined": AnswerKind.NO, "asked": AnswerKind.ASK}[state]
    more = {"reason": "covered"} if state == "declined" else {"text": "Who?"} if state == "asked" else {}
    review.answer(pitch, kind, by=pitch.page.owner, **more)
    assert refused(intake.change, pitch, same(pitch, line="Another line")).why == "opened"


def test_later_has_opened_it_also_when_it_is_back() -> None:
    pitch = on_the_ledge()
    review.answer(pitch, AnswerKind.LATER, by=pitch.page.owner, until=date(2026, 3, 4))
    assert refused(intake.change, pitch, same(pitch, line="Another line")).why == "opened"
    clock.move_to(datetime(2026, 3, 6, 9, tzinfo=UTC))
    work()
    assert now(pitch).state == "waiting"
    assert refused(intake.change, pitch, same(pitch, line="Another line")).why == "opened"


def test_the_version_of_the_door_is_that_of_the_form() -> None:
    pitch = on_the_ledge(door_version=1)
    pitch.door.version = 4
    pitch.door.save(update_fields=["version"])
    intake.change(pitch, same(pitch, line="Another line"))
    assert now(pitch).door_version == 4


# ── groups and what is sealed ────────────────────────────────────────────────
def test_groups_differ_by_their_answers() -> None:
    pitch = on_the_ledge(door__paid=True, groups=paid())
    made = intake.change(pitch, same(pitch, groups={"paid": paid(4000)["paid"] | {"months": 3}}))
    assert (made.was, made.became) == ({"paid.max": 3000, "paid.months": ""}, {"paid.max": 4000, "paid.months": 3})


def test_what_the_door_asks_no_more_stays_with_the_pitch() -> None:
    own = [{"question": "Who was asked?", "answer": "Readers"}]
    pitch = on_the_ledge(groups=paid() | {"own": own})
    assert refused(intake.change, pitch, same(pitch, groups={})).why == "unchanged"
    intake.change(pitch, same(pitch, groups={}, line="Another line"))
    assert now(pitch).groups == paid() | {"own": own}


def test_an_own_question_is_named_by_its_words() -> None:
    door = DoorFactory(questions=[{"text": "Who was asked?", "required": True}])
    pitch = on_the_ledge(door=door, groups={"own": [{"question": "Who was asked?", "answer": "Readers"}]})
    own = [{"question": "Who was asked?", "answer": "Editors"}]
    assert intake.change(pitch, same(pitch, groups={"own": own})).became == {"own.Who was asked?": "Editors"}


def test_a_moment_with_an_offset_typed_again_is_the_same() -> None:
    door = DoorFactory(asks=["event"])
    pitch = on_the_ledge(door=door, groups={"event": {"starts": "2026-05-01T17:00:00+00:00", "place": "Here"}})
    typed = {"event": {"starts": "2026-05-01T18:00:00", "place": "Here"}}  # summer time in Lisbon
    assert refused(intake.change, pitch, same(pitch, groups=typed)).why == "unchanged"
    intake.change(pitch, same(pitch, groups={"event": typed["event"] | {"place": "There"}}))
    assert now(pitch).groups["event"] == {"starts": "2026-05-01T17:00:00+00:00", "place": "There"}


def sealed(**more: Any) -> Pitch:
    pitch = on_the_ledge(door=DoorFactory(asks=["news"]), groups={"news": NEWS}, **more)
    embargo.seal(pitch, secret())
    return pitch


def test_of_what_is_sealed_a_revision_knows_that_it_is_another() -> None:
    pitch = sealed()
    assert refused(intake.change, pitch, same(pitch, sealed=secret())).why == "unchanged"
    made = intake.change(pitch, same(pitch, sealed=secret("17 percent")))
    assert (made.was, made.became) == ({"news.sealed": "sealed"}, {"news.sealed": "sealed anew"})
    assert embargo.own_words(now(pitch)) == "17 percent"


def test_other_terms_are_accepted_anew_and_the_same_are_not() -> None:
    pitch = sealed()
    embargo.accept(pitch, by=pitch.page.owner)
    clock.move_to(DUE)
    intake.follow_up(pitch, same(pitch, sealed=secret("17 percent")))
    row = embargo.of(now(pitch))
    assert row
    assert row.accepted_at
    moved = {"news": NEWS | {"lifts_at": "2026-03-29T09:00:00+00:00"}}
    clock.move_to(datetime(2026, 3, 17, 9, tzinfo=UTC))
    Pitch.objects.update(standing="known")
    intake.follow_up(pitch, same(now(pitch), groups=moved, sealed=secret("17 percent", hour=9)))
    row = embargo.of(now(pitch))
    assert row
    assert (row.accepted_at, row.accepted_by, row.accepted_text, row.accepted_digest) == (None, None, "", "")


# ── screened and routed anew ─────────────────────────────────────────────────
def changed(pitch: Pitch, **changes: Any) -> Pitch:
    intake.change(pitch, same(pitch, **changes))
    work()
    return now(pitch)


def test_words_of_a_thief_go_to_quarantine_in_silence() -> None:
    pitch = on_the_ledge(lapses_at=MONDAY + timedelta(days=30))
    told = (now(pitch).told_state, now(pitch).told_lapse)
    found = changed(pitch, detail=SCAM)
    assert (found.state, found.lane, found.suspect) == ("quarantine", "quarantine", True)
    assert {"archive", "login_link"} <= set(found.flags)
    assert found.lapses_at == MONDAY + timedelta(days=7)
    assert (found.told_state, found.told_lapse) == told
    assert Message.objects.count() == 0


def test_it_leaves_quarantine_by_the_hand_of_the_owner_only() -> None:
    pitch = changed(on_the_ledge(), detail=SCAM)
    found = changed(pitch, detail="")
    assert (found.state, "login_link" in found.flags) == ("quarantine", True)
    review.restore(found, by=found.page.owner)
    assert changed(found, detail=SCAM).state == "waiting"


def test_a_budget_under_the_floor_is_held_aside_and_comes_back_to_its_place() -> None:
    door = DoorFactory(paid=True, floor_amount=2000, floor_currency="GBP")
    pitch = on_the_ledge(door=door, groups=paid())
    before = now(pitch)
    aside = changed(pitch, groups=paid(1500))
    assert (aside.state, aside.lane, aside.told_state) == ("held", "held", "waiting")
    back = changed(aside, groups=paid())
    kept = ("state", "lane", "handed_in_at", "promised_for", "lapses_at")
    assert [getattr(back, name) for name in kept] == [getattr(before, name) for name in kept]


def test_what_the_owner_has_opened_is_not_held_aside() -> None:
    door = DoorFactory(paid=True, floor_amount=2000, floor_currency="GBP")
    pitch = on_the_ledge(door=door, groups=paid())
    review.open_card(pitch)
    clock.move_to(DUE)
    intake.follow_up(pitch, same(pitch, groups=paid(1500)))
    work()
    assert now(pitch).state == "waiting"


def test_what_was_put_off_comes_back_unless_it_became_a_thief() -> None:
    honest, thief = on_the_ledge(), on_the_ledge()
    for pitch in (honest, thief):
        review.answer(pitch, AnswerKind.LATER, by=pitch.page.owner, until=date(2026, 4, 1))
    clock.move_to(DUE)
    intake.follow_up(honest, same(honest, why="New figures from May"))
    intake.follow_up(thief, same(thief, detail=SCAM))
    work()
    assert (now(honest).state, now(thief).state, now(thief).told_state) == ("later", "quarantine", "waiting")


def test_taking_back_is_no_way_out_of_quarantine_while_a_later_is_in_the_house() -> None:
    pitch = on_the_ledge()
    clock.move_to(DUE)
    review.answer(pitch, AnswerKind.LATER, by=pitch.page.owner, until=date(2026, 4, 1))
    intake.follow_up(pitch, same(pitch, detail=SCAM))
    work()
    intake.withdraw(now(pitch))
    intake.put_back(now(pitch))
    assert (now(pitch).state, now(pitch).told_state) == ("quarantine", "waiting")


def test_a_change_before_any_worker_came_is_what_is_screened() -> None:
    pitch = PitchFactory(arrived=True, lane="")
    lifecycle.record(Fact.CHANGED, pitch.page, pitch)
    Event.objects.create(page=pitch.page, pitch=pitch, what=PitchState.ARRIVED, queue="later", at=MONDAY)
    intake.change(pitch, same(pitch, detail=SCAM))
    work()
    assert now(pitch).state == "quarantine"


# ── follow-up ────────────────────────────────────────────────────────────────
def test_a_follow_up_waits_for_the_day_of_the_nudge() -> None:
    pitch = on_the_ledge()
    clock.move_to(DUE - timedelta(seconds=1))
    no = refused(intake.follow_up, pitch, same(pitch, why="New figures"))
    assert (no.why, no.until) == ("too_soon", DUE)
    clock.move_to(DUE)
    made = intake.follow_up(pitch, same(pitch, why="New figures"))
    assert (made.kind, made.became) == ("follow_up", {"why": "New figures"})
    work()
    assert Message.objects.exclude(kind="digest").count() == 0
    assert now(pitch).nudged_at is None


def test_without_reading_hours_it_is_a_week() -> None:
    pitch = on_the_ledge(door__page__reading=[])
    assert intake.follow_ups(pitch).due == MONDAY + timedelta(days=7)


@pytest.mark.parametrize("opened", [True, False])
def test_opened_or_not_is_the_same_to_a_follow_up(opened: bool) -> None:
    pitch = on_the_ledge()
    if opened:
        review.open_card(pitch)
    clock.move_to(DUE)
    assert intake.follow_up(pitch, same(pitch, why="New figures")).version == 2


@pytest.mark.parametrize(
    "changes",
    [{}, {"why": "the question your readers ask most, put to 1,200 people — in four countries!"}, {"language": "de"}],
)
def test_asking_again_is_no_follow_up(changes: dict[str, str]) -> None:
    pitch = on_the_ledge()
    clock.move_to(DUE)
    no = refused(intake.follow_up, pitch, same(pitch, **changes))
    assert (no.why, no.until) == ("unchanged", DUE)
    assert (Message.objects.count(), Revision.objects.count()) == (0, 0)


@pytest.mark.parametrize(("standing", "most"), [("stranger", 1), ("introduced", 1), ("known", 2), ("trusted", 3)])
def test_the_number_goes_by_standing_and_a_week_lies_between(standing: str, most: int) -> None:
    pitch = on_the_ledge(standing=standing, lapses_at=MONDAY + timedelta(days=90))
    due = DUE
    for number in range(most):
        assert intake.follow_ups(pitch) == intake.FollowUps(most - number, due)
        clock.move_to(due)
        intake.follow_up(pitch, same(now(pitch), why=f"Figures of week {number}"))
        clock.move_to(due + timedelta(days=6))
        due += timedelta(days=7)
        no = refused(intake.follow_up, pitch, same(now(pitch), why="More"))
        assert (no.why, no.until) == (("too_soon", due) if number + 1 < most else ("places", None))
    assert (no.number, intake.follow_ups(pitch)) == (most, intake.FollowUps(0))


def test_what_the_owner_thinks_since_does_not_change_the_number() -> None:
    pitch = on_the_ledge(standing="known")
    relationships.set_by_hand(pitch.page, pitch.sender, Standing.BLOCKED, by=pitch.page.owner, door=None)
    assert intake.follow_ups(now(pitch)).left == 2


# ── note ─────────────────────────────────────────────────────────────────────
def test_three_notes_and_no_mail() -> None:
    pitch = on_the_ledge()
    for number in range(intake.NOTES):
        assert intake.note(pitch, f"Note {number}").note == f"Note {number}"
    no = refused(intake.note, pitch, "One more")
    assert (no.why, no.number) == ("places", 3)
    work()
    assert (Message.objects.count(), pitch.events.filter(what=Fact.NOTED).count()) == (0, 3)


@pytest.mark.parametrize("state", ["asked", "declined", "wrong_door", "withdrawn", "lapsed"])
def test_no_note_to_what_has_ended_or_waits_for_a_reply(state: str) -> None:
    assert refused(intake.note, PitchFactory(**{state: True}), "But").why == "answered"


def test_a_note_to_a_yes() -> None:
    assert intake.note(AnswerFactory().pitch, "Thank you").what == Fact.NOTED


# ── at the same moment ───────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_of_a_change_and_an_answer_one_wins(attempt: int) -> None:
    pitch = on_the_ledge()

    def act(number: int) -> Any:
        if number:
            return intake.change(pitch, same(pitch, line="Another line"))
        return review.answer(now(pitch), AnswerKind.YES, by=pitch.page.owner, version=1)

    said, made = race(act, threads=2)
    found = now(pitch)
    if said is review.ChangedSince:
        assert (found.version, found.state, found.opened_at) == (2, "waiting", None)
        assert isinstance(made, Revision)
    else:
        assert (found.version, found.state, found.line) == (1, "accepted", pitch.line)
        assert (isinstance(said, Answer), made) == (True, Refused)


@pytest.mark.django_db(transaction=True)
def test_of_many_changes_at_once_each_has_its_version() -> None:
    pitch = on_the_ledge()
    made = race(lambda number: intake.change(pitch, same(pitch, line=f"Line {number}")), threads=4)
    assert sorted(one.version for one in made) == [2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_of_many_notes_at_once_three_are_taken() -> None:
    pitch = on_the_ledge()
    made = race(lambda number: intake.note(pitch, f"Note {number}"), threads=5)
    assert sorted(one is Refused for one in made) == [False] * 3 + [True] * 2


@pytest.mark.django_db(transaction=True)
def test_of_many_follow_ups_at_once_one_is_taken() -> None:
    pitch = on_the_ledge()
    with clock.standing_at(DUE):
        made = race(lambda number: intake.follow_up(pitch, same(pitch, why=f"Figures {number}")), threads=4)
    assert sorted(one is Refused for one in made) == [False, True, True, True]
