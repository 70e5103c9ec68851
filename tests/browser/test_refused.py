"""A line that was typed while somebody's role was changed: it stands on the page that refuses it."""

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from playwright.sync_api import expect

from pitches.models import Answer, Assistant, Role
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory


def test_a_typed_line_outlives_the_role(hand: Any) -> None:
    page = PageFactory(handle="maya", name="Maya Lind")
    PitchFactory(waiting=True, door=DoorFactory(page=page))
    user, client = UserFactory(email="sam@helps.example"), Client()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    AssistantFactory(page=page, email=user.email, role=Role.ASSISTANT)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    person = hand("desktop", cookies={name: morsel.value for name, morsel in client.cookies.items()})
    screen, keys = person.page, person.page.keyboard
    screen.clock.install()
    person.open("/desk/inbox")
    keys.press("s")
    screen.get_by_text("1 of 1").first.wait_for()
    screen.wait_for_load_state()  # its keys are there
    Assistant.objects.update(role=Role.READER)
    keys.press("q")
    keys.type("Who <b>paid</b> for it?")
    client.post(f"/desk/as/{page.handle}")  # in another tab; what it says comes with the next page
    screen.context.add_cookies([{"name": "messages", "value": client.cookies["messages"].value, "url": person.base}])
    keys.press("Enter")
    screen.get_by_role("heading", name="This is not yours to do here.").wait_for()
    assert screen.get_by_role("textbox", name="What you had written").input_value() == "Who <b>paid</b> for it?"
    expect(screen.locator("#live")).to_have_text("This is the desk of Maya Lind.")
    assert screen.evaluate("document.activeElement.tagName") == "H1"
    assert (screen.title(), Answer.objects.count()) == ("Not at this desk — Halfdoor", 0)
    person.axe()
    screen.get_by_role("textbox", name="What you had written").click(timeout=2000)  # the rail stands beside it
    screen.clock.fast_forward(5000)
    expect(screen.locator("#live")).to_be_empty()
