"""Many at once: by keys alone, and by thumb without a script."""

from collections.abc import Callable

from playwright.sync_api import expect

from pitches.models import Page, Pitch
from portal.models import User
from tests.browser.conftest import Hand, wait_for
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory


def ledge(count: int) -> Page:
    page = PageFactory(handle="maya", name="Maya Lind", reading=[])
    door = DoorFactory(page=page)
    DoorFactory(page=page, name="New in martech", slug="martech")
    PitchFactory.create_batch(count, door=door, waiting=True)
    return page


def states() -> list[str]:
    return sorted(Pitch.objects.values_list("state", flat=True))


def test_by_keys_alone(hand: Callable[..., Hand]) -> None:
    page = ledge(5)
    User.objects.filter(pk=page.owner_id).update(language="en")
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/inbox")
    keys, picked = person.page.keyboard, person.page.locator(".pickme:checked")
    for key in ("x", "j", "j", "Shift+X"):
        keys.press(key)
    expect(picked).to_have_count(3)
    expect(person.page.locator("#live")).to_have_text("3 selected")
    keys.press("n")
    expect(person.button("Not my topic").last).to_be_focused()
    person.axe()
    keys.press("2")
    expect(person.page.locator(".messages")).to_contain_text("3 pitches answered. No: I have covered it.")
    assert states() == ["declined"] * 3 + ["waiting"] * 2
    person.page.reload()
    keys.press("z")
    expect(person.page.locator(".messages")).to_contain_text("Undone. 3 pitches wait again.")
    person.page.wait_for_load_state()  # its keys are there
    keys.press("*")
    keys.press("a")
    expect(picked).to_have_count(5)
    keys.press("*")
    keys.press("n")
    expect(picked).to_have_count(0)
    assert states() == ["waiting"] * 5
    person.open("/desk/inbox/fair-no?days=all")
    person.axe()
    person.tap(person.button("Say it to 5"))
    expect(person.page.locator(".messages")).to_contain_text("5 pitches get a fair no.")
    person.open("/desk/outgoing")
    person.axe()


def test_by_thumb_without_a_script(hand: Callable[..., Hand]) -> None:
    person = hand("phone", script=False, cookies=sign_in(ledge(3)))
    person.page.set_viewport_size({"width": 320, "height": 640})
    person.open("/desk/inbox")
    for place in (0, 2):
        person.tap(person.page.locator(".pickme").nth(place))
    bar = person.page.locator("#many")
    expect(bar).to_be_in_viewport()
    person.tap(bar.get_by_role("link", name="Wrong door").first)
    person.tap(bar.get_by_role("button", name="New in martech"))
    expect(person.page.locator(".messages")).to_contain_text("2 pitches answered. Wrong door")
    person.tap(person.button("Undo").first)
    expect(person.page.locator(".messages")).to_contain_text("Undone. 2 pitches wait again.")
    wait_for(lambda: states() == ["waiting"] * 3)
