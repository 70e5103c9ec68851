"""Addresses that take no mail, and how one of them takes mail again."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from pitches import mailboxes, suppression
from pitches.models import Attempt, Message, MessageState, Refusal, Suppression
from pitches.notify import delivery
from portal import clock
from tests.notify.sending import later, outcomes, receipt, state

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_at(clock.now()):
        yield


def test_an_address_that_does_not_exist_gets_no_second_mail(sink):
    first = receipt(email="gone@mosaic.example")
    sink.modes = ["550"]
    delivery.deliver("soon")
    second, other = receipt(email="Gone@Mosaic.example"), receipt(email="here@mosaic.example")
    delivery.deliver("soon")
    assert [state(one) for one in (first, second, other)] == ["dead", "withheld", "done"]
    assert [mail["To"] for mail in sink.mails] == ["here@mosaic.example"]
    assert Suppression.objects.get().why == Refusal.BOUNCE
    assert not outcomes(second)


def test_of_the_address_only_a_hash_is_kept():
    suppression.suppress("gone@mosaic.example", Refusal.BOUNCE, "550 <gone@mosaic.example> nobody here")
    row = Suppression.objects.get()
    assert "gone" not in f"{row.digest} {row.detail}"
    assert "nobody here" in row.detail


@pytest.mark.parametrize(
    "said",
    [
        "550 <GONE@mosaic.Example> unknown",
        "550 5.1.1 rfc822;gone+tag@mosaic.example, sent on to gone.home@other.example",
        'relay said (to="gone@mosaic.example") <bounce+gone=mosaic.example@relay.example>',
        '550 "gone away"@mosaic.example unknown',
        "x" * 190 + " gone@mosaic.example",
        "@" * 1000 + "gone@mosaic.example",
    ],
)
def test_no_address_in_any_letters_is_kept(said):
    suppression.suppress("gone@mosaic.example", Refusal.BOUNCE, said)
    detail = Suppression.objects.get().detail
    assert ("gone" in detail.lower(), "mosaic" in detail.lower()) == (False, False)


@pytest.mark.parametrize(
    "said",
    ["550 5.7.1 not with these words", "552 5.2.2 mailbox full", "554 5.3.4 too long"],
)
def test_what_is_not_the_address_s_fault_suppresses_nothing(sink, said):
    message = receipt()
    sink.modes, sink.words = ["550"], said
    delivery.deliver("soon")
    assert (state(message), outcomes(message)) == (MessageState.DEAD, ["refused"])
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("said", ["550 5.1.1 no such mailbox", "553 5.1.3 bad address", "550 no such person here"])
def test_what_is_the_address_s_fault_suppresses_it(sink, said):
    message = receipt()
    sink.modes, sink.words = ["550"], said
    delivery.deliver("soon")
    assert outcomes(message) == ["bounced"]
    assert suppression.holds_back(message.to) == Refusal.BOUNCE


def test_one_code_a_day_is_tried_all_the_same():
    suppression.suppress("gone@mosaic.example", Refusal.BOUNCE)
    assert suppression.holds_back("gone@mosaic.example", code=True) == Refusal.BOUNCE
    clock.move_to(clock.now() + A_DAY)
    assert suppression.holds_back("gone@mosaic.example") == Refusal.BOUNCE
    assert [suppression.holds_back("gone@mosaic.example", code=True) for _ in range(2)] == ["", Refusal.BOUNCE]
    clock.move_to(clock.now() + A_DAY)
    assert suppression.holds_back("gone@mosaic.example", code=True) == ""


def test_a_proof_lifts_a_bounce_and_never_a_complaint():
    suppression.suppress("back@mosaic.example", Refusal.BOUNCE)
    suppression.suppress("angry@mosaic.example", Refusal.COMPLAINT)
    for email in ("back@mosaic.example", "angry@mosaic.example"):
        mailboxes.proved(email)
    assert suppression.holds_back("back@mosaic.example") == ""
    assert suppression.holds_back("angry@mosaic.example", code=True) == Refusal.COMPLAINT


def test_a_complaint_outweighs_a_bounce_and_not_the_other_way_round():
    for why, new in ((Refusal.BOUNCE, True), (Refusal.COMPLAINT, True), (Refusal.BOUNCE, False)):
        assert suppression.suppress("x@mosaic.example", why) is new
    assert suppression.of("X@mosaic.example").why == Refusal.COMPLAINT
    clock.move_to(clock.now() + 2 * A_DAY)
    assert suppression.holds_back("x@mosaic.example", code=True) == Refusal.COMPLAINT


def test_an_address_with_a_plus_is_another():
    suppression.suppress("maya+press@mosaic.example", Refusal.BOUNCE)
    assert suppression.holds_back("maya@mosaic.example") == ""


def test_a_bad_day_of_the_mail_server_loses_nothing_and_doubles_only_what_nobody_knows(sink):
    """Every way of failing, in any order: nothing is missing, what came twice has one Message-ID and says so."""
    sink.modes = random.Random(7).choices(["ok", "451", "550", "drop", "refuse", "slow"], [60, 12, 6, 12, 8, 2], k=90)
    messages = [receipt(email=f"elif{number}@crew{number}.example") for number in range(60)]
    for _ in range(delivery.MAX_ATTEMPTS):
        later()
    gone = {message.to for message in messages if outcomes(message)[-1] == "bounced"}
    for message in messages:
        assert state(message) == (MessageState.DEAD if message.to in gone else MessageState.DONE)
        assert bool(suppression.holds_back(message.to)) == (message.to in gone)
    came = Counter(mail["To"] for mail in sink.mails)
    assert set(came) >= {message.to for message in messages} - gone
    for to, times in came.items():
        assert len({mail["Message-ID"] for mail in sink.mails if mail["To"] == to}) == 1
        unsure = Attempt.objects.filter(message__to=to, outcome="unknown").count()
        sent = Attempt.objects.filter(message__to=to, outcome="sent").count()
        assert times == unsure + sent
    assert gone
    assert max(came.values()) > 1
    assert not Message.objects.filter(state__in=["pending", "sending", "unknown"]).exists()
