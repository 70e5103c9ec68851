"""The rules page in a browser: nothing in the way of anybody, and the way there by keys."""

import re
from typing import Any

from django.test import Client

from pitches.models import Rule
from tests.factories import DoorFactory, PageFactory, PitchFactory, RuleFactory, SenderFactory


def test_the_rules_can_be_used_by_everybody_and_are_two_keys_away(hand: Any) -> None:
    page = PageFactory(handle="maya")
    door, sender = DoorFactory(page=page, slug="research"), SenderFactory(email="elif@mosaic.example")
    PitchFactory(door=door, waiting=True, sender=sender)
    RuleFactory(page=page, door=door)
    RuleFactory(page=page, agency=sender.agency, lane="trusted")
    client = Client()
    client.force_login(page.owner, backend="django.contrib.auth.backends.ModelBackend")
    person = hand("phone", cookies={name: morsel.value for name, morsel in client.cookies.items()})
    person.open("/desk/inbox")
    person.page.keyboard.press("g")
    person.page.keyboard.press("r")
    person.page.get_by_role("heading", name="Rules", exact=True).wait_for()
    person.page.get_by_text("Make an exception").click()
    person.axe()
    person.page.get_by_label("Known: lane").select_option("first_knock")
    person.tap(person.button("Keep"))
    person.page.locator("main").get_by_text("Kept. It holds for pitches from now on").wait_for()
    assert Rule.objects.get(standing="known").lane == "first_knock"
    assert person.page.evaluate("document.documentElement.scrollWidth") == 390
    person.tap(person.button(re.compile("Take it away.*From mosaic.example, at every door")))
    person.tap(person.button("Undo"))
    person.page.locator("main").get_by_text("The exception is back.").wait_for()
    assert person.strangers == []
