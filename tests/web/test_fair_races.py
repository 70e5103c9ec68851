"""A fair no that is pressed again while it is still being done."""

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.test import Client

from pitches import review
from pitches.models import Answer
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.races import race
from tests.web.test_fair import PATH, form, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_press_of_one_form_leaves_it_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they answer no more than one press may, and neither counts what the other is about to do."""
    page, real, begun, over = PageFactory(), review.many.answer_many, Event(), Event()
    PitchFactory.create_batch(
        5, door=DoorFactory(page=page), waiting=True, handed_in_at=clock.now() - timedelta(days=8)
    )
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(page.owner)
    said = form(clients[0])

    def slowly(*args: Any, **more: Any) -> review.Given:
        begun.set()
        assert over.wait(20)
        return real(*args, **more)

    def press(number: int) -> list[str]:
        assert not number or begun.wait(20)
        response = clients[number].post(PATH, said, follow=True)
        over.set()
        return told(response)

    monkeypatch.setattr("pitches.review.many.AT_MOST", 2)
    monkeypatch.setattr("pitches.review.many.TURNS", 2)
    monkeypatch.setattr("pitches.review.many.answer_many", slowly)
    first, second = race(press, 2)
    assert (first[0][:24], second) == ("4 pitches get a fair no.", ["This is still being done."])
    assert Answer.objects.count() == 4
    again = told(clients[1].post(PATH, said, follow=True))
    assert again == ["You had pressed already: 4 answers are in the house, and you can take all of them back."]
