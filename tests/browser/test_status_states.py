"""The twelve states of a pitch in a real browser: both themes, three widths, right to left, and on paper."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from tests.browser.conftest import Hand
from tests.factories import PitchFactory
from tests.twelve import DETAIL, HEADLINES, LINE, WHY, Twelve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NAMES = (*HEADLINES, "draft", "unverified", "blocked")
PAGE = re.compile(rb"/Type\s*/Page\b")
OVERFLOWS = "() => document.documentElement.scrollWidth > innerWidth"
# What has no place on paper: everything to press or to fill in, and pictures of doors.
LIVING = """() => [...document.querySelectorAll("button, input, textarea, select, form, svg.door, .btn")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length)
  .map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def twelve() -> Twelve:
    return Twelve()


def walk(person: Hand, twelve: Twelve) -> Iterator[str]:
    """Every state, opened once."""
    for name in NAMES:
        if name == "blocked":
            person.open(f"/d/{twelve.blocked.token}/check")
            person.page.get_by_label("Code from the email").fill(twelve.refused_code())
            person.button("Leave it on the ledge").click()
            person.page.get_by_text("does not take pitches from this address").first.wait_for()
        else:
            person.open(twelve.path(name))
        yield name


@pytest.mark.long
def test_every_state_can_be_read_by_everybody_on_any_screen(hand: Any, twelve: Twelve) -> None:
    person, found = hand("desktop"), []
    for name in walk(person, twelve):
        person.page.emulate_media(reduced_motion="reduce")
        person.axe_by_day_and_night()
        for width in (1360, 390, 320):
            person.page.set_viewport_size({"width": width, "height": 844})
            for turned in ("rtl", "ltr"):
                person.page.evaluate(f"document.documentElement.dir = '{turned}'")
                if person.page.evaluate(OVERFLOWS):
                    found.append((name, width, turned))
        if name in HEADLINES:
            assert person.page.get_by_role("heading", level=1).inner_text() == HEADLINES[name], name
        person.page.set_viewport_size({"width": 1360, "height": 844})
    assert (found, person.strangers) == ([], [])


# What the paper says of the outcome, in full.
OUTCOMES = {
    "waiting": ("Maya reads on", "Lisbon time", "Survey, all tables.pdf", "an answer at the latest"),
    "question": ("What does it cost them?", "Answer in a few lines by"),
    "yes": ("I will write about it in June.", "Maya has a note to come back to this by"),
    "no": ("The sample is what I miss.", "I could not find anything", "You may try again with proof"),
    "wrong_door": ("New in martech",),
    "taken_back": ("Undo until", "taken back"),
    "lapsed": ("Maya did not get to it by",),
    "blocked": ("Maya does not take pitches from this address",),
}


def test_every_state_is_one_sheet_of_paper(hand: Any, twelve: Twelve) -> None:
    person, sheets, living = hand("desktop"), {}, {}
    for name in walk(person, twelve):
        if name == "draft":
            continue  # a form; its paper is the page after it
        person.page.emulate_media(media="print")
        sheets[name] = len(PAGE.findall(person.page.pdf(format="A4")))
        living[name] = person.page.evaluate(LIVING)
        paper = " ".join(person.page.locator("main").inner_text().split())
        pitch = twelve.pitches.get(name)
        told = (pitch.code, HEADLINES[name], *DETAIL.split("\n\n")) if pitch else ()
        wanted = (f"{LINE} ({name})", WHY, *told, *OUTCOMES.get(name, ()))
        assert [words for words in wanted if words not in paper] == [], name
        assert not pitch or pitch.token not in paper
        person.page.emulate_media(media="screen")
    assert (set(sheets.values()), {name for name in living if living[name]}) == ({1}, set()), f"{sheets} {living}"


def test_printing_is_a_button_only_where_a_script_runs(hand: Any) -> None:
    path = reverse("agency:status", args=[PitchFactory(waiting=True).token])
    person = hand("phone", script=False)
    person.open(path)
    assert person.page.locator("[data-print]").is_visible() is False
    assert person.page.get_by_text("On paper it makes one sheet, without that link.").is_visible()
    other = hand("phone")
    other.page.add_init_script("window.print = () => { document.title = 'printed'; }")
    other.open(path)
    other.button("Print or save as PDF").tap()
    assert other.page.title() == "printed"
