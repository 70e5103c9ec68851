"""After a yes at the desk and on the status page: plans, their preview, late answers, webhooks that were not told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import handoffs, hooks, review
from pitches.handoffs import late, plans
from pitches.models import AnswerKind, Call, Event, Handoff, Plan, Standing
from pitches.notify import render
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    CallFactory,
    DoorFactory,
    HandoffFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
)
from tests.senders import hand_in, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHERE = [{"text": "Where shall the book go?", "required": True}, {"text": "Which size?", "required": False}]
URL = "/desk/plans/known"


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def maya():
    return PageFactory()


@pytest.fixture
def desk(maya):
    client = Client()
    client.force_login(maya.owner)
    return client


@pytest.fixture
def asked(maya):
    """A yes that went out and asks for two more things."""
    pitch = PitchFactory(door__page=maya, accepted=True, standing="known")
    AnswerFactory(pitch=pitch)
    return HandoffFactory(pitch=pitch, questions=WHERE, follow_up_on=MONDAY.date() + timedelta(days=7))


def text_of(response):
    return " ".join(response.content.decode().split())


# ── the plans ────────────────────────────────────────────────────────────────
def test_four_cards_say_what_happens_now(desk, maya):
    body = text_of(desk.get("/desk/plans"))
    assert "You take it, they read the terms of a first acquaintance, you follow up in 14 days." in body
    assert "You take it, they get your direct line and your next hours, you follow up in 7 days." in body
    assert "Your own" not in body
    helper = AssistantFactory(page=maya, name="Sam <b>Ode</b>")
    own = {"webhook": "https://hooks.example/s3cret", "questions": WHERE, "days": 1, "brief": "Mine."}
    plans.keep(maya, Standing.KNOWN, assistant=helper, **own)
    body = text_of(desk.get("/desk/plans"))
    assert (
        "Sam &lt;b&gt;Ode&lt;/b&gt; takes it, they read your own words, 2 more things are asked of them, "
        "you follow up in 1 day, hooks.example is told." in body
    )
    assert (body.count("Your own<"), "s3cret" in body) == (1, False)


def test_the_cards_cost_the_same_however_many_are_kept(desk, maya):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            desk.get("/desk/plans")
        return len(asked)

    plans.keep(maya, Standing.KNOWN, assistant=AssistantFactory(page=maya))
    one = queries()
    for standing in handoffs.FOLLOW_UP_DAYS:
        plans.keep(maya, standing, assistant=AssistantFactory(page=maya))
    assert queries() == one


FORM = {
    "taker": "",
    "brief": "Hello {name}.",
    "next_step": "By {date}.",
    "days": "10",
    "webhook": "https://hooks.example/x",
    "question_1": "Where shall the book go?",
    "required_1": "on",
    "question_3": "Which size?",
}


def test_a_plan_is_kept_and_shown_again(desk, maya):
    helper = AssistantFactory(page=maya)
    response = desk.post(URL, FORM | {"taker": str(helper.pk)}, follow=True)
    assert response.redirect_chain == [(URL, 303)]
    plan = Plan.objects.get()
    assert (plan.standing, plan.assistant, plan.days, plan.questions) == ("known", helper, 10, WHERE)
    body = response.content.decode()
    assert f'<option value="{helper.pk}" selected>' in body
    assert hooks.secret_of(plan.seed) in body
    assert hooks.secret_of(plan.seed) in desk.get(URL).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"brief": "Dear {firstname}"}, "Nothing can be filled in for {firstname}."),
        ({"next_step": "x" * 281}, "Make it shorter"),
        ({"days": "0"}, "Write a whole number from 1 to 90."),
        ({"days": "91"}, "Write a whole number from 1 to 90."),
        ({"webhook": "https://10.0.0.1/"}, "This leads into a private network."),
        ({"webhook": "https://localhost:8000/"}, "This leads into a private network."),
        ({"webhook": "gopher://hooks.example/"}, "Use an address that begins with https://."),
        ({"webhook": "https://a:b@hooks.example/"}, "without a password in it"),
        ({"question_3": "Where shall the book go?"}, "Ask each question once."),
        ({"taker": "999999"}, "Choose yourself, or somebody who still helps."),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(desk, changes, said):
    response = desk.post(URL, FORM | changes)
    assert (response.status_code, Plan.objects.count()) == (422, 0)
    body = response.content.decode()
    assert said in body
    assert "There is a problem" in body
    assert ("Hello {name}." in body) or "brief" in changes


def test_nobody_who_has_not_agreed_or_helps_another_can_take_it(desk, maya):
    for other in (
        AssistantFactory(page=maya, asked=True),
        AssistantFactory(),
        AssistantFactory(page=maya, left_at=MONDAY),
    ):
        assert desk.post(URL, FORM | {"taker": str(other.pk)}).status_code == 422


def test_http_is_refused_in_production(desk, settings):
    assert desk.post(URL, FORM | {"webhook": "http://hooks.example/x"}).status_code == 303
    settings.PRODUCTION = True
    assert desk.post(URL, FORM | {"webhook": "http://hooks.example/x"}).status_code == 422


def test_enter_in_a_field_keeps_and_does_nothing_else(desk):
    desk.post(URL, FORM)
    form = desk.get(URL).content.decode().partition('novalidate class="stack gap-5')[2].partition("</form>")[0]
    buttons = [
        words for words in re.findall(r"<button ([^>]*)>", form) if "form=" not in words and "type=" not in words
    ]
    assert buttons[0] == 'class="btn"'


def test_as_usual_resets_and_a_new_key_is_another_one(desk):
    desk.post(URL, FORM)
    old = Plan.objects.get().seed
    desk.post(URL, {"renew": "yes"})
    assert Plan.objects.get().seed != old
    assert desk.post(URL, {"usual": "yes"}).status_code == 303
    assert Plan.objects.count() == 0
    assert desk.post(URL, {"renew": "yes"}).status_code == 303
    assert Plan.objects.count() == 0


@pytest.mark.parametrize("standing", ["paused", "blocked", "nobody", "Known"])
def test_there_are_four_plans_and_no_more(desk, standing):
    assert desk.get(f"/desk/plans/{standing}").status_code == 404
    assert desk.post(f"/desk/plans/{standing}", FORM).status_code == 404


def test_the_preview_keeps_nothing_and_says_what_the_sender_will_read(desk, maya):
    door = DoorFactory(page=maya, name="Original research")
    typed = FORM | {"brief": "Welcome {name}, at {door}.", "next_step": "By {date}, or {hour}.", "days": "5"}
    response = desk.post(URL, typed | {"preview": "yes"})
    assert (response.status_code, Plan.objects.count(), Event.objects.count()) == (200, 0, 0)
    shown = response.context["preview"]
    assert "By Saturday 7 March, or Tuesday 3 March, 09:00 Lisbon time." in text_of(response)
    assert "Welcome Elif Kaya, at Original research." in shown.mail
    desk.post(URL, typed)
    meet(door, "known")
    pitch = hand_in(door, line=shown.pitch.line)
    work()
    pitch.refresh_from_db()
    pitch.label = "ad"
    pitch.save()
    review.answer(pitch, AnswerKind.YES, by=maya.owner)
    work()
    review.send_now(pitch.answers.get(), by=pitch.page.owner)
    work()
    sent = next(one for one in mail.outbox if one.subject == shown.subject)
    assert sent.body.replace(f"/p/{pitch.token}", "/p/…") == shown.mail
    status = text_of(Client().get(f"/p/{pitch.token}"))
    for line in shown.handoff.lines:
        assert line in status


def test_words_of_the_owner_are_text_everywhere(desk, maya):
    desk.post(URL, FORM | {"brief": "<b>Hi</b> & <script>"})
    body = desk.get(URL).content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; &lt;script&gt;" in body
    assert "<b>Hi" not in body


# ── what is still needed ─────────────────────────────────────────────────────
def supply_url(handoff):
    return f"/p/{handoff.pitch.token}/supply"


def test_the_status_page_asks_and_takes_it(client, asked):
    page = f"/p/{asked.pitch.token}"
    body = text_of(client.get(page))
    assert "What is still needed" in body
    assert "Where shall the book go?" in body
    answer = {"given_1": "12 Quay Street\r\nLisbon", "given_2": ""}
    response = client.post(supply_url(asked), answer, follow=True)
    assert response.redirect_chain == [(page, 303)]
    body = response.content.decode()
    for said in ("What you gave", "It is with Maya.", "12 Quay Street\nLisbon", "Correct it"):
        assert said in body
    client.post(supply_url(asked), answer)
    assert Event.objects.filter(what="supplied").count() == 1


def test_what_is_missing_is_said_with_422(client, asked):
    response = client.post(supply_url(asked), {"given_1": " ", "given_2": "M"})
    body = response.content.decode()
    assert (response.status_code, Handoff.objects.get().given) == (422, [])
    assert "Answer this: Where shall the book go?" in body
    assert "There is a problem" in body
    assert 'id="id_given_1"' in body
    assert ">M</textarea>" in body.replace("\r\n", "").replace("\n", "")
    assert client.post(supply_url(asked), {"given_1": "x" * 401}).status_code == 422


def test_after_the_day_it_is_read_only_and_a_late_press_is_told_so(client, asked):
    late.supply(asked.pitch, ["Lisbon", ""])
    clock.move_to(MONDAY + timedelta(days=8))
    body = text_of(client.get(f"/p/{asked.pitch.token}"))
    assert "Lisbon" in body
    assert '<textarea name="given_1"' not in body
    response = client.post(supply_url(asked), {"given_1": "Faro"}, follow=True)
    assert "Nothing is needed any more, so this was not sent." in response.content.decode()
    assert Handoff.objects.get().given == ["Lisbon", ""]


def test_before_the_yes_went_out_nothing_shows_and_nothing_is_taken(client, asked):
    asked.pitch.answers.update(sent_at=None)
    assert "Where shall the book go?" not in client.get(f"/p/{asked.pitch.token}").content.decode()
    client.post(supply_url(asked), {"given_1": "Lisbon"})
    assert Handoff.objects.get().given == []


def test_the_owner_sees_it_on_the_pitch_and_in_the_follow_ups(desk, asked, maya):
    asked.assistant = AssistantFactory(page=maya)
    asked.save()
    for path in (f"/desk/pitch/{asked.pitch.code}", "/desk/follow-ups"):
        body = text_of(desk.get(path))
        assert "Sam Ode takes it." in body
        assert "Not given yet: Where shall the book go?" in body
    late.supply(asked.pitch, ["12 Quay <b>Street", ""])
    for path in (f"/desk/pitch/{asked.pitch.code}", "/desk/follow-ups"):
        body = text_of(desk.get(path))
        assert "12 Quay &lt;b&gt;Street" in body
        assert "Not given yet" not in body
    assert "Gave what was still needed" in text_of(desk.get(f"/desk/pitch/{asked.pitch.code}"))


def test_a_sender_learns_nothing_of_who_takes_it(client, asked, maya):
    asked.assistant = AssistantFactory(page=maya, name="MARK-SAM", email="mark@helps.example")
    asked.save()
    plans.keep(maya, Standing.KNOWN, webhook="https://mark.example/x")
    assert "mark" not in client.get(f"/p/{asked.pitch.token}").content.decode().lower().replace("mark-", "MARK-")
    message = MessageFactory(kind="yes", pitch=asked.pitch, answer=asked.pitch.answers.get())
    said = render.build(message).message().as_string()
    assert not [word for word in ("MARK-SAM", "mark@helps", "mark.example") if word in said]


# ── webhooks that were not told ──────────────────────────────────────────────
@pytest.fixture
def failed(asked, maya):
    plans.keep(maya, Standing.KNOWN, webhook="https://hooks.example/x")
    said = {"url": "https://hooks.example/s3cret", "error": "status 500"}
    return CallFactory(pitch=asked.pitch, state="dead", attempts=9, **said)


def test_what_was_not_told_shows_with_try_again(desk, failed):
    for path in ("/desk/outgoing", f"/desk/pitch/{failed.pitch.code}"):
        body = text_of(desk.get(path))
        assert "hooks.example was not told: your yes. It answered with 500." in body
        assert f"/desk/outgoing/calls/{failed.pk}/again" in body
        assert "s3cret" not in body
    response = desk.post(f"/desk/outgoing/calls/{failed.pk}/again", follow=True)
    assert "It is being told again." in response.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.url) == ("pending", 0, "https://hooks.example/x")


def test_without_a_webhook_nobody_is_told_again(desk, failed, maya):
    plans.reset(maya, Standing.KNOWN)
    response = desk.post(f"/desk/outgoing/calls/{failed.pk}/again", follow=True)
    assert "This plan has no webhook any more" in response.content.decode()
    assert Call.objects.get().state == "dead"


def test_another_owner_tells_nobody(failed):
    other = Client()
    other.force_login(PageFactory().owner)
    answers = [other.post(f"/desk/outgoing/calls/{pk}/again") for pk in (failed.pk, 999_999)]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    assert Call.objects.get().state == "dead"


def test_outgoing_costs_the_same_for_one_and_for_three(desk, failed):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            desk.get("/desk/outgoing")
        return len(asked)

    one = queries()
    for _ in range(2):
        CallFactory(pitch=PitchFactory(door=failed.pitch.door, accepted=True), state="dead", error="late")
    assert queries() == one
