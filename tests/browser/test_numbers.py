"""The numbers in a real browser: both themes, 320 px and a desktop, right to left, tables open, colours forced."""

from datetime import timedelta
from typing import Any

import pytest

from pitches.models import Spent
from portal import clock
from tests.browser.test_owner_journey import sign_in
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsges"
STATES = ("accepted", "declined", "wrong_door", "lapsed", "asked", "later", "waiting")
# Where the first bar begins and ends, and whether a bar or a word stands outside of its card.
MEASURE = """() => {
    const parts = [...document.querySelector(".tally").children].map((one) => one.getBoundingClientRect());
    const cards = [...document.querySelectorAll(".figures > section")];
    const out = cards.flatMap((card) => [...card.querySelectorAll("p, a, span:not(.sr), .tally, .plot, h2, h3")]
        .filter((one) => {
            const [inner, outer] = [one.getBoundingClientRect(), card.getBoundingClientRect()];
            return inner.left < outer.left - 1 || inner.right > outer.right + 1;
        }));
    const names = out.map((one) => `${one.tagName} ${one.textContent}`);
    return [parts[0].left < parts.at(-1).left, names, document.documentElement.scrollWidth > innerWidth];
}"""


@pytest.fixture
def page() -> Any:
    door = DoorFactory(page=PageFactory(handle="maya", name=LONG), slug="research", name=LONG)
    for number, state in enumerate([*STATES, *STATES]):
        when = clock.now() - timedelta(days=5 * number + 1)
        more = {"back_at": clock.now()} if state == "later" else {}
        pitch = PitchFactory(door=door, handed_in_at=when, came_from="mail", proven=True, state=state, **more)
        if state in ("accepted", "declined"):
            said = {"kind": "no", "reason": "not_my_topic"} if state == "declined" else {}
            AnswerFactory(pitch=pitch, sent_at=when + timedelta(days=3), **said)
        Spent.objects.create(pitch=pitch, seconds=90, at=when)
    return door.page


@pytest.mark.parametrize(("scheme", "wide"), [("light", 1360), ("dark", 320)])
def test_everybody_can_use_them_on_any_screen(hand: Any, page: Any, scheme: str, wide: int) -> None:
    person = hand("desktop", cookies=sign_in(page))
    person.page.emulate_media(color_scheme=scheme)
    person.page.set_viewport_size({"width": wide, "height": 800})
    person.open("/desk/numbers")
    for one in person.page.locator(".figures summary").all():
        one.click()
    found = []
    for turned in ("ltr", "rtl"):
        person.page.evaluate(f"document.documentElement.dir = '{turned}'")
        person.axe()
        found.append(person.page.evaluate(MEASURE))
    assert found == [[True, [], False], [False, [], False]]
    assert person.strangers == []
