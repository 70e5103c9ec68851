"""At the desk: to speak for somebody, to let them in or not, and never a word of it to whom it is about."""

import pytest
from django.urls import reverse

from pitches import intake, relationships
from pitches.models import Message, Standing, Vouch
from pitches.web import devices
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory, VouchFactory

pytestmark = pytest.mark.django_db
LIST = "/desk/vouches"


@pytest.fixture
def maya():
    return DoorFactory(slug="research", name="Research & data", page__handle="maya").page


@pytest.fixture
def sam(maya):
    return PageFactory(handle="sam", name="Sam <b>Ode</b>", owner__email="sam@page.example")


@pytest.fixture
def elif_(sam):
    sender = SenderFactory(email="elif@mosaic.example")
    relationships.set_by_hand(sam, sender, Standing.TRUSTED, by=sam.owner)
    return sender


def at_desk(client, page):
    client.force_login(page.owner)
    return client


def say(client, sam, elif_, **changed):
    sent = {"handle": "@maya", "words": "Knows the data & asks <first>."} | changed
    return at_desk(client, sam).post(reverse("desk:vouch", args=[elif_.pk]), sent)


def test_from_one_desk_to_the_other(client, maya, sam, elif_):
    said = say(client, sam, elif_)
    assert (said.status_code, said["Location"]) == (303, f"/desk/people/{elif_.pk}")
    assert "Not taken up so far" in client.get(LIST).content.decode()
    shown = at_desk(client, maya).get(LIST).content.decode()
    assert "Sam &lt;b&gt;Ode&lt;/b&gt; (@sam) speaks for elif@mosaic.example" in shown
    assert "Knows the data &amp; asks &lt;first&gt;." in shown
    assert "1 waits" in client.get("/desk/people").content.decode()
    vouch = Vouch.objects.get()
    taken = client.post(reverse("desk:vouch_take", args=[vouch.pk]), {"door": "research"}, follow=True)
    assert "is introduced now, at Research &amp; data." in taken.content.decode()
    assert relationships.standing_of(maya, elif_, maya.doors.get()) == Standing.INTRODUCED
    assert "wait" not in client.get("/desk/people").content.decode().partition("Vouches")[2][:120]
    assert "Believed" in at_desk(client, sam).get(LIST).content.decode()
    client.post(reverse("desk:vouch_revoke", args=[vouch.pk]))
    assert relationships.standing_of(maya, elif_, maya.doors.get()) == Standing.STRANGER
    assert Message.objects.count() == 0


def test_for_a_whole_agency(client, maya, sam, elif_):
    at_desk(client, sam).post(
        reverse("desk:agency_vouch", args=[elif_.agency_id]), {"handle": "maya", "words": "Good people."}
    )
    assert Vouch.objects.get().agency == elif_.agency
    assert "speaks for mosaic.example" in at_desk(client, maya).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"handle": "nobody"}, "There is no page with this short address here."),
        ({"handle": ""}, "Name a colleague by the short address of their page."),
        ({"handle": "sam"}, "This is your own page."),
        ({"words": " "}, "Say what you vouch for"),
        ({"words": "x" * 281}, "Make it shorter"),
    ],
)
def test_what_was_typed_stays_beside_what_is_wrong(client, sam, elif_, changed, words):
    shown = say(client, sam, elif_, **changed)
    assert (shown.status_code, Vouch.objects.count()) == (422, 0)
    assert words in shown.content.decode()
    kept = changed.get("words", "Knows the data &amp; asks &lt;first&gt;.").strip()
    assert kept in shown.content.decode()


def test_an_unknown_page_and_a_hidden_one_are_answered_alike(client, maya, sam, elif_):
    first = say(client, sam, elif_, handle="nobody").content.decode()
    maya.hidden_at = maya.published_at
    maya.save()
    second = say(client, sam, elif_).content.decode()
    words = "There is no page with this short address here."
    assert (words in first, words in second) == (True, True)


def test_a_no_tells_the_giver_nothing(client, maya, sam, elif_):
    say(client, sam, elif_)
    at_desk(client, sam).get(LIST)
    before = client.get(LIST).content.decode()
    vouch = Vouch.objects.get()
    put_aside = at_desk(client, maya).post(
        reverse("desk:vouch_refuse", args=[vouch.pk]), {"no_more": "yes"}, follow=True
    )
    assert "You hear no more words of @sam." in put_aside.content.decode()
    after = at_desk(client, sam).get(LIST).content.decode()
    assert _plain(after) == _plain(before)
    assert say(client, sam, elif_, handle="@maya").status_code == 422  # once for each pair, as before
    at_desk(client, maya).post(reverse("desk:vouch_hear", args=["sam"]))
    assert not Vouch.objects.filter(no_more=True).exists()


def _plain(words):
    return words.partition("<main")[2].replace(" ", "").partition("csrfmiddlewaretoken")[0]


def test_whom_the_owner_blocked_stays_outside(client, maya, sam, elif_):
    relationships.set_by_hand(maya, elif_, Standing.BLOCKED, by=maya.owner)
    say(client, sam, elif_)
    shown = at_desk(client, maya).post(reverse("desk:vouch_take", args=[Vouch.objects.get().pk]), {}, follow=True)
    assert "You said yourself how you stand with them." in shown.content.decode()
    assert relationships.standing_of(maya, elif_, None) == Standing.BLOCKED


def test_a_door_that_hangs_no_longer_is_no_choice(client, maya, sam, elif_):
    say(client, sam, elif_)
    vouch = Vouch.objects.get()
    shown = at_desk(client, maya).post(reverse("desk:vouch_take", args=[vouch.pk]), {"door": "gone"}, follow=True)
    assert "This door hangs no longer." in shown.content.decode()
    vouch.refresh_from_db()
    assert vouch.taken_at is None


def test_whoever_it_is_about_never_reads_of_it(client, maya, sam, elif_):
    """Not the word, not who said it, not that it was said: at the door, on their status, in their list."""
    say(client, sam, elif_)
    vouch = Vouch.objects.get()
    at_desk(client, maya).post(reverse("desk:vouch_take", args=[vouch.pk]), {})
    pitch = PitchFactory(waiting=True, door=maya.doors.get(), sender=elif_, standing="introduced")
    client.logout()
    device = devices.new_token()
    intake.remember(device, elif_)
    client.cookies[devices.cookie_name()] = device
    client.force_login(PageFactory(owner__email="elif@mosaic.example").owner)
    for path in ("/@maya", "/@maya/research", f"/p/{pitch.token}", "/agency", "/agency/doors", "/agency/record"):
        words = client.get(path).content.decode()
        assert [mark for mark in ("Knows the data", "@sam", "Ode", "vouch", "speaks for") if mark in words] == [], path


@pytest.mark.parametrize("count", [1, 3])
def test_the_questions_do_not_grow_with_the_words(client, maya, django_assert_num_queries, count):
    for _number in range(count):
        VouchFactory(to=maya)
        VouchFactory(page=maya)
        VouchFactory(to=maya, taken_at=maya.created_at)
    at_desk(client, maya).get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
