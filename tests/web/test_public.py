"""The street, the doors, and what comes in through the form."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from pitches.models import Event, Message, Pitch
from portal import clock
from tests.factories import AnswerFactory, DeviceFactory, DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


def answers(**changes):
    """A form that is filled in well."""
    return {
        "form_key": str(uuid4()),
        "line": "Survey: why 1,200 people mute brands",
        "why": "The question your readers ask most.",
        "link": "https://mosaic.example/mute",
        "ask": "write",
        "payer": "client",
        "name": "Elif Kaya",
        "company": "Mosaic Research",
        "email": "elif@mosaic.example",
    } | changes


def hand(client, door, **changes):
    """Post the form of a door."""
    return client.post(reverse("public:pitch", args=[door.page.handle, door.slug]), answers(**changes))


def text(response):
    """The page, without line breaks that only the template made."""
    return " ".join(response.content.decode().split())


# ── the landing page ─────────────────────────────────────────────────────────
def test_the_landing_page_shows_the_demo_page_when_it_is_there(client):
    assert client.get("/").context["example"] is None
    page = PageFactory(handle="maya")
    assert client.get("/").context["example"] == page


def test_the_landing_page_of_a_production_names_nobody(client, settings):
    PageFactory(handle="maya")
    settings.PRODUCTION = True
    assert "/@maya" not in client.get("/").content.decode()


def test_an_owner_goes_from_the_landing_page_to_the_desk(client):
    client.force_login(PageFactory().owner)
    assert client.get("/")["Location"] == reverse("desk:home")


# ── the street ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_street_costs_three_queries_and_sets_no_cookie(client, count, django_assert_num_queries):
    page = PageFactory()
    DoorFactory.create_batch(count, page=page)
    with django_assert_num_queries(3):
        response = client.get(f"/@{page.handle}")
    assert response.content.decode().count('class="plaque"') == count
    assert list(response.cookies) == []


@pytest.mark.parametrize("spelling", ["/@{0}", "/{0}", "/{1}"])
def test_other_spellings_lead_to_the_one_address(client, spelling):
    PageFactory(handle="maya")
    response = client.get(spelling.format("MAYA", "maya"))
    assert (response.status_code, response["Location"]) == (301, "/@maya")


@pytest.mark.parametrize("path", ["/@{}", "/@{}/research", "/{}", "/@{}/research/pitch"])
def test_a_page_that_is_not_up_is_as_unknown_as_no_page(client, path):
    door = DoorFactory(page__unpublished=True, page__handle="hidden", slug="research")
    seen, unseen = client.get(path.format(door.page.handle)), client.get(path.format("nobody"))
    assert (seen.status_code, unseen.status_code) == (404, 404)
    assert seen.content == unseen.content


def test_each_door_says_its_state_in_words(client):
    with clock.standing_at(SUNDAY):
        page = PageFactory()
        for changes in (
            {"state": "open"},
            {"state": "until", "until": datetime(2026, 6, 30, 22, tzinfo=UTC)},
            {"state": "invited"},
            {"state": "closed", "opens_at": datetime(2026, 9, 1, tzinfo=UTC)},
            {"state": "open", "opens_at": datetime(2026, 5, 20, tzinfo=UTC)},
            {"state": "until", "until": datetime(2026, 5, 1, tzinfo=UTC)},
            {"state": "closed"},
        ):
            DoorFactory(page=page, **changes)
        plaques = client.get(f"/@{page.handle}").context["plaques"]
    assert [plaque.words for plaque in plaques] == [
        "Open",
        "Open until 30 June",
        "By invitation",
        "Opens in September",
        "Opens on 20 May",
        "Closed",
        "Closed",
    ]
    assert [plaque.look for plaque in plaques] == ["open", "until", "key", "shut", "shut", "shut", "shut"]


@pytest.mark.parametrize(
    ("reading", "soon", "then"),
    [
        (["TUE 09:00", "FRI 09:00"], "in 2 days", "Then Friday, same time."),
        (["SUN 18:00", "FRI 09:00"], "today", "Then Friday, 09:00."),
        (["MON 09:00"], "tomorrow", "Every week at this time."),
        ([], "", ""),
    ],
)
def test_the_hours_card_says_how_soon_and_what_then(client, reading, soon, then):
    with clock.standing_at(SUNDAY):
        hours = client.get(f"/@{PageFactory(reading=reading).handle}").context["hours"]
    assert (hours.soon, hours.then) == (soon, then)


def test_a_page_without_doors_says_so(client):
    assert "Maya has not hung the doors" in text(client.get(f"/@{PageFactory().handle}"))


def test_few_answers_give_sentences_and_many_give_figures(client):
    page = PageFactory()
    for yes in [True] * 2 + [False] * 7:
        _answered(page, yes=yes)
    assert client.get(f"/@{page.handle}").context["expect"].known is False
    PitchFactory(lapsed=True, page=page, door__page=page)
    PitchFactory(lapsed=True, lane="quarantine", page=page, door__page=page)
    expect = client.get(f"/@{page.handle}").context["expect"]
    assert (expect.known, expect.ended, expect.answered, expect.days, expect.one_in) == (True, 10, 9, 4, 5)


def _answered(page, *, yes):
    handed_in = clock.now() - timedelta(days=10)
    kind = {"kind": "yes"} if yes else {"kind": "no", "reason": "covered"}
    state = {"accepted": True} if yes else {"declined": True}
    pitch = PitchFactory(door__page=page, handed_in_at=handed_in, **state)
    return AnswerFactory(pitch=pitch, sent_at=handed_in + timedelta(days=4), **kind)


def test_an_answer_still_in_the_house_is_not_counted(client):
    page = PageFactory()
    AnswerFactory(held=True, pitch__door__page=page)
    expect = client.get(f"/@{page.handle}").context["expect"]
    assert (expect.ended, expect.answered, expect.yes) == (0, 0, 0)


def test_only_the_owner_sees_the_way_back_to_the_desk(client):
    page, other = PageFactory(), PageFactory()
    client.force_login(other.owner)
    assert client.get(f"/@{page.handle}").context["mine"] is False
    client.force_login(page.owner)
    assert client.get(f"/@{page.handle}").context["mine"] is True


# ── a door ───────────────────────────────────────────────────────────────────
def test_a_closed_door_is_a_page_with_a_reason_and_a_way_on(client):
    door = DoorFactory(closed=True)
    other = DoorFactory(page=door.page, name="Sponsorships")
    response = client.get(reverse("public:door", args=[door.page.handle, door.slug]))
    assert response.status_code == 200
    assert "“My readers asked for a rest.”" in text(response)
    assert [plaque.door for plaque in response.context["open_doors"]] == [other]


def test_a_full_door_names_the_next_monday_and_keeps_its_form(client):
    with clock.standing_at(SUNDAY):
        door = DoorFactory(places_per_week=1)
        PitchFactory(waiting=True, door=door, page=door.page)
        response = client.get(reverse("public:door", args=[door.page.handle, door.slug]))
    assert "This week’s place for first acquaintances is taken." in text(response)
    assert "The next open on Monday 11 May, Lisbon time." in text(response)
    assert response.context["form"]["line"].value() is None


def test_an_invitation_door_tells_nobody_whether_it_opens(client):
    door = DoorFactory(invited=True)
    response = client.get(reverse("public:door", args=[door.page.handle, door.slug]))
    assert "This door opens for people Maya has worked with." in text(response)
    assert hand(client, door).status_code == 303


def test_a_known_device_has_its_contact_filled_in(client):
    door, device = DoorFactory(), DeviceFactory(sender__name="Priya Nair")
    client.cookies["device"] = "a-device-of-ours".ljust(43, "x")
    form = client.get(reverse("public:door", args=[door.page.handle, door.slug])).context["form"]
    assert form["name"].value() == "Priya Nair"
    assert form["email"].value() == device.sender.email


def test_a_strange_cookie_fills_in_nothing(client):
    door = DoorFactory()
    DeviceFactory(token="short")
    client.cookies["device"] = "short"
    form = client.get(reverse("public:door", args=[door.page.handle, door.slug])).context["form"]
    assert form["name"].value() is None


# ── the form ─────────────────────────────────────────────────────────────────
def test_a_good_form_becomes_an_unproven_pitch_and_goes_to_the_check(client):
    response = hand(client, DoorFactory())
    pitch = Pitch.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("agency:check", args=[pitch.token]))
    assert (pitch.state, pitch.email) == ("unproven", "elif@mosaic.example")


def test_the_same_form_sent_twice_is_one_pitch(client):
    door, key = DoorFactory(), str(uuid4())
    first, second = hand(client, door, form_key=key), hand(client, door, form_key=key)
    assert first["Location"] == second["Location"]
    assert Pitch.objects.count() == 1


def test_a_form_that_was_handed_in_already_goes_to_its_status(client):
    pitch = PitchFactory(waiting=True)
    response = hand(client, pitch.door, form_key=str(pitch.form_key), line="Something else")
    pitch.refresh_from_db()
    assert response["Location"] == reverse("agency:status", args=[pitch.token])
    assert pitch.line != "Something else"


@pytest.mark.parametrize(
    "changes",
    [
        {"line": ""},
        {"line": "x" * 91},
        {"why": "a\u202eb"},
        {"name": "Elif\u0007"},
        {"email": "one@mosaic.example, two@mosaic.example"},
        {"email": "elif@localhost"},
        {"link": "https://mosaic.example\\@evil.example"},
        {"ask": "slot"},
        {"payer": "me"},
        {"last_day": "2020-01-01"},
        {"form_key": "no"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(client, changes):
    response = hand(client, DoorFactory(), **changes)
    name, value = next(iter(changes.items()))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert response.context["form"][name].value() == value
    assert "<title>Error: Pitch" in text(response)
    assert 'href="#id_' in text(response)
    assert (Pitch.objects.count(), Event.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_nul_is_refused_before_the_database_sees_it(client):
    response = hand(client, DoorFactory(), why="a\x00b")
    assert response.status_code in (400, 422)
    assert Pitch.objects.count() == 0


def test_a_paid_door_asks_for_the_offer(client):
    door = DoorFactory(paid=True)
    assert list(hand(client, door).context["form"].errors) == ["paid.type"]
    offer = {"paid.type": "flat_fee", "paid.min": "300", "paid.max": "200", "paid.currency": "EUR"}
    assert list(hand(client, door, **offer).context["form"].errors) == ["paid.max"]
    assert hand(client, door, **offer | {"paid.max": "400"}).status_code == 303
    assert Pitch.objects.get().groups == {"paid": {"type": "flat_fee", "min": 300, "max": 400, "currency": "EUR"}}


def test_folded_answers_with_a_problem_are_unfolded(client):
    response = hand(client, DoorFactory(paid=True), last_day="2020-01-01", **{"paid.months": "many"})
    assert response.context["unfold"] is True
    assert [section.unfold for section in response.context["sections"]] == [True]


def test_a_door_that_closed_meanwhile_keeps_what_was_typed(client):
    door = DoorFactory(closed=True)
    response = hand(client, door)
    assert response.status_code == 422
    assert "The door closed while you were writing." in text(response)
    assert response.context["form"]["why"].value() == "The question your readers ask most."
    assert Pitch.objects.count() == 0


def test_a_door_with_a_date_says_when_it_closed(client):
    with clock.standing_at(SUNDAY):
        door = DoorFactory(state="until", until=SUNDAY - timedelta(hours=1))
        assert "The door closed at 12:00 while you were writing." in text(hand(client, door))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "closed", "until": SUNDAY - timedelta(hours=1)},
        {"state": "until", "until": SUNDAY + timedelta(days=9), "opens_at": SUNDAY + timedelta(days=2)},
        {"state": "until", "until": SUNDAY - timedelta(days=2)},
    ],
)
def test_a_door_that_did_not_close_at_its_date_names_no_time(client, changes):
    with clock.standing_at(SUNDAY):
        page = text(hand(client, DoorFactory(**changes)))
    assert "<strong>The door closed while you were writing.</strong>" in page


@pytest.mark.parametrize("name", ["Maya<img/src=x>", "<b>Maya", "Ma&lt;ya"])
def test_the_name_of_a_page_is_no_markup(client, name):
    door = DoorFactory(page__name=name)
    page = client.get(reverse("public:door", args=[door.page.handle, door.slug])).content.decode()
    assert escape(name) in page
    assert name not in page


@pytest.mark.parametrize("word", ["Choose", "Choose one", "Not said"])
def test_what_is_not_chosen_is_said(client, word):
    door = DoorFactory(paid=True)
    page = client.get(reverse("public:door", args=[door.page.handle, door.slug])).content.decode()
    wanted = {"Choose": 1, "Choose one": 1, "Not said": 3}
    assert page.count(f'<option value="" selected>{word}</option>') == wanted[word]


def test_looking_changes_nothing(client):
    door = DoorFactory()
    paths = [
        "/",
        f"/@{door.page.handle}",
        f"/@{door.page.handle}/{door.slug}",
        f"/@{door.page.handle}/{door.slug}/pitch",
    ]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 303]
    assert (Pitch.objects.count(), Event.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_the_form_and_its_post_cost_at_most_ten_queries(client):
    door = DoorFactory()
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("public:door", args=[door.page.handle, door.slug]))
        hand(client, door)
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 9
