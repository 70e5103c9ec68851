"""Taking in: one row for each mail, by whichever way and however often it comes."""

import io
import sys
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import OperationalError

from pitches import tasks
from pitches.inbound import keeping, maildir, reading, taking, uses
from pitches.models import CameBy, Letter, LetterEnd, Message, Page
from portal import clock
from portal.celery import QUEUES
from tests.inbound import mails
from tests.races import race

pytestmark = pytest.mark.django_db
RAW = b"From: elif@mosaic.example\r\nTo: maya@in.halfdoor.example\r\nMessage-ID: <a@b.example>\r\n\r\nHello\r\n"


@pytest.fixture
def domain(settings):
    settings.INBOUND_DOMAIN = "in.halfdoor.example"
    return settings


def take(raw=RAW, **more):
    return taking.take(raw, came_by=CameBy.PIPE, **more)


# ── one row ──────────────────────────────────────────────────────────────────
def test_a_mail_is_kept_as_it_came(domain):
    assert take(to="Maya@In.Halfdoor.example", sender="Elif@Mosaic.example")
    letter = Letter.objects.get()
    assert (bytes(letter.raw), letter.size, letter.end) == (RAW, len(RAW), LetterEnd.WAITING)
    assert (letter.to, letter.sender) == ("maya@in.halfdoor.example", "elif@mosaic.example")


@pytest.mark.parametrize("again", [RAW, b"Received: from mx.example; later\r\n" + RAW], ids=["same", "by another way"])
def test_a_mail_that_comes_again_is_nothing_new(domain, again):
    assert (take(), take(again), Letter.objects.count()) == (True, False, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"raw": RAW.replace(b"Hello", b"Hallo")},
        {"raw": RAW.replace(b"<a@", b"<b@")},
        {"raw": RAW.replace(b"elif@", b"eve@")},
        {"raw": RAW, "to": "sam@in.halfdoor.example"},
    ],
    ids=["words", "id", "sender", "to"],
)
def test_another_mail_is_another_row(domain, other):
    assert (take(), take(**other), Letter.objects.count()) == (True, True, 2)


def test_mails_without_an_id_are_told_apart_by_every_byte(domain):
    bare = b"From: a@b.example\r\n\r\nHello"
    assert [take(bare), take(bare), take(bare + b" ")] == [True, False, True]


def test_of_a_large_mail_the_beginning_is_kept(domain):
    take(RAW + b"x" * taking.MOST)
    letter = Letter.objects.get()
    assert (len(letter.raw), letter.size) == (taking.MOST, len(RAW) + taking.MOST)
    assert bytes(letter.raw).startswith(RAW)
    assert letter.to == "maya@in.halfdoor.example"


@pytest.mark.parametrize(
    ("head", "to"),
    [
        (b"To: a@b.example, Maya <MAYA@in.halfdoor.example>", "maya@in.halfdoor.example"),
        (
            b"Delivered-To: reply+1-x@in.halfdoor.example\r\nTo: maya@in.halfdoor.example",
            "reply+1-x@in.halfdoor.example",
        ),
        (b"Delivered-To: vmail@host.example\r\nTo: maya@in.halfdoor.example", "maya@in.halfdoor.example"),
        (b"To: a@b.example", "a@b.example"),
        (b"X: y", ""),
    ],
)
def test_without_an_envelope_the_headers_say_for_whom_it_is(domain, head, to):
    take(head + b"\r\n\r\nHello")
    assert Letter.objects.get().to == to


@pytest.mark.parametrize(
    ("head", "envelope", "sender"),
    [
        (b"Return-Path: <>", None, taking.NOBODY),
        (b"Return-Path: <a@b.example>", None, "a@b.example"),
        (b"X: y", None, ""),
        (b"X: y", "", taking.NOBODY),
        (b"Return-Path: <>", "a@b.example", "a@b.example"),
    ],
)
def test_who_sent_it_says_the_envelope(domain, head, envelope, sender):
    take(head + b"\r\n\r\nHello", sender=envelope)
    assert Letter.objects.get().sender == sender


def test_broken_bytes_in_the_envelope_do_no_harm(domain):
    take(to="maya\udcff\x00\n@in.halfdoor.example" + "x" * 300, sender="\x1b\udc80")
    assert Letter.objects.get().to.startswith("maya?@in")


# ── the pipe ─────────────────────────────────────────────────────────────────
@pytest.fixture
def pipe(monkeypatch):
    """`manage.py inbound` with a mail on its standard input; the code it ends with."""

    def hand_over(raw=RAW, *words):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            call_command("inbound", *words, stderr=io.StringIO())
        except SystemExit as ended:
            return ended.code
        return 0

    return hand_over


def test_a_mail_server_hands_over_by_a_pipe(domain, pipe):
    assert pipe(RAW, "--to=maya@in.halfdoor.example", "--sender=elif@mosaic.example") == 0
    letter = Letter.objects.get()
    assert (letter.came_by, letter.sender) == (CameBy.PIPE, "elif@mosaic.example")


@pytest.mark.parametrize("nobody", ["--sender=", "--sender=MAILER-DAEMON"])
def test_a_mail_from_nobody_is_one(domain, pipe, nobody):
    pipe(RAW, nobody)
    assert Letter.objects.get().sender == taking.NOBODY


def test_while_the_database_is_away_the_mail_server_keeps_the_mail(domain, pipe, monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("away")

    monkeypatch.setattr(taking.Letter.objects, "get_or_create", away)
    assert pipe() == 75


def test_without_a_domain_the_mail_server_keeps_the_mail(settings, pipe):
    assert (pipe(), Letter.objects.count()) == (75, 0)


# ── the maildir ──────────────────────────────────────────────────────────────
@pytest.fixture
def folder(domain, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    domain.INBOUND_MAILDIR = str(tmp_path)
    return tmp_path


def lay(folder, count=1, place="new"):
    for number in range(count):
        (folder / place / f"17.{number:03}.host").write_bytes(RAW.replace(b"<a@", b"<%d@" % number))


def names(folder, place):
    return sorted(path.name for path in (folder / place).iterdir())


def test_what_lies_in_new_is_taken_in_and_put_into_cur(folder):
    lay(folder, 2)
    lay(folder, 1, "tmp")
    assert (maildir.collect(), maildir.collect()) == (2, 0)
    assert set(Letter.objects.values_list("came_by", flat=True)) == {CameBy.MAILDIR}
    assert (names(folder, "new"), names(folder, "cur")) == ([], ["17.000.host:2,S", "17.001.host:2,S"])


def test_a_file_stays_where_it_is_until_its_row_is_there(folder, monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("away")

    lay(folder)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "take", away)
        with pytest.raises(OperationalError):
            maildir.collect()
    assert (names(folder, "new"), maildir.collect()) == (["17.000.host"], 1)


def test_whoever_died_between_row_and_file_leaves_no_second_mail(folder):
    lay(folder)
    maildir.collect()
    (folder / "cur" / "17.000.host:2,S").rename(folder / "new" / "17.000.host")
    assert (maildir.collect(), Letter.objects.count(), names(folder, "new")) == (0, 1, [])


def lone(_folder):
    """An address with half a character, of which no row can be made."""
    return b"X-Original-To: =?utf-7?q?a+2AA-?=@in.halfdoor.example\r\n" + RAW


def test_half_a_character_in_an_address_is_a_question_mark(folder):
    (folder / "new" / "1.host").write_bytes(lone(folder))
    assert maildir.collect() == 1
    assert "?" in Letter.objects.get().to


def test_what_nobody_sees_is_no_part_of_an_address(folder):
    top = b"X-Original-To: =?utf-8?q?Ma=E2=80=8Bya=E2=80=AE?=@in.halfdoor.example\r\n"
    (folder / "new" / "1.host").write_bytes(top + RAW)
    maildir.collect()
    assert Letter.objects.get().to == "maya@in.halfdoor.example"


def test_a_folder_that_is_missing_is_made(folder):
    lay(folder)
    (folder / "cur").rmdir()
    assert (maildir.collect(), names(folder, "new"), len(names(folder, "cur"))) == (1, [], 1)


def test_of_a_huge_file_no_more_is_read_than_is_looked_at(folder, monkeypatch):
    with (folder / "new" / "1.host").open("wb") as file:
        file.write(RAW)
        file.truncate(taking.HUGE * 3)
    assert maildir.collect() == 1
    assert Letter.objects.get().size == taking.HUGE + 1
    tasks.read("later")
    assert Letter.objects.get().detail == "larger than 25 MB"


@pytest.fixture
def bad(folder, monkeypatch):
    """Of three files the first cannot be taken in."""
    lay(folder, 3)
    whole = taking.take

    def take_some(raw, **more):
        if b"<0@" in raw:
            raise ValueError("ink on the page")
        return whole(raw, **more)

    monkeypatch.setattr(taking, "take", take_some)
    monkeypatch.setattr(maildir, "_stuck", set())
    return folder


def test_a_file_that_cannot_be_taken_in_is_put_aside_and_stops_no_other(bad):
    assert (maildir.collect(), Letter.objects.count()) == (2, 2)
    assert (names(bad, "new"), names(bad, "failed")) == ([], ["17.000.host"])
    with clock.standing_at(clock.now() + timedelta(days=8)):
        assert (maildir.forget(), names(bad, "failed")) == (3, [])


def test_a_file_that_cannot_even_be_put_aside_is_looked_at_once(bad, monkeypatch):
    monkeypatch.setattr(maildir, "AT_ONCE", 1)
    (bad / "failed").write_text("no folder")
    assert [maildir.collect() for _ in range(3)] == [0, 1, 1]
    assert (names(bad, "new"), Letter.objects.count()) == (["17.000.host"], 2)


def test_a_file_that_cannot_be_moved_is_taken_in_once(folder, monkeypatch):
    monkeypatch.setattr(maildir, "_stuck", set())
    (folder / "cur").rmdir()
    (folder / "cur").write_text("no folder")
    lay(folder, 2)
    maildir.collect()
    assert (Letter.objects.count(), names(folder, "failed")) == (2, ["17.000.host", "17.001.host"])


@pytest.mark.parametrize("error", [OperationalError, SoftTimeLimitExceeded])
def test_what_is_no_fault_of_a_file_leaves_it_in_its_place(folder, monkeypatch, error):
    def breaks(*_args, **_more):
        raise error

    lay(folder)
    monkeypatch.setattr(taking, "take", breaks)
    with pytest.raises(error):
        maildir.collect()
    assert names(folder, "new") == ["17.000.host"]


def test_the_folder_comes_last_and_holds_up_nothing(folder, monkeypatch):
    def breaks():
        raise OperationalError("away")

    take()
    monkeypatch.setattr(maildir, "collect", breaks)
    with pytest.raises(OperationalError):
        tasks.sweep()
    assert Letter.objects.get().end != LetterEnd.WAITING


def test_what_is_no_mail_is_left_alone(folder):
    (folder / "new" / "deep").mkdir()
    (folder / "new" / ".hidden").write_bytes(RAW)
    (folder / "new" / "led").symlink_to("/etc/passwd")
    assert (maildir.collect(), Letter.objects.count()) == (0, 0)


def test_a_folder_that_is_not_there_stops_nothing_else(folder):
    folder.joinpath("new").rmdir()
    assert tasks.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_two_readers_of_one_folder_do_no_harm(folder):
    lay(folder, 12)
    assert sum(race(lambda _number: maildir.collect(), threads=2)) == 12
    assert (Letter.objects.count(), names(folder, "new"), len(names(folder, "cur"))) == (12, [], 12)


# ── reading ──────────────────────────────────────────────────────────────────
def test_answers_are_read_before_all_else(domain):
    take(to="reply+1-x@in.halfdoor.example")
    take()
    assert tasks.waiting_work() == [("read", "soon"), ("read", "later")]
    assert tasks.read("soon") == 1
    assert tasks.waiting_work() == [("read", "later")]


def test_a_ring_for_nothing_does_nothing(domain):
    assert [tasks.read(queue) for queue in QUEUES[2:]] == [0, 0]


def poison(monkeypatch):
    def bad(letter, parsed, thing):
        if "poison" in parsed.text:
            Page.objects.update(tagline="half done")
            raise RuntimeError("ink on the page")
        return LetterEnd.DRAFTED, ""

    monkeypatch.setitem(uses.HANDLERS, "page", bad)


def drink():
    """Read what waits, until nothing is left, however long the waits are."""
    for _round in range(10):
        tasks.read("later")
        Letter.objects.filter(lease_until__isnull=False).update(lease_until=clock.now() - timedelta(days=1))


def test_a_poisoned_mail_is_given_up_after_a_few_tries_and_stops_no_other(world, monkeypatch):
    poison(monkeypatch)
    take(RAW.replace(b"Hello", b"poison"))
    take()
    drink()
    first, second = Letter.objects.order_by("pk")
    assert (first.end, first.attempts, first.detail) == (LetterEnd.UNREADABLE, 4, "RuntimeError: ink on the page")
    assert (second.end, second.attempts) == (LetterEnd.DRAFTED, 1)
    world.page.refresh_from_db()
    assert world.page.tagline != "half done"
    assert tasks.waiting_work() == [("deliver", "later")] or tasks.waiting_work() == []


def test_a_mail_that_kills_its_reader_is_given_up_without_being_read(world, monkeypatch):
    poison(monkeypatch)
    take(RAW.replace(b"Hello", b"poison"))
    Letter.objects.update(attempts=reading.TRIES)
    tasks.read("later")
    letter = Letter.objects.get()
    assert (letter.end, letter.detail) == (LetterEnd.UNREADABLE, "tried too often")


def test_a_task_whose_time_is_up_leaves_its_letter_as_it_is(world, monkeypatch):
    def too_late(_letter, _parsed, _thing):
        raise SoftTimeLimitExceeded

    monkeypatch.setitem(uses.HANDLERS, "page", too_late)
    take()
    with pytest.raises(SoftTimeLimitExceeded):
        reading.read_next("later")
    letter = Letter.objects.get()
    assert (letter.end, letter.detail, letter.attempts) == (LetterEnd.WAITING, "", 1)


def test_what_nobody_reads_is_work_that_stands_still(domain, settings):
    settings.OPERATORS = ["op@halfdoor.example"]
    take()
    assert tasks.oldest_work() == Letter.objects.get().came_at
    assert not tasks.alarm()
    Letter.objects.update(came_at=clock.now() - timedelta(minutes=11))
    assert tasks.alarm()
    assert Message.objects.get().kind == "alarm"
    lease, letters = reading.leases.claim(reading.waiting("later"), limit=1)
    assert tasks.oldest_work() is None
    Letter.objects.update(lease_until=clock.now() - timedelta(minutes=3))
    assert tasks.oldest_work() == Letter.objects.get().lease_until
    reading._read(letters[0], lease)
    assert tasks.oldest_work() is None


def test_the_secret_of_an_address_goes_when_its_mail_is_read(world):
    for name in ("reply", "back", "forward", "forged"):
        take(RAW.replace(b"<a@", f"<{name}@".encode()), to=world.names[name])
    assert world.names["reply"] in Letter.objects.values_list("to", flat=True)
    tasks.sweep()
    kept = set(Letter.objects.values_list("to", flat=True))
    pitch, mail, page = world.pitch.pk, world.message.pk, world.page.pk
    assert {one.partition("@")[0] for one in kept} == {f"reply+{pitch}", f"return+{mail}", f"forward+{page}"}


def test_it_goes_when_the_mail_cannot_be_read_either(world, monkeypatch):
    monkeypatch.setitem(uses.HANDLERS, "reply", lambda *_all: 1 / 0)
    raw, to = mails.APPLE.replace(b"{reply}", world.names["reply"].encode()), world.names["reply"]
    take(raw, to=to)
    Letter.objects.update(attempts=reading.TRIES - 1)
    tasks.read("soon")
    letter = Letter.objects.get()
    assert (letter.end, letter.to) == (LetterEnd.UNREADABLE, f"reply+{world.pitch.pk}@in.halfdoor.example")


def test_whoever_kills_its_reader_takes_no_other_letter_along(world, monkeypatch):
    def killed(_letter, _lease):
        raise SystemExit

    take()
    take(RAW.replace(b"<a@", b"<b@"))
    monkeypatch.setattr(reading, "_read", killed)
    with pytest.raises(SystemExit):
        reading.read_next("later")
    assert list(Letter.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0]


def test_a_letter_that_somebody_holds_is_read_by_nobody_else(world):
    take()
    lease, letters = reading.leases.claim(reading.waiting("later"), limit=1)
    assert tasks.read("later") == 0
    reading._read(letters[0], lease)
    reading._read(letters[0], lease)  # a second time: it ended already
    assert Letter.objects.get().end != LetterEnd.WAITING


@pytest.mark.django_db(transaction=True)
def test_readers_at_the_same_time_read_each_mail_once(world, monkeypatch):
    read = []
    monkeypatch.setitem(uses.HANDLERS, "page", lambda letter, _p, _t: read.append(letter.pk) or (LetterEnd.DRAFTED, ""))
    for number in range(6):
        take(RAW.replace(b"<a@", b"<%d@" % number))
    race(lambda _number: sum(iter(lambda: int(reading.read_next("later")), 0)), threads=4)
    assert sorted(read) == sorted(Letter.objects.values_list("pk", flat=True))


# ── keeping ──────────────────────────────────────────────────────────────────
def test_the_mail_itself_goes_after_a_week_and_its_row_after_ninety_days(domain):
    start = clock.now()
    with clock.standing_at(start):
        take()
        tasks.read("later")
        clock.move_to(start + timedelta(days=6, hours=23))
        assert (keeping.forget(), bool(Letter.objects.get().raw)) == (0, True)
        clock.move_to(start + timedelta(days=7, hours=1))
        assert (keeping.forget(), keeping.forget()) == (1, 0)
        letter = Letter.objects.get()
        assert (letter.raw, letter.sender) == (None, "")
        clock.move_to(start + timedelta(days=90, hours=1))
        assert (tasks.tidy() >= 1, Letter.objects.count()) == (True, 0)


def test_what_was_not_read_is_not_emptied(domain):
    with clock.standing_at(clock.now()):
        take()
        clock.move_to(clock.now() + timedelta(days=8))
        keeping.forget()
    assert Letter.objects.get().raw is not None


def test_files_that_were_taken_in_go_after_a_week(folder):
    lay(folder)
    maildir.collect()
    assert maildir.forget() == 0
    with clock.standing_at(clock.now() + timedelta(days=8)):
        lay(folder)
        assert (maildir.forget(), names(folder, "cur"), len(names(folder, "new"))) == (1, [], 1)


def test_a_letter_goes_with_its_page(world, taken):
    raw, to = mails.COLD.replace(b"{page}", b"maya@in.halfdoor.example"), "maya@in.halfdoor.example"
    take(raw, to=to)
    tasks.sweep()
    assert Letter.objects.get().page == world.page
    assert Letter.page.field.remote_field.on_delete.__name__ == "CASCADE"
