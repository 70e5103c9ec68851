"""docs/routing.md and docs/standing.md say what the program does: their tables are those of the code."""

import re
from pathlib import Path

import pytest

from pitches import ledge, relationships, routing, rules, screening
from pitches.handoffs import FOLLOW_UP_DAYS
from pitches.models import EvidenceKind, Lane, Opens, Page, Standing
from pitches.models.relationship import LADDER
from pitches.relationships import weights

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
