"""The doors of the desk under a real finger: the switch, its undo, the drag, topics; and without a script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from pitches.models import Door, Page
from tests.browser.conftest import Hand, wait_for
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory


@pytest.fixture
def page() -> Page:
    found: Page = PageFactory(handle="maya", name="Maya Lind")
    for place, (slug, name) in enumerate((("data", "Data"), ("events", "Events"), ("guests", "Guests"))):
        DoorFactory(page=found, slug=slug, name=name, position=place)
    PitchFactory(door=found.doors.get(slug="data"), waiting=True)
    return found


def state(slug: str) -> str:
    return Door.objects.get(slug=slug).state


def order(page: Page) -> list[str]:
    return list(page.doors.hung().values_list("slug", flat=True))


def switch(person: Hand, door: str) -> Any:
    return person.page.get_by_role("group", name=f"{door} is")


@pytest.mark.parametrize("script", [True, False])
def test_one_tap_turns_a_door_and_one_turns_it_back(hand: Callable[..., Hand], page: Page, script: bool) -> None:
    person = hand("phone", script=script, cookies=sign_in(page))
    person.open("/desk/doors")
    person.tap(switch(person, "Data").get_by_role("button", name="Closed"))
    expect(person.page.locator(".toast")).to_contain_text("Data: closed. 1 pitch keeps waiting.")
    assert state("data") == "closed"
    expect(switch(person, "Data").get_by_role("button", name="Closed")).to_be_focused()
    if script:
        assert person.loads == 1
        expect(person.page.locator("#live")).to_have_text("Data: closed. 1 pitch keeps waiting.")
    person.tap(person.button("Undo"))
    expect(switch(person, "Data").get_by_role("button", name="Open")).to_have_attribute("aria-pressed", "true")
    assert state("data") == "open"
    if script:
        person.axe()


@pytest.mark.parametrize("script", [True, False])
def test_until_asks_for_its_date(hand: Callable[..., Hand], page: Page, script: bool) -> None:
    person = hand("phone", script=script, cookies=sign_in(page))
    person.open("/desk/doors")
    person.tap(switch(person, "Events").get_by_role("link", name="Until"))
    person.tap(person.button(re.compile("Keep ?: Events")))
    expect(person.page.locator("#door-events .chip").first).to_contain_text("Open until")
    assert state("events") == "until"


def test_a_door_moves_by_button_and_keeps_the_focus(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/doors")
    person.tap(person.button("Move Guests up"))
    assert wait_for(lambda: order(page) == ["data", "guests", "events"])
    expect(person.button("Move Events down")).to_be_disabled()
    expect(person.button("Move Guests up")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(person.button("Move Guests down")).to_be_focused()
    assert order(page) == ["guests", "data", "events"]


def test_a_door_is_dragged_to_its_place(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/doors")
    grip, last = (person.page.locator(f"#door-{slug} [data-grip]") for slug in ("data", "guests"))
    start, end = grip.bounding_box(), last.bounding_box()
    assert start is not None
    assert end is not None
    person.page.mouse.move(start["x"] + 5, start["y"] + 5)
    person.page.mouse.down()
    person.page.mouse.move(end["x"] + 5, end["y"] + 60, steps=8)
    person.page.mouse.up()
    assert wait_for(lambda: order(page) == ["events", "guests", "data"])
    expect(person.page.locator("[data-slug]").last).to_have_attribute("data-slug", "data")


def test_whoever_was_signed_out_meanwhile_is_led_to_the_sign_in(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/doors")
    person.page.context.clear_cookies(name="session")
    person.page.context.clear_cookies(name="sessionid")
    person.tap(switch(person, "Data").get_by_role("button", name="Closed"))
    person.page.wait_for_url("**/account/login/**")
    assert state("data") == "open"


def test_a_topic_names_a_new_door(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("phone", cookies=sign_in(page))
    person.open("/desk/doors/new")
    person.write(person.page.get_by_label("Look for a topic"), "artificial")
    person.page.keyboard.press("Enter")
    person.tap(person.page.get_by_text("Technology & Computing › Artificial Intelligence"))
    expect(person.page.get_by_label("Name", exact=True)).to_have_value("Artificial Intelligence")
    person.axe()
    person.tap(person.button("Hang it").last)
    expect(person.page.locator("#door-artificial-intelligence")).to_be_visible()
    assert Door.objects.get(slug="artificial-intelligence").topic == "597"


def test_more_places_are_one_tap_away_on_a_phone(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("phone", script=False, cookies=sign_in(page))
    person.open("/desk/doors")
    shown = person.page.get_by_role("navigation", name="Desk").locator(":is(a, button):visible")
    assert shown.count() == 5
    person.tap(person.button("More"))
    person.tap(person.link("Follow-ups"))
    expect(person.page.get_by_role("heading", name="Follow-ups")).to_be_visible()


def test_the_other_window_is_told_in_place(hand: Callable[..., Hand], page: Page) -> None:
    first, second = (hand("desktop", cookies=sign_in(page)) for _window in range(2))
    for person in (first, second):
        person.open("/desk/doors/data")
    first.write(first.page.get_by_label("Name", exact=True), "Figures")
    first.tap(first.button("Keep").last)
    first.page.wait_for_url("**/desk/doors?*")
    second.write(second.page.get_by_label("Name", exact=True), "Numbers")
    second.tap(second.button("Keep").last)
    expect(second.page.get_by_role("heading", name="Another window changed this door")).to_be_focused()
    expect(second.page.locator("#meanwhile")).to_contain_text("Figures")
    second.axe()
    second.tap(second.button("Keep").last)
    second.page.wait_for_url("**/desk/doors?*")
    assert Door.objects.get(slug="data").name == "Numbers"
