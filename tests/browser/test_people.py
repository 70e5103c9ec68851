"""A person of the ledger by keys alone: open, R and a digit, undo; and nothing in anybody’s way, by day and night."""

from collections.abc import Callable

from playwright.sync_api import expect

from pitches import book, relationships
from pitches.models import Standing
from tests.browser.conftest import Hand, wait_for
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory


def test_a_person_is_known_by_two_keys_and_new_again_by_one(hand: Callable[..., Hand]) -> None:
    page = PageFactory(handle="maya", name="Maya Lind")
    who = SenderFactory(email="elif@mosaic.example", canonical="elif@mosaic.example")
    door = DoorFactory(page=page)
    PitchFactory(door=door, sender=who, waiting=True)
    relationships.set_by_hand(page, who, Standing.INTRODUCED, by=page.owner, door=door, note="By Ana.")
    book.add_note(page, who, "Ask about Lagos.", by=page.owner)
    book.keep_tags(page, [who], ["radio"])
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/people")
    person.axe()
    keys = person.page.keyboard
    keys.press("j")
    keys.press("Enter")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Elif Kaya")
    person.page.wait_for_load_state()  # its keys are there
    keys.press("r")
    expect(person.page.get_by_role("button", name="Known", exact=True)).to_be_visible()
    keys.press("3")
    expect(person.page.get_by_role("status").first).to_contain_text("Elif Kaya is now: known, at every door.")
    assert relationships.standing_of(page, who, None) == "known"
    person.axe()
    keys.press("z")
    expect(person.page.get_by_role("status").first).to_contain_text("They stand as before.")
    assert wait_for(lambda: relationships.standing_of(page, who, None) == "stranger")
    person.page.emulate_media(color_scheme="dark")
    person.axe()
    person.open("/desk/people")
    person.axe()
