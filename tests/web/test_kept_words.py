"""What was typed is never lost: an old token, a broken server, a database that is gone."""

from html import unescape
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from pitches.models import Draft, Pitch
from pitches.web import public
from tests.factories import DoorFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
TYPED = {
    "line": "Why <b>so many</b> people & brands",
    "why": "First line.\r\nSecond 🎈",
    "link": "nonsense",
    "ask": "quote",
    "email": "elif@mosaic.example",
    "own.1": "An answer of one's own",
}


@pytest.fixture
def door():
    return DoorFactory(slug="research", page__handle="maya", questions=[{"text": "Who was asked?", "required": False}])


@pytest.fixture
def strict():
    """A browser whose token has expired."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf"] = "x" * 32
    return client


def path(name="pitch"):
    return reverse(f"public:{name}", args=["maya", "research"])


# ── an old token ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["pitch", "keep_draft", "try"])
def test_a_form_that_stood_open_too_long_comes_back_with_all_that_was_typed(strict, door, name):
    key, before = str(uuid4()), checksum()
    answer = strict.post(path(name), TYPED | {"form_key": key, "key": "a-key", "csrfmiddlewaretoken": "y" * 64})
    page = answer.content.decode()
    assert (answer.status_code, checksum()) == (403, before)
    assert "Nothing was sent yet." in page
    for words in TYPED.values():
        assert unescape(words).replace("\r\n", "\n") in unescape(page).replace("\r\n", "\n")
    assert "<b>so many" not in page
    assert f'value="{key}"' in page
    assert 'name="key" value="a-key"' in page
    assert "There is a problem" not in page


def test_the_fresh_token_is_good(strict, door):
    key = str(uuid4())
    answer = strict.post(path("keep_draft"), TYPED | {"form_key": key, "csrfmiddlewaretoken": "y" * 64})
    token = answer.content.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    again = strict.post(path("keep_draft"), TYPED | {"form_key": key, "csrfmiddlewaretoken": token})
    assert (again.status_code, str(Draft.objects.get().form_key)) == (303, key)


@pytest.mark.parametrize("headers", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}])
def test_what_another_site_sends_is_shown_to_nobody(strict, door, headers):
    answer = strict.post(path(), TYPED | {"form_key": str(uuid4())}, **headers)
    assert answer.status_code == 403
    assert "First line" not in answer.content.decode()


@pytest.mark.parametrize("change", [{"taken": True}, {"other": True}])
def test_without_a_door_it_is_a_page_like_any_other(strict, door, change):
    if "taken" in change:
        type(door).objects.update(taken_down_at=door.page.published_at)
    where = path() if "taken" in change else reverse("agency:nudge", args=["x"])
    answer = strict.post(where, TYPED)
    assert answer.status_code == 403
    assert "This page would not take that." in answer.content.decode()


# ── a server in trouble ──────────────────────────────────────────────────────
@pytest.mark.parametrize(("error", "code"), [(RuntimeError("bug"), 500), (OperationalError("gone"), 503)])
def test_a_broken_server_gives_back_what_it_was_sent_and_a_button_to_send_it_again(
    client, door, monkeypatch, error, code
):
    def fail(*_args, **_kwargs):
        raise error

    key = str(uuid4())
    whole = {"why": "Because.", "link": "https://mosaic.example", "payer": "own", "name": "Elif", "company": "Mosaic"}
    sent = TYPED | whole | {"form_key": key}
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(public.intake, "write", fail)
        answer = client.post(path(), sent)
    page = unescape(answer.content.decode())
    assert answer.status_code == code
    assert "All that you typed is on this page." in page
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in page
    assert f'action="{path()}"' in page
    assert "<b>so many" not in answer.content.decode()
    assert client.post(path(), sent).status_code == 303
    assert str(Pitch.objects.get().form_key) == key


def test_an_error_elsewhere_repeats_nothing(client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError

    client.raise_request_exception = False
    monkeypatch.setattr("pitches.web.find.finding.ask", fail)
    answer = client.post("/find", {"email": "elif@mosaic.example"})
    assert answer.status_code == 503
    assert "elif@mosaic.example" not in answer.content.decode()
    assert "kept on this device" in answer.content.decode()
