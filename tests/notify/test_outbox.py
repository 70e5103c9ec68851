"""The outbox against a mail server that behaves, and one that does not."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from anymail.exceptions import AnymailConfigurationError
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connections

from pitches.models import Attempt, Message, MessageState, Suppression
from pitches.notify import brake, delivery, outbox
from portal import clock, tokens
from tests.factories import PitchFactory
from tests.notify.sending import code, digest, later, outcomes, receipt, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    """A clock that a test can move on."""
    with clock.standing_at(clock.now()):
        yield


def test_a_mail_that_was_taken_is_done(sink):
    message = receipt()
    assert delivery.deliver("soon") == 1
    assert state(message) == MessageState.DONE
    assert message.sent_at == clock.now()
    assert outcomes(message) == ["sent"]
    assert [mail["To"] for mail in sink.mails] == [message.to]
    assert later() == 0


def test_a_batch_goes_over_one_connection_and_the_text_part_is_first(sink):
    messages = [receipt(), receipt(), digest()]
    assert delivery.deliver("soon") == 3
    assert [state(message) for message in messages] == [MessageState.DONE] * 3
    for raw in sink.raw:
        mail = BytesParser(policy=policy.default).parsebytes(raw)
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert not mail.defects
    assert sink.talks == 1


@pytest.mark.parametrize(("mode", "outcome"), [("451", "retry"), ("refuse", "denied")])
def test_a_server_that_cannot_now_is_asked_again_with_the_same_message_id(sink, mode, outcome):
    message = receipt()
    sink.modes = [mode, "ok"]
    delivery.deliver("soon")
    assert (state(message), message.lease_until) == (MessageState.PENDING, None)
    assert message.next_at > clock.now()
    assert delivery.deliver("soon") == 0
    later()
    assert state(message) == MessageState.DONE
    assert outcomes(message) == [outcome, "sent"]
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("from", "550 5.1.8 sender domain not found"),
        ("from", "530 5.7.0 authentication required"),
        ("data", "554 5.7.1 this account sends too much"),
        ("550", "553 5.7.1 <post@halfdoor.example>: Sender address rejected: not owned by user halfdoor"),
        ("550", "554 5.7.1 <elif@mosaic.example>: Relay access denied"),
        ("550", "550 5.1.8 <post@halfdoor.example>: Sender address rejected: Domain not found"),
    ],
)
def test_what_is_our_own_fault_is_tried_again_and_told_when_it_happens_in_a_row(sink, settings, mode, words):
    settings.OPERATORS = ["post@operator.example"]
    messages = [receipt() for _ in range(brake.IN_A_ROW)]
    sink.modes, sink.words = [mode] * len(messages), words
    delivery.deliver("soon")
    assert [outcomes(one) for one in messages] == [["denied"]] * len(messages)
    assert not Suppression.objects.exists()
    assert words.partition(" ")[0] in brake.in_vain("denied")
    later()
    assert [state(one) for one in messages] == ["done"] * len(messages)
    assert brake.in_vain("denied") == ""
    delivery.deliver("codes")
    assert sink.mails[-1]["Subject"] == "Our mail is refused"


def test_one_mail_that_is_refused_often_is_one(sink, settings):
    settings.OPERATORS = ["post@operator.example"]
    message = receipt()
    sink.modes, sink.words = ["data"] * 6, "554 5.7.1 this account sends too much"
    for _try in range(6):
        later()
    assert outcomes(message) == ["denied"] * 6
    assert (brake.in_vain("denied"), Message.objects.filter(kind="alarm").count()) == ("", 0)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("550 Rejected, 192.0.2.7 is listed at zen.spamhaus.org", "denied"),
        ("550 SPF check failed", "denied"),
        ("550 5.7.26 no DMARC", "denied"),
        ("550 User not listed in directory", "bounced"),
        ("550 No such user here", "bounced"),
    ],
)
def test_a_list_of_bad_senders_says_nothing_about_the_address(sink, words, outcome):
    message = receipt()
    sink.modes, sink.words = ["550"], words
    delivery.deliver("soon")
    assert (outcomes(message), Suppression.objects.exists()) == ([outcome], outcome == "bounced")


def test_some_refusals_between_others_are_not_told(sink, settings):
    settings.OPERATORS = ["post@operator.example"]
    messages = [receipt() for _ in range(2 * brake.IN_A_ROW)]
    sink.modes = ["from", "from", "from", "from", "ok"] * 2
    delivery.deliver("soon")
    assert [state(one) for one in messages].count("done") == 2
    assert not Message.objects.filter(kind="alarm").exists()


@pytest.mark.parametrize("words", ["552 5.3.4 too large", "554 5.6.0 no such charset"])
def test_words_that_are_not_taken_are_not_tried_again(sink, words):
    message = receipt()
    sink.modes, sink.words = ["data"], words
    delivery.deliver("soon")
    assert (outcomes(message), state(message)) == (["refused"], "dead")


def test_a_server_that_is_not_there_loses_nothing_not_even_a_digest(sink, settings):
    messages = [receipt(), digest()]
    settings.EMAIL_PORT = 1
    delivery.deliver("soon")
    assert [outcomes(message) for message in messages] == [["retry"], ["retry"]]
    settings.EMAIL_PORT = sink.port
    later()
    assert [state(message) for message in messages] == [MessageState.DONE] * 2


def test_a_refused_address_is_dead_and_not_tried_again(sink):
    message = code()
    sink.modes = ["550"]
    delivery.deliver("soon")
    assert (state(message), message.sealed) == (MessageState.DEAD, None)
    assert "550" in message.error
    assert outcomes(message) == ["bounced"]
    assert later() == 0


@pytest.mark.parametrize("mode", ["drop", "slow"])
def test_a_line_that_breaks_after_the_mail_repeats_a_receipt_exactly_once(sink, mode):
    message = receipt()
    sink.modes = [mode, "ok"]
    delivery.deliver("soon")
    later()
    later()
    assert state(message) == MessageState.DONE
    assert outcomes(message) == ["unknown", "sent"]
    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_line_that_breaks_after_the_mail_does_not_repeat_a_digest(sink):
    message = digest()
    sink.modes = ["drop", "ok"]
    delivery.deliver("soon")
    later()
    assert state(message) == MessageState.UNKNOWN
    assert outcomes(message) == ["unknown"]
    assert len(sink.mails) == 1


def test_a_refusal_does_not_stop_the_mails_behind_it(sink):
    messages = [receipt() for _ in range(4)]
    sink.modes = ["ok", "550", "drop", "ok"]
    delivery.deliver("soon")
    assert [state(message) for message in messages] == ["done", "dead", "pending", "done"]


def test_words_that_cannot_be_written_are_dead_and_the_others_go_on(sink, settings):
    settings.OPERATORS = ["post@operator.example"]
    poison = [receipt(), code(), receipt()]
    Message.objects.filter(pk=poison[0].pk).update(to="a@b.example\nBcc: c@d.example")
    Message.objects.filter(pk=poison[1].pk).update(kind="no_such_words")
    Message.objects.filter(pk=poison[2].pk).update(sealed=b"not ours")
    for kind in ("account", "alarm"):  # sealed with a key that was changed since, and opened before they are written
        poison.append(outbox.put(kind, "x@mosaic.example", dedupe=kind, queue="soon", secret={"what": "stalled"}))
        Message.objects.filter(pk=poison[-1].pk).update(sealed=b"not ours")
    good = [receipt(line="a line with \x0b in it"), digest()]
    delivery.deliver("soon")
    assert [state(message) for message in poison] == [MessageState.DEAD] * 5
    assert [message.sealed for message in poison] == [None] * 5
    assert all(message.error for message in poison)
    told = Message.objects.filter(queue="codes").values_list("dedupe", flat=True)
    assert {alarm.split(":")[2] for alarm in told} == {"receipt", "no_such_words", "account"}
    assert [state(message) for message in good] == [MessageState.DONE] * 2
    assert len(sink.mails) == 2


@pytest.mark.parametrize("where", ["pitches.notify.render.build", "pitches.notify.catalogue.no_longer_needed"])
def test_celery_s_limit_is_no_fault_of_a_mail(sink, monkeypatch, where):
    message = receipt()

    def too_long(message: Message) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(where, too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        delivery.deliver("soon")
    assert (state(message), message.error) == (MessageState.PENDING, "")
    monkeypatch.undo()
    Message.objects.update(lease_until=clock.now() - timedelta(minutes=1))
    delivery.deliver("soon")
    assert state(message) == MessageState.DONE


def test_a_mail_over_which_celery_s_limit_comes_again_and_again_is_dead(sink, monkeypatch):
    message, other = receipt(), receipt()
    Message.objects.filter(pk=message.pk).update(attempts=delivery.MAX_ATTEMPTS - 1)

    def too_long(_message: Message) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr("pitches.notify.render.build", too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        delivery.deliver("soon")
    assert (state(message), state(other)) == ("dead", "pending")
    assert (other.attempts, other.lease_until) == (0, None)


@pytest.mark.parametrize("mode", ["bye", "shut"])
def test_a_server_that_hangs_up_between_two_mails_loses_no_digest(sink, mode):
    messages = [digest(), digest(), receipt()]
    sink.modes = [mode, mode, "ok"]
    delivery.deliver("soon")
    assert [(outcomes(one), state(one)) for one in messages] == [(["sent"], "done")] * 3
    assert (sink.talks, len(sink.mails)) == (3, 3)


@pytest.mark.parametrize(
    ("step", "outcome", "then"), [("open", "retry", "pending"), ("send_messages", "open", "sending")]
)
def test_celery_s_limit_ends_the_batch_also_in_the_middle_of_a_conversation(sink, monkeypatch, step, outcome, then):
    messages = [digest(), receipt()]

    def too_long(*_anything: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(f"django.core.mail.backends.smtp.EmailBackend.{step}", too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        delivery.deliver("soon")
    assert (outcomes(messages[0]), state(messages[0])) == ([outcome], then)
    assert (outcomes(messages[1]), state(messages[1])) == ([], "pending")


def test_settings_that_make_no_connection_cost_no_mail_a_try(sink, settings):
    message = receipt()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"  # and no token
    with pytest.raises(AnymailConfigurationError):
        delivery.deliver("soon")
    assert (state(message), message.attempts, message.lease_until) == ("pending", 0, None)


def test_a_code_is_gone_from_the_table_once_it_was_sent(sink):
    message = code()
    assert tokens.unseal(message.sealed) == {"code": "482915"}
    delivery.deliver("soon")
    assert (state(message), message.sealed) == (MessageState.DONE, None)
    assert sink.mails[0]["Subject"] == "482 915 is your code"


def test_what_the_world_has_moved_past_is_not_sent(sink):
    proven, stopped = code(), digest()
    proven.pitch.proofs.all().delete()
    type(stopped.page).objects.filter(pk=stopped.page_id).update(digest=False)
    delivery.deliver("soon")
    assert [state(message) for message in (proven, stopped)] == [MessageState.OBSOLETE] * 2
    assert sink.mails == []


@pytest.mark.parametrize(
    ("make", "then", "tries", "mails"),
    [(receipt, "done", ["unknown", "sent"], 1), (digest, "unknown", ["unknown"], 0)],
)
def test_a_worker_that_died_in_the_middle_leaves_a_row_that_says_so(sink, make, then, tries, mails):
    message = make()
    Attempt.objects.create(message=message)
    past = clock.now() - timedelta(minutes=5)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, lease_until=past)
    delivery.deliver("soon")
    assert state(message) == then
    assert outcomes(message) == tries
    assert len(sink.mails) == mails


def test_nobody_tries_for_ever(sink):
    message = code()
    sink.modes = ["451"] * 99
    pages = PitchFactory(waiting=True)
    Message.objects.filter(pk=message.pk).update(kind="receipt", pitch=pages)
    waits = 0
    while state(message) == MessageState.PENDING:
        later()
        waits += 1
    assert waits == delivery.MAX_ATTEMPTS
    assert (state(message), message.sealed) == (MessageState.DEAD, None)


def test_the_waits_between_attempts_are_about_three_days_together(sink):
    message = receipt()
    sink.modes = ["451"] * 99
    began = clock.now()
    while state(message) == MessageState.PENDING:
        clock.move_to(message.next_at)
        delivery.deliver("soon")
    assert timedelta(days=2) < clock.now() - began < timedelta(days=4)


def test_a_sent_mail_is_marked_although_the_database_was_away_for_a_moment(sink, monkeypatch):
    message, real, failures = receipt(), delivery._write, iter([True, True])

    def hiccup(*args: object, **changes: object) -> bool:
        if changes.get("state") == MessageState.DONE and next(failures, False):
            raise OperationalError
        return real(*args, **changes)

    monkeypatch.setattr(delivery, "_write", hiccup)
    monkeypatch.setattr(delivery.database, "close", lambda: None)
    monkeypatch.setattr(delivery.time, "sleep", lambda seconds: None)
    delivery.deliver("soon")
    assert state(message) == MessageState.DONE
    assert outcomes(message) == ["sent"]


def test_what_is_not_begun_in_time_is_given_back_untried(sink):
    messages = [receipt(), receipt()]
    assert delivery.deliver("soon", seconds=-1) == 2
    assert [(state(message), message.attempts, message.lease_until) for message in messages] == [
        (MessageState.PENDING, 0, None)
    ] * 2
    assert delivery.deliver("soon") == 2
    assert len(sink.mails) == 2


def test_the_same_thing_is_said_once(sink):
    pitch = PitchFactory(waiting=True)
    for _ in range(3):
        outbox.put("receipt", pitch.email, dedupe="the same", pitch=pitch, queue="soon")
    delivery.deliver("soon")
    assert len(sink.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_send_each_mail_once(sink):
    messages = [receipt() for _ in range(30)]

    def drain() -> None:
        try:
            while delivery.deliver("soon"):
                pass
        finally:
            connections.close_all()

    workers = [threading.Thread(target=drain) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(mail["To"] for mail in sink.mails) == {message.to: 1 for message in messages}
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.DONE}
    assert Attempt.objects.count() == len(messages)
