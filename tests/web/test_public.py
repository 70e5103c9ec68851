"""The street, the doors, and what comes in through the form."""

from datetime import UTC, date, datetime, timedelta
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
            {"places_per_week": 3, "full_until": datetime(2026, 5, 10, 23, tzinfo=UTC)},
        ):
            DoorFactory(page=page, **changes)
        plaques = client.get(f"/@{page.handle}").context["plaques"]
    assert [plaque.words for plaque in plaques] == [
        "Open",
        "Open until 30 June",
        "By invitation",
        "Opens in September",
        "Opens on 20 May",
        "Closed since 1 May",
        "Closed",
        "Full until Monday",
    ]
    assert [plaque.look for plaque in plaques] == ["open", "until", "key", *["shut"] * 5]


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


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (datetime(2026, 5, 17, 22, tzinfo=UTC), ""),
        (datetime(2026, 5, 17, 23, tzinfo=UTC), "Maya is away until Tuesday 2 June."),
        (datetime(2026, 6, 2, 22, tzinfo=UTC), "Maya is away until Tuesday 2 June."),
        (datetime(2026, 6, 2, 23, tzinfo=UTC), ""),
    ],
)
def test_a_holiday_is_said_while_it_lasts(client, today, said):
    with clock.standing_at(today):
        page = PageFactory(holiday_from=date(2026, 5, 18), holiday_until=date(2026, 6, 2))
        street = text(client.get(f"/@{page.handle}"))
    assert ("is away until" in street) is bool(said)
    assert said in street
    assert ("Doors stay as they are; Maya reads again on Friday 5 June, 09:00." in street) is bool(said)


def test_the_street_leads_to_every_shut_door_and_has_no_form(client):
    page = PageFactory()
    shut = DoorFactory(page=page, closed=True)
    assert "No door is open today." in text(client.get(f"/@{page.handle}"))
    DoorFactory(page=page)
    response = client.get(f"/@{page.handle}")
    assert "No door is open today." not in text(response)
    assert f'href="/@{page.handle}/{shut.slug}#watch"' in text(response)
    assert "<form" not in text(response)
    assert "csrfmiddlewaretoken" not in text(response)


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


@pytest.mark.parametrize(
    ("changes", "heading", "why"),
    [
        ({"state": "closed"}, "is closed", "Maya does not take pitches on this"),
        (
            {"state": "closed", "opens_at": datetime(2026, 9, 1, tzinfo=UTC)},
            "is closed for now",
            "It opens again on <strong>Tuesday 1 September</strong>.",
        ),
        (
            {"opens_at": datetime(2026, 5, 20, 8, tzinfo=UTC)},
            "is not open yet",
            "It opens on <strong>Wednesday 20 May, 09:00</strong>, Lisbon time.",
        ),
        (
            {"state": "until", "until": datetime(2026, 5, 1, tzinfo=UTC)},
            "is closed",
            "Closed since Friday 1 May, 01:00 Lisbon time.",
        ),
        (
            {"places_per_week": 1, "full_until": datetime(2026, 5, 10, 23, tzinfo=UTC)},
            "is full this week",
            "This week’s place is taken.</strong> The next one opens on Monday 11 May, Lisbon time.",
        ),
        (
            {"places_per_week": 10, "full_until": datetime(2026, 5, 10, 23, tzinfo=UTC)},
            "is full this week",
            "This week’s 10 places are taken.</strong> The next 10 open on Monday 11 May, Lisbon time.",
        ),
        (
            {"page__full_since": SUNDAY},
            "is closed for now",
            "Maya can promise no date before Sunday 31 May, so the door is closed for now.",
        ),
    ],
)
def test_a_shut_door_says_why_and_offers_to_tell(client, changes, heading, why):
    with clock.standing_at(SUNDAY):
        door = DoorFactory(**changes)
        response = client.get(reverse("public:door", args=[door.page.handle, door.slug]))
    assert f'<h1 class="size-3">Original research {heading}</h1>' in text(response)
    assert why in text(response)
    assert f'action="/@{door.page.handle}/{door.slug}/watch#watch"' in text(response)
    assert f'href="/@{door.page.handle}/doors.ics"' in text(response)
    assert f'href="/@{door.page.handle}/doors.atom"' in text(response)


@pytest.mark.parametrize(
    ("changes", "lets_in", "said"),
    [
        ({"full_until": SUNDAY + timedelta(days=1), "places_per_week": 1}, True, "The next open on Monday 11 May"),
        ({"page__full_since": SUNDAY}, True, "Maya can promise no date before Sunday 31 May"),
        ({"state": "closed"}, False, "Original research is closed"),
        ({"opens_at": SUNDAY + timedelta(days=1)}, False, "Original research is not open yet"),
    ],
)
def test_whom_the_owner_knows_gets_past_a_door_that_only_has_no_room(client, changes, lets_in, said):
    with clock.standing_at(SUNDAY):
        door = DoorFactory(**changes)
        path = reverse("public:door", args=[door.page.handle, door.slug])
        closed = text(client.get(path, {"via": "abc", "from": "bio"}))
        response = client.get(path, {"known": 1})
        sent = hand(client, door)
    assert (f'<a href="{escape("?via=abc&from=bio&known=1")}">' in closed) is lets_in
    assert said in text(response)
    assert ('data-draft="' in text(response)) is lets_in
    assert sent.status_code == (303 if lets_in else 422)


def test_a_door_that_was_taken_down_is_not_there(client):
    door = DoorFactory(taken_down_at=SUNDAY)
    assert client.get(reverse("public:door", args=[door.page.handle, door.slug])).status_code == 404
    assert client.get(f"/@{door.page.handle}").context["plaques"] == []


@pytest.mark.parametrize("path", ["/@{}", "/@{}/research", "/@{}/research/watch", "/@{}/doors.atom", "/@{}/doors.ics"])
def test_a_hidden_page_is_gone_and_nothing_of_it_is_said(client, path):
    door = DoorFactory(page__hidden_at=SUNDAY, page__name="Mark Name", slug="research")
    response = client.get(path.format(door.page.handle))
    assert response.status_code == 410
    assert door.page.handle not in text(response)
    assert "Mark" not in text(response)


@pytest.mark.parametrize("path", ["/@{}", "/@{}/research", "/@{}/doors.atom", "/@{}/doors.ics"])
def test_a_handle_that_moved_leads_on_for_as_long_as_it_is_kept(client, path):
    door = DoorFactory(slug="research")
    day = timedelta(days=1)
    door.page.handles.create(handle="before", skeleton="before", until=clock.now() + day)
    door.page.handles.create(handle="over", skeleton="over", until=clock.now() - day)
    moved, over = client.get(path.format("before")), client.get(path.format("over"))
    assert (moved.status_code, moved["Location"]) == (301, path.format(door.page.handle))
    assert over.status_code == 404


# ── how somebody came ────────────────────────────────────────────────────────
def test_the_kind_of_link_goes_along_from_the_street_to_the_pitch(client):
    door = DoorFactory()
    street = text(client.get(f"/@{door.page.handle}?from=badge"))
    path = f"/@{door.page.handle}/{door.slug}?from=badge"
    assert f'<a href="{path}">' in street
    form = client.get(path)
    assert '<input type="hidden" name="came_from" value="badge">' in text(form)
    hand(client, door, came_from="badge")
    assert Pitch.objects.get().came_from == "badge"


@pytest.mark.parametrize("name", ["", "spam", '"><b>', "a b"])
def test_a_kind_of_link_that_is_none_of_ours_is_nothing(client, name):
    door = DoorFactory()
    path = reverse("public:door", args=[door.page.handle, door.slug])
    for response in (client.get(path, {"from": name}), client.get(f"/@{door.page.handle}", {"from": name})):
        assert "came_from" not in text(response)
        assert "?from=" not in text(response)
    hand(client, door, came_from=name)
    assert Pitch.objects.get().came_from == ""


def test_tokens_are_kept_while_mistakes_are_put_right(client):
    door = DoorFactory()
    path = reverse("public:door", args=[door.page.handle, door.slug])
    ways = {"key": "k-1", "reply": "r_2", "came_from": "mail"}
    first = text(client.get(path, {"key": "k-1", "via": "r_2", "from": "mail"}))
    again = text(hand(client, door, line="", **ways))
    for name, value in ways.items():
        field = f'<input type="hidden" name="{name}" value="{value}">'
        assert field in first
        assert field in again
    assert 'name="key"' not in text(hand(client, door, line="", key="x" * 65, reply="<b>"))


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
    client.cookies["csrf"] = "x" * 32
    first, second = hand(client, door, form_key=key), hand(client, door, form_key=key)
    assert first["Location"] == second["Location"]
    assert Pitch.objects.count() == 1


def test_a_form_that_was_handed_in_already_goes_to_its_status(client):
    pitch = PitchFactory(waiting=True)
    DeviceFactory(sender=pitch.sender, token="d" * 43)
    client.cookies["device"] = "d" * 43
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
    assert list(hand(client, door, **offer | {"paid.max": ""}).context["form"].errors) == ["paid.max"]
    assert hand(client, door, **offer).status_code == 303  # the wrong way round, and understood
    assert Pitch.objects.get().groups == {"paid": {"type": "flat_fee", "min": 200, "max": 300, "currency": "EUR"}}


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


def test_the_form_and_its_post_cost_nineteen_queries(client):
    door = DoorFactory()
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("public:door", args=[door.page.handle, door.slug]))
        hand(client, door)
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 19
