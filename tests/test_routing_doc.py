"""docs/routing.md and docs/standing.md say what the program does: their tables are those of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from pitches import intake, ledge, relationships, routing, rules, screening, tasks
from pitches.handoffs import FOLLOW_UP_DAYS
from pitches.models import EvidenceKind, Lane, Opens, Page, Standing
from pitches.models.relationship import LADDER
from pitches.relationships import weights
from portal import clock
from tests.factories import DoorFactory, PitchFactory, RuleFactory, SenderFactory

DOCS = Path(__file__).parents[1] / "docs"
LANES = {
    "trusted, the first": Lane.TRUSTED,
    "known, the second": Lane.KNOWN,
    "first knock, the third": Lane.FIRST_KNOCK,
}
DOORS = {"open and by invitation": Opens.INVITED, "open": Opens.OPEN}
EVIDENCE = {
    "a yes that went out": EvidenceKind.ACCEPTED,
    "their mail came back": EvidenceKind.BOUNCED,
    "not the topic": EvidenceKind.OFF_TOPIC,
    "an embargo kept": EvidenceKind.EMBARGO_KEPT,
    "an embargo broken": EvidenceKind.EMBARGO_BROKEN,
    "delivered late": EvidenceKind.LATE,
    "tried to deceive": EvidenceKind.SCAM,
}


def tables(name):
    """The rows of each table, without its head."""
    found = re.findall(r"(?:^\|.*\n)+", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in one.splitlines()[2:]] for one in found]


def test_the_table_of_the_ledge_is_what_is_usual():
    found = {
        Standing(rung): rules.Terms(LANES[lane], DOORS[opens], int(places))
        for rung, lane, opens, places, _told in tables("routing.md")[0]
    }
    assert found == rules.USUAL


def test_only_the_trusted_may_be_told_before_the_hour():
    told = {row[0]: row[4] for row in tables("routing.md")[0]}
    assert told == {rung.value: "if the owner wishes" if rung == Standing.TRUSTED else "no" for rung in LADDER}


def test_the_table_of_handoffs_has_the_days_of_the_follow_up():
    rows = tables("routing.md")[1]
    assert {row[0]: row[3] for row in rows} == {rung.value: f"in {days} days" for rung, days in FOLLOW_UP_DAYS.items()}


def test_the_table_of_evidence_has_the_weights():
    kinds = {
        name: EVIDENCE.get(name) or next(one for one in EvidenceKind if one.label.lower() == name) for name in names()
    }
    found = {kinds[row[0]]: int(row[1]) for row in tables("standing.md")[0]}
    assert found == {kind: points for kind, (points, _why) in relationships.WEIGHTS.items()}


def names():
    return [row[0] for row in tables("standing.md")[0]]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("routing.md", f"*Quarantine*, for {'seven' if routing.QUARANTINE_LIFE.days == 7 else '?'} days"),
        ("routing.md", f"{'two' if screening.QUARANTINE_AT == 2 else '?'} grave signs"),
        ("routing.md", f"({Page().cards} cards)"),
        ("routing.md", f"{Page().newcomer_share:.0%}".replace("%", " %") + " of the cards"),
        ("routing.md", f"the promise limit ({Page().promise_days} days)"),
        ("standing.md", f"counts for {weights.WINDOW.days} days"),
        ("standing.md", f"a yes and at least {weights.KNOWN_FROM} point"),
        (
            "standing.md",
            f"{'three' if weights.DELIVERIES == 3 else '?'} deliveries and at least {weights.TRUSTED_FROM}",
        ),
    ],
)
def test_the_figures_in_the_sentences_are_those_of_the_code(name, said):
    assert said in " ".join((DOCS / name).read_text(encoding="utf-8").split())


def test_the_routing_fits_on_one_screen():
    assert len((DOCS / "routing.md").read_text(encoding="utf-8").splitlines()) <= 55
    assert len(tables("routing.md")) == 2


def test_the_share_of_newcomers_is_rounded_up_as_it_says():
    page = Page(cards=30, newcomer_share=0.25)
    assert page.newcomer_cards == 8
    assert ledge.share(page, 100, 100) == (22, 8)
    assert ledge.share(page, 5, 100) == (5, 25)


# ── the ten pitches of the page ──────────────────────────────────────────────
FEE = "There is a refundable deposit of 49 for the kit."
BANK = "Send us your bank details."
PAID = {"type": "flat", "min": 50, "max": 90, "currency": "GBP"}
NONE, FIRST, SECOND, THIRD = ({}, {"lane": "trusted"}, {"lane": "known"}, {"lane": "first_knock"})
TEN = {
    "known, an ordinary pitch": ("known", NONE, NONE, {}, "known"),
    "known, the door sends everybody to the third lane": ("known", THIRD, NONE, {}, "first_knock"),
    "the same, from an agency with the first lane": ("known", THIRD, FIRST, {}, "trusted"),
    "a stranger with one grave sign": ("stranger", NONE, NONE, {"detail": FEE}, "first_knock"),
    "a stranger with two": ("stranger", NONE, NONE, {"detail": f"{FEE} {BANK}"}, "quarantine"),
    "trusted, under the floor": ("trusted", NONE, NONE, {"groups": {"paid": PAID}}, "held"),
    "trusted, with two grave signs": ("trusted", NONE, NONE, {"detail": f"{FEE} {BANK}"}, "quarantine"),
    "introduced, at a door by invitation": ("introduced", {"state": "invited"}, NONE, {}, "tier"),
    "a typed address of somebody trusted": ("trusted", NONE, NONE, {"proven": False}, ""),
    "on pause, from an agency with the first lane": ("paused", NONE, FIRST, {}, "paused"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("standing", "at", "of", "words", "lane"), TEN.values(), ids=TEN.keys())
def test_the_ten_pitches_of_the_page_land_where_it_says(standing, at, of, words, lane):
    door, sender = DoorFactory(state=at.get("state", "open"), floor_amount=100, floor_currency="GBP"), SenderFactory()
    until = clock.now() + timedelta(days=9) if standing == "paused" else None
    relationships.set_by_hand(door.page, sender, Standing(standing), by=door.page.owner, until=until)
    for whom, said in (({"door": door}, at), ({"agency": sender.agency}, of)):
        if "lane" in said:
            RuleFactory(page=door.page, **whom, **said)
    proven, words = words.get("proven", True), {name: value for name, value in words.items() if name != "proven"}
    pitch = PitchFactory(door=door, email=sender.email, **words)
    assert outcome(pitch, sender if proven else None) == lane


def outcome(pitch, sender):
    """The lane of a pitch that somebody hands in, or why they may not."""
    try:
        pitch = intake.hand_in(pitch, sender) if sender else pitch
    except intake.Refused as refused:
        return refused.why
    tasks.sweep()
    pitch.refresh_from_db()
    return pitch.lane
