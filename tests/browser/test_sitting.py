"""A network that goes away between two keys, and the way back to what was answered."""

from typing import Any

from django.test import Client

from pitches.models import Answer, Pitch
from tests.factories import DoorFactory, PageFactory, PitchFactory

LOST = "No connection, so this answer has not been kept yet. It is tried again when you are back."


def sign_in(page: Any) -> dict[str, str]:
    client = Client()
    client.force_login(page.owner, backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def kept() -> list[tuple[str, str]]:
    return list(Answer.objects.order_by("pk").values_list("kind", "text"))


def test_a_lost_network_loses_and_doubles_nothing_and_back_shows_the_answer(hand: Any) -> None:
    page = PageFactory(handle="maya", name="Maya Lind")
    PitchFactory.create_batch(3, waiting=True, door=DoorFactory(page=page))
    person = hand("desktop", cookies=sign_in(page))
    screen, keys = person.page, person.page.keyboard
    person.open("/desk/inbox")
    keys.press("s")
    screen.get_by_text("1 of 3").first.wait_for()
    screen.context.set_offline(True)
    keys.press("q")
    keys.type("Who paid for it?")
    keys.press("Enter")
    screen.locator("[data-problem]").get_by_text(LOST).wait_for()
    assert screen.locator("#live").text_content() == LOST
    assert (screen.locator("#ask_own").input_value(), kept()) == ("Who paid for it?", [])
    screen.context.set_offline(False)  # and it is tried again by itself
    screen.get_by_text("2 of 3").first.wait_for()
    assert kept() == [("ask", "Who paid for it?")]

    # The answer arrives, and the word that it did is lost: it is said once more, and is one answer.
    screen.route("**/answer/*", _lose_the_reply, times=1)
    keys.press("y")
    screen.get_by_text("3 of 3").first.wait_for()
    assert kept() == [("ask", "Who paid for it?"), ("yes", "")]
    assert screen.evaluate("document.activeElement.tagName") == "H1"

    screen.go_back()
    screen.get_by_text("Answered: Yes").wait_for()
    keys.press("z")
    screen.get_by_text("2 of 3").first.wait_for()
    assert Pitch.objects.waiting().count() == 2
    keys.press("j")
    screen.get_by_text("3 of 3").first.wait_for()
    assert screen.locator("#live").text_content() == "Passed over; it comes back at the end."
    assert screen.evaluate("document.activeElement.tagName") == "H1"
    person.axe()


def _lose_the_reply(route: Any) -> None:
    route.fetch()
    route.abort()
