"""Introductions: an address is proven before anything depends on it, and no mailbox is flooded."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from pitches import intake, tasks
from pitches.intake import WrongCode
from pitches.models import Device, Event, Introduction, Message, Pitch, Proof, Sender
from portal import clock, tokens
from tests.factories import DoorFactory, SenderFactory
from tests.races import race
from tests.senders import meet, work, write

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ELIF = "elif@mosaic.example"
LINK = re.compile(r"\S+/not-me/\S+")


@pytest.fixture
def monday():
    with clock.standing_at(MONDAY):
        yield MONDAY


@pytest.fixture
def door():
    return DoorFactory(invited=True)


def wrong(introduction, typed):
    with pytest.raises(WrongCode) as found:
        intake.prove_introduction(introduction, typed, device="")
    return found.value.why


def another(code, step=1):
    return f"{(int(code) + step) % 1_000_000:06d}"


# ── the code ─────────────────────────────────────────────────────────────────
def test_an_address_that_was_typed_gets_one_mail_with_a_code_and_nothing_else(door):
    introduction = intake.introduce(door, "Elif@mosaic.example")
    work()
    sent = mail.outbox[0]
    code = sent.subject[:7].replace(" ", "")
    assert (sent.to, sent.subject[7:]) == (["Elif@mosaic.example"], " is your code")
    raw = sent.message().as_string()
    assert not [word for word in (door.name, door.page.name, door.page.handle) if word in raw]
    assert sent.body.count("://") == raw.count("<a ") == 1  # "this was not me"
    assert intake.prove_introduction(introduction, code, device="") is None
    assert Introduction.objects.get().proven_at is not None
    assert list(Event.objects.values_list("what", "queue", "door")) == [("introduced", "codes", door.pk)]
    assert Message.objects.get().queue == "codes"


def test_it_says_the_words_of_the_code_for_a_pitch(door):
    intake.introduce(door, "kim@mosaic.example")
    write(DoorFactory())
    work()
    one, other = (LINK.sub("", sent.body.partition("is your code")[2]) for sent in mail.outbox)
    assert one == other


def test_an_introduction_rests_as_digests(door):
    introduction = intake.introduce(door, ELIF)
    code = intake.issue_code(introduction)
    rows = [*Introduction.objects.values(), *Proof.objects.values()]
    text = " ".join(str(value) for row in rows for value in row.values())
    assert introduction.token not in text
    assert code not in text
    assert introduction.token_hash == tokens.digest(introduction.token)


def test_the_code_is_bound_to_its_introduction_and_address(door):
    mine, theirs = intake.introduce(door, ELIF), intake.introduce(door, "kim@mosaic.example")
    code, own = intake.issue_code(theirs), intake.issue_code(mine)
    assert code == own or wrong(mine, code) == "wrong"
    Introduction.objects.filter(pk=mine.pk).update(email="ines@trusted.example")
    assert wrong(Introduction.objects.get(pk=mine.pk), own) == "wrong"


def test_five_tries_ten_minutes_and_five_codes_as_for_a_pitch(door):
    introduction = intake.introduce(door, ELIF)
    code = intake.issue_code(introduction)
    assert [wrong(introduction, another(code, step)) for step in range(1, 6)] == ["wrong"] * 4 + ["tries"]
    assert wrong(introduction, code) == "tries"
    assert [intake.ask_code(introduction) for _ in range(6)] == [True] * 4 + [False] * 2
    work()
    assert len(mail.outbox) == 1  # nobody says which browser pressed
    Proof.objects.update(expires_at=Now())
    assert wrong(introduction, code) == "expired"


def test_the_codes_of_another_introduction_are_not_counted(door):
    intake.introduce(door, ELIF)
    mine = intake.introduce(door, ELIF)
    assert [intake.ask_code(mine) for _ in range(5)] == [True] * 4 + [False]


def test_a_proven_introduction_gets_no_code(door):
    introduction = intake.introduce(door, ELIF)
    intake.prove_introduction(introduction, intake.issue_code(introduction), device="")
    assert intake.ask_code(introduction) is False
    work()
    assert mail.outbox == []


def test_a_code_for_an_introduction_that_is_gone_is_nobodys(door):
    intake.introduce(door, ELIF).delete()
    work()
    assert (mail.outbox, Event.objects.filter(reacted_at=None).count()) == ([], 0)


# ── how many ─────────────────────────────────────────────────────────────────
def test_a_new_mailbox_is_mailed_once_a_day_over_the_whole_site(monday):
    for number, spelling in enumerate(("elif", "Elif", "ELIF", "elif+1", "eliF")):
        clock.move_to(monday + timedelta(minutes=number))
        last = intake.introduce(DoorFactory(invited=True), f"{spelling}@mosaic.example")
    work()
    assert len(mail.outbox) == 1
    assert intake.ask_code(last) is True  # looks the same, and sends nothing either
    intake.introduce(DoorFactory(invited=True), "kim@mosaic.example")
    work()
    assert [sent.to[0] for sent in mail.outbox[1:]] == ["kim@mosaic.example"]
    clock.move_to(monday + timedelta(days=1, minutes=4))
    intake.introduce(DoorFactory(invited=True), ELIF)
    work()
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_mail():
    door = DoorFactory(invited=True)
    race(lambda _number: intake.introduce(door, ELIF).pk)
    work()
    assert (Introduction.objects.count(), len(mail.outbox)) == (8, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_are_five_codes():
    introduction = intake.introduce(DoorFactory(invited=True), ELIF)
    found = race(lambda _number: intake.ask_code(Introduction.objects.get(pk=introduction.pk)))
    assert Counter(found) == {True: 4, False: 4}


@pytest.mark.django_db(transaction=True)
def test_eight_guesses_at_once_are_five_tries():
    introduction = intake.introduce(DoorFactory(invited=True), ELIF)
    code = intake.issue_code(introduction)
    race(lambda number: wrong(introduction, another(code, number + 1)))
    assert Proof.objects.get().tries == intake.CODE_TRIES


# ── who it was ───────────────────────────────────────────────────────────────
def test_nobody_becomes_a_sender_by_saying_who_they_are(door):
    introduction = intake.introduce(door, ELIF)
    assert intake.prove_introduction(introduction, intake.issue_code(introduction), device=tokens.seed()) is None
    assert (Sender.objects.count(), Device.objects.count(), Pitch.objects.count()) == (0, 0, 0)


def test_a_sender_is_remembered_on_the_device(door):
    sender, device = meet(door, "blocked", "Elif@Mosaic.example"), tokens.seed()
    introduction = intake.introduce(door, ELIF)
    assert intake.behind(introduction) is None
    assert intake.prove_introduction(introduction, intake.issue_code(introduction), device=device) == sender
    assert intake.recognise(device, ELIF) == sender
    assert intake.behind(Introduction.objects.get()) == sender


def test_a_device_that_proved_the_mailbox_needs_no_code(door):
    device = tokens.seed()
    intake.remember(device, SenderFactory(email=ELIF))
    known = intake.introduce(door, ELIF, device=device)
    other = intake.introduce(door, "x@mosaic.example", device=device)
    assert (bool(known.proven_at), bool(other.proven_at)) == (True, False)
    assert list(Event.objects.values_list("note", flat=True)) == [str(other.pk)]


def test_a_plus_tag_is_another_mailbox(door):
    meet(door, "trusted", ELIF)
    introduction = intake.introduce(door, "elif+x@mosaic.example")
    assert intake.prove_introduction(introduction, intake.issue_code(introduction), device="") is None


def test_tidy_forgets_introductions_after_thirty_days(monday):
    door = DoorFactory(invited=True)
    proven = intake.introduce(door, ELIF)
    intake.prove_introduction(proven, intake.issue_code(proven), device="")
    clock.move_to(monday + timedelta(days=1))
    intake.introduce(door, ELIF)
    clock.move_to(monday + timedelta(days=30, seconds=1))
    assert (tasks.tidy(), Introduction.objects.count(), Proof.objects.count()) == (1, 1, 0)
