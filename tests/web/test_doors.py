"""Doors at the desk: the switch and its undo, order, the editor with its contradictions, two tabs, topics."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import doors, opening
from pitches.forms import content
from pitches.forms.door import DoorForm, most_required
from pitches.forms.groups import GROUPS
from pitches.models import Door, Event, Page
from pitches.web import door_words
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
SOON, LATER = "2031-06-30T23:59", "2031-07-02T09:00"


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def door(page: Page) -> Door:
    return doors.hang(page, by=page.owner, slug="research", name="Original research")


def now(door: Door) -> Door:
    return Door.objects.select_related("page").get(pk=door.pk)


def typed(**changed: Any) -> dict[str, Any]:
    """What the editor of an untouched door sends."""
    form = {"seen": "1", "name": "Original research", "state": "open", "paint": "green"}
    form |= {"tiers": ["stranger", "introduced", "known", "trusted"], "may_ask": ["write", "reply", "quote"]}
    return form | changed


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ── the list ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_door_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        PitchFactory(door=DoorFactory(page=page, places_per_week=9), waiting=True)
    DoorFactory()
    with django_assert_num_queries(4):
        assert len(owner.get("/desk/doors").context["rows"]) == count


def test_what_waits_and_what_is_left_are_counted_by_door(owner: Client, page: Page, door: Door) -> None:
    doors.change(door, places_per_week=5)
    for state in ("waiting", "held", "declined", "withdrawn", "quarantine"):
        PitchFactory(door=door, **{state: True})
    PitchFactory(door=door, waiting=True, standing="known")
    PitchFactory(door=door, waiting=True, handed_in_at=clock.now() - timedelta(days=8))
    PitchFactory(door=DoorFactory(page=page), waiting=True)
    row = owner.get("/desk/doors").context["rows"][0]
    assert (row.door.waits, row.left) == (4, 1)
    text = owner.get("/desk/doors").content.decode()
    assert (text.count("1 of 5 places left this week"), text.count(">4 wait<")) == (1, 1)


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        ({}, "Everybody may knock."),
        (
            {"state": "until", "until": "2031-06-30 22:59+00:00"},
            "Closes by itself on Monday 30 June 2031, 23:59 Lisbon",
        ),
        ({"state": "invited"}, "Opens for people you know, and for whoever has a key."),
        ({"state": "closed"}, "Stays closed until you open it."),
        ({"state": "closed", "opens_at": "2031-06-30 22:59+00:00"}, "Opens by itself on Monday 30 June 2031, 23:59"),
        ({"opens_at": "2031-06-30 22:59+00:00"}, "Not open yet. Opens by itself on Monday 30 June 2031, 23:59 Lisbon"),
        ({"state": "until", "until": "2021-06-30 22:59+00:00"}, "Closed by itself on Wednesday 30 June 2021, 23:59"),
        (
            {"full_until": "2031-06-30 22:59+00:00", "places_per_week": 3},
            "all 3 places of this week are taken. Opens by",
        ),
    ],
)
def test_every_door_says_why_it_stands_so(owner: Client, page: Page, stands: dict[str, Any], words: str) -> None:
    DoorFactory(page=page, **stands)
    assert words in owner.get("/desk/doors").content.decode()


def test_a_page_that_can_promise_nothing_says_so_on_its_doors(owner: Client, page: Page, door: Door) -> None:
    Page.objects.update(full_since=clock.now())
    response = owner.get("/desk/doors")
    assert "could not be promised a date within 21 days" in response.content.decode()
    assert response.content.decode().count("Every door is closed.") == 1


def test_a_page_without_doors_says_so(owner: Client, page: Page) -> None:
    text = owner.get("/desk/doors").content.decode()
    assert (text.count("No doors yet."), text.count("Every door is closed."), text.count("Undo")) == (1, 0, 0)


# ── the switch ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["invited", "closed"])
def test_one_tap_turns_a_door_and_undo_turns_it_back(owner: Client, page: Page, state: str) -> None:
    until = clock.now() + timedelta(days=3, microseconds=7)
    door = DoorFactory(page=page, slug="research", state="until", until=until, reason="On my way.")
    before = now(door)
    response = owner.post("/desk/doors/research/state", {"state": state}, follow=True)
    assert (now(door).state, now(door).until, now(door).reason) == (state, None, "On my way.")
    back = {"back": response.context["touched"].version - 1}
    assert response.content.decode().count("Undo") == 1
    again = owner.post("/desk/doors/research/state", back, follow=True)
    after = now(door)
    assert (after.state, after.reason) == ("until", "On my way.")
    assert abs(after.until - before.until) < timedelta(milliseconds=1)  # type: ignore[operator]
    assert again.content.decode().count("Undo") == 0
    assert list(Event.objects.filter(what="door_changed").values_list("note", "by")) == [
        ("2", page.owner.pk),
        ("3", page.owner.pk),
    ]


def test_closing_says_how_many_keep_waiting(owner: Client, page: Page, door: Door) -> None:
    pitches = [PitchFactory(door=door, waiting=True) for _number in range(2)]
    response = owner.post("/desk/doors/research/state", {"state": "closed"}, follow=True)
    assert response.context["said"] == "Original research: closed. 2 pitches keep waiting."
    for pitch in pitches:
        pitch.refresh_from_db()
        assert pitch.state == "waiting"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"state": "until", "until": datetime(2099, 6, 30, 12, tzinfo=UTC)}, "R&D: open until 30 June."),
        (
            {
                "state": "until",
                "opens_at": datetime(2099, 5, 1, tzinfo=UTC),
                "until": datetime(2099, 6, 30, tzinfo=UTC),
            },
            "R&D: Opens in May 2099.",
        ),
        ({"state": "invited", "tiers": ["known", "trusted"]}, "R&D: by invitation."),
        ({"state": "open"}, "R&D: open."),
    ],
)
def test_how_a_door_was_left_is_said_in_one_case(page: Page, more: dict[str, Any], said: str) -> None:
    assert door_words.turned(DoorFactory(page=page, name="R&D", **more), 0) == said


def test_open_means_now(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page, slug="research", opens_at=clock.now() + timedelta(days=3))
    owner.post("/desk/doors/research/state", {"state": "open"})
    assert (now(door).opens_at, now(door).announced) == (None, True)


def test_a_tap_on_what_is_so_already_changes_nothing(owner: Client, page: Page) -> None:
    opens = clock.now() + timedelta(days=3)
    door = DoorFactory(page=page, slug="research", state="closed", opens_at=opens)
    response = owner.post("/desk/doors/research/state", {"state": "closed"}, follow=True)
    assert (now(door).opens_at, now(door).version, response.content.decode().count("Undo")) == (opens, 1, 0)


def test_a_door_that_has_no_room_stays_shut_and_says_so(owner: Client, page: Page, door: Door) -> None:
    doors.change(door, state="closed")
    Page.objects.update(full_since=clock.now())
    response = owner.post("/desk/doors/research/state", {"state": "open"}, follow=True)
    assert response.context["said"].startswith("Original research: open. Closed itself: a new pitch could not be")


def test_undo_comes_too_late_when_another_window_was_first(owner: Client, page: Page, door: Door) -> None:
    owner.post("/desk/doors/research/state", {"state": "closed"})
    owner.post("/desk/doors/research/state", {"state": "invited"})
    response = owner.post("/desk/doors/research/state", {"back": "1"}, follow=True)
    assert said(response) == ["The door was changed since, in another window. This is how it stands now."]
    assert (now(door).state, now(door).version) == ("invited", 3)
    soft = owner.post("/desk/doors/research/state", {"back": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert soft.count("The door was changed since, in another window.") == 2  # seen and spoken


@pytest.mark.parametrize("back", ["", "x", "77", "-1", "9" * 30, "²"])
def test_undo_to_a_version_that_never_was_is_404(owner: Client, door: Door, back: str) -> None:
    assert owner.post("/desk/doors/research/state", {"back": back}).status_code == 404


@pytest.mark.parametrize("state", ["", "ajar"])
def test_a_state_that_does_not_exist_is_refused(owner: Client, door: Door, state: str) -> None:
    assert list(errors(owner.post("/desk/doors/research/state", {"state": state}))) == ["state"]
    assert now(door).version == 1


def test_until_without_a_date_is_refused(owner: Client, door: Door) -> None:
    found = errors(owner.post("/desk/doors/research/state", {"state": "until"}))
    assert found == {"until": ["Say until when it is open."]}


def test_until_opens_the_panel_with_a_date(owner: Client, door: Door) -> None:
    response = owner.get("/desk/doors?at=research&to=until")
    (row,) = response.context["rows"]
    local = row.form["until"].value()
    assert (row.unfolded, row.form["state"].value(), (local.hour, local.minute)) == (True, "until", (23, 59))
    assert (now(door).state, now(door).version) == ("open", 1)


def test_the_panel_keeps_dates_and_words(owner: Client, page: Page, door: Door) -> None:
    form = {"seen": "1", "state": "closed", "until": "", "opens_at": SOON, "reason": "My readers\nasked for a rest."}
    owner.post("/desk/doors/research/state", form)
    after = now(door)
    assert (after.state, after.reason) == ("closed", "My readers asked for a rest.")
    assert after.opens_at == datetime(2031, 6, 30, 22, 59, tzinfo=UTC)
    assert after.turns_at == after.opens_at


def test_the_panel_tells_what_another_window_did_and_then_gives_way(owner: Client, door: Door) -> None:
    doors.change(door, state="invited")
    form = {"seen": "1", "state": "closed", "until": "", "opens_at": "", "reason": "A rest."}
    response = owner.post("/desk/doors/research/state", form)
    text = response.content.decode()
    assert (response.status_code, now(door).state) == (409, "invited")
    assert text.count("Another window changed this door: it is “By invitation” now.") >= 1
    assert (text.count("A rest."), text.count('name="seen" value="2"')) == (1, 1)
    owner.post("/desk/doors/research/state", form | {"seen": "2"})
    assert (now(door).state, now(door).reason) == ("closed", "A rest.")


def test_the_script_gets_the_list_alone_with_one_spoken_sentence(owner: Client, door: Door) -> None:
    response = owner.post("/desk/doors/research/state", {"state": "closed"}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert (response.status_code, text.count("<html"), text.count('id="doors"')) == (200, 0, 1)
    assert text.count('<p id="live" hx-swap-oob="innerHTML">Original research: closed.</p>') == 1
    assert text.count(" autofocus") == 1


# ── order, down, up again ────────────────────────────────────────────────────
def names(page: Page) -> list[str]:
    return [door.name for door in page.doors.hung()]


@pytest.mark.parametrize(
    ("slug", "to", "order"),
    [("a", "down", "bac"), ("c", "up", "acb"), ("a", "up", "abc"), ("c", "down", "abc"), ("b", "", "acb")],
)
def test_doors_move_one_place(owner: Client, page: Page, slug: str, to: str, order: str) -> None:
    for place, name in enumerate("abc"):
        DoorFactory(page=page, slug=name, name=name, position=place)
    response = owner.post(f"/desk/doors/{slug}/move", {"to": to}, follow=True)
    assert names(page) == list(order)
    assert [row.door.name for row in response.context["rows"]] == list(order)


def test_a_dragged_order_is_kept_and_nonsense_in_it_is_not(owner: Client, page: Page) -> None:
    first, second, third = (DoorFactory(page=page, name=name, position=5) for name in "abc")
    foreign = DoorFactory(position=77)
    order = [third.pk, "x", "9" * 40, "²", foreign.pk, first.pk]
    assert owner.post("/desk/doors/order", {"order": order}).status_code == 303
    assert (names(page), now(foreign).position) == (["c", "a", "b"], 77)
    text = owner.post("/desk/doors/order", {"order": [second.pk]}, headers={"HX-Request": "true"}).content.decode()
    assert (names(page), text.count("<html")) == (["b", "c", "a"], 0)


def test_a_door_goes_down_and_hangs_again(owner: Client, page: Page, door: Door) -> None:
    PitchFactory(door=door, waiting=True)
    response = owner.post("/desk/doors/research/down", follow=True)
    assert said(response) == ["Original research is taken down. What waits behind it stays."]
    text = response.content.decode()
    assert (text.count("No doors yet."), text.count("1 pitch waits behind it")) == (1, 1)
    for path in ("/desk/doors/research", "/desk/doors/research/state", "/desk/doors/research/move"):
        assert owner.post(path, {"state": "open"}).status_code == 404
    response = owner.post("/desk/doors/research/down", {"hang": "1"}, follow=True)
    assert (names(page), said(response)) == (["Original research"], ["Original research hangs again, as it was."])


# ── the editor ───────────────────────────────────────────────────────────────
def test_a_name_is_enough_for_a_new_door(owner: Client, page: Page) -> None:
    text = owner.get("/desk/doors/new").content.decode()
    assert text.count("checked") == 9  # open, four tiers, three asks, one paint
    owner.post("/desk/doors/new", typed(name="Künstliche Intelligenz"))
    door = page.doors.get()
    assert (door.slug, door.state, door.version) == ("kunstliche-intelligenz", "open", 1)


def test_a_topic_is_kept_and_names_a_new_door(owner: Client, page: Page) -> None:
    owner.post("/desk/doors/new", typed(name="", topic="597"))
    door = page.doors.get()
    assert (door.name, door.slug, door.topic) == ("Artificial Intelligence", "artificial-intelligence", "597")
    owner.post(f"/desk/doors/{door.slug}", typed(name="My own", topic="597"))
    assert (now(door).name, now(door).topic, now(door).slug) == ("My own", "597", "artificial-intelligence")
    assert list(errors(owner.post(f"/desk/doors/{door.slug}", typed(name="", topic="597")))) == ["name"]
    assert list(errors(owner.post(f"/desk/doors/{door.slug}", typed(topic="nonsense")))) == ["topic"]


def test_a_name_that_no_address_can_spell_gets_a_number(owner: Client, page: Page) -> None:
    for name in ("日本", "新聞"):
        owner.post("/desk/doors/new", typed(name=name))
    assert list(page.doors.values_list("slug", "name")) == [("door-1", "日本"), ("door-2", "新聞")]


def test_everything_about_a_door_is_kept_and_comes_back(owner: Client, door: Door) -> None:
    form = typed(
        name="Data", blurb="Numbers.", topic="53", state="until", until=SOON, opens_at="2031-06-01T09:00",
        reason="A rest.", tiers=["known"], places_per_week="7", wants=" One \r\n\r\nTwo ", not_here="Three",
        may_ask=["slot"], asks=["paid"], question_1="", question_2="Which language?", required_2="",
        floor_amount="250.50", floor_currency="GBP", paint="plum",
    )  # fmt: skip
    assert owner.post("/desk/doors/research", form).status_code == 303
    kept = now(door)
    assert (kept.name, kept.blurb, kept.topic, kept.slug, kept.state) == ("Data", "Numbers.", "53", "research", "until")
    assert kept.until == datetime(2031, 6, 30, 22, 59, tzinfo=UTC)
    assert kept.opens_at == datetime(2031, 6, 1, 8, tzinfo=UTC)
    assert (kept.tiers, kept.places_per_week, kept.wants, kept.not_here) == (["known"], 7, ["One", "Two"], ["Three"])
    assert (kept.may_ask, kept.asks, kept.paint) == (["slot"], ["paid"], "plum")
    assert kept.questions == [{"text": "Which language?", "required": False}]
    assert (str(kept.floor_amount), kept.floor_currency) == ("250.50", "GBP")
    shown = DoorForm.everything(kept)
    back = {name: shown[name].value() for name in shown.fields}
    back |= {"until": f"{back['until']:%Y-%m-%dT%H:%M}", "opens_at": f"{back['opens_at']:%Y-%m-%dT%H:%M}"}
    back = {name: value for name, value in back.items() if value not in (None, "", False)} | {"seen": "2"}
    owner.post("/desk/doors/research", back | {"wants": "One\nTwo", "not_here": "Three"})
    assert now(door).version == 2


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"state": "until"}, "until", "Say until when it is open."),
        ({"state": "until", "until": "2021-06-30T23:59"}, "until", "This moment has passed."),
        ({"state": "until", "until": SOON, "opens_at": LATER}, "until", "The door would close before it opens."),
        ({"state": "until", "until": SOON, "opens_at": SOON}, "until", "The door would close before it opens."),
        ({"state": "until", "until": "tomorrow"}, "until", "Write a day and a time"),
        ({"state": "until", "until": "9999-12-31T23:59+02:00"}, "until", "Write a day and a time"),
        ({"opens_at": "2021-06-30T23:59"}, "opens_at", "This moment has passed."),
        ({"places_per_week": "0"}, "places_per_week", "With no places at all the door is closed."),
        ({"places_per_week": "-3"}, "places_per_week", "With no places at all the door is closed."),
        ({"places_per_week": "501"}, "places_per_week", "At most 500 a week."),
        ({"floor_amount": "200"}, "floor_currency", "Choose the currency of the floor."),
        ({"floor_amount": "0"}, "floor_currency", "Choose the currency of the floor."),
        ({"floor_currency": "EUR"}, "floor_amount", "Say from how much"),
        ({"tiers": []}, "tiers", "Choose who may use it."),
        ({"state": "until", "until": SOON, "tiers": []}, "tiers", "Choose who may use it."),
        ({"may_ask": []}, "may_ask", "Choose at least one thing"),
        ({"name": ""}, "name", "Give the door a name."),
        ({"name": "x" * 61}, "name", "Make it shorter"),
        ({"wants": "\n".join("abcdefghi")}, "wants", "Keep to 8 lines. There are 9."),
        ({"not_here": "x" * 121}, "not_here", "Keep each line to 120 characters"),
        ({"question_1": "x" * 121}, "question_1", "Make it shorter"),
        ({"question_1": "\u202ereversed"}, "question_1", "Take out the invisible"),
        ({"paint": "pink"}, "paint", "Select a valid choice."),
    ],
)
def test_contradictions_get_a_sentence_at_the_field(
    owner: Client, door: Door, wrong: dict[str, Any], field: str, sentence: str
) -> None:
    response = owner.post("/desk/doors/research", typed(**wrong))
    found = errors(response)
    assert list(found) == [field]
    assert found[field][0].startswith(sentence)
    text = response.content.decode()
    assert "<title>Error: " in text
    assert text.count(f'href="#id_{field}') == 1
    assert now(door).version == 1


def test_a_date_that_does_not_matter_is_no_error(owner: Client, door: Door) -> None:
    assert owner.post("/desk/doors/research", typed(until="2021-06-30T23:59")).status_code == 303
    assert now(door).until is None


def test_a_door_that_ended_can_be_edited(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page, slug="ended", state="until", until="2021-06-30 22:59:59+00:00")
    owner.post("/desk/doors/ended", typed(name="Ended", state="until", until="2021-06-30T23:59"))
    assert (now(door).name, now(door).until) == ("Ended", datetime(2021, 6, 30, 22, 59, 59, tzinfo=UTC))


def test_an_address_hangs_once(owner: Client, page: Page, door: Door) -> None:
    found = errors(owner.post("/desk/doors/new", typed(name="Research")))
    assert found == {"name": ["“Original research” has this address already. Choose another name, or another address."]}
    doors.take_down(door, by=page.owner)
    found = errors(owner.post("/desk/doors/new", typed(name="Other", slug="Research")))
    assert list(found) == ["slug"]
    assert "was taken down. Hang it again" in found["slug"][0]
    assert list(errors(owner.post("/desk/doors/new", typed(slug="?!")))) == ["slug"]
    DoorFactory(slug="other")
    assert owner.post("/desk/doors/new", typed(name="Other")).status_code == 303


def test_the_same_new_door_sent_twice_at_once_is_said_at_the_name(
    owner: Client, page: Page, door: Door, monkeypatch: Any
) -> None:
    monkeypatch.setattr(DoorForm, "_find_address", lambda self, data: data.update(slug="research"))
    assert list(errors(owner.post("/desk/doors/new", typed()))) == ["name"]
    assert page.doors.count() == 1


# ── how many answers ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asks", "required", "count"),
    [([], 0, 8), (["paid"], 0, 12), (["news", "event"], 0, 13), (["news"], 1, 12), (["event"], 2, 12), (["odd"], 0, 8)],
)
def test_answers_are_counted(asks: list[str], required: int, count: int) -> None:
    questions = [{"text": "Why?", "required": number < required} for number in range(2)]
    assert most_required(asks, questions) == count


def test_no_door_needs_more_than_twelve_answers(owner: Client, door: Door) -> None:
    form = typed(asks=["paid"], question_1="Why you?", required_1="on")
    found = errors(owner.post("/desk/doors/research", form))
    assert list(found) == ["asks"]
    assert found["asks"][0].startswith("A pitch would need 13 answers, and 12 are the most.")
    assert owner.post("/desk/doors/research", form | {"required_1": ""}).status_code == 303
    assert (
        owner.post("/desk/doors/research", typed(seen="2", asks=[], question_1="", required_1="on")).status_code == 303
    )


def test_only_groups_that_exist_are_offered(owner: Client, door: Door) -> None:
    form = owner.get("/desk/doors/research").context["form"]
    assert [name for name, _label in form.fields["asks"].choices] == [
        name for name in ("paid", "news", "event", "product") if name in GROUPS
    ]
    assert list(errors(owner.post("/desk/doors/research", typed(asks=["odd"])))) == ["asks"]


# ── two tabs ─────────────────────────────────────────────────────────────────
def test_what_another_window_changed_is_told_and_nothing_typed_is_lost(owner: Client, page: Page, door: Door) -> None:
    doors.change(door, by=page.owner, name="Data", places_per_week=4)
    doors.change(door, by=page.owner, name="Figures", wants=["Tables"])
    response = owner.post("/desk/doors/research", typed(name="Numbers", blurb="Only numbers."))
    assert (response.status_code, now(door).name) == (409, "Figures")
    told = [(one.label, one.now, one.by) for one in response.context["meanwhile"]]
    assert told == [("Name", "Figures", "You"), ("Yes, please", "Tables", "You"), ("Places a week", "4", "You")]
    form = response.context["form"]
    values = {name: form[name].value() for name in ("name", "blurb", "places_per_week", "wants")}
    assert values == {"name": "Numbers", "blurb": "Only numbers.", "places_per_week": 4, "wants": "Tables"}
    assert response.content.decode().count('name="seen" value="3"') == 1
    again = typed(seen="3", name="Numbers", blurb="Only numbers.", places_per_week="4", wants="Tables")
    assert owner.post("/desk/doors/research", again).status_code == 303
    after = now(door)
    assert (after.name, after.blurb, after.wants, after.places_per_week) == ("Numbers", "Only numbers.", ["Tables"], 4)


def test_windows_that_touch_different_things_do_not_meet(owner: Client, door: Door) -> None:
    doors.change(door, blurb="Numbers.")
    assert owner.post("/desk/doors/research", typed(paint="red")).status_code == 303
    assert (now(door).blurb, now(door).paint, now(door).version) == ("Numbers.", "red", 3)


@pytest.mark.parametrize("seen", ["", "x", "0", "9" * 30])
def test_a_form_without_a_version_never_overwrites(owner: Client, door: Door, seen: str) -> None:
    response = owner.post("/desk/doors/research", typed(seen=seen, name="Numbers"))
    assert (response.status_code, now(door).name) == (409, "Original research")


def test_the_history_says_who_changed_what(owner: Client, page: Page, door: Door) -> None:
    for number in range(12):
        doors.change(door, by=page.owner, name=f"Data {number}")
    steps = owner.get("/desk/doors/research").context["history"]
    assert len(steps) == 10
    assert (steps[0].by, [(one.label, one.before, one.now) for one in steps[0].changes]) == (
        "You",
        [("Name", "Data 10", "Data 11")],
    )


# ── moments in the owner's zone ──────────────────────────────────────────────
@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2031-03-30T01:30", (2031, 3, 30, 1, 30)),  # Lisbon has no 01:30 on this night: 02:30 summer time
        ("2031-10-26T01:30", (2031, 10, 26, 0, 30)),  # and two of them on this one: the first
        ("2031-01-05T09:00", (2031, 1, 5, 9, 0)),
        ("2031-07-05 09:00", (2031, 7, 5, 8, 0)),
    ],
)
def test_a_moment_is_read_by_the_owners_clock(
    owner: Client, door: Door, local: str, utc: tuple[int, int, int, int, int]
) -> None:
    owner.post("/desk/doors/research", typed(state="until", until=local))
    assert now(door).until == datetime(*utc, tzinfo=UTC)


def test_a_moment_that_nobody_touched_stays_to_the_second(owner: Client, page: Page) -> None:
    second_half_past_one = datetime(2031, 10, 26, 1, 30, 7, tzinfo=UTC)
    door = DoorFactory(page=page, slug="fold", state="until", until=second_half_past_one)
    shown = owner.get("/desk/doors/fold").content.decode()
    assert shown.count('value="2031-10-26T01:30"') == 1
    owner.post("/desk/doors/fold", typed(state="until", until="2031-10-26T01:30"))
    assert now(door).until == second_half_past_one


# ── topics ───────────────────────────────────────────────────────────────────
def test_the_catalogue_is_whole() -> None:
    assert len(content.subjects()) == 704
    assert content.subjects()["597"].path == "Technology & Computing › Artificial Intelligence"
    assert all(len(key) <= 8 for key in content.subjects())


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("artificial", "Artificial Intelligence"),
        ("ARTIFICIAL intel", "Artificial Intelligence"),
        ("technology", "Technology & Computing"),
        ("computing artificial", "Artificial Intelligence"),
    ],
)
def test_topics_are_found_by_their_path(words: str, first: str) -> None:
    assert content.search(words)[0].name == first


def test_nothing_is_looked_for_and_nothing_is_found() -> None:
    assert (content.search("  "), content.search("zzzz"), len(content.search("a"))) == ([], [], content.MOST)


def test_topics_come_as_a_part_of_the_editor(owner: Client) -> None:
    text = owner.get("/desk/topics?q=artificial&topic=53", headers={"HX-Request": "true"}).content.decode()
    assert (text.count("<html"), text.count('value="597"'), text.count('value="53" checked')) == (0, 1, 1)
    assert owner.get("/desk/topics?q=zzzz").content.decode().count("Your own name is enough.") == 1


@pytest.mark.parametrize("path", ["/desk/doors/new", "/desk/doors/research"])
def test_looking_for_a_topic_without_a_script_loses_nothing(owner: Client, door: Door, path: str) -> None:
    form = typed(find="1", q="artificial", name="Draft", wants="One\nTwo", until="tomorrow", question_1="Why?")
    response = owner.post(path, form)
    text = response.content.decode()
    assert (response.status_code, text.count('value="597"'), text.count("Error:")) == (200, 1, 0)
    for kept in ('value="Draft"', "One\nTwo", 'value="tomorrow"', 'value="Why?"', 'value="artificial"'):
        assert kept in text, kept
    assert Door.objects.count() == 1
    assert now(door).version == 1


# ── who may come in ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/desk/doors/research", typed(name="Mine")),
        ("/desk/doors/research/state", {"state": "closed"}),
        ("/desk/doors/research/move", {"to": "up"}),
        ("/desk/doors/research/down", {}),
    ],
)
def test_the_doors_of_others_do_not_exist(client: Client, door: Door, path: str, sent: dict[str, Any]) -> None:
    assert client.post(path, sent).headers["Location"] == f"/account/login/?next={path}"
    client.force_login(PageFactory().owner)
    assert client.post(path, sent).status_code == 404
    assert (now(door).version, now(door).taken_down_at, now(door).name) == (1, None, "Original research")


@pytest.mark.parametrize("path", ["state", "move", "down"])
def test_get_changes_nothing(owner: Client, door: Door, path: str) -> None:
    assert owner.get(f"/desk/doors/research/{path}").status_code == 405


def test_a_door_by_invitation_that_is_opened_opens_for_everybody(owner, page):
    guests = DoorFactory(page=page, slug="guests", invited=True)
    owner.post("/desk/doors/guests/state", {"state": "open"})
    guests = now(guests)
    assert (guests.state, opening.of(guests).look, "stranger" in guests.tiers) == ("open", "open", True)
