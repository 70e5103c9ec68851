"""Before the first pitch: one example to try the answers with, which is no row and leaves nothing behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pitches.models import Answer, Event, Message, Page, Pitch, ReadingSession
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.web.test_odd_days import at_the_desk, text

pytestmark = pytest.mark.django_db
INBOX, EXAMPLE, ANSWER, AWAY = "/desk/inbox", "/desk/example", "/desk/example/answer", "/desk/example/away"


@pytest.fixture
def page() -> Page:
    page = PageFactory(by_the_hour=True)
    DoorFactory(page=page, name="Original research")
    return page


def rows() -> tuple[Any, ...]:
    """Whatever an answer could have left behind."""
    kept = [model.objects.count() for model in (Pitch, Answer, Event, Message, ReadingSession)]
    return (*kept, list(Page.objects.order_by("pk").values()))


def test_an_unused_ledge_has_one_example_and_the_share_kit_first(page: Page) -> None:
    response = at_the_desk(page).get(INBOX)
    seen = text(response)
    assert "One example waits for you so you can try the four answers. It goes away by itself." in seen
    assert seen.index("Copy your link") < seen.index("One example waits for you")
    assert "0 on the ledge" in seen
    assert set(response.context["counts"].values()) == {0}
    assert "1 waiting" not in seen


def test_the_start_of_a_session_offers_the_example_too(page: Page) -> None:
    owner = at_the_desk(page)
    seen = owner.get("/desk/session").content.decode()
    assert seen.count(f'href="{EXAMPLE}"') == 1
    assert (seen.count("<h1"), '<h1 class="size-3" tabindex="-1">Nobody has pitched yet.' in seen) == (1, True)
    assert EXAMPLE not in at_the_desk(page, "assistant").get("/desk/session").content.decode()
    owner.post(AWAY)
    gone = owner.get("/desk/session").content.decode()
    assert (gone.count(f'href="{EXAMPLE}"'), gone.count("The ledge is empty.")) == (0, 1)


def test_where_nothing_waits_the_start_of_a_session_says_what_lies_elsewhere(page: Page) -> None:
    PitchFactory(asked=True, door=page.doors.get())
    seen = at_the_desk(page).get("/desk/session").content.decode()
    assert ("One waits for an answer from them." in seen, EXAMPLE in seen) == (True, False)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "yes"}, ["Maya says yes"]),
        ({"kind": "yes", "reply": "look"}, ["I want to look at this more closely."]),
        ({"kind": "yes", "text": "Gladly so"}, ["Gladly so"]),
        ({"kind": "ask", "reply": "cost"}, ["What does it cost them?", "Answer in a few lines by"]),
        ({"kind": "ask", "text": "Who paid?"}, ["Who paid?"]),
        ({"kind": "later", "choice": "week"}, ["Elif Kaya is told nothing of it"]),
        ({"kind": "no", "reason": "not_my_topic"}, ["Not this time", "This is outside what I cover"]),
        ({"kind": "no", "reason": "not_now"}, ["The idea is sound and the moment is not"]),
        ({"kind": "no", "reason": "own_line", "text": "Not for me, thank you"}, ["Not for me, thank you"]),
    ],
)
def test_every_answer_shows_what_its_sender_would_read_and_stores_nothing(
    page: Page, data: dict[str, str], words: list[str]
) -> None:
    client = at_the_desk(page)
    client.get(EXAMPLE)
    before = rows()
    response = client.post(ANSWER, data)
    seen = text(response)
    assert response.status_code == 200
    assert [one for one in words if one not in seen] == []
    assert "Try another answer" in seen
    assert rows() == before


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"kind": "ask"}, "Write the question."),
        ({"kind": "no"}, "Choose a reason."),
        ({"kind": "no", "reason": "own_line"}, "Write your own line, or choose a reason."),
        ({"kind": "later"}, "Choose a day after today."),
        ({"kind": "yes", "reply": "999"}, "This reply is gone."),
        ({"kind": "wrong_door", "door": "x"}, "The example is at the right door."),
        ({"kind": "spam"}, "Select a valid choice."),
    ],
)
def test_a_slip_is_said_as_in_a_session(page: Page, data: dict[str, str], problem: str) -> None:
    response = at_the_desk(page).post(ANSWER, data)
    assert response.status_code == 422
    assert text(response).startswith("Error:") or "Error:" in text(response)
    assert problem in response.context["problem"]


def test_the_example_is_marked_and_nothing_of_it_is_followed(page: Page) -> None:
    body = at_the_desk(page).get(EXAMPLE).content.decode()
    assert ">Example<" in body
    assert 'href="https://mosaic.example' not in body
    assert "An example: nothing is stored and nothing goes out." in body


def test_sent_away_it_is_gone_for_good(page: Page) -> None:
    client = at_the_desk(page)
    assert "The example is gone." in text(client.post(AWAY, follow=True))
    first = Page.objects.get().example_over_at
    client.post(AWAY)
    assert Page.objects.get().example_over_at == first
    assert "The ledge is empty." in text(client.get(INBOX))
    assert [client.get(EXAMPLE).status_code, client.post(ANSWER, {"kind": "yes"}).status_code] == [302, 303]


@pytest.mark.parametrize("state", ["waiting", "declined", "held", "quarantine"])
def test_it_goes_by_itself_when_a_pitch_has_come(page: Page, state: str) -> None:
    client = at_the_desk(page)
    PitchFactory(unproven=True, door__page=page)
    assert "One example" in text(client.get(INBOX))
    PitchFactory(door__page=page, **{state: True})
    assert "One example" not in text(client.get(INBOX))
    assert client.get(EXAMPLE)["Location"] == INBOX
    assert "The example is gone" in text(client.post(ANSWER, {"kind": "yes"}, follow=True))


@pytest.mark.parametrize("role", ["reader", "assistant"])
def test_it_is_for_the_owner_alone(page: Page, role: str) -> None:
    helper = at_the_desk(page, role)
    assert "One example" not in text(helper.get(INBOX))
    found = [helper.get(EXAMPLE), helper.post(ANSWER, {"kind": "yes"}), helper.post(AWAY)]
    assert [response.status_code for response in found] == [403] * 3
    assert Page.objects.get().example_over_at is None


def test_it_costs_the_page_no_more_than_two_queries(page: Page, django_assert_max_num_queries: Any) -> None:
    client = at_the_desk(page)
    Page.objects.update(example_over_at=clock.now() - timedelta(days=1))
    with django_assert_max_num_queries(30) as without:
        client.get(INBOX)
    Page.objects.update(example_over_at=None)
    with django_assert_max_num_queries(len(without) + 2):
        client.get(INBOX)


def test_without_a_door_it_stands_at_one_that_is_not_hung_yet(page: Page) -> None:
    page.doors.all().delete()
    client: Client = at_the_desk(page)
    assert "Your door" in text(client.get(EXAMPLE))
    assert client.post(ANSWER, {"kind": "no", "reason": "not_my_topic"}).status_code == 200
