"""Check, prove, hand in, follow: what the holder of a link sees, and what nobody else learns."""

import re
from datetime import timedelta
from itertools import islice

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from pitches import intake, relationships, tasks
from pitches.forms import PitchForm
from pitches.models import Device, Event, Message, Pitch, Proof, Standing
from portal import clock
from tests.factories import AnswerFactory, DeviceFactory, DoorFactory, PitchFactory, SenderFactory
from tests.web.test_public import hand, text

pytestmark = pytest.mark.django_db
DEVICE = "a-device-of-ours".ljust(43, "x")


def url(name, pitch):
    return reverse(f"agency:{name}", args=[pitch.token])


def prove(client, pitch, code=None):
    """Type a code: the right one unless another is given."""
    return client.post(url("check", pitch), {"code": intake.issue_code(pitch) if code is None else code})


def stands(pitch, standing, **more):
    """Give the sender of an address a standing with the page."""
    sender = SenderFactory(email=pitch.email, mailbox=pitch.email)
    relationships.set_by_hand(pitch.page, sender, Standing(standing), by=None, **more)
    return sender


# ── nobody else ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/d/{}", "/d/{}/check", "/p/{}"])
def test_a_wrong_link_is_as_unknown_as_any(client, path):
    pitch = PitchFactory(waiting=True)
    tries = [pitch.code, pitch.seed, pitch.token_hash, pitch.token[:-1] + "_", pitch.token.swapcase(), "x"]
    seen = [client.get(path.format(token)) for token in tries]
    assert [response.status_code for response in seen] == [404] * len(tries)
    assert len({response.content for response in seen}) == 1


@pytest.mark.parametrize("name", ["reply", "nudge"])
def test_what_is_not_proven_has_no_thread(client, name):
    assert client.post(url(name, PitchFactory())).status_code == 404


@pytest.mark.parametrize("name", ["send_code", "reply", "nudge"])
def test_looking_at_a_deed_does_nothing(client, name):
    assert client.get(url(name, PitchFactory(waiting=True))).status_code == 405


def test_looking_changes_no_row(client):
    pitches = [PitchFactory(), PitchFactory(waiting=True), AnswerFactory(ask=True).pitch]
    before = (list(Pitch.objects.values()), Event.objects.count(), Message.objects.count(), Proof.objects.count())
    for pitch in pitches:
        for name in ("draft", "check", "status"):
            client.get(url(name, pitch))
    after = (list(Pitch.objects.values()), Event.objects.count(), Message.objects.count(), Proof.objects.count())
    assert after == before


@pytest.mark.parametrize("standing", ["known", "trusted", "blocked", "paused"])
def test_before_proof_every_sender_sees_the_same_bytes(standing):
    door = DoorFactory(invited=True)
    stranger = journey(door, "elif@mosaic.example")
    until = clock.now() + timedelta(days=9) if standing == "paused" else None
    stands(Pitch.objects.latest("pk"), standing, until=until)
    assert journey(door, "elif@mosaic.example") == stranger


def journey(door, email):
    """Every answer of the site on the way to the code, without what is random."""
    client = Client()
    handed = hand(client, door, email=email)
    pitch = Pitch.objects.latest("pk")
    steps = [handed, *(client.get(url(name, pitch)) for name in ("check", "draft"))]
    steps += [prove(client, pitch, "000000"), client.post(url("send_code", pitch)), client.get(url("check", pitch))]
    random = "|".join([pitch.token, str(pitch.form_key), r'name="csrfmiddlewaretoken" value="\w+"'])
    return [(step.status_code, re.sub(random, "", step.content.decode())) for step in steps]


# ── check and hand in ────────────────────────────────────────────────────────
def test_the_check_shows_the_letter_and_asks_for_the_code(client):
    pitch = PitchFactory(why="One two three four.", link_host="mosaic.example")
    intake.ask_code(pitch)
    page = text(client.get(url("check", pitch)))
    assert "This is how Maya will read it" in page
    assert "New here" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "They work for 10 minutes." in page


def test_the_right_code_leaves_the_pitch_on_the_ledge(client):
    pitch = PitchFactory()
    response = prove(client, pitch)
    pitch.refresh_from_db()
    assert (response.status_code, response["Location"]) == (303, url("status", pitch))
    assert (pitch.state, pitch.standing, pitch.sender.email) == ("arrived", "stranger", pitch.email)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 24 * 3600)
    assert len(cookie.value) == 43


def test_a_code_may_be_typed_with_spaces_hyphens_and_other_digits(client):
    first, second = PitchFactory(), PitchFactory()
    code = intake.issue_code(first)
    assert prove(client, first, f"{code[:3]} - {code[3:]}").status_code == 303
    arabic = intake.issue_code(second).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert prove(client, second, arabic).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the six digits from the email."),
        ("12345", "A code has six digits."),
        ("12\u202e3456", "Take out the invisible or control characters."),
    ],
)
def test_what_is_no_code_is_not_counted_as_a_try(client, typed, said):
    pitch = PitchFactory()
    intake.issue_code(pitch)
    response = prove(client, pitch, typed)
    assert (response.status_code, response.context["form"].errors["code"]) == (422, [said])
    assert "<title>Error: Check your pitch" in text(response)
    assert Proof.objects.get().tries == 0


def test_a_wrong_code_is_said_and_hands_nothing_in(client):
    pitch = PitchFactory()
    response = prove(client, pitch, f"{(int(intake.issue_code(pitch)) + 1) % 10**6:06d}")
    assert response.status_code == 422
    assert "That code does not match. Look at the newest email, or send another." in text(response)
    assert list(client.cookies) == ["csrf"]
    pitch.refresh_from_db()
    assert pitch.state == "unproven"


def test_an_expired_code_and_too_many_tries_are_said(client):
    pitch = PitchFactory()
    code = intake.issue_code(pitch)
    Proof.objects.update(expires_at=Now())
    assert "Send another." in prove(client, pitch, code).context["form"].errors["code"][0]
    code = intake.issue_code(pitch)
    for _try in range(5):
        prove(client, pitch, f"{(int(code) + 1) % 10**6:06d}")
    assert "Too many codes were tried." in text(prove(client, pitch, code))


def test_another_code_can_be_sent_five_times_in_all(client):
    hand(client, DoorFactory())
    pitch = Pitch.objects.get()
    said = [text(client.post(url("send_code", pitch), follow=True)) for _time in range(5)]
    assert ["Noted. If elif@mosaic.example may get" in page for page in said] == [True] * 4 + [False]
    assert "This page asked for five codes, the most in an hour." in said[-1]


def test_a_device_that_proved_the_mailbox_needs_no_code(client):
    pitch = PitchFactory(email="elif@mosaic.example")
    device = DeviceFactory(sender__email="elif@mosaic.example")
    client.cookies["device"] = DEVICE
    page = text(client.get(url("check", pitch)))
    assert "This device proved" in page
    assert "one-time-code" not in page
    assert client.post(url("check", pitch))["Location"] == url("status", pitch)
    pitch.refresh_from_db()
    assert (pitch.state, pitch.sender) == ("arrived", device.sender)
    assert client.cookies["device"].value == DEVICE


def test_a_device_of_somebody_else_needs_the_code(client):
    pitch = PitchFactory(email="elif@mosaic.example")
    DeviceFactory(sender__email="chad@growth.example")
    client.cookies["device"] = DEVICE
    assert client.post(url("check", pitch)).status_code == 422


def test_a_device_keeps_its_token_when_it_proves_another_mailbox(client):
    DeviceFactory(sender__email="chad@growth.example")
    client.cookies["device"] = DEVICE
    prove(client, PitchFactory(email="elif@mosaic.example"))
    assert client.cookies["device"].value == DEVICE
    assert Device.objects.count() == 2


@pytest.mark.parametrize("name", ["draft", "check", "send_code"])
def test_what_was_handed_in_leads_to_its_status(client, name):
    pitch = PitchFactory(waiting=True)
    response = client.post(url(name, pitch)) if name == "send_code" else client.get(url(name, pitch))
    assert (response.status_code, response["Location"]) == (303, url("status", pitch))


def test_the_draft_goes_on_with_the_same_pitch(client):
    pitch = PitchFactory(detail="Weights included.", groups={"paid": {"type": "none"}}, door__paid=True)
    form = client.get(url("draft", pitch)).context["form"]
    assert form["line"].value() == pitch.line
    assert form["detail"].value() == "Weights included."
    assert form["paid.type"].value() == "none"
    page = client.get(url("draft", pitch)).content.decode()
    assert f'name="mailed" value="{pitch.token}"' in page
    sent = {"form_key": str(form["form_key"].value()), "mailed": pitch.token, "paid.type": "none"}
    assert hand(client, pitch.door, **sent, line="").context["mailed"] == pitch.token
    hand(client, pitch.door, **sent, line="A better line")
    assert [row.line for row in Pitch.objects.all()] == ["A better line"]


def test_a_device_that_is_forgotten_before_the_check_is_told_that_no_code_was_sent(client):
    DeviceFactory(sender__email="elif@mosaic.example")
    client.cookies["device"] = DEVICE
    hand(client, DoorFactory())
    pitch = Pitch.objects.get()
    Device.objects.all().delete()
    page = text(client.get(url("check", pitch)))
    assert ("Six digits go to" in page, "no code was sent yet. Press “Send a code”" in page) == (False, True)
    page = text(client.post(url("send_code", pitch), follow=True))
    assert ("Six digits go to" in page, "no code was sent yet" in page) == (True, False)


def test_a_new_device_is_told_of_the_code(client):
    hand(client, DoorFactory())
    page = text(client.get(url("check", Pitch.objects.get())))
    assert ("Six digits go to" in page, "no code was sent yet" in page) == (True, False)


# ── refusals ─────────────────────────────────────────────────────────────────
def refuse(client, pitch):
    """Prove a pitch that cannot be taken: its page, after checking what holds for all of them."""
    response = prove(client, pitch)
    page = text(response)
    assert response.status_code == 422
    assert "<title>Error: Your pitch was not taken" in page
    for words in (pitch.line, pitch.why, pitch.link):
        assert words in page
    assert not Pitch.objects.filter(pk=pitch.pk).exists()
    return page


def test_a_door_that_closed_after_the_check_is_said(client):
    pitch = PitchFactory(door__closed=True)
    page = refuse(client, pitch)
    assert "The door closed while you were writing" in page
    assert "“My readers asked for a rest.”" in page


def test_a_full_week_names_the_next_monday(client):
    with clock.standing_at(clock.now()):
        pitch = PitchFactory(door__places_per_week=1)
        PitchFactory(waiting=True, door=pitch.door)
        page = refuse(client, pitch)
    assert "This week’s place is taken" in page
    assert re.search(r"The next one opens on <strong>Monday \d+ \w+</strong>, Lisbon time.", page)


def test_an_invitation_door_stays_shut_for_strangers_and_opens_for_known_ones(client):
    door = DoorFactory(invited=True)
    page = refuse(client, PitchFactory(door=door))
    assert "This door opens for people Maya has worked with" in page
    assert "It does not open for elif@mosaic.example yet." in page
    pitch = PitchFactory(door=door, email="priya@known.example")
    stands(pitch, "known")
    assert prove(client, pitch).status_code == 303


def test_the_fourth_pitch_of_a_month_names_the_day(client):
    pitch = PitchFactory()
    sender = SenderFactory(email=pitch.email, mailbox=pitch.email)
    then = clock.now() - timedelta(days=20)
    PitchFactory.create_batch(3, declined=True, sender=sender, door__page=pitch.page, handed_in_at=then)
    page = refuse(client, pitch)
    assert "You have 3 pitches with Maya this month" in page
    assert "The next place is free on" in page


def test_one_waiting_already_links_to_it(client):
    pitch = PitchFactory()
    sender = SenderFactory(email=pitch.email, mailbox=pitch.email)
    other = PitchFactory(waiting=True, sender=sender, door=pitch.door, line="The one before")
    page = refuse(client, pitch)
    assert "One pitch at a time behind this door" in page
    assert "“The one before”" in page
    assert url("status", other) in page


@pytest.mark.parametrize(
    ("standing", "said"),
    [("blocked", "Maya does not take pitches from this address"), ("paused", "Maya has paused pitches from")],
)
def test_who_is_blocked_or_paused_is_told_after_proof(client, standing, said):
    pitch = PitchFactory()
    stands(pitch, standing, until=clock.now() + timedelta(days=9) if standing == "paused" else None)
    assert said in refuse(client, pitch)


# ── status ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["arrived", "waiting", "held", "quarantine", "later"])
def test_whoever_waits_reads_the_same_page(client, state):
    plain = PitchFactory(waiting=True)
    same = {"page": plain.page, "door": plain.door, "line": plain.line, "sender": plain.sender}
    pitch = PitchFactory(**{state: True}, **same)
    pages = [
        text(client.get(url("status", each))).replace(each.code, "").replace(each.token, "") for each in (plain, pitch)
    ]
    varies = r'It waits its turn with \d others?|Nothing else waits with it|name="csrfmiddlewaretoken" value="\w+"'
    assert re.sub(varies, "", pages[0]) == re.sub(varies, "", pages[1])
    assert "Your pitch is on Maya’s ledge" in pages[1]


def test_an_unproven_pitch_has_no_status_yet(client):
    pitch = PitchFactory()
    assert client.get(url("status", pitch))["Location"] == url("check", pitch)


def test_the_status_tells_dates_in_both_zones_and_is_never_stored(client):
    client.cookies["zone"] = "Europe%2FBerlin"
    pitch = PitchFactory(waiting=True)
    response = client.get(url("status", pitch))
    page = text(response)
    assert re.search(r"Maya reads on <strong>\w+day \d+ \w+, 09:00 Lisbon time, which is 10:00 for you</strong>", page)
    assert pitch.code in page
    assert "Latest: " in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("kind", ["yes", "no", "ask"])
def test_an_answer_still_in_the_house_has_not_happened(client, kind):
    extra = {"no": {"reason": "covered"}, "ask": {"text": "Secret question?"}, "yes": {}}[kind]
    state = {"yes": "accepted", "no": "declined", "ask": "asked"}[kind]
    pitch = PitchFactory(**{state: True})
    AnswerFactory(held=True, pitch=pitch, kind=kind, **extra)
    page = text(client.get(url("status", pitch)))
    assert "Your pitch is on Maya’s ledge" in page
    assert "Secret question?" not in page


def test_a_no_says_why_and_whether_to_try_again(client):
    pitch = AnswerFactory(no=True, text="Good work.").pitch
    page = text(client.get(url("status", pitch)))
    assert "Not this time" in page
    assert "Good work." in page
    assert "I wrote about this recently" in page
    assert "You may try again with new facts." in page


@pytest.mark.parametrize(
    ("standing", "said"), [("stranger", "first acquaintance"), ("known", "worked together"), ("trusted", "direct line")]
)
def test_a_yes_says_what_happens_now_by_standing(client, standing, said):
    pitch = AnswerFactory(pitch__accepted=True, pitch__standing=standing, text="I will look closer.").pitch
    page = text(client.get(url("status", pitch)))
    assert "Maya says yes" in page
    assert "I will look closer." in page
    assert said in page


def test_a_lapsed_pitch_and_a_lapsed_question_end_with_their_own_words(client):
    assert "Day 21 has passed, so the answer is no" in text(client.get(url("status", PitchFactory(lapsed=True))))
    question = AnswerFactory(kind="ask", text="Why?", pitch__lapsed=True).pitch
    page = text(client.get(url("status", question)))
    assert "The question was not answered, so this is closed" in page
    assert "nothing is held against you" in page.lower()


@pytest.mark.parametrize(
    ("state", "said"), [("withdrawn", "You took it back"), ("wrong_door", "Right idea, wrong door")]
)
def test_other_ends_have_their_words(client, state, said):
    assert said in text(client.get(url("status", PitchFactory(**{state: True}))))


@pytest.mark.parametrize("count", [1, 3])
def test_a_status_costs_the_same_with_one_entry_and_three(client, count, django_assert_num_queries):
    pitch = PitchFactory(asked=True)
    AnswerFactory.create_batch(count, pitch=pitch, kind="ask", text="Why?")
    with django_assert_num_queries(5):
        page = client.get(url("status", pitch))
    assert len(page.context["thread"]) == count


# ── the question ─────────────────────────────────────────────────────────────
def test_a_question_is_answered_once(client):
    pitch = AnswerFactory(ask=True).pitch
    assert "What does it cost them?" in text(client.get(url("status", pitch)))
    page = text(client.post(url("reply", pitch), {"text": "Nothing."}, follow=True))
    assert "Your answer is on the ledge." in page
    assert "Nothing." in page
    pitch.refresh_from_db()
    assert pitch.state == "waiting"
    again = text(client.post(url("reply", pitch), {"text": "More."}, follow=True))
    assert "There is no open question any more" in again
    assert list(Event.objects.filter(what="replied").values_list("note", flat=True)) == ["Nothing."]


@pytest.mark.parametrize("words", ["", "x" * 1201, "a\u200bb"])
def test_an_answer_that_cannot_be_taken_is_said(client, words):
    pitch = AnswerFactory(ask=True).pitch
    response = client.post(url("reply", pitch), {"text": words})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["text"]
    assert "<title>Error:" in text(response)
    assert Event.objects.count() == 0


# ── the nudge ────────────────────────────────────────────────────────────────
def test_the_one_nudge_is_offered_when_it_is_due(client):
    pitch = PitchFactory(waiting=True, handed_in_at=clock.now() - timedelta(days=15))
    assert "Nudge once" in text(client.get(url("status", pitch)))
    assert "You nudged once." in text(client.post(url("nudge", pitch), follow=True))
    page = text(client.post(url("nudge", pitch), follow=True))
    assert "The one nudge is used." in page
    assert "You nudged on" in page
    assert Event.objects.filter(what="nudged").count() == 1


def test_before_it_is_due_the_nudge_is_a_date(client):
    pitch = PitchFactory(waiting=True)
    page = text(client.get(url("status", pitch)))
    assert "You may nudge once, from" in page
    assert "Nudge once" not in page
    assert "It is too early for a nudge." in text(client.post(url("nudge", pitch), follow=True))
    assert Event.objects.count() == 0


def test_an_answered_pitch_cannot_be_nudged(client):
    pitch = AnswerFactory(no=True).pitch
    assert "There is nothing to nudge any more." in text(client.post(url("nudge", pitch), follow=True))


def test_what_waits_can_be_taken_back_and_put_back(client):
    pitch = PitchFactory(waiting=True)
    assert "Take it back" in text(client.get(url("status", pitch)))
    page = text(client.post(url("withdraw", pitch), follow=True))
    assert "You took it back" in page
    assert "Undo until" in page
    pitch.refresh_from_db()
    assert (pitch.state, pitch.withdrawn_at is None) == ("withdrawn", False)
    assert "on the ledge again" in text(client.post(url("put_back", pitch), follow=True))
    pitch.refresh_from_db()
    assert (pitch.state, pitch.withdrawn_at) == ("waiting", None)


def test_after_a_day_it_stays_taken_back(client):
    pitch = PitchFactory(withdrawn=True, withdrawn_at=clock.now() - timedelta(hours=25))
    Event.objects.create(page=pitch.page, pitch=pitch, was="waiting", what="withdrawn", queue="later", at=clock.now())
    page = text(client.get(url("status", pitch)))
    assert "Put it back" not in page
    assert "The 24 hours are over" in text(client.post(url("put_back", pitch), follow=True))
    pitch.refresh_from_db()
    assert pitch.state == "withdrawn"


@pytest.mark.parametrize("kind", ["yes", "later"])
def test_an_answer_that_is_still_in_the_house_never_goes_out(client, kind):
    state = {"yes": "accepted", "later": "later"}[kind]
    pitch = PitchFactory(**{state: True})
    given = AnswerFactory(pitch=pitch, kind=kind, held=True, lapsed_at=pitch.lapses_at)
    assert "Take it back" in text(client.get(url("status", pitch)))
    client.post(url("withdraw", pitch))
    pitch.refresh_from_db()
    given.refresh_from_db()
    assert (pitch.state, given.sent_at, given.undone_at is None) == ("withdrawn", None, False)


def test_an_answer_that_went_out_cannot_be_taken_back(client):
    pitch = AnswerFactory(no=True).pitch
    assert "Take it back" not in text(client.get(url("status", pitch)))
    assert "It has been answered by now" in text(client.post(url("withdraw", pitch), follow=True))
    pitch.refresh_from_db()
    assert pitch.state == "declined"


def test_quarantine_looks_like_waiting_when_it_is_taken_back(client):
    """Also after its seven days, of which the sender knows nothing."""
    for state in ("quarantine", "lapsed"):
        pitch = PitchFactory(**{state: True}, lane="quarantine", told_until=clock.now() + timedelta(days=9))
        assert "You took it back" in text(client.post(url("withdraw", pitch), follow=True))
        client.post(url("put_back", pitch))
        pitch.refresh_from_db()
        assert pitch.state == state


def test_a_page_without_hours_promises_no_date(client):
    pitch = PitchFactory(waiting=True, door__page__reading=[])
    page = text(client.get(url("status", pitch)))
    assert "Maya reads on" not in page
    assert "nudge" not in page.lower()


def test_the_hour_that_is_promised_before_is_the_hour_that_is_promised_after(client):
    """Thirty first knocks wait for a session of four: the next reading hour has no card left."""
    door = DoorFactory(page__cards=4, page__newcomer_share=1)
    PitchFactory.create_batch(4, waiting=True, door=door)
    pitch = PitchFactory(door=door)
    _tuesday, friday = islice(door.page.hours_from(clock.now()), 2)
    assert client.get(reverse("agency:check", args=[pitch.token])).context["read_at"] == friday
    intake.prove(pitch, intake.issue_code(pitch), device="")
    assert client.get(reverse("agency:status", args=[pitch.token])).context["reads_at"] == friday
    tasks.sweep()
    pitch.refresh_from_db()
    assert pitch.promised_for == friday


def test_a_link_may_not_grow_over_its_limit(client):
    form = {"link": "a.example/" + "x" * 490}
    assert PitchForm(form, door=DoorFactory()).errors["link"] == [
        "Make it shorter: at most 500 characters. It has 508."
    ]
