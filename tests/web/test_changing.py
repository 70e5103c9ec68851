"""The pages on which a sender changes, follows up, adds a note: all kept, and no receipt by looking."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pitches import embargo, intake, review
from pitches.forms.changing import ChangeForm
from pitches.models import Event, Fact, Message, Pitch, Revision
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PitchFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 3, 10, 9, tzinfo=UTC)
PAGES = ("edit", "follow_up")


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def url(name: str, pitch: Pitch) -> str:
    return reverse(f"agency:{name}", args=[pitch.token])


def typed(pitch: Pitch, **changes: Any) -> dict[str, Any]:
    """What a browser sends back from the form, with these changes."""
    form = ChangeForm(pitch=pitch)
    values = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    return {name: "" if value is None else value for name, value in (values | changes).items()}


def text(response: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def on_the_ledge(**more: Any) -> Pitch:
    return PitchFactory(**{"waiting": True, "line": "Why 1,200 people mute brands"} | more)


# ── who may come in ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", [*PAGES, "note"])
def test_wrong_foreign_and_neighbour_links_are_all_unknown(client: Client, name: str) -> None:
    pitch, unproven = on_the_ledge(), PitchFactory()
    tries = [pitch.code, pitch.seed, pitch.token_hash, pitch.token[:-1] + "_", pitch.token.swapcase(), unproven.token]
    seen = [client.post(reverse(f"agency:{name}", args=[token])) for token in tries]
    assert {(response.status_code, response.content) for response in seen} == {(404, seen[0].content)}


def test_looking_changes_nothing(client: Client) -> None:
    pitch = on_the_ledge()
    before = checksum()
    for name in PAGES:
        assert client.get(url(name, pitch)).status_code == 200
    assert client.get(url("note", pitch)).status_code == 405
    assert checksum() == before


@pytest.mark.parametrize("days", [0, 8])
@pytest.mark.parametrize("name", [*PAGES, "status"])
def test_opened_or_not_is_the_same_bytes(client: Client, name: str, days: int) -> None:
    pitch = on_the_ledge()
    clock.move_to(MONDAY + timedelta(days=days))
    closed = text(client.get(url(name, pitch)))
    review.open_card(pitch)
    assert text(client.get(url(name, pitch))) == closed


@pytest.mark.parametrize("state", ["held", "quarantine"])
@pytest.mark.parametrize("name", [*PAGES, "status"])
def test_aside_is_the_same_bytes(client: Client, name: str, state: str) -> None:
    pitch = on_the_ledge(told_until=MONDAY + timedelta(days=21))
    seen = text(client.get(url(name, pitch)))
    Pitch.objects.update(state=state, lane=state)
    assert text(client.get(url(name, pitch))) == seen


@pytest.mark.parametrize("name", PAGES)
def test_what_waits_no_longer_leads_to_its_page(client: Client, name: str) -> None:
    pitch = AnswerFactory().pitch
    assert client.get(url(name, pitch))["Location"] == url("status", pitch)


# ── change ───────────────────────────────────────────────────────────────────
def test_the_form_holds_what_was_sent_and_what_was_proven_is_no_field(client: Client) -> None:
    pitch = on_the_ledge(detail="More of it", last_day=date(2026, 4, 1))
    page = text(client.get(url("edit", pitch)))
    assert page.count("<h1") == page.count(">Change your pitch</h1>") == 1
    assert all(words in page for words in (pitch.line, pitch.why, pitch.link, "More of it", 'value="2026-04-01"'))
    assert len(re.findall(r"<input[^>]* disabled", page)) == 3
    assert "form_key" not in page


def test_a_change_is_kept_and_said(client: Client) -> None:
    pitch = on_the_ledge()
    response = client.post(url("edit", pitch), typed(pitch, line="Why 1,300 people mute brands"), follow=True)
    page = text(response)
    assert response.redirect_chain == [(url("status", pitch), 303)]
    assert "Your changes are on the ledge. It keeps its place in the line." in page
    assert "You changed it" in page
    assert "Your pitch, as it is now" in page
    assert "Why 1,300 people mute brands" in page
    assert Message.objects.count() == 0


def test_every_group_sent_back_as_it_was_is_no_change(client: Client) -> None:
    questions = [{"text": "Who was asked?", "required": True}]
    door = DoorFactory(asks=["paid", "news", "event", "product"], questions=questions, may_ask=["write", "slot"])
    groups = {
        "paid": {"type": "flat_fee", "min": 1000.5, "max": 3000, "currency": "GBP", "months": 3, "final_say": "brand"},
        "news": {"lifts_at": "2026-10-25T00:30:00+00:00", "zone": "Europe/London", "teaser": "One\ntwo", "terms": "T"},
        "event": {"starts": "2026-05-01T17:00:00+00:00", "place": "Here", "travel": True, "coverage_expected": False},
        "product": {"value": 120, "currency": "EUR", "keep": False},
        "own": [{"question": "Who was asked?", "answer": "Readers\nand editors"}],
    }
    pitch = on_the_ledge(door=door, groups=groups, category="", detail="One\n\ntwo")
    embargo.seal(pitch, embargo.Secret("Line\nline", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/London"))
    response = client.post(url("edit", pitch), typed(pitch))
    assert (response.status_code, Revision.objects.count()) == (422, 0)
    assert "Nothing new is in it, so nothing was sent. Maya reads on Tuesday 3 March, 09:00 Lisbon time." in text(
        response
    )
    crlf = {
        name: value.replace("\n", "\r\n") if isinstance(value, str) else value for name, value in typed(pitch).items()
    }
    assert client.post(url("edit", pitch), crlf).status_code == 422


def test_a_mistake_is_named_and_all_is_kept(client: Client) -> None:
    pitch = on_the_ledge()
    response = client.post(url("edit", pitch), typed(pitch, line="", why="Kept words"))
    page = text(response)
    assert response.status_code == 422
    assert "<title>Error:" in page
    assert "There is a problem" in page
    assert '<a href="#id_line">Write in one line what it is.</a>' in page
    assert "Kept words" in page


def test_too_late_keeps_all_and_offers_a_note(client: Client) -> None:
    pitch = on_the_ledge()
    review.open_card(pitch)
    response = client.post(url("edit", pitch), typed(pitch, line="Why 1,300 people mute brands", ask="reply"))
    assert response.status_code == 422
    page = text(response)
    assert "<title>Error:" in page
    assert "Maya has opened it, so it stays as it is. Add a note instead." in page
    assert response.context["note"].initial["note"] == "In one line: Why 1,300 people mute brands\nAsks for: A reply"
    assert 'value="Why 1,300 people mute brands"' in page
    assert "Keep the changes" not in page
    noted = client.post(url("note", pitch), {"note": response.context["note"].initial["note"]}, follow=True)
    assert "Asks for: A reply" in text(noted)


def test_the_note_instead_is_no_longer_than_a_note(client: Client) -> None:
    pitch = on_the_ledge()
    review.open_card(pitch)
    response = client.post(url("edit", pitch), typed(pitch, detail="word " * 200))
    note = response.context["note"].initial["note"]
    assert (len(note) <= intake.NOTE_LIMIT, note[-1]) == (True, "…")


@pytest.mark.parametrize("line", ["Another line", ""])
@pytest.mark.parametrize("name", PAGES)
def test_answered_meanwhile_keeps_what_was_typed(client: Client, name: str, line: str) -> None:
    pitch = AnswerFactory().pitch
    response = client.post(url(name, pitch), typed(pitch, line=line, why="Kept words"))
    page = text(response)
    assert response.status_code == 422
    assert "It has been answered by now, so it stays as it was. What you wrote is below." in page
    assert "Kept words" in page
    assert Revision.objects.count() == 0


def test_the_contact_is_not_taken_from_the_form(client: Client) -> None:
    pitch = on_the_ledge()
    client.post(
        url("edit", pitch), typed(pitch, line="Another line") | {"email": "chad@growth.example", "name": "Chad"}
    )
    found = Pitch.objects.get()
    assert (found.line, found.email, found.name) == ("Another line", pitch.email, pitch.name)


def test_what_has_lifted_is_no_mistake_and_stays(client: Client) -> None:
    news = {"lifts_at": "2026-03-02T08:00:00+00:00", "zone": "Europe/London", "teaser": "An index."}
    pitch = on_the_ledge(door=DoorFactory(asks=["news"]), groups={"news": news})
    embargo.seal(pitch, embargo.Secret("42", datetime(2026, 3, 2, 8, tzinfo=UTC), "Europe/London"))
    later = {"news.lifts_at": "2026-06-01T09:00", "line": "Another line"}
    assert client.post(url("edit", pitch), typed(pitch) | later).status_code == 303
    assert Pitch.objects.get().groups == {"news": news}


def test_what_the_door_no_longer_offers_may_stay(client: Client) -> None:
    pitch = on_the_ledge(ask="quote", door=DoorFactory(may_ask=["write"]))
    assert client.post(url("edit", pitch), typed(pitch, line="Another line")).status_code == 303
    assert client.post(url("edit", pitch), typed(pitch, ask="slot")).status_code == 422


# ── follow-up ────────────────────────────────────────────────────────────────
def test_a_follow_up_says_its_day_and_shows_no_form_before(client: Client) -> None:
    pitch = on_the_ledge()
    client.cookies["zone"] = "Europe/Athens"
    page = text(client.get(url("follow_up", pitch)))
    assert "Tuesday 10 March, 09:00 Lisbon time, which is 11:00 for you" in page
    assert 'name="line"' not in page
    response = client.post(url("follow_up", pitch), typed(pitch, line="Another line"))
    assert response.status_code == 422
    assert "It is too early for a follow-up. The day is Tuesday 10 March" in text(response)
    assert 'value="Another line"' in text(response)


def test_a_follow_up_with_something_new_once_and_no_mail(client: Client) -> None:
    pitch = on_the_ledge()
    clock.move_to(DUE)
    assert "Follow up with something new" in text(client.get(url("status", pitch)))
    same = client.post(url("follow_up", pitch), typed(pitch))
    assert same.status_code == 422
    assert "Nothing new is in it, so nothing was sent." in text(same)
    done = client.post(url("follow_up", pitch), typed(pitch, why="Figures of May"), follow=True)
    assert "Your follow-up is on the ledge. Nobody was disturbed." in text(done)
    assert "You followed up with a change" in text(done)
    assert "Follow up with something new" not in text(done)
    again = client.post(url("follow_up", pitch), typed(pitch, why="Figures of June"))
    assert "The one follow-up to this pitch is used." in text(again)
    assert "Figures of June" in text(again)
    assert "No follow-up is left." in text(client.get(url("follow_up", pitch)))
    assert Message.objects.count() == 0


# ── note ─────────────────────────────────────────────────────────────────────
def test_a_note_lies_in_the_thread_of_both(client: Client) -> None:
    pitch = on_the_ledge()
    done = client.post(url("note", pitch), {"note": "The data is out."}, follow=True)
    assert "Your note lies with your pitch." in text(done)
    assert text(done).count("The data is out.") == 2  # the thread, and the sheet for paper
    client.force_login(pitch.page.owner)
    desk = text(client.get(reverse("desk:pitch", args=[pitch.code])))
    assert "Elif Kaya added on Monday 2 March" in desk
    assert desk.count("The data is out.") == 2  # the letter and the thread


@pytest.mark.parametrize("words", ["", "x" * 401])
def test_a_wrong_note_is_kept(client: Client, words: str) -> None:
    pitch = on_the_ledge()
    response = client.post(url("note", pitch), {"note": words})
    assert response.status_code == 422
    assert "<title>Error:" in text(response)
    assert words in text(response)
    assert not Event.objects.filter(what=Fact.NOTED).exists()


def test_a_fourth_note_is_kept_in_its_field(client: Client) -> None:
    pitch = on_the_ledge()
    for number in range(3):
        intake.note(pitch, f"Note {number}")
    response = client.post(url("note", pitch), {"note": "One more"})
    assert response.status_code == 422
    assert "Your 3 notes are used, so this one was not sent." in text(response)
    assert "One more</textarea>" in text(response)
    assert 'href="#note"' not in text(response)


def test_a_note_that_comes_after_a_no_is_kept_in_its_field(client: Client) -> None:
    response = client.post(url("note", AnswerFactory(no=True).pitch), {"note": "But listen"})
    assert response.status_code == 422
    assert "It takes no notes any more, so this one was not sent." in text(response)
    assert "But listen</textarea>" in text(response)


def test_the_row_of_what_can_be_done(client: Client) -> None:
    page = text(client.get(url("status", on_the_ledge())))
    places = [page.index(f">{words}<") for words in ("Change it", "Add a note", "Take it back")]
    assert places == sorted(places)
    asked = text(client.get(url("status", AnswerFactory(ask=True).pitch)))
    assert "Change it" not in asked
    assert "Add a note" not in asked
    assert "Add a note" in text(client.get(url("status", AnswerFactory().pitch)))
