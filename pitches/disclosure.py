"""The disclosure label: what the audience must be told if the influencer says yes."""

from typing import Any

MONEY = {"flat_fee", "fee_and_product", "fee_and_commission", "not_decided"}
GIFT = {"product_only", "event_access"}


def label(groups: dict[str, Any], ask: str) -> str:
    """The stricter of UK and US: `ad`, `affiliate`, `gift` or `none`.

    UK: the CAP code wants "ad" for payment with control, consumer law already for payment; US: 16 CFR 255.5 wants any
    material connection disclosed.
    """
    kind = groups.get("paid", {}).get("type", "none")
    if kind in MONEY or (ask == "slot" and kind == "none"):
        return "ad"
    if kind == "commission_only":
        return "affiliate"
    gift = kind in GIFT or groups.get("product", {}).get("keep") or groups.get("event", {}).get("travel")
    return "gift" if gift else "none"
