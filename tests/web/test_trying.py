"""Would this be taken? The second button of the form, and the same for machines."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from pitches import intake, rules
from pitches.models import Pitch, Standing
from pitches.web import devices
from portal import clock, limits
from tests import senders
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.races import checksum
from tests.web.test_public import answers, hand, text

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
COUNTED = "portal_tally"  # how often a network tried is all that is written
DOCUMENT = {
    "line": "Survey: why 1,200 people mute brands",
    "why": "The question your readers ask most.",
    "link": "https://mosaic.example/mute",
    "ask": "write",
    "payer": "client",
    "name": "Elif Kaya",
    "company": "Mosaic Research",
    "email": "elif@mosaic.example",
}


@pytest.fixture(autouse=True)
def _sunday():
    with clock.standing_at(SUNDAY):
        yield


@pytest.fixture
def door():
    return DoorFactory(page=PageFactory(handle="maya"), slug="research", places_per_week=5)


def press(client, door, **changes):
    """The second button."""
    return client.post(reverse("public:try", args=[door.page.handle, door.slug]), answers(**changes))


def ask(client, door, document=DOCUMENT, **headers):
    """A machine asks."""
    path = reverse("public:dry_run", args=[door.page.handle, door.slug])
    body = document if isinstance(document, (bytes, str)) else json.dumps(document)
    return client.post(path, body, content_type="application/json", headers=headers)


def device_of(client, sender):
    """A browser on which a sender proved their mailbox."""
    client.cookies[devices.cookie_name()] = device = devices.new_token()
    intake.remember(device, sender)


# ── people ───────────────────────────────────────────────────────────────────
def test_the_note_says_yes_with_the_date_and_the_form_keeps_what_was_typed(client, door):
    client.cookies["zone"] = "Europe/Berlin"
    before = checksum(COUNTED)
    response = press(client, door, detail="More about it.")
    page = text(response)
    assert response.status_code == 200
    assert "Yes, as things stand" in page
    assert (
        "It would wait in the first-knock lane and be read on <strong>Tuesday 12 May, 09:00 Lisbon time, "
        "which is 10:00 for you</strong>. If there is no answer by Sunday 31 May, the answer is no." in page
    )
    assert "If Maya knows you, it may be sooner." in page
    for typed in (*DOCUMENT.values(), "More about it."):
        assert escape(typed) in page
    assert (checksum(COUNTED), response["Cache-Control"]) == (before, "no-store")
    assert (response.cookies.get("device"), Pitch.objects.count()) == (None, 0)


def test_after_trying_the_same_form_is_one_pitch(client, door):
    response = press(client, door)
    key = response.context["form"]["form_key"].value()
    assert hand(client, door, form_key=key).status_code == 303
    assert str(Pitch.objects.get().form_key) == key


def test_errors_are_shown_as_after_the_first_button(client, door):
    response = press(client, door, line="")
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    assert 'id="tried"' not in text(response)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ("trusted", "in the lane of the people Maya trusts"),
        ("known", "in the lane of the people Maya knows"),
        ("blocked", "Not now: Maya does not take pitches from this address"),
        ("paused", "Not now: Maya has paused pitches from elif@mosaic.example until Wednesday 13 May"),
    ],
)
def test_a_proven_mailbox_hears_its_own_truth(client, door, standing, words):
    more = {"until": SUNDAY + timedelta(days=3)} if standing == "paused" else {}
    device_of(client, senders.meet(door, standing, **more))
    page = text(press(client, door))
    assert words in page
    assert "first acquaintance hears" not in page
    assert "first acquaintance hears" in text(press(client, door, email="lee@pixelroad.example"))


@pytest.mark.parametrize("standing", ["stranger", "introduced", "known", "trusted", "paused", "blocked"])
def test_a_typed_address_gets_the_same_words_whoever_it_is(client, door, standing):
    form = answers()
    before = text(client.post("/@maya/research/try", form))
    more = {"until": SUNDAY + timedelta(days=3)} if standing == "paused" else {}
    sender = senders.meet(door, standing, **more)
    PitchFactory(door=DoorFactory(page=door.page), sender=sender, waiting=True, handed_in_at=SUNDAY)
    Pitch.objects.update(state="declined", sender=sender)
    after = text(client.post("/@maya/research/try", form))
    assert _plain(after) == _plain(before)


def _plain(page):
    """Without the token against forged forms."""
    return "".join(part.partition('"')[2] for part in page.split('name="csrfmiddlewaretoken" value="'))


def test_the_own_limits_are_told_in_the_words_of_a_refusal(client, door):
    sender = SenderFactory(email="elif@mosaic.example")
    device_of(client, sender)
    waits = PitchFactory(door=door, waiting=True, sender=sender, line="Why people mute brands")
    page = text(press(client, door))
    assert "Not now: One pitch at a time behind this door" in page
    assert f'<a href="/p/{waits.token}">' in page
    there = DoorFactory(page=door.page)
    PitchFactory.create_batch(2, door=there, declined=True, sender=sender)
    Pitch.objects.update(state="declined")
    page = text(press(client, door))
    assert "Not now: You have 3 pitches with Maya this month" in page
    assert "The next place is free on <strong>Tuesday 9 June</strong>" in page


def test_a_full_week_and_a_door_by_invitation_leave_the_way_open_to_those_who_are_known(client, door):
    PitchFactory.create_batch(5, door=door, waiting=True)
    page = text(press(client, door))
    assert "Not now: This week’s 5 places are taken" in page
    assert "If Maya knows you already, hand it in now." in page
    invited = DoorFactory(page=door.page, invited=True)
    page = text(press(client, invited))
    assert "Not now: This door opens for people Maya has worked with" in page
    assert "Whether it opens for you is known once your address is proven" in page
    assert "does not open for elif" not in page


def test_a_page_that_can_promise_nothing_says_from_when(client, door):
    PitchFactory.create_batch(3, door=DoorFactory(page=door.page), waiting=True)
    type(door.page).objects.update(cards=1, promise_days=3, full_since=SUNDAY)
    assert "Not now: Maya can promise no date before Wednesday 13 May" in text(press(client, door))


def test_a_door_that_closed_meanwhile_says_so_once(client, door):
    type(door).objects.update(state="closed")
    page = text(press(client, door))
    assert "The door closed while you were writing." in page
    assert 'id="tried"' not in page


def test_a_page_without_reading_hours_promises_none(client, door):
    type(door.page).objects.update(reading=[], next_hour_at=None)
    page = text(press(client, door))
    assert "Maya has not set a reading hour yet. It would wait until there is one." in page


def test_the_first_button_is_what_enter_means(client, door):
    page = text(client.get("/@maya/research"))
    assert page.index("See how Maya reads it") < page.index("Would this be taken?")
    assert page.index("Would this be taken?") < page.index("</form>", page.index("See how Maya reads it"))


def test_too_many_tries_of_a_network_keep_what_was_typed(client, door, monkeypatch, settings):
    settings.NETWORK_LIMIT = 1
    monkeypatch.setitem(limits.LIMITS, "try", (1, limits.HOUR))
    assert press(client, door).status_code == 200
    response = press(client, door)
    assert (response.status_code, response["Retry-After"]) == (429, "3601")
    assert "Too many tries from this network. Please try again at 13:00. Your text is still here." in text(response)
    assert escape(DOCUMENT["line"]) in text(response)
    machine = ask(client, door)
    assert (machine.status_code, machine["Retry-After"], machine.json()["error"]) == (429, "3601", "too_many")


# ── machines ─────────────────────────────────────────────────────────────────
def test_a_machine_gets_the_verdict(client, door):
    before = checksum(COUNTED)
    response = ask(client, door)
    assert response.status_code == 200
    assert response.json() == {
        "version": "1",
        "door": {"slug": "research", "version": 1},
        "result": "waiting",
        "why": "",
        "number": None,
        "until": None,
        "lane": "first_knock",
        "promised": "2026-05-12T08:00:00Z",
        "lapses": "2026-05-31T12:00:00Z",
        "errors": {},
    }
    assert (response["Access-Control-Allow-Origin"], response["Cache-Control"]) == ("*", "no-store")
    assert checksum(COUNTED) == before


def test_a_refusal_is_an_answer_with_its_number_and_date(client, door):
    PitchFactory.create_batch(5, door=door, waiting=True)
    response = ask(client, door)
    found = {name: response.json()[name] for name in ("result", "why", "number", "until", "lane", "promised")}
    assert response.status_code == 200
    assert found == {
        "result": "refused",
        "why": "full",
        "number": 5,
        "until": "2026-05-10T23:00:00Z",
        "lane": None,
        "promised": None,
    }


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"line": ""}, ["line"]),
        ({"link": "ftp://mosaic.example"}, ["link"]),
        ({"line": "x" * 91}, ["line"]),
        ({"ask": 7}, ["ask"]),
        ({"paid": {}}, ["paid"]),
        ({"form_key": "1"}, ["form_key"]),
        ({"email": "elif"}, ["email"]),
        ({"name": "\ud800"}, ["name"]),
        ({"\ud800": ""}, ["\ud800"]),
    ],
)
def test_what_is_missing_or_misshapen_is_named(client, door, changes, names):
    response = ask(client, door, DOCUMENT | changes)
    found = response.json()
    assert (response.status_code, found["result"], found["why"]) == (422, "incomplete", "incomplete")
    assert list(found["errors"]) == names
    assert all(words for words in found["errors"].values())


def test_all_that_is_missing_is_named_at_once_and_groups_with_a_dot(client, door):
    paid = DoorFactory(page=door.page, paid=True)
    found = ask(client, paid, {"paid": {"type": "flat_fee"}}).json()["errors"]
    assert sorted(found) == sorted([*DOCUMENT, "paid.min", "paid.max", "paid.currency"])
    assert found["line"] == ["Write in one line what it is."]


def test_a_sensitive_product_and_nothing_else_is_said_as_such(client, door):
    paid = DoorFactory(page=door.page, paid=True)
    offer = {"type": "none"}
    response = ask(client, paid, DOCUMENT | {"paid": offer, "category": "1362"})  # casinos
    found = response.json()
    assert (response.status_code, found["why"], list(found["errors"])) == (422, "sensitive", ["category"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" ", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"line": NaN}', 400),
        (b"[" * 5000, 400),
        (b'{"line": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"' + b"x" * 70_000 + b'"', 413),
    ],
)
def test_what_is_no_document_is_refused(client, door, body, status):
    response = ask(client, door, body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_other_kinds_of_bodies_other_methods_and_other_places(client, door):
    path = "/@maya/research/dry-run"
    assert client.post(path, DOCUMENT).status_code == 415
    assert client.get(path).status_code == 405
    there = [client.post(f"/@maya/{slug}/dry-run", b"{}", content_type="application/json") for slug in ("none", "x")]
    assert {(one.status_code, one.content) for one in there} == {(404, there[0].content)}
    assert ask(client, DoorFactory(taken_down_at=SUNDAY)).status_code == 404
    assert ask(client, DoorFactory(page__published_at=None)).status_code == 404
    assert ask(client, DoorFactory(page__hidden_at=SUNDAY)).status_code == 410


def test_any_site_may_ask_and_no_cookie_counts(client, door):
    asked = client.options("/@maya/research/dry-run", headers={"Origin": "https://agent.example"})
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert (asked["Access-Control-Allow-Methods"], asked["Access-Control-Allow-Headers"]) == ("POST", "Content-Type")
    usual = ask(client, door).json()
    device_of(client, senders.meet(door, "trusted"))
    client.force_login(door.page.owner)
    client.handler.enforce_csrf_checks = True
    assert ask(client, door, Origin="https://agent.example").json() == usual
    assert usual["lane"] == "first_knock"


@pytest.mark.parametrize("standing", ["stranger", "introduced", "known", "trusted", "paused", "blocked"])
def test_a_machine_hears_the_same_of_every_address(client, door, standing):
    before = ask(client, door).content
    sender = senders.meet(door, standing, **({"until": SUNDAY + timedelta(days=3)} if standing == "paused" else {}))
    PitchFactory(door=door, sender=sender, declined=True, handed_in_at=SUNDAY - timedelta(days=20))
    assert ask(client, door).content == before


def test_the_verdict_of_a_machine_is_that_of_the_form(client, door):
    found = ask(client, door).json()
    pitch = senders.hand_in(door)
    senders.work()
    pitch.refresh_from_db()
    assert found["promised"] == f"{pitch.promised_for:%Y-%m-%dT%H:%M:%SZ}"
    assert found["lapses"] == f"{pitch.told_lapse:%Y-%m-%dT%H:%M:%SZ}"
    assert found["lane"] == pitch.lane


def test_the_page_for_machines_names_the_address(client, door):
    found = client.get("/@maya/doors.json").json()["doors"][0]
    assert found["dry_run"].endswith("/@maya/research/dry-run")
    response = client.post(found["dry_run"].partition("8000")[2], json.dumps(DOCUMENT), content_type="application/json")
    assert response.status_code == 200


def test_a_try_counts_nothing_against_the_sender(client, door):
    device_of(client, SenderFactory(email="elif@mosaic.example"))
    for _again in range(rules.USUAL[Standing.STRANGER].places + 1):
        assert "Yes, as things stand" in text(press(client, door))
