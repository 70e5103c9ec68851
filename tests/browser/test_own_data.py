"""Somebody's own data with a real browser: a copy, and the end, on a phone and at a desk, without JavaScript too."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from pitches import erasing
from pitches.models import DataCopy, Message, Page
from pitches.notify import render
from portal.models import User
from tests.browser.conftest import SCREENS, wait_for
from tests.factories import AssistantFactory, DoorFactory, PitchFactory, UserFactory
from tests.web.test_import import signed_in_now

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("OWN_DATA_PICTURES")


@pytest.fixture
def owner(hand):
    """Somebody who signed in a moment ago, on a screen."""
    door = DoorFactory(page__handle="maya")
    for _number in range(12):
        PitchFactory(door=door, waiting=True)
    AssistantFactory(page=door.page, name="Sam Ode", role="reader")
    user = door.page.owner
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    def sits_at(screen, **more):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        signed_in_now(client)
        return hand(screen, cookies={name: morsel.value for name, morsel in client.cookies.items()}, **more)

    return sits_at


def seen(person, name, screen):
    """Axe by day and by night, nothing wider than the screen; and a picture for whoever wants one."""
    person.axe_by_day_and_night()
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    for scheme in ("light", "dark") if PICTURES else ():
        person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        person.page.wait_for_timeout(200)
        person.page.screenshot(path=Path(PICTURES) / f"{name}-{screen}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_a_copy_is_asked_for_and_fetched(owner, hand, screen):
    person = owner(screen)
    person.open("/account/data")
    seen(person, "data", screen)
    person.button("Make a copy").first.click()
    person.page.get_by_text("It is being made.").or_(person.page.get_by_text("It is ready.")).first.wait_for()
    for _look in range(100):
        person.open("/account/data")
        if person.page.get_by_text("It is ready.").count():
            break
        person.page.wait_for_timeout(200)
    seen(person, "data-ready", screen)
    with person.page.expect_download() as fetched:
        person.page.get_by_role("link", name="Download").click()
    content = Path(fetched.value.path()).read_bytes()
    assert "pitches.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    _mail(hand(screen), "data_copy", screen)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_an_account_is_asked_to_go_and_kept(owner, hand, screen):
    person = owner(screen)
    person.open("/account/delete")
    seen(person, "delete", screen)
    person.button("Delete this account on").first.click()
    person.page.get_by_role("heading", name="This account goes on").wait_for()
    seen(person, "goes", screen)
    person.open("/desk/doors")
    person.page.get_by_role("link", name="Your account goes on").first.wait_for()
    seen(person, "desk-goes", screen)
    _mail(hand(screen), "account_goes", screen)
    person.open("/account/delete")
    person.button("Keep it").first.click()
    person.page.get_by_text("everything is as it was").first.wait_for()
    assert Page.objects.public().exists()
    assert User.objects.filter(goes_at__isnull=False).count() == 0


def test_who_has_no_page_has_the_same_pages(owner, hand):
    user = UserFactory()
    erasing.ask(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    person = hand("phone", cookies={name: morsel.value for name, morsel in client.cookies.items()})
    for name in ("data", "delete"):
        person.open(f"/account/{name}")
        seen(person, f"{name}-without-a-page", "phone")
    person.open("/agency")
    seen(person, "agency-goes", "phone")


def test_without_javascript_all_of_it_works(owner):
    person = owner("phone", script=False)
    person.open("/account/data")
    person.button("Make a copy").first.click()
    assert wait_for(lambda: DataCopy.objects.filter(state="ready").exists())
    person.open("/account/data")
    with person.page.expect_download() as fetched:
        person.page.get_by_role("link", name="Download").click()
    assert zipfile.is_zipfile(fetched.value.path())
    person.open("/account/delete")
    person.button("Delete this account on").first.click()
    person.button("Keep it").first.click()
    person.page.get_by_text("everything is as it was").first.wait_for()


def _mail(reader, kind, screen):
    if PICTURES:
        html = render.build(Message.objects.get(kind=kind)).alternatives[0][0]
        reader.page.set_content(html)
        for scheme in ("light", "dark"):
            reader.page.emulate_media(color_scheme=scheme)
            reader.page.screenshot(path=Path(PICTURES) / f"mail-{kind}-{screen}-{scheme}.png", full_page=True)
