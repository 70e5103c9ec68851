"""Too often, too fast, or too many at once: said at the form, with all that was typed, and pressing again works."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import altcha
import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from pitches import intake
from pitches.models import Introduction, Pitch, Watch
from pitches.web import devices
from portal import clock, limits, sums
from portal.models import Tally
from tests.factories import DoorFactory, IntroductionFactory, PitchFactory
from tests.senders import meet

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
SAID = "Too many tries from this network. Please try again at 13:00."
FORM = {
    "line": "Why 1,200 people mute brands",
    "why": "The question your readers ask most.",
    "link": "https://mosaic.example/mute",
    "ask": "write",
    "payer": "client",
    "name": "Elif Kaya",
    "company": "Mosaic Research",
    "email": "elif@mosaic.example",
}


@pytest.fixture(autouse=True)
def _real_limits(settings):
    settings.NETWORK_LIMIT = 1
    with clock.standing_at(NOON):
        yield


def at(door, name="pitch"):
    return reverse(f"public:{name}", args=[door.page.handle, door.slug])


def form(**changes):
    return FORM | {"form_key": str(uuid4())} | changes


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def fill(what, client=None):
    """Every try that this network has in this hour."""
    row = Tally.objects.create(
        what=what,
        who=limits.network_of((client or Client()).get("/healthz").wsgi_request),
        began_at=NOON.replace(minute=0),
        count=limits.LIMITS[what][0],
    )
    return row.count


# ── 429 ──────────────────────────────────────────────────────────────────────
def test_a_door_that_was_tried_too_often_keeps_all_that_was_typed():
    door = DoorFactory()
    fill("pitch")
    response = Client().post(at(door), form())
    assert (response.status_code, response["Retry-After"]) == (429, "2401")
    assert f"{SAID} Your text is still here." in words(response)
    body = response.content.decode()
    assert all(value in body for name, value in FORM.items() if name not in ("ask", "payer"))
    assert body.count(" checked") == 2
    assert Pitch.objects.count() == 0
    clock.move_to(NOON + timedelta(minutes=40))
    assert Client().post(at(door), form()).status_code == 303


@pytest.mark.parametrize(("name", "model"), [("watch", Watch), ("introduce", Introduction)])
def test_a_form_for_an_address_keeps_it(name, model):
    door = DoorFactory(closed=True) if name == "watch" else DoorFactory(invited=True)
    fill(name)
    response = Client().post(at(door, name), {"email": "elif@mosaic.example"})
    assert (response.status_code, int(response["Retry-After"]) > 2000) == (429, True)
    assert SAID in words(response)
    assert 'value="elif@mosaic.example"' in response.content.decode()
    assert model.objects.count() == 0


@pytest.mark.parametrize("kind", ["check", "who"])
def test_codes_are_not_tried_without_end(kind):
    if kind == "check":
        pitch = PitchFactory()
        code, path = intake.issue_code(pitch), reverse("agency:check", args=[pitch.token])
    else:
        who = IntroductionFactory()
        code, path = intake.issue_code(who), reverse("public:who", args=[who.token])
    fill("code")
    response = Client().post(path, {"code": code})
    assert (response.status_code, SAID in words(response)) == (429, True)
    assert f'value="{code}"' in response.content.decode()
    clock.move_to(NOON + timedelta(minutes=40))
    assert Client().post(path, {"code": code}).status_code == 303


@pytest.mark.parametrize("kind", ["check", "who"])
def test_send_again_is_not_pressed_without_end(kind):
    fill("again")
    if kind == "check":
        response = Client().post(reverse("agency:send_code", args=[PitchFactory().token]))
    else:
        response = Client().post(reverse("public:who", args=[IntroductionFactory().token]), {"again": "1"})
    assert (response.status_code, response["Retry-After"], SAID in words(response)) == (429, "2401", True)


def test_a_neighbour_is_not_held_back():
    fill("pitch")
    assert Client(REMOTE_ADDR="198.51.100.7").post(at(DoorFactory()), form()).status_code == 303


# ── what only a machine does ─────────────────────────────────────────────────
def test_the_field_that_nobody_sees_stays_empty():
    client, door = Client(), DoorFactory()
    page = client.get(at(door, "door")).content.decode()
    assert page.count('name="homepage"') == 1
    assert '<div class="trap"><label>Leave this field empty <input type="text" name="homepage"' in page
    data = form()
    response = client.post(at(door), data | {"homepage": "https://buy.example"})
    assert (response.status_code, Pitch.objects.count()) == (422, 0)
    assert "A field that nobody sees was filled" in words(response)
    body = response.content.decode()
    assert (FORM["why"] in body, "buy.example" in body) == (True, False)
    assert client.post(at(door), data).status_code == 303


def test_nobody_types_a_pitch_within_three_seconds(settings):
    settings.MIN_WRITING = 3
    client, door = Client(), DoorFactory()
    seen = stamp(client.get(at(door, "door")))
    clock.move_to(NOON + timedelta(seconds=2))
    hasty = client.post(at(door, "pitch"), form(seen=seen))
    assert (hasty.status_code, "quicker than anybody types" in words(hasty)) == (422, True)
    assert FORM["email"] in hasty.content.decode()
    assert stamp(hasty) == seen
    clock.move_to(NOON + timedelta(seconds=3))
    assert client.post(at(door, "pitch"), form(seen=seen)).status_code == 303


@pytest.mark.parametrize(("name", "how"), [("watch", {"closed": True}), ("introduce", {"invited": True})])
def test_a_browser_fills_in_one_address_at_once(settings, name, how):
    settings.MIN_WRITING = 3
    client, door = Client(), DoorFactory(**how)
    seen = stamp(client.get(at(door, "door")))
    assert client.post(at(door, name), {"email": FORM["email"], "seen": seen}).status_code == 303


@pytest.mark.parametrize("seen", ["", "1", "1772454000:forged", "é"])
def test_a_form_that_was_never_seen_is_shown_first(settings, seen):
    settings.MIN_WRITING = 3
    client, door = Client(), DoorFactory()
    first = client.post(at(door), form(seen=seen))
    assert first.status_code == 422
    clock.move_to(NOON + timedelta(seconds=3))
    assert client.post(at(door), form(seen=stamp(first))).status_code == 303


def stamp(response):
    return re.search(r'name="seen" value="([^"]+)"', response.content.decode())[1]


# ── a sum while many knock ───────────────────────────────────────────────────
def crowd(door, knocks=60):
    Tally.objects.create(what="knock", who=str(door.page_id), began_at=NOON.replace(minute=0), count=knocks)


def solve(response):
    asked = re.search(r'data-sum="([^"]+)"', response.content.decode())[1].replace("&quot;", '"')
    challenge = altcha.Challenge.from_dict(json.loads(asked))
    solution = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solution).to_base64()


@pytest.fixture
def _easy(monkeypatch):
    """Sums that take a moment."""
    monkeypatch.setattr(sums, "COST", 10)


def test_nothing_of_a_sum_is_there_while_few_knock():
    client, door = Client(), DoorFactory()
    bodies = client.get(at(door, "door")).content + client.post(at(door), form(line="")).content
    assert (b"sum" in bodies.replace(b"summary", b""), b"sums.js" in bodies) == (False, False)
    crowd(door, 59)
    assert client.post(at(door), form()).status_code == 303


@pytest.mark.usefixtures("_easy")
def test_while_many_knock_a_sum_comes_first_and_then_the_pitch_is_taken():
    client, door, data = Client(), DoorFactory(), form()
    crowd(door)
    asked = client.post(at(door), data)
    assert (asked.status_code, Pitch.objects.count()) == (422, 0)
    assert "Many people knock just now, so your browser does a short sum. Then press again." in words(asked)
    assert "Without it, the form works again at 13:00." in words(asked)
    assert FORM["why"] in asked.content.decode()
    done = solve(asked)
    assert client.post(at(door), data | {"sum": done}).status_code == 303
    assert client.post(at(door), data | {"sum": done}).status_code == 303  # a second press of the same form
    assert Pitch.objects.count() == 1
    assert client.post(at(door), form(sum=done)).status_code == 422  # no other form
    clock.move_to(NOON + timedelta(minutes=40))
    assert client.post(at(door), form()).status_code == 303


@pytest.mark.usefixtures("_easy")
def test_a_sum_is_not_used_without_end():
    client, door, data = Client(), DoorFactory(), form()
    crowd(door)
    data["sum"] = solve(client.post(at(door), data))
    found = [client.post(at(door), data | {"email": f"a{number}@b.example"}).status_code for number in range(6)]
    assert found == [303] * 5 + [422]


@pytest.mark.usefixtures("_easy")
def test_a_third_of_what_a_network_may_is_enough_for_a_sum():
    client = Client()
    found = [client.post(at(DoorFactory()), form()).status_code for _ in range(11)]
    assert found == [303] * 10 + [422]
    assert Client(REMOTE_ADDR="198.51.100.7").post(at(DoorFactory()), form()).status_code == 303


@pytest.mark.parametrize("junk", ["x", "e30=", "W10=", "é", "x" * 5000])
def test_what_is_no_sum_is_no_error(junk):
    door = DoorFactory()
    crowd(door)
    assert Client().post(at(door), form(sum=junk)).status_code == 422


def test_whoever_proved_the_mailbox_here_is_not_asked_for_a_sum():
    client, door = Client(), DoorFactory()
    crowd(door)
    client.cookies[devices.cookie_name()] = device = devices.new_token()
    intake.remember(device, meet(door, "known"))
    response = client.post(at(door), form())
    assert (response.status_code, list(get_messages(response.wsgi_request))) == (303, [])
