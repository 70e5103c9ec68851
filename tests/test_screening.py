"""Screening: each sign on both sides of its line."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pitches import products, screening
from pitches.models import Pitch
from pitches.screening.checks import CHECKS, GRAVE
from portal import clock
from tests import corpus
from tests.factories import PageFactory, PitchFactory
from tests.senders import hand_in, meet, work

GAMBLING = next(key for key in products.products() if (kind := products.kind_of(key)) and kind.slug == "gambling")
PLAIN = next(key for key in products.products() if products.kind_of(key) is None)
HONEST = {
    "line": "How a six-person shop cut its reporting from two days to two hours",
    "why": "Small agencies among your readers get a worked example with real figures from 41 shops.",
    "link": "https://tallyboard.example/study",
    "link_host": "tallyboard.example",
    "company": "Northbeam Comms",
    "email": "ines@northbeam.example",
    "payer": "client",
    "groups": {"paid": {"type": "flat_fee", "exclusivity": "none", "final_say": "owner"}},
}
SCAM = {
    "line": "Become our ambassador, reward up to 9,000, answer within 12 hours",
    "why": "Download the contract archive (password 1234), sign in with your channel account and pay the refundable "
    "onboarding fee of 49.",
    "link": "https://tal1yboard.example/contract.zip",
    "link_host": "tal1yboard.example",
    "company": "Tallyboard",
    "email": "tallyboard.partners@freemail.example",
    "payer": "own",
}
# code, what is changed in the honest pitch
FOUND = [
    ("archive", {"link": "https://tallyboard.example/brief.zip"}),
    ("archive", {"link": "https://tallyboard.example/brief.EXE?dl=1"}),
    ("archive", {"detail": "Please download the whole archive first."}),
    ("password", {"why": "The file opens with the password: 1234, as usual."}),
    ("login_link", {"why": "Just sign in with your account and see the offer."}),
    ("login_link", {"detail": "Connect your channel to our dashboard."}),
    ("upfront_fee", {"detail": "There is a refundable deposit of 49 for the kit."}),
    ("upfront_fee", {"detail": "You only cover the shipping fee."}),
    ("urgency", {"line": "Answer within 12 hours and win"}),
    ("urgency", {"line": "Last chance to join"}),
    ("off_platform", {"detail": "Message me on WhatsApp for details."}),
    ("off_platform", {"detail": "Telegram: +44 20 7946 0000"}),
    ("bank_data", {"detail": "Send us your IBAN so that we can start."}),
    ("bank_data", {"detail": "We need a passport scan."}),
    ("placeholder", {"why": "Hi {{first_name}}, your readers will love this."}),
    ("placeholder", {"why": "Hi [Name], your readers will love this."}),
    ("hidden_disclosure", {"detail": "Please do not mark it as an ad."}),
    ("hidden_disclosure", {"detail": "No need to disclose that it is sponsored."}),
    ("shortener", {"link": "https://bit.ly/3xyz", "link_host": "bit.ly"}),
    ("free_mail_brand", {"company": "Tallyboard", "email": "tallyboard.partners@gmail.com"}),
    ("lookalike_domain", {"company": "Tallyboard", "link_host": "tal1yboard.example"}),
    ("lookalike_domain", {"company": "Northbeam", "link_host": "n0rthbeam.example"}),
    ("commission_only", {"groups": {"paid": {"type": "commission_only"}}}),
    ("category_exclusivity", {"groups": {"paid": {"type": "flat_fee", "exclusivity": "category"}}}),
    ("final_say_brand", {"groups": {"paid": {"type": "flat_fee", "final_say": "brand"}}}),
    ("empty_why", {"why": "You will love"}),
    ("lookalike_domain", {"payer": "own", "link_host": "northbeam.test"}),
    ("lookalike_domain", {"payer": "own", "link_host": "northbeam-offers.example"}),
    ("lookalike_domain", {"payer": "own", "link_host": "getnorthbeam.example"}),
    ("placeholder", {"why": "Hi @mayalind, your readers will love this one."}),
    ("machine", {"detail": "As an AI language model, I cannot attend, but my client can."}),
    ("machine", {"detail": "This mail was sent by an autonomous agent for Tallyboard."}),
    ("perpetual_usage", {"groups": {"paid": {"type": "flat_fee", "usage": "full"}}}),
    ("perpetual_usage", {"groups": {"paid": {"type": "flat_fee", "usage": "paid_amplification", "months": 36}}}),
    ("perpetual_usage", {"detail": "We keep the film in perpetuity."}),
    ("short_notice", {"last_day": date(2026, 3, 6)}),
    ("short_notice", {"groups": {"paid": {"type": "flat_fee", "publish_to": "2026-03-04"}}}),
    ("short_notice", {"groups": {"event": {"starts": "2026-03-05T18:00:00+00:00"}}}),
    ("sensitive", {"category": GAMBLING}),
]
# what reads like a sign and is none
NOT_FOUND = [
    ("archive", {"detail": "The national archive opened its files."}),
    ("archive", {"link": "https://tallyboard.example/zip-codes"}),
    ("password", {"why": "A password manager for teams, with figures from 41 shops."}),
    ("login_link", {"why": "A study on why people no longer log in to anything."}),
    ("upfront_fee", {"detail": "A flat fee of 900 is paid on publication."}),
    ("urgency", {"line": "What readers do within 48 hours of a launch"}),
    ("off_platform", {"detail": "How brands use WhatsApp and Telegram."}),
    ("bank_data", {"detail": "Banking for freelancers, by the numbers."}),
    ("placeholder", {"why": "A survey [sic] with real figures from shops."}),
    ("hidden_disclosure", {"detail": "We ask that you disclose the payment."}),
    ("shortener", {"link": "https://orbit.ly.example/", "link_host": "orbit.ly.example"}),
    ("free_mail_brand", {"company": "Tallyboard", "email": "tallyboard@northbeam.example"}),
    ("free_mail_brand", {"company": "Tallyboard", "email": "ines.okoro@gmail.com"}),
    ("free_mail_brand", {"company": "Ann", "email": "ann@gmail.com"}),
    ("lookalike_domain", {"company": "Tallyboard", "link_host": "tallyboard.example"}),
    ("lookalike_domain", {"company": "Tallyboard", "link_host": "mail.tallyboard.example"}),
    ("commission_only", {"groups": {"paid": {"type": "fee_and_commission"}}}),
    ("category_exclusivity", {"groups": {"paid": {"type": "flat_fee", "exclusivity": "named"}}}),
    ("final_say_brand", {"groups": {}}),
    ("empty_why", {"why": "Four words are enough."}),
    ("empty_why", {"why": "Because", "payer": "nobody"}),
    ("lookalike_domain", {"payer": "client", "link_host": "northbeam.test"}),
    ("lookalike_domain", {"payer": "own", "link_host": "beam.example"}),
    ("lookalike_domain", {"payer": "own", "email": "north@gmail.com", "link_host": "gmail.example"}),
    ("placeholder", {"why": "Hello everyone, this is what 41 shops told us."}),
    ("placeholder", {"why": "Dear Editor, this is what 41 shops told us."}),
    ("machine", {"detail": "What an AI assistant costs a newsroom, by the hour."}),
    ("perpetual_usage", {"groups": {"paid": {"type": "flat_fee", "usage": "organic"}}}),
    ("perpetual_usage", {"groups": {"paid": {"type": "flat_fee", "usage": "full", "months": 12}}}),
    ("perpetual_usage", {"detail": "Why nothing on the web is there forever."}),
    ("short_notice", {"last_day": date(2026, 3, 7)}),
    ("short_notice", {"groups": {"event": {"starts": "2026-04-05T18:00:00+00:00"}}}),
    ("sensitive", {"category": PLAIN}),
]


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        yield


def found(**changes):
    return screening.flags_of(Pitch(**HONEST | changes))


def test_an_honest_pitch_has_no_flags():
    assert found() == {}


@pytest.mark.parametrize(("code", "changes"), FOUND)
def test_a_sign_is_found_with_its_evidence(code, changes):
    flags = found(**changes)
    assert set(flags) == {code}
    assert str(flags[code])


@pytest.mark.parametrize(("code", "changes"), NOT_FOUND)
def test_what_only_reads_like_a_sign_is_none(code, changes):
    assert code not in found(**changes)


def test_every_check_has_a_case_on_both_sides():
    assert {code for code, _ in FOUND} == set(CHECKS) == {code for code, _ in NOT_FOUND}


def test_one_grave_sign_may_be_an_accident_and_two_are_a_pattern():
    assert [screening.bad_enough([]), screening.bad_enough(["archive"])] == [False, False]
    assert screening.bad_enough(["archive", "urgency", "empty_why", "placeholder"]) is False
    assert screening.bad_enough(["archive", "password"]) is True
    assert set(CHECKS) >= GRAVE


@pytest.mark.django_db
def test_a_greeting_with_another_name_is_a_mail_merge_that_went_wrong():
    page = PageFactory(name="Maya Lind")
    assert found(page=page, why="Hi Sarah, your readers will love this one.") == {"placeholder": "Hi Sarah"}
    assert found(page=page, why="Hi Maya, your readers will love this one.") == {}


@pytest.mark.django_db
def test_the_scam_of_the_week_goes_aside_with_all_its_signs():
    pitch = hand_in(PitchFactory().door, **{key: value for key, value in SCAM.items() if key != "link_host"})
    work()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.lane, pitch.suspect) == ("quarantine", "quarantine", True)
    assert pitch.flags == [
        "archive", "free_mail_brand", "login_link", "lookalike_domain", "password", "upfront_fee", "urgency",
    ]  # fmt: skip
    assert (pitch.told_state, pitch.told_lapse > pitch.lapses_at) == ("waiting", True)


@pytest.mark.django_db
@pytest.mark.parametrize("standing", ["trusted", "known", "stranger"])
def test_an_honest_pitch_waits_without_flags(standing):
    door = PitchFactory().door
    meet(door, standing, email=HONEST["email"])
    pitch = hand_in(door, **{key: value for key, value in HONEST.items() if key != "link_host"})
    work()
    pitch.refresh_from_db()
    assert (pitch.state, pitch.flags, pitch.suspect) == ("waiting", [], False)


# ── three hundred honest ones, and ten of the other kind ─────────────────────
def honest(number: int) -> dict[str, Any]:
    """A pitch of its own by a person of one of twenty agencies, for a client, for their own company, or for nobody."""
    chance, words = random.Random(number), corpus.unrelated(number)
    house = chance.choice("mosaic northbeam oakandrye tallyboard solpress pixelroad grainstack lindandco".split())
    payer = chance.choice(["client", "client", "own", "nobody"])
    host = f"{house}.example" if payer != "client" else f"brand{number}.example"
    paid = {"type": chance.choice(["flat_fee", "none", "product_only", "fee_and_product"]), "usage": "organic"}
    return {
        "line": words.line[:90],
        "why": words.why[:240],
        "detail": words.detail[:1200],
        "link": f"https://{host}/{number}",
        "link_host": host,
        "company": house.title(),
        "email": f"press@{house}.example",
        "payer": payer,
        "groups": {"paid": paid | {"months": 6, "exclusivity": "none", "final_say": "owner"}},
        "last_day": date(2026, 3, 10) + timedelta(days=chance.randrange(90)),
    }


def test_of_three_hundred_honest_pitches_at_most_one_in_a_hundred_goes_aside():
    flags = [screening.flags_of(Pitch(**honest(number))) for number in range(300)]
    assert sum(screening.bad_enough(list(found)) for found in flags) <= 3
    assert sum(bool(set(found) & GRAVE) for found in flags) <= 3
    assert sum(bool(found) for found in flags) <= 15


# What public warnings to creators name, and the code that catches it.
SCAMS = {
    "a freemail address with a company's name": (
        {"company": "Tallyboard", "email": "tallyboard@gmail.com"},
        "free_mail_brand",
    ),
    "a domain with a swapped character": (
        {"company": "Tallyboard", "link_host": "ta1lyboard.example"},
        "lookalike_domain",
    ),
    "a domain with a word more": ({"payer": "own", "link_host": "northbeam-deals.example"}, "lookalike_domain"),
    "a domain with another ending": ({"payer": "own", "link_host": "northbeam.test"}, "lookalike_domain"),
    "a fee to be paid first": ({"detail": "There is a small processing fee that we refund."}, "upfront_fee"),
    "an archive as a brief": ({"detail": "Please unpack the archive with the contract."}, "archive"),
    "a brief behind a password": ({"detail": "The brief opens with the password 4411."}, "password"),
    "a link to a sign-in": ({"detail": "Log in with your channel to accept."}, "login_link"),
    "a short link": ({"link_host": "bit.ly", "link": "https://bit.ly/x1"}, "shortener"),
    "an answer within a day": ({"detail": "Answer within 24 hours, please."}, "urgency"),
    "bank or identity data before agreement": ({"detail": "Send a passport copy to begin."}, "bank_data"),
    "a private messenger": ({"detail": "Text me on WhatsApp at once."}, "off_platform"),
    "a greeting by handle": ({"why": "Hey @maya, a deal for you and your readers."}, "placeholder"),
}


@pytest.mark.parametrize(("changes", "code"), SCAMS.values(), ids=list(SCAMS))
def test_what_creators_are_warned_of_is_caught(changes, code):
    assert code in found(**changes)
