"""Who came to help, went, and may do something else: what the owner reads of it, and nobody else."""

from typing import Any

import pytest
from django.test import Client

from pitches.handoffs import assistants, roles
from pitches.models import Assistant, Page, Role
from pitches.web import coming_going
from tests.factories import PageFactory
from tests.web.test_odd_days import at_the_desk

pytestmark = pytest.mark.django_db
PATH = "/desk/assistants"


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def asked(page: Page, name: str = "Sam Ode") -> Assistant:
    email = f"{name.partition(' ')[0].lower()}@helps.example"
    return assistants.invite(page, name=name, email=email, by=page.owner, role=Role.READER)


def read(response: Any) -> list[str]:
    return [step.words for step in response.context["steps"]]


def test_the_last_comes_first_in_whole_sentences(owner: Client, page: Page) -> None:
    sam = asked(page)
    assistants.agree(sam)
    for role in (Role.SCREENER, Role.ASSISTANT, Role.MAIL, Role.READER):
        roles.change(sam, role, by=page.owner)
    assistants.leave(sam, by=page.owner)
    ada = asked(page, "Ada Byron")
    assistants.agree(ada)
    assistants.leave(ada)
    response = owner.get(PATH)
    assert read(response) == [
        "Ada Byron stopped helping.",
        "Ada Byron agreed, and began to help.",
        "You asked Ada Byron to help.",
        "You removed Sam Ode.",
        "You changed what Sam Ode may do: look, and change nothing.",
        "You changed what Sam Ode may do: get mail, and see nothing of the desk.",
        "You changed what Sam Ode may do: answer for you.",
        "You changed what Sam Ode may do: sort, and answer nothing.",
        "Sam Ode agreed, and began to help.",
        "You asked Sam Ode to help.",
    ]
    assert response.content.decode().count("Ada Byron stopped helping.") == 1


def test_it_goes_on_behind_the_last_one_and_back(owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming_going, "AT_ONCE", 2)
    sam = asked(page)
    assistants.agree(sam)
    assistants.leave(sam)
    first = owner.get(PATH)
    assert (len(read(first)), f"?before={first.context['earlier']}#comings" in first.content.decode()) == (2, True)
    second = owner.get(PATH, {"before": first.context["earlier"]})
    assert (read(second), second.context["earlier"]) == (["You asked Sam Ode to help."], "")
    assert ">Latest<" in second.content.decode()
    assert read(owner.get(PATH, {"before": "x" * 30})) == read(first)


def test_of_whom_is_forgotten_the_day_stays_without_a_name(owner: Client, page: Page) -> None:
    sam = asked(page)
    assistants.agree(sam)
    roles.change(sam, Role.SCREENER, by=page.owner)
    assistants.leave(sam, by=page.owner)
    asked(page, "Ada Byron").delete(), sam.delete()
    assert read(owner.get(PATH)) == [
        "You asked somebody to help whose name is forgotten by now.",
        "You removed somebody whose name is forgotten by now.",
        "You let somebody whose name is forgotten by now do something else: sort, and answer nothing.",
        "Somebody whose name is forgotten by now agreed, and began to help.",
        "You asked somebody to help whose name is forgotten by now.",
    ]


def test_who_never_came_said_no_and_did_not_stop(owner: Client, page: Page) -> None:
    ada = asked(page, "Ada Byron")
    assistants.agree(ada)
    assistants.leave(asked(page))
    assistants.leave(ada)
    assert read(owner.get(PATH))[:2] == ["Ada Byron stopped helping.", "Sam Ode said no."]


def test_nothing_of_another_page_and_nothing_for_who_helps(owner: Client, page: Page) -> None:
    asked(PageFactory())
    response = owner.get(PATH)
    assert (read(response), "Who came and went" in response.content.decode()) == ([], False)
    assert at_the_desk(page, Role.ASSISTANT).get(PATH).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        asked(page, f"Sam{number} Ode")
    with django_assert_num_queries(2):
        assert len(coming_going.steps(page, "")["steps"]) == count
