"""Outgoing answers, failed mails, follow-ups."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from pitches import review
from pitches.helping import NotAllowed
from pitches.models import Answer, AnswerKind, Handoff, Page, Pitch, Role
from pitches.web import outgoing
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    HandoffFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
)
from tests.web.test_odd_days import at_the_desk

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
    with django_assert_num_queries(8):
        response = owner.get("/desk/outgoing")
    shown = sum(len(minute.rows) for minute in response.context["minutes"])
    assert (shown, len(response.context["failed"])) == (count, count)


def test_an_answer_of_an_open_session_has_no_time_yet(owner: Client, page: Page) -> None:
    held(page)
    Answer.objects.update(goes_out_at=None)
    assert owner.get("/desk/outgoing").content.decode().count("it goes out ten minutes after this session") == 1


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


@pytest.mark.parametrize("role", [Role.READER, Role.ASSISTANT])
def test_who_helps_reads_of_mails_to_senders_alone(owner: Client, page: Page, role: Role) -> None:
    helps = AssistantFactory(page=page, role=role, name="Sam Ode")
    user = UserFactory(email=helps.email)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    told = MessageFactory(page=page, kind="yes", state="dead")
    MessageFactory(page=page, kind="tell_now", state="dead")
    MessageFactory(page=page, kind="supplied", assistant=helps, state="dead")
    MessageFactory(page=page, kind="digest", pitch=None, to=page.owner.email, state="dead")
    MessageFactory(page=page, kind="assist_invite", pitch=None, to=helps.email, assistant=helps, state="dead")
    body = owner.get("/desk/outgoing")
    assert len(body.context["failed"]) == 5
    assert "An email to Sam Ode" in body.content.decode()
    other = Client()
    other.force_login(user)
    assert [mail for mail, _sentence in other.get("/desk/outgoing").context["failed"]] == [told]


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
    assert (text.count("Put off until "), text.count("Undo<span"), text.count("Send now")) == (1, 1, 0)
    assert (text.count("goes out"), text.count(f"to {pitch.name}")) == (0, 0)
    response = owner.post(f"/desk/outgoing/{given.pk}/send", follow=True)
    assert "no mail, so there is nothing to send" in response.content.decode()
    assert Answer.objects.get().goes_out_at == given.goes_out_at


def test_what_was_undone_is_not_sent(owner: Client, page: Page) -> None:
    given = held(page, undone_at=clock.now())
    response = owner.post(f"/desk/outgoing/{given.pk}/send", follow=True)
    assert [str(message) for message in response.context["messages"]] == ["This answer was taken back before."]


# ── minute by minute ─────────────────────────────────────────────────────────
def together(page: Page, count: int, minutes: int = 8) -> list[Answer]:
    given = [held(page) for _number in range(count)]
    moment = clock.now() + timedelta(minutes=minutes)
    Answer.objects.filter(pk__in=[one.pk for one in given]).update(goes_out_at=moment)
    return given


def shown(response: Any) -> list[tuple[int, int]]:
    """For each minute, how many there are and how many of them are listed."""
    return [(minute.count, len(minute.rows)) for minute in response.context["minutes"]]


def test_what_leaves_in_one_minute_stands_together_and_says_how_soon(owner: Client, page: Page) -> None:
    together(page, 2), together(page, 1, minutes=3)
    response = owner.get("/desk/outgoing")
    assert shown(response) == [(1, 1), (2, 2)]
    text = response.content.decode()
    assert [text.count(f">in {count} minutes<") for count in (3, 8)] == [1, 1]
    assert [text.count(words) for words in ("Send all 2 now", "Undo all 2", "Send all now")] == [1, 1, 1]


@pytest.mark.parametrize(("which", "sent"), [("minute", 2), ("sitting", 1), ("all", 4)])
def test_a_group_is_sent_at_one_press_and_what_was_put_aside_stays(
    owner: Client, page: Page, which: str, sent: int
) -> None:
    given, other, aside = together(page, 2), together(page, 1, minutes=10), together(page, 1)
    open_still = together(page, 1)
    Answer.objects.filter(pk=aside[0].pk).update(kind="later", until=page.local_date(clock.now()) + timedelta(days=7))
    Answer.objects.filter(pk=open_still[0].pk).update(goes_out_at=None)
    theirs = together(PageFactory(), 1)
    given[0].refresh_from_db()
    minute = given[0].goes_out_at.replace(second=0, microsecond=0).isoformat()
    owner.post("/desk/outgoing/send", {"which": minute if which == "minute" else which})
    gone = set(Answer.objects.filter(goes_out_at__lte=clock.now()).values_list("pk", flat=True))
    assert len(gone) == sent
    assert not gone & {aside[0].pk, theirs[0].pk}
    assert ({other[0].pk} <= gone) is (which == "all")


@pytest.mark.parametrize(("which", "back"), [("minute", 2), ("sitting", 0), ("all", 3)])
def test_a_group_is_taken_back_at_one_press(owner: Client, page: Page, which: str, back: int) -> None:
    given = together(page, 2)
    together(page, 1, minutes=10), together(PageFactory(), 1)
    AnswerFactory(pitch=PitchFactory(accepted=True, door__page=page))  # it went out
    given[0].refresh_from_db()
    minute = given[0].goes_out_at.replace(second=0, microsecond=0).isoformat()
    response = owner.post("/desk/outgoing/undo", {"which": minute if which == "minute" else which}, follow=True)
    assert Pitch.objects.filter(state="waiting").count() == back
    said = f"Undone. {back} pitches wait again." if back else "Nothing of it is in the house any more."
    assert [str(message) for message in response.context["messages"]] == [said]


@pytest.mark.parametrize("which", ["", "never", "2026-03-03T09:00"])
def test_there_is_no_such_group(owner: Client, which: str) -> None:
    for path in ("/desk/outgoing/send", "/desk/outgoing/undo"):
        assert owner.post(path, {"which": which}).status_code == 404


@pytest.mark.parametrize(("role", "sent", "taken"), [("screener", 403, 403), ("assistant", 303, 303)])
def test_who_may_only_sort_neither_sends_nor_takes_back_what_was_said(
    page: Page, role: str, sent: int, taken: int
) -> None:
    together(page, 2)
    helper = at_the_desk(page, role)
    assert helper.post("/desk/outgoing/undo", {"which": "all"}).status_code == taken
    assert helper.post("/desk/outgoing/send", {"which": "all"}).status_code == sent
    assert Answer.objects.filter(undone_at=None).exists() is (role == "screener")
    someone = UserFactory()
    for verb in (review.send_together, review.undo_together):
        together(page, 1)
        with pytest.raises(NotAllowed):
            verb(page, review.ALL, by=someone)


def test_a_long_list_goes_on_and_says_how_many_there_are(
    owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "AT_ONCE", 2)
    together(page, 3)
    Answer.objects.filter(pk=held(page).pk).update(goes_out_at=None)
    first = owner.get("/desk/outgoing")
    assert shown(first) == [(3, 2)]
    assert "One more is not listed here." in first.content.decode()
    second = owner.get("/desk/outgoing", {"after": first.context["more"]})
    assert (shown(second), second.context["more"]) == ([(3, 1), (1, 1)], "")
    assert owner.get("/desk/outgoing", {"after": "x" * 30}).status_code == 200


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


def test_done_is_undone(owner: Client, page: Page) -> None:
    row = handoff(page)
    assert "Done, and out of the list." in owner.post(f"/desk/follow-ups/{row.pk}/done", follow=True).content.decode()
    owner.post(f"/desk/follow-ups/{row.pk}/done", {"undo": "1"})
    assert [found.pk for found in owner.get("/desk/follow-ups").context["handoffs"]] == [row.pk]


def test_the_list_says_who_takes_it_and_what_is_overdue(owner: Client, page: Page) -> None:
    handoff(page, follow_up_on=page.local_date(clock.now()) - timedelta(days=1))
    assert [owner.get("/desk/follow-ups").content.decode().count(words) for words in ("You take it.", "Overdue")] == [
        1,
        2,
    ]
    theirs = at_the_desk(page, "reader").get("/desk/follow-ups").content.decode()
    assert (theirs.count("You take it."), theirs.count("Maya takes it.")) == (0, 1)


def test_done_is_done_once(owner: Client, page: Page) -> None:
    row = handoff(page)
    owner.post(f"/desk/follow-ups/{row.pk}/done")
    first = Handoff.objects.get().done_at
    owner.post(f"/desk/follow-ups/{row.pk}/done")
    assert Handoff.objects.get().done_at == first
    assert owner.get("/desk/follow-ups").content.decode().count("Nothing to follow up.") == 1


# ── what is put off is no mail ─────────────────────────────────────────────
def put_aside(page: Page) -> Answer:
    pitch = PitchFactory(later=True, door=DoorFactory(page=page))
    out_at, until = clock.now() + timedelta(minutes=10), page.local_date(clock.now()) + timedelta(days=3)
    return AnswerFactory(held=True, kind=AnswerKind.LATER, pitch=pitch, goes_out_at=out_at, until=until)


def test_what_is_put_aside_leaves_no_house(owner: Client, page: Page) -> None:
    given, _other = put_aside(page), put_aside(page)
    said = owner.get("/desk/outgoing").content.decode()
    assert "Put off; can be taken back until" in said
    assert not any(word in said for word in ("they go out together", "data-leaves", "/desk/outgoing/send"))
    told = owner.post(f"/desk/outgoing/{given.pk}/send", follow=True).content.decode()
    assert "What you put off is no mail" in told


def test_who_sorts_is_offered_to_undo_what_they_may(page: Page) -> None:
    helper = at_the_desk(page, Role.SCREENER)
    for _one in range(2):
        put_aside(page)
    assert "/desk/outgoing/undo" in helper.get("/desk/outgoing").content.decode()
    held(page)
    assert "/desk/outgoing/undo" not in helper.get("/desk/outgoing").content.decode()
