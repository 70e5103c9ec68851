"""The page of the end of an account: says what goes, asks after a fresh sign-in, and keeps without one."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from pitches import doors, erasing, tasks
from pitches.models import Erasure, Page
from portal import clock
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory
from tests.web.test_import import signed_in_now
from tests.web.test_welcome import answers

pytestmark = pytest.mark.django_db
DATA, DELETE, KEEP = "/account/data", "/account/delete", "/account/keep"


@pytest.fixture
def user():
    user = DoorFactory(page__handle="maya").page.owner
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def test_the_data_of_an_account_lead_there(client):
    assert f'href="{DELETE}"' in text(client.get(DATA))


def test_looking_changes_nothing_and_nothing_goes_without_a_fresh_sign_in(client):
    shown = text(client.get(DELETE))
    assert ("Sign in anew" in shown, f'action="{DELETE}"' in shown) == (True, False)
    assert client.post(DELETE)["Location"] == DELETE
    assert Erasure.objects.count() == 0


def test_it_says_what_goes_and_what_stays(client, user):
    door = user.page.doors.get()
    PitchFactory(door=door, waiting=True)
    PitchFactory(door=door, declined=True)
    AssistantFactory(page=user.page, name="Sam Ode", role="reader")
    AssistantFactory(page=PageFactory(name="Jo Marsh"), email=user.email, role="reader")
    signed_in_now(client)
    shown = text(client.get(DELETE))
    assert "Your page @maya with its doors, and the 2 pitches that you received" in shown
    assert "now 1 pitch, is told no by mail" in shown
    assert "<bdi>Sam Ode</bdi>" in shown
    assert "<bdi>Jo Marsh</bdi>" in shown
    assert "rests for 90 days" in shown
    assert re.search(r"Delete this account on \w+day \d+ \w+", shown)


def test_asked_and_kept(client, user):
    signed_in_now(client)
    shown = client.post(DELETE, follow=True)
    assert "A mail to your account says so" in text(shown)
    assert "This account goes on" in text(shown)
    assert not Page.objects.public().exists()
    assert f'action="{DELETE}"' not in text(shown)
    for path in ("/desk/page", DATA, "/agency"):
        assert re.search(r"account goes on (<|\w+day \d+)", text(client.get(path))), path
    later = Client()  # not a fresh one
    later.force_login(user)
    kept = later.post(KEEP, follow=True)
    assert "everything is as it was" in text(kept)
    assert Page.objects.public().exists()
    assert "This account goes on" not in text(later.get(DATA))


def test_the_page_is_not_shown_again_while_it_goes(client, user):
    signed_in_now(client)
    client.post(DELETE)
    refused = client.post("/desk/page/hide", {"hidden": "no"}, follow=True)
    assert "Keep it first" in text(refused)
    assert not Page.objects.public().exists()


def test_a_page_that_was_taken_down_is_not_promised(client, user):
    erasing.ask(user)
    assert "Your page is open again" in text(client.get(DELETE))
    doors.take_page_down(user.page, "Not you", by=UserFactory())
    assert "Your page is open again" not in text(client.get(DELETE))


def test_no_new_page_while_the_account_goes():
    user, client = UserFactory(), Client()
    client.force_login(user)
    erasing.ask(user)
    assert client.get("/welcome")["Location"] == DELETE
    assert client.post("/welcome", answers())["Location"] == DELETE
    assert Page.objects.count() == 0


def test_signing_in_says_that_it_goes(user, mailoutbox):
    erasing.ask(user)
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": user.email})
    tasks.sweep()
    mails = [one for one in mailoutbox if "is your code" in one.subject]
    code = "".join(re.search(r"\b(\d{3}) (\d{3})\b", mails[-1].subject).groups())
    inside = browser.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)
    assert "This account goes on" in text(inside)


def test_once_the_day_has_come_it_says_so(client, user):
    erasing.ask(user)
    with clock.standing_at(clock.now() + timedelta(days=14)):
        assert "It cannot be kept any more." in text(client.post(KEEP, follow=True))


def test_an_account_without_a_page_reads_of_none():
    client = Client()
    client.force_login(UserFactory())
    signed_in_now(client)
    shown = text(client.get(DELETE))
    assert ("Your page" in shown, "closes at once" in shown, "told no" in shown) == (False, False, False)
    client.post(DELETE)
    assert "Your page is open again" not in text(client.get(DELETE))


def test_the_page_asks_as_little_whatever_there_is(client, user, django_assert_num_queries):
    for _number in range(3):
        PitchFactory(door=user.page.doors.get(), waiting=True)
        AssistantFactory(page=user.page, role="reader")
    with django_assert_num_queries(12):
        client.get(DELETE)
