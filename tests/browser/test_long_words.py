"""A stranger's words may be of any length and script: no page gets wider than its screen."""

from typing import Any

import pytest

from pitches.models import Pitch
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory

NAME = "محمد" + "ع" * 40
COMPANY = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau"
DOOR = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsges"


@pytest.fixture
def pitch() -> Pitch:
    door = DoorFactory(page=PageFactory(handle="maya", name="Maya Lind"), slug="long", name=DOOR)
    return PitchFactory(waiting=True, door=door, name=NAME, company=COMPANY, line="w" * 90, why="x" * 240)


@pytest.mark.parametrize("width", [320, 1360])
def test_long_words_stay_on_the_page(hand: Any, pitch: Pitch, width: int) -> None:
    person = hand("desktop", cookies=sign_in(pitch.page))
    person.page.set_viewport_size({"width": width, "height": 860})
    wide = []
    for path in ("/@maya", "/@maya/long", f"/p/{pitch.token}", "/desk/inbox", f"/desk/pitch/{pitch.code}"):
        person.open(path)
        if person.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    person.open("/desk/inbox")
    person.button("Start reading").first.click()
    person.page.get_by_text("1 of 1").first.wait_for()
    if person.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wide.append("/desk/session")
    assert wide == []
