"""Terms and follow-ups in a real browser: by keys alone, on a phone without a script, and at 320 px in both themes."""

from datetime import timedelta
from typing import Any

import pytest

from pitches import offers
from pitches.models import Agreement, Handoff
from portal import clock
from tests.browser.test_owner_journey import sign_in
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, PageFactory, PitchFactory

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsges"


@pytest.fixture
def rows() -> list[Handoff]:
    """Three yeses: two are due, to the third its sender proposed terms."""
    door = DoorFactory(page=PageFactory(handle="maya", name="Maya Lind"), name=LONG)
    found = []
    for days, line in ((-1, "First of all"), (0, "Second to none"), (5, "w" * 90)):
        news = {} if days > 0 else {"news": {"teaser": "Soon"}}
        pitch = PitchFactory(accepted=True, door=door, line=line, groups=news)
        AnswerFactory(pitch=pitch)
        day = door.page.local_date(clock.now()) + timedelta(days=days)
        found.append(HandoffFactory(pitch=pitch, follow_up_on=day))
    offers.make(found[2].pitch, by_owner=False, by=None, deliverables=LONG, amount=1500, currency="GBP")
    return found


def test_what_became_of_it_by_keys_alone(hand: Any, rows: list[Handoff]) -> None:
    person = hand("desktop", cookies=sign_in(rows[0].pitch.page))
    person.open("/desk/follow-ups")
    person.axe()
    focused = person.page.locator(":focus")
    person.page.keyboard.press("d")
    person.page.get_by_text("Delivered: First of all").wait_for()
    assert person.page.locator("#live").text_content() == "Noted: delivered. It counts in 10 minutes."
    assert focused.text_content() == "Second to none"
    person.page.keyboard.press("z")
    person.page.get_by_text("Delivered: First of all").wait_for(state="detached")
    assert focused.text_content() == "First of all"
    person.page.keyboard.press("j")
    person.page.keyboard.press("s")
    person.page.get_by_text("Not yet: Second to none").wait_for()
    person.axe()
    outcomes = dict(Handoff.objects.values_list("pitch__line", "outcome"))
    assert (outcomes["First of all"], outcomes["Second to none"], person.loads) == ("", "", 1)


def test_both_sides_agree_on_a_phone_without_a_script(hand: Any, rows: list[Handoff]) -> None:
    pitch, wide = rows[2].pitch, []
    owner, sender = hand("phone", script=False, cookies=sign_in(pitch.page)), hand("phone")
    sender.page.set_viewport_size({"width": 320, "height": 800})
    sender.open(f"/p/{pitch.token}")
    sender.axe()
    sender.page.get_by_text("It waits for Maya.").wait_for()
    owner.open(f"/desk/pitch/{pitch.code}#terms")
    owner.tap(owner.button("Agree"))
    owner.page.get_by_text("These words change no more.").wait_for()
    for scheme in ("light", "dark"):
        sender.page.emulate_media(color_scheme=scheme)
        sender.page.reload()
        sender.page.get_by_text(Agreement.objects.get().digest[:32]).wait_for()
        sender.axe()
        for turned in ("ltr", "rtl"):
            sender.page.evaluate(f"document.documentElement.dir = '{turned}'")
            if sender.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((scheme, turned))
    assert (wide, owner.strangers + sender.strangers) == ([], [])
