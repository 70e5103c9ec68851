"""From a link in a bio to a pitch on the ledge: phone, desktop, with and without JavaScript (docs/journeys.md)."""

import re
from typing import Any

import pytest

from pitches.models import Pitch, PitchState
from tests.browser.conftest import mailed_code, wait_for
from tests.factories import DoorFactory, PageFactory

ADDRESS = "elif@mosaic.example"
LINE = "Survey: why 1,200 people mute brands on purpose"
WHY = (
    "The question your readers ask most, put to 1,200 people in four countries. "
    "Questionnaire and weights included, and the results that went badly, too."
)
# Palin et al. 2019: 36.2 words a minute on a phone, five characters a word; a tap is 1.2 s, fetching a code 15 s,
# reading the street, the fit lists and the preview 57 s (the budget of the journey).
PER_CHARACTER, PER_TAP, CODE, READING = 60 / (36.2 * 5), 1.2, 15, 57


@pytest.fixture
def door() -> Any:
    page = PageFactory(handle="maya", name="Maya Lind")
    return DoorFactory(page=page, slug="original-research", name="Original research")


def fill(hand: Any) -> None:
    page = hand.page
    hand.write(page.get_by_label("In one line, what is it?"), LINE)
    hand.write(page.get_by_label("readers care"), WHY)
    hand.write(page.get_by_label(re.compile("A link that")), "mosaic.example/mute")
    hand.tap(page.get_by_text("Write about it, or not"))
    hand.tap(page.get_by_text("A client"))
    hand.write(page.get_by_label("Your name"), "Elif Kaya")
    hand.write(page.get_by_label("Agency or company"), "Mosaic Research")
    hand.write(page.get_by_label("Work email"), ADDRESS)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_an_agency_leaves_a_pitch_within_the_gates(hand: Any, door: Any, screen: str, script: bool) -> None:
    person = hand(screen, script=script)
    person.open("/@maya")
    person.tap(person.link("Original research"))
    fill(person)
    person.tap(person.button(re.compile("See how Maya reads it")))
    person.page.get_by_role("heading", name=re.compile("This is how Maya will read it")).wait_for()
    person.write(person.page.get_by_label("Code from the email"), mailed_code(ADDRESS))
    person.tap(person.button("Leave it on the ledge"))
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    pitch = wait_for(lambda: Pitch.objects.filter(state=PitchState.WAITING).first())
    assert (pitch.line, pitch.lane, pitch.sender.email) == (LINE, "first_knock", ADDRESS)
    assert person.page.get_by_text(pitch.code).first.is_visible()
    assert person.loads <= 5
    assert person.taps <= 15
    assert person.typed * PER_CHARACTER + person.taps * PER_TAP + CODE + READING <= 240
    assert person.strangers == []


def test_a_second_pitch_from_the_same_device_needs_no_code(hand: Any, door: Any) -> None:
    DoorFactory(page=door.page, slug="events", name="Events")
    person = hand("phone")
    person.open("/@maya/original-research")
    fill(person)
    person.button(re.compile("See how Maya reads it")).tap()
    person.page.get_by_label("Code from the email").fill(mailed_code(ADDRESS))
    person.button("Leave it on the ledge").tap()
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    person.open("/@maya/events")
    assert person.page.get_by_label("Work email").input_value() == ADDRESS
    page, before, typed = person.page, person.taps, person.typed
    person.write(page.get_by_label("In one line, what is it?"), "A breakfast on consent, with the raw data")
    person.write(page.get_by_label("readers care"), WHY)
    person.write(page.get_by_label(re.compile("A link that")), "mosaic.example/breakfast")
    person.tap(page.get_by_text("A quote"))
    person.tap(page.get_by_text("A client"))
    person.tap(person.button(re.compile("See how Maya reads it")))
    assert page.get_by_label("Code from the email").count() == 0
    person.tap(person.button("Leave it on the ledge"))
    page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    taps = person.taps - before
    assert taps <= 7
    assert (person.typed - typed) * PER_CHARACTER + taps * PER_TAP + READING <= 150


REACHED = """(wanted) => {
  const here = document.activeElement;
  if (here !== wanted && !(here.type === "radio" && here.name === wanted.name)) return "";
  const shown = here.type === "radio" ? here.closest("label") : here, box = shown.getBoundingClientRect();
  const lit = (part, pseudo) => getComputedStyle(part, pseudo).outlineStyle !== "none";
  const seen = lit(shown) || lit(here) || lit(here, "::after");
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 24) / 2);
  return !seen ? "no outline" : shown.contains(over) || over?.contains(shown) ? "reached" : `under ${over?.className}`;
}"""


def tab_to(page: Any, target: Any) -> None:
    """Press Tab until the target has the focus, where it can be seen and nothing lies over it."""
    wanted = target.element_handle()
    for _key in range(60):
        page.keyboard.press("Tab")
        if state := page.evaluate(REACHED, wanted):
            assert state == "reached"
            return
    raise AssertionError("Tab does not lead there.")


def press_on(page: Any, target: Any, key: str) -> None:
    tab_to(page, target)
    page.keyboard.press(key)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_keyboard_alone_is_enough(hand: Any, door: Any, script: bool) -> None:
    person = hand("desktop", script=script)
    page = person.page
    person.open("/@maya")
    press_on(page, person.link("Original research"), "Enter")
    page.get_by_role("heading", name="Original research").wait_for()
    typed = {
        "In one line, what is it?": LINE,
        "readers care": WHY,
        "A link that": "mosaic.example/mute",
        "Write about it, or not": " ",
        "A client": " ",
        "Your name": "Elif Kaya",
        "Agency or company": "Mosaic Research",
        "Work email": ADDRESS,
    }
    for label, text in typed.items():
        tab_to(page, page.get_by_label(re.compile(label)))
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("This is how Maya will read it")).wait_for()
    tab_to(page, page.get_by_label("Code from the email"))
    page.keyboard.type(mailed_code(ADDRESS))
    press_on(page, person.button("Leave it on the ledge"), "Enter")
    page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    assert Pitch.objects.get().ask == "write"
    assert Pitch.objects.get().payer == "client"


def test_a_plain_door_asks_for_at_most_nine_answers(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    person.button(re.compile("See how Maya reads it")).tap()
    person.page.get_by_role("heading", name="There is a problem").wait_for()
    assert person.page.locator(".summary li").count() <= 8, "and the code is the ninth"


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_no_page_of_the_agency_has_an_accessibility_violation(hand: Any, door: Any, screen: str) -> None:
    person = hand(screen)
    person.open("/@maya")
    person.axe_by_day_and_night()
    person.link("Original research").click()
    person.axe_by_day_and_night()
    person.button(re.compile("See how Maya reads it")).click()
    person.page.get_by_role("heading", name="There is a problem").wait_for()
    assert person.page.title().startswith("Error:")
    person.axe_by_day_and_night()
    fill(person)
    person.button(re.compile("See how Maya reads it")).click()
    code = person.page.get_by_label("Code from the email")
    code.fill("000000")
    person.axe_by_day_and_night()
    code.fill(mailed_code(ADDRESS))
    person.button("Leave it on the ledge").click()
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    person.axe_by_day_and_night()


def test_what_was_typed_is_still_there_after_a_reload(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/original-research")
    person.page.get_by_label("In one line, what is it?").fill(LINE)
    person.page.get_by_text("Draft saved on this device").wait_for()
    person.page.reload()
    assert person.page.get_by_label("In one line, what is it?").input_value() == LINE
