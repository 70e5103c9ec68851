"""Two people at one ledge, pause and resume, cards passed over, and the way back to what was answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import due, review
from pitches.models import Answer, Look, Page, Pitch, ReadingSession, Role, Spent
from portal import clock
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory
from tests.races import race

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
HAS = "%s has this one open since 09:00."


@pytest.fixture
def page() -> Page:
    return PageFactory(name="Maya Lind")


@pytest.fixture
def cards(page: Page) -> list[Pitch]:
    """Two pitches on the ledge, in reading order."""
    door = DoorFactory(page=page)
    return [PitchFactory(waiting=True, door=door, handed_in_at=MONDAY - timedelta(hours=hours)) for hours in (2, 1)]


@pytest.fixture
def owner(page: Page) -> Client:
    client = Client()
    client.force_login(page.owner)
    return client


@pytest.fixture
def helper(page: Page) -> Callable[..., Client]:
    """Somebody who helps in a role, signed in."""

    def come(role: Role = Role.ASSISTANT, name: str = "Sam") -> Client:
        helps, client = AssistantFactory(page=page, role=role, name=name), Client()
        user = UserFactory(email=helps.email)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        client.force_login(user)
        return client

    return come


def start(client: Client) -> ReadingSession:
    client.post("/desk/session/start")
    return ReadingSession.objects.filter(ended_at=None).latest("pk")


def say(client: Client, pitch: Pitch, **data: str) -> Any:
    path = f"/desk/session/{ReadingSession.objects.latest('pk').pk}/answer/{pitch.code}"
    return client.post(path, {"kind": "yes"} | data, headers=HTMX)


def press(client: Client, verb: str, *rest: str, **data: str) -> Any:
    path = "/".join(["/desk/session", str(ReadingSession.objects.latest("pk").pk), verb, *rest])
    return client.post(path, data, headers=HTMX)


def seen(client: Client) -> Any:
    return client.get("/desk/session")


def shown(client: Client) -> Any:
    return seen(client).context.get("pitch")


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ── two people ───────────────────────────────────────────────────────────────
def test_each_of_two_has_a_card_of_their_own(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    sam = helper()
    start(owner)
    assert seen(sam).content.decode().count('data-look="new"') == 1  # by a link: the page says so by itself
    start(sam)
    assert [shown(owner), shown(sam)] == cards
    assert seen(sam).content.decode().count('data-look=""') == 1


def test_the_last_card_is_open_elsewhere_and_can_be_read_along(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        sam = helper()
        start(sam)
        start(owner)
        text = say(owner, cards[1]).content.decode()
        assert text.count(f'<h1 class="size-4" tabindex="-1">{HAS % "Sam"}</h1>') == 1
        assert text.count(f">Yes; {HAS % 'Sam'}</p>") == 1
        assert (text.count("Read along"), text.count('data-key="y"')) == (1, 0)
        along = press(owner, "along", cards[0].code)
    assert (along.context["pitch"], along.content.decode().count(f'<p class="note calm">{HAS % "Sam"}</p>')) == (
        cards[0],
        1,
    )
    assert say(owner, cards[0]).context["said"] == "Yes; that was the last one."


def test_a_helper_is_told_of_the_owner_by_name(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        start(owner)
        sam = helper()
        start(sam)
        assert say(sam, cards[1]).context["also"] == HAS % "Maya"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "yes"}, "Sam has said yes to this one."),
        ({"kind": "no", "reason": "covered"}, "Sam has said no to this one."),
        ({"kind": "ask", "text": "Why?"}, "Sam has asked Elif Kaya a question."),
        ({"kind": "later", "until": "2026-03-09"}, "Sam has put this one off. It comes back on Tuesday 10 March."),
    ],
)
def test_the_second_of_two_answers_is_told_who_was_first(
    owner: Client, helper: Any, cards: list[Pitch], data: dict[str, str], sentence: str
) -> None:
    with clock.standing_at(MONDAY):
        start(owner)
        sam = helper()
        start(sam)
        say(sam, cards[0], **data)
        response = say(owner, cards[0], kind="yes")
    assert (response.context["said"], response.context["elsewhere"]) == (sentence, cards[1])
    assert response.content.decode().count(f'<p class="note">{sentence}</p>') == 1
    assert Answer.objects.get().kind == data["kind"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_answers_and_the_other_is_told_who(owner: Client, helper: Any, cards: Any) -> None:
    hands = [owner, helper()]
    start(owner)
    pressed = [{"kind": "yes"}, {"kind": "no", "reason": "covered"}]
    found = race(lambda number: say(hands[number], cards[0], **pressed[number]).content.decode(), 2)
    given = Answer.objects.get()
    sentence = {"yes": "Maya has said yes to this one.", "no": "Sam has said no to this one."}[given.kind]
    assert sorted(text.count(f'<p class="note">{sentence}</p>') for text in found) == [0, 1]
    assert found[given.kind == "yes"].count(f">{sentence}</p>") == 2  # seen, and spoken
    assert given.said_by == {"yes": "", "no": "Sam"}[given.kind]


def test_the_words_of_the_second_answer_are_not_lost(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    start(owner)
    say(helper(), cards[0])
    response = say(owner, cards[0], kind="no", reason="own_line", text="Not this year.")
    assert response.content.decode().count("You had written: “Not this year.”") == 1
    plain = owner.post(f"/desk/session/{ReadingSession.objects.get().pk}/answer/{cards[0].code}", {
        "kind": "ask", "text": "Who paid?"}, follow=True)  # fmt: skip
    assert told(plain) == ["Sam has said yes to this one. You had written: “Who paid?”"]


def test_words_for_a_card_that_is_no_longer_on_the_screen_are_not_lost(owner: Client, cards: list[Pitch]) -> None:
    session = start(owner)
    review.end_session(session)
    path = f"/desk/session/{session.pk}/answer/{cards[0].code}"
    response = owner.post(path, {"kind": "no", "reason": "rude", "text": "Not this year."}, headers=HTMX)
    assert (response.status_code, response.content.decode().count("You had written: “Not this year.”")) == (422, 1)


def test_a_mistake_in_another_window_shows_its_own_card(owner: Client, cards: list[Pitch]) -> None:
    start(owner)
    press(owner, "skip", at=cards[0].code)
    response = say(owner, cards[0], kind="no", text="Not this year.")
    assert (response.status_code, response.context["pitch"]) == (422, cards[0])
    assert response.content.decode().count('value="Not this year."') == 1


@pytest.mark.parametrize("state", ["withdrawn", "lapsed", "quarantine"])
def test_a_card_that_went_away_says_a_sentence_and_the_next_comes(
    owner: Client, cards: list[Pitch], state: str
) -> None:
    start(owner)
    Pitch.objects.filter(pk=cards[0].pk).update(state=state)
    sentence = press(owner, "look", cards[0].code).content.decode()
    response = say(owner, cards[0], kind="ask", text="Who paid?")
    assert response.context["said"] == sentence
    assert (response.context["pitch"], response.content.decode().count("You had written: “Who paid?”")) == (cards[1], 1)


# ── roles ────────────────────────────────────────────────────────────────────
def test_a_screener_is_offered_later_alone(helper: Any, cards: list[Pitch]) -> None:
    screener = helper(Role.SCREENER)
    start(screener)
    text = seen(screener).content.decode()
    assert [text.count(f'data-key="{key}"') for key in "yqlnerjk"] == [0, 0, 1, 0, 0, 0, 1, 1]
    assert (say(screener, cards[0]).status_code, Answer.objects.count()) == (403, 0)
    say(screener, cards[0], kind="later", choice="week")
    assert Answer.objects.get().said_by == "Sam"


def test_a_reader_reads_along_and_presses_nothing(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    reader = helper(Role.READER)
    assert seen(reader).content.decode().count("Nobody reads at the moment.") == 1
    with clock.standing_at(MONDAY):
        start(owner)
        text = seen(reader).content.decode()
    assert (text.count(cards[0].line), text.count(HAS % "Maya"), text.count('<div class="decide"')) == (1, 1, 0)
    assert [press(reader, *verb).status_code for verb in (["pause"], ["skip"], ["look", cards[0].code])] == [403] * 3
    assert Look.objects.count() == 1


def test_somebody_who_was_removed_is_out_at_the_next_press(owner: Client, helper: Any, page: Page, cards: Any) -> None:
    sam = helper()
    start(sam)
    page.assistants.update(left_at=clock.now())
    found = [say(sam, cards[0]), press(sam, "look", cards[0].code)]
    assert [response.headers["HX-Redirect"] for response in found] == ["/welcome", "/welcome"]
    assert Answer.objects.count() == 0


# ── pause ────────────────────────────────────────────────────────────────────
def test_a_pause_keeps_the_card_and_says_until_when(owner: Client, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        session = start(owner)
        say(owner, cards[0])
        response = owner.post(f"/desk/session/{session.pk}/pause", follow=True)
        assert told(response) == ["Paused. One answer goes out in 10 minutes. Until then you can change your mind."]
        assert response.content.decode().count("Go on reading") == 1
        text = seen(owner).content.decode()
        assert text.count("Paused at 2 of 2</h1>") == 1
        assert text.count("You go on at the same card until Tuesday 3 March, 09:00.") == 1
        assert text.count("What you have answered goes out at 09:10.") == 1
        assert (text.count("Finish"), text.count('data-key="z"')) == (1, 1)
        start(owner)
    assert (shown(owner), ReadingSession.objects.get()) == (cards[1], session)


def test_undo_while_paused_opens_the_pitch_itself(owner: Client, cards: list[Pitch]) -> None:
    session = start(owner)
    say(owner, cards[0])
    owner.post(f"/desk/session/{session.pk}/pause")
    response = press(owner, "undo", answer=str(Answer.objects.get().pk))
    assert response.headers["HX-Redirect"] == f"/desk/pitch/{cards[0].code}"


def test_an_answer_that_comes_too_late_wakes_no_paused_sitting(owner: Client, cards: list[Pitch]) -> None:
    session = start(owner)
    owner.post(f"/desk/session/{session.pk}/pause")
    Pitch.objects.filter(pk=cards[0].pk).update(state="withdrawn")
    text = say(owner, cards[0]).content.decode()
    assert (text.count("took this one back while you were reading."), text.count("Paused at 2 of 2</h1>")) == (2, 1)
    assert review.looking.rests(Look.objects.get())


def test_who_pauses_alone_is_told_who_reads_on(owner: Client, helper: Any, cards: list[Pitch]) -> None:
    start(owner)
    sam = helper()
    session = start(sam)
    response = sam.post(f"/desk/session/{session.pk}/pause", follow=True)
    assert told(response) == ["You have paused. Maya reads on; the answers go out ten minutes after that."]
    assert ReadingSession.objects.get().paused_at is None


def test_a_paused_sitting_of_which_nothing_is_left_begins_anew(owner: Client, page: Page, cards: list[Pitch]) -> None:
    session = start(owner)
    owner.post(f"/desk/session/{session.pk}/pause")
    Pitch.objects.update(state="withdrawn")
    fresh = PitchFactory(waiting=True, door=cards[0].door)
    assert (start(owner).cards, shown(owner)) == ([fresh.pk], fresh)


# ── passing over, and back ───────────────────────────────────────────────────
def test_a_card_is_passed_over_and_comes_back(owner: Client, cards: list[Pitch]) -> None:
    start(owner)
    response = press(owner, "skip", at=cards[0].code)
    assert press(owner, "skip", at=cards[0].code).context["pitch"] == cards[1]  # the network tried twice
    assert (response.context["pitch"], response.context["said"]) == (cards[1], "Passed over; it comes back at the end.")
    assert (response.context["meter"], response.context["left"]) == (["", "c"], 40)
    back = press(owner, "skip", at=cards[1].code, step="back").context
    assert (back["pitch"], back["said"]) == (cards[0], "Back at the one before.")
    press(owner, "skip", at=cards[0].code)
    assert say(owner, cards[1]).context["pitch"] == cards[0]
    assert press(owner, "skip", at=cards[0].code).context["said"] == "No other card is free."
    assert list(Spent.objects.values_list("pitch", flat=True)) == [one.pk for one in (*cards, cards[0], cards[1])]


def test_back_shows_what_was_answered_with_its_undo(owner: Client, cards: list[Pitch]) -> None:
    start(owner)
    text = say(owner, cards[0], kind="no", reason="covered").content.decode()
    assert text.count(f'data-before="/desk/session?at={cards[0].code}"') == 1
    text = owner.get(f"/desk/session?at={cards[0].code}", headers=HTMX).content.decode()
    assert text.count("Answered: No: I have covered it") == 1
    assert (text.count('data-key="z"'), text.count('data-key="y"'), text.count("<html")) == (1, 0, 0)
    assert press(owner, "undo", answer=str(Answer.objects.get().pk)).context["pitch"] == cards[0]


def test_back_to_what_has_gone_out_offers_no_undo(owner: Client, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        session = start(owner)
        say(owner, cards[0])
        review.end_session(session)
        clock.move_to(MONDAY + review.HOLD)
        due.tick()
        text = owner.get(f"/desk/session?at={cards[0].code}").content.decode()
    assert (text.count("Answered, and it has gone out: Yes"), text.count('data-key="z"')) == (1, 0)


def test_an_undo_that_comes_too_late_is_seen_and_spoken(owner: Client, cards: list[Pitch]) -> None:
    start(owner)
    given = say(owner, cards[0]).context["last"]
    review.let_go(given)
    response = press(owner, "undo", answer=str(given.pk))
    assert (response.context["said"], response.context["pitch"]) == ("This answer has gone out already.", cards[1])
    assert response.content.decode().count('<p class="note">This answer has gone out already.</p>') == 1


# ── the sign that a card is open ─────────────────────────────────────────────
def test_a_sign_keeps_the_card_and_says_nothing(owner: Client, cards: list[Pitch]) -> None:
    with clock.standing_at(MONDAY):
        start(owner)
        clock.move_to(MONDAY + timedelta(seconds=45))
        assert press(owner, "look", cards[0].code, version="1").status_code == 204
    assert Look.objects.get().touched_at == MONDAY + timedelta(seconds=45)


def test_a_sign_tells_of_a_change(owner: Client, cards: list[Pitch]) -> None:
    start(owner)
    Pitch.objects.update(version=2)
    said = "Elif Kaya changed this while you read. Answer it, and you see what is different."
    assert press(owner, "look", cards[0].code, version="1").content.decode() == said


@pytest.mark.parametrize("verb", ["end", "pause"])
def test_a_sign_wakes_no_sitting_that_stopped(owner: Client, cards: list[Pitch], verb: str) -> None:
    session = start(owner)
    owner.post(f"/desk/session/{session.pk}/{verb}")
    assert press(owner, "look", cards[0].code).status_code == 204
    assert review.looking.rests(Look.objects.get())


# ── what it costs ────────────────────────────────────────────────────────────
def cost(count: int) -> int:
    page, client = PageFactory(), Client()
    client.force_login(page.owner)
    pitches = PitchFactory.create_batch(count, waiting=True, door=DoorFactory(page=page))
    start(client)
    with CaptureQueriesContext(connection) as found:
        assert say(client, pitches[0]).status_code == 200
    return len(found)


def test_an_answer_costs_the_same_for_two_cards_and_five() -> None:
    assert cost(2) == cost(5) <= 34
