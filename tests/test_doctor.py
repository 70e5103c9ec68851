"""doctor finds each broken promise and says it in a sentence; sweep does what was left."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from pitches import lifecycle
from pitches.inbound import taking
from pitches.management.commands import doctor
from pitches.models import Attempt, CameBy, Event, Fact, Message, Pitch, PitchState, Stop
from pitches.notify import brake
from portal import clock
from tests.factories import CallFactory, DoorFactory, MessageFactory, PitchFactory
from tests.senders import hand_in, work

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = timedelta(seconds=61)


@pytest.fixture(autouse=True)
def noon():
    with clock.standing_at(NOON):
        yield


def arrived():
    PitchFactory(arrived=True, handed_in_at=NOON - LONG_AGO)


def unheard():
    with clock.standing_at(NOON - LONG_AGO):
        lifecycle.record(Fact.NUDGED, DoorFactory().page)


def unsent():
    MessageFactory(next_at=NOON - timedelta(minutes=5, seconds=1))


def left_event():
    lifecycle.record(Fact.NUDGED, DoorFactory().page)
    Event.objects.update(lease_until=Now() - LONG_AGO, attempts=1)


def left_mail():
    MessageFactory(state="sending", lease_until=Now() - LONG_AGO)


def untold():
    CallFactory(next_at=NOON - timedelta(minutes=5, seconds=1))


def left_call():
    CallFactory(next_at=NOON, lease_until=Now() - LONG_AGO)


def unwitnessed():
    Attempt.objects.create(message=MessageFactory(state="done"), outcome="unknown")


def without_receipt():
    pitch = PitchFactory(waiting=True, handed_in_at=NOON - LONG_AGO)
    lifecycle.record(PitchState.ARRIVED, pitch.page, pitch)
    Event.objects.update(reacted_at=NOON)


def unread():
    with clock.standing_at(NOON - timedelta(minutes=5, seconds=1)):
        taking.take(b"From: a@b.example", came_by=CameBy.PIPE)


def dead_event():
    lifecycle.record(Fact.NUDGED, DoorFactory().page)
    Event.objects.update(dead=True)


def dead_mail():
    MessageFactory(state="dead")


BROKEN = {
    arrived: "1 pitch is not in a lane yet: MAYA-",
    unheard: "1 event waits for a worker: nudged",
    unsent: "1 mail is due and not sent: receipt to",
    left_event: "1 event was left by its worker: nudged",
    left_mail: "1 mail was left by its worker: receipt to",
    untold: "1 call to a webhook is due and not made: pitch.accepted of",
    left_call: "1 call to a webhook was left by its worker: pitch.accepted of",
    unread: "1 mail came in and is not read: waiting",
    unwitnessed: "1 mail is marked as sent without an attempt: receipt to",
    without_receipt: "1 pitch has no receipt: MAYA-",
    dead_event: "1 event failed too often: nudged",
    dead_mail: "1 mail could not be delivered: receipt to",
}


@pytest.mark.parametrize(("break_it", "sentence"), BROKEN.items(), ids=[one.__name__ for one in BROKEN])
def test_a_broken_promise_is_found_and_nothing_else(break_it, sentence):
    break_it()
    (found,) = doctor.complaints()
    assert found.startswith(sentence)
    with pytest.raises(CommandError, match="1 wrong") as ended:
        call_command("doctor", stdout=StringIO())
    assert ended.value.returncode == 1


def test_mail_that_is_stopped_is_a_complaint():
    brake.stop(Stop.COMPLAINTS)
    (found,) = doctor.complaints()
    assert found == (
        "No mail goes out since Monday 2 March, 12:00: Too many people call our mail unwanted. "
        "`manage.py outbox status` says more."
    )
    with pytest.raises(CommandError, match="1 wrong"):
        call_command("doctor", stdout=StringIO())


def test_mail_that_nobody_takes_is_a_complaint():
    message = MessageFactory(next_at=NOON + LONG_AGO, attempts=5)
    for other in MessageFactory.create_batch(brake.IN_A_ROW - 1, next_at=NOON + LONG_AGO, attempts=5):
        Attempt.objects.create(message=other, outcome="retry", detail="Not reached")
    assert doctor.complaints() == []
    Attempt.objects.create(message=message, outcome="denied", detail="SMTPSenderRefused: 530")
    assert doctor.complaints() == ["The mail server took none of the last mails: SMTPSenderRefused: 530"]
    Attempt.objects.create(message=message, outcome="sent")
    assert doctor.complaints() == []


def test_a_mark_that_cannot_be_written_is_a_complaint(settings, tmp_path):
    settings.MAIL_MARK = str(tmp_path / "new" / "mail.mark")
    assert doctor.complaints() == []
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "a_file").touch()
    for wrong in (tmp_path / "new", tmp_path / "a_file" / "mail.mark"):
        settings.MAIL_MARK = str(wrong)
        (found,) = doctor.complaints()
        assert found.startswith("MAIL_MARK cannot be written, so a restored backup would send again: ")
        assert str(tmp_path) in found


def test_every_complaint_has_a_case():
    assert len(BROKEN) == len(doctor.COMPLAINTS)


def test_what_is_only_just_late_is_no_complaint():
    PitchFactory(arrived=True, handed_in_at=NOON - timedelta(seconds=60))
    MessageFactory(next_at=NOON - timedelta(minutes=5))
    MessageFactory(state="sending", lease_until=Now() - timedelta(seconds=50))
    assert doctor.complaints() == []


def test_many_are_counted_and_some_are_named():
    for _ in range(7):
        dead_mail()
    (found,) = doctor.complaints()
    assert found.startswith("7 mails could not be delivered: ")
    assert (found.count("receipt to"), found.endswith(", …")) == (5, False)
    assert found.endswith(", ….")


def test_after_all_work_is_done_all_is_well():
    hand_in(DoorFactory())
    work()
    clock.move_to(NOON + timedelta(hours=1))
    out = StringIO()
    call_command("doctor", stdout=out)
    assert out.getvalue() == "All is well.\n"


def test_one_sweep_does_all_the_work():
    hand_in(DoorFactory())
    out = StringIO()
    call_command("sweep", "--once", stdout=out)
    assert (Pitch.objects.get().state, Message.objects.get().state) == ("waiting", "done")
    assert out.getvalue() == f"{Event.objects.count() + 1} done\n"
    call_command("sweep", "--once", stdout=out)
    assert out.getvalue().splitlines()[1] == "0 done"
