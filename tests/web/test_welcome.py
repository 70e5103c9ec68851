"""Five short answers put a page up."""

from datetime import UTC, datetime

import pytest
from django.urls import get_resolver, reverse

from pitches.doors.handles import RESERVED, suggest
from pitches.models import Door, Event, Page
from portal import clock
from portal.models import User
from tests.factories import PageFactory, UserFactory

pytestmark = pytest.mark.django_db


def answers(**changes):
    """The least that puts a page up, with what the form has filled in."""
    return {
        "name": "Maya Lind",
        "handle": "maya",
        "topics": ["research"],
        "hours": "tue_fri",
        "timezone": "Europe/Lisbon",
        "house_rules": "Say who pays.\n\nNo calls.",
    } | changes


@pytest.fixture
def owner(client):
    user = UserFactory(name="", email="maya.lind@page.example")
    client.force_login(user)
    return user


def wrong(client, **changes):
    response = client.post("/welcome", answers(**changes))
    assert (response.status_code, Page.objects.filter(handle="maya").count()) == (422, 0)
    return response.context["form"].errors


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/welcome")["Location"] == f"{reverse('account_login')}?next=/welcome"
    assert client.post("/welcome", answers()).status_code == 302
    assert Page.objects.count() == 0


def test_the_form_suggests_a_free_handle_and_the_readers_zone(client, owner):
    PageFactory(handle="mayalind")
    client.cookies["zone"] = "Europe%2FLisbon"
    form = client.get("/welcome").context["form"]
    assert form["handle"].value() == "mayalind-2"
    assert form["timezone"].value() == "Europe/Lisbon"
    assert form["hours"].value() == "tue_fri"
    assert len(form["house_rules"].value().split("\n")) == 4


def test_the_zone_of_the_browser_is_one_line_with_a_fold(client, owner):
    client.cookies["zone"] = "Europe%2FLisbon"
    with clock.standing_at(datetime(2026, 7, 1, 13, 5, tzinfo=UTC)):
        found = client.get("/welcome").content.decode()
    assert "Lisbon time, 14:05 now" in found
    assert '<option value="Europe/Lisbon" selected>Lisbon, UTC+1</option>' in found
    assert "<details><summary>Change the time zone" in found


def test_a_zone_that_nobody_told_us_is_asked_for(client, owner):
    assert "<details open><summary>Change the time zone" in client.get("/welcome").content.decode()


def test_an_old_name_of_a_zone_is_kept(client, owner):
    client.cookies["zone"] = "Asia%2FCalcutta"
    assert '<option value="Asia/Calcutta" selected>' in client.get("/welcome").content.decode()
    client.post("/welcome", answers(timezone="Asia/Calcutta"))
    assert Page.objects.get().timezone == "Asia/Calcutta"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_a_zone_that_nobody_knows_is_not_taken_over(client, owner, zone):
    client.cookies["zone"] = zone
    assert client.get("/welcome").context["form"]["timezone"].value() == "Europe/London"


def test_the_least_answers_put_a_page_up(client, owner):
    response = client.post("/welcome", answers())
    page = Page.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("desk:share"))
    assert (page.owner, page.handle, page.name, page.timezone) == (owner, "maya", "Maya Lind", "Europe/Lisbon")
    assert page.house_rules == ["Say who pays.", "No calls."]
    assert page.reading == ["TUE 09:00", "FRI 09:00"]
    assert page.next_hour_at == page.next_hour(page.published_at)
    assert Event.objects.filter(what="published").count() == 1
    assert client.get("/@maya").status_code == 200
    assert User.objects.get().timezone == "Europe/Lisbon"


def test_the_message_holds_the_link(client, owner):
    response = client.post("/welcome", answers(), follow=False)
    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ['Your page is up: <a href="http://localhost:8000/@maya">localhost:8000/@maya</a>']


def test_doors_hang_in_order_ticked_own_and_shut(client, owner):
    client.post(
        "/welcome", answers(topics=["research", "sponsorships"], own="Bikes", shut="Crypto, Events & travel , ,crypto")
    )
    doors = list(Door.objects.values_list("slug", "state", "position", "paint"))
    assert doors == [
        ("original-research", "open", 1, "green"),
        ("sponsorships", "open", 2, "blue"),
        ("bikes", "open", 3, "gold"),
        ("crypto", "closed", 4, "plum"),
        ("events-travel", "closed", 5, "red"),
    ]
    sponsorships = Door.objects.get(slug="sponsorships")
    assert (sponsorships.asks, sponsorships.may_ask) == (["paid"], ["slot", "try"])
    assert sponsorships.wants[0] == "A budget, even a small one"


def test_a_door_in_letters_without_ascii_gets_an_address_all_the_same(client, owner):
    client.post("/welcome", answers(topics=[], own="研究"))
    assert list(Door.objects.values_list("slug", "name")) == [("door-1", "研究")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tue 9:00", ["TUE 09:00"]),
        ("Friday 16:30\nmon 08:15, MON 08:15", ["FRI 16:30", "MON 08:15"]),
    ],
)
def test_own_times_are_understood(client, owner, typed, kept):
    client.post("/welcome", answers(hours="own", own_hours=typed))
    assert Page.objects.get().reading == kept


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Ma\u202eya"}, "name"),
        ({"topics": []}, "topics"),
        ({"topics": ["everything"]}, "topics"),
        ({"hours": "never"}, "hours"),
        ({"hours": "own"}, "own_hours"),
        ({"hours": "own", "own_hours": "every day"}, "own_hours"),
        ({"hours": "own", "own_hours": "TUE 25:00"}, "own_hours"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"tagline": "x" * 81}, "tagline"),
    ],
)
def test_what_is_wrong_is_said(client, owner, changes, field):
    assert list(wrong(client, **changes)) == [field]


@pytest.mark.parametrize("handle", ["", "mäya", "ma ya", "-maya", "maya_lind", "x" * 31, "desk", "Admin", "mауa"])
def test_a_handle_is_plain_ascii_and_not_one_of_ours(client, owner, handle):
    assert list(wrong(client, handle=handle)) == ["handle"]


def test_a_taken_handle_is_said_in_any_spelling(client, owner):
    PageFactory(handle="taken")
    assert wrong(client, handle="@Taken")["handle"] == ["@taken is taken. Choose another."]


def test_a_handle_taken_a_moment_ago_is_said(client, owner, monkeypatch):
    PageFactory(handle="taken")
    monkeypatch.setattr("pitches.doors.handles.Page.objects", Page.objects.none())
    response = client.post("/welcome", answers(handle="taken"))
    assert response.status_code == 422
    assert response.context["form"].errors["handle"] == ["This address was taken a moment ago. Choose another."]


def test_too_many_rules_are_said_instead_of_cut(client, owner):
    assert wrong(client, house_rules="x\n" * 9)["house_rules"] == ["These are 9 rules. Keep the best eight."]


# ── while it is typed ────────────────────────────────────────────────────────
def test_the_preview_shows_what_is_typed_and_keeps_nothing(client, owner):
    sent = answers(name="Mara <b>", tagline="Martech", own="Bikes", shut="Crypto", hours="friday", handle="")
    found = client.post("/welcome/preview", sent).content.decode()
    assert "<html" not in found
    for words in ("Mara &lt;b&gt;", "Martech", "Friday afternoon, 15:00", "Original research", "Bikes"):
        assert words in found
    assert (found.count('class="door open'), found.count('class="door shut')) == (2, 1)
    assert Page.objects.count() == 0


def test_the_preview_of_nothing_says_what_will_be_there(client, owner):
    found = client.post("/welcome/preview", {}).content.decode()
    for words in ("Your name", "What you do, in one line", "Your doors appear here", "My own times"):
        assert words in found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("maya", "@maya is free"),
        ("@Maya", "@maya is free"),
        ("taken", "@taken is taken. Choose another."),
        ("taken2", "@taken2 is free"),
        ("adrnin", "This address is reserved. Choose another."),
        ("<b>", "Use small letters, digits and hyphens."),
        ("", "Choose a short address."),
    ],
)
def test_a_handle_is_looked_at_while_it_is_typed(client, owner, typed, said):
    PageFactory(handle="taken")
    found = client.get("/welcome/handle", {"handle": typed}).content.decode()
    assert said in found
    assert "<b>" not in found


def test_who_has_a_page_goes_to_the_desk(client):
    page = PageFactory()
    client.force_login(page.owner)
    assert client.get("/welcome")["Location"] == reverse("desk:home")
    assert client.post("/welcome", answers())["Location"] == reverse("desk:home")
    assert list(Page.objects.all()) == [page]


def first_words(patterns, before=""):
    """The first part of every address."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns") and "/" not in route:
            yield from first_words(pattern.url_patterns, route)
        yield route.split("/")[0]


def test_no_address_of_the_site_can_be_a_handle():
    words = {word for word in first_words(get_resolver().url_patterns) if word.isalpha() and len(word) > 1}
    assert {"account", "desk", "welcome"} <= words
    assert words - RESERVED == set()


def test_a_suggestion_is_never_reserved_and_never_empty():
    assert suggest("Desk") == "desk-2"
    assert suggest("研究") == "page-2"
    assert suggest("Jean-Luc O'Neil " * 5) == "jean-luc-oneil-jean-luc-on"
