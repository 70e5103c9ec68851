"""Intake: writing, proving, the limits of handing in. Each refusal has its number and its date."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.db.models.functions import Now

from pitches import doors, intake, lifecycle, relationships, review
from pitches.intake import Refused, WrongCode
from pitches.models import AnswerKind, Device, Event, Pitch, PitchState, Proof, Sender, Standing
from pitches.notify import outbox
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.senders import answers, hand_in, meet, work, write

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def door():
    return DoorFactory()


@pytest.fixture
def monday():
    with clock.standing_at(MONDAY):
        yield MONDAY


def refusal(door, **changes):
    with pytest.raises(Refused) as refused:
        hand_in(door, **changes)
    return refused.value


def wrong(pitch, typed):
    with pytest.raises(WrongCode) as found:
        intake.prove(pitch, typed, device="")
    return found.value.why


def another(code, step=1):
    return f"{(int(code) + step) % 1_000_000:06d}"


# ── writing ──────────────────────────────────────────────────────────────────
def test_what_is_written_waits_for_its_code(door):
    pitch = write(door, link="https://www.Mosaic.example/mute", groups={"paid": {"type": "flat_fee"}})
    pitch.refresh_from_db()
    assert (pitch.state, pitch.sender, pitch.handed_in_at, pitch.standing) == ("unproven", None, None, "")
    assert (pitch.link_host, pitch.label, pitch.door_version) == ("www.mosaic.example", "ad", 1)
    assert list(Event.objects.values_list("what", "queue")) == [("unproven", "codes"), ("code_asked", "codes")]


def test_the_same_form_twice_is_one_pitch(door):
    key = uuid4()
    first, new = intake.write(door, answers(), form_key=key)
    again, newer = intake.write(door, answers(), form_key=key)
    assert (first.pk, new, newer) == (again.pk, True, False)
    assert (Pitch.objects.count(), Event.objects.count()) == (1, 2)


def test_the_same_form_with_newer_words_keeps_the_newer_words(door):
    key = uuid4()
    intake.write(door, answers(), form_key=key)
    intake.write(door, answers(line="Better words"), form_key=key)
    assert Pitch.objects.get().line == "Better words"
    assert Event.objects.filter(what="code_asked").count() == 1


def test_a_changed_address_needs_a_code_of_its_own(door):
    key = uuid4()
    pitch, _ = intake.write(door, answers(), form_key=key)
    code = intake.issue_code(pitch)
    pitch, _ = intake.write(door, answers(email="other@mosaic.example"), form_key=key)
    assert Event.objects.filter(what="code_asked").count() == 2
    assert wrong(pitch, code) == "wrong"


def test_a_code_that_is_made_while_the_address_changes_proves_nothing(door):
    key = uuid4()
    seen_by_the_worker, _ = intake.write(door, answers(), form_key=key)
    pitch, _ = intake.write(door, answers(email="ines@trusted.example"), form_key=key)
    assert wrong(pitch, intake.issue_code(seen_by_the_worker)) == "wrong"


def test_an_address_that_changes_during_the_proof_is_not_handed_in(door):
    key = uuid4()
    pitch, _ = intake.write(door, answers(), form_key=key)
    sender = intake.meet(pitch)
    intake.write(door, answers(email="ines@trusted.example"), form_key=key)
    with pytest.raises(intake.WrongCode):
        intake.hand_in(pitch, sender)
    assert Pitch.objects.get().state == "unproven"


def test_a_door_that_changes_during_the_proof_is_the_door_that_counts(door):
    key = uuid4()
    pitch, _ = intake.write(door, answers(), form_key=key)
    invited = DoorFactory(page=door.page, state="invited")
    intake.write(invited, answers(), form_key=key)
    with pytest.raises(intake.Refused) as refused:
        intake.hand_in(pitch, intake.meet(pitch))
    assert (refused.value.why, Pitch.objects.count()) == ("tier", 0)


def test_a_refusal_is_said_again_to_the_second_click(door):
    door.tiers = ["trusted"]
    door.save(update_fields=["tiers"])
    pitch = write(door)
    sender = intake.meet(pitch)
    for _click in range(2):
        with pytest.raises(intake.Refused) as refused:
            intake.hand_in(pitch, sender)
        assert refused.value.why == "tier"


def test_an_emptied_date_is_empty(door):
    key = uuid4()
    intake.write(door, answers(last_day=date(2026, 4, 1)), form_key=key)
    pitch, _ = intake.write(door, answers(last_day=None), form_key=key)
    pitch.refresh_from_db()
    assert pitch.last_day is None


def test_a_plus_tag_is_no_way_around_a_block_and_no_way_to_a_standing(door):
    ines = intake.sender_of("ines@host.example", name="Ines", company="Host")
    tagged = intake.sender_of("ines+x@host.example", name="Ines", company="Host")
    relationships.set_by_hand(door.page, ines, Standing.TRUSTED, by=door.page.owner)
    assert relationships.standing_of(door.page, tagged, door) == "stranger"
    relationships.set_by_hand(door.page, ines, Standing.BLOCKED, by=door.page.owner)
    assert relationships.standing_of(door.page, tagged, door) == "blocked"


@pytest.mark.parametrize("kind", ["yes", "no"])
def test_a_pitch_behind_an_unsent_answer_still_waits_for_its_sender(door, kind):
    first = hand_in(door)
    lifecycle.move(first, PitchState.WAITING, lane="first_knock")
    reason = "covered" if kind == "no" else ""
    review.answer(first, AnswerKind(kind), by=door.page.owner, reason=reason)
    second = write(door)
    with pytest.raises(intake.Refused) as refused:
        intake.prove(second, intake.issue_code(second), device="")
    assert refused.value.why == "one_waiting"


def test_quarantine_ends_in_silence_at_the_door_too(door, monday):
    first = hand_in(door)
    lifecycle.move(first, PitchState.QUARANTINE, lane="quarantine")
    lifecycle.move(first, PitchState.LAPSED)
    clock.move_to(monday + timedelta(days=8))
    assert refusal(door).why == "one_waiting"
    clock.move_to(monday + timedelta(days=22))
    assert hand_in(door).state == "arrived"


def test_an_answer_to_a_question_about_a_held_pitch_puts_it_on_the_ledge(door):
    pitch = PitchFactory(door=door, asked=True, lane="held", standing="known")
    intake.reply(pitch, "2,000 to 2,500")
    pitch.refresh_from_db()
    assert (pitch.state, pitch.lane) == ("waiting", "known")


def test_an_invited_door_opens_on_its_day(door, monday):
    door.state, door.opens_at = "invited", monday + timedelta(days=1)
    with pytest.raises(intake.Refused) as refused:
        intake.check_open(door)
    assert (refused.value.why, refused.value.until) == ("closed", door.opens_at)


def test_what_was_handed_in_cannot_be_rewritten(door):
    key = uuid4()
    pitch, _ = intake.write(door, answers(), form_key=key)
    intake.prove(pitch, intake.issue_code(pitch), device="")
    again, new = intake.write(door, answers(line="Something else", email="other@mosaic.example"), form_key=key)
    assert (again.line, again.email, new) == ("Why 1,200 people mute brands", "elif@mosaic.example", False)


def test_a_closed_door_refuses_everybody_and_stores_nothing():
    door = DoorFactory(closed=True)
    meet(door, "trusted")
    assert refusal(door).why == "closed"
    assert Pitch.objects.count() == 0


def test_a_page_that_was_hidden_meanwhile_takes_nothing(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    doors.hide(door.page, by=door.page.owner, hidden=True)
    with pytest.raises(Refused) as refused:
        intake.prove(pitch, code, device="")
    assert refused.value.why == "closed"
    assert Pitch.objects.count() == 0


def test_a_door_that_opens_later_says_when(monday):
    door = DoorFactory(opens_at=monday + timedelta(days=3))
    assert (refusal(door).why, refusal(door).until) == ("closed", monday + timedelta(days=3))


def test_a_door_that_was_open_until_a_moment_is_closed_from_then_on(monday):
    door = DoorFactory(state="until", until=monday + timedelta(hours=1))
    pitch = write(door)
    code = intake.issue_code(pitch)
    clock.move_to(monday + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        intake.prove(pitch, code, device="")
    assert (refused.value.why, Pitch.objects.count()) == ("closed", 0)


# ── codes ────────────────────────────────────────────────────────────────────
def test_a_code_rests_as_a_keyed_hash(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    row = Proof.objects.values().get()
    assert code not in " ".join(map(str, row.values()))
    assert row["code_hash"] == tokens.code_hash(row["salt"], f"{pitch.email}:{code}")


def test_the_mail_with_the_code_rests_sealed(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    message = outbox.put("code", pitch.email, dedupe="x", queue="codes", pitch=pitch, secret={"code": code})
    message.refresh_from_db()
    assert code.encode() not in bytes(message.sealed)
    assert tokens.unseal(message.sealed) == {"code": code}


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}"])
def test_the_code_proves_the_mailbox_however_it_is_typed(door, typed):
    pitch = write(door)
    code = intake.issue_code(pitch)
    proven = intake.prove(pitch, typed.format(code, code[:3], code[3:]), device="")
    assert (proven.state, proven.sender.mailbox) == ("arrived", "elif@mosaic.example")
    assert Sender.objects.count() == 1


def test_a_code_lives_ten_minutes_by_the_clock_of_the_database(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    assert Proof.objects.annotate(life=F("expires_at") - F("created_at")).get().life <= timedelta(minutes=10)
    with clock.standing_at(datetime(2099, 1, 1, tzinfo=UTC)):
        intake.check_code(pitch, code)
    Proof.objects.update(expires_at=Now())
    with clock.standing_at(datetime(2001, 1, 1, tzinfo=UTC)):
        assert wrong(pitch, code) == "expired"


def test_five_tries_and_no_more(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    assert [wrong(pitch, another(code, step)) for step in range(1, 6)] == ["wrong"] * 4 + ["tries"]
    assert wrong(pitch, code) == "tries"
    assert Pitch.objects.get().state == "unproven"


def test_the_fifth_try_may_be_the_right_one(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    assert [wrong(pitch, another(code, step)) for step in range(1, 5)] == ["wrong"] * 4
    assert intake.prove(pitch, code, device="").state == "arrived"


def test_an_older_code_works_after_another_was_sent(door):
    pitch = write(door)
    older = intake.issue_code(pitch)
    intake.issue_code(pitch)
    assert intake.prove(pitch, older, device="").state == "arrived"


def test_a_code_that_is_used_up_stays_so_when_another_was_sent(door):
    pitch = write(door)
    older = intake.issue_code(pitch)
    for step in range(1, 6):
        wrong(pitch, another(older, step))
    newer = intake.issue_code(pitch)
    assert wrong(pitch, older) == "wrong"
    assert intake.prove(pitch, newer, device="").state == "arrived"


def test_the_code_of_another_pitch_is_refused(door):
    mine, theirs = write(door), write(door, email="other@mosaic.example")
    code = intake.issue_code(theirs)
    own = intake.issue_code(mine)
    assert code == own or wrong(mine, code) == "wrong"


@pytest.mark.parametrize("typed", ["", "      ", "abcdef", "１２３", "12345", "1234567", "٠٠٠٠٠٠"])
def test_what_is_no_code_is_wrong_and_no_error(door, typed):
    pitch = write(door)
    intake.issue_code(pitch)
    assert wrong(pitch, typed) == "wrong"


def test_five_codes_for_a_pitch_and_no_more(door):
    pitch = write(door)
    asked = [intake.ask_code(pitch) for _ in range(6)]
    work()
    assert Proof.objects.count() == intake.CODES_PER_PITCH
    assert asked == [True] * 4 + [False] * 2


def test_a_pitch_that_was_handed_in_gets_no_code(door):
    assert intake.ask_code(hand_in(door)) is False


def test_proving_twice_hands_in_once(door):
    pitch = write(door)
    code = intake.issue_code(pitch)
    intake.prove(pitch, code, device="")
    intake.prove(Pitch.objects.get(), code, device="")
    assert Event.objects.filter(what="arrived").count() == 1


# ── devices ──────────────────────────────────────────────────────────────────
def test_a_device_is_known_for_ninety_days_for_its_own_mailbox(door, monday):
    device = tokens.seed()
    pitch = write(door)
    intake.prove(pitch, intake.issue_code(pitch), device=device)
    assert intake.recognise(device, "ELIF@mosaic.example") == Sender.objects.get()
    assert intake.recognise(device, "elif+x@mosaic.example") is None
    assert intake.recognise(device, "other@mosaic.example") is None
    assert intake.recognise(tokens.seed(), "elif@mosaic.example") is None
    clock.move_to(monday + timedelta(days=90) - timedelta(seconds=1))
    assert intake.known_contact(device) == Sender.objects.get()
    clock.move_to(monday + timedelta(days=90))
    assert (intake.recognise(device, "elif@mosaic.example"), intake.known_contact(device)) == (None, None)


def test_a_device_rests_as_a_digest(door):
    device = tokens.seed()
    intake.remember(device, SenderFactory())
    assert Device.objects.get().token_hash == tokens.digest(device)


def test_proving_again_renews_the_ninety_days(monday):
    device, sender = tokens.seed(), SenderFactory()
    intake.remember(device, sender)
    clock.move_to(monday + timedelta(days=10))
    intake.remember(device, sender)
    assert Device.objects.get().expires_at == monday + timedelta(days=100)


def test_nobody_is_recognised_without_a_cookie(door):
    assert (intake.recognise("", "elif@mosaic.example"), intake.known_contact("")) == (None, None)


def test_a_known_device_is_mailed_no_code(door):
    device = tokens.seed()
    intake.remember(device, SenderFactory(email="elif@mosaic.example"))
    intake.write(door, answers(), form_key=uuid4(), device=device)
    assert list(Event.objects.values_list("what", flat=True)) == ["unproven"]


# ── limits ───────────────────────────────────────────────────────────────────
def ended(page, count, sender, days=1, **traits):
    """Pitches of the sender that were handed in days ago, and have ended."""
    at = clock.now() - timedelta(days=days)
    traits = traits or {"declined": True}
    return PitchFactory.create_batch(
        count, page=page, door=DoorFactory(page=page), sender=sender, handed_in_at=at, **traits
    )


@pytest.mark.parametrize(("standing", "places"), [("stranger", 3), ("introduced", 4), ("known", 6), ("trusted", 12)])
def test_places_in_thirty_days_by_standing(door, monday, standing, places):
    sender = meet(door, standing)
    ended(door.page, 1, sender, days=20)
    ended(door.page, places - 1, sender, days=2)
    refused = refusal(door)
    assert (refused.why, refused.number, refused.until) == ("places", places, monday + timedelta(days=10))
    assert Pitch.objects.filter(state="unproven").count() == 0
    clock.move_to(refused.until)
    assert hand_in(door).state == "arrived"


def test_a_place_taken_back_is_free_again(door, monday):
    sender = meet(door, "stranger")
    ended(door.page, 3, sender, withdrawn=True)
    assert hand_in(door).state == "arrived"


def test_places_are_counted_for_each_page(door, monday):
    sender = meet(door, "stranger")
    ended(PageFactory(), 3, sender)
    assert hand_in(door).state == "arrived"


@pytest.mark.parametrize("state", ["arrived", "waiting", "held", "quarantine", "asked", "later"])
def test_one_pitch_waits_at_a_door(door, state):
    sender = meet(door, "trusted")
    first = PitchFactory(**{state: True}, door=door, sender=sender)
    refused = refusal(door)
    assert (refused.why, refused.other) == ("one_waiting", first)
    assert hand_in(DoorFactory(page=door.page)).state == "arrived"


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn", "lapsed"])
def test_what_has_ended_waits_no_more(door, state):
    PitchFactory(**{state: True}, door=door, sender=meet(door, "trusted"))
    assert hand_in(door).state == "arrived"


def test_the_week_has_places_for_first_acquaintances_until_monday_in_the_owners_zone(monday):
    door = DoorFactory(places_per_week=2, page__timezone="America/New_York")
    for name in "ab":
        hand_in(door, email=f"{name}@agency-{name}.example")
    refused = refusal(door, email="c@agency-c.example")
    reopens = datetime(2026, 3, 9, 4, tzinfo=UTC)  # Monday 00:00 in New York, after the clocks changed
    assert (refused.why, refused.number, refused.until) == ("full", 2, reopens)
    clock.move_to(reopens - timedelta(seconds=1))
    assert refusal(door, email="c@agency-c.example").why == "full"
    clock.move_to(reopens)
    assert hand_in(door, email="c@agency-c.example").state == "arrived"


def test_a_full_week_holds_nobody_back_who_is_known(monday):
    door = DoorFactory(places_per_week=0)
    meet(door, "known")
    assert hand_in(door).state == "arrived"
    assert refusal(door, email="new@other.example").why == "full"


def test_a_door_for_some_refuses_others_only_after_the_proof(door):
    doors.change(door, tiers=["known", "trusted"])
    pitch = write(door)
    code = intake.issue_code(pitch)
    assert Pitch.objects.count() == 1
    with pytest.raises(Refused) as refused:
        intake.prove(pitch, code, device="")
    assert (refused.value.why, Pitch.objects.count()) == ("tier", 0)
    meet(door, "known")
    assert hand_in(door).state == "arrived"


@pytest.mark.parametrize(("standing", "why"), [("introduced", "tier"), ("stranger", "tier")])
def test_a_door_by_invitation_is_for_known_people(standing, why):
    door = DoorFactory(state="invited")
    meet(door, standing)
    assert refusal(door).why == why


def test_who_is_invited_comes_in():
    door = DoorFactory(invited=True)
    meet(door, "known")
    assert hand_in(door).state == "arrived"


def test_a_pause_says_until_when_and_ends_by_itself(door, monday):
    meet(door, "known")
    meet(door, "paused", until=monday + timedelta(days=5))
    refused = refusal(door)
    assert (refused.why, refused.until) == ("paused", monday + timedelta(days=5))
    clock.move_to(refused.until)
    assert (hand_in(door).standing, Pitch.objects.get().state) == ("known", "arrived")


def test_blocked_is_blocked_at_every_door(door):
    meet(door, "blocked")
    assert (refusal(door).why, refusal(DoorFactory(page=door.page)).why) == ("blocked", "blocked")
    assert hand_in(DoorFactory()).state == "arrived"


def test_blocked_beats_every_other_refusal(door, monday):
    sender = meet(door, "blocked")
    ended(door.page, 3, sender)
    doors.change(door, tiers=["trusted"])
    assert refusal(door).why == "blocked"


def test_a_plus_tag_is_the_same_sender(door):
    meet(door, "blocked")
    assert refusal(door, email="Elif+new@mosaic.example").why == "blocked"


def test_a_typed_address_gives_no_standing(door):
    meet(door, "trusted")
    pitch = write(door)
    work()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.standing, pitch.sender) == ("unproven", "", None)


# ── nudge and reply ──────────────────────────────────────────────────────────
def test_one_nudge_from_the_first_hour_after_a_week(door, monday):
    pitch = hand_in(door)
    work()
    pitch.refresh_from_db()
    due = datetime(2026, 3, 10, 9, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        intake.nudge(pitch)
    assert (refused.value.why, refused.value.until) == ("too_soon", due)
    clock.move_to(due)
    assert intake.nudge(pitch, "Still yours?").note == "Still yours?"
    with pytest.raises(Refused) as refused:
        intake.nudge(Pitch.objects.get())
    assert refused.value.why == "unchanged"


def test_an_answered_question_waits_again_for_at_least_a_week(door, monday):
    pitch = PitchFactory(asked=True, door=door, lapses_at=monday + timedelta(days=2))
    intake.reply(pitch, "52 %")
    pitch.refresh_from_db()
    assert (pitch.state, pitch.lapses_at) == ("waiting", datetime(2026, 3, 10, 9, tzinfo=UTC))


def test_a_question_that_is_still_in_the_house_cannot_be_answered(door):
    pitch = PitchFactory(waiting=True, door=door)
    review.answer(pitch, AnswerKind.ASK, by=door.page.owner, text="How much?")
    with pytest.raises(Refused) as refused:
        intake.reply(pitch, "52 %")
    assert (refused.value.why, Pitch.objects.get().state) == ("answered", "asked")


# ── forgetting ───────────────────────────────────────────────────────────────
def test_what_was_never_proven_is_forgotten_after_thirty_days(door, monday):
    write(door)
    PitchFactory(declined=True, door=door)
    clock.move_to(monday + timedelta(days=30))
    assert intake.forget_unproven() == 0
    clock.move_to(monday + timedelta(days=30, seconds=1))
    assert intake.forget_unproven() == 1
    assert list(Pitch.objects.values_list("state", flat=True)) == ["declined"]


def test_handing_in_after_somebody_else_did_is_quiet(door):
    pitch = write(door)
    stale = Pitch.objects.get()
    pitch = intake.prove(pitch, intake.issue_code(pitch), device="")
    lifecycle.move(pitch, PitchState.WAITING, lane="first_knock")
    Pitch.objects.filter(pk=pitch.pk).update(state="withdrawn")
    assert intake.hand_in(stale, pitch.sender).state == "withdrawn"
