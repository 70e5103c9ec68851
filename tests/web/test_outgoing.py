"""Outgoing answers, failed mails, follow-ups."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import review
from pitches.models import Answer, AnswerKind, Handoff, Page, Pitch
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, MessageFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def held(page: Page, **more: Any) -> Answer:
    pitch = PitchFactory(accepted=True, door=DoorFactory(page=page))
    return AnswerFactory(held=True, pitch=pitch, goes_out_at=clock.now() + timedelta(minutes=10), **more)


def handoff(page: Page, **more: Any) -> Handoff:
    return HandoffFactory(pitch__door=DoorFactory(page=page), **more)


# ── who may come in ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/desk/outgoing", "/desk/follow-ups"])
def test_nobody_is_sent_to_the_sign_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize(
    "path", ["/desk/outgoing/{answer}/undo", "/desk/outgoing/{answer}/send", "/desk/follow-ups/{handoff}/done"]
)
def test_neither_nobody_nor_another_owner_changes_anything(client: Client, page: Page, path: str) -> None:
    given, next_step = held(page), handoff(page)
    url = path.format(answer=given.pk, handoff=next_step.pk)
    assert client.post(url).headers["Location"] == f"/account/login/?next={url}"
    client.force_login(PageFactory().owner)
    assert client.post(url).status_code == 404
    after = Answer.objects.get()
    assert (after.undone_at, after.goes_out_at, Handoff.objects.get().done_at) == (None, given.goes_out_at, None)


@pytest.mark.parametrize(
    "path", ["/desk/outgoing/{answer}/undo", "/desk/outgoing/{answer}/send", "/desk/follow-ups/{handoff}/done"]
)
def test_get_changes_nothing(owner: Client, page: Page, path: str) -> None:
    assert owner.get(path.format(answer=held(page).pk, handoff=handoff(page).pk)).status_code == 405


# ── outgoing ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_outgoing_costs_the_same_for_one_answer_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        held(page)
        MessageFactory(page=page, state="dead")
    held(PageFactory())
    with django_assert_num_queries(6):
        response = owner.get("/desk/outgoing")
    shown = sum(len(minute.rows) for minute in response.context["minutes"])
    assert (shown, len(response.context["failed"])) == (count, count)


def test_an_answer_of_an_open_session_has_no_time_yet(owner: Client, page: Page) -> None:
    held(page)
    Answer.objects.update(goes_out_at=None)
    assert owner.get("/desk/outgoing").content.decode().count("goes out ten minutes after this sitting") == 1


def test_nothing_on_its_way_is_said_kindly(owner: Client, page: Page) -> None:
    AnswerFactory(pitch__door__page=page)
    assert owner.get("/desk/outgoing").content.decode().count("Nothing is on its way out.") == 1


def test_what_did_not_arrive_is_listed_with_a_sentence(owner: Client, page: Page) -> None:
    MessageFactory(page=page, kind="yes", state="dead", to="elif@gone.example")
    MessageFactory(page=page, kind="no", state="unknown", to="elif@slow.example")
    MessageFactory(page=page, kind="yes", state="done")
    MessageFactory(page=page, kind="code", state="dead", to="typed@only.example")
    MessageFactory(state="dead")
    failed = owner.get("/desk/outgoing").context["failed"]
    assert [mail.to for mail, _sentence in failed] == ["elif@slow.example", "elif@gone.example"]


def test_undo_in_outgoing_opens_the_pitch_again(owner: Client, page: Page) -> None:
    given = held(page)
    response = owner.post(f"/desk/outgoing/{given.pk}/undo")
    assert response.headers["Location"] == f"/desk/pitch/{given.pitch.code}"
    assert Pitch.objects.get().state == "waiting"


def test_undo_twice_is_no_error_and_too_late_says_so(owner: Client, page: Page) -> None:
    given = held(page)
    for _press in range(2):
        response = owner.post(f"/desk/outgoing/{given.pk}/undo", follow=True)
    assert [str(message) for message in response.context["messages"]] == []
    late = AnswerFactory(pitch__door__page=page)
    response = owner.post(f"/desk/outgoing/{late.pk}/undo", follow=True)
    assert [str(message) for message in response.context["messages"]] == ["This answer has gone out already."]


def test_send_now_brings_the_moment_forward(owner: Client, page: Page) -> None:
    given = held(page)
    assert owner.post(f"/desk/outgoing/{given.pk}/send").status_code == 303
    assert Answer.objects.get().goes_out_at < given.goes_out_at


def test_what_was_sent_now_is_on_its_way_without_buttons(owner: Client, page: Page) -> None:
    given = held(page)
    owner.post(f"/desk/outgoing/{given.pk}/send")
    for path in ("/desk/outgoing", f"/desk/pitch/{given.pitch.code}"):
        response = owner.get(path)
        text = response.content.decode()
        assert (text.lower().count(">on its way<"), text.count(f"/desk/outgoing/{given.pk}/undo")) == (1, 0)


def test_what_was_put_aside_is_no_letter(owner: Client, page: Page) -> None:
    day = page.local_date(clock.now()) + timedelta(days=7)
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=page))
    given = review.answer(pitch, AnswerKind.LATER, by=page.owner, until=day)
    text = owner.get("/desk/outgoing").content.decode()
    assert (text.count("Put aside until "), text.count("Undo"), text.count("Send now")) == (1, 1, 0)
    assert (text.count("goes out"), text.count(f"to {pitch.name}")) == (0, 0)
    response = owner.post(f"/desk/outgoing/{given.pk}/send", follow=True)
    assert list(response.context["messages"]) == []
    assert Answer.objects.get().goes_out_at == given.goes_out_at


def test_what_was_undone_is_not_sent(owner: Client, page: Page) -> None:
    given = held(page, undone_at=clock.now())
    response = owner.post(f"/desk/outgoing/{given.pk}/send", follow=True)
    assert [str(message) for message in response.context["messages"]] == ["This answer was taken back before."]


# ── follow-ups ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_follow_ups_cost_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        handoff(page)
    handoff(PageFactory())
    with django_assert_num_queries(5):
        assert len(owner.get("/desk/follow-ups").context["handoffs"]) == count


def test_the_most_urgent_comes_first(owner: Client, page: Page) -> None:
    today = page.local_date(clock.now())
    later, soon = handoff(page, follow_up_on=today + timedelta(days=9)), handoff(page, follow_up_on=today)
    found = owner.get("/desk/follow-ups").context["handoffs"]
    assert [(row.pk, row.due) for row in found] == [(soon.pk, True), (later.pk, False)]


def test_a_yes_that_was_undone_has_nothing_to_follow_up(owner: Client, page: Page) -> None:
    row, kept = handoff(page), handoff(page)
    AnswerFactory(held=True, pitch=row.pitch)
    owner.post(f"/desk/outgoing/{Answer.objects.get().pk}/undo")
    assert [found.pk for found in owner.get("/desk/follow-ups").context["handoffs"]] == [kept.pk]
    assert owner.post(f"/desk/follow-ups/{row.pk}/done").status_code == 303


def test_done_is_done_once(owner: Client, page: Page) -> None:
    row = handoff(page)
    owner.post(f"/desk/follow-ups/{row.pk}/done")
    first = Handoff.objects.get().done_at
    owner.post(f"/desk/follow-ups/{row.pk}/done")
    assert Handoff.objects.get().done_at == first
    assert owner.get("/desk/follow-ups").content.decode().count("Nothing to follow up.") == 1
