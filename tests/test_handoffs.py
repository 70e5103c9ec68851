"""After a yes: the plan of each standing, who takes it, what is still needed, and what outlives what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from pitches import handoffs, mailboxes, review, tasks
from pitches.handoffs import assistants, late, plans
from pitches.models import AnswerKind, Assistant, Event, Fact, Handoff, Message, Page, Plan, Standing
from pitches.notify.handoffs import words
from portal import clock, tokens
from tests.factories import AnswerFactory, AssistantFactory, DoorFactory, HandoffFactory, PageFactory, PitchFactory
from tests.senders import hand_in, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHERE = [{"text": "Where shall the book go?", "required": True}, {"text": "Which size?", "required": False}]
HELD = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def maya():
    return PageFactory()


@pytest.fixture
def door(maya):
    return DoorFactory(page=maya, name="Original research")


def say_yes(pitch):
    """A yes, and all that follows until it went out."""
    work()
    pitch.refresh_from_db()
    review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    clock.move_to(clock.now() + HELD)
    work()
    pitch.refresh_from_db()
    return pitch.handoff


def to(address):
    """The mails that went to an address."""
    return [sent for sent in mail.outbox if sent.to == [address]]


# ── plans ────────────────────────────────────────────────────────────────────
def test_without_a_plan_it_is_as_usual(door):
    handoff = say_yes(hand_in(door))
    assert (handoff.standing, handoff.assistant, handoff.questions) == ("stranger", None, [])
    assert handoff.follow_up_on == date(2026, 3, 16)
    assert "first acquaintance" in words(handoff.pitch).brief


@pytest.mark.parametrize("standing", list(handoffs.FOLLOW_UP_DAYS))
def test_each_standing_has_its_own_plan(door, standing):
    for other in handoffs.FOLLOW_UP_DAYS:
        plans.keep(door.page, other, brief=f"Words for {other}.", days=3 + len(other))
    meet(door, standing)
    handoff = say_yes(hand_in(door))
    assert handoff.standing == standing
    assert handoff.brief == words(handoff.pitch).brief == f"Words for {standing}."
    assert handoff.follow_up_on == MONDAY.date() + timedelta(days=3 + len(standing))
    assert f"Words for {standing}." in to("elif@mosaic.example")[-1].body


def test_a_handoff_keeps_the_plan_as_it_was_at_the_yes(door):
    helper = AssistantFactory(page=door.page)
    plans.keep(door.page, Standing.STRANGER, brief="Then.", next_step="Do it.", questions=WHERE, assistant=helper)
    handoff = say_yes(hand_in(door))
    plans.keep(door.page, Standing.STRANGER, brief="Now.")
    handoff.refresh_from_db()
    assert (handoff.brief, handoff.next_step, handoff.questions) == ("Then.", "Do it.", WHERE)
    assert handoff.assistant == helper
    plans.reset(door.page, Standing.STRANGER)
    assert (words(handoff.pitch).brief, Plan.objects.count()) == ("Then.", 0)


def test_a_plan_that_says_nothing_is_no_row(maya):
    plans.keep(maya, Standing.KNOWN, days=7)
    assert Plan.objects.count() == 0
    plans.keep(maya, Standing.KNOWN, days=8)
    assert Plan.objects.get().days == 8
    plans.keep(maya, Standing.KNOWN, days=7)
    assert Plan.objects.count() == 0


def test_own_words_are_filled_in_once_and_with_nothing_of_the_sender_s(door):
    plans.keep(door.page, Standing.STRANGER, brief="Hello {name}, this is {door}.", next_step="By {date}, {hour}. {x}")
    handoff = say_yes(hand_in(door, name="{date} {hour} Kaya"))
    said = words(handoff.pitch)
    assert said.brief == "Hello {date} {hour} Kaya, this is Original research."
    assert said.next_step == "By Monday 16 March, Tuesday 3 March, 09:00 Lisbon time. {x}"


def test_a_page_without_hours_still_has_a_sentence(door):
    Page.objects.update(reading=[])
    plans.keep(door.page, Standing.STRANGER, next_step="Bring it to {hour}.")
    assert words(say_yes(hand_in(door)).pitch).next_step == "Bring it to the next reading hour."


def test_a_yes_after_an_undone_one_begins_anew(door):
    pitch = hand_in(door)
    pitch.refresh_from_db()
    work()
    pitch.refresh_from_db()
    given = review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    plans.keep(door.page, Standing.STRANGER, brief="Second thoughts.")
    review.undo(given, by=pitch.page.owner)
    handoff = say_yes(pitch)
    assert (Handoff.objects.count(), handoff.brief) == (1, "Second thoughts.")


# ── assistants ───────────────────────────────────────────────────────────────
def invite(page, email="sam@helps.example"):
    return assistants.invite(page, name="Sam Ode", email=email, by=page.owner)


def test_whoever_is_asked_gets_one_mail_with_a_secret_link_and_no_word_of_the_owner_s(maya):
    helper = invite(maya)
    work()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["sam@helps.example"], f"@{maya.handle} asks you to help with pitches")
    assert f"/assist/{assistants.token_of(helper)}" in sent.body
    assert not [word for word in ("Maya", "Sam Ode") if word in str(sent.message())]
    assert (helper.token_hash, helper.seed in sent.body) == (tokens.digest(assistants.token_of(helper)), False)


@pytest.mark.parametrize("never", [True, False])
def test_the_gate_of_mailboxes_is_asked_when_the_mail_is_put(maya, never):
    mailboxes.may_mail("sam@helps.example")
    if never:
        mailboxes.refuse(mailboxes.Mailbox.objects.get())
    helper = invite(maya)
    work()
    assert (mail.outbox, Message.objects.count()) == ([], 0)
    assert assistants.unmailed([helper]) == {helper.pk}


def test_agreeing_is_for_whoever_was_asked_lately_and_is_not_gone(maya):
    helper = invite(maya)
    clock.move_to(MONDAY + assistants.ASKED_LIFE)
    assistants.agree(helper)
    helper.refresh_from_db()
    assert (helper.joined_at, assistants.state_of(helper)) == (None, "expired")
    clock.move_to(MONDAY + assistants.ASKED_LIFE - timedelta(seconds=1))
    assistants.leave(helper)
    assistants.agree(helper)
    helper.refresh_from_db()
    assert (helper.joined_at, assistants.state_of(helper)) == (None, "over")


@pytest.mark.parametrize(
    ("why", "email"), [("yourself", "OWNER"), ("invited", "Sam0@helps.example"), ("full", "new@helps.example")]
)
def test_nobody_is_asked_twice_or_in_any_number(maya, why, email):
    AssistantFactory.reset_sequence(0)
    AssistantFactory.create_batch(assistants.MOST if why == "full" else 1, page=maya)
    with pytest.raises(assistants.NotInvited) as refused:
        invite(maya, maya.owner.email.upper() if email == "OWNER" else email)
    assert refused.value.why == why


def test_a_page_is_no_way_to_mail_strangers(maya):
    for number in range(assistants.INVITATIONS):
        assistants.leave(invite(maya, f"sam{number}@helps.example"))
    with pytest.raises(assistants.NotInvited) as refused:
        invite(maya, "one-more@helps.example")
    assert refused.value.why == "enough"
    clock.move_to(MONDAY + timedelta(days=1))
    invite(maya, "one-more@helps.example")


def test_an_assistant_takes_a_yes_only_after_it_went_out(door):
    helper = AssistantFactory(page=door.page)
    plans.keep(door.page, Standing.STRANGER, assistant=helper, next_step="Send the table.", questions=WHERE)
    pitch = hand_in(door)
    work()
    pitch.refresh_from_db()
    review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    assert to(helper.email) == []
    clock.move_to(clock.now() + HELD)
    work()
    [sent] = to(helper.email)
    assert sent.subject == f"Yours to take: {pitch.line}"
    body = " ".join(sent.body.split())
    for said in ("Elif Kaya, Mosaic Research, elif@mosaic.example", "Send the table.", "Where shall the book go?"):
        assert said in body
    assert sent.reply_to == []


def test_an_assistant_answers_a_trusted_sender_at_once(door):
    helper = AssistantFactory(page=door.page)
    plans.keep(door.page, Standing.TRUSTED, assistant=helper)
    meet(door, "trusted", note="MARK-NOTE: my oldest friend")
    say_yes(hand_in(door))
    [sent] = to(helper.email)
    assert sent.reply_to == ["Elif Kaya <elif@mosaic.example>"]
    assert "MARK-NOTE" not in str(sent.message())
    assert "trusted" not in str(sent.message()).lower()


def test_who_was_asked_and_did_not_agree_takes_nothing(door):
    helper = AssistantFactory(page=door.page, asked=True)
    Plan.objects.create(page=door.page, standing="stranger", assistant=helper)
    assert say_yes(hand_in(door)).assistant is None
    assert to(helper.email) == []


def test_what_was_theirs_falls_back_to_the_owner_and_no_mail_leaves(door):
    helper = AssistantFactory(page=door.page)
    plans.keep(door.page, Standing.STRANGER, assistant=helper, days=3)
    pitch = hand_in(door)
    work()
    pitch.refresh_from_db()
    review.answer(pitch, AnswerKind.YES, by=pitch.page.owner)
    work()
    done = HandoffFactory(pitch__door=door, assistant=helper, done_at=MONDAY)
    clock.move_to(clock.now() + HELD)
    tasks.tick()
    tasks.react("later")
    assert Message.objects.filter(kind="handoff", state="pending").count() == 1
    assistants.leave(helper)
    work()
    assert (to(helper.email), Message.objects.get(kind="handoff").state) == ([], "obsolete")
    assert (Handoff.objects.get(pitch=pitch).assistant, Plan.objects.get().assistant) == (None, None)
    done.refresh_from_db()
    assert done.assistant == helper
    assert plans.keep(door.page, Standing.STRANGER, assistant=helper, days=3).assistant is None


def test_who_is_gone_or_never_agreed_is_forgotten(maya):
    gone, silent, helps = AssistantFactory(page=maya), AssistantFactory(page=maya, asked=True), AssistantFactory()
    assistants.leave(gone)
    clock.move_to(MONDAY + timedelta(days=30, seconds=1))
    assert tasks.tidy() == 1
    assert not Assistant.objects.filter(pk=silent.pk).exists()
    clock.move_to(MONDAY + timedelta(days=90, seconds=1))
    tasks.tidy()
    assert list(Assistant.objects.all()) == [helps]


# ── late questions ───────────────────────────────────────────────────────────
@pytest.fixture
def asked(door):
    """A yes that went out and asks for two more things."""
    pitch = PitchFactory(door=door, accepted=True)
    AnswerFactory(pitch=pitch)
    return HandoffFactory(pitch=pitch, questions=WHERE, follow_up_on=MONDAY.date() + timedelta(days=14))


def why_not(pitch, answers):
    with pytest.raises(late.NotTaken) as refused:
        late.supply(pitch, answers)
    return refused.value.why


def test_what_is_given_is_kept_and_told_once(asked):
    late.supply(asked.pitch, [" 12 Quay Street\nLisbon ", "M"])
    asked.refresh_from_db()
    assert (asked.given, asked.given_at) == (["12 Quay Street\nLisbon", "M"], MONDAY)
    assert why_not(asked.pitch, ["12 Quay Street\nLisbon", "M"]) == "same"
    assert [event.note for event in Event.objects.filter(what=Fact.SUPPLIED)] == [""]


def test_what_is_required_is_required_and_the_rest_is_not(asked):
    assert why_not(asked.pitch, [" ", "M"]) == "missing"
    late.supply(asked.pitch, ["Lisbon", ""])
    asked.refresh_from_db()
    assert late.pairs(asked) == [("Where shall the book go?", "Lisbon")]
    assert (late.missing(asked), words(asked.pitch).needed) == ([], ("Which size? (optional)",))


def test_it_may_be_corrected_to_the_end_of_the_follow_up_day(asked):
    late.supply(asked.pitch, ["Lisbon", ""])
    clock.move_to(datetime(2026, 3, 16, 23, 59, tzinfo=UTC))
    late.supply(asked.pitch, ["Porto", ""])
    clock.move_to(datetime(2026, 3, 17, 0, 1, tzinfo=UTC))
    assert why_not(asked.pitch, ["Faro", ""]) == "over"


def test_it_is_taken_six_times_for_each_time_somebody_is_told(asked):
    for number in range(late.MOST):
        late.supply(asked.pitch, [f"House {number}", ""])
    assert why_not(asked.pitch, ["House 7", ""]) == "enough"
    assert Handoff.objects.get().given[0] == f"House {late.MOST - 1}"


def test_what_was_never_given_may_come_late_but_not_after_the_end(asked):
    clock.move_to(MONDAY + timedelta(days=40))
    late.supply(asked.pitch, ["Lisbon", ""])
    Handoff.objects.update(given=[], given_at=None)
    handoffs.followed_up(asked)
    assert why_not(asked.pitch, ["Lisbon", ""]) == "over"


def test_nothing_is_asked_before_the_yes_went_out(asked):
    asked.pitch.answers.update(sent_at=None)
    assert (late.asked(asked.pitch), why_not(asked.pitch, ["Lisbon", ""])) == (None, "over")


def test_the_assistant_hears_of_it_and_of_each_correction(asked):
    asked.assistant = AssistantFactory(page=asked.pitch.page)
    asked.save()
    late.supply(asked.pitch, ["12 Quay Street\nLisbon", ""])
    work()
    late.supply(asked.pitch, ["Porto", ""])
    work()
    first, second = to(asked.assistant.email)
    assert first.subject.startswith("What was needed has come: ")
    assert "12 Quay Street, Lisbon" in " ".join(first.body.split())
    assert "Porto" in second.body
    assert to(asked.pitch.page.owner.email) == []


def test_what_was_given_is_deleted_90_days_after_the_end(asked):
    late.supply(asked.pitch, ["Lisbon", ""])
    handoffs.followed_up(asked)
    clock.move_to(MONDAY + timedelta(days=90))
    tasks.tidy()
    assert Handoff.objects.get().given == ["Lisbon", ""]
    clock.move_to(MONDAY + timedelta(days=90, seconds=1))
    tasks.tidy()
    asked.refresh_from_db()
    assert (asked.given, late.pairs(asked), late.missing(asked)) == ([], [], [])


def test_the_yes_names_what_is_needed_with_one_button(door):
    plans.keep(door.page, Standing.STRANGER, questions=WHERE)
    pitch = say_yes(hand_in(door)).pitch
    body = to("elif@mosaic.example")[-1].body
    assert "Maya still needs from you:" in body
    assert "Where shall the book go?" in body
    assert "Which size? (optional)" in body
    assert f"Give what is needed: http://localhost:8000/p/{pitch.token}" in body
