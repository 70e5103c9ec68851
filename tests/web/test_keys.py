"""The keys to a door, at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import mailboxes
from pitches.doors import keys
from pitches.models import Event, Key, Mailbox
from portal import clock
from tests.factories import DoorFactory, MessageFactory, PageFactory, PitchFactory
from tests.senders import meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def door():
    return DoorFactory(invited=True, slug="guests", name="Podcast guests")


@pytest.fixture
def desk(door):
    client = Client()
    client.force_login(door.page.owner)
    return client


URL = "/desk/doors/guests/keys"
FORM = {"note": "", "email": "", "uses": "1", "until": "2026-04-01"}


def give(desk, **changes):
    return desk.post(URL, FORM | changes, follow=True)


def test_no_keys_yet(desk):
    response = desk.get(URL)
    assert "No keys yet." in response.content.decode()
    assert response.context["form"]["until"].value() == MONDAY.date() + timedelta(days=30)
    assert 'value="2026-04-01"' in response.content.decode()


def test_a_key_shows_its_link_right_after_and_ever_again(desk, door):
    response = give(desk, note="For Kim")
    key = Key.objects.get()
    assert (key.door, key.note, key.email, key.most_uses) == (door, "For Kim", "", 1)
    assert response.redirect_chain == [(URL, 303)]
    body = response.content.decode()
    assert "The key is ready. Copy its link below." in body
    for page in (body, desk.get(URL).content.decode()):
        assert f'id="key-{key.pk}" dir="ltr">http://localhost:8000/key/{key.token}<' in page
        assert f'data-copy="#key-{key.pk}"' in page


def test_a_key_for_an_address_is_mailed(desk):
    response = give(desk, email="Kim@Mosaic.example", uses="3")
    assert "one email about it goes to kim@mosaic.example" in response.content.decode()
    work()
    assert [sent.to for sent in mail.outbox] == [["kim@mosaic.example"]]
    assert "Not mailed" not in desk.get(URL).content.decode()


@pytest.mark.parametrize("why", ["today", "never"])
def test_a_key_that_could_not_be_mailed_says_so(desk, why):
    mailboxes.may_mail("kim@mosaic.example")
    if why == "never":
        mailboxes.refuse(Mailbox.objects.get())
    give(desk, email="kim@mosaic.example")
    assert "Not mailed" not in desk.get(URL).content.decode()
    work()
    body = desk.get(URL).content.decode()
    said = "Not mailed: the address got a mail from us that day, or wants none. Pass the link on yourself."
    assert (body.count(said), mail.outbox) == (1, [])
    desk.post(f"/desk/keys/{Key.objects.get().pk}/withdraw")
    assert "Not mailed" not in desk.get(URL).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"uses": "0"}, "uses", "A key works at least once."),
        ({"uses": "101"}, "uses", "A key works at most 100 times."),
        ({"uses": ""}, "uses", "Say how often it works."),
        ({"uses": "many"}, "uses", "Write a number from 1 to 100."),
        ({"until": "2026-03-02"}, "until", "Choose a day from tomorrow on."),
        ({"until": "2027-03-03"}, "until", "A key works for a year at most: until Tuesday 2 March 2027."),
        ({"until": ""}, "until", "Choose the last day."),
        ({"until": "soon"}, "until", "Write a date such as 2027-03-31."),
        ({"email": "kim"}, "email", "Enter a valid email address."),
        ({"email": "kim@a.example, lee@a.example"}, "email", "Enter one address only."),
        ({"note": "x" * 81}, "note", "Make it shorter: at most 80 characters."),
        ({"note": "a\u202eb"}, "note", "Take out the invisible or control characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(desk, changes, field, said):
    response = desk.post(URL, FORM | {"note": "Kept"} | changes)
    assert (response.status_code, Key.objects.count(), Event.objects.count()) == (422, 0, 0)
    assert said in " ".join(response.context["form"].errors[field])
    assert list(response.context["form"].errors) == [field]
    if field != "note":
        assert 'value="Kept"' in response.content.decode()


@pytest.mark.parametrize("until", ["2026-03-03", "2027-03-02"])
@pytest.mark.parametrize("uses", ["1", "100"])
def test_the_ends_of_what_is_allowed(desk, until, uses):
    give(desk, until=until, uses=uses)
    assert Key.objects.count() == 1


def test_who_is_blocked_is_said_at_the_address(desk, door):
    meet(door, "blocked", "kim@mosaic.example")
    response = desk.post(URL, FORM | {"email": "kim@mosaic.example"})
    assert (response.status_code, Key.objects.count()) == (422, 0)
    assert "You have blocked this address." in response.content.decode()


def test_a_second_key_for_one_address_is_refused(desk):
    give(desk, email="kim@mosaic.example")
    response = desk.post(URL, FORM | {"email": "kim@mosaic.example"})
    assert (response.status_code, Key.objects.count()) == (422, 1)
    assert "This address has a key to this door already." in response.content.decode()


def test_a_key_is_taken_back_and_given_back(desk):
    give(desk)
    key = Key.objects.get()
    path = f"/desk/keys/{key.pk}/withdraw"
    body = desk.post(path, follow=True).content.decode()
    assert "Taken back" in body
    assert key.token not in body
    assert keys.state_of(Key.objects.get()) == "withdrawn"
    assert "Give it back" in body
    body = desk.post(path, {"back": "1"}, follow=True).content.decode()
    assert key.token in body
    assert keys.state_of(Key.objects.get()) == "good"


def test_the_list_tells_what_became_of_each(desk, door):
    good, used, expired = (keys.give(door, by=None, until=MONDAY.date() + timedelta(days=9), uses=2) for _ in range(3))
    Key.objects.filter(pk=used.pk).update(uses=2)
    Key.objects.filter(pk=expired.pk).update(expires_at=MONDAY)
    let_in = PitchFactory(door=door, waiting=True, key=used, line="MARK-IN")
    PitchFactory(door=door, key=good, line="MARK-UNPROVEN")
    body = desk.get(URL).content.decode()
    states = {row.key.pk: row.state for row in desk.get(URL).context["rows"]}
    assert states == {good.pk: "good", used.pk: "used", expired.pk: "expired"}
    assert "Lets in 2 more" in body
    assert f"/desk/pitch/{let_in.code}" in body
    assert "MARK-UNPROVEN" not in body
    assert used.token not in body


def test_keys_that_work_are_all_listed_and_old_ones_are_not_for_ever(desk, door):
    old = [keys.give(door, by=None, until=MONDAY.date() + timedelta(days=2)) for _ in range(55)]
    Key.objects.filter(pk__in=[key.pk for key in old[1:]]).update(withdrawn_at=MONDAY)
    rows = desk.get(URL).context["rows"]
    assert len(rows) == 51
    assert rows[-1].key == old[0]


def test_a_list_of_three_costs_what_a_list_of_one_costs(desk, door):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            to = f"kim{Key.objects.count()}@mosaic.example"
            key = keys.give(door, by=None, until=MONDAY.date() + timedelta(days=2), uses=2, email=to)
            PitchFactory(door=door, waiting=True, key=key)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(URL).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_keys_of_others_do_not_exist(door):
    key = keys.give(door, by=None, until=MONDAY.date() + timedelta(days=2))
    other = Client()
    other.force_login(PageFactory().owner)
    answers = [
        other.get(URL),
        other.get("/desk/doors/nothing/keys"),
        other.post(f"/desk/keys/{key.pk}/withdraw"),
        other.post("/desk/keys/999999/withdraw"),
        other.post(URL, FORM),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert (Key.objects.count(), keys.state_of(Key.objects.get())) == (1, "good")


def test_a_door_that_was_taken_down_has_no_keys(desk, door):
    key = keys.give(door, by=None, until=MONDAY.date() + timedelta(days=2))
    door.taken_down_at = clock.now()
    door.save(update_fields=["taken_down_at"])
    assert [desk.get(URL).status_code, desk.post(f"/desk/keys/{key.pk}/withdraw").status_code] == [404, 404]


def test_an_invitation_that_did_not_arrive_is_named(desk, door):
    key = keys.give(door, by=None, until=MONDAY.date() + timedelta(days=2), email="kim@mosaic.example")
    MessageFactory(kind="invitation", pitch=None, page=door.page, to=key.email, key=key, state="dead", dedupe="x")
    body = desk.get("/desk/outgoing").content.decode()
    assert "The key to Podcast guests" in body
    assert "An email to you" not in body
