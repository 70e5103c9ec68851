"""The whole desk by keyboard alone; and each of its newer pages without an accessibility violation."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from playwright.sync_api import expect

from pitches import review
from pitches.models import Answer, Assistant, Page, Pitch, Remark, View
from portal.models import User
from tests.browser.conftest import Hand
from tests.browser.test_owner_journey import LISTEN, sign_in
from tests.factories import AnswerFactory, AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

FOCUSED = "selector => document.activeElement.matches(selector)"
AT = "document.activeElement.outerHTML.slice(0, 120)"


class Keys:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, person: Hand) -> None:
        self.page = person.page
        person.page.add_init_script(LISTEN)
        self.type = person.page.keyboard.type

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, selector: str, most: int = 80, *, back: bool = False) -> None:
        """Tab until this has the focus."""
        for _step in range(most):
            self.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate(FOCUSED, selector):
                return
        message = f"{selector} is not reached by Tab; the focus is at {self.page.evaluate(AT)}"
        raise AssertionError(message)

    def go(self, selector: str, to: str = "", *, back: bool = False) -> None:
        """Tab there, and press Enter. `to`: the page that comes then."""
        self.reach(selector, back=back)
        self.press("Enter")
        if to:
            self.page.wait_for_url(f"**/desk/{to}")

    def told(self, words: str) -> None:
        """The page that came says this, and the live region says it once."""
        expect(self.page.locator(".messages")).to_contain_text(words)
        expect(self.page.locator("#live")).to_contain_text(words)
        assert self.page.evaluate("spoken.length") == 1

    def ready(self) -> None:
        """The keys of the page are there."""
        self.page.locator("[data-help]:visible").first.wait_for()


@pytest.fixture
def page() -> Page:
    page = PageFactory(handle="maya", name="Maya Lind")
    door = DoorFactory(page=page, slug="research", name="Original research")
    PitchFactory.create_batch(4, waiting=True, door=door)
    AnswerFactory.create_batch(10, pitch__door=door)  # from then on there are charts
    return page


@pytest.mark.long
def test_the_whole_desk_by_keys_alone(hand: Callable[..., Hand], page: Page) -> None:
    person = hand("desktop", cookies=sign_in(page))
    keys = Keys(person)
    person.open("/desk/outgoing")
    keys.reach(".skip", 1)
    keys.go(".rail a[href='/desk/inbox']", "inbox")
    keys.ready()
    _find_and_note(keys)
    _many(keys)
    _read(keys)
    _set_up(keys)
    assert keys.page.evaluate("sessionStorage.getItem('pointed')") is None
    assert person.strangers == []


def _find_and_note(keys: Keys) -> None:
    """A filter that is kept, a pitch out of what is left, a note and a tag."""
    keys.go(".filters > summary")
    keys.reach("#by_standing")
    keys.type("New")
    keys.go(".filters button")
    keys.page.locator("#filters").wait_for()
    keys.go("nav .filters > summary")
    keys.reach("#view_name")
    keys.type("The new ones")
    keys.press("Enter")
    keys.page.get_by_role("link", name="The new ones").wait_for()
    assert View.objects.get().name == "The new ones"
    keys.go("[data-row] .subject", "pitch/*")
    for name, words in (("tags", "spring"), ("remark", "Ask Sam.")):
        form = f"form[action$='/{name}']"
        keys.go(f"details:has({form}) > summary")
        keys.reach(f"{form} :is(input, textarea)")
        keys.type(words)
        keys.go(f"{form} button")
        keys.page.get_by_text(words, exact=True).first.wait_for()
    assert (Pitch.objects.filter(tags=["spring"]).count(), Remark.objects.get().text) == (1, "Ask Sam.")


def _many(keys: Keys) -> None:
    """Two at once, and back."""
    keys.press("g", "i")
    keys.page.get_by_role("heading", name="4 on the ledge").wait_for()
    keys.ready()
    keys.press("x", "j", "x", "n", "2")
    keys.told("2 pitches answered.")
    keys.ready()
    keys.press("z")
    keys.told("2 pitches wait again.")


def _read(keys: Keys) -> None:
    """An answer, undone and given again, a pause; then it is sent now."""
    keys.ready()
    keys.press("s")
    keys.page.get_by_text("1 of 4").first.wait_for()
    keys.ready()
    for key, place in (("y", 2), ("z", 1), ("y", 2)):
        keys.press(key)
        keys.page.get_by_text(f"{place} of 4").first.wait_for()
    keys.go("form[action$=pause] button", back=True)
    keys.page.get_by_role("heading", name="3 on the ledge").wait_for()
    keys.ready()
    keys.press("g", "o")
    keys.page.wait_for_url("**/desk/outgoing")
    keys.go("form[action$=send] button")
    keys.page.wait_for_load_state()
    expect(keys.page.locator("form[action$=send]")).to_have_count(0)
    assert Answer.objects.filter(undone_at=None, sent_at=None).count() == 0


def _set_up(keys: Keys) -> None:
    """Own words, the numbers with their table, and somebody who helps."""
    keys.go(".rail a[href='/desk/replies']", "replies")
    keys.go("a[href='/desk/replies/new/yes']", "replies/new/yes")
    keys.reach("[name=label]")
    keys.type("See you there")
    keys.reach("[name=text]")
    keys.type("Yes, {name}, see you there.")
    keys.go("form:has([name=label]) button.btn:not(.plain)", "replies#*")
    keys.page.get_by_text("See you there").first.wait_for()
    keys.go(".rail a[href='/desk/numbers']", "numbers")
    keys.go("main summary")
    keys.page.locator("main details[open] table").first.wait_for()
    keys.go(".rail a[href='/desk/plans']", "plans")
    keys.go("a[href='/desk/assistants']", "assistants")
    keys.reach("[name=name]")
    keys.type("Sam Ode")
    keys.reach("[name=email]")
    keys.type("sam@helps.example")
    keys.reach("[name=role]")
    keys.press("ArrowDown", "ArrowDown")
    keys.go("form:has([name=email]) [type=submit]")
    keys.told("One email goes to sam@helps.example")
    assert Assistant.objects.get().role == "screener"


@pytest.mark.parametrize(("screen", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_the_newer_pages_have_no_accessibility_violation(
    hand: Callable[..., Hand], page: Page, screen: str, scheme: Any
) -> None:
    sam = AssistantFactory(page=page, role="assistant")
    person = hand(screen, cookies=sign_in(page))
    person.page.emulate_media(color_scheme=scheme)
    for path in ("replies", "replies/covered", "assistants", "inbox?standing=stranger"):
        person.open(f"/desk/{path}")
        person.axe()
    helper = _who_helps(sam)
    review.show_next(review.open_session(page, by=helper), by=helper)
    person.open("/desk/session")
    person.page.get_by_text("2 of 4").first.wait_for()
    person.axe()
    client = Client()
    client.force_login(helper, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": one.value, "url": person.base} for name, one in client.cookies.items()]
    person.page.context.add_cookies(cookies)
    code = Pitch.objects.waiting().latest("pk").code
    for role, path in (
        ("assistant", "session"),
        ("screener", f"pitch/{code}"),
        ("reader", "inbox"),
        ("reader", "hours"),
    ):
        Assistant.objects.update(role=role)
        person.open(f"/desk/{path}")
        person.axe()


def _who_helps(row: Assistant) -> User:
    """The account of somebody who helps."""
    found = UserFactory(email=row.email, name=row.name)
    EmailAddress.objects.create(user=found, email=row.email, verified=True, primary=True)
    return found
