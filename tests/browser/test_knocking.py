"""While many knock: the browser does a short sum, and pressing again hands the form in. Then the quiet pages."""

import re
from typing import Any

import pytest
from django.test import RequestFactory

from pitches import mailboxes
from pitches.models import Pitch
from portal import limits
from portal.models import Tally
from tests.browser.conftest import wait_for
from tests.browser.test_agency_journey import LINE, fill
from tests.factories import DoorFactory, PageFactory

PRESS = re.compile("See how Maya reads it")


@pytest.fixture
def door(settings: Any) -> Any:
    settings.NETWORK_LIMIT = 1
    return DoorFactory(page=PageFactory(handle="maya", name="Maya Lind"), slug="research", name="Original research")


def tally(what: str, who: str) -> None:
    """All that this hour takes."""
    count, _until = limits.count(what, who)
    Tally.objects.filter(what=what, who=who).update(count=limits.LIMITS[what][0] + count)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_the_browser_does_the_sum_and_the_next_press_is_taken(hand: Any, door: Any, screen: str) -> None:
    person = hand(screen)
    person.open("/@maya/research")
    assert "sums.js" not in person.page.content()
    fill(person)
    tally("knock", str(door.page_id))
    person.tap(person.button(PRESS))
    person.page.get_by_text("Many people knock just now").wait_for()
    person.page.get_by_text("The sum is done. Press the button.").wait_for(timeout=60000)
    assert person.page.get_by_label("In one line, what is it?").input_value() == LINE
    assert person.page.url.endswith("/pitch")  # nothing was sent by itself
    person.axe()
    person.tap(person.button(PRESS))
    person.page.get_by_role("heading", name=re.compile("This is how Maya will read it")).wait_for()
    assert Pitch.objects.count() == 1
    assert person.strangers == []


def test_without_a_script_the_time_is_named(hand: Any, door: Any) -> None:
    person = hand("phone", script=False)
    person.open("/@maya/research")
    fill(person)
    tally("knock", str(door.page_id))
    person.tap(person.button(PRESS))
    person.page.get_by_text(re.compile(r"Without it, the form works again at \d\d:00")).wait_for()


def test_a_form_that_was_sent_too_often_and_this_was_not_me_can_be_used_by_everybody(hand: Any, door: Any) -> None:
    person = hand("phone")
    person.open("/@maya/research")
    fill(person)
    tally("pitch", limits.network_of(_from_here()))
    person.tap(person.button(PRESS))
    person.page.get_by_text("Too many tries from this network.").first.wait_for()
    assert person.page.get_by_label("In one line, what is it?").input_value() == LINE
    person.axe()
    mailboxes.may_mail("victim@elsewhere.example")
    person.open(f"/not-me/{mailboxes.token_of('victim@elsewhere.example')}")
    person.axe()
    person.tap(person.button("This was not me: never email me"))
    person.page.get_by_role("heading", name="Done. We email this address no more.").wait_for()
    person.axe()
    assert wait_for(lambda: mailboxes.wants_none("victim@elsewhere.example"))


def _from_here() -> Any:
    """A request as the live server sees it."""
    return RequestFactory().get("/", REMOTE_ADDR="127.0.0.1")
