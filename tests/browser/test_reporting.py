"""A page is reported, looked at by an operator, taken down and answered: by finger, by keyboard, without a script."""

from typing import Any

import pytest
from playwright.sync_api import expect

from pitches import doors
from pitches.models import Page, Report
from tests.browser.conftest import Hand
from tests.browser.test_keys_alone import Keys
from tests.browser.test_operators import sign_in as sign_in_operator
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, ReportFactory, UserFactory

LONG = "rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz" * 3


@pytest.fixture
def page() -> Page:
    found = PageFactory(handle="m" * 30)
    DoorFactory(page=found, slug="research")
    return found


def fits_everywhere(person: Hand, path: str) -> None:
    """No violation by day and at night, nothing wider than a small screen, from the left and from the right."""
    person.open(path)
    person.axe_by_day_and_night()
    size = person.page.viewport_size
    person.page.set_viewport_size({"width": 320, "height": 740})
    for turned in ("rtl", "ltr"):
        person.page.evaluate("turned => { document.documentElement.dir = turned }", turned)
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, turned)
    person.page.set_viewport_size(size)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_each_page_is_for_everybody(hand: Any, page: Page, screen: str) -> None:
    ReportFactory(page=page, words=LONG, kind="abuse", email=f"{'e' * 60}@mosaic-research.example")
    ReportFactory(page=page, settled_at=page.published_at, note=LONG[:190], settled_by=UserFactory())
    person = hand(screen, cookies=sign_in_operator())
    path = f"/report/@{page.handle}"
    for one in (path, f"{path}?sent=1", "/operator/reports", "/operator/reports?show=settled"):
        fits_everywhere(person, one)
    person.open(path)
    for button in ("Send the report", "Settle"):
        person.tap(person.button(button))
        person.page.locator("#problems").wait_for()
        person.axe()
        person.open("/operator/reports")
    person.tap(person.page.get_by_text("Take the page down").first)
    person.axe()
    doors.take_page_down(page, LONG, by=None)
    owner = hand(screen, cookies=sign_in(page))
    for one in ("/desk/page", "/desk/inbox"):
        fits_everywhere(owner, one)
    assert person.strangers == owner.strangers == []


def test_a_phone_without_a_script_finds_the_way_and_mends_what_is_wrong(hand: Any, page: Page) -> None:
    person = hand("phone", script=False)
    person.open(f"/@{page.handle}")
    person.tap(person.link("Report this page"))
    person.tap(person.button("Send the report"))
    expect(person.page.locator("#problems")).to_contain_text("Choose what is wrong.")
    person.tap(person.page.get_by_text("It is abusive, or against the law"))
    person.write(person.page.get_by_label("What have you seen"), "It says where I live.")
    person.page.wait_for_timeout(1100)  # sooner it is a machine
    person.tap(person.button("Send the report"))
    person.page.get_by_role("heading", name="Received. Thank you.").wait_for()
    assert list(Report.objects.values_list("kind", "words", "email")) == [("abuse", "It says where I live.", "")]


def test_a_keyboard_is_enough_to_send_to_settle_and_to_take_down(hand: Any, page: Page) -> None:
    visitor = hand("desktop")
    visitor.open(f"/@{page.handle}")
    keys = Keys(visitor)
    keys.reach("a[href^='/report/']")
    keys.press("Enter")
    visitor.page.wait_for_url("**/report/**")
    keys.reach("[name=kind]")
    keys.press("Space", "ArrowDown")
    keys.reach("[name=words]")
    keys.type("It is no page of mine.")
    visitor.page.wait_for_timeout(1100)
    keys.reach("main button[type=submit]")
    keys.press("Enter")
    visitor.page.get_by_role("heading", name="Received. Thank you.").wait_for()
    assert Report.objects.get().kind == "abuse"

    operator = hand("desktop", cookies=sign_in_operator())
    operator.open("/operator/reports")
    keys = Keys(operator)
    keys.reach("summary")
    keys.press("Enter")
    keys.reach("[name=why]")
    keys.type("It says where somebody lives.")
    keys.reach("details button")
    keys.press("Enter")
    expect(operator.page.locator(".messages")).to_contain_text("The page is down.")
    keys.reach("[name=note]")
    keys.type("Taken down")
    keys.press("Enter")
    expect(operator.page.locator(".messages")).to_contain_text("1 report is settled.")

    owner = hand("desktop", cookies=sign_in(page))
    owner.open("/desk/inbox")
    owner.link("Answer them").click()
    expect(owner.page.locator("#down")).to_be_visible()
    owner.page.get_by_label("Your answer").fill("The address is gone.")
    owner.button("Send the answer").click()
    expect(owner.page.locator(".messages")).to_contain_text("Sent.")
    assert Report.objects.filter(settled_at=None).get().kind == "answer"
