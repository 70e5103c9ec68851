"""Helping: a verified mailbox is the seat; the verb asks for the role; who is out is out at once."""

import threading
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from pitches import helping, lifecycle, offers, outcomes, relationships, review
from pitches.handoffs import assistants, roles
from pitches.helping import NotAllowed
from pitches.lifecycle import AlreadyMoved
from pitches.models import Answer, AnswerKind, Assistant, EvidenceKind, Fact, Page, Pitch, Role, Standing
from portal import clock
from portal.models import User
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    HandoffFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
)
from tests.races import checksum, race

pytestmark = pytest.mark.django_db


def account(*emails: str, verified: bool = True, **more: Any) -> User:
    """Somebody with an account, and the mailboxes that they gave."""
    user = UserFactory(email=emails[0], **more)
    for place, email in enumerate(emails):
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=place == 0)
    return user


def helper(page: Page, role: Role = Role.ASSISTANT, **more: Any) -> tuple[Assistant, User]:
    """Somebody who helps there, with their account."""
    row = AssistantFactory(page=page, role=role, **more)
    return row, account(row.email)


def waiting(page: Page) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page))


# ── the seat ─────────────────────────────────────────────────────────────────
def test_a_verified_mailbox_is_the_seat_in_whatever_case_it_was_typed() -> None:
    row = AssistantFactory(email="Sam@Helps.example", role=Role.READER)
    [seat] = helping.seats_of(account("SAM@helps.example"))
    assert (seat.page, seat.role, seat.may_sort, seat.may_answer, seat.is_owner) == (
        *(row.page, Role.READER),
        *(False, False, False),
    )


def test_an_unverified_mailbox_gets_nothing() -> None:
    row = AssistantFactory(role=Role.ASSISTANT)
    somebody = account(row.email, verified=False)
    assert helping.seats_of(somebody) == []
    with pytest.raises(NotAllowed):
        helping.voice(row.page, somebody, Role.READER)


def test_of_two_mailboxes_that_were_asked_the_role_counts_that_reaches_further() -> None:
    page = PageFactory()
    AssistantFactory(page=page, email="one@helps.example", role=Role.READER)
    AssistantFactory(page=page, email="two@helps.example", role=Role.ASSISTANT, name="Sam at work")
    somebody = account("one@helps.example", "two@helps.example")
    assert [seat.role for seat in helping.seats_of(somebody)] == [Role.ASSISTANT]
    assert review.answer(waiting(page), AnswerKind.YES, by=somebody).said_by == "Sam at work"


@pytest.mark.parametrize("more", [{"joined_at": None}, {"left": True}, {"role": Role.MAIL}])
def test_who_was_asked_who_left_and_who_takes_mail_sit_nowhere(more: dict[str, Any]) -> None:
    left = {"left_at": clock.now()} if more.pop("left", False) else {}
    _row, somebody = helper(PageFactory(), **({"role": Role.ASSISTANT} | more | left))
    assert helping.seats_of(somebody) == []


# ── the verb ─────────────────────────────────────────────────────────────────
VERBS = {
    "answer": lambda page, by: review.answer(waiting(page), AnswerKind.YES, by=by),
    "undo": lambda page, by: review.undo(AnswerFactory(held=True, pitch__door__page=page, pitch__accepted=True), by=by),
    "send": lambda page, by: review.send_now(AnswerFactory(held=True, pitch__door__page=page), by=by),
    "stand": lambda page, by: relationships.set_by_hand(page, PitchFactory().sender, Standing.TRUSTED, by=by),
    "offer": lambda page, by: offers.make(yes(page), by_owner=True, by=by, deliverables="A post"),
    "outcome": lambda page, by: outcomes.note(
        HandoffFactory(pitch__door__page=page, pitch__accepted=True), EvidenceKind.DELIVERED, by=by
    ),
}
SORTING = {
    "later": lambda page, by: review.answer(
        waiting(page), AnswerKind.LATER, by=by, until=page.local_date(clock.now()).replace(year=2099)
    ),
    "restore": lambda page, by: review.restore(PitchFactory(quarantine=True, door__page=page), by=by),
}


def yes(page: Page) -> Pitch:
    return AnswerFactory(pitch__door__page=page, pitch__accepted=True, sent_at=clock.now()).pitch


@pytest.mark.parametrize("verb", VERBS)
def test_to_speak_for_the_owner_takes_an_assistant(verb: str) -> None:
    page = PageFactory()
    with pytest.raises(NotAllowed):
        VERBS[verb](page, helper(page, Role.SCREENER)[1])
    with pytest.raises(NotAllowed):
        VERBS[verb](page, helper(PageFactory())[1])


@pytest.mark.parametrize("verb", SORTING)
def test_to_sort_takes_a_screener(verb: str) -> None:
    page = PageFactory()
    SORTING[verb](page, helper(page, Role.SCREENER)[1])
    with pytest.raises(NotAllowed):
        SORTING[verb](page, helper(page, Role.READER)[1])


def test_what_is_agreed_for_the_owner_names_who_agreed() -> None:
    page = PageFactory(name="Maya Lind")
    pitch = yes(page)
    HandoffFactory(pitch=pitch)
    theirs = offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    seen = offers.digest(offers.terms(pitch, theirs))
    agreed = offers.agree(theirs, by_owner=True, by=helper(page)[1], seen=seen)
    assert "Agreed by Sam Ode for Maya Lind on" in agreed.text


# ── a role is changed, somebody goes ─────────────────────────────────────────
def test_a_role_holds_at_once_and_is_written_down() -> None:
    row, somebody = helper(PageFactory(), Role.READER)
    assert roles.change(row, Role.ASSISTANT, by=row.page.owner)
    assert not roles.change(row, Role.ASSISTANT, by=row.page.owner)
    assert helping.voice(row.page, somebody, Role.ASSISTANT) == row.name
    event = row.page.events.get(what=Fact.ROLE_CHANGED)
    assert (event.by, event.note) == (row.page.owner, f"{row.pk} assistant")


def test_who_may_no_longer_sort_or_is_gone_looks_after_nothing() -> None:
    page = PageFactory()
    for end in (lambda row: roles.change(row, Role.READER, by=page.owner), assistants.leave):
        row, _somebody = helper(page)
        pitch = waiting(page)
        assert helping.assign(pitch, row, by=page.owner)
        assert not helping.assign(pitch, row, by=page.owner)
        end(row)
        pitch.refresh_from_db()
        assert pitch.assigned_to is None
        with pytest.raises(NotAllowed):
            helping.assign(pitch, row, by=page.owner)


def test_leaving_is_written_down_once() -> None:
    row, _somebody = helper(PageFactory())
    assistants.leave(row, by=row.page.owner)
    assistants.leave(row)
    assert [event.by for event in row.page.events.filter(what=Fact.LEFT)] == [row.page.owner]


def test_how_many_answers_of_theirs_are_still_in_the_house() -> None:
    row, somebody = helper(PageFactory())
    review.answer(waiting(row.page), AnswerKind.YES, by=somebody)
    review.answer(waiting(row.page), AnswerKind.YES, by=row.page.owner)
    gone = review.answer(waiting(row.page), AnswerKind.YES, by=somebody)
    Answer.objects.filter(pk=gone.pk).update(sent_at=clock.now())
    assert helping.in_the_house(row) == 1


def test_only_who_sorts_gives_a_pitch_and_only_to_who_sorts() -> None:
    page = PageFactory()
    screener, sorts = helper(page, Role.SCREENER)
    reader, reads = helper(page, Role.READER)
    pitch = waiting(page)
    assert helping.assign(pitch, screener, by=sorts)
    for to, by in ((reader, sorts), (screener, reads), (None, reads), (helper(PageFactory())[0], sorts)):
        with pytest.raises(NotAllowed):
            helping.assign(pitch, to, by=by)
    pitch.refresh_from_db()
    assert pitch.assigned_to == screener


# ── at the very same moment ──────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_removed_while_they_answer_it_is_in_before_or_not_at_all() -> None:
    row, somebody = helper(PageFactory())
    pitches = [waiting(row.page) for _ in range(7)]

    def act(number: int) -> object:
        if number == 7:
            return assistants.leave(row)
        return review.answer(pitches[number], AnswerKind.YES, by=somebody)

    found = race(act)
    given = {answer.pitch_id for answer in found if isinstance(answer, Answer)}
    assert [one for one in found if not isinstance(one, Answer)] == [NotAllowed] * (7 - len(given)) + [None]
    assert set(Answer.objects.values_list("pitch_id", flat=True)) == given
    assert set(Pitch.objects.filter(state="accepted").values_list("pk", flat=True)) == given
    # Every answer was written before the row that lets them was closed.
    assert all(answer.said_by == row.name for answer in Answer.objects.all())
    with pytest.raises((NotAllowed, AlreadyMoved)):
        review.answer(waiting(row.page), AnswerKind.YES, by=somebody)


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], act: Any, row: Assistant) -> None:
    """Remove somebody while `act` has come as far as a step of it: they are gone only once it is written."""
    inside, gone, real = threading.Event(), threading.Event(), getattr(*step)

    def slowly(*args: Any, **more: Any) -> object:
        if not inside.is_set():  # whoever removes them takes this step too
            inside.set()
            assert not gone.wait(0.3)
        return real(*args, **more)

    monkeypatch.setattr(*step, slowly)

    def both(number: int) -> object:
        if not number:
            return act()
        assert inside.wait(20)
        assistants.leave(row)
        return gone.set()

    assert AssertionError not in race(both, 2)


@pytest.mark.django_db(transaction=True)
def test_who_answers_is_there_until_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    row, somebody = helper(PageFactory())
    pitch = waiting(row.page)
    act = partial(review.answer, pitch, AnswerKind.YES, by=somebody)
    meanwhile(monkeypatch, (review.answering, "opened"), act, row)
    assert Answer.objects.get().said_by == row.name


@pytest.mark.django_db(transaction=True)
def test_who_is_given_a_pitch_leaves_it_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    row, _somebody = helper(PageFactory())
    pitch = waiting(row.page)
    meanwhile(monkeypatch, (lifecycle, "record"), partial(helping.assign, pitch, row, by=row.page.owner), row)
    assert Pitch.objects.get().assigned_to is None


@pytest.mark.django_db(transaction=True)
def test_a_pitch_is_never_given_to_somebody_who_just_left() -> None:
    row, _somebody = helper(PageFactory())
    other, sorts = helper(row.page, Role.SCREENER)
    pitches = [waiting(row.page) for _ in range(6)]

    def act(number: int) -> object:
        if number > 5:
            return assistants.leave([row, other][number - 6])
        return helping.assign(pitches[number], row, by=sorts if number % 2 else row.page.owner)

    found = race(act)
    assert set(map(str, found)) <= {"True", "None", str(NotAllowed), str(helping.KeeperGone)}
    assert not Pitch.objects.exclude(assigned_to=None).exists()


def test_whoever_is_refused_changed_nothing() -> None:
    row, somebody = helper(PageFactory())
    pitch = waiting(row.page)
    assistants.leave(row)
    before = checksum()
    with pytest.raises(NotAllowed):
        review.answer(pitch, AnswerKind.YES, by=somebody)
    assert checksum() == before
