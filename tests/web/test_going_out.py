"""Outgoing: what was given at one press and leaves bit by bit, and who sent at once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from pitches import lifecycle, review
from pitches.handoffs import assistants
from pitches.models import Answer, AnswerKind, Event, Fact, Page, Pitch, Role
from pitches.web import outgoing, threads
from pitches.web import told as status
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, MessageFactory, PageFactory, PitchFactory
from tests.web.test_odd_days import at_the_desk

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 9, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _half_past_nine() -> Any:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def held(page: Page, *minutes: float, batch: UUID | None = None, **more: Any) -> list[Answer]:
    """Answers in the house that leave in so many minutes."""
    door = page.doors.first() or DoorFactory(page=page)
    return [
        AnswerFactory(
            held=True,
            pitch=PitchFactory(accepted=True, door=door),
            goes_out_at=NOW + timedelta(minutes=one),
            batch=batch,
            **more,
        )
        for one in minutes
    ]


def sections(response: Any) -> list[tuple[int, bool]]:
    """Of each group how many there are, and whether it is one press."""
    return [(minute.count, minute.press is not None) for minute in response.context["minutes"]]


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ── one press, several minutes ───────────────────────────────────────────────
def test_a_press_that_leaves_in_two_minutes_is_one_group(owner: Client, page: Page) -> None:
    batch = uuid4()
    held(page, 8, 8, 9, batch=batch), held(page, 8), held(page, 5)
    response = owner.get("/desk/outgoing")
    assert sections(response) == [(1, False), (3, True), (1, False)]
    text = response.content.decode()
    assert "Between 09:08 and 09:09" in text
    assert (text.count("3 answers given together"), text.count("Undo all 3"), text.count("not listed")) == (1, 1, 0)


def test_a_press_that_was_partly_sent_says_how_many_have_left(owner: Client, page: Page) -> None:
    batch = uuid4()
    given = held(page, 8, 8, 8, 8, batch=batch)
    Answer.objects.filter(pk=given[0].pk).update(sent_at=NOW)
    review.send_now(given[1], by=page.owner)
    text = owner.get("/desk/outgoing").content.decode()
    assert "2 answers of this press have left already, or are on their way." in text
    assert f"/desk/inbox/answers/{batch}/undo" in text
    response = owner.post(f"/desk/inbox/answers/{batch}/undo", {"back": "outgoing"}, follow=True)
    assert told(response) == ["Undone. 3 pitches wait again.", "1 answer has gone out already."]


def test_the_last_of_a_press_stands_as_it_is(owner: Client, page: Page) -> None:
    given = held(page, 8, 8, batch=uuid4())
    Answer.objects.filter(pk=given[0].pk).update(sent_at=NOW)
    text = owner.get("/desk/outgoing").content.decode()
    assert "1 answer of this press has left already, or is on its way." in text
    assert (text.count("given together"), text.count(f"/desk/outgoing/{given[1].pk}/undo")) == (0, 1)


def test_a_press_of_one_leaves_with_its_minute(owner: Client, page: Page) -> None:
    held(page, 8, batch=uuid4()), held(page, 8)
    response = owner.get("/desk/outgoing")
    assert sections(response) == [(2, False)]
    owner.post("/desk/outgoing/undo", {"which": response.context["minutes"][0].which})
    assert untouched() == set()


@pytest.mark.parametrize("path", ["/desk/outgoing/send", "/desk/outgoing/undo"])
def test_a_minute_leaves_what_was_given_at_one_press_and_the_press_the_minute(
    owner: Client, page: Page, path: str
) -> None:
    batch = uuid4()
    pressed, alone = held(page, 8, 9, batch=batch), held(page, 8, 8)
    minute = alone[0].goes_out_at.replace(second=0).isoformat()
    owner.post(path, {"which": minute})
    assert untouched() == {one.pk for one in pressed}
    owner.post(path, {"which": str(batch)})
    assert untouched() == set()


def test_what_is_on_its_way_is_done_with_as_it_is_counted(owner: Client, page: Page) -> None:
    """A minute has begun: an answer of a press whose moment has come stands among the others of that minute."""
    batch = uuid4()
    (come, later), alone = held(page, -0.2, 8, batch=batch), held(page, 0.2, 0.3)
    put_off = held(page, 0.4, kind=AnswerKind.LATER, until=NOW.date())
    Pitch.objects.filter(pk=put_off[0].pitch_id).update(state="later", back_at=NOW + timedelta(days=1))
    response = owner.get("/desk/outgoing")
    assert sections(response) == [(4, False), (1, True)]
    text = response.content.decode()
    assert (text.count("Undo all 4"), text.count("Send all 2 now"), text.count("Send all 4 now")) == (1, 1, 0)
    minute = response.context["minutes"][0].which
    assert told(owner.post("/desk/outgoing/send", {"which": minute}, follow=True)) == ["2 answers are on their way."]
    assert untouched() == {later.pk, put_off[0].pk}
    response = owner.post("/desk/outgoing/undo", {"which": minute}, follow=True)
    assert told(response) == ["Undone. 4 pitches wait again."]
    back = set(Answer.objects.exclude(undone_at=None).values_list("pk", flat=True))
    assert back == {one.pk for one in (come, *alone, *put_off)}


def test_one_alone_is_sent_where_it_stands(owner: Client, page: Page) -> None:
    held(page, 8), held(page, 8, kind=AnswerKind.LATER, until=NOW.date())
    text = owner.get("/desk/outgoing").content.decode()
    assert (text.count("Undo all 2"), text.count("Send all")) == (1, 0)


def test_one_press_sends_so_many_and_says_how_many_are_left(
    owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("pitches.review", "pitches.review.many"):
        monkeypatch.setattr(f"{place}.AT_MOST", 1)
        monkeypatch.setattr(f"{place}.TURNS", 2)
    held(page, 8, 8, 8, 8), held(page, 8, kind=AnswerKind.LATER, until=NOW.date())
    said = told(owner.post("/desk/outgoing/send", {"which": "all"}, follow=True))
    left = "2 answers are still in the house: so many at once are the most. Press again."
    assert said == ["2 answers are on their way.", left]
    assert told(owner.post("/desk/outgoing/send", {"which": "all"}, follow=True)) == ["2 answers are on their way."]


def test_who_is_removed_between_two_turns_hears_how_many_were_sent(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    helper, real, turns = at_the_desk(page, Role.ASSISTANT), lifecycle.record_for, []
    held(page, 8, 8, 8)

    def once(*args: Any, **more: Any) -> list[Event]:
        turns.append(1)
        if len(turns) == 2:
            assistants.leave(page.assistants.get())
        return real(*args, **more)

    monkeypatch.setattr("pitches.review.many.AT_MOST", 1)
    monkeypatch.setattr(lifecycle, "record_for", once)
    response = helper.post("/desk/outgoing/send", {"which": "all"})
    body = " ".join(response.content.decode().split())
    assert "2 pitches were done before that, and stay done; the rest was left as it was." in body
    assert (response.status_code, len(untouched()), Event.objects.filter(what=Fact.SENT_NOW).count()) == (403, 1, 2)


def untouched() -> set[int]:
    return set(Answer.objects.filter(goes_out_at__gt=NOW, undone_at=None).values_list("pk", flat=True))


@pytest.mark.parametrize("path", ["/desk/outgoing/send", "/desk/outgoing/undo"])
def test_a_press_of_another_page_does_not_exist(owner: Client, path: str) -> None:
    theirs = held(PageFactory(), 8, 8, batch=uuid4())
    for which in (theirs[0].batch, uuid4()):
        assert owner.post(path, {"which": str(which)}).status_code == 404
    assert untouched() == {one.pk for one in theirs}


# ── what did not arrive ──────────────────────────────────────────────────────
def test_what_did_not_arrive_goes_on_behind_the_last_one(
    owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "AT_ONCE", 2)
    mails = [MessageFactory(page=page, kind="yes", state="dead", to=f"n{n}@gone.example") for n in range(3)]
    MessageFactory(kind="yes", state="dead")
    first = owner.get("/desk/outgoing")
    assert [mail for mail, _said in first.context["failed"]] == [mails[2], mails[1]]
    assert f"?failed={first.context['earlier']}#failed_title" in first.content.decode()
    second = owner.get("/desk/outgoing", {"failed": first.context["earlier"]})
    assert ([mail for mail, _said in second.context["failed"]], second.context["earlier"]) == ([mails[0]], "")
    assert "The mail to n0@gone.example could not be delivered." in second.content.decode()
    assert second.content.decode().count(">Latest<") == 1


# ── who sent it at once ──────────────────────────────────────────────────────
def test_the_history_of_the_pitch_says_who_sent_it_at_once(owner: Client, page: Page) -> None:
    helper = at_the_desk(page, Role.ASSISTANT)
    (given,) = held(page, 8)
    for _press in range(2):
        helper.post(f"/desk/outgoing/{given.pk}/send")
    event = Event.objects.get(what=Fact.SENT_NOW)
    assert (event.pitch, event.by_id == page.owner_id) == (given.pitch, False)
    entries = [one for one in threads.thread(given.pitch, page.owner) if one.what == "Sent the answer at once"]
    assert [(one.who, one.mine) for one in entries] == [("Sam", True)]
    assert owner.get(f"/desk/pitch/{given.pitch.code}").content.decode().count("Sent the answer at once") == 1


def test_of_a_group_each_pitch_keeps_it_and_what_was_put_aside_does_not(
    owner: Client, page: Page, django_assert_max_num_queries: Any
) -> None:
    sent, aside = held(page, 8, 8, 9), held(page, 8, kind=AnswerKind.LATER, until=NOW.date())
    gone = held(page, -1)
    with django_assert_max_num_queries(12):
        assert review.send_together(page, review.ALL, by=page.owner) == 3
    kept = Event.objects.filter(what=Fact.SENT_NOW)
    assert set(kept.values_list("pitch", flat=True)) == {one.pitch_id for one in sent}
    assert not kept.filter(pitch__in=[aside[0].pitch_id, gone[0].pitch_id]).exists()
    assert set(kept.values_list("by", flat=True)) == {page.owner_id}


def test_its_sender_reads_nothing_of_it(owner: Client, page: Page, client: Client) -> None:
    (given,) = held(page, 8)
    Pitch.objects.update(handed_in_at=NOW)
    owner.post(f"/desk/outgoing/{given.pk}/send")
    pitch = Pitch.objects.get()
    assert [one.kind for one in status.story(pitch)["steps"]] == []
