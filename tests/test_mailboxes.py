"""The gate before mail to addresses that nobody proved: one a day, whoever types them and wherever."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from pitches import intake, mailboxes, tasks
from pitches.doors import watching
from pitches.intake import WrongCode
from pitches.models import Event, Mailbox, Message, PitchState, Proof
from pitches.notify import catalogue
from portal import clock, limits
from tests.factories import DoorFactory, KeyFactory, SenderFactory, UserFactory
from tests.races import race
from tests.senders import answers, hand_in, work, write

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ELIF = "elif@mosaic.example"
MINE, OTHER = "m" * 64, "o" * 64


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


def asked(times, **how):
    return [mailboxes.may_mail(ELIF, **how) for _ in range(times)]


def wrong(pitch, typed):
    with pytest.raises(WrongCode) as found:
        intake.check_code(pitch, typed)
    return found.value.why


# ── how many ─────────────────────────────────────────────────────────────────
def test_a_new_address_gets_one_mail_a_day():
    assert asked(3, browser=MINE) == [True, False, False]
    clock.move_to(MONDAY + DAY - timedelta(seconds=1))
    assert asked(1) == [False]
    clock.move_to(MONDAY + DAY)
    assert asked(2) == [True, False]


@pytest.mark.parametrize("spelling", ["ELIF@Mosaic.example", "elif+news@mosaic.example", " elif@mosaic.example "])
def test_no_spelling_is_a_second_address(spelling):
    assert asked(1) == [True]
    assert mailboxes.may_mail(spelling) is False


def test_the_browser_that_asked_first_may_ask_twice_more_and_only_when_it_says_so():
    assert asked(2, browser=MINE) == [True, False]
    assert asked(1, browser=OTHER, again=True) == [False]
    assert asked(1, browser="", again=True) == [False]
    assert asked(3, browser=MINE, again=True) == [True, True, False]


def test_a_browser_without_a_mark_is_nobody_twice():
    assert asked(1, browser="") == [True]
    assert asked(2, browser="", again=True) == [False, False]


@pytest.mark.parametrize("known", ["sender", "account"])
def test_a_proven_mailbox_gets_five_codes_a_day_and_other_mail_beside_them(known):
    if known == "sender":
        SenderFactory(email=ELIF)
    else:
        EmailAddress.objects.create(user=UserFactory(email=ELIF), email=ELIF, verified=True)
    assert asked(6) == [True] * 5 + [False]
    assert asked(11, code=False) == [True] * 10 + [False]
    clock.move_to(MONDAY + DAY)
    assert asked(1) == [True]
    assert asked(1, code=False) == [True]


def test_an_account_that_nobody_confirmed_proves_nothing():
    EmailAddress.objects.create(user=UserFactory(email=ELIF), email=ELIF, verified=False)
    assert asked(2) == [True, False]


def test_whoever_proves_the_mailbox_is_not_held_back_by_what_came_before():
    pitch = write(DoorFactory())
    work()
    assert asked(1) == [False]
    intake.check_code(pitch, mail.outbox[0].subject[:7])
    assert asked(2) == [True, False]


def test_whoever_confirmed_one_door_gets_the_mail_for_the_next():
    """Also when the first one was told today: nothing is promised that does not come."""
    first, second = DoorFactory(closed=True), DoorFactory(closed=True)
    watching.ask(first, ELIF)
    work()
    watching.confirm(first.watches.get())
    watching.ask(second, ELIF)
    work()
    assert len(mail.outbox) == 2
    assert [row.kind for row in Message.objects.all()] == ["watch_confirm"] * 2


def test_asking_once_more_at_the_same_door_by_the_same_browser_is_asking_again():
    door = DoorFactory(closed=True)
    for browser in (MINE, OTHER, MINE, MINE, MINE):
        watching.ask(door, ELIF, browser=browser)
    work()
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_at_once_one_may_mail():
    assert sorted(race(lambda _number: mailboxes.may_mail(ELIF))) == [False] * 7 + [True]
    assert Mailbox.objects.get().sent == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_presses_at_once_two_more_are_mailed():
    asked(1, browser=MINE)
    found = race(lambda _number: mailboxes.may_mail(ELIF, browser=MINE, again=True))
    assert sorted(found) == [False] * 6 + [True] * 2


@pytest.mark.django_db(transaction=True)
def test_a_race_of_two_workers_over_two_pitches_is_one_mail():
    pitches = [write(DoorFactory()) for _ in range(2)]
    events = [Event.objects.get(pitch=pitch, what="code_asked") for pitch in pitches]
    race(lambda number: catalogue.code(events[number]), threads=2)
    assert Message.objects.filter(kind="code").count() == 1


def test_the_database_keeps_no_address():
    asked(1, browser=MINE)
    row = " ".join(str(value) for value in Mailbox.objects.values_list()[0])
    assert "elif" not in row
    assert Mailbox.objects.get().token not in row


def coded(*marks):
    return [mailboxes.may_mail(ELIF, browser=mark) for mark in marks]


def test_the_first_code_after_a_link_goes_to_the_browser_that_asked_for_the_link():
    assert asked(1, browser=MINE, code=False) == [True]
    assert coded(OTHER, "") == [False, False]
    assert coded(MINE, MINE) == [True, False]
    assert asked(2, browser=MINE, again=True) == [True, False]
    clock.move_to(MONDAY + DAY)
    assert coded(MINE, MINE) == [True, False]


def test_a_browser_without_a_mark_gets_no_code_after_its_link():
    assert asked(1, code=False) == [True]
    assert coded("", "") == [False, False]


def test_a_link_after_a_code_is_no_first_code():
    assert coded(MINE) == [True]
    assert asked(2, browser=MINE, code=False) == [False, False]


def test_three_links_leave_no_code():
    assert asked(4, browser=MINE, again=True, code=False) == [True] * 3 + [False]
    assert coded(MINE) == [False]


def test_whoever_proved_the_mailbox_begins_anew():
    assert (asked(1, browser=MINE, code=False), coded(MINE)) == ([True], [True])
    mailboxes.proved(ELIF)
    assert (asked(1, browser=MINE, code=False), coded(MINE)) == ([True], [True])


# ── send again ───────────────────────────────────────────────────────────────
def test_send_again_is_the_word_of_the_browser_that_wrote():
    door = DoorFactory()
    pitch = intake.write(door, answers(), form_key="7f1c2f1e-6f0c-4a57-9c8a-0d5f3c1b2a10", browser=MINE)[0]
    said = [intake.ask_code(pitch, browser=mark) for mark in (OTHER, "", MINE)]
    work()
    assert (said, len(mail.outbox)) == ([True] * 3, 2)
    notes = Event.objects.filter(what="code_asked").order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["", "", "", "again"]


def test_the_mark_goes_when_the_pitch_is_handed_in():
    pitch = intake.write(DoorFactory(), answers(), form_key="7f1c2f1e-6f0c-4a57-9c8a-0d5f3c1b2a10", browser=MINE)[0]
    intake.prove(pitch, intake.issue_code(pitch), device="")
    pitch.refresh_from_db()
    assert (pitch.state, pitch.browser) == (PitchState.ARRIVED, "")


# ── one code for the mailbox ─────────────────────────────────────────────────
def test_a_code_works_on_every_page_that_names_the_mailbox():
    first, second = write(DoorFactory()), write(DoorFactory(), email="Elif@Mosaic.example")
    who = intake.introduce(DoorFactory(invited=True), ELIF)
    code = intake.issue_code(first)
    intake.prove_introduction(who, code, device="")
    assert intake.prove(second, code, device="").state == PitchState.ARRIVED
    assert intake.prove(first, code, device="").state == PitchState.ARRIVED


def test_a_code_works_for_no_other_mailbox():
    code = intake.issue_code(write(DoorFactory()))
    assert wrong(write(DoorFactory(), email="kim@mosaic.example"), code) == "expired"
    assert wrong(write(DoorFactory(), email="elif+1@mosaic.example"), code) == "expired"


def beside(code, step=1):
    return f"{(int(code) + step) % 1_000_000:06d}"


def test_pages_side_by_side_do_not_multiply_guesses():
    """Five tries on the page that asked for the code, and five on all others together."""
    pages = [write(DoorFactory()) for _ in range(6)]
    code = intake.issue_code(pages[0])
    for page in pages[1:]:
        wrong(page, beside(code))
    assert {wrong(page, code) for page in pages[1:]} == {"expired"}
    assert [wrong(pages[0], beside(code)) for _ in range(5)] == ["wrong"] * 4 + ["tries"]
    assert wrong(pages[0], code) == "tries"
    found = Proof.objects.get()
    assert (found.tries, found.tries_elsewhere) == (intake.CODE_TRIES, intake.CODE_TRIES)


@pytest.mark.parametrize("there", ["pitch", "introduction"])
def test_nobody_makes_a_code_worthless_from_a_page_of_their_own(there):
    """Wrong codes at a pitch that names somebody else's address leave them their five."""
    mine = write(DoorFactory())
    code = intake.issue_code(mine)
    theirs = write(DoorFactory()) if there == "pitch" else intake.introduce(DoorFactory(invited=True), ELIF)
    for step in range(1, 9):
        wrong(theirs, beside(code, step))
    for step in range(1, 5):
        assert wrong(mine, beside(code, step)) in ("wrong", "tries")
    assert intake.prove(mine, code, device="").state == PitchState.ARRIVED


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_on_many_pages_are_five_together():
    mine, pages = write(DoorFactory()), [write(DoorFactory()) for _ in range(8)]
    code = intake.issue_code(mine)
    race(lambda number: wrong(pages[number], beside(code)))
    assert Proof.objects.get().tries_elsewhere == intake.CODE_TRIES
    assert wrong(pages[0], code) == "expired"
    assert intake.prove(mine, code, device="").state == PitchState.ARRIVED


def test_what_is_said_of_a_wrong_code_does_not_tell_whether_one_was_mailed():
    one, other = write(DoorFactory()), write(DoorFactory())
    assert (wrong(one, "000000"), wrong(other, "000000")) == ("expired", "expired")  # no worker was there yet
    work()
    assert len(mail.outbox) == 1
    code = mail.outbox[0].subject[:7].replace(" ", "")
    bad = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 6)]
    assert [wrong(other, typed) for typed in bad] == ["wrong"] * 4 + ["tries"]
    assert {wrong(page, code) for page in (other, write(DoorFactory()))} == {"tries", "expired"}
    intake.check_code(one, code)


def test_nothing_fits_what_stands_for_a_code_that_was_not_mailed():
    pitch = write(DoorFactory())
    intake.issue_nothing(pitch)
    assert wrong(pitch, "000000") == "wrong"
    assert Proof.objects.get().tries == 1


# ── never again ──────────────────────────────────────────────────────────────
def test_never_is_for_ever_and_taken_back_from_the_same_row():
    asked(1)
    box = Mailbox.objects.get()
    mailboxes.refuse(box)
    clock.move_to(MONDAY + 400 * DAY)
    tasks.tidy()
    assert asked(2) == [False, False]
    assert Mailbox.objects.get().never_at == MONDAY
    mailboxes.refuse(box, never=False)
    assert asked(2) == [True, False]


def test_never_is_also_said_to_codes_of_a_known_sender_and_to_invitations():
    hand_in(DoorFactory())
    asked(1)
    mailboxes.refuse(Mailbox.objects.get())
    assert asked(1) == [False]
    key = KeyFactory(email=ELIF)
    catalogue.invitation(Event(page=key.door.page, note=str(key.pk)))
    assert not Message.objects.filter(kind="invitation").exists()


def test_never_outlives_another_secret_key(settings):
    assert mailboxes.may_mail(ELIF)
    mailboxes.refuse(Mailbox.objects.get())
    settings.SECRET_KEY = "another key of the site, as docs/run-it.md allows"
    with clock.standing_at(MONDAY + 2 * DAY):
        assert not mailboxes.may_mail(ELIF)


def test_saying_it_twice_keeps_the_first_moment():
    asked(1)
    box = Mailbox.objects.get()
    mailboxes.refuse(box)
    clock.move_to(MONDAY + DAY)
    mailboxes.refuse(box)
    assert Mailbox.objects.get().never_at == MONDAY


def test_what_was_counted_is_forgotten_after_thirty_days():
    asked(1)
    limits.count("pitch", "somebody")
    clock.move_to(MONDAY + 30 * DAY)
    assert (tasks.tidy(), Mailbox.objects.count()) == (1, 1)
    clock.move_to(MONDAY + 30 * DAY + timedelta(seconds=1))
    assert (tasks.tidy(), Mailbox.objects.count()) == (1, 0)


def test_a_letter_to_a_proven_mailbox_is_forgotten_as_well_and_not_at_once():
    """Its link "this was not me" works as long as any."""
    SenderFactory(email=ELIF)
    assert asked(1, code=False) == [True]
    tasks.tidy()
    clock.move_to(MONDAY + 30 * DAY)
    tasks.tidy()
    assert Mailbox.objects.count() == 1
    clock.move_to(MONDAY + 30 * DAY + timedelta(seconds=1))
    assert (mailboxes.forget(), Mailbox.objects.count()) == (1, 0)


def test_a_letter_does_not_begin_the_count_of_codes_anew():
    SenderFactory(email=ELIF)
    assert asked(5) == [True] * 5
    clock.move_to(MONDAY + DAY - timedelta(seconds=1))
    assert (asked(1, code=False), asked(1)) == ([True], [False])
    clock.move_to(MONDAY + DAY)
    assert asked(1) == [True]


def test_what_never_had_a_date_is_forgotten():
    asked(1)
    Mailbox.objects.update(began_at=None, sent=0)
    assert (mailboxes.forget(), Mailbox.objects.count()) == (1, 0)
    asked(1)
    mailboxes.refuse(Mailbox.objects.get())
    Mailbox.objects.update(began_at=None, sent=0)
    assert (mailboxes.forget(), Mailbox.objects.count()) == (0, 1)


# ── a mail that comes late ───────────────────────────────────────────────────
@pytest.mark.parametrize("asked_at", ["pitch", "introduction"])
def test_a_code_that_is_over_before_its_mail_goes_out_is_not_sent(asked_at):
    if asked_at == "pitch":
        write(DoorFactory())
    else:
        intake.introduce(DoorFactory(invited=True), ELIF)
    tasks.react("codes")
    message = Message.objects.get(kind="code")
    assert catalogue.no_longer_needed(message) is None
    Proof.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert catalogue.no_longer_needed(message) == "obsolete"
    work()
    assert mail.outbox == []


@pytest.mark.parametrize("gone", ["proven", "deleted"])
def test_a_code_for_an_introduction_that_needs_none_is_not_sent(gone):
    who = intake.introduce(DoorFactory(invited=True), ELIF)
    tasks.react("codes")
    if gone == "proven":
        intake.prove_introduction(who, intake.issue_code(who), device="")
    else:
        who.delete()
    assert catalogue.no_longer_needed(Message.objects.get(kind="code")) == "obsolete"


def test_whoever_was_invited_by_mail_gets_the_code_and_nobody_else():
    assert mailboxes.may_mail(ELIF, code=False)
    assert not mailboxes.may_mail(ELIF, browser=OTHER)
    assert mailboxes.may_mail(ELIF, browser=OTHER, invited=True)
    assert not mailboxes.may_mail(ELIF, browser=OTHER, invited=True)
    assert mailboxes.may_mail(ELIF, browser=OTHER, invited=True, again=True)
    assert not mailboxes.may_mail(ELIF, browser=OTHER, invited=True, again=True)
