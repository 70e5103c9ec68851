"""A robot that answers every mail of ours, by SMTP and the pipe: it never gets more than two mails in all."""

import io
import sys
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from pitches import tasks
from pitches.models import Letter, LetterEnd, MessageState
from pitches.notify import outbox
from portal import clock
from tests.inbound import mails
from tests.notify.smtp_sink import running

pytestmark = pytest.mark.django_db
ROUNDS = 12


def like_a_person(mail, envelope):
    """A new mail to where an answer goes, with all of ours quoted, and no word that a machine wrote it."""
    answer = EmailMessage()
    answer["From"], answer["To"] = str(mail["To"]), str(mail["Reply-To"] or mail["From"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["Message-ID"] = f"<{hash(bytes(mail))}@robot.example>"
    answer.set_content(f"Thank you for your mail.\n\n> {mail.get_body(('plain',)).get_content()}")
    return bytes(answer), str(mail["Reply-To"] or mail["From"]), str(mail["To"])


def to_the_envelope(mail, envelope):
    """The same, to whoever the envelope says it is from."""
    raw, _to, sender = like_a_person(mail, envelope)
    return raw, envelope, sender


def sends_it_back(mail, envelope):
    """The very mail, as it came."""
    return bytes(mail), str(mail["Reply-To"] or mail["From"]), str(mail["To"])


def from_nobody(mail, envelope):
    """As RFC 3834 has it, but for the header."""
    raw, _to, _sender = like_a_person(mail, envelope)
    return raw, envelope, ""


def to_the_page(mail, envelope):
    """To the address that it wrote to at first."""
    raw, _to, sender = like_a_person(mail, envelope)
    return raw, "maya@in.halfdoor.example", sender


def quotes_it(mail, envelope):
    """The same, without saying which mail it answers."""
    raw, to, sender = to_the_page(mail, envelope)
    return raw.replace(b"In-Reply-To", b"X-Was"), to, sender


def says_thanks(mail, envelope):
    """And with no word of ours: nothing tells it from a person who writes every day."""
    answer = EmailMessage()
    answer["From"], answer["Message-ID"] = str(mail["To"]), f"<{hash(bytes(mail))}@robot.example>"
    answer["Subject"] = "Thank you"
    answer.set_content("We read every mail, and this one with joy.")
    return bytes(answer), "maya@in.halfdoor.example", str(mail["To"])


ROBOTS = (like_a_person, to_the_envelope, sends_it_back, from_nobody, to_the_page, quotes_it, says_thanks)


@pytest.fixture
def hand_over(monkeypatch):
    def pipe(raw, to, sender):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        call_command("inbound", f"--to={to.rpartition('<')[2].rstrip('>')}", f"--sender={sender}")
        tasks.sweep()

    return pipe


@pytest.fixture
def sink(settings):
    with running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(params=["taken", "real"])
def _handlers(request):
    """Those that take everything and send nothing, and the real ones."""
    if request.param == "taken":
        request.getfixturevalue("taken")


def play(robot, sink, hand_over):
    """Answer every mail, with a day in between so that no limit of a day helps; how many mails it got."""
    answered = 0
    for _round in range(ROUNDS):
        tasks.sweep()
        if answered == len(sink.raw):
            return answered
        for raw, envelope in list(zip(sink.raw, sink.senders, strict=True))[answered:]:
            hand_over(*robot(message_from_bytes(raw, policy=policy.default), envelope))
            answered += 1
        clock.move_to(clock.now() + timedelta(days=1, hours=1))
    return answered


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.__name__)
@pytest.mark.parametrize("start", ["a mail of ours", "a cold mail"])
def test_a_robot_that_answers_everything_gets_two_mails_at_most(world, sink, hand_over, robot, start):
    with clock.standing_at(clock.now()):
        if start == "a mail of ours":
            pitch = world.pitch
            outbox.put("receipt", pitch.email, dedupe="receipt:robot", pitch=pitch, queue="soon")
        else:
            raw, to = mails.Mail("", LetterEnd.DRAFTED, mails.COLD, to="{page}").filled(world.names)
            hand_over(raw, to, "jonas@northbeam.example")
        assert play(robot, sink, hand_over) <= 2
    assert not Letter.objects.filter(end=LetterEnd.WAITING).exists()
    world.message.refresh_from_db()
    assert world.message.state == MessageState.DONE  # an answer is no bounce
