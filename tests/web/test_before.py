"""Before you write: the date, the price, the places, the figures; the same for everybody before proof."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pitches import intake
from pitches.models import Page
from pitches.web import devices
from portal import clock
from tests import senders
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
PATH = "/@maya/research"


@pytest.fixture(autouse=True)
def _sunday():
    with clock.standing_at(SUNDAY):
        yield


@pytest.fixture
def door():
    return DoorFactory(page=PageFactory(handle="maya"), slug="research", places_per_week=10)


def known(client, sender):
    """This browser proved the mailbox of a sender."""
    client.cookies[devices.cookie_name()] = device = devices.new_token()
    intake.remember(device, sender)


def test_the_date_the_price_and_the_places(client, door):
    PitchFactory.create_batch(3, door=door, waiting=True)
    client.cookies["zone"] = "Europe/Berlin"
    page = text(client.get(PATH))
    assert "3–4 minutes · read on Tuesday 12 May, 09:00 Lisbon time · 7 of 10 places left this week" in page
    assert "<strong>Tuesday 12 May, 09:00 Lisbon time, which is 10:00 for you</strong>" in page
    assert "No answer by day 21 means no." in page
    assert "A first acquaintance has 3 places with Maya in 30 days, and one waits behind each door." in page
    assert "too few for honest figures" in page
    assert page.index("Before you write") < page.index("Your pitch")


def test_an_hour_whose_places_are_taken_is_not_promised(client, door):
    Page.objects.update(cards=1)
    PitchFactory(door=door, waiting=True)
    page = text(client.get(PATH))
    assert "A first pitch left now is read on <strong>Friday 15 May, 09:00 Lisbon time</strong>" in page
    assert "The hour before, Tuesday 12 May, 09:00 Lisbon time, has no place left for one." in page


def test_figures_when_there_are_enough(client, door):
    for number in range(12):
        pitch = PitchFactory(door=door, declined=True, handed_in_at=SUNDAY - timedelta(days=9))
        AnswerFactory(no=number >= 3, pitch=pitch, sent_at=SUNDAY - timedelta(days=7))
    page = text(client.get(PATH))
    for figure in ("<dd>2 days</dd>", "<dd>12 of 12</dd>", "<dd>1 in 4</dd>"):
        assert figure in page
    assert "too few for honest figures" not in page


def test_a_page_without_hours_and_a_door_without_a_limit(client, door):
    Page.objects.update(reading=[], next_hour_at=None)
    type(door).objects.update(places_per_week=None)
    page = text(client.get(PATH))
    assert "Maya has not set a reading hour yet." in page
    assert "places left this week" not in page


def test_a_door_that_opens_for_few_names_the_hour_and_promises_nothing(client, door):
    type(door).objects.update(tiers=["known", "trusted"])
    known(client, senders.meet(door, "known"))
    page = text(client.get(PATH))
    assert "Maya reads next on <strong>Tuesday 12 May, 09:00 Lisbon time</strong>." in page
    assert "A first pitch left now" not in page


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (0, "You have 3 places with Maya in 30 days, and one waits behind each door."),
        (1, "You have <strong>2 of 3 places</strong> left until Wednesday 3 June, and one waits behind each door."),
        (3, "Your 3 places are taken. The next is free on <strong>Wednesday 3 June</strong>."),
    ],
)
def test_who_is_recognised_sees_their_own_places(client, door, earlier, words):
    sender = SenderFactory(email="elif@mosaic.example")
    since = SUNDAY - timedelta(days=6)
    PitchFactory.create_batch(earlier, door=door, sender=sender, declined=True, handed_in_at=since)
    PitchFactory(door=door, sender=sender, withdrawn=True, handed_in_at=since)
    PitchFactory(door=door, sender=sender, declined=True, handed_in_at=SUNDAY - timedelta(days=30))
    known(client, sender)
    page = text(client.get(PATH))
    assert words in page
    assert "A first acquaintance has" not in page


@pytest.mark.parametrize("standing", ["blocked", "paused"])
def test_who_may_leave_nothing_sees_what_everybody_sees(client, door, standing):
    usual = text(client.get(PATH))
    more = {"until": SUNDAY + timedelta(days=3)} if standing == "paused" else {}
    known(client, senders.meet(door, standing, **more))
    page = text(client.get(PATH))
    assert "A first acquaintance has 3 places" in page
    assert "A first acquaintance has 3 places" in usual


def test_another_address_in_the_form_is_nobody_known(client, door):
    known(client, senders.meet(door, "trusted"))
    assert "You have 12 places" in text(client.get(PATH))
    form = {"email": "lee@pixelroad.example"}
    assert "A first acquaintance has 3 places" in text(client.post(f"{PATH}/pitch", form))
    assert "You have 12 places" in text(client.post(f"{PATH}/pitch", {"email": "Elif@mosaic.example"}))


@pytest.mark.parametrize("waiting", [1, 3])
def test_it_costs_five_queries_and_eight_for_who_is_known(client, door, waiting):
    """Beside the door itself, and the device that is looked for in any case."""
    PitchFactory.create_batch(waiting, door=door, waiting=True)
    with CaptureQueriesContext(connection) as asked:
        client.get(PATH)
    assert len(asked) == 1 + 5
    known(client, senders.meet(door, "known"))
    with CaptureQueriesContext(connection) as asked:
        client.get(PATH)
    assert len(asked) == 1 + 2 + 5 + 3
