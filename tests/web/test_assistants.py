"""Assistants: the owner's list, the mailed link, and what neither of them tells anybody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import mailboxes
from pitches.handoffs import assistants, plans
from pitches.models import Assistant, Event, Handoff, Standing
from portal import clock
from tests.factories import AssistantFactory, HandoffFactory, PageFactory
from tests.senders import work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "/desk/assistants"
ASKED = {"name": "Sam Ode", "email": "sam@helps.example", "role": "mail"}


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def maya():
    return PageFactory(handle="maya")


@pytest.fixture
def desk(maya):
    client = Client()
    client.force_login(maya.owner)
    return client


def link_of(helper):
    return f"/assist/{assistants.token_of(helper)}"


def test_from_the_list_to_the_mail_to_the_list(desk, client):
    assert "Nobody yet." in desk.get(URL).content.decode()
    response = desk.post(URL, ASKED, follow=True)
    assert "One email goes to sam@helps.example." in response.content.decode()
    assert ">Asked<" in response.content.decode()
    work()
    helper = Assistant.objects.get()
    assert link_of(helper) in mail.outbox[0].body
    assert "Would you help @maya with pitches?" in client.get(link_of(helper)).content.decode()
    assert client.post(link_of(helper), {"agree": "yes"}).status_code == 303
    assert "You help @maya with pitches." in client.get(link_of(helper)).content.decode()
    assert ">Helps<" in desk.get(URL).content.decode()
    assert len(mail.outbox) == 1  # the owner is not mailed between hours: the desk says it


def test_looking_agrees_to_nothing_and_an_empty_post_neither(client, maya):
    helper = AssistantFactory(page=maya, asked=True)
    for answer in (client.get(link_of(helper)), client.head(link_of(helper)), client.post(link_of(helper))):
        assert answer.status_code in (200, 303)
    helper.refresh_from_db()
    assert (helper.joined_at, helper.left_at) == (None, None)


def test_no_is_no_and_stays_so(client, maya):
    helper = AssistantFactory(page=maya, asked=True)
    client.post(link_of(helper), {"leave": "yes"})
    client.post(link_of(helper), {"agree": "yes"})
    helper.refresh_from_db()
    assert (helper.joined_at, helper.left_at) == (None, MONDAY)
    assert "You get no more mail." in client.get(link_of(helper)).content.decode()


def test_an_invitation_ends_after_30_days(client, maya):
    helper = AssistantFactory(page=maya, asked=True)
    clock.move_to(MONDAY + timedelta(days=30))
    client.post(link_of(helper), {"agree": "yes"})
    assert "This link has expired." in client.get(link_of(helper)).content.decode()


def test_a_link_is_guessed_by_nobody(client, maya):
    helper = AssistantFactory(page=maya)
    guesses = (helper.seed, helper.token_hash, str(helper.pk), "x", assistants.token_of(helper)[:-1])
    answers = [getattr(client, how)(f"/assist/{guess}") for guess in guesses for how in ("get", "post")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "email": "sam@helps.example"}, "Write a name"),
        ({"name": "Sam", "email": ""}, "Give the address."),
        ({"name": "Sam", "email": "OWNER"}, "That is your own address."),
        ({"name": "Sam", "email": "there@helps.example"}, "This address is in your list already."),
    ],
)
def test_who_cannot_be_asked_is_said(desk, maya, typed, said):
    AssistantFactory(page=maya, email="There@helps.example")
    response = desk.post(
        URL, {"role": "mail"} | typed | ({"email": maya.owner.email} if typed["email"] == "OWNER" else {})
    )
    assert (response.status_code, said in response.content.decode()) == (422, True)
    assert (Assistant.objects.count(), Event.objects.count()) == (1, 0)


def test_a_mailbox_that_takes_no_mail_says_so_in_the_list_only(desk):
    mailboxes.may_mail("sam@helps.example")
    response = desk.post(URL, ASKED, follow=True)
    assert "One email goes to sam@helps.example." in response.content.decode()
    work()
    assert ">Not mailed<" in desk.get(URL).content.decode()


def test_whoever_is_removed_leaves_the_rest_to_the_owner(desk, maya, client):
    helper = AssistantFactory(page=maya)
    plans.keep(maya, Standing.KNOWN, assistant=helper, days=3)
    handoff = HandoffFactory(pitch__door__page=maya, assistant=helper)
    body = desk.post(f"{URL}/{helper.pk}/remove", follow=True).content.decode()
    assert "is still open is yours again." in body
    assert ">Sam Ode<" not in body
    assert Handoff.objects.get(pk=handoff.pk).assistant is None
    assert "You get no more mail." in client.get(link_of(helper)).content.decode()
    assert desk.post(f"{URL}/{helper.pk}/remove").status_code == 404


def test_another_owner_neither_sees_nor_removes_them(maya):
    helper = AssistantFactory(page=maya)
    other = Client()
    other.force_login(PageFactory().owner)
    assert helper.name not in other.get(URL).content.decode()
    answers = [other.post(f"{URL}/{pk}/remove") for pk in (helper.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    helper.refresh_from_db()
    assert helper.helps


def test_the_list_costs_the_same_for_one_and_for_three(desk, maya):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            desk.get(URL)
        return len(asked)

    AssistantFactory(page=maya, asked=True)
    one = queries()
    AssistantFactory.create_batch(2, page=maya, asked=True)
    assert queries() == one
