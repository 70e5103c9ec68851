"""Who pays, who decides, what is given, what sales earn: every row, for both countries."""

import pytest

from pitches import disclosure
from pitches.disclosure import Deal

# money, control, gift, affiliate: the label, the United Kingdom, the United States
TABLE = [
    (0, 0, 0, 0, "none", "none", "none"),
    (0, 0, 0, 1, "affiliate", "ad_links", "commission"),
    (0, 0, 1, 0, "gift", "gift", "gift"),
    (0, 0, 1, 1, "affiliate", "ad_links", "commission gift"),
    (0, 1, 0, 0, "none", "none", "none"),
    (0, 1, 0, 1, "affiliate", "ad_links", "commission"),
    (0, 1, 1, 0, "gift", "ad", "gift"),
    (0, 1, 1, 1, "affiliate", "ad", "commission gift"),
    (1, 0, 0, 0, "ad", "ad", "paid"),
    (1, 0, 0, 1, "ad", "ad", "paid commission"),
    (1, 0, 1, 0, "ad", "ad", "paid gift"),
    (1, 0, 1, 1, "ad", "ad", "paid commission gift"),
    (1, 1, 0, 0, "ad", "ad", "paid"),
    (1, 1, 0, 1, "ad", "ad", "paid commission"),
    (1, 1, 1, 0, "ad", "ad", "paid gift"),
    (1, 1, 1, 1, "ad", "ad", "paid commission gift"),
]
TYPES = {
    (0, 0): "none",
    (0, 1): "commission_only",
    (1, 0): "flat_fee",
    (1, 1): "fee_and_commission",
}


@pytest.mark.parametrize("row", TABLE)
@pytest.mark.parametrize("control_by", [{"final_say": "brand"}, {"approval_rounds": 2}])
@pytest.mark.parametrize("given", [{"product": {"keep": True}}, {"event": {"travel": True}}])
def test_every_row(row, control_by, given):
    money, control, gift, affiliate, label, uk, us = row
    paid = {"type": TYPES[money, affiliate]} | (control_by if control else {"final_say": "owner"})
    groups = {"paid": paid} | (given if gift else {"product": {"keep": False}, "event": {"travel": False}})
    found = disclosure.deal(groups, "write")
    assert found == Deal(bool(money), bool(control), bool(gift), bool(affiliate))
    assert (disclosure.label(groups, "write"), disclosure.uk(found), " ".join(disclosure.us(found))) == (label, uk, us)


def test_the_table_is_complete():
    assert sorted(row[:4] for row in TABLE) == [
        (a, b, c, d) for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)
    ]


@pytest.mark.parametrize(
    ("kind", "label", "uk", "us"),
    [
        ("flat_fee", "ad", "ad", "paid"),
        ("fee_and_product", "ad", "ad", "paid gift"),
        ("product_only", "gift", "gift", "gift"),
        ("commission_only", "affiliate", "ad_links", "commission"),
        ("fee_and_commission", "ad", "ad", "paid commission"),
        ("event_access", "gift", "gift", "gift"),
        ("none", "none", "none", "none"),
        ("not_decided", "ad", "ad", "paid"),
    ],
)
def test_every_kind_of_offer(kind, label, uk, us):
    groups = {"paid": {"type": kind}}
    found = disclosure.deal(groups, "write")
    assert (disclosure.label(groups, "write"), disclosure.uk(found), " ".join(disclosure.us(found))) == (label, uk, us)


def test_a_paid_slot_is_an_ad_even_without_an_offer():
    assert disclosure.label({}, "slot") == "ad"
    assert disclosure.label({"own": [{"question": "?", "answer": "!"}]}, "write") == "none"


def test_both_countries_are_told_in_words():
    assert disclosure.sentence({"paid": {"type": "flat_fee"}}, "write") == "In the UK: Ad. In the US: say who paid."
    assert disclosure.sentence({"product": {"keep": True}}, "try") == (
        "In the UK: say that it was a gift. In the US: say that you got it for free."
    )
    assert disclosure.sentence({"product": {"keep": False}}, "try") == ""
