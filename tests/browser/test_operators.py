"""The pages of operators in a browser: by day and at night, on a phone, without a script, nothing from elsewhere."""

from typing import Any

import pytest
from django.test import Client

from pitches import suppression
from pitches.models import Attempt, Refusal, Stop
from pitches.notify import brake
from tests.factories import MessageFactory, UserFactory

LONG = "rindfleischetikettierungsueberwachungsaufgaben.uebertragungsges@mosaic-research-and-more.example"


def sign_in() -> dict[str, str]:
    """The cookies of an operator."""
    client = Client()
    client.force_login(
        UserFactory(email="ops@site.example", is_staff=True), backend="django.contrib.auth.backends.ModelBackend"
    )
    return {name: morsel.value for name, morsel in client.cookies.items()}


@pytest.fixture
def mails() -> None:
    """Mails in several states, one with a long address and a long word of its server; and mail is stopped."""
    for state in ("pending", "done", "dead", "unknown", "withheld", "obsolete"):
        mail = MessageFactory(to=LONG, state=state, error=f"SMTPRecipientsRefused: 550 5.1.1 <{LONG}>")
        Attempt.objects.create(message=mail, outcome="retry", detail=f"451 4.7.1 {LONG}")
    suppression.suppress(LONG, Refusal.BOUNCE, "550 5.1.1 no such mailbox")
    brake.stop(Stop.BOUNCES)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_each_page_is_for_everybody_who_runs_it(hand: Any, mails: None, screen: str) -> None:
    person = hand(screen, cookies=sign_in())
    for path in ("", "/digest", "/agreed", "/log", f"/log?to={LONG}", "/log?to=half@&state=dead"):
        person.open(f"/operator/mail{path}")
        person.axe_by_day_and_night()
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert person.strangers == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mail_is_shown_as_in_the_scheme_that_was_chosen(hand: Any, db: None, scheme: str) -> None:
    person = hand("desktop", cookies=sign_in())
    person.page.emulate_media(color_scheme={"light": "dark", "dark": "light"}[scheme])  # the reader's own is another
    person.open(f"/operator/mail/yes?scheme={scheme}")
    frame = person.page.frame_locator("iframe")
    frame.get_by_role("heading", level=1).wait_for()
    paper = frame.locator(".wall").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert paper == {"light": "rgb(235, 240, 232)", "dark": "rgb(15, 24, 30)"}[scheme]
    assert frame.get_by_role("link", name="Read what is next").get_attribute("href").startswith(f"{person.base}/p/")


def test_mail_is_let_go_on_by_finger_without_a_script(hand: Any, mails: None) -> None:
    person = hand("phone", script=False, cookies=sign_in())
    person.open("/operator/mail/log")
    person.tap(person.page.get_by_text("are sent now"))
    person.tap(person.button("Let mail go on"))
    person.page.get_by_text("Mail goes out again.").wait_for()
    assert brake.state().why == ""
