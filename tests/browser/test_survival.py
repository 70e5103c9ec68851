"""A draft on the device outlives what goes wrong: a network, a second tab, a closed door, a hasty leave."""

import re
from typing import Any

import pytest
from django.core import mail

from pitches.models import Door, Draft, Pitch, Watch
from tests.browser.conftest import mailed_code, wait_for
from tests.browser.test_agency_journey import ADDRESS, LINE, WHY, fill
from tests.factories import DoorFactory, PageFactory

NEXT = re.compile("See how Maya reads it")
KEEP = "Mail me a link to go on later"


@pytest.fixture
def door() -> Any:
    page = PageFactory(handle="maya", name="Maya Lind")
    return DoorFactory(page=page, slug="original-research", name="Original research")


def line_of(page: Any) -> Any:
    return page.get_by_label("In one line, what is it?")


def why_of(page: Any) -> Any:
    return page.get_by_label("readers care")


def mailed_link(address: str) -> str:
    found = wait_for(lambda: [one for one in mail.outbox if address in one.to and "/d/" in one.body])
    return re.search(r"(/d/\S+)", found[-1].body)[1]


def test_without_a_network_nothing_is_sent_and_it_is_said_in_place(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    fill(person)
    person.page.context.set_offline(True)
    person.button(NEXT).tap()
    said = person.page.get_by_text("You are offline, so nothing was sent.")
    said.wait_for()
    person.axe()
    assert line_of(person.page).input_value() == LINE
    person.page.context.set_offline(False)
    wait_for(lambda: not said.is_visible())
    person.button(NEXT).tap()
    person.page.get_by_role("heading", name=re.compile("This is how Maya will read it")).wait_for()
    assert Pitch.objects.get().line == LINE


def test_two_tabs_lose_nothing_of_each_other(hand: Any, door: Any) -> None:
    one = hand("desktop")
    one.open("/@maya/original-research")
    other = one.page.context.new_page()
    other.goto(one.page.url)
    line_of(one.page).fill(LINE)
    one.page.get_by_text("Draft saved on this device").wait_for()
    why_of(other).fill(WHY)
    other.get_by_text("Draft saved on this device").wait_for()
    third = one.page.context.new_page()
    third.goto(one.page.url)
    assert (line_of(third).input_value(), why_of(third).input_value()) == (LINE, WHY)


def test_who_leaves_in_the_middle_of_a_word_finds_it_again(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    line_of(person.page).fill(LINE)
    person.open("/@maya")
    person.open("/@maya/original-research")
    assert line_of(person.page).input_value() == LINE


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_draft_goes_by_mail_from_a_desk_to_a_phone(hand: Any, door: Any, script: bool) -> None:
    desk = hand("desktop", script=script)
    desk.open("/@maya/original-research")
    line_of(desk.page).fill(LINE)
    desk.page.get_by_label("A link that").fill("not finished")
    desk.button(KEEP).click()
    desk.page.get_by_role("heading", name="There is a problem").wait_for()
    assert line_of(desk.page).input_value() == LINE
    desk.page.get_by_label("Work email").fill(ADDRESS)
    desk.button(KEEP).click()
    desk.page.locator("main").get_by_text(re.compile(r"^Kept until")).wait_for()
    assert line_of(desk.page).input_value() == LINE
    if script:
        desk.axe()
    phone = hand("phone", script=script)
    phone.open(mailed_link(ADDRESS))
    assert line_of(phone.page).input_value() == LINE
    assert phone.page.get_by_label("A link that").input_value() == "not finished"
    fill(phone)
    phone.button(NEXT).tap()
    phone.page.get_by_label("Code from the email").fill(mailed_code(ADDRESS))
    phone.button("Leave it on the ledge").tap()
    phone.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    desk.open(mailed_link(ADDRESS))
    desk.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    assert Pitch.objects.count() == 1


def test_a_door_that_closes_meanwhile_leaves_the_text_and_a_way_on(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    fill(person)
    Door.objects.update(state="closed")
    person.button(NEXT).tap()
    person.page.get_by_text("The door closed while you were writing.").wait_for()
    person.axe()
    assert line_of(person.page).input_value() == LINE
    person.button("Keep the draft, and tell me when it opens").tap()
    person.page.locator("main").get_by_text("two emails are on their way").wait_for()
    assert line_of(person.page).input_value() == LINE
    assert (Draft.objects.count(), Watch.objects.count()) == (1, 1)


def test_what_is_gone_on_with_does_not_mix_with_another_draft_of_this_device(hand: Any, door: Any) -> None:
    desk, phone = hand("desktop"), hand("phone")
    desk.open("/@maya/original-research")
    line_of(desk.page).fill(LINE)
    desk.page.get_by_label("Work email").fill(ADDRESS)
    desk.button(KEEP).click()
    desk.page.locator("main").get_by_text(re.compile(r"^Kept until")).wait_for()
    phone.open("/@maya/original-research")
    why_of(phone.page).fill("Something else altogether")
    phone.page.get_by_text("Draft saved on this device").wait_for()
    phone.open(mailed_link(ADDRESS))
    assert (line_of(phone.page).input_value(), why_of(phone.page).input_value()) == (LINE, "")


def test_a_button_that_is_pressed_after_a_slip_in_the_address_is_pressed(hand: Any, door: Any) -> None:
    person = hand("desktop")
    person.open("/@maya/original-research")
    email = person.page.get_by_label("Work email")
    email.fill("elif@gmial.com")
    email.blur()
    person.page.get_by_role("button", name="gmail.com").wait_for()
    email.focus()
    person.button(KEEP).click()
    person.page.locator("main").get_by_text(re.compile(r"^Kept until")).wait_for()


def test_the_list_of_a_mailbox_comes_by_mail(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    fill(person)
    person.button(NEXT).tap()
    person.page.get_by_label("Code from the email").fill(mailed_code(ADDRESS))
    person.button("Leave it on the ledge").tap()
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    lost = hand("phone")
    lost.open("/@maya")
    lost.link("Find my pitch").tap()
    lost.page.get_by_role("heading", name="Find my pitch").wait_for()
    lost.axe()
    lost.page.get_by_label("The work email that you pitched from").fill(ADDRESS)
    lost.button("Send me the link").tap()
    lost.page.get_by_text("We have noted it.").wait_for()
    found = wait_for(lambda: [one for one in mail.outbox if "/find/" in one.body])
    lost.open(re.search(r"(/find/\S+)", found[-1].body)[1])
    lost.axe()
    lost.link(LINE).tap()
    lost.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
