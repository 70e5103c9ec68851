"""A network that goes away between two keys, and the way back to what was answered."""

from typing import Any

from django.test import Client

from pitches.models import Answer, Pitch
from tests.factories import DoorFactory, PageFactory, PitchFactory

BROKE = "Something broke here. Try again."
GO = {"i": "inbox", "o": "outgoing", "f": "follow-ups", "d": "doors", "h": "hours", "r": "rules", "s": "share"}
GO |= {"p": "people", "n": "numbers"}
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
    screen.wait_for_load_state()  # its keys are there
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


def test_slow_and_broken_are_said_and_g_leads_everywhere(hand: Any) -> None:
    page = PageFactory(handle="maya", name="Maya Lind")
    PitchFactory.create_batch(2, waiting=True, door=DoorFactory(page=page))
    person, stuck = hand("desktop", cookies=sign_in(page)), []
    screen, keys = person.page, person.page.keyboard
    screen.route("**/answer/*", lambda route: stuck.append(route), times=1)
    person.open("/desk/session")
    screen.locator(".pace [data-help]").wait_for()
    keys.press("s")
    screen.get_by_text("1 of 2").first.wait_for()
    screen.wait_for_load_state()  # its keys are there
    keys.press("y")
    yes = screen.locator(".answers [data-key=y]")
    screen.locator("#session[aria-busy=true] .answers [data-key=y][aria-disabled=true]").wait_for()
    assert yes.text_content() == "Sending…"
    keys.press("y")  # it is on its way already
    stuck[0].fulfill(status=500, body="")
    screen.locator("[data-problem]").get_by_text(BROKE).wait_for()
    assert screen.locator("#live").text_content() == BROKE
    assert yes.text_content().split() == ["Yes", "Y"]
    assert screen.locator("[aria-busy], .answers [aria-disabled]").count() == len(kept()) == 0
    screen.locator("[data-again]").click()
    screen.get_by_text("2 of 2").first.wait_for()
    assert kept() == [("yes", "")]

    for key, path in (("o", "outgoing"), ("f", "follow-ups"), ("n", "numbers"), ("i", "inbox")):
        keys.press("g")
        keys.press("x")  # leads nowhere, and the G is used up
        keys.press(key)
        keys.press("g")
        keys.press(key)
        screen.wait_for_url(f"**/desk/{path}")
    screen.locator("[data-search]").focus()
    keys.type("gogo")
    assert screen.url.endswith("/desk/inbox")
    asked = {link.get_attribute("data-go"): link.get_attribute("href") for link in screen.locator("[data-go]").all()}
    assert asked == {key: f"/desk/{path}" for key, path in GO.items()}


def _lose_the_reply(route: Any) -> None:
    route.fetch()
    route.abort()
