"""Odd days in a browser: the example by keys and without a script, the veil, the minutes of what goes out."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from pitches.models import Answer, Page, Pitch
from portal import clock
from tests.browser.test_owner_journey import sign_in
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_example_is_answered_by_keys_and_by_thumb(hand: Any, script: bool) -> None:
    page = PageFactory(by_the_hour=True)
    DoorFactory(page=page)
    person = hand("desktop" if script else "phone", script=script, cookies=sign_in(page))
    person.open("/desk/inbox")
    person.axe() if script else None
    if script:
        person.page.keyboard.press("s")
        person.page.locator(".pace [data-help]").wait_for()  # the keys are there
        for key in ("n", "1"):
            person.page.keyboard.press(key)
    else:
        person.tap(person.page.locator(".mail .subject"))
        person.tap(person.page.locator(".decide").get_by_text("No", exact=True))
        person.tap(person.page.locator("#no [data-digit='1']"))
    person.page.get_by_role("heading", name="This is what Elif Kaya would read").wait_for()
    if script:
        assert person.page.evaluate("document.activeElement.tagName") == "H1"
        person.axe()
    person.tap(person.link("Try another answer"))
    person.page.get_by_role("heading", name="Survey").wait_for()
    person.tap(person.button("Send it away"))
    person.page.get_by_role("heading", name="The ledge is empty").wait_for()
    assert (Pitch.objects.count(), Answer.objects.count(), person.strangers) == (0, 0, [])


@pytest.mark.parametrize(("screen", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_the_veil_and_the_minutes(hand: Any, screen: str, scheme: Any) -> None:
    page = PageFactory(by_the_hour=True, reading=[], cards=30)
    tomorrow = page.local_date(clock.now()) + timedelta(days=1)
    Page.objects.update(reading=[f"{tomorrow:%a} 09:00".upper()])
    door = DoorFactory(page=page)
    PitchFactory.create_batch(3, waiting=True, door=door)
    press = uuid4()
    for seconds, batch in ((200, None), (200, None), (203, press), (260, press), (400, None)):
        pitch = PitchFactory(accepted=True, door=door)
        AnswerFactory(held=True, pitch=pitch, batch=batch, goes_out_at=clock.now() + timedelta(seconds=seconds))
    person = hand(screen, cookies=sign_in(page))
    person.page.emulate_media(color_scheme=scheme)
    person.open("/desk/inbox")
    person.axe()
    assert person.page.locator("[data-row]").count() == 0
    for offline in (True, False):
        person.page.context.set_offline(offline)
        person.page.locator("#main").get_by_text("No connection.").wait_for(state="visible" if offline else "hidden")
    person.open("/desk/outgoing")
    person.axe()
    assert person.page.locator(".lane > header [data-leaves]").last.inner_text() == "in 7 minutes"
    person.page.clock.install()
    person.open("/desk/outgoing")
    person.page.clock.fast_forward(205_000)
    assert "on its way" in person.page.locator(".lane > header").all_inner_texts()[0]
    assert "in 1 minute" in person.page.locator(".lane > header").all_inner_texts()[1]
    together = person.page.locator(".lane").nth(1).get_by_role("button", name="Undo all 2")
    expect(together).to_be_visible()  # the first has left, the other can still be taken back
    assert person.page.locator(".lane > header [data-leaves]").last.inner_text() in ("in 4 minutes", "in 3 minutes")
    person.page.clock.fast_forward(60_000)
    expect(together).to_be_hidden()
    person.open("/desk/inbox")
    person.tap(person.button("Read anyway"))
    person.page.locator("[data-row]").first.wait_for()
    person.axe()
