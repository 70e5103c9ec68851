"""The replies page, its editor with a preview, and the sheets of ready words at the desk."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches import replies
from pitches.models import Answer, Page, Pitch, Reply, Role
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    PageFactory,
    PitchFactory,
    ReplyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ARABIC = "شكرا {name}، سأقرأه قريبا."


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page) -> Client:
    client = Client()
    client.force_login(page.owner)
    return client


@pytest.fixture
def pitch(page: Page) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page))


def seen(response: Any) -> str:
    """The words of a page, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def say(owner: Client, pitch: Pitch, **data: str) -> Any:
    return owner.post(reverse("desk:answer", args=[pitch.code]), data)


# ── the page ─────────────────────────────────────────────────────────────────
def test_the_page_shows_the_starter_set_and_the_map(owner: Client) -> None:
    body = seen(owner.get("/desk/replies"))
    for words in ("I will write about it", "Who else has this?", "I have covered it", "I did not get to it"):
        assert words in body
    line = "Not my topic Please do not send this one again. Another idea is welcome behind a door that fits."
    assert f"{line} another idea, behind another door counts against them at that door" in body
    assert "at the same door, from a day on stays as it is" in body
    assert "The usual words again" not in body


def test_the_page_costs_one_query_more_for_no_number_of_words(owner: Client, page: Page) -> None:
    found = []
    for rows in (1, 3):
        ReplyFactory.create_batch(rows, page=page)
        with CaptureQueriesContext(connection) as asked:
            owner.get("/desk/replies")
        found.append(len(asked))
    assert found[0] == found[1]


@pytest.mark.parametrize("role", [Role.READER, Role.SCREENER, Role.ASSISTANT])
def test_who_helps_uses_them_and_changes_none(client: Client, page: Page, role: Role) -> None:
    helper = UserFactory(email="sam@help.example")
    EmailAddress.objects.create(user=helper, email=helper.email, verified=True, primary=True)
    AssistantFactory(page=page, email=helper.email, role=role, joined_at=clock.now())
    client.force_login(helper)
    assert [client.get("/desk/replies").status_code, client.get("/desk/replies/covered").status_code] == [403, 403]
    posts = [("/desk/replies/covered", {"text": "x"}), ("/desk/replies/covered/place", {"do": "hide"}),
             ("/desk/replies/preview", {"kind": "no"}), ("/desk/replies/new/no", {"text": "x"})]  # fmt: skip
    assert {client.post(path, data).status_code for path, data in posts} == {403}
    assert not Reply.objects.exists()


# ── the editor ───────────────────────────────────────────────────────────────
def test_usual_words_are_reworded_and_sent(owner: Client, page: Page, pitch: Pitch) -> None:
    fields = {"label": "Off my beat", "text": "Dear {name},\r\n\r\nno <b>more</b> of this.", "again": ""}
    kept = owner.post("/desk/replies/not_my_topic", fields)
    assert (kept.status_code, kept["Location"]) == (303, "/desk/replies#r-not_my_topic")
    assert "In your words" in seen(owner.get("/desk/replies"))
    say(owner, pitch, kind="no", reason="not_my_topic")
    answer = Answer.objects.get()
    assert answer.words == "Dear Elif Kaya,\n\nno <b>more</b> of this."
    out = owner.get("/desk/outgoing")
    assert "No: off my beat" in seen(out)
    assert "<p>no &lt;b&gt;more&lt;/b&gt; of this.</p>" in out.content.decode()
    assert "Please do not send this one again." in seen(out)
    whole = seen(owner.get(f"/desk/outgoing/{answer.pk}"))
    assert "Not this time: " in whole
    assert "no <b>more</b> of this." in whole
    assert pitch.token not in whole


def test_what_was_said_stays_on_the_status_page(owner: Client, page: Page) -> None:
    answer = AnswerFactory(no=True, reason="covered", text="Nice.", words="Done that, Elif.", again="With <news>.",
                           pitch__declined=True, pitch__door__page=page)  # fmt: skip
    owner.post("/desk/replies/covered", {"text": "Otherwise now."})
    body = owner.get(f"/p/{answer.pitch.token}").content.decode()
    assert "<p>Nice.</p>\n\n<p>Done that, Elif.</p>" in body
    assert "<strong>With &lt;news&gt;.</strong>" in body
    assert "Otherwise" not in body


def test_a_yes_with_words_stands_on_the_status_page(owner: Client, page: Page) -> None:
    answer = AnswerFactory(words="I will look, Elif.", label="Secret label", pitch__door__page=page)
    body = seen(owner.get(f"/p/{answer.pitch.token}"))
    assert "I will look, Elif." in body
    assert "Secret label" not in body


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        ("covered", {"text": "Dear {nmae}"}, "Nothing can be filled in for {nmae}. You may write {name}, {door}."),
        ("covered", {"text": "Dear {name"}, "A brace stands alone."),
        ("not_now", {"text": "x", "again": "{date}" * 20}, "With the date filled in, this is too long."),
        ("covered", {"text": "x", "again": "{name}"}, "Nothing is filled in here, so take {name} out."),
        ("covered", {"text": "x" * 601}, "Make it shorter: at most 600 characters. It has 601."),
        ("covered", {"text": "x", "label": "x" * 61}, "at most 60 characters"),
        ("covered", {"text": "x\u202ey"}, "Take out the invisible or control characters."),
        ("cost", {"text": "x" * 281}, "at most 280 characters"),
        ("new/no", {"label": "Mine", "text": ""}, "Write the words."),
        ("new/no", {"label": "", "text": "x", "fits": "here"}, "Give it a name of a few words."),
        ("new/no", {"label": "x", "text": "x", "fits": "paid"}, "Choose one of the three."),
        ("new/no", {"label": "x", "text": "on {date}", "fits": "here"}, "There is no date to fill in here."),
        ("new/ask", {"text": " "}, "Write the question."),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(
    owner: Client, path: str, fields: dict[str, str], sentence: str
) -> None:
    response = owner.post(f"/desk/replies/{path}", fields)
    assert (response.status_code, Reply.objects.count()) == (422, 0)
    assert sentence in seen(response)
    assert response.content.decode().count("<title>Error:") == 1


def test_exactly_600_characters_fit(owner: Client) -> None:
    assert owner.post("/desk/replies/covered", {"text": "\U0001f44b" * 600}).status_code == 303


def test_two_windows_do_not_overwrite_each_other_unasked(owner: Client) -> None:
    stamp = owner.get("/desk/replies/look").context["form"]["seen"].value()
    assert owner.post("/desk/replies/look", {"seen": stamp, "text": "First."}).status_code == 303
    second = owner.post("/desk/replies/look", {"seen": stamp, "text": "Second."})
    assert (second.status_code, Reply.objects.get().text) == (422, "First.")
    assert "There it says: “First.”" in seen(second)
    renewed = re.search(r'name="seen" value="([^"]+)"', second.content.decode())
    assert renewed
    assert owner.post("/desk/replies/look", {"seen": renewed[1], "text": "Second."}).status_code == 303
    assert Reply.objects.get().text == "Second."


def test_an_own_no_is_added_used_hidden_and_removed_with_a_way_back(owner: Client, page: Page, pitch: Pitch) -> None:
    own = {"label": "Budget", "text": "Too small, {name}.", "again": "With more.", "fits": "open"}
    owner.post("/desk/replies/new/no", own)
    row = Reply.objects.get()
    sheet = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    assert f'<button name="reply" value="{row.pk}" data-digit="8">' in sheet
    say(owner, pitch, kind="no", reply=str(row.pk))
    answer = Answer.objects.get()
    kept = (answer.reason, answer.words, answer.again, answer.label, answer.fits)
    assert kept == ("own_line", "Too small, Elif Kaya.", "With more.", "Budget", "open")
    place = f"/desk/replies/{row.pk}/place"
    owner.post(place, {"do": "hide"})
    assert "Remove" in seen(owner.get("/desk/replies"))
    back = owner.post(place, {"do": "remove"}, follow=True).content.decode()
    assert not Reply.objects.exists()
    undo = dict(re.findall(r'<input type="hidden" name="(label|text|again|fits)" value="([^"]*)"', back))
    assert undo == own
    assert owner.post("/desk/replies/new/no", undo).status_code == 303
    assert Reply.objects.get().text == own["text"]


def test_the_usual_words_come_back_and_can_be_taken_back(owner: Client) -> None:
    owner.post("/desk/replies/covered", {"label": "Had it", "text": "Had it.", "again": ""})
    back = owner.post("/desk/replies/covered/place", {"do": "restore"}, follow=True).content.decode()
    assert "As usual" in back
    fields = dict(re.findall(r'<input type="hidden" name="(label|text|again)" value="([^"]*)"', back))
    owner.post("/desk/replies/covered", fields)
    assert Reply.objects.get().text == "Had it."


def test_the_order_is_changed_without_dragging(owner: Client, pitch: Pitch) -> None:
    owner.post("/desk/replies/covered/place", {"do": "up"})
    owner.post("/desk/replies/cost/place", {"do": "down"})
    context = owner.get(f"/desk/pitch/{pitch.code}").context
    assert [ready.value for ready in context["reasons"]][:2] == ["covered", "not_my_topic"]
    assert [(ready.key, ready.value) for ready in context["questions"]][:2] == [(1, "data"), (2, "cost")]


@pytest.mark.parametrize("path", ["covered/place", "nothing/place", "nothing", "new/later", "999999/place"])
def test_what_is_not_there_is_not_found(owner: Client, path: str) -> None:
    assert owner.post(f"/desk/replies/{path}", {"do": "up" if "cov" not in path else "burn"}).status_code == 404


# ── the preview ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("htmx", [True, False])
def test_the_preview_shows_page_and_mail_and_keeps_nothing(owner: Client, page: Page, htmx: bool) -> None:
    DoorFactory(page=page)
    fields = {"kind": "no", "name": "not_now", "text": "From {date}, {name} <3.", "label": "", "again": ""}
    response = owner.post("/desk/replies/preview", fields, headers={"HX-Request": "true"} if htmx else {})
    body = seen(response)
    assert body.count("From Sunday 31 May, Elif Kaya <3.") == 2
    assert "Not now, again from Sunday 31 May" in body
    assert "Not this time: Why 1,200 people mute brands" in body
    assert ("Not kept yet" in body) is not htmx
    assert ("<html" in response.content.decode()) is not htmx
    assert not Reply.objects.exists()


def test_the_preview_of_what_cannot_be_sent_says_why(owner: Client) -> None:
    fields = {"kind": "yes", "name": "look", "text": "Dear {nmae}"}
    response = owner.post("/desk/replies/preview", fields, headers={"HX-Request": "true"})
    assert "Nothing can be filled in for {nmae}." in seen(response)
    assert owner.post("/desk/replies/preview", fields).status_code == 422


@pytest.mark.parametrize(
    "fields", [{"kind": "later"}, {"kind": "yes", "name": "cost"}, {"kind": "yes", "name": "999"}, {}]
)
def test_a_preview_of_nothing_is_not_found(owner: Client, fields: dict[str, str]) -> None:
    assert owner.post("/desk/replies/preview", fields).status_code == 404


def test_words_from_right_to_left_bring_their_direction(owner: Client, page: Page, pitch: Pitch) -> None:
    owner.post("/desk/replies/new/yes", {"label": "نعم", "text": ARABIC})
    say(owner, pitch, kind="yes", reply=str(Reply.objects.get().pk))
    answer = Answer.objects.get()
    assert answer.words == ARABIC.replace("{name}", "Elif Kaya")
    Answer.objects.update(sent_at=clock.now())
    body = owner.get(f"/p/{pitch.token}").content.decode()
    assert f'<div class="say" dir="auto"><p>{answer.words}</p></div>' in body


# ── the sheets ───────────────────────────────────────────────────────────────
def test_a_plain_yes_is_still_one_press(owner: Client, pitch: Pitch) -> None:
    body = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    form = body[body.index('<input type="hidden" name="kind" value="yes">') :]
    assert form.startswith('<input type="hidden" name="kind" value="yes"><button class="btn" data-key="y">')
    assert 'href="#yes" data-key="e" data-panel="yes"' in body
    say(owner, pitch, kind="yes")
    assert (Answer.objects.get().words, Answer.objects.get().label) == ("", "")


def test_a_line_and_then_ready_words(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page)
    yes, no, own, nothing = PitchFactory.create_batch(4, waiting=True, door=door)
    row = ReplyFactory(page=page, text="Ready.")
    say(owner, yes, kind="yes", text="Fine.", reply="slot")
    say(owner, no, kind="no", reason="own_line", text="Good work.", reply="covered")
    say(owner, own, kind="no", reason="own_line", text="Sorry.", reply=str(row.pk))
    say(owner, nothing, kind="no", reason="own_line", text="Only this.", reply="")
    kept = [(a.reason, a.text, a.words[:6]) for a in Answer.objects.order_by("pk")]
    assert kept == [("", "Fine.", "I can "), ("covered", "Good work.", ""), ("own_line", "Sorry.", "Ready."),
                    ("own_line", "Only this.", "")]  # fmt: skip


def test_the_same_ready_words_twice_are_no_error_and_others_are_told(owner: Client, pitch: Pitch) -> None:
    for reply in ("cost", "cost"):
        response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "ask", "reply": reply}, follow=True)
        assert "already asked" not in seen(response)
    response = owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "ask", "reply": "data"}, follow=True)
    assert "already asked" in seen(response)
    assert Answer.objects.get().words == "What does it cost them?"


def test_no_more_than_eight_have_a_digit(owner: Client, page: Page, pitch: Pitch) -> None:
    ReplyFactory.create_batch(3, page=page)
    body = owner.get(f"/desk/pitch/{pitch.code}").content.decode()
    no = body[body.index('<section id="no"') : body.index("</section>", body.index('<section id="no"'))]
    assert re.findall(r'data-digit="(\d)"', no) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert no.count("The budget is too small <small") == 3
    assert '<kbd aria-hidden="true">9</kbd> Write my own line' in no


def test_the_hint_beside_a_reason_says_what_another_try_needs(owner: Client, pitch: Pitch) -> None:
    hints = {ready.value: ready.hint for ready in owner.get(f"/desk/pitch/{pitch.code}").context["reasons"]}
    assert (hints["covered"], hints["no_reason"]) == ("again with new facts", "")


def test_words_that_went_away_are_told_in_the_sheet_and_the_line_is_kept(owner: Client, pitch: Pitch) -> None:
    response = say(owner, pitch, kind="yes", reply="999999", text="My line.")
    assert (response.status_code, Answer.objects.count()) == (422, 0)
    assert "This reply is gone." in seen(response)
    assert 'value="My line."' in response.content.decode()


@pytest.mark.parametrize("path", ["/desk/session", "/desk/inbox"])
def test_the_sheets_cost_one_query_whatever_is_in_them(owner: Client, page: Page, pitch: Pitch, path: str) -> None:
    owner.post("/desk/session/start")

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as found:
            owner.get(path)
        return [query["sql"] for query in found]

    before = asked()
    ReplyFactory.create_batch(3, page=page)
    replies.keep(page, "covered", text="Mine.")
    after = asked()
    assert (len(after), sum('"pitches_reply"' in sql for sql in after)) == (len(before), 1)
