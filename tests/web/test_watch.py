"""Waiting for a door in the browser: the same answer for everybody, and nothing happens by looking."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pitches import intake, tasks
from pitches.models import Event, Message, Pitch, Watch
from pitches.web import devices
from portal import clock, tokens
from tests.factories import DoorFactory, MessageFactory, SenderFactory, WatchFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
ADDRESS = "elif@mosaic.example"
NAMES = ("watch_confirm", "watch_stop")


def path(name, watch):
    return reverse(f"public:{name}", args=[watch.token])


def ask(client, door, email=ADDRESS):
    return client.post(reverse("public:watch", args=[door.page.handle, door.slug]), {"email": email})


def text(response):
    return " ".join(response.content.decode().split())


def state(watch):
    watch.refresh_from_db()
    return "stopped" if watch.stopped_at else "told" if watch.told_at else "waits" if watch.confirmed_at else "asked"


# ── to ask ───────────────────────────────────────────────────────────────────
def test_asking_is_a_watch_and_no_pitch(client):
    door = DoorFactory(closed=True)
    response = ask(client, door)
    here = reverse("public:door", args=[door.page.handle, door.slug])
    assert (response.status_code, response["Location"]) == (303, f"{here}?asked=mail#watch")
    assert "We have noted it." in text(client.get(response["Location"]))
    assert (Watch.objects.get().email, Pitch.objects.count()) == (ADDRESS, 0)
    tasks.react("soon")
    assert Message.objects.get().kind == "watch_confirm"


def test_the_answer_is_the_same_for_everybody(client):
    door = DoorFactory(closed=True)
    WatchFactory(door=door, email="waits@mosaic.example", waiting=True)
    SenderFactory(email="known@mosaic.example")
    addresses = ("new@mosaic.example", "waits@mosaic.example", "known@mosaic.example", "new@mosaic.example")
    answers = [ask(client, door, address) for address in addresses]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1


def test_a_device_that_proved_the_mailbox_waits_at_once(client):
    door, device = DoorFactory(closed=True), devices.new_token()
    intake.remember(device, SenderFactory(email=ADDRESS))
    client.cookies[devices.cookie_name()] = device
    page = reverse("public:door", args=[door.page.handle, door.slug])
    assert client.get(page).context["form"]["email"].value() == ADDRESS
    assert "We will tell you." in text(client.get(ask(client, door)["Location"]))
    assert state(Watch.objects.get()) == "waits"
    assert "asked=mail" in ask(client, door, "else@mosaic.example")["Location"]


@pytest.mark.parametrize("email", ["", "elif", "elif@localhost", "a@b.example, c@d.example", "a\u202eb@c.example"])
def test_an_address_that_is_none_is_said_and_kept(client, email):
    door = DoorFactory(closed=True)
    response = ask(client, door, email)
    assert response.status_code == 422
    assert response.context["form"]["email"].value() == email
    assert "<title>Error: “Original research” is closed" in text(response)
    assert 'href="#id_email"' in text(response)
    assert Watch.objects.count() == Event.objects.count() == 0


@pytest.mark.parametrize("changes", [{}, {"invited": True}])
def test_a_door_that_opened_meanwhile_is_shown_and_nobody_waits(client, changes):
    door = DoorFactory(**changes)
    here = reverse("public:door", args=[door.page.handle, door.slug])
    assert ask(client, door)["Location"] == here
    assert Watch.objects.count() == 0


def test_a_door_that_is_not_there_cannot_be_waited_for(client):
    door = DoorFactory(closed=True, taken_down_at=clock.now())
    assert ask(client, door).status_code == 404


# ── to confirm and to stop ───────────────────────────────────────────────────
def test_mail_scanners_change_nothing(client):
    watch = WatchFactory()
    waits = WatchFactory(waiting=True)
    before = checksum()
    for each in (watch, waits):
        for name in NAMES:
            for method in (client.get, client.head, client.options):
                method(path(name, each))
    assert checksum() == before


def test_pressing_the_button_confirms_and_twice_says_the_same(client):
    watch = WatchFactory()
    assert "Tell you when it opens?" in text(client.get(path("watch_confirm", watch)))
    pages = []
    for _ in range(2):
        response = client.post(path("watch_confirm", watch))
        assert (response.status_code, response["Location"]) == (303, path("watch_confirm", watch))
        pages.append(text(client.get(response["Location"])))
        assert state(watch) == "waits"
    assert pages[0] == pages[1]
    assert "We will tell you when it opens." in pages[0]


def test_one_mail_confirms_what_the_mailbox_chooses_and_nothing_of_others(client):
    watch, wanted, not_wanted = (WatchFactory(email=ADDRESS) for _ in range(3))
    other = WatchFactory()
    page = text(client.get(path("watch_confirm", watch)))
    assert [page.count(f'name="watch" value="{each.pk}"') for each in (watch, wanted, not_wanted, other)] == [
        0,
        1,
        1,
        0,
    ]
    client.post(path("watch_confirm", watch), {"watch": [wanted.pk, other.pk, "x"]})
    assert [state(each) for each in (watch, wanted, not_wanted, other)] == ["waits", "waits", "asked", "asked"]


def test_a_link_that_came_too_late_says_so(client):
    watch = WatchFactory(asked_at=clock.now() - timedelta(days=7))
    client.post(path("watch_confirm", watch))
    assert "This link has expired." in text(client.get(path("watch_confirm", watch)))
    assert state(watch) == "asked"


@pytest.mark.parametrize(
    ("door", "said"),
    [({"closed": True}, "You were told."), ({}, "It is open now."), ({"state": "invited"}, "You were")],
)
def test_after_the_mail_its_links_still_answer(client, door, said):
    watch = WatchFactory(door=DoorFactory(**door), email="", mailbox="", confirmed_at=clock.now(), told_at=clock.now())
    for name in NAMES:
        assert said in text(client.get(path(name, watch)))
        client.post(path(name, watch))
    assert state(watch) == "told"


def test_a_mail_client_stops_with_one_click_and_a_person_may_undo(client):
    watch = WatchFactory(waiting=True)
    strict = type(client)(enforce_csrf_checks=True)
    stopped = strict.post(path("watch_stop", watch), {"List-Unsubscribe": "One-Click"})
    assert (stopped.status_code, state(watch)) == (200, "stopped")
    assert "Stopped. You get no mail." in text(stopped)
    again = strict.post(path("watch_stop", watch), {"again": "1"})
    assert (again.status_code, state(watch)) == (200, "waits")
    assert strict.post(path("watch_confirm", watch)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_a_link_is_guessed_by_nobody(client, name):
    watch = WatchFactory()
    guesses = [watch.seed, watch.token_hash, str(watch.pk), tokens.link_token("pitch", watch.seed), "x"]
    answers = [
        getattr(client, how)(reverse(f"public:{name}", args=[guess])) for guess in guesses for how in ("get", "post")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert state(watch) == "asked"


@pytest.mark.parametrize("name", NAMES)
def test_nobody_keeps_the_page_of_a_link(client, name):
    assert client.get(path(name, WatchFactory()))["Cache-Control"] == "no-store"


def test_a_hidden_page_lets_go_of_its_watchers(client):
    watch = WatchFactory(waiting=True, door__page__hidden_at=clock.now())
    page = text(client.post(path("watch_stop", watch)))
    assert "See the door" not in page
    assert state(watch) == "stopped"


def test_the_owner_never_sees_who_waits(client):
    watch = WatchFactory(waiting=True)
    for kind in ("door_open", "watch_confirm"):
        MessageFactory(
            kind=kind, pitch=None, page=watch.door.page, watch=watch, to=watch.email, state="dead", dedupe=kind
        )
    client.force_login(watch.door.page.owner)
    for name in ("outgoing", "home", "inbox"):
        assert watch.email not in text(client.get(reverse(f"desk:{name}"), follow=True))


def test_the_owner_goes_from_the_page_to_the_desk(client):
    door = DoorFactory()
    client.force_login(door.page.owner)
    street = text(client.get(f"/@{door.page.handle}"))
    for name in ("doors", "page_edit", "share", "home"):
        assert f'<a href="{reverse(f"desk:{name}")}">' in street
