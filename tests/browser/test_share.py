"""The share kit in a real browser: both themes, 320 px, right to left, words of any length, and the copy button."""

from typing import Any

import pytest

from pitches.doors import deflecting
from pitches.models import Came
from portal import clock
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsges"


@pytest.fixture
def pitch() -> Any:
    """A pitch that came from a message, from an agency with a long name."""
    door = DoorFactory(page=PageFactory(handle="maya", name=LONG), slug="research", name=LONG)
    link = deflecting.make(door, f"{LONG} {LONG}"[:120], Came.MESSAGE, door.page.local_date(clock.now()))
    return PitchFactory(waiting=True, door=door, reply_link=link, came_from="message", company=LONG, line="w" * 90)


def test_everybody_can_use_it_on_any_screen(hand: Any, pitch: Any) -> None:
    person = hand("desktop", cookies=sign_in(pitch.page))
    person.page.set_viewport_size({"width": 320, "height": 800})
    agency, reply = pitch.sender.agency_id, pitch.reply_link_id
    wide = []
    for path in ("/desk/share", f"/desk/share/reply/{reply}", f"/desk/agencies/{agency}"):
        person.open(path)
        person.axe_by_day_and_night()
        for turned in ("ltr", "rtl"):
            person.page.evaluate(f"document.documentElement.dir = '{turned}'")
            if person.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((path, turned))
    person.open("/desk/share")
    person.button("Make my answer").click()
    person.page.get_by_role("heading", name="There is a problem").wait_for()
    person.axe_by_day_and_night()
    assert (wide, person.strangers) == ([], [])


def test_a_text_is_copied_with_one_click(hand: Any, pitch: Any) -> None:
    person = hand("desktop", cookies=sign_in(pitch.page))
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.open("/desk/share")
    person.button("Copy: For your bio").click()
    person.page.get_by_text("Copied").first.wait_for()
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"Pitches: {person.base}/@maya?from=bio"


def test_without_a_script_there_is_no_dead_button(hand: Any, pitch: Any) -> None:
    person = hand("phone", script=False, cookies=sign_in(pitch.page))
    person.open("/desk/share")
    assert person.page.locator("[data-copy]:visible").count() == 0
    person.page.locator("#where_door").select_option("research")
    person.button("Show").click()
    assert person.page.locator("#message").inner_text().endswith("/@maya/research?from=message")
    person.link("Short").click()
    assert person.page.locator("#message").inner_text().startswith("Pitches come through my page")
