"""Many answers at one press: each as if it had been given alone, and all of them taken back at one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, models
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from pitches import due, lifecycle, review
from pitches.helping import NotAllowed
from pitches.lifecycle import IllegalMove
from pitches.models import Answer, AnswerKind, Event, Page, Pitch, PitchState, Reason
from portal import clock
from portal.models import User
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER: dict[str, Any] = {"kind": AnswerKind.LATER, "until": date(2026, 3, 9)}
NO: dict[str, Any] = {"kind": AnswerKind.NO, "reason": Reason.COVERED}
NOT_NOW: dict[str, Any] = {"kind": AnswerKind.NO, "reason": Reason.NOT_NOW, "text": "After the summer."}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


def waiting(page: Page, count: int = 1, **more: Any) -> list[Pitch]:
    door = page.doors.first() or DoorFactory(page=page)
    return PitchFactory.create_batch(count, **{"waiting": True, "door": door, "page": page} | more)


def say(pitches: list[Pitch], answer: dict[str, Any] = NO, **more: Any) -> review.Given:
    page = pitches[0].page
    return review.answer_many(page, pitches, **{"by": page.owner} | answer | more)


def states() -> list[str]:
    return list(Pitch.objects.order_by("pk").values_list("state", flat=True))


def rows_of(model: type[models.Model], **of: Any) -> list[dict[str, Any]]:
    """Rows without what no two rows share."""
    apart = {"id", "pitch", "batch", "code", "seed", "token_hash", "form_key", "line", "sender", "email", "cluster"}
    found = model._default_manager.filter(**of).order_by("pk")
    names = [one.name for one in model._meta.concrete_fields if one.name not in apart]
    return [{name: getattr(row, name) for name in names} for row in found]


# ── as if it had been given alone ────────────────────────────────────────────
@pytest.mark.parametrize("answer", [LATER, NO, NOT_NOW])
@pytest.mark.parametrize("trait", ["waiting", "held"])
def test_one_of_many_leaves_the_rows_of_one_alone(page: Page, answer: dict[str, Any], trait: str) -> None:
    alone, among, other = waiting(page, 3, **{"waiting": False, trait: True, "standing": "known"})
    review.answer(alone, by=page.owner, **answer)
    given = say([among, other], answer)
    for model, name in ((Pitch, "pk"), (Event, "pitch"), (Answer, "pitch")):
        assert rows_of(model, **{name: alone.pk}) == rows_of(model, **{name: among.pk}), model
    assert [row.batch for row in Answer.objects.exclude(pitch=alone)] == [given.batch] * 2


def test_the_wrong_door_too(page: Page) -> None:
    alone, among = waiting(page, 2)
    right = DoorFactory(page=page)
    review.answer(alone, AnswerKind.WRONG_DOOR, by=page.owner, door=right)
    say([among], {"kind": AnswerKind.WRONG_DOOR, "door": right})
    for model, name in ((Pitch, "pk"), (Event, "pitch"), (Answer, "pitch")):
        assert rows_of(model, **{name: alone.pk}) == rows_of(model, **{name: among.pk}), model


@pytest.mark.parametrize("answer", [LATER, NO])
def test_undo_of_many_leaves_the_rows_of_one_alone(page: Page, answer: dict[str, Any]) -> None:
    alone, among = waiting(page, 2)
    before = model_to_dict(Pitch.objects.get(pk=among.pk))
    review.undo(review.answer(alone, by=page.owner, **answer), by=page.owner)
    back = review.undo_batch(page, say([among], answer).batch, by=page.owner)
    assert (back.back, back.gone, back.moved) == (1, 0, 0)
    for model, name in ((Pitch, "pk"), (Event, "pitch"), (Answer, "pitch")):
        assert rows_of(model, **{name: alone.pk}) == rows_of(model, **{name: among.pk}), model
    assert model_to_dict(Pitch.objects.get(pk=among.pk)) == before | {"opened_at": MONDAY}


def test_moves_are_the_same_for_many(page: Page) -> None:
    one, other = waiting(page, 2, waiting=False, lapsed=True)
    with pytest.raises(IllegalMove):
        lifecycle.move_many(page, [one, other], PitchState.DECLINED)
    assert (states(), Event.objects.count()) == (["lapsed", "lapsed"], 0)


def test_who_moved_since_is_left_where_it_is(page: Page) -> None:
    pitches = waiting(page, 3)
    Pitch.objects.filter(pk=pitches[1].pk).update(state="withdrawn")
    stranger = PitchFactory(waiting=True)
    events = lifecycle.move_many(page, [*pitches, stranger], PitchState.DECLINED)
    assert [event.pitch_id for event in events] == [pitches[0].pk, pitches[2].pk]
    assert states() == ["declined", "withdrawn", "declined", "waiting"]
    assert [pitch.state for pitch in pitches] == ["declined", "waiting", "declined"]


# ── each by itself ───────────────────────────────────────────────────────────
def test_each_is_answered_or_left_alone_by_itself(page: Page) -> None:
    pitches = waiting(page, 5)
    Pitch.objects.filter(pk=pitches[1].pk).update(state="withdrawn")
    Pitch.objects.filter(pk=pitches[2].pk).update(version=2)
    review.answer(pitches[3], AnswerKind.YES, by=page.owner)
    theirs = PitchFactory(waiting=True)
    versions = dict.fromkeys([pitch.pk for pitch in pitches], 1)
    given = say([*pitches, theirs, pitches[0]], versions=versions)
    assert [one.pitch_id for one in given.answers] == [pitches[0].pk, pitches[4].pk]
    assert [(one.pitch.pk, one.why) for one in given.left] == [
        (pitches[1].pk, "withdrawn"), (pitches[2].pk, "changed"), (pitches[3].pk, "accepted")
    ]  # fmt: skip
    assert states() == ["declined", "withdrawn", "waiting", "accepted", "declined", "waiting"]
    assert Pitch.objects.get(pk=pitches[2].pk).opened_at is None


def test_what_stands_behind_that_door_is_left_there(page: Page) -> None:
    one, other = waiting(page, 2)
    other.door = DoorFactory(page=page)
    other.save()
    given = say([one, other], {"kind": AnswerKind.WRONG_DOOR, "door": other.door})
    assert ([row.pitch_id for row in given.answers], [row.why for row in given.left]) == ([one.pk], ["here"])


def test_the_same_press_twice_changes_nothing_and_is_no_trouble(page: Page) -> None:
    pitches = waiting(page, 2)
    first = say(pitches, NOT_NOW)
    again = say(pitches, NOT_NOW)
    assert (again.answers, [one.why for one in again.left]) == ([], ["same", "same"])
    assert [one.why for one in say(pitches, NO).left] == ["declined", "declined"]
    assert (Answer.objects.count(), Event.objects.count()) == (2, 2)
    review.undo_batch(page, first.batch, by=page.owner)
    assert len(say(pitches, NOT_NOW).answers) == 2  # an answer that was taken back is none


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"kind": AnswerKind.YES}, "A yes and a question are said to one pitch at a time."),
        ({"kind": AnswerKind.ASK, "text": "Why?"}, "A yes and a question are said to one pitch at a time."),
        ({"kind": AnswerKind.NO}, "Choose a reason."),
        ({"kind": AnswerKind.LATER}, "Choose a day after today."),
        ({"kind": AnswerKind.LATER, "until": date(2026, 3, 2)}, "Choose a day after today."),
        ({"kind": AnswerKind.WRONG_DOOR}, "Choose the right door."),
    ],
)
def test_what_is_no_answer_is_given_to_none(page: Page, answer: dict[str, Any], sentence: str) -> None:
    pitches = waiting(page, 2)
    with pytest.raises(review.BadAnswer, match=sentence):
        say(pitches, answer)
    assert (states(), Event.objects.count()) == (["waiting", "waiting"], 0)


def test_a_door_of_another_page_is_no_door(page: Page) -> None:
    with pytest.raises(review.BadAnswer, match="right door"):
        say(waiting(page), {"kind": AnswerKind.WRONG_DOOR, "door": DoorFactory()})


# ── who may ──────────────────────────────────────────────────────────────────
def helper(page: Page, role: str) -> User:
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    AssistantFactory(page=page, role=role, email=user.email)
    return user


def test_whoever_may_sort_puts_off_and_answers_nothing(page: Page) -> None:
    pitches, screener = waiting(page, 2), helper(page, "screener")
    with pytest.raises(NotAllowed):
        say(pitches, NO, by=screener)
    with pytest.raises(NotAllowed):
        say(pitches, LATER, by=helper(page, "reader"))
    assert states() == ["waiting", "waiting"]
    given = say(pitches, LATER, by=screener)
    assert {one.said_by for one in given.answers} == {"Sam Ode"}
    assert review.undo_batch(page, given.batch, by=screener).back == 2
    noes = say(pitches, NO, by=helper(page, "assistant"))
    with pytest.raises(NotAllowed):
        review.undo_batch(page, noes.batch, by=screener)
    assert states() == ["declined", "declined"]


# ── undo ─────────────────────────────────────────────────────────────────────
def test_undo_says_truly_how_many_came_back(page: Page) -> None:
    pitches = waiting(page, 4)
    pitches[3].state = "held"
    pitches[3].save()
    given = say(pitches)
    review.send_now(given.answers[0], by=given.answers[0].pitch.page.owner)
    due.tick()
    Pitch.objects.filter(pk=pitches[1].pk).update(state="withdrawn")
    review.undo(Answer.objects.get(pitch=pitches[2]), by=page.owner)
    back = review.undo_batch(page, given.batch, by=page.owner)
    assert (back.back, back.gone, back.moved) == (1, 1, 1)
    assert states() == ["declined", "withdrawn", "waiting", "held"]
    again = review.undo_batch(page, given.batch, by=page.owner)
    assert (again.back, again.gone) == (0, 1)


def test_another_page_takes_nothing_back(page: Page) -> None:
    given, other = say(waiting(page)), PageFactory()
    assert review.undo_batch(other, given.batch, by=other.owner) == review.Back(0, 0, 0)
    assert states() == ["declined"]


def test_they_go_out_after_ten_minutes(page: Page) -> None:
    given = say(waiting(page, 2))
    assert {one.goes_out_at for one in given.answers} == {MONDAY + timedelta(minutes=10)}


# ── what it costs ────────────────────────────────────────────────────────────
def costs(page: Page, count: int, answer: dict[str, Any]) -> tuple[int, int]:
    pitches = waiting(page, count)
    page = Page.objects.select_related("owner").get(pk=page.pk)
    with CaptureQueriesContext(connection) as giving:
        given = review.answer_many(page, pitches, by=page.owner, **answer)
    with CaptureQueriesContext(connection) as undoing:
        review.undo_batch(page, given.batch, by=page.owner)
    Pitch.objects.all().update(state="withdrawn")
    return len(giving), len(undoing)


@pytest.mark.parametrize("answer", [LATER, NO])
def test_a_hundred_cost_as_many_queries_as_one(page: Page, answer: dict[str, Any]) -> None:
    waiting(page)
    assert costs(page, 1, answer) == costs(page, 3, answer) == costs(page, 100, answer)


# ── a fair no ────────────────────────────────────────────────────────────────
def test_a_fair_no_goes_to_what_is_older_and_to_nothing_else(page: Page) -> None:
    def ago(days: int, **more: Any) -> Pitch:
        return waiting(page, handed_in_at=MONDAY - timedelta(days=days), **more)[0]

    old, aside, fresh = ago(8), ago(9, waiting=False, held=True), ago(6)
    ago(9, waiting=False, asked=True), ago(9, waiting=False, quarantine=True)
    PitchFactory(waiting=True, handed_in_at=MONDAY - timedelta(days=9))
    given = review.fair_no(page, by=page.owner, before=MONDAY - timedelta(days=7))
    assert [one.pitch for one in given.answers] == [aside, old]
    assert {(one.kind, one.reason, one.batch) for one in given.answers} == {("no", "no_time", given.batch)}
    assert Pitch.objects.get(pk=fresh.pk).state == "waiting"
    assert review.undo_batch(page, given.batch, by=page.owner).back == 2


def test_more_than_one_press_can_hold_are_told_and_not_dropped(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitches.review.many.AT_MOST", 2)
    monkeypatch.setattr("pitches.review.many.TURNS", 2)
    waiting(page, 5)
    soon = MONDAY + timedelta(minutes=1)
    given = review.fair_no(page, by=page.owner, before=soon)
    assert (len(given.answers), review.older(page, soon).count()) == (4, 1)
    assert review.undo_batch(page, given.batch, by=page.owner).back == 4


def test_an_unknown_batch_is_empty(page: Page) -> None:
    assert review.undo_batch(page, uuid4(), by=page.owner) == review.Back(0, 0, 0)
