"""The rules page: the table, exceptions and their undo, two windows, and the box to try them in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import relationships
from pitches.models import Door, Event, Fact, Page, Rule, Standing
from portal import clock
from tests.factories import AgencyFactory, DoorFactory, PageFactory, PitchFactory, RuleFactory, SenderFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
URL = "/desk/rules"
NEW = f"{URL}/exceptions"
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # the next hours are Tuesday and Friday, 09:00


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


@pytest.fixture
def door(page: Page) -> Door:
    return DoorFactory(page=page, slug="research", name="Original research")


@pytest.fixture
def owner(page: Page) -> Client:
    client = Client()
    client.force_login(page.owner)
    return client


def typed(owner: Client, **changed: Any) -> dict[str, Any]:
    """The table as it is shown, with changes."""
    form = owner.get(URL).context["table"]
    found = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    return found | changed


def said(response: Any) -> str:
    """The words of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ── the table ────────────────────────────────────────────────────────────────
def test_the_table_shows_what_is_usual_and_what_would_be_promised_now(owner: Client, page: Page) -> None:
    for number in range(30):
        PitchFactory(door__page=page, waiting=True, sender=SenderFactory(email=f"a{number}@new.example"))
    found = {row[0].value: row for row in owner.get(URL).context["rows"]}
    assert list(found) == ["trusted", "known", "introduced", "stranger"]
    assert [found[rung][1]["places"].value() for rung in found] == [12, 6, 4, 3]
    assert [found[rung][2] for rung in found] == [*["Tuesday 3 March"] * 3, "Friday 6 March"]
    assert "opens" not in found["stranger"][1]  # for whom a door opens is said at each door


def test_what_is_kept_holds_and_is_told_once(owner: Client, page: Page) -> None:
    data = typed(owner, lane_introduced="first_knock", places_known="9", newcomer_percent="40", tell_me_now="on")
    assert owner.post(URL, data)["Location"] == URL
    page.refresh_from_db()
    assert (page.newcomer_share, page.tell_me_now) == (0.4, True)
    rows = Rule.objects.order_by("pk").values_list("standing", "lane", "opens", "places")
    assert list(rows) == [("introduced", "first_knock", "", None), ("known", "", "", 9)]
    assert Event.objects.filter(what=Fact.RULES_KEPT).count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"places_known": "0"}, "Write a whole number from 1 to 60."),
        ({"places_known": "61"}, "Write a whole number from 1 to 60."),
        ({"lane_known": "quarantine"}, "Select a valid choice"),
        ({"newcomer_percent": "101"}, "Write a whole number from 0 to 100."),
        ({"promise_days": "30"}, "A pitch lapses after 21 days"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(
    owner: Client, changed: dict[str, str], sentence: str
) -> None:
    data, before = typed(owner, **changed), checksum("django_session")
    response = owner.post(URL, data)
    assert (response.status_code, sentence in said(response)) == (422, True)
    assert checksum("django_session") == before


def test_strangers_are_never_shut_out_by_the_table(owner: Client) -> None:
    owner.post(URL, typed(owner, opens_stranger="none"))
    assert Rule.objects.count() == 0


def test_two_windows_keep_both_or_are_told(owner: Client, page: Page) -> None:
    late = typed(owner)
    owner.post(URL, typed(owner, lane_known="first_knock", newcomer_percent="50"))
    response = owner.post(URL, late | {"lane_known": "trusted", "places_trusted": "20"})
    assert response.status_code == 422
    assert "Another window kept this meanwhile: Third: first knock." in said(response)
    form = response.context["table"]
    shown = [form[name].value() for name in ("lane_known", "places_trusted", "newcomer_percent")]
    assert shown == ["trusted", "20", "50"]
    again = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert owner.post(URL, again).status_code == 303
    page.refresh_from_db()
    assert (page.newcomer_share, Rule.objects.get(standing="known").lane) == (0.5, "trusted")


# ── exceptions ───────────────────────────────────────────────────────────────
def test_an_exception_is_made_listed_taken_away_and_put_back(owner: Client, page: Page, door: Door) -> None:
    sender = SenderFactory(email="elif@mosaic.example")
    PitchFactory(door=door, waiting=True, sender=sender)
    data = {"door": "research", "agency": sender.agency_id, "standing": "stranger", "lane": "known", "places": "9"}
    assert owner.post(NEW, data).status_code == 303
    made = Rule.objects.get()
    assert (made.door, made.agency, made.standing, made.places) == (door, sender.agency, "stranger", 9)
    assert "At Original research, from mosaic.example, where they are “New here”" in said(owner.get(URL))
    response = owner.post(f"{NEW}/{made.pk}/remove", follow=True)
    assert Rule.objects.count() == 0
    undo = response.context["gone"]
    owner.post(NEW, {"back": undo})
    assert Rule.objects.get().places == 9
    assert "nothing was changed" in said(owner.post(NEW, {"back": undo}, follow=True))


def test_a_door_is_closed_to_strangers_in_one_step_and_says_so_in_public(owner: Client, door: Door) -> None:
    owner.post(NEW, {"door": "research", "standing": "stranger", "opens": "none"})
    door.refresh_from_db()
    assert ("stranger" in door.tiers, Rule.objects.count()) == (False, 0)
    assert "At Original research, from “New here”" in said(owner.get(URL))
    response = owner.post(NEW, {"door": "research", "again": "stranger"}, follow=True)
    assert "takes pitches from “New here” again" in said(response)
    door.refresh_from_db()
    assert "stranger" in door.tiers


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"lane": "known"}, "Choose a door, an agency, or both."),
        ({"door": "research"}, "Say what is different"),
        ({"door": "research", "opens": "open"}, "For whom a door opens is said at the door itself."),
        ({"door": "research", "opens": "none"}, "To close it for everybody, close the door itself"),
        ({"door": "research", "places": "0"}, "Write a whole number from 1 to 60."),
        ({"door": "research", "lane": "known", "taken": "1"}, "There is an exception for these already."),
    ],
)
def test_an_exception_that_makes_no_sense_is_refused_in_words(
    owner: Client, page: Page, door: Door, data: dict[str, str], sentence: str
) -> None:
    if "taken" in data:
        RuleFactory(page=page, door=door)
    response = owner.post(NEW, data)
    assert (response.status_code, sentence in said(response)) == (422, True)
    assert Rule.objects.count() == ("taken" in data)


def test_doors_agencies_exceptions_and_changes_of_others_are_not_found(owner: Client, page: Page, door: Door) -> None:
    other = PageFactory()
    foreign, sender = DoorFactory(page=other, slug="foreign"), SenderFactory()
    PitchFactory(door=foreign, waiting=True, sender=sender)
    theirs, here = RuleFactory(page=other, door=foreign), {"door": "research", "lane": "known"}
    relationships.set_by_hand(other, sender, Standing.KNOWN, by=other.owner)
    change = Event.objects.create(page=other, what=Fact.RULES_KEPT, note="{}", queue="soon", at=clock.now())
    tries = [
        owner.post(NEW, here | {"door": "foreign"}),
        owner.post(NEW, here | {"agency": sender.agency_id}),
        owner.post(NEW, here | {"agency": AgencyFactory().pk}),
        owner.post(NEW, here | {"agency": "x"}),
        owner.post(NEW, {"back": change.pk}),
        owner.post(NEW, {"door": "foreign", "again": "stranger"}),
        owner.post(f"{NEW}/{theirs.pk}/remove"),
        owner.get(URL, {"agency": sender.agency_id}),
        owner.get(URL, {"gone": change.pk}),
        owner.get(URL, {"sender": "", "door": "foreign"}),
    ]
    assert [response.status_code for response in tries] == [404] * len(tries)
    assert list(Rule.objects.all()) == [theirs]


def test_the_row_of_the_table_is_no_exception_that_could_be_taken_away(owner: Client, page: Page) -> None:
    assert owner.post(f"{NEW}/{RuleFactory(page=page, standing='known').pk}/remove").status_code == 404


def test_where_two_exceptions_disagree_the_page_says_which_counts(owner: Client, page: Page, door: Door) -> None:
    sender = SenderFactory(email="elif@mosaic.example")
    RuleFactory(page=page, door=door, lane="known")
    RuleFactory(page=page, agency=sender.agency, lane="trusted")
    assert "Where both are meant, “From mosaic.example, at every door” counts for the lane: it is nearer." in said(
        owner.get(URL)
    )


def test_three_exceptions_ask_no_more_than_one(owner: Client, page: Page, door: Door) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(URL).status_code == 200
        return len(queries)

    RuleFactory(page=page, door=door)
    owner.get(URL)
    one = asked()
    for _number in range(2):
        sender = SenderFactory()
        PitchFactory(door=DoorFactory(page=page), waiting=True, sender=sender)
        RuleFactory(page=page, door=DoorFactory(page=page), agency=sender.agency)
    assert asked() == one


# ── the box ──────────────────────────────────────────────────────────────────
def tried(owner: Client, sender: str, door: str = "research") -> tuple[str, str, str]:
    before = checksum("django_session")
    found = owner.get(URL, {"sender": sender, "door": door}).context["foreseen"]
    assert checksum("django_session") == before
    return found.words, found.why, found.but


def test_somebody_known_is_foreseen_with_what_is_left_and_when(owner: Client, page: Page, door: Door) -> None:
    elif_ = SenderFactory(email="elif@mosaic.example", name="Elif Kaya")
    relationships.set_by_hand(page, elif_, Standing.KNOWN, by=page.owner)
    for days in (1, 2, 40):
        PitchFactory(door=door, declined=True, sender=elif_, handed_in_at=MONDAY - timedelta(days=days))
    because = "Elif Kaya stands as “Known” at Original research."
    wanted = ("Second lane, 4 of 6 left, read on Tuesday 3 March.", because, "")
    assert tried(owner, "ELIF@mosaic.example") == tried(owner, "elif kaya") == wanted
    RuleFactory(page=page, agency=elif_.agency, lane="trusted", places=3)
    words, why, _but = tried(owner, "Elif Kaya")
    assert words == "First lane, 1 of 3 left, read on Tuesday 3 March."
    assert why.endswith("and your exception for mosaic.example gives the lane.")


@pytest.mark.parametrize("typed", ["", "nobody@nowhere.example", "No Body"])
def test_whoever_is_unknown_is_a_stranger(owner: Client, door: Door, typed: str) -> None:
    words, why, _but = tried(owner, typed)
    assert (words, "stranger" in why) == ("Third lane, 3 of 3 left, read on Tuesday 3 March.", True)


def test_a_name_that_is_known_elsewhere_only_is_nobody_here(owner: Client, door: Door) -> None:
    elsewhere = SenderFactory(name="Elif Kaya")
    PitchFactory(door__page=PageFactory(), waiting=True, sender=elsewhere)
    assert tried(owner, "Elif Kaya")[1] == "Nobody of this name has come to your page, so it is a stranger."
    assert tried(owner, elsewhere.email) == tried(owner, "other@unknown.example")


def test_what_somebody_brought_along_told_other_pages_is_not_known_here(owner: Client, page: Page, door: Door) -> None:
    elsewhere = SenderFactory(email="kim@wave.example", name="Kim Secret")
    PitchFactory(door__page=PageFactory(), waiting=True, sender=elsewhere)
    relationships.set_by_hand(page, elsewhere, Standing.KNOWN, by=page.owner)
    assert tried(owner, "Kim Secret")[1] == "Nobody of this name has come to your page, so it is a stranger."
    told = tried(owner, "kim@wave.example")
    assert "Kim Secret" not in str(told)
    assert told[1].startswith("Nobody has proved this address to you")
    relationships.set_by_hand(page, elsewhere, Standing.BLOCKED, by=page.owner)
    assert tried(owner, "kim@wave.example")[:2] == (
        "Turned away.",
        "kim@wave.example stands as “Blocked” at Original research.",
    )


def test_an_address_that_nobody_proved_is_a_stranger_until_then(owner: Client, page: Page, door: Door) -> None:
    brought = SenderFactory(email="kim@wave.example", proven_at=None)
    relationships.set_by_hand(page, brought, Standing.TRUSTED, by=page.owner)
    words, why, _but = tried(owner, "kim@wave.example")
    assert words.startswith("Third lane")
    assert why.endswith("As soon as it is proven: “Trusted”.")
    relationships.set_by_hand(page, brought.agency, Standing.BLOCKED, by=page.owner)
    assert tried(owner, "new@wave.example")[1].endswith("As soon as it is proven: “Blocked”.")


@pytest.mark.parametrize(("standing", "words"), [("blocked", "Turned away."), ("paused", "Turned away until")])
def test_whoever_is_aside_is_turned_away(owner: Client, page: Page, door: Door, standing: str, words: str) -> None:
    sender = SenderFactory()
    until = MONDAY + timedelta(days=9) if standing == "paused" else None
    relationships.set_by_hand(page, sender, Standing(standing), by=page.owner, until=until)
    assert tried(owner, sender.email)[0].startswith(words)


def test_what_is_in_the_way_is_said(owner: Client, page: Page, door: Door) -> None:
    DoorFactory(page=page, slug="shut", closed=True)
    DoorFactory(page=page, slug="guests", invited=True)
    waits = SenderFactory()
    PitchFactory(door=door, waiting=True, sender=waits)
    assert tried(owner, "", "shut")[2] == "Just now the door is shut, for everybody."
    assert tried(owner, "", "guests")[2] == "The door opens for them with a key only."
    assert tried(owner, waits.email)[2].startswith("One of theirs waits behind this door already")
    assert owner.get(URL, {"sender": "x"}).status_code == 200  # no door was chosen, and it says so
    assert "Choose a door." in said(owner.get(URL, {"sender": "x"}))
