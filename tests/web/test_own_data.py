"""The page of an account's own data: with a page or without, after a fresh sign-in, without JavaScript."""

import io
import time
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from pitches import copies
from pitches.models import DataCopy
from tests.factories import DoorFactory, UserFactory
from tests.senders import work
from tests.web.test_import import signed_in_now

pytestmark = pytest.mark.django_db
DATA, ASK, DOWNLOAD = "/account/data", "/account/data/copy", "/account/data/copy.zip"


@pytest.fixture
def user():
    user = DoorFactory(page__handle="maya").page.owner
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def test_the_account_leads_there(client):
    assert f'href="{DATA}"' in text(client.get(reverse("account_email")))


def test_nothing_is_made_and_nothing_fetched_without_a_fresh_sign_in(client, user):
    shown = text(client.get(DATA))
    assert ("Sign in anew" in shown, f'action="{ASK}"' in shown) == (True, False)
    assert client.post(ASK)["Location"] == DATA
    assert DataCopy.objects.count() == 0
    copies.ask(user)
    work()
    refused = client.get(DOWNLOAD)
    assert (refused.status_code, refused["Location"]) == (303, DATA)
    assert "Show first that it is you" in text(client.get(DATA))
    signed_in_now(client)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time() - 301}]
    session.save()
    assert client.get(DOWNLOAD)["Location"] == DATA


def test_all_the_way(client, user):
    signed_in_now(client)
    shown = text(client.get(DATA))
    assert (f'action="{ASK}"' in shown, DOWNLOAD in shown) == (True, False)
    assert client.post(ASK)["Location"] == DATA
    shown = text(client.get(DATA))
    assert ("It is being made." in shown, f'action="{ASK}"' in shown) == (True, False)
    work()
    shown = text(client.get(DATA))
    assert ("It is ready." in shown, DOWNLOAD in shown, f'action="{ASK}"' in shown) == (True, True, False)
    fetched = client.get(DOWNLOAD)
    assert (fetched["Content-Type"], fetched["Cache-Control"]) == ("application/zip", "no-store")
    assert fetched["Content-Disposition"].startswith('attachment; filename="halfdoor-')
    with zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content))) as packed:
        assert packed.namelist()[0] == "README.txt"
    assert "There is a copy of today already." in text(client.post(ASK, follow=True))


@pytest.mark.parametrize(
    ("state", "said"),
    [("ended", "Your last copy went on"), ("failed", "It could not be made."), ("making", "being made")],
)
def test_each_state_says_so(client, user, state, said):
    signed_in_now(client)
    copies.ask(user)
    work()
    DataCopy.objects.update(state=state)
    assert said in text(client.get(DATA))
    assert (f'action="{ASK}"' in text(client.get(DATA))) == (state == "failed")
    assert client.get(DOWNLOAD).status_code == 404


def test_a_copy_is_fetched_by_its_own_account_alone(client, user):
    copies.ask(user)
    work()
    other = Client()
    other.force_login(UserFactory())
    signed_in_now(other)
    assert other.get(DOWNLOAD).status_code == 404
    assert Client().get(DOWNLOAD)["Location"] == f"/account/login/?next={DOWNLOAD}"


def test_an_account_without_a_page_has_its_data_too():
    client = Client()
    client.force_login(UserFactory())
    shown = client.get(DATA)
    assert (shown.status_code, "Make a copy of your data" in text(shown)) == (200, True)


def test_the_page_asks_as_little_as_it_can(client, user, django_assert_num_queries):
    copies.ask(user)
    work()
    client.get(DATA)
    with django_assert_num_queries(8):  # signing in and the rail ask seven of them
        client.get(DATA)
