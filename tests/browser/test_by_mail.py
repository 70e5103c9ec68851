"""From a mail to a page to a pitch on the ledge: on a phone without JavaScript, and on a desktop."""

import re
from typing import Any

import pytest
from django.core import mail

from pitches.inbound import taking
from pitches.models import CameBy, Pitch, PitchState
from tests.browser.conftest import mailed_code, wait_for
from tests.factories import DoorFactory, PageFactory
from tests.inbound import posted

ADDRESS = "elif@mosaic.example"
TEXT = """Hi Maya,

we asked 1,200 people in four countries why they mute brands on purpose.

The tables are at https://mosaic.example/mute, and the questionnaire as well.
"""


@pytest.fixture
def door(settings: Any) -> Any:
    settings.INBOUND_DOMAIN = posted.DOMAIN
    page = PageFactory(handle="maya", name="Maya Lind")
    DoorFactory(page=page, slug="events", name="Events and talks")
    return DoorFactory(page=page, slug="original-research", name="Original research")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_mail_becomes_a_pitch_when_its_writer_has_looked_it_over(hand: Any, door: Any, screen: str) -> None:
    wrote = posted.mail(TEXT, to=f"maya@{posted.DOMAIN}", sender=f"Elif Kaya <{ADDRESS}>", subject="Why people mute")
    taking.take(wrote.as_bytes(), came_by=CameBy.PIPE)
    answer = wait_for(lambda: next((one for one in mail.outbox if ADDRESS in one.to), None))
    person = hand(screen, script=screen == "desktop")
    person.page.goto(re.search(r"Look it over:\s*(\S+)", answer.body)[1])
    person.page.get_by_text("This is what your mail said.").wait_for()
    if screen == "desktop":
        person.axe_by_day_and_night()
    person.tap(person.link("Original research"))
    assert person.page.get_by_label("In one line, what is it?").input_value() == "Why people mute"
    assert "1,200 people" in person.page.get_by_label("readers care").input_value()
    assert person.page.get_by_label(re.compile("A link that")).input_value() == "https://mosaic.example/mute"
    person.tap(person.page.get_by_text("Write about it, or not"))
    person.tap(person.page.get_by_text("A client"))
    person.write(person.page.get_by_label("Agency or company"), "Mosaic Research")
    person.tap(person.button(re.compile("See how Maya reads it")))
    person.page.get_by_role("heading", name=re.compile("This is how Maya will read it")).wait_for()
    person.write(person.page.get_by_label("Code from the email"), mailed_code(ADDRESS))
    person.tap(person.button("Leave it on the ledge"))
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    pitch = wait_for(lambda: Pitch.objects.filter(state=PitchState.WAITING).first())
    assert (pitch.door, pitch.line, pitch.name) == (door, "Why people mute", "Elif Kaya")
    assert person.strangers == []
