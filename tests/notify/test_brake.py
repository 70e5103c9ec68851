"""Sending stops by itself before a mail provider stops it, and when the database was set back."""

from datetime import timedelta
from pathlib import Path

import pytest

from pitches.models import Attempt, Message, MessageState, Sending, Stop
from pitches.notify import alarms, brake, delivery, mark
from portal import clock
from tests.factories import MessageFactory, SenderFactory
from tests.notify.sending import account, code, later, outcomes, receipt, state

pytestmark = pytest.mark.django_db
OPERATOR = "post@operator.example"


@pytest.fixture(autouse=True)
def _somebody_runs_it(settings):
    settings.OPERATORS = [OPERATOR]
    with clock.standing_at(clock.now()):
        yield


def went(*, unproven: bool = False, **outcomes: int) -> None:
    """So many mails ended so."""
    message = MessageFactory(state="done")
    ends = [outcome for outcome, number in outcomes.items() for _ in range(number)]
    Attempt.objects.bulk_create(Attempt(message=message, outcome=outcome, unproven=unproven) for outcome in ends)


@pytest.mark.parametrize(
    ("ended", "stops"),
    [
        ({"sent": 976, "bounced": 24}, ""),
        ({"sent": 975, "bounced": 25}, Stop.BOUNCES),
        ({"bounced": 4}, ""),  # of the first few nobody can say a share
        ({"bounced": 5}, Stop.BOUNCES),
        ({"bounced": 200, "sent": 1_000}, ""),  # the last thousand count
        ({"sent": 1_000, "refused": 60, "retry": 60, "unknown": 60}, ""),
        ({"sent": 300, "complained": 1}, ""),
        ({"sent": 3_998, "complained": 2}, Stop.COMPLAINTS),
        ({"sent": 4_001, "complained": 2}, ""),
    ],
)
def test_it_stops_at_half_of_what_makes_a_provider_look(ended, stops):
    went(**ended)
    brake.look()
    assert brake.state().why == stops
    assert Message.objects.filter(kind="alarm", to=OPERATOR).count() == bool(stops)


@pytest.mark.parametrize(
    ("ended", "stops"),
    [
        ({"bounced": 9}, ""),
        ({"bounced": 10}, Stop.TYPED),
        ({"sent": 951, "bounced": 49}, ""),
        ({"sent": 950, "bounced": 50}, Stop.TYPED),
        ({"sent": 200, "complained": 1}, ""),
        ({"sent": 200, "complained": 4}, ""),
        ({"sent": 4_995, "complained": 5}, Stop.TYPED),
        ({"sent": 5_001, "complained": 5}, ""),
    ],
)
def test_whoever_types_dead_addresses_stops_mail_to_such_addresses_and_no_other(ended, stops):
    went(unproven=True, **ended)
    brake.look()
    assert brake.state().why == stops
    assert Message.objects.filter(kind="alarm", to=OPERATOR).count() == bool(stops)


def test_an_address_that_nobody_proved_is_remembered_with_the_try(sink):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    messages = [code(email="known@mosaic.example"), code(email="typed@mosaic.example"), receipt(), account()]
    delivery.deliver("soon")
    assert [state(one) for one in messages] == ["done"] * 4
    assert [one.tries.get().unproven for one in messages] == [False, True, False, True]


def test_while_typed_addresses_are_spared_all_others_get_their_mail(sink):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    proven, typed, signs_up = code(email="known@mosaic.example"), code(email="typed@mosaic.example"), account()
    plain = receipt()
    brake.stop(Stop.TYPED)
    delivery.deliver("soon")
    assert [state(one) for one in (proven, typed, signs_up, plain)] == ["done", "pending", "pending", "done"]
    delivery.deliver("codes")
    assert sink.mails[-1]["Subject"] == "No mail to new addresses: too much comes back"
    brake.resume(skip=False)
    delivery.deliver("soon")
    assert [(state(one), one.attempts, one.error) for one in (typed, signs_up)] == [("done", 1, "")] * 2


def test_a_code_that_works_no_more_is_not_sent_after_a_stop(sink):
    late, fresh = account(), account()
    Message.objects.filter(pk=late.pk).update(created_at=clock.now() - timedelta(minutes=16))
    delivery.deliver("soon")
    assert [state(one) for one in (late, fresh)] == ["obsolete", "done"]


def test_what_goes_on_through_a_stop_is_not_left_out_with_what_waited(sink):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    awaited, plain = code(email="known@mosaic.example"), receipt()
    brake.stop(Stop.BOUNCES)
    brake.resume(skip=True)
    delivery.deliver("soon")
    assert [state(one) for one in (awaited, plain)] == ["done", "obsolete"]


def test_a_stronger_reason_takes_the_place_of_a_weaker_one():
    for why, changes in ((Stop.TYPED, True), (Stop.TYPED, False), (Stop.BOUNCES, True), (Stop.TYPED, False)):
        assert brake.stop(why) is changes
    assert [brake.stop(why) for why in (Stop.BY_HAND, Stop.RESTORED, Stop.BY_HAND)] == [False, True, False]
    assert brake.state().why == Stop.RESTORED


def test_while_too_much_comes_back_only_what_was_proven_gets_its_codes(sink):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    proven, typed, plain = code(email="known@mosaic.example"), code(email="typed@mosaic.example"), receipt()
    brake.stop(Stop.BOUNCES)
    delivery.deliver("soon")
    assert [state(one) for one in (proven, typed, plain)] == ["done", "pending", "pending"]
    assert (typed.error, typed.attempts, typed.sealed is None) == (brake.WAITS, 0, False)
    assert delivery.deliver("soon") == 0  # what is held is not in the way
    delivery.deliver("codes")
    assert [mail["To"] for mail in sink.mails] == ["known@mosaic.example", OPERATOR]
    assert sink.mails[1]["Subject"] == "No mail goes out: too much comes back"
    brake.resume(skip=False)
    delivery.deliver("soon")
    assert [state(one) for one in (typed, plain)] == ["done", "done"]


@pytest.mark.parametrize(
    ("why", "ends"),
    [
        (Stop.BY_HAND, ["done", "pending", "pending", "pending"]),
        (Stop.RESTORED, ["done", "pending", "pending", "pending"]),
        (Stop.BOUNCES, ["done", "pending", "done", "pending"]),
        (Stop.TYPED, ["done", "done", "done", "pending"]),
    ],
)
def test_a_stop_holds_what_was_taken_in_hand_before_it(sink, why, ends):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    known = "known@mosaic.example"
    messages = [receipt(email=known), receipt(email=known), code(email=known), code()]
    begun = iter([lambda: None, lambda: brake.stop(why)])
    delivery.deliver("soon", first=lambda: next(begun, lambda: None)())
    assert [state(one) for one in messages] == ends
    brake.resume(skip=False)
    delivery.deliver("soon")
    assert [(state(one), one.attempts) for one in messages] == [("done", 1)] * 4


def test_where_only_typed_addresses_waited_only_they_are_left_out(sink):
    typed, plain = code(), receipt()
    brake.stop(Stop.TYPED)
    delivery.deliver("soon", first=lambda: Message.objects.filter(pk=plain.pk).update(lease=None))  # in other hands
    assert [state(one) for one in (typed, plain)] == ["pending", "pending"]
    assert brake.resume(skip=True) == 1
    assert [(state(one), one.error) for one in (typed, plain)] == [("obsolete", ""), ("pending", "")]


def test_what_nobody_needs_any_more_waits_for_nothing(sink):
    typed = code()
    brake.stop(Stop.TYPED)
    delivery.deliver("soon")
    assert (state(typed), typed.error) == ("pending", brake.WAITS)
    typed.pitch.proofs.all().delete()
    later()
    assert (state(typed), typed.error) == ("obsolete", "")


def test_who_stops_it_by_hand_needs_no_mail_about_it():
    brake.stop(Stop.BY_HAND)
    assert not Message.objects.exists()


def test_what_is_left_out_is_what_was_due(sink):
    now = clock.now()
    MessageFactory(next_at=now + timedelta(days=2))
    MessageFactory(state="sending", lease_until=now + timedelta(minutes=5))
    left = [
        MessageFactory(),
        MessageFactory(next_at=now + timedelta(hours=3), attempts=4),  # between two tries
        MessageFactory(state="sending", lease_until=now - timedelta(minutes=5)),  # its worker is gone
        MessageFactory(next_at=now + brake.HELD, error=brake.WAITS),
    ]
    brake.stop(Stop.BY_HAND)
    assert brake.resume(skip=True) == len(left)
    assert [state(one) for one in left] == ["obsolete"] * len(left)
    assert Message.objects.filter(state__in=["pending", "sending"]).count() == 2


def test_stopped_by_hand_nothing_goes_and_nothing_is_lost(sink):
    messages = [receipt(), code()]
    brake.stop(Stop.BY_HAND)
    assert delivery.deliver("soon") == 0
    assert brake.resume(skip=False) == 0
    delivery.deliver("soon")
    assert [state(one) for one in messages] == ["done", "done"]


def test_an_alarm_about_a_stop_that_is_over_says_nothing_any_more(sink):
    brake.stop(Stop.BOUNCES)
    alarms.tell("stalled", once="now", minutes="12")
    brake.resume(skip=False)
    delivery.deliver("codes")
    assert [mail["Subject"] for mail in sink.mails] == ["Work has stood still for 12 minutes"]
    assert Message.objects.get(dedupe__startswith="alarm:bounces").state == "obsolete"


def test_it_is_stopped_once():
    assert brake.stop(Stop.BOUNCES)
    assert not brake.stop(Stop.BY_HAND)
    assert brake.state().why == Stop.BOUNCES
    assert Message.objects.filter(kind="alarm").count() == 1


def test_what_an_operator_has_looked_at_counts_no_more():
    went(bounced=60)
    brake.look()
    brake.resume(skip=False)
    brake.look()
    assert brake.state().why == ""
    went(bounced=5)
    brake.look()
    assert brake.state().why == Stop.BOUNCES


def test_a_bounce_from_the_mail_server_pulls_the_brake(sink):
    went(bounced=4)
    receipt()
    sink.modes = ["550"]
    delivery.deliver("soon")
    assert brake.state().why == Stop.BOUNCES


# ── a database that was set back ─────────────────────────────────────────────
@pytest.fixture
def mail_mark(settings, tmp_path) -> Path:
    """A file that says how far the outbox has got."""
    settings.MAIL_MARK = str(tmp_path / "deep" / "mail.mark")
    return Path(settings.MAIL_MARK)


def test_yesterday_s_mail_is_not_sent_again_after_a_backup_was_restored(sink, mail_mark):
    messages = [receipt() for _ in range(50)]
    backup = brake.state().batches
    while delivery.deliver("soon"):
        pass
    assert len(sink.mails) == 50
    # As pg_restore leaves it: the mails of the day wait again, and the number is that of the morning.
    Message.objects.update(state="pending", sent_at=None, lease=None, lease_until=None, attempts=0)
    Sending.objects.update(batches=backup)
    for _ in range(4):
        assert delivery.deliver("soon") == 0
    assert len(sink.mails) == 50
    assert (brake.state().why, state(messages[0]), messages[0].attempts) == (Stop.RESTORED, "pending", 0)
    fresh_code = code()
    assert delivery.deliver("soon") == 0
    assert state(fresh_code) == MessageState.PENDING

    assert brake.resume(skip=True) == 52  # with the code and the alarm
    fresh = receipt()
    delivery.deliver("soon")
    assert [state(messages[0]), state(fresh)] == ["obsolete", "done"]
    assert len(sink.mails) == 51


def test_after_a_restored_backup_operators_are_told_and_nobody_else(sink, mail_mark):
    receipt()
    delivery.deliver("soon")
    Sending.objects.update(batches=0)
    waits, said = code(), mail_mark.read_text()
    for _ in range(2):
        for queue in ("codes", "soon"):
            delivery.deliver(queue)
    assert [mail["To"] for mail in sink.mails[1:]] == [OPERATOR]
    assert sink.mails[1]["Subject"] == "No mail goes out: the database is older"
    assert (state(waits), mail_mark.read_text()) == ("pending", said)


@pytest.mark.parametrize("why", [Stop.BY_HAND, Stop.BOUNCES, Stop.TYPED])
def test_a_backup_that_was_restored_while_mail_is_stopped_is_noticed(sink, mail_mark, why):
    receipt()
    delivery.deliver("soon")
    brake.stop(why)
    Sending.objects.update(batches=0)  # as a backup leaves it that was made while mail was stopped
    again, said = receipt(), mail_mark.read_text()
    with pytest.raises(brake.OlderDatabaseError):
        brake.resume(skip=False)
    assert (brake.state().why, mail_mark.read_text()) == (Stop.RESTORED, said)
    delivery.deliver("soon")
    assert state(again) == "pending"
    assert brake.resume(skip=True)
    assert (brake.state().why, state(again)) == ("", "obsolete")


def test_a_code_finds_out_about_a_backup_while_too_much_comes_back(sink, mail_mark):
    SenderFactory(email="known@mosaic.example", mailbox="known@mosaic.example")
    receipt()
    delivery.deliver("soon")
    brake.stop(Stop.BOUNCES)
    Sending.objects.update(batches=0)
    again = code(email="known@mosaic.example")
    for _ in range(3):
        delivery.deliver("soon")
    assert (brake.state().why, brake.state().batches, state(again)) == (Stop.RESTORED, 0, "pending")


def test_two_workers_do_not_catch_up_with_the_file(mail_mark):
    brake.state()
    assert all(mark.go_on() for _ in range(3))
    Sending.objects.update(batches=2)
    assert not any(mark.go_on() for _ in range(5))


def test_a_host_whose_own_file_is_ahead_hears_of_the_word_that_was_said_elsewhere(mail_mark, settings):
    brake.state()
    assert mark.go_on()
    settings.MAIL_MARK = f"{mail_mark}.of-another-host"
    assert all(mark.go_on() for _ in range(9))
    settings.MAIL_MARK = str(mail_mark)
    Sending.objects.update(batches=0)
    assert not mark.go_on()
    brake.stop(Stop.RESTORED)
    brake.resume(skip=True)
    assert mark.go_on()
    settings.MAIL_MARK = f"{mail_mark}.of-another-host"
    assert mark.go_on()


def test_what_waits_in_a_restored_database_may_be_sent_all_the_same(sink, mail_mark):
    receipt()
    delivery.deliver("soon")
    Sending.objects.update(batches=0)
    waits = receipt()
    delivery.deliver("soon")
    brake.resume(skip=False)
    delivery.deliver("soon")
    assert outcomes(waits) == ["sent"]


def test_the_file_of_another_outbox_stops_it(mail_mark):
    mail_mark.parent.mkdir()
    mail_mark.write_text(f"{'0' * 32} 1\n")
    brake.state()
    assert not mark.go_on()


def test_many_workers_never_take_each_other_for_a_backup(mail_mark):
    brake.state()
    assert all(mark.go_on() for _ in range(20))
    said = mail_mark.read_text()
    assert said.split() == [brake.state().name.hex, "20"]
    mail_mark.write_text(said.replace(" 20", " 19"))  # a slower worker wrote last
    assert mark.go_on()


@pytest.mark.parametrize("said", ["", "half a li", "\udcff\udcfe", f"{'a' * 32} x"])
def test_a_file_that_says_nothing_is_written_anew(mail_mark, said):
    mail_mark.parent.mkdir()
    mail_mark.write_text(said, errors="surrogateescape")
    brake.state()
    assert mark.go_on()
    assert mail_mark.read_text().endswith(" 1\n")


def test_a_disk_that_takes_no_file_stops_no_mail(mail_mark, caplog):
    mail_mark.parent.write_text("a file where the folder should be")
    brake.state()
    assert mark.go_on()
    assert "cannot be written" in caplog.text


# ── words that cannot be written ─────────────────────────────────────────────
def test_a_mail_that_cannot_be_written_rings_once_a_day_for_its_kind(sink):
    for _ in range(3):
        Message.objects.filter(pk=receipt().pk).update(kind="no_such_words")
    for _ in range(3):
        delivery.deliver("soon")
    assert Message.objects.filter(state="dead", attempts=1).count() == 3
    assert Message.objects.filter(kind="alarm").count() == 1


def test_an_alarm_that_cannot_be_written_rings_nothing(sink, monkeypatch):
    monkeypatch.setattr("pitches.notify.alarms.ABOUT", {})
    alarms.tell("unwritten", once="today", kind="receipt")
    delivery.deliver("codes")
    assert list(Message.objects.values_list("kind", "state")) == [("alarm", "dead")]
