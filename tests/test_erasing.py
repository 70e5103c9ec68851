"""The end of an account: asked for, kept, or erased on its day, step by step, whoever is killed in between."""

import io
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from pitches import book, copies, doors, erasing, relationships, review, tasks
from pitches.book import vouching
from pitches.doors import handles
from pitches.erasing import elsewhere, going, steps
from pitches.models import (
    Answer,
    Erasure,
    Handle,
    Key,
    Message,
    Page,
    Pitch,
    Portrait,
    Relationship,
    Sender,
    Standing,
    Vouch,
    Watch,
)
from pitches.notify import outbox
from portal import clock, embedded
from portal.models import User
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    HandoffFactory,
    IntroductionFactory,
    KeyFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
    ReadingSessionFactory,
    SenderFactory,
    UserFactory,
    VouchFactory,
    WatchFactory,
)
from tests.races import race
from tests.senders import hand_in, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAME, ADDRESS = "Zerlina Quastenburg", "Zerlina.Q@Quastenburg.example"


def on_day(number, **more):
    return clock.standing_at(MONDAY + timedelta(days=number, **more))


def proven(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def user():
    """An owner with something of everything."""
    with on_day(-20):
        owner = proven(UserFactory(email=ADDRESS, name=NAME))
        page = PageFactory(owner=owner, handle="maya", name=NAME)
        handles.take(page)
        door = DoorFactory(page=page, slug="research")
        Portrait.objects.create(page=page, image=b"RIFF", digest="0123456789abcdef")
        sam = AssistantFactory(page=page, role="assistant")
        answer = AnswerFactory(pitch__door=door, pitch__accepted=True, by=owner)
        HandoffFactory(pitch=answer.pitch, assistant=sam)
        ReadingSessionFactory(page=page, ended_at=clock.now())
        KeyFactory(door=door)
    return owner


@pytest.fixture
def page(user):
    return user.page


def gone(user):
    return not User.objects.filter(pk=user.pk).exists()


def ask(user):
    erasing.ask(user)
    work()


def let_time_pass(until=17):
    """Two weeks, the day, and those after it."""
    for day in range(13, until):
        for hour in (0, 12):
            with on_day(day, hours=hour):
                work()


# ── asked, and kept ──────────────────────────────────────────────────────────
def test_the_page_closes_at_once_and_a_mail_says_until_when(user, page):
    with on_day(0):
        ask(user)
        user.refresh_from_db()
        assert user.goes_at == MONDAY + timedelta(days=14)
        assert not Page.objects.public().exists()
        assert [(one.to, one.subject) for one in mail.outbox] == [([ADDRESS], "Your account goes on Monday 16 March")]
        assert "Keep it: http://localhost:8000/account/delete" in mail.outbox[0].body


def test_kept_on_the_last_day_all_is_as_it_was(user, page):
    pitch = hand_in(page.doors.get())
    work()
    with on_day(0):
        ask(user)
    with on_day(13, hours=23, minutes=59):
        work()
        assert erasing.keep(user)
        user.refresh_from_db()
        page.refresh_from_db()
        pitch.refresh_from_db()
        assert (user.goes_at, page.hidden_at, Erasure.objects.count()) == (None, None, 0)
        assert not erasing.keep(user)
    let_time_pass()
    assert not gone(user)
    assert Pitch.objects.filter(pk=pitch.pk).exists()


def test_a_page_that_was_hidden_before_stays_hidden(user, page):
    Page.objects.update(hidden_at=MONDAY - timedelta(days=3))
    with on_day(0):
        ask(user)
        erasing.keep(user)
    page.refresh_from_db()
    assert page.hidden_at == MONDAY - timedelta(days=3)


def test_a_page_that_goes_and_is_put_up_is_shown_once_its_account_is_kept(user, page):
    operator = UserFactory(is_staff=True)
    doors.take_page_down(page, "Not you", by=operator)
    with on_day(0):
        ask(user)
        doors.put_up_again(page, by=operator)
        assert not Page.objects.public().exists()
        erasing.keep(user)
    assert Page.objects.public().exists()


def test_a_page_that_was_taken_down_while_it_went_is_shown_by_whoever_puts_it_up(user, page):
    operator = UserFactory(is_staff=True)
    with on_day(0):
        ask(user)
    with on_day(1):
        doors.take_page_down(page, "Not you", by=operator)
        erasing.keep(user)
        assert not Page.objects.public().exists()
        doors.put_up_again(page, by=operator)
    assert Page.objects.public().exists()


def test_once_the_day_has_come_nothing_is_kept(user):
    with on_day(0):
        ask(user)
    with on_day(14), pytest.raises(erasing.NotNow):
        erasing.keep(user)
    with on_day(14):
        erasing.go_on()
    with on_day(13), pytest.raises(erasing.NotNow):  # a clock that was set back
        erasing.keep(user)


def test_asked_twice_is_asked_once_and_after_keeping_anew(user):
    with on_day(0):
        first = erasing.ask(user)
    with on_day(3):
        assert erasing.ask(user).pk == first.pk
        erasing.keep(user)
        again = erasing.ask(user)
        assert again.goes_at == MONDAY + timedelta(days=17)
        work()
    assert len(mail.outbox) == 1  # the first was no longer true when it could be sent


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one():
    user = PageFactory().owner
    assert (len(set(race(lambda _n: erasing.ask(user).pk))), Erasure.objects.count()) == (1, 1)
    assert Message.objects.filter(kind="account_goes").count() == 1


@pytest.mark.django_db(transaction=True)
def test_keeping_and_beginning_never_both_win():
    """Whoever is first: either the account is whole and stays, or it is going and cannot be kept."""
    for _round in range(5):
        user = PageFactory().owner
        erasing.ask(user)
        Erasure.objects.update(next_at=clock.now() - timedelta(days=1))  # begins a little before the day

        def act(number, user=user):
            try:
                return erasing.go_on() if number % 2 else erasing.keep(user)
            except erasing.NotNow:
                return "late"

        race(act, threads=4)
        user.refresh_from_db()
        row = Erasure.objects.filter(user=user).first()
        assert (user.goes_at is None) == (row is None)
        assert user.is_active == (row is None)
        Erasure.objects.all().delete()


# ── who waits ────────────────────────────────────────────────────────────────
STATES = ("waiting", "held", "quarantine", "asked", "later")


def test_whoever_waits_is_told_and_has_a_day_to_keep_a_copy(user, page):
    with on_day(10):
        door = page.doors.get()
        usual = {"back_at": clock.now() + timedelta(days=40)}
        for state in STATES:
            PitchFactory(door=door, state=state, email=f"{state}@mosaic.example", handed_in_at=clock.now(),
                         sender=SenderFactory(), standing="known", promised_for=clock.now(),
                         lapses_at=clock.now() + timedelta(days=30), **(usual if state == "later" else {}))  # fmt: skip
    with on_day(0):
        ask(user)
    mail.outbox.clear()
    with on_day(14):
        work()
        assert sorted(one.to[0] for one in mail.outbox) == sorted(f"{state}@mosaic.example" for state in STATES)
        assert "takes no more pitches here, so the answer is no." in mail.outbox[0].body
        assert "Keep a copy until Tuesday 17 March, 09:" in mail.outbox[0].body
        status = mail.outbox[0].body.partition("Keep a copy: http://localhost:8000")[2].split()[0]
        assert Client().get(status).status_code == 200
        assert {pitch.told_state for pitch in Pitch.objects.filter(page=page).exclude(state="accepted")} == {"lapsed"}
        assert {pitch.told_lapse for pitch in Pitch.objects.filter(state="lapsed")} == {clock.now()}
    with on_day(14, hours=23):
        work()
        assert Pitch.objects.filter(page=page).exists()
    with on_day(15, hours=1):
        work()
    assert gone(user)
    assert Client().get(status).status_code == 404


def test_what_ended_in_quarantine_before_is_told_before_it_goes(user, page):
    with on_day(10):
        until = {"told_until": clock.now() + timedelta(days=30), "lapses_at": clock.now()}
        pitch = PitchFactory(door=page.doors.get(), state="quarantine", lane="quarantine", standing="stranger",
                             sender=SenderFactory(), handed_in_at=clock.now(), promised_for=clock.now(),
                             **until)  # fmt: skip
        review.lapse(pitch)
        work()
    assert mail.outbox == []
    with on_day(0):
        ask(user)
    mail.outbox.clear()
    with on_day(14):
        work()
        assert [one.to for one in mail.outbox] == [[pitch.email]]
        assert "Keep a copy until Tuesday 17 March, 09:" in mail.outbox[0].body
    with on_day(14, hours=23):
        work()
        assert Pitch.objects.get(pk=pitch.pk).told_state == "lapsed"
    with on_day(15, hours=1):
        work()
    assert gone(user)


def test_a_copy_can_be_kept_as_long_as_the_mail_says_also_where_it_was_late(user, page):
    with on_day(12):
        PitchFactory(door=page.doors.get(), waiting=True)
    with on_day(0):
        ask(user)
    with on_day(14):
        work()
        Message.objects.filter(kind="lapsed").update(created_at=clock.now() + timedelta(hours=20))
    with on_day(15, hours=19):
        work()
        assert not gone(user)
    with on_day(15, hours=21):
        work()
        assert gone(user)


@pytest.mark.parametrize(("kind", "waits"), [("yes", True), ("note", True), ("offer", True), ("reminder", False)])
def test_words_for_a_sender_are_out_before_their_pitch_goes(user, page, monkeypatch, kind, waits):
    pitch = page.pitches.get()
    monkeypatch.setitem(tasks.JOBS, "deliver", lambda _queue: 0)
    with on_day(0):
        ask(user)
    with on_day(13):
        MessageFactory(kind=kind, page=page, pitch=pitch, to=pitch.email)
    with on_day(14):
        work()
        assert gone(user) != waits
    with on_day(17, hours=1):
        work()
        assert gone(user)


def test_what_was_said_a_moment_ago_goes_out_first(user, page):
    with on_day(14):
        pitch = PitchFactory(door=page.doors.get(), waiting=True)
        review.answer(pitch, "no", by=user, reason="covered")
    with on_day(0):
        ask(user)
    mail.outbox.clear()
    with on_day(14, minutes=1):
        work()
    assert [one.to for one in mail.outbox] == [[pitch.email]]
    assert "covered" in Answer.objects.get(pitch=pitch).reason


def test_a_mail_server_that_is_down_holds_up_nothing_for_ever(user, page, monkeypatch):
    with on_day(12):
        PitchFactory(door=page.doors.get(), waiting=True)
    with on_day(0):
        ask(user)
    monkeypatch.setattr(tasks, "deliver", lambda _queue: 0)
    monkeypatch.setitem(tasks.JOBS, "deliver", lambda _queue: 0)
    with on_day(14):
        work()
    with on_day(16, hours=23):
        work()
        assert not gone(user)
    with on_day(17, hours=1):
        work()
        assert gone(user)


# ── erased ───────────────────────────────────────────────────────────────────
def test_nothing_is_left_but_counts_and_marks(user, page):
    with on_day(0):
        browser = Client()
        browser.force_login(user)
        seen = {"ip": "192.0.2.1", "user_agent": "Firefox", "session_key": browser.session.session_key}
        UserSession.objects.create(user=user, **seen)
        ask(user)
    let_time_pass()
    assert gone(user)
    assert (Page.objects.count(), Pitch.objects.count(), Session.objects.count()) == (0, 0, 0)
    row = Erasure.objects.get()
    assert (row.user, row.counts, row.subject) == (None, {"pitches": {"accepted": 1}}, erasing.journal()[0])
    assert Handle.objects.get().page is None
    assert erasing.go_on() is False


def test_from_the_day_on_nobody_signs_in(user, page):
    with on_day(12):
        PitchFactory(door=page.doors.get(), waiting=True)
    with on_day(0):
        browser = Client()
        browser.force_login(user)
        ask(user)
        assert browser.get("/account/data").status_code == 200
    with on_day(14):
        work()
        assert not gone(user)  # the day on which senders keep a copy
        assert browser.get("/account/data").status_code == 302


@pytest.mark.parametrize("step", steps.STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_whoever_is_killed_goes_on(user, page, monkeypatch, step, after):
    """Killed at each step once, before it did anything or before it was written down: the same end."""
    with on_day(12):
        PitchFactory(door=page.doors.get(), waiting=True)
    does, died = steps.STEPS[step], []

    def killed(erasure, who):
        found = does(erasure, who) if after else None
        if not died:
            died.append(step)
            raise KeyboardInterrupt
        return found or does(erasure, who)

    monkeypatch.setitem(steps.STEPS, step, killed)
    with on_day(0):
        ask(user)
    for day in (14, 16):
        with on_day(day):
            for _try in range(200):
                try:
                    with transaction.atomic():
                        if not erasing.go_on():
                            break
                except KeyboardInterrupt:
                    Erasure.objects.update(lease_until=None)
            work()
    assert (died, gone(user), Page.objects.count(), Pitch.objects.count()) == ([step], True, 0, 0)
    assert Erasure.objects.get().done_at is not None


def test_what_fails_is_tried_for_ever_and_told_once(user, monkeypatch, settings):
    settings.OPERATORS = ["ops@halfdoor.example"]
    with on_day(0):
        ask(user)
    mail.outbox.clear()

    def breaks(_erasure, _user):
        raise RuntimeError(ADDRESS)

    monkeypatch.setitem(steps.STEPS, "page", breaks)
    with on_day(14):
        for _try in range(going.LOUD + 20):
            erasing.go_on()
            Erasure.objects.update(lease_until=None)
        assert Erasure.objects.get().error == "RuntimeError"  # its words may name somebody
        work()
        assert [one.to for one in mail.outbox] == [["ops@halfdoor.example"]]
        monkeypatch.undo()
        Erasure.objects.update(lease_until=None)
        work()
    assert gone(user)


def test_a_worker_that_is_stopped_is_no_failure(user, monkeypatch):
    def stopped(_erasure, _user):
        raise SoftTimeLimitExceeded

    with on_day(0):
        ask(user)
    monkeypatch.setitem(steps.STEPS, "shut", stopped)
    with on_day(14), pytest.raises(SoftTimeLimitExceeded):
        erasing.go_on()
    assert Erasure.objects.get().error == ""


def test_the_same_row_is_not_erased_by_two(user):
    with on_day(0):
        ask(user)
    with on_day(14):
        stale = Erasure.objects.get()
        going._bit(stale, lease="00000000-0000-0000-0000-000000000000")
        assert Erasure.objects.get().begun_at is None


def test_work_that_waits_rings_on_its_day(user):
    with on_day(0):
        ask(user)
        assert ("erase", "later") not in tasks.waiting_work()
    with on_day(14):
        assert ("erase", "later") in tasks.waiting_work()


# ── with others ──────────────────────────────────────────────────────────────
def test_a_word_for_somebody_is_taken_back(user, page):
    other, who = PageFactory(handle="other"), SenderFactory()
    with on_day(0):
        relationships.set_by_hand(page, who, Standing.TRUSTED, by=user)
        vouch = vouching.give(page, who, other, "Good numbers.", by=user)
        vouching.take(vouch, None, by=other.owner)
        assert relationships.standing_of(other, who, None, at=clock.now()) == "introduced"
        ask(user)
    let_time_pass()
    assert (Vouch.objects.count(), Relationship.objects.filter(page=other).exclude(rung="stranger").count()) == (0, 0)


def test_what_it_asked_for_by_its_address_goes_and_a_key_opens_to_nobody(user):
    door = DoorFactory(page=PageFactory(handle="other"))
    with on_day(0):
        KeyFactory(door=door, email=ADDRESS.lower(), expires_at=MONDAY + timedelta(days=60))
        IntroductionFactory(door=door, email=ADDRESS)
        WatchFactory(door=door, email=ADDRESS, mailbox=ADDRESS.lower(), waiting=True)
        ask(user)
    let_time_pass()
    key = Key.objects.get(door=door)
    with on_day(17):
        assert (key.email, Key.objects.good().filter(pk=key.pk).exists()) == ("", False)
    assert (Watch.objects.count(), door.introductions.count()) == (0, 0)


def test_pitches_that_it_sent_stay_with_whoever_got_them():
    sender = proven(UserFactory(email="elif@mosaic.example"))
    pitch = PitchFactory(waiting=True, sender__email=sender.email, sender__mailbox=sender.email, email=sender.email)
    with on_day(0):
        ask(sender)
    let_time_pass()
    pitch.refresh_from_db()
    assert (gone(sender), pitch.state, pitch.email) == (True, "waiting", "elif@mosaic.example")


def test_what_others_keep_about_a_sender_stays():
    kept = [SenderFactory(mailbox=f"kept{number}@mosaic.example") for number in range(3)]
    unused = SenderFactory(mailbox="unused@mosaic.example")
    other = PageFactory(handle="other")
    relationships.set_by_hand(other, kept[0], Standing.BLOCKED, by=other.owner)
    book.add_note(other, kept[1], "Call them back", by=other.owner)
    VouchFactory(page=other, sender=kept[2], agency=None)
    elsewhere.forget(UserFactory(), [one.mailbox for one in (*kept, unused)])
    assert set(Sender.objects.filter(mailbox__endswith="@mosaic.example")) == set(kept)
    assert Relationship.objects.filter(page=other, sender=kept[0], blocked=True).exists()


def test_what_rests_at_an_address_that_it_never_proved_is_anothers(user):
    EmailAddress.objects.create(user=user, email="elif@mosaic.example", verified=False)
    watch = WatchFactory(email="elif@mosaic.example", mailbox="elif@mosaic.example", waiting=True)
    with on_day(0):
        ask(user)
    let_time_pass()
    assert (gone(user), list(Watch.objects.all())) == (True, [watch])


def test_another_account_keeps_everything(user, page):
    other = proven(PageFactory(handle="other").owner)
    kept = PitchFactory(door__page=other.page, waiting=True)
    with on_day(0):
        ask(user)
    let_time_pass()
    other.refresh_from_db()
    assert (other.is_active, EmailAddress.objects.get().user, Pitch.objects.get()) == (True, other, kept)


# ── what the database says then ──────────────────────────────────────────────
def dumped():
    """All of the database as pg_dump writes it, in small letters."""
    connection.ensure_connection()
    where = connection.connection.info
    at = ["--host", where.host, "--username", where.user, "--dbname", where.dbname]
    program = str(embedded.postgres_bin() / "pg_dump")
    return subprocess.run([program, *at, "--data-only"], check=True, capture_output=True, timeout=60).stdout.lower()


@pytest.mark.django_db(transaction=True)
def test_neither_its_address_nor_its_name_is_in_a_dump(user, page, client):
    door, who = page.doors.get(), SenderFactory()
    with on_day(0):
        client.force_login(user)
        Client().post(reverse("account_request_login_code"), {"email": ADDRESS})
        assert Message.objects.filter(kind="account", to__iexact=ADDRESS).exists()
        changed = {"user": user, "from_email": "old@quastenburg.example", "to_email": ADDRESS}
        outbox.put_account_mail("old@quastenburg.example", "account/email/email_changed", changed)
        for number in range(3):
            AnswerFactory(pitch=hand_in(door, email=f"e{number}@mosaic.example", line=f"For {NAME}"), by=user)
        relationships.set_by_hand(page, who, Standing.TRUSTED, by=user)
        book.add_note(page, who, f"{NAME} met them", by=user)
        vouching.give(page, who, PageFactory(handle="other"), f"{NAME} says so", by=user)
        copies.ask(user)
        work()
        words = (NAME.lower().encode(), ADDRESS.lower().encode(), b"quastenburg")
        assert all(word in dumped() for word in words)
        ask(user)
    let_time_pass()
    assert gone(user)
    assert [word for word in words if word in dumped()] == []


def test_a_backup_that_is_restored_erases_again(user, tmp_path, settings):
    settings.ERASED_FILE = str(tmp_path / "lasting" / "erased")
    before = {"pk": user.pk, "email": user.email, "date_joined": user.date_joined}
    with on_day(0):
        ask(user)
    let_time_pass()
    assert (tmp_path / "lasting" / "erased").read_text() == f"{erasing.journal()[0]}\n"
    assert ADDRESS not in (tmp_path / "lasting" / "erased").read_text()

    Erasure.objects.all().delete()  # the backup knows nothing of it
    back, other = User.objects.create(**before), UserFactory()
    with on_day(30):
        out = io.StringIO()
        call_command("erased", "--again", settings.ERASED_FILE, stdout=out)
        assert "1 account goes again." in out.getvalue()
        work()
    assert (gone(back), gone(other)) == (True, False)
    printed = io.StringIO()
    call_command("erased", stdout=printed)
    assert printed.getvalue().split() == erasing.journal()


def test_where_the_journal_cannot_be_written_the_account_goes_all_the_same(user, tmp_path, settings, caplog):
    settings.ERASED_FILE = str(tmp_path)  # a folder
    with on_day(0):
        ask(user)
    let_time_pass()
    assert (gone(user), "cannot be written" in caplog.text) == (True, True)
    assert erasing.journal() == [Erasure.objects.get().subject]
