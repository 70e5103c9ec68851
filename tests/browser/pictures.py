"""Take the pictures in docs/pictures/ from the demo page: `make pictures`. Phone and desktop, both schemes."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from pitches.models import Event, Fact, Message, Page
from pitches.notify import hourly, render
from portal import clock
from tests.browser.conftest import SCREENS, Hand, mailed_code

HOME = Path(__file__).parents[2] / "docs" / "pictures"
AS_WEBP = """async (png) => {
  const picture = new Image(); picture.src = 'data:image/png;base64,' + png; await picture.decode();
  const canvas = document.createElement('canvas'); canvas.width = picture.width; canvas.height = picture.height;
  canvas.getContext('2d').drawImage(picture, 0, 0);
  return canvas.toDataURL('image/webp', 0.82).split(',')[1];
}"""


@pytest.fixture
def camera(hand: Callable[..., Hand]) -> Callable[[Hand, str, str], None]:
    darkroom = hand("desktop").page

    def take(person: Hand, name: str, screen: str) -> None:
        HOME.mkdir(parents=True, exist_ok=True)
        for scheme in ("light", "dark"):
            person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            person.page.wait_for_timeout(300)
            png = base64.b64encode(person.page.screenshot()).decode()
            picture = base64.b64decode(darkroom.evaluate(AS_WEBP, png))
            (HOME / f"{name}-{screen}-{scheme}.webp").write_bytes(picture)

    return take


@pytest.mark.timeout(900)
@pytest.mark.parametrize("screen", list(SCREENS))
def test_take_the_pictures(hand: Any, camera: Any, screen: str) -> None:
    call_command("demo", verbosity=0)
    page = Page.objects.get(handle="maya")
    _as_an_agency(hand(screen), camera, screen)
    client = Client()
    client.force_login(page.owner, backend="django.contrib.auth.backends.ModelBackend")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    owner = hand(screen, cookies=cookies)
    for name in ("doors", "page", "hours", "share", "rules", "people", "follow-ups", "replies", "numbers"):
        owner.open(f"/desk/{name}")
        camera(owner, f"desk-{name}", screen)
    Page.objects.update(read_anyway_on=page.local_date(clock.now()))
    owner.open("/desk/inbox")
    camera(owner, "inbox", screen)
    owner.button("Start reading").first.click()
    owner.page.get_by_text("1 of 30").first.wait_for()
    camera(owner, "session", screen)
    reader = hand(screen)
    reader.page.set_content(_digest(page))
    camera(reader, "digest", screen)


def _as_an_agency(person: Hand, camera: Any, screen: str) -> None:
    person.open("/@maya")
    camera(person, "public", screen)
    person.open("/@maya/ai-writing")
    camera(person, "closed", screen)
    person.open("/@maya/research")
    camera(person, "door", screen)
    answers = {
        "In one line": "Survey: why 1,200 people mute brands on purpose",
        "readers care": "The question your readers ask most, put to 1,200 people in four countries. Questionnaire and "
        "weights included.",
        "A link that": "mosaic.example/mute",
        "Your name": "Elif Kaya",
        "Agency or company": "Mosaic Research",
        "Work email": "elif@mosaic-research.example",
    }
    for label, words in answers.items():
        person.page.get_by_label(re.compile(label)).fill(words)
    person.page.get_by_text("Write about it, or not").click()
    person.page.get_by_text("A client").click()
    person.button(re.compile("See how")).click()
    code = person.page.get_by_label("Code from the email")
    code.wait_for()
    camera(person, "check", screen)
    code.fill(mailed_code("elif@mosaic-research.example"))
    person.button("Leave it on the ledge").click()
    person.page.get_by_role("heading", name="Your pitch is on Maya’s ledge").wait_for()
    person.page.wait_for_timeout(800)
    person.page.reload()
    camera(person, "status", screen)


def _digest(page: Page) -> str:
    hour = page.next_hour(clock.now())
    assert hour
    with clock.standing_at(hour):
        hourly.digest(Event.objects.create(page=page, what=Fact.HOUR_BEGAN, queue="soon", at=hour, reacted_at=hour))
        mail = render.build(Message.objects.filter(kind="digest", page=page, to=page.owner.email).latest("pk"))
    return str(mail.alternatives[0][0])
