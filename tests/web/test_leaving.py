"""Where a stranger's link leads, before the owner follows it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from pitches.models import Agency, Page
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(client: Client, page: Page) -> Client:
    client.force_login(page.owner)
    return client


def mosaic() -> Agency:
    return AgencyFactory(domain="mosaic.example")


def text_of(owner: Client, page: Page, **more: object) -> str:
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=page), **more)
    return owner.get(f"/desk/pitch/{pitch.code}/link").content.decode()


@pytest.mark.parametrize(
    ("link", "shown", "warning"),
    [
        ("https://a.b.mosaic.example/x?y=1#z", "a.b.<strong>mosaic.example</strong>", ""),
        ("https://other.example/", "<strong>other.example</strong>", "not on the domain"),
        ("http://mosaic.example/", "<strong>mosaic.example</strong>", "not encrypted"),
        ("https://bit.ly/x", "<strong>bit.ly</strong>", "short link"),
        ("https://xn--mosac-wqa.example/", "xn--mosac-wqa", "another script"),
    ],
)
def test_the_real_host_and_what_to_know(owner: Client, page: Page, link: str, shown: str, warning: str) -> None:
    text = text_of(owner, page, link=link, link_host=urlsplit(link).hostname, sender=SenderFactory(agency=mosaic()))
    assert shown in text
    assert f'href="{link}" rel="noopener noreferrer nofollow ugc"' in text
    assert (warning in text) if warning else ('class="note"' not in text)


def test_the_letter_of_a_stranger_leads_there_and_that_of_a_friend_leads_out(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page)
    stranger = PitchFactory(waiting=True, door=door, link="https://mosaic.example/mute", link_host="mosaic.example")
    friend = PitchFactory(waiting=True, door=door, standing="known", lane="known")
    found = {one.pk: owner.get(f"/desk/pitch/{one.code}").content.decode() for one in (stranger, friend)}
    out = [f'href="{one.link}"' in found[one.pk] for one in (stranger, friend)]
    by_the_page = [f"/desk/pitch/{one.code}/link" in found[one.pk] for one in (stranger, friend)]
    assert (out, by_the_page) == ([False, True], [True, False])
