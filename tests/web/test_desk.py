"""The inbox and one pitch at the desk: who may see what, at what cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import lifecycle, relationships
from pitches.models import Answer, Evidence, Page, Pitch, PitchState, ReadingSession, Standing
from pitches.web import lanes
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
GETS = ["/desk", "/desk/inbox", "/desk/pitch/{code}"]
POSTS = ["/desk/pitch/{code}/answer", "/desk/pitch/{code}/restore", "/desk/pitch/{code}/standing"]


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def waiting(page: Page, **more: Any) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page), **more)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ── who may come in ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", GETS)
def test_nobody_is_sent_to_the_sign_in(client: Client, page: Page, path: str) -> None:
    url = path.format(code=waiting(page).code)
    assert client.get(url).headers["Location"] == f"/account/login/?next={url}"


@pytest.mark.parametrize("path", POSTS)
def test_nobody_changes_nothing(client: Client, page: Page, path: str) -> None:
    pitch = waiting(page)
    url = path.format(code=pitch.code)
    response = client.post(url, {"kind": "yes", "standing": "trusted", "where": "page"})
    assert response.headers["Location"] == f"/account/login/?next={url}"
    assert (Pitch.objects.get().state, Answer.objects.count(), Evidence.objects.count()) == ("waiting", 0, 0)


@pytest.mark.parametrize("path", GETS[2:])
def test_another_owner_finds_nothing(owner: Client, path: str) -> None:
    theirs = waiting(PageFactory())
    assert owner.get(path.format(code=theirs.code)).status_code == 404
    assert owner.get(path.format(code="MAYA-NONE")).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_another_owner_changes_nothing(owner: Client, path: str) -> None:
    theirs = waiting(PageFactory())
    data = {"kind": "yes", "standing": "trusted", "where": "page"}
    assert owner.post(path.format(code=theirs.code), data).status_code == 404
    assert (Pitch.objects.get().state, Answer.objects.count(), Evidence.objects.count()) == ("waiting", 0, 0)


def test_another_owner_may_not_peek(owner: Client) -> None:
    theirs = waiting(PageFactory())
    response = owner.get(f"/desk/inbox?at={theirs.code}", headers={"HX-Request": "true"})
    assert response.status_code == 404


def test_an_unproven_pitch_is_unknown_at_the_desk(owner: Client, page: Page) -> None:
    pitch = PitchFactory(unproven=True, door=DoorFactory(page=page))
    assert owner.get(f"/desk/pitch/{pitch.code}").status_code == 404


def test_whoever_has_no_page_yet_is_welcomed(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/desk/inbox").headers["Location"] == "/welcome"


def test_the_desk_begins_with_the_inbox(owner: Client) -> None:
    assert owner.get("/desk").headers["Location"] == "/desk/inbox"


@pytest.mark.parametrize("path", POSTS)
def test_get_changes_nothing(owner: Client, page: Page, path: str) -> None:
    assert owner.get(path.format(code=waiting(page).code)).status_code == 405


# ── the inbox ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_pitch_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    PitchFactory.create_batch(count, waiting=True, door=DoorFactory(page=page))
    with django_assert_num_queries(16):
        assert owner.get("/desk/inbox").content.decode().count("data-row=") == count


def test_each_lane_has_its_heading_and_its_rows(owner: Client, page: Page) -> None:
    for standing in ("trusted", "known", "introduced", "stranger", "stranger"):
        waiting(page, standing=standing)
    shelves = owner.get("/desk/inbox").context["shelves"]
    assert [(shelf.kind.name, shelf.count) for shelf in shelves] == [("trusted", 1), ("known", 2), ("first_knock", 2)]


@pytest.mark.parametrize(
    ("show", "trait"),
    [
        ("ledge", "waiting"),
        ("later", "later"),
        ("asked", "asked"),
        ("held", "held"),
        ("quarantine", "quarantine"),
        ("answered", "declined"),
    ],
)
def test_each_view_shows_its_own(owner: Client, page: Page, show: str, trait: str) -> None:
    made = {
        name: PitchFactory(door=DoorFactory(page=page), **{name: True})
        for name in ("waiting", "later", "asked", "held", "quarantine", "declined")
    }
    PitchFactory(waiting=True)  # somebody else's
    shelves = owner.get(f"/desk/inbox?show={show}").context["shelves"]
    shown = [row.code for shelf in shelves for row in shelf.rows]
    aside = [made["held"].code, made["quarantine"].code] if show == "ledge" else []
    assert shown == [made[trait].code, *aside]


def test_an_unknown_view_is_unknown(owner: Client) -> None:
    assert owner.get("/desk/inbox?show=spam").status_code == 404


def test_an_empty_ledge_says_when_the_next_hour_is(owner: Client) -> None:
    Page.objects.update(example_over_at=MONDAY)  # the first run is over
    with clock.standing_at(MONDAY):
        text = owner.get("/desk/inbox").content.decode()
    assert text.count("The ledge is empty.") == 1
    assert text.count("Next hour: Tuesday 3 March, 09:00.") == 1


@pytest.mark.parametrize(
    ("moment", "hours", "waiting", "sentence"),
    [
        (MONDAY, ["TUE 09:00"], 1, "Your hour is Tuesday 3 March, 09:00. They can wait."),
        (MONDAY, ["TUE 09:00"], 0, "Your hour is Tuesday 3 March, 09:00."),
        (TUESDAY, ["TUE 09:00"], 1, "Your hour started at 09:00."),
        (TUESDAY, [], 1, "You have set no reading hour, so you can read whenever you like."),
    ],
)
def test_the_inbox_says_whether_it_is_the_hour(
    client: Client, moment: datetime, hours: list[str], waiting: int, sentence: str
) -> None:
    with clock.standing_at(moment):
        page = PageFactory(reading=hours)
        PitchFactory.create_batch(waiting, waiting=True, door=DoorFactory(page=page))
        client.force_login(page.owner)
        assert client.get("/desk/inbox").context["hour"] == sentence


def test_thirty_pitches_cost_ten_minutes(owner: Client, page: Page) -> None:
    PitchFactory.create_batch(30, waiting=True, door=DoorFactory(page=page))
    text = owner.get("/desk/inbox").content.decode()
    assert (text.count("30 on the ledge"), text.count("About 10 minutes of reading.")) == (1, 1)


@pytest.mark.parametrize("show", ["ledge", "answered"])
def test_a_long_list_goes_on_behind_its_last_row(
    owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch, show: str
) -> None:
    monkeypatch.setattr(lanes, "AT_ONCE", 2)
    trait = {"waiting": True} if show == "ledge" else {"declined": True}
    door = DoorFactory(page=page)
    for hours in range(5):
        PitchFactory(
            door=door,
            handed_in_at=clock.now() - timedelta(hours=hours // 2),
            nudged_at=clock.now() if hours == 3 else None,
            **trait,
        )
    lane, after, seen = "first_knock" if show == "ledge" else show, "", []
    for _page in range(3):
        shelf = owner.get(f"/desk/inbox?show={show}&lane={lane}&after={after}").context["shelves"][0]
        seen += [row.pk for row in shelf.rows]
        after = shelf.more
    whole = Pitch.objects.all()
    expected = whole.in_reading_order() if show == "ledge" else whole.order_by("-handed_in_at", "-pk")
    assert (seen, after) == (list(expected.values_list("pk", flat=True)), "")


@pytest.mark.parametrize("show", list(lanes.SHOWN))
def test_a_list_goes_on_after_what_has_left_it(owner: Client, page: Page, show: str) -> None:
    """And begins anew after what has no place in it, or is not here."""
    door = DoorFactory(page=page)
    made = [PitchFactory(door=door, **{state: True}).code for state in ("waiting", "later", "asked", "declined")]
    Pitch.objects.exclude(state="asked").update(lapses_at=None)
    for lane in lanes.SHOWN[show]:
        paths = [f"/desk/inbox?show={show}&lane={lane}&after={after}" for after in ("MAYA-NONE", *made)]
        shelves = [owner.get(path).context["shelves"] for path in paths]
        rows = [[row.code for shelf in found for row in shelf.rows] for found in shelves]
        assert all(after not in some and set(some) <= set(rows[0]) for after, some in zip(made, rows[1:], strict=True))


def test_a_row_says_what_stands_out(owner: Client, page: Page) -> None:
    pitch = waiting(page, flags=["urgency"], nudged_at=clock.now())
    lifecycle.record("replied", page, pitch, note="Nothing.")
    text = owner.get("/desk/inbox").content.decode()
    row = text[text.index("data-row=") : text.index("</li>")]
    assert [words in row for words in ("presses for haste", "Nudged", "Reply to the question")] == [True, True, True]


def test_the_letter_beside_the_list_is_fetched_alone(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    response = owner.get(f"/desk/inbox?at={pitch.code}", headers={"HX-Request": "true"})
    assert next(template.name for template in response.templates) == "desk/_peek.html"


def test_without_a_script_the_letter_beside_the_list_is_chosen_by_address(owner: Client, page: Page) -> None:
    _first, second = waiting(page), waiting(page)
    assert owner.get(f"/desk/inbox?at={second.code}").context["pitch"] == second


# ── links ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("trait", "standing", "links"),
    [
        ("waiting", "known", 1),
        ("waiting", "trusted", 1),
        ("waiting", "stranger", 0),
        ("quarantine", "trusted", 0),
    ],
)
def test_links_of_strangers_and_of_what_is_in_quarantine_are_text(
    owner: Client, page: Page, trait: str, standing: str, links: int
) -> None:
    pitch = PitchFactory(door=DoorFactory(page=page), standing=standing, **{trait: True})
    text = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    assert text.count('<a href="https://mosaic.example/mute"') == links
    assert text.count('rel="noopener noreferrer nofollow ugc"') == links


# ── one pitch ────────────────────────────────────────────────────────────────
def test_a_pitch_is_answered_and_goes_out_later(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/desk/pitch/{pitch.code}")
    assert (Pitch.objects.get().state, Answer.objects.get().sent_at) == ("accepted", None)


def test_an_answer_given_in_the_inbox_leads_back_there(owner: Client, page: Page) -> None:
    response = owner.post(f"/desk/pitch/{waiting(page).code}/answer", {"kind": "yes", "back": "inbox"})
    assert response.headers["Location"] == "/desk/inbox"
    assert owner.get("/desk/inbox").content.decode().count("data-toast") == 1


def test_a_no_without_a_reason_is_asked_for_one(owner: Client, page: Page) -> None:
    response = owner.post(f"/desk/pitch/{waiting(page).code}/answer", {"kind": "no", "text": "So kind of you."})
    text = response.content.decode()
    assert (response.status_code, Answer.objects.count()) == (422, 0)
    assert (text.count("Choose a reason."), text.count('value="So kind of you."')) == (1, 1)
    assert text.count('class="panel in open"') == 1


@pytest.mark.parametrize(
    "data", [{}, {"kind": "maybe"}, {"kind": "later", "until": "soon"}, {"kind": "yes", "text": "\x00"}]
)
def test_nonsense_is_refused_with_a_sentence(owner: Client, page: Page, data: dict[str, str]) -> None:
    response = owner.post(f"/desk/pitch/{waiting(page).code}/answer", data)
    assert (response.status_code in (400, 422), Answer.objects.count()) == (True, 0)


@pytest.mark.parametrize(("days", "status"), [(365, 303), (366, 422)])
def test_later_is_within_a_year(owner: Client, page: Page, days: int, status: int) -> None:
    pitch = waiting(page)
    until = page.local_date(clock.now()) + timedelta(days=days)
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "later", "until": until.isoformat()})
    assert (response.status_code, Answer.objects.count()) == (status, 1 if status == 303 else 0)


@pytest.mark.parametrize("until", ["9999-12-30", "9999-12-31", "0001-01-01", "10000-01-01"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_end_of_all_days_is_refused_with_a_sentence(owner: Client, page: Page, until: str, zone: str) -> None:
    Page.objects.update(timezone=zone)
    pitch = waiting(page)
    responses = [
        owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "later", "until": until}),
        owner.post(f"/desk/pitch/{pitch.code}/standing", {"standing": "paused", "where": "page", "until": until}),
    ]
    assert [response.status_code for response in responses] == [422, 422]
    far = "Choose a day within a year from today."
    assert [far in response.content.decode() for response in responses] == [until.startswith("9999")] * 2
    assert (Answer.objects.count(), Evidence.objects.count()) == (0, 0)


def test_the_same_answer_twice_is_no_error(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    for _try in range(2):
        response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "no", "reason": "covered"}, follow=True)
    assert (told(response), Answer.objects.count()) == ([], 1)


def test_another_answer_is_told_what_is_true(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"})
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "no", "reason": "covered"}, follow=True)
    assert (told(response)[1:], Pitch.objects.get().state) == (
        ["You had already said yes to this one in another window."],
        "accepted",
    )


@pytest.mark.parametrize(
    ("trait", "sentence"),
    [
        ("declined", "You had already said no to this one in another window."),
        ("asked", "You had already asked Elif Kaya a question in another window."),
        ("withdrawn", "Elif Kaya took this one back while you were reading."),
        ("lapsed", "The last day of this one has passed, so it was closed without an answer."),
        ("quarantine", "This one is in quarantine. Restore it first, then answer it."),
        ("arrived", "This one has only just come. Try again in a moment."),
    ],
)
def test_whatever_cannot_be_answered_says_why(owner: Client, page: Page, trait: str, sentence: str) -> None:
    pitch = PitchFactory(door=DoorFactory(page=page), **{trait: True})
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"}, follow=True)
    assert told(response) == [sentence]


@pytest.mark.parametrize("trait", [state for state in PitchState.values if state not in ("unproven", "later")])
def test_a_pitch_in_any_state_has_its_page(owner: Client, page: Page, trait: str) -> None:
    pitch = PitchFactory(door=DoorFactory(page=page), **{trait: True})
    response = owner.get(f"/desk/pitch/{pitch.code}")
    assert (response.status_code, response.context["answerable"]) == (200, trait in ("waiting", "held"))


def test_the_thread_tells_what_happened_in_words(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    lifecycle.record("nudged", page, pitch)
    owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "ask", "reply": "cost"})
    owner.post(f"/desk/outgoing/{Answer.objects.get().pk}/undo")
    entries = owner.get(f"/desk/pitch/{pitch.code}").context["thread"]
    assert [(entry.who, entry.what) for entry in entries] == [
        ("Elif Kaya", "Nudged, once"),
        ("You", "Question: What does it cost them?"),
        ("You", "Took the answer back before it went out"),
    ]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"standing": "trusted"},
            (
                "With the trusted people, because Elif Kaya is trusted at Original research; "
                "today it would come to “First knock”."
            ),
        ),
        ({}, "With the first knocks, because there is no history with Elif Kaya at Original research."),
        (
            {"lane": "held"},
            "Held aside, because it offered less than this door asked for; otherwise it would wait in “First knock”.",
        ),
    ],
)
def test_a_pitch_says_why_it_landed_here(owner: Client, page: Page, more: dict[str, str], sentence: str) -> None:
    assert owner.get(f"/desk/pitch/{waiting(page, **more).code}").context["landed"] == sentence


def test_history_is_told_in_a_sentence(owner: Client, page: Page) -> None:
    with clock.standing_at(MONDAY):
        pitch = waiting(page)
        assert owner.get(f"/desk/pitch/{pitch.code}").context["history"] == "First pitch, from a checked address."
        before = {"door": pitch.door, "sender": pitch.sender, "handed_in_at": MONDAY - timedelta(days=800)}
        for more in ({}, {"kind": "no", "reason": "not_now"}, {"kind": "ask", "text": "Why?"}):
            AnswerFactory(pitch=PitchFactory(accepted=True, line="Dark mode logos", **before), **more)
        AnswerFactory(pitch=PitchFactory(accepted=True, **before), held=True)
        assert owner.get(f"/desk/pitch/{pitch.code}").context["history"] == (
            "4 pitches before, over 2 years: 1 yes, 1 no, 1 question. "
            "Last: “Dark mode logos”, question: Why?, Monday 2 March."
        )


# ── quarantine ───────────────────────────────────────────────────────────────
def test_a_pitch_is_restored_once(owner: Client, page: Page) -> None:
    pitch = PitchFactory(quarantine=True, door=DoorFactory(page=page))
    for _press in range(2):
        response = owner.post(f"/desk/pitch/{pitch.code}/restore")
    assert (response.status_code, Pitch.objects.get().state, page.events.count()) == (303, "waiting", 1)


def test_what_was_answered_cannot_be_restored(owner: Client, page: Page) -> None:
    pitch = PitchFactory(declined=True, door=DoorFactory(page=page))
    response = owner.post(f"/desk/pitch/{pitch.code}/restore", follow=True)
    sentence = "You had already said no to this one in another window."
    assert (told(response), Pitch.objects.get().state) == ([sentence], "declined")


# ── how they stand ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(("where", "elsewhere"), [("door", "stranger"), ("page", "trusted")])
def test_the_owner_sets_a_standing_here_or_everywhere(owner: Client, page: Page, where: str, elsewhere: str) -> None:
    pitch = waiting(page)
    data = {"standing": "trusted", "where": where, "note": "Told me first."}
    assert owner.post(f"/desk/pitch/{pitch.code}/standing", data).status_code == 303
    found = [relationships.standing_of(page, pitch.sender, door) for door in (pitch.door, DoorFactory(page=page))]
    assert found == [Standing.TRUSTED, Standing(elsewhere)]
    assert (Evidence.objects.get().note, Evidence.objects.get().by) == ("Told me first.", page.owner)


@pytest.mark.parametrize("where", ["door", "page", "agency"])
def test_a_standing_that_was_set_can_be_taken_back(owner: Client, page: Page, where: str) -> None:
    pitch = waiting(page)
    url = f"/desk/pitch/{pitch.code}/standing"
    owner.post(url, {"standing": "trusted", "where": where})
    word = Evidence.objects.get()
    assert owner.post(url, {"undo": word.pk, "where": where, "back": "session"})["Location"].endswith("/session")
    assert relationships.standing_of(page, pitch.sender, pitch.door) == "stranger"
    other = waiting(PageFactory())
    foreign = relationships.set_by_hand(other.page, other.sender, Standing.KNOWN, by=None)
    assert owner.post(url, {"undo": foreign.pk, "where": where}).status_code == 404


def test_the_owner_blocks_a_whole_agency(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    colleague, url = SenderFactory(agency=pitch.sender.agency), f"/desk/pitch/{pitch.code}"
    response = owner.post(f"{url}/standing", {"standing": "blocked", "where": "agency"}, follow=True)
    domain = pitch.sender.agency.domain
    assert told(response) == [f"Everybody at {domain} is now: blocked, at every door."]
    assert relationships.standing_of(page, colleague, DoorFactory(page=page)) == "blocked"
    assert f"Blocked for everybody at {domain} · by you<" in owner.get(url).content.decode()
    assert "Blocked" in owner.get(f"/desk/agencies/{pitch.sender.agency_id}").content.decode()


@pytest.mark.parametrize("where", ["door", "page", "agency"])
def test_the_form_shows_where_it_was_set(owner: Client, page: Page, where: str) -> None:
    url = f"/desk/pitch/{waiting(page).code}"
    owner.post(f"{url}/standing", {"standing": "known", "where": where})
    form = owner.get(url).context["standing"]
    assert (form["where"].value(), form["standing"].value()) == (where, "known")


def test_who_has_a_freemail_address_stands_alone(owner: Client, page: Page) -> None:
    pitch = waiting(page, sender=SenderFactory(agency=None))
    data = {"standing": "blocked", "where": "agency"}
    assert owner.post(f"/desk/pitch/{pitch.code}/standing", data).status_code == 422
    assert Evidence.objects.count() == 0
    assert "for everybody at" not in owner.get(f"/desk/pitch/{pitch.code}").content.decode()


def test_what_the_hand_set_can_be_found_again(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    url = f"/desk/pitch/{pitch.code}"
    with clock.standing_at(MONDAY):
        owner.post(f"{url}/standing", {"standing": "introduced", "where": "door", "note": "Met at a <fair>."})
        owner.post(f"{url}/standing", {"standing": "paused", "where": "page", "until": "2026-08-01"})
        relationships.set_by_hand(PageFactory(), pitch.sender, Standing.BLOCKED, by=None, note="Not yours to see.")
        text = owner.get(url).content.decode()
    rows = [
        "Monday 2 March: On pause at every door · by you · until Saturday 1 August<",
        "Monday 2 March: Introduced at Original research · by you<",
    ]
    assert [text.count(row) for row in [*rows, "Met at a &lt;fair&gt;.", "Not yours to see."]] == [1, 1, 1, 0]
    assert text.index(rows[0]) < text.index(rows[1])


def test_the_last_ten_changes_are_enough(page: Page) -> None:
    sender = waiting(page).sender
    for number in range(11):
        relationships.set_by_hand(page, sender, Standing.KNOWN, by=page.owner, note=str(number))
    assert [row.note for row in relationships.changes_by_hand(page, sender)] == [str(n) for n in range(10, 0, -1)]


def test_a_pause_ends_on_the_morning_of_its_day(owner: Client, page: Page) -> None:
    pitch = waiting(page)
    with clock.standing_at(MONDAY):
        owner.post(f"/desk/pitch/{pitch.code}/standing", {"standing": "paused", "where": "page", "until": "2026-08-01"})
    assert Evidence.objects.get().until == datetime(2026, 7, 31, 23, tzinfo=UTC)  # midnight in Lisbon


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"standing": "friend", "where": "door"},
        {"standing": "paused", "where": "door"},
        {"standing": "paused", "where": "door", "until": "2020-01-01"},
        {"standing": "paused", "where": "door", "until": "soon"},
        {"standing": "known", "where": "moon"},
        {"standing": "known", "where": "door", "note": "x" * 281},
    ],
)
def test_a_standing_that_makes_no_sense_is_refused(owner: Client, page: Page, data: dict[str, str]) -> None:
    response = owner.post(f"/desk/pitch/{waiting(page).code}/standing", data)
    assert (response.status_code, Evidence.objects.count()) == (422, 0)
    assert response.content.decode().count("There is a problem") == 1


def test_a_standing_set_while_reading_leads_back_to_the_session(owner: Client, page: Page) -> None:
    data = {"standing": "known", "where": "door", "back": "session"}
    response = owner.post(f"/desk/pitch/{waiting(page).code}/standing", data)
    assert (response.headers["Location"], ReadingSession.objects.count()) == ("/desk/session", 0)
