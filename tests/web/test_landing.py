"""Why a pitch landed where it is: one sentence for each way there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pitches import relationships, review, tasks
from pitches.intake import hand_in
from pitches.models import Lane, Pitch, PitchState, Standing
from pitches.web import cards
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, RuleFactory, SenderFactory

pytestmark = pytest.mark.django_db
BANK = "asks for bank or identity data"
FIRST_KNOCK = "With the first knocks, because there is no history with Elif Kaya at Research"
FLOOR = {"door__floor_amount": Decimal(1500), "door__floor_currency": "GBP"}
PAID = {"type": "flat", "min": 50, "max": 90, "currency": "GBP"}
FEE = "There is a refundable deposit of 49 for the kit. Send us your bank details."


def here(**fields):
    """A pitch as the desk fetches it."""
    email = "elif@mosaic.example"
    usual = {"waiting": True, "sender__email": email, "door__name": "Research"}
    return Pitch.objects.for_desk().get(pk=PitchFactory(**usual | fields).pk)


SENTENCES = {
    "trusted": ({"standing": "trusted"}, "With the trusted people, because Elif Kaya is trusted at Research."),
    "introduced": (
        {"standing": "introduced"},
        "With the known people, because Elif Kaya was introduced at Research.",
    ),
    "the table": (
        {"standing": "known", "ruled": "standing", "given_lane": "first_knock", "lane": "first_knock"},
        "In “First knock”, by the rules for whoever is “Known”, as Elif Kaya is at Research.",
    ),
    "a door": (
        {"ruled": "door", "given_lane": "known", "lane": "known"},
        "In “People I know”, by the exception for Research, where Elif Kaya is “New here”.",
    ),
    "an agency": (
        {"ruled": "agency", "given_lane": "trusted", "lane": "trusted"},
        "In “People I trust”, by the exception for mosaic.example; Elif Kaya is “New here” at Research.",
    ),
    "no budget": (
        {"lane": "held", "state": "held", "groups": {"paid": {"type": "not_decided"}}},
        "Held aside, because its budget is not decided yet; otherwise it would wait in “First knock”.",
    ),
    "under the floor": (
        {"lane": "held", "state": "held", "groups": {"paid": PAID}} | FLOOR,
        "Held aside, because this door asks for 1,500 GBP at least; otherwise it would wait in “First knock”.",
    ),
    "quarantine": (
        {"quarantine": True, "waiting": False, "flags": ["bank_data", "upfront_fee"]},
        f"In quarantine, because of 2 signs ({BANK}, wants a fee first); the sender is told nothing of it.",
    ),
    "restored": (
        {"suspect": True, "flags": ["upfront_fee"]},
        "In “First knock”, because it was restored: 1 sign (wants a fee first) had put it into quarantine.",
    ),
    "changed": (
        {"version": 2},
        f"{FIRST_KNOCK}; Elif Kaya has changed it since.",
    ),
    "just come": ({"state": "arrived", "lane": ""}, "It has only just come, and gets its lane in a moment."),
}


@pytest.mark.parametrize(("fields", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_every_way_has_its_sentence_and_costs_no_query(fields, sentence):
    pitch = here(**fields)
    with CaptureQueriesContext(connection) as asked:
        assert cards.landed(pitch) == sentence
    assert len(asked) == 0


def test_where_it_would_land_today_is_said_only_if_it_is_elsewhere():
    pitch = here()
    assert cards.landed(pitch, Lane.FIRST_KNOCK) == cards.landed(pitch)
    assert cards.landed(pitch, Lane.KNOWN).endswith("at Research; today it would come to “People I know”.")


def test_the_desk_says_whose_rule_it_was_after_the_rule_is_gone(client):
    page, sender = PageFactory(), SenderFactory(email="elif@mosaic.example")
    door = DoorFactory(page=page, name="Research")
    kept = RuleFactory(page=page, agency=sender.agency, lane="trusted")
    pitch = hand_in(PitchFactory(door=door, email=sender.email), sender)
    tasks.sweep()
    kept.delete()
    relationships.set_by_hand(page, sender, Standing.KNOWN, by=page.owner)
    client.force_login(page.owner)
    assert client.get(f"/desk/pitch/{pitch.code}").context["landed"] == (
        "In “People I trust”, by the exception for mosaic.example; Elif Kaya is “New here” at Research; "
        "today it would come to “People I know”."
    )


def test_what_was_really_restored_says_so():
    sender = SenderFactory()
    pitch = hand_in(PitchFactory(email=sender.email, detail=FEE), sender)
    tasks.sweep()
    pitch = Pitch.objects.for_desk().get(pk=pitch.pk)
    assert (pitch.state, cards.landed(pitch)[:13]) == (PitchState.QUARANTINE, "In quarantine")
    review.restore(pitch, by=pitch.page.owner)
    assert "because it was restored" in cards.landed(Pitch.objects.for_desk().get(pk=pitch.pk))


def test_the_session_says_it_below_the_letter_and_no_sender_reads_it(client):
    pitch = here()
    review.open_session(pitch.page, by=pitch.page.owner)
    client.force_login(pitch.page.owner)
    said = "because there is no history with Elif Kaya"
    assert said in client.get("/desk/session").content.decode()
    client.logout()
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        assert said not in client.get(f"/p/{pitch.token}").content.decode()
