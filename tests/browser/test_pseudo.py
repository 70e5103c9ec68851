"""Other languages need more room, or begin on the other side: no page gets wider than its screen."""

from typing import Any

import pytest

from portal.models import User
from tests.browser.test_owner_journey import sign_in
from tests.factories import MessageFactory
from tests.pseudo import pseudo  # noqa: F401 (a fixture)
from tests.test_urls import World

WIDER = "document.documentElement.scrollWidth > innerWidth"
PAGES = (
    *("public:page", "public:door", "public:report", "language", "agency:find"),
    *("agency:status", "agency:edit", "account_login"),
    *("desk:inbox", "desk:session", "desk:pitch", "desk:outgoing", "desk:follow_ups", "desk:people", "desk:person"),
    *("desk:doors", "desk:door_edit", "desk:keys", "desk:rules", "desk:plans", "desk:replies", "desk:hours"),
    *("desk:numbers", "desk:share", "desk:page_edit", "desk:assistants", "account_email", "mine:home"),
    *("desk:mail", "stop_digest", "public:watch_stop", "agency:reminders", "public:not_me"),
    *("operator:mail", "operator:kind", "operator:log", "own:data", "own:delete"),
)
KEY_PAGES = (
    *("public:page", "public:door", "agency:status", "desk:inbox", "desk:session", "desk:doors"),
    *("desk:mail", "stop_digest", "operator:mail", "operator:kind", "operator:log"),
)


@pytest.fixture
def world() -> World:
    return World()


def too_wide(person: Any, world: World, names: tuple[str, ...]) -> list[str]:
    """The pages that can be moved sideways."""
    found = []
    for name in names:
        person.open(world.path(name))
        if person.page.evaluate(WIDER):
            found.append(name)
    return found


def test_words_that_are_longer_stay_on_a_small_screen(hand: Any, world: World, pseudo: str) -> None:  # noqa: F811
    User.objects.update(language=pseudo, is_staff=True)
    MessageFactory(kind="digest", state="dead", error="550 5.1.1 no such mailbox")
    person = hand("desktop", cookies=sign_in(world.page))
    person.page.set_viewport_size({"width": 320, "height": 740})
    assert too_wide(person, world, PAGES) == []
    assert "⟦" in person.page.inner_text("main")


@pytest.mark.parametrize("width", [320, 1360])
def test_a_page_in_arabic_begins_on_the_right(hand: Any, world: World, settings: Any, width: int) -> None:
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("ar", "العربية")], "ar"
    User.objects.update(language="ar", is_staff=True)
    person = hand("desktop", cookies=sign_in(world.page))
    person.page.set_viewport_size({"width": width, "height": 860})
    assert too_wide(person, world, KEY_PAGES) == []
    assert person.page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
    person.open(world.path("desk:inbox"))
    rail = person.page.locator("nav.rail").bounding_box()
    assert rail["x"] > width / 2 or width == 320  # beside the page, or below it
