"""Whoever waits for a code at an address that takes none is told so, where they wait."""

import pytest
from django.urls import reverse

from pitches import suppression
from pitches.models import Message, Refusal
from pitches.notify import delivery
from portal import clock
from tests.notify.sending import code

pytestmark = pytest.mark.django_db
SAID = "We could not deliver to"


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_at(clock.now()):
        yield


def page_of(client, message: Message) -> str:
    return client.get(reverse("agency:check", args=[message.pitch.token])).content.decode()


def test_a_code_that_came_back_is_said_with_the_way_on(client, sink):
    message = code(email="elif@mosaic.exmaple")
    assert SAID not in page_of(client, message)
    sink.modes = ["550"]
    delivery.deliver("soon")
    said = page_of(client, message)
    assert SAID in said
    assert "#id_email" in said.split(SAID)[1][:300]


def test_so_is_one_that_the_provider_did_not_even_try(client):
    message = code(email="elif@mosaic.exmaple")
    Message.objects.filter(pk=message.pk).update(state="dead")
    message.tries.create(outcome="refused")
    assert SAID not in page_of(client, message)
    suppression.suppress("elif@mosaic.exmaple", Refusal.BOUNCE)
    assert SAID in page_of(client, message)


def test_so_is_one_that_was_not_sent_because_earlier_mail_came_back(client, sink):
    message = code(email="elif@mosaic.exmaple")
    suppression.suppress("elif@mosaic.exmaple", Refusal.BOUNCE)
    delivery.deliver("soon")
    assert SAID in page_of(client, message)
    assert not sink.mails


def test_of_a_complaint_and_of_a_pause_of_ours_nothing_is_said(client, sink):
    message = code(email="elif@mosaic.exmaple")
    suppression.suppress("elif@mosaic.exmaple", Refusal.COMPLAINT)
    delivery.deliver("soon")
    assert SAID not in page_of(client, message)


def test_another_address_is_another_story(client, sink):
    message = code(email="elif@mosaic.exmaple")
    sink.modes = ["550"]
    delivery.deliver("soon")
    message.pitch.email = "elif@mosaic.example"
    message.pitch.save(update_fields=["email"])
    assert SAID not in page_of(client, message)
