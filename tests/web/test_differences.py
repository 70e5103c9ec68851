"""What a sender changed, as the owner reads it; and an answer that comes to words which are no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import embargo, intake, review
from pitches.models import Answer, Page, Pitch, ReadingSession
from pitches.web import differences
from pitches.web.differences import Piece
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.test_changing import same

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def pitch(page: Page) -> Pitch:
    line = "Why 1,200 people mute brands"
    return PitchFactory(waiting=True, door=DoorFactory(page=page), line=line, handed_in_at=clock.now())


def change(pitch: Pitch, **changes: Any) -> None:
    intake.change(pitch, same(Pitch.objects.get(pk=pitch.pk), **changes))


# ── word by word ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("was", "new", "found"),
    [
        ("Why 1,200 people", "Why 1,300 people",
         [("same", "Why "), ("was", "1,200"), ("new", "1,300"), ("same", " people")]),
        ("one two", "one two three", [("same", "one two"), ("new", " three")]),
        ("one two three", "one three", [("same", "one "), ("was", "two "), ("same", "three")]),
        ("", "all new", [("new", "all new")]),
        ("all gone", "", [("was", "all gone")]),
        ("quite another text", "nothing like that", [("was", "quite another text"), ("new", "nothing like that")]),
        ("a b c d e", "a x, y c d e", [("same", "a "), ("was", "b"), ("new", "x, y"), ("same", " c d e")]),
        ("a red big box is here", "a blue small box is here",
         [("same", "a "), ("was", "red big"), ("new", "blue small"), ("same", " box is here")]),
    ],
)  # fmt: skip
def test_words_that_differ(was: str, new: str, found: list[tuple[str, str]]) -> None:
    assert list(differences.pieces(was, new)) == [Piece(*piece) for piece in found]


def test_long_parts_that_are_the_same_are_left_out() -> None:
    words = [f"word{number}" for number in range(60)]
    other = [*words[:30], "another", *words[31:]]
    found = list(differences.pieces(" ".join(words), " ".join(other)))
    assert [piece.kind for piece in found] == ["gap", "same", "was", "new", "same", "gap"]
    assert found[1].text.split() == words[25:30]
    assert found[4].text.split() == words[31:36]


# ── beside the letter ────────────────────────────────────────────────────────
def test_a_pitch_as_it_came_differs_in_nothing(pitch: Pitch, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert differences.of(pitch) == []


def test_changes_before_reading_are_one_and_each_follow_up_is_one(pitch: Pitch) -> None:
    Pitch.objects.update(standing="trusted")
    change(pitch, line="Why 1,300 people mute brands", ask="reply")
    change(pitch, line="Why 1,400 people mute brands", ask="write")
    for week, day in enumerate((10, 17)):
        clock.move_to(datetime(2026, 3, day, 9, tzinfo=UTC))
        intake.follow_up(pitch, same(Pitch.objects.get(), payer=("own", "nobody")[week]))
    found = differences.of(Pitch.objects.get())
    assert [one.title for one in found] == [
        "Followed up on Tuesday 17 March", "Followed up on Tuesday 10 March", "Changed on Monday 2 March"
    ]  # fmt: skip
    assert [[part.label for part in one.parts] for one in found] == [["Who pays"], ["Who pays"], ["In one line"]]
    assert found[2].parts[0].pieces[1:3] == [Piece("was", "1,200"), Piece("new", "1,400")]
    assert found[0].parts[0].pieces == [Piece("was", "It is our own"), Piece("new", "Nobody")]


def test_what_was_changed_back_is_no_difference(pitch: Pitch) -> None:
    change(pitch, line="Another line")
    change(pitch, line=pitch.line)
    assert differences.of(Pitch.objects.get()) == []


def test_every_group_is_said_in_words(page: Page) -> None:
    door = DoorFactory(page=page, asks=["paid", "news", "event", "product"], questions=[{"text": "Who?"}])
    groups = {
        "paid": {"type": "flat_fee", "min": 1000, "max": 3000, "currency": "GBP"},
        "news": {"lifts_at": "2026-03-29T08:00:00+00:00", "zone": "Europe/London", "teaser": "A new index"},
        "event": {"starts": "2026-05-01", "place": "Here"},
        "product": {"value": 120, "currency": "EUR", "keep": False},
        "own": [{"question": "Who?", "answer": "Readers"}],
    }
    pitch = PitchFactory(waiting=True, door=door, groups=groups)
    embargo.seal(pitch, embargo.Secret("the secret of it", datetime(2026, 3, 29, 8, tzinfo=UTC), "Europe/London"))
    other = {
        "paid": groups["paid"] | {"max": 4500, "final_say": "brand"},
        "news": groups["news"] | {"lifts_at": "2026-03-30T08:00:00+00:00"},
        "event": groups["event"] | {"starts": "2026-05-02T17:00:00+00:00"},
        "product": groups["product"] | {"keep": True},
        "own": [{"question": "Who?", "answer": "Editors"}],
    }
    secret = embargo.Secret("another secret", datetime(2026, 3, 30, 8, tzinfo=UTC), "Europe/London")
    intake.change(pitch, same(pitch, groups=other, sealed=secret, category=""))
    found = {part.label: [piece.text for piece in part.pieces] for part in differences.of(Pitch.objects.get())[0].parts}
    assert found == {
        "Budget to": ["3,000", "4,500"],
        "Who has the final say?": ["The brand"],
        "When does the embargo lift?": ["Sunday 29 March, 09:00", "Monday 30 March, 09:00"],
        "When does it start?": ["Friday 1 May", "Saturday 2 May, 18:00"],
        "Is it kept, or sent back?": ["On loan, to be sent back", "To keep"],
        "Who?": ["Readers", "Editors"],
        "What is sealed": ["It was sealed anew."],
    }


@pytest.mark.parametrize("path", ["/desk/pitch/{code}", "/desk/inbox", "/desk/session"])
def test_the_letter_shows_what_differs_in_words_and_signs(owner: Client, pitch: Pitch, path: str) -> None:
    change(pitch, line="Why <b>1,300</b> people mute brands")
    owner.post("/desk/session/start")
    text = owner.get(path.format(code=pitch.code)).content.decode()
    assert text.count("Changed on Monday 2 March") == 1
    assert '<del><span class="sr">was: </span>1,200</del>' in text
    assert "&lt;b&gt;" in text
    assert "<b>1" not in text


def test_the_inbox_costs_the_same_with_changes(owner: Client, page: Page, pitch: Pitch) -> None:
    change(pitch, line="Another line")
    counted = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as found:
            owner.get("/desk/inbox")
        counted.append(len(found))
        for other in PitchFactory.create_batch(2, waiting=True, door=pitch.door):
            change(other, line="Another line")
    assert counted[0] == counted[1]


# ── opened by a press only ───────────────────────────────────────────────────
def opened() -> list[bool]:
    return [found.opened_at is not None for found in Pitch.objects.order_by("pk")]


def test_looking_opens_nothing(owner: Client, pitch: Pitch) -> None:
    for path in (f"/desk/pitch/{pitch.code}", "/desk/inbox", f"/desk/inbox?at={pitch.code}", "/desk/session"):
        owner.get(path)
        owner.get(path, headers=HTMX)
    assert opened() == [False]


def test_one_card_after_the_other_is_opened(owner: Client, pitch: Pitch) -> None:
    PitchFactory.create_batch(2, waiting=True, door=pitch.door)
    owner.post("/desk/session/start")
    assert opened() == [True, False, False]
    owner.get("/desk/session")
    assert opened() == [True, False, False]
    session = ReadingSession.objects.get()
    owner.post(f"/desk/session/{session.pk}/answer/{pitch.code}", {"kind": "yes"}, headers=HTMX)
    assert opened() == [True, True, False]


def test_an_answer_and_an_accepted_embargo_open_it(owner: Client, pitch: Pitch) -> None:
    other = PitchFactory(waiting=True, door=pitch.door)
    owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"})
    owner.post(f"/desk/pitch/{other.code}/unseal", {"seen": "x"})
    assert opened() == [True, True]


def test_the_first_opening_counts(pitch: Pitch) -> None:
    review.open_card(pitch)
    clock.move_to(MONDAY + timedelta(hours=1))
    review.open_card(pitch)
    assert Pitch.objects.get().opened_at == MONDAY


# ── answered as it was ───────────────────────────────────────────────────────
SENTENCE = "Elif Kaya changed this while you read. Your answer was not taken; look at what is different."


def test_the_forms_carry_the_version(owner: Client, pitch: Pitch) -> None:
    change(pitch, line="Another line")
    text = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    assert text.count('name="version" value="2"') >= 7


@pytest.mark.parametrize("back", ["pitch", "inbox"])
def test_an_answer_to_older_words_is_not_taken_at_the_desk(owner: Client, pitch: Pitch, back: str) -> None:
    change(pitch, line="Another line")
    own = {"kind": "no", "reason": "own_line", "text": "My own kind words", "version": "1", "back": back}
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", own)
    text = response.content.decode()
    assert (response.status_code, Answer.objects.count(), opened()) == (422, 0, [True])
    assert f'<p class="note below-4" role="alert">{SENTENCE}</p>' in text
    assert 'value="My own kind words"' in text
    assert "Another line" in text
    assert "Changed on Monday 2 March" in text
    assert owner.post(f"/desk/pitch/{pitch.code}/answer", own | {"version": "2"}).status_code == 303


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("said", [{"kind": "yes"}, {"kind": "ask", "text": "Who paid for it?"}])
def test_an_answer_to_older_words_is_not_taken_in_a_session(
    owner: Client, pitch: Pitch, htmx: bool, said: dict[str, str]
) -> None:
    session = review.open_session(pitch.page, by=pitch.page.owner)
    change(pitch, line="Another line")
    path = f"/desk/session/{session.pk}/answer/{pitch.code}"
    response = owner.post(path, said | {"version": "1"}, headers=HTMX if htmx else {})
    text = response.content.decode()
    assert (response.status_code, Answer.objects.count(), opened()) == (422, 0, [True])
    assert f'<p class="note">{SENTENCE}</p>' in text
    assert said.get("text", "") in text
    assert "Another line" in text
    assert 'name="version" value="2"' in text
    assert (SENTENCE in text.partition('id="live"')[2]) is htmx or not htmx
    assert owner.post(path, said | {"version": "2"}).status_code == 303


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "999999"])
def test_a_version_that_is_none_of_ours(owner: Client, pitch: Pitch, version: str) -> None:
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes", "version": version})
    assert response.status_code == (422 if version == "999999" else 303)
