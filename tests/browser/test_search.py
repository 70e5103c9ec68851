"""Search by keys: the slash leads to the field, what matched is marked, and nothing is in anybody’s way."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Hand
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory


def test_the_slash_leads_to_the_field_and_the_words_are_marked(hand: Callable[..., Hand]) -> None:
    page = PageFactory(handle="maya", name="Maya Lind")
    door = DoorFactory(page=page)
    PitchFactory(door=door, waiting=True, line="Measuring widgets in four countries", sender__name="Priya Nair")
    PitchFactory(door=door, quarantine=True, line="Something else")
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/inbox")
    keys = person.page.keyboard
    keys.press("/")
    expect(person.page.get_by_role("searchbox")).to_be_focused()
    keys.type("measure nai")
    keys.press("Enter")
    expect(person.page.locator(".mail mark")).to_have_text(["Measuring", "Nair"])
    person.axe()
    person.page.emulate_media(color_scheme="dark")
    person.axe()
    person.open("/desk/inbox?q=xylophone")
    expect(person.page.get_by_text("Nothing found.").first).to_be_visible()
    person.axe()
