"""The reading session: start, cards, answers, undo, the end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import due, review
from pitches.models import Answer, Page, Pitch, ReadingSession
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, ReadingSessionFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def cards(page: Page) -> list[Pitch]:
    """Two pitches on the ledge, in reading order."""
    door = DoorFactory(page=page)
    return [
        PitchFactory(waiting=True, door=door, handed_in_at=clock.now() - timedelta(hours=hours)) for hours in (2, 1)
    ]


def begin(owner: Client) -> ReadingSession:
    owner.post("/desk/session/start")
    return ReadingSession.objects.get()


def say(owner: Client, session: ReadingSession, pitch: Pitch, *, htmx: bool = False, **data: str) -> Any:
    path = f"/desk/session/{session.pk}/answer/{pitch.code}"
    return owner.post(path, {"kind": "yes"} | data, headers=HTMX if htmx else {})


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ── who may come in ──────────────────────────────────────────────────────────
PATHS = ["/desk/session/start", "/desk/session/{pk}/answer/{code}", "/desk/session/{pk}/undo", "/desk/session/{pk}/end"]


@pytest.mark.parametrize("path", ["/desk/session", *PATHS, "/desk/shortcuts"])
def test_nobody_is_sent_to_the_sign_in(client: Client, page: Page, cards: list[Pitch], path: str) -> None:
    session = ReadingSessionFactory(page=page)
    url = path.format(pk=session.pk, code=cards[0].code)
    assert client.post(url, {"kind": "yes"}).headers["Location"] == f"/account/login/?next={url}"
    assert (Answer.objects.count(), ReadingSession.objects.get().ended_at) == (0, None)


@pytest.mark.parametrize("path", PATHS[1:])
def test_another_owner_changes_nothing(client: Client, page: Page, cards: list[Pitch], path: str) -> None:
    session = review.open_session(page, by=page.owner)
    given = review.answer(cards[1], "yes", by=page.owner, session=session)
    client.force_login(PageFactory().owner)
    url = path.format(pk=session.pk, code=cards[0].code)
    assert client.post(url, {"kind": "yes", "answer": given.pk}).status_code == 404
    assert (Answer.objects.held().count(), ReadingSession.objects.get().ended_at) == (1, None)


def test_the_session_of_one_page_takes_no_pitch_of_another(owner: Client, cards: list[Pitch]) -> None:
    session, theirs = begin(owner), PitchFactory(waiting=True)
    assert (say(owner, session, theirs).status_code, Answer.objects.count()) == (404, 0)


@pytest.mark.parametrize("path", [*PATHS, "/desk/shortcuts"])
def test_get_changes_nothing(owner: Client, page: Page, cards: list[Pitch], path: str) -> None:
    session = ReadingSessionFactory(page=page)
    assert owner.get(path.format(pk=session.pk, code=cards[0].code)).status_code == 405


# ── start ────────────────────────────────────────────────────────────────────
def test_looking_begins_nothing(owner: Client, cards: list[Pitch]) -> None:
    text = owner.get("/desk/session").content.decode()
    assert (text.count("2 to read"), ReadingSession.objects.count()) == (1, 0)


def test_an_empty_ledge_begins_nothing(owner: Client) -> None:
    owner.post("/desk/session/start")
    text = owner.get("/desk/session").content.decode()
    assert (text.count("Nobody has pitched yet."), ReadingSession.objects.count()) == (1, 0)


def test_more_than_a_sitting_is_said_before(owner: Client, page: Page, cards: list[Pitch]) -> None:
    Page.objects.update(cards=1)
    text = owner.get("/desk/session").content.decode()
    assert (text.count("1 to read"), text.count("One more waits for the next session.")) == (1, 1)


def test_start_shows_the_first_card_and_what_it_costs(owner: Client, cards: list[Pitch]) -> None:
    begin(owner)
    context = owner.get("/desk/session").context
    assert (context["pitch"], context["place"], context["total"], context["left"]) == (cards[0], 1, 2, 40)
    assert context["meter"] == ["c", ""]


@pytest.mark.parametrize("count", [1, 3])
def test_the_session_costs_the_same_for_one_card_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    PitchFactory.create_batch(count, waiting=True, door=DoorFactory(page=page))
    begin(owner)
    with django_assert_num_queries(12):
        assert owner.get("/desk/session").context["total"] == count


def test_the_bar_has_sixty_parts_at_most(owner: Client, page: Page) -> None:
    Page.objects.update(cards=90)
    PitchFactory.create_batch(90, waiting=True, door=DoorFactory(page=page))
    begin(owner)
    assert len(owner.get("/desk/session").context["meter"]) == 60


# ── answers ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"kind": "yes"}, ("yes", "", "", None)),
        ({"kind": "ask", "reply": "data"}, ("ask", "", "", None)),
        ({"kind": "ask", "text": "Who paid?"}, ("ask", "", "Who paid?", None)),
        ({"kind": "later", "choice": "hour"}, ("later", "", "", date(2026, 3, 3))),
        ({"kind": "later", "choice": "week"}, ("later", "", "", date(2026, 3, 9))),
        ({"kind": "later", "choice": "month"}, ("later", "", "", date(2026, 4, 1))),
        ({"kind": "later", "until": "2026-05-01"}, ("later", "", "", date(2026, 5, 1))),
        ({"kind": "no", "reason": "no_proof"}, ("no", "no_proof", "", None)),
        ({"kind": "no", "reason": "own_line", "text": "Not this year."}, ("no", "own_line", "Not this year.", None)),
    ],
)
def test_an_answer_is_kept_and_the_next_card_comes(
    owner: Client, cards: list[Pitch], data: dict[str, str], kept: tuple[Any, ...]
) -> None:
    with clock.standing_at(MONDAY):
        session = begin(owner)
        response = say(owner, session, cards[0], **data)
    assert (response.status_code, response.headers["Location"]) == (303, "/desk/session")
    given = Answer.objects.get()
    assert (given.kind, given.reason, given.text, given.until) == kept
    assert owner.get("/desk/session").context["pitch"] == cards[1]


def test_next_reading_hour_is_never_today(client: Client) -> None:
    with clock.standing_at(MONDAY):
        page = PageFactory(reading=["MON 18:00", "THU 08:00"])
        client.force_login(page.owner)
        pitch = PitchFactory(waiting=True, door__page=page)
        say(client, begin(client), pitch, kind="later", choice="hour")
    assert Answer.objects.get().until == date(2026, 3, 5)


def test_htmx_gets_the_card_alone_with_its_title_and_one_sentence(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    response = say(owner, session, cards[0], htmx=True, kind="no", reason="covered")
    text = response.content.decode()
    assert (response.status_code, text.count('id="session"'), text.count("<html")) == (200, 1, 0)
    assert text.count("<title>Reading: 2 of 2 — Halfdoor") == 1
    assert text.count('<p id="live" hx-swap-oob="innerHTML">No: I have covered it; next pitch.</p>') == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "no"}, "Choose a reason."),
        ({"kind": "no", "reason": "own_line", "text": " "}, "Write your own line, or choose a reason."),
        ({"kind": "ask"}, "Write the question."),
        ({"kind": "ask", "reply": "9"}, "This reply is gone. Choose another, or write your own line."),
        ({"kind": "later"}, "Choose a day after today."),
        ({"kind": "later", "until": "2020-01-01"}, "Choose a day after today."),
        ({"kind": "later", "until": "soon"}, "Choose a day, such as 2026-06-13, or one of the ready days."),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_bad_answer_is_told_at_its_panel(
    owner: Client, cards: list[Pitch], data: dict[str, str], sentence: str, htmx: bool
) -> None:
    response = say(owner, begin(owner), cards[0], htmx=htmx, **data)
    text = response.content.decode()
    assert (response.status_code, Answer.objects.count()) == (422, 0)
    assert text.count(f'id="{data["kind"]}" class="panel in open"') == 1
    assert text.count(f"</span> {sentence}</p>") == 1
    assert text.count("<title>Error: Reading: 1 of 2") == 1


def test_what_was_typed_is_kept(owner: Client, cards: list[Pitch]) -> None:
    response = say(owner, begin(owner), cards[0], kind="no", reason="rude", text="Not this year.")
    assert response.content.decode().count('value="Not this year."') == 1


def test_an_answer_sent_twice_by_the_network_is_one_answer(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    say(owner, session, cards[0], htmx=True, kind="no", reason="covered")
    again = say(owner, session, cards[0], htmx=True, kind="no", reason="covered")
    assert (again.status_code, again.context["pitch"], again.context["said"]) == (200, cards[1], "")
    assert (again.content.decode().count('class="note"'), Answer.objects.count()) == (0, 1)


def test_another_answer_to_the_same_card_is_told_what_is_true(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    say(owner, session, cards[0])
    again = say(owner, session, cards[0], htmx=True, kind="no", reason="covered")
    sentence = "You had already said yes to this one in another window."
    assert (again.context["said"], Answer.objects.get().kind) == (sentence, "yes")
    assert again.content.decode().count(f'<p class="note">{sentence}</p>') == 1


def test_a_card_taken_back_meanwhile_is_told_and_passed_over(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    Pitch.objects.filter(pk=cards[0].pk).update(state="withdrawn")
    say(owner, session, cards[0])
    response = owner.get("/desk/session")
    assert told(response) == ["Elif Kaya took this one back while you were reading."]
    assert response.context["pitch"] == cards[1]


# ── the end ──────────────────────────────────────────────────────────────────
def test_the_last_answer_ends_the_session(owner: Client, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        session = begin(owner)
        say(owner, session, cards[0])
        text = say(owner, session, cards[1], htmx=True).content.decode()
    assert (text.count("The ledge is clear."), text.count(">Yes; that was the last one.</p>")) == (1, 1)
    assert text.count("The answers go out together in 10 minutes, at 09:10, so you can still change your mind.") == 1
    session.refresh_from_db()
    out = set(Answer.objects.values_list("goes_out_at", flat=True))
    assert (session.ended_at, out) == (MONDAY, {MONDAY + timedelta(minutes=10)})


def test_the_end_can_be_looked_at_again_until_the_answers_are_gone(owner: Client, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        session = begin(owner)
        for pitch in cards:
            say(owner, session, pitch)
        assert owner.get("/desk/session").content.decode().count("The ledge is clear.") == 1
        clock.move_to(MONDAY + timedelta(minutes=10))
        due.tick()
        assert owner.get("/desk/session").content.decode().count("The ledge is empty.") == 1


def test_what_came_meanwhile_can_be_read_on(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    PitchFactory(waiting=True, door=cards[0].door)
    for pitch in cards:
        response = say(owner, session, pitch, htmx=True)
    text = response.content.decode()
    assert [text.count(words) for words in ("That was this session.", "One more waits.", "Read on")] == [1, 1, 1]


def test_when_the_last_cards_are_taken_back_the_owner_finishes(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    say(owner, session, cards[0])
    Pitch.objects.filter(pk=cards[1].pk).update(state="withdrawn")
    text = owner.get("/desk/session").content.decode()
    assert (text.count("10 minutes after you finish"), text.count("Finish")) == (1, 1)


def test_pause_ends_the_session_and_says_when_the_answers_go(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    say(owner, session, cards[0])
    response = owner.post(f"/desk/session/{session.pk}/end", follow=True)
    assert told(response) == ["One answer goes out in 10 minutes. Until then you can change your mind."]
    assert review.current_session(session.page) is None


def test_a_pause_without_an_answer_sends_nothing(owner: Client, cards: list[Pitch]) -> None:
    response = owner.post(f"/desk/session/{begin(owner).pk}/end", follow=True)
    assert told(response) == ["Nothing was answered, so nothing goes out."]


def test_an_answer_into_a_session_that_ended_by_itself_reads_on(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    review.end_session(session)
    say(owner, session, cards[0])
    assert Answer.objects.get().goes_out_at is not None
    assert review.current_session(session.page).cards == [cards[1].pk]


# ── undo ─────────────────────────────────────────────────────────────────────
def test_undo_shows_the_card_again(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    last = say(owner, session, cards[0], htmx=True).context["last"]
    response = owner.post(f"/desk/session/{session.pk}/undo", {"answer": last.pk}, headers=HTMX)
    assert (response.context["pitch"], response.context["said"]) == (cards[0], "Undone; it waits again.")
    assert response.context["last"] is None


def test_an_undo_sent_twice_takes_one_answer_back(owner: Client, cards: list[Pitch]) -> None:
    PitchFactory(waiting=True, door=cards[0].door)
    session = begin(owner)
    say(owner, session, cards[0])
    last = say(owner, session, cards[1], htmx=True).context["last"]
    for _try in range(2):
        response = owner.post(f"/desk/session/{session.pk}/undo", {"answer": last.pk}, headers=HTMX)
    assert (response.context["pitch"], Answer.objects.held().count()) == (cards[1], 1)


@pytest.mark.parametrize(("headers", "header"), [({}, "Location"), (HTMX, "HX-Redirect")])
def test_undo_after_the_end_opens_the_pitch_itself(
    owner: Client, cards: list[Pitch], headers: dict[str, str], header: str
) -> None:
    session = begin(owner)
    for pitch in cards:
        last = say(owner, session, pitch, htmx=True).context["last"]
    response = owner.post(f"/desk/session/{session.pk}/undo", {"answer": last.pk}, headers=headers)
    assert response.headers[header] == f"/desk/pitch/{cards[1].code}"
    assert Pitch.objects.get(pk=cards[1].pk).state == "waiting"


def test_undo_that_comes_too_late_says_so(owner: Client, cards: list[Pitch]) -> None:
    session = begin(owner)
    say(owner, session, cards[0])
    given = Answer.objects.get()
    review.let_go(given)
    response = owner.post(f"/desk/session/{session.pk}/undo", {"answer": given.pk}, follow=True)
    assert told(response) == ["This answer has gone out already."]


@pytest.mark.parametrize("name", ["", "x", "0", "-1", "9" * 30, "9" * 5000, "٣"])
def test_undo_of_nothing_is_unknown(owner: Client, cards: list[Pitch], name: str) -> None:
    assert owner.post(f"/desk/session/{begin(owner).pk}/undo", {"answer": name}).status_code == 404


def test_the_toast_offers_the_answers_of_this_session_only(owner: Client, page: Page, cards: list[Pitch]) -> None:
    review.answer(cards[0], "yes", by=page.owner)
    begin(owner)
    assert owner.get("/desk/session").context["last"] is None


# ── keys ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("on", "kept"), [("0", False), ("1", True), ("", False)])
def test_single_keys_are_switched(owner: Client, on: str, kept: bool) -> None:
    assert owner.post("/desk/shortcuts", {"on": on, "back": "session"}).headers["Location"] == "/desk/session"
    assert Page.objects.get().shortcuts is kept


def test_without_keys_no_key_is_shown(owner: Client, cards: list[Pitch]) -> None:
    Page.objects.update(shortcuts=False)
    begin(owner)
    text = owner.get("/desk/session").content.decode()
    assert (text.count('<kbd aria-hidden="true">'), text.count('data-keys="on"')) == (0, 0)
