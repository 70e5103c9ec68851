"""A copy of an account's data: all that it may see and nothing more, made part by part, gone after a week."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.db import models, transaction

from pitches import copies, doors, embargo, relationships, tasks
from pitches.copies import making, nouns, parts
from pitches.copies.whose import Whose
from pitches.models import DataCopy, DataCopyPart, Message, Portrait, Standing
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
    SenderFactory,
    UserFactory,
    VouchFactory,
)
from tests.races import race
from tests.senders import work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = {"seed", "token_hash", "browser", "data", "password", "sealed", "session_key", "form_key", "code_hash"}


def proven(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def opened(copy):
    """{name of a file: its bytes}, as whoever fetches the copy finds them."""
    with zipfile.ZipFile(io.BytesIO(b"".join(copies.download(copy)))) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def made(user):
    copies.ask(user)
    work()
    return opened(copies.newest(user))


def lines(content):
    return [json.loads(line) for line in content.decode().splitlines()]


@pytest.fixture
def door():
    door = DoorFactory(slug="research", page__handle="maya")
    proven(door.page.owner)
    return door


def test_it_holds_what_was_received_and_answered(door):
    pitch = PitchFactory(door=door, declined=True, line="Why brands are muted", company="=cmd|' /C calc'!A0")
    AnswerFactory(pitch=pitch, kind="no", reason="covered", text="Last week.", by=door.page.owner)
    found = made(door.page.owner)
    assert lines(found["account.jsonl"])[0]["email"] == door.page.owner.email
    assert (lines(found["page.jsonl"])[0]["handle"], lines(found["doors.jsonl"])[0]["slug"]) == ("maya", "research")
    assert [one["line"] for one in lines(found["pitches.jsonl"])] == ["Why brands are muted"]
    said = lines(found["answers.jsonl"])[0]
    assert (said["pitch"], said["text"], said["who"]) == (pitch.code, "Last week.", "you")
    row = next(csv.DictReader(io.StringIO(found["pitches.csv"].decode("utf-8-sig"))))
    assert (row["code"], row["company"]) == (pitch.code, "'=cmd|' /C calc'!A0")


def test_it_says_first_what_is_in_it(door):
    PitchFactory(door=door, waiting=True)
    found = made(door.page.owner)
    assert next(iter(found)) == "README.txt"
    words = found["README.txt"].decode()
    assert "pitches.jsonl (1 line): the pitches that you received" in words
    assert all(name in words for name in found if name != "README.txt")
    assert "seals.jsonl" not in words


def test_it_speaks_the_language_of_the_account(door):
    door.page.owner.language = "de"
    door.page.owner.save()
    assert DataCopy.objects.count() == 0
    assert "README.txt" in made(door.page.owner)


def test_what_nobody_proved_and_what_is_anothers_is_not_in_it(door):
    PitchFactory(door=door, line="MARK-UNPROVEN", email="mark@unproven.example")
    elsewhere = PitchFactory(waiting=True, line="MARK-ELSEWHERE")
    AnswerFactory(pitch=elsewhere, text="MARK-ANSWER")
    AssistantFactory(page=elsewhere.page, name="MARK-HELPER")
    VouchFactory(page=elsewhere.page, to=PageFactory(), words="MARK-VOUCH")
    everything = b"".join(made(door.page.owner).values())
    assert b"MARK-" not in everything
    assert b"mark@" not in everything


def test_what_is_sealed_stays_sealed(door):
    pitch = PitchFactory(door=door, waiting=True, groups={"news": {"terms": "Please."}})
    secret = embargo.Secret("MARK-SEALED", lifts_at=clock.now() + timedelta(days=3), zone="Europe/London")
    embargo.seal(pitch, secret)
    assert b"MARK-SEALED" not in b"".join(made(door.page.owner).values())
    embargo.accept(pitch, by=door.page.owner)
    DataCopy.objects.all().delete()
    assert lines(made(door.page.owner)["seals.jsonl"])[0]["words"] == "MARK-SEALED"


def test_who_pitches_gets_what_they_sent_as_they_are_told_it(door):
    sender = proven(UserFactory(email="elif@mosaic.example"))
    held = PitchFactory(door=door, declined=True, sender__email=sender.email, tags=["MARK-TAG"])
    AnswerFactory(pitch=held, kind="no", reason="covered", text="MARK-HELD", sent_at=None)
    found = made(sender)
    assert [one["told"] for one in lines(found["sent-pitches.jsonl"])] == ["waiting"]
    assert b"MARK-" not in b"".join(found.values())
    assert "pitches.jsonl" not in found


def test_what_a_sender_is_not_told_is_not_in_it(door):
    """Put off, held in quarantine until its day: for them it simply waits."""
    sender = proven(UserFactory(email="elif@mosaic.example"))
    put_off = PitchFactory(door=door, later=True, sender__email=sender.email, sender__mailbox=sender.email)
    AnswerFactory(pitch=put_off, kind="later", text="MARK-LATER")
    quiet = PitchFactory(door=door, lapsed=True, lane="quarantine", sender=put_off.sender,
                         told_until=clock.now() + timedelta(days=9))  # fmt: skip
    MessageFactory(kind="lapsed", to=sender.email, pitch=quiet, next_at=quiet.told_until)
    found = made(sender)
    assert {one["told"] for one in lines(found["sent-pitches.jsonl"])} == {"waiting"}
    assert ("sent-answers.jsonl" in found, b"lapsed" in b"".join(found.values())) == (False, False)


def test_who_helps_gets_where_they_help_and_not_the_desk(door):
    helper = proven(UserFactory(email="sam@helps.example"))
    AssistantFactory(page=door.page, email=helper.email, role="assistant")
    PitchFactory(door=door, waiting=True, line="MARK-LINE")
    found = made(helper)
    assert [one["page"] for one in lines(found["helping.jsonl"])] == ["maya"]
    assert b"MARK-" not in b"".join(found.values())


def test_of_a_word_it_says_what_the_desk_says(door):
    page, other = door.page, PageFactory(handle="other")
    believed = {"taken_at": clock.now(), "door": DoorFactory(page=other)}
    VouchFactory(page=page, to=other, words="Mine", **believed)
    VouchFactory(page=page, to=other, words="MARK", revoked_at=clock.now())
    VouchFactory(page=other, to=page, words="Told")
    VouchFactory(page=other, to=page, words="Taken", taken_at=clock.now(), door=door)
    VouchFactory(page=PageFactory(hidden_at=clock.now()), to=page, words="MARK")
    VouchFactory(page=other, to=page, words="MARK", refused_at=clock.now())
    blocked = SenderFactory()
    relationships.set_by_hand(page, blocked, Standing.BLOCKED, by=page.owner)
    VouchFactory(page=other, to=page, words="MARK", sender=blocked)
    mine, told, taken = lines(made(page.owner)["vouches.jsonl"])
    assert (mine["words"], mine["believed"], {"door", "taken_at"} & mine.keys()) == ("Mine", True, set())
    assert (told["words"], told["believed"]) == ("Told", False)
    assert (taken["words"], taken["door"], "taken_at" in taken) == ("Taken", "research", True)


def test_what_an_operator_did_is_no_helpers_deed(door):
    operator = UserFactory(is_staff=True)
    doors.take_page_down(door.page, "Not you", by=operator)
    doors.put_up_again(door.page, by=operator)
    doors.hide(door.page, by=operator, hidden=True)
    who = [one["who"] for one in lines(made(door.page.owner)["events.jsonl"]) if one["what"] == "page_changed"]
    assert who == ["operator", "operator", "somebody who helps"]


def test_mails_are_found_by_their_index_and_by_proven_addresses(door):
    EmailAddress.objects.create(user=door.page.owner, email="not@mine.example", verified=False)
    for to in (door.page.owner.email.upper(), "not@mine.example"):
        MessageFactory(to=to, kind="page_up", sent_at=clock.now())
    found = nouns._mails(Whose(door.page.owner))
    assert [one.to for one in found] == [door.page.owner.email.upper()]
    assert 'UPPER("pitches_message"."to")' in str(found.query)


def test_a_worker_that_is_stopped_is_no_failure(door, monkeypatch):
    def stopped(*_anything):
        raise SoftTimeLimitExceeded

    copies.ask(door.page.owner)
    monkeypatch.setattr(making, "_step", stopped)
    with pytest.raises(SoftTimeLimitExceeded):
        copies.make_next()
    assert DataCopy.objects.get().error == ""


def test_a_picture_comes_along_as_it_is(door):
    Portrait.objects.create(page=door.page, image=b"RIFF-picture", digest="0123456789abcdef")
    assert made(door.page.owner)["portrait.webp"] == b"RIFF-picture"


def test_a_long_list_is_several_files(door, monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 3)
    for number in range(7):
        PitchFactory(door=door, waiting=True, line=f"Line {number}")
    found = made(door.page.owner)
    names = ["pitches.jsonl", "pitches-2.jsonl", "pitches-3.jsonl"]
    assert [len(lines(found[name])) for name in names] == [3, 3, 1]
    assert sorted(one["line"] for name in names for one in lines(found[name])) == [f"Line {n}" for n in range(7)]


def test_no_field_of_it_opens_a_door():
    for noun in nouns.ALL:
        if isinstance(noun, parts.Lines):
            assert SECRET.isdisjoint(path.rpartition("__")[2] for _name, path in noun.columns()), noun.name


def test_every_file_reads_as_it_says(door):
    """Each path leads to a field, on an account that has nothing, too."""
    for user in (door.page.owner, UserFactory()):
        assert [noun.part(Whose(user), 0).cursor for noun in nouns.ALL] == [0] * len(nouns.ALL)


def test_the_account_is_told_and_fetches_it_for_a_week(door):
    user = door.page.owner
    with clock.standing_at(MONDAY):
        made(user)
        assert [(one.to, one.subject) for one in mail.outbox] == [([user.email], "Your data copy is ready")]
        assert "http://localhost:8000/account/data" in mail.outbox[0].body
        copy = copies.newest(user)
        assert (copy.state, copy.ends_at) == ("ready", MONDAY + timedelta(days=7))
    with clock.standing_at(MONDAY + timedelta(days=6, hours=23)):
        tasks.tidy()
        assert copies.newest(user).state == "ready"
    with clock.standing_at(MONDAY + timedelta(days=7)):
        tasks.tidy()
        assert (copies.newest(user).state, DataCopyPart.objects.count()) == ("ended", 0)


def test_a_mail_that_is_late_says_nothing_of_what_is_gone(door):
    copies.ask(door.page.owner)
    while copies.make_next():
        pass
    DataCopy.objects.update(state="ended")
    work()
    assert (len(mail.outbox), Message.objects.get().state) == (0, "obsolete")


def test_one_at_a_time_and_one_a_day(door):
    user = door.page.owner
    with clock.standing_at(MONDAY):
        first, new = copies.ask(user)
        assert (new, copies.ask(user)) == (True, (first, False))
        work()
        assert copies.ask(user) == (first, False)
    with clock.standing_at(MONDAY + timedelta(hours=23, minutes=59)):
        assert copies.ask(user) == (first, False)
    with clock.standing_at(MONDAY + timedelta(days=1)):
        second, new = copies.ask(user)
        assert (new, second.pk != first.pk, DataCopy.objects.count()) == (True, True, 1)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_copy():
    user = UserFactory()
    asked = race(lambda _number: copies.ask(user)[0].pk)
    assert (len(set(asked)), DataCopy.objects.count()) == (1, 1)


def test_two_workers_write_no_part_twice(door):
    """One was slow: its lease is another's by now, and it writes nothing."""
    copy, _new = copies.ask(door.page.owner)
    stale = DataCopy.objects.get(pk=copy.pk)
    assert copies.make_next()
    making._step(stale, lease="00000000-0000-0000-0000-000000000000")
    assert [part.name for part in DataCopyPart.objects.all()] == ["account.jsonl"]


def test_whoever_is_killed_loses_one_part(door, monkeypatch):
    """After each part once: the copy is the same as if nothing had happened."""
    PitchFactory(door=door, waiting=True)
    user, whole, keep = door.page.owner, made(door.page.owner), making._keep
    DataCopy.objects.all().delete()
    dies = {"next": True}

    def killed(*arguments):
        keep(*arguments)
        dies["next"] = not dies["next"]
        if not dies["next"]:
            raise KeyboardInterrupt

    monkeypatch.setattr(making, "_keep", killed)
    copies.ask(user)
    while copies.newest(user).state == "making":
        try:
            with transaction.atomic():
                copies.make_next()
        except KeyboardInterrupt:
            DataCopy.objects.update(lease=None, lease_until=None)
    again = opened(copies.newest(user))
    for words in (whole, again):
        for name in ("README.txt", "mails.jsonl"):  # of the first copy a mail was sent
            words.pop(name, None)
    assert again == whole


def test_what_cannot_be_made_is_told_to_the_operator_and_may_be_tried_again(door, monkeypatch, settings):
    settings.OPERATORS, user = ["ops@halfdoor.example"], door.page.owner

    def breaks(*_arguments):
        raise RuntimeError("ink on the page")

    monkeypatch.setattr(parts.Lines, "part", breaks)
    copies.ask(user)
    for tried in range(making.TRIES):
        assert copies.make_next(), tried
        assert not copies.make_next()  # it waits before the next try
        DataCopy.objects.update(lease_until=None)
    assert (copies.newest(user).state, copies.newest(user).error) == ("failed", "RuntimeError: ink on the page")
    work()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["ops@halfdoor.example"], "A copy of somebody’s data cannot be made")
    ]
    monkeypatch.undo()
    assert "account.jsonl" in made(user)


def test_whoever_kills_each_worker_ends_it_at_last(door):
    copies.ask(door.page.owner)
    DataCopy.objects.update(attempts=making.TRIES)
    copies.make_next()
    assert copies.newest(door.page.owner).state == "failed"


def test_work_that_waits_rings(door):
    assert ("copy", "later") not in tasks.waiting_work()
    copies.ask(door.page.owner)
    assert ("copy", "later") in tasks.waiting_work()


def test_every_field_of_a_pitch_is_in_it_or_was_left_out_on_purpose():
    """A new field is decided about."""
    left_out = """id page sender door_version seed token_hash form_key link_host given_lane ruled suspect
        browser prints cluster reply_link key assigned_to again_of moved_from reminders back_when_open
        written_at""".split()
    named = {path.partition("__")[0] for _name, path in nouns.ALL[nouns.NAMES.index("pitches.jsonl")].columns()}
    fields = {field.name for field in PitchFactory._meta.model._meta.get_fields() if isinstance(field, models.Field)}
    assert named | set(left_out) == fields
