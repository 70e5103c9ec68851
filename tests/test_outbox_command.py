"""`manage.py outbox`: plain sentences and exit codes, and nothing left out that nobody said."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from pitches import tasks
from pitches.models import Message, Sending, Stop
from pitches.notify import brake, mark
from portal import clock, drawer
from portal.drawer import DrawerBackend
from portal.models import DrawerMail
from tests.factories import MessageFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    with clock.standing_at(NOON):
        yield


def outbox(*words: str) -> list[str]:
    out = StringIO()
    call_command("outbox", *words, stdout=out)
    return out.getvalue().splitlines()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as ended:
        outbox(*words)
    assert ended.value.returncode == 1
    return str(ended.value)


def test_status_says_what_waits_and_what_did_not_go_and_changes_nothing():
    MessageFactory(queue="later", next_at=NOON + timedelta(hours=1))
    MessageFactory.create_batch(2, queue="codes")
    MessageFactory(queue="later", state="sending")
    for state in ("dead", "dead", "unknown", "withheld", "done", "obsolete"):
        MessageFactory(state=state)
    before = checksum()
    assert outbox("status") == [
        "2 mails wait in codes, the oldest is due Monday 2 March, 12:00.",
        "2 mails wait in later, the oldest is due Monday 2 March, 12:00.",
        "2 mails failed for good.",
        "1 mail may have arrived or not: the connection broke.",
        "1 mail was held back: its address takes none.",
        "Mail goes out.",
    ]
    assert checksum() == before


def test_status_of_a_site_that_never_sent():
    Sending.objects.all().delete()
    assert outbox("status") == ["Nothing waits.", "Mail goes out."]
    assert not Sending.objects.exists()


def test_status_of_mail_that_is_stopped_fails_and_says_why():
    brake.stop(Stop.BOUNCES)
    assert refused("status") == "No mail goes out since Monday 2 March, 12:00: Too much mail comes back."


def test_status_names_what_still_goes_out():
    brake.stop(Stop.TYPED)
    assert refused("status") == (
        "No mail goes to addresses that nobody proved since Monday 2 March, 12:00: "
        "Too much mail to addresses that nobody proved comes back."
    )


def test_what_was_kept_back_can_be_read_for_a_week(settings):
    settings.MAIL_DRAWER = False
    DrawerBackend().send_messages([EmailMessage("A pitch", "Its words.", "post@halfdoor.example", ["a@b.example"])])
    kept = DrawerMail.objects.get()
    listed = outbox("kept")
    assert len(listed) == 1
    assert listed[0].startswith(f"{kept.pk} ")
    assert listed[0].endswith("A pitch → a@b.example")
    assert "Its words." in outbox("kept", str(kept.pk))
    DrawerMail.objects.update(arrived_at=NOON - timedelta(days=7))
    assert drawer.forget() == 0
    clock.move_to(NOON + timedelta(seconds=1))
    assert tasks.tidy() == 1
    assert refused("kept", str(kept.pk)).startswith("There is no mail with this number.")


def test_the_drawer_of_a_laptop_is_not_emptied(settings):
    settings.MAIL_DRAWER = True
    DrawerBackend().send_messages([EmailMessage("A pitch", "Its words.", "post@halfdoor.example", ["a@b.example"])])
    DrawerMail.objects.update(arrived_at=NOON - timedelta(days=70))
    assert drawer.forget() == 0


def test_resume_tells_first_that_the_database_is_older(settings, tmp_path):
    settings.MAIL_MARK = str(tmp_path / "mail.mark")
    brake.stop(Stop.BY_HAND)
    assert mark.go_on()
    Sending.objects.update(batches=0)
    assert refused("resume", "--older-than=send").startswith("Nothing was changed: the database is older")
    assert outbox("resume", "--older-than=send") == ["Mail goes out again."]


def test_stop_stops_once():
    assert outbox("stop") == ["No mail goes out any more. `manage.py outbox resume` lets it go on."]
    assert brake.state().why == Stop.BY_HAND
    assert refused("stop") == "Mail is stopped already: Stopped by hand."


@pytest.mark.parametrize(
    ("choice", "state", "said"),
    [
        ("send", "pending", ["Mail goes out again."]),
        ("skip", "obsolete", ["1 mail was left out.", "Mail goes out again."]),
    ],
)
def test_resume_does_what_was_said_with_what_waits(choice, state, said):
    MessageFactory()
    brake.stop(Stop.RESTORED)
    assert outbox("resume", f"--older-than={choice}") == said
    assert (brake.state().why, Message.objects.get().state) == ("", state)


def test_resume_wants_to_know_what_becomes_of_what_waits():
    brake.stop(Stop.BY_HAND)
    with pytest.raises(CommandError, match="older-than"):
        outbox("resume")
    assert brake.state().why == Stop.BY_HAND


def test_resume_of_mail_that_goes_out_leaves_nothing_out():
    MessageFactory()
    assert refused("resume", "--older-than=skip") == "Mail goes out already. Nothing was changed."
    assert Message.objects.get().state == "pending"
