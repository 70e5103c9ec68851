"""From signing up to a shared link: how many clicks, how much typing, how long."""

from typing import Any

import pytest

from pitches.models import Door, Page
from tests.browser.conftest import mailed_code

MAIL = "maya@lind.example"
# A model of a person on a phone: seconds for a character (36.2 words a minute, Palin 2019), a tap, a decision; signing
# up by a mailed code counts 45 s in all.
CHARACTER, TAP, DECISION, SIGN_UP = 60 / (36.2 * 5), 1.2, 1.35, 45
DECISIONS = 5
WORDS = 120  # read on the way, at 238 words a minute (Brysbaert 2019)
NO_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def sign_up(person: Any) -> None:
    person.open("/account/signup/")
    person.write(person.page.get_by_label("Email"), MAIL)
    person.tap(person.button("Send me a code"))
    person.page.get_by_role("heading", name="Enter your code").wait_for()
    person.write(person.page.locator("[autocomplete=one-time-code]"), mailed_code(MAIL))
    person.tap(person.button("Go in"))
    person.page.get_by_role("heading", name="Let us hang your doors").wait_for()


@pytest.mark.parametrize(
    ("screen", "script"), [("phone", True), ("phone", False), ("desktop", True)], ids=["phone", "no-script", "desktop"]
)
def test_from_sign_up_to_a_shared_link(hand: Any, screen: str, script: bool) -> None:
    person = hand(screen, script=script)
    sign_up(person)
    page = person.page
    person.write(page.get_by_label("Your name"), "Maya Lind")
    person.write(page.get_by_label("What you do, in one line"), "The Long Funnel, every Thursday")
    for topic in ("Original research", "Sponsorships"):
        person.tap(page.get_by_text(topic, exact=True).first)
    if script:
        page.locator(".pv").get_by_text("Sponsorships").wait_for()
        assert page.locator(".pv .door").count() == 2
        assert page.locator(".pv").get_by_text("The Long Funnel, every Thursday").is_visible()
        assert page.get_by_text("London time,").is_visible()
        assert not page.get_by_label("Your time zone").is_visible()
    assert page.evaluate(NO_SIDEWAYS) if script else True
    person.tap(person.button("Put my page up"))
    page.get_by_role("heading", name="Send them to the door").wait_for()
    link = page.locator("#link").text_content()
    assert link is not None
    assert link.strip().endswith("/@maya")
    if script:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.tap(page.locator("[data-copy='#link']"))
    assert person.taps <= 10
    assert person.typed <= 150
    model = SIGN_UP + person.typed * CHARACTER + person.taps * TAP + DECISIONS * DECISION + WORDS / 238 * 60
    assert model <= 180
    assert person.strangers == []
    assert Page.objects.get().published_at is not None
    assert set(Door.objects.values_list("state", flat=True)) == {"open"}


def test_the_handle_is_looked_at_while_it_is_typed(hand: Any) -> None:
    person = hand("desktop")
    sign_up(person)
    page = person.page
    page.get_by_text("@maya is free").wait_for()
    for typed, said in (
        ("admin", "This address is reserved."),
        ("ma ya", "Use small letters"),
        ("mara", "@mara is free"),
    ):
        page.get_by_label("Your short address").fill(typed)
        page.get_by_text(said).first.wait_for()


def test_no_page_here_has_an_accessibility_violation(hand: Any) -> None:
    person = hand("phone")
    sign_up(person)
    person.axe_by_day_and_night()
    person.button("Put my page up").tap()  # nothing is ticked yet
    person.page.get_by_role("heading", name="There is a problem").wait_for()
    person.axe_by_day_and_night()
    person.page.get_by_label("Your name").fill("Maya Lind")
    person.page.get_by_text("Original research", exact=True).first.tap()
    person.button("Put my page up").tap()
    person.page.get_by_role("heading", name="Send them to the door").wait_for()
    for path in ("/desk/page", "/desk/hours"):
        person.open(path)
        person.page.set_viewport_size({"width": 320, "height": 640})
        for fold in person.page.locator("details summary").all():
            fold.click()
        assert person.page.evaluate(NO_SIDEWAYS), path
        person.axe_by_day_and_night()
        person.page.evaluate("document.documentElement.dir = 'rtl'")
        assert person.page.evaluate(NO_SIDEWAYS), path
        person.axe()
        person.button("Keep").tap()
        person.page.get_by_text("Kept.").first.wait_for()
    person.page.locator("summary").first.tap()
    person.page.get_by_label("Pitches in one session").fill("0")
    person.button("Keep").tap()
    person.page.get_by_role("heading", name="There is a problem").wait_for()
    person.axe_by_day_and_night()


def test_the_preview_follows_what_is_typed_at_the_desk(hand: Any) -> None:
    person = hand("desktop")
    sign_up(person)
    person.page.get_by_label("Your name").fill("Maya Lind")
    person.page.get_by_text("Original research", exact=True).first.click()
    person.button("Put my page up").click()
    person.page.get_by_role("heading", name="Send them to the door").wait_for()
    person.open("/desk/page")
    person.page.get_by_label("The first line of your page").fill("Knock twice.")
    person.page.locator(".pv").get_by_text("Knock twice.").wait_for()
    person.page.get_by_text("Plum", exact=True).click()
    person.page.locator(".pv .p-plum").wait_for()
    assert Page.objects.get().headline != "Knock twice."
    assert person.strangers == []
