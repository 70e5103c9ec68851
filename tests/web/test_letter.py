"""What a letter tells beside its words, in the order of the form, and what is folded away."""

from datetime import UTC, datetime

import pytest

from pitches.web import letter
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.web.test_public import text

SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
GROUPS = {
    "own": [
        {"question": "Which letter?", "answer": "The second."},
        {"question": "Who else?", "answer": "Nobody. " * 9},
    ],
    "product": {"value": 1249.5, "currency": "EUR", "keep": True},
    "event": {"starts": "2026-05-14T18:00:00", "place": "Lisbon", "travel": True, "coverage_expected": False},
    "news": {"lifts_at": "2026-06-01T08:00:00+00:00", "zone": "UTC", "teaser": "Soon.", "terms": "Quiet."},
    "paid": {"type": "flat_fee", "min": 2400, "max": 3000, "currency": "GBP", "usage": "organic"},
}


def pitch(**groups):
    page = PageFactory.build(timezone="Europe/Lisbon")
    built = PitchFactory.build(door=DoorFactory.build(page=page), page=page, groups=groups, category="1083", label="ad")
    with clock.standing_at(SUNDAY):
        return letter.dress(built)


def test_facts_stand_in_the_order_of_the_form():
    found = pitch(**GROUPS)
    assert found.money_text == "A flat fee, 2,400–3,000 GBP"
    assert found.label_words == "In the UK: Ad. In the US: say who paid, say that you got it for free."
    assert found.terms == [
        ("About", "Browser Extensions"),
        ("What may you use it for?", "Organic repost"),
        ("Embargo lifts", "Monday 1 June, 09:00 Lisbon time"),
        ("Starts", "Thursday 14 May, 18:00"),
        ("Where is it?", "Lisbon"),
        ("Is the journey paid for?", "Yes"),
        ("Is coverage expected?", "No"),
        ("Product", "1,249.5 EUR, to keep"),
        ("Which letter?", "The second."),
    ]
    assert found.folded == [("Who else?", "Nobody. " * 9)]


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ("2026-05-14", "Thursday 14 May"),
        ("2026-05-14T18:00:00", "Thursday 14 May, 18:00"),  # by the clock of the place
        ("2026-05-14T16:00:00+00:00", "Thursday 14 May, 17:00"),  # in the zone of the owner
    ],
)
def test_when_an_event_starts(starts, said):
    assert ("Starts", said) in pitch(event={"starts": starts, "place": "Lisbon"}).terms


def test_a_loan_is_said():
    assert ("Product", "49 EUR, on loan") in pitch(product={"value": 49, "currency": "EUR", "keep": False}).terms


@pytest.mark.django_db
def test_a_letter_shows_it_all(client):
    page = PageFactory(timezone="Europe/Lisbon")
    groups = {name: values for name, values in GROUPS.items() if name != "news"}
    with clock.standing_at(SUNDAY):
        waiting = PitchFactory(waiting=True, door=DoorFactory(page=page), groups=groups, category="1083", label="ad")
        client.force_login(page.owner)
        found = text(client.get(f"/desk/pitch/{waiting.code}"))
    for words in (
        "1,249.5 EUR, to keep",
        "Thursday 14 May, 18:00",
        "Browser Extensions",
        "Who else?",
        "In the UK: Ad.",
    ):
        assert words in found
