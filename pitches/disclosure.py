"""Disclosure: what the audience must be told if the influencer says yes. A hint, not legal advice."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONEY = {"flat_fee", "fee_and_product", "fee_and_commission", "not_decided"}
GIFT = {"fee_and_product", "product_only", "event_access"}
COMMISSION = {"commission_only", "fee_and_commission"}

UK: dict[str, Promise] = {
    "ad": gettext_lazy("Ad"),
    "ad_links": gettext_lazy("Ad, for what the links lead to"),
    "gift": gettext_lazy("say that it was a gift"),
    "none": gettext_lazy("nothing to label"),
}
US: dict[str, Promise] = {
    "paid": gettext_lazy("say who paid"),
    "commission": gettext_lazy("say that you earn from the links"),
    "gift": gettext_lazy("say that you got it for free"),
    "none": gettext_lazy("nothing to disclose"),
}


@dataclass(frozen=True)
class Deal:
    """What a pitch offers: does the brand pay, may it decide what is published, is something given, do sales earn?"""

    money: bool = False
    control: bool = False
    gift: bool = False
    affiliate: bool = False


def deal(groups: dict[str, Any], ask: str) -> Deal:
    """The offer as the groups tell it. "Not decided" counts as money, and so does a paid slot without an offer."""
    paid, product, event = (groups.get(name, {}) for name in ("paid", "product", "event"))
    kind = paid.get("type", "none")
    return Deal(
        money=kind in MONEY or (ask == "slot" and kind == "none"),
        control=paid.get("final_say") == "brand" or bool(paid.get("approval_rounds")),
        gift=kind in GIFT or bool(product.get("keep")) or bool(event.get("travel")),
        affiliate=kind in COMMISSION,
    )


def uk(found: Deal) -> str:
    """The United Kingdom: a key of UK.

    CAP Code, section 2: an advert when the brand paid, gifts included, and had control; final approval is control.
    Without control, consumer law (Digital Markets, Competition and Consumers Act 2024; CMA, "Social media endorsements:
    being transparent with your followers") still wants payment labelled as an ad and gifts named. Affiliate content is
    an ad for the products that its links lead to (CAP, "Affiliate marketing").
    """
    if found.money or (found.control and found.gift):
        return "ad"
    if found.affiliate:
        return "ad_links"
    return "gift" if found.gift else "none"


def us(found: Deal) -> tuple[str, ...]:
    """The United States: keys of US, one for each connection.

    16 CFR 255.5: any material connection that readers would not expect is disclosed clearly, whoever has control:
    payment, free products or travel, and commission each by themselves.
    """
    there = {"paid": found.money, "commission": found.affiliate, "gift": found.gift}
    return tuple(name for name, is_so in there.items() if is_so) or ("none",)


def label(groups: dict[str, Any], ask: str) -> str:
    """The stricter of both in one word, kept with the pitch: `ad`, `affiliate`, `gift` or `none`."""
    return strictest(deal(groups, ask))


def strictest(found: Deal) -> str:
    """The same of a deal, such as the one that was agreed on."""
    if found.money:
        return "ad"
    if found.affiliate:
        return "affiliate"
    return "gift" if found.gift else "none"


def sentence(groups: dict[str, Any], ask: str) -> str:
    """Both countries in words: "In the UK: Ad. In the US: say who paid." Nothing where neither asks for anything."""
    return in_words(deal(groups, ask))


def in_words(found: Deal) -> str:
    """The same of a deal."""
    if us(found) == ("none",):
        return ""
    words = {"uk": UK[uk(found)], "us": ", ".join(str(US[name]) for name in us(found))}
    return _("In the UK: %(uk)s. In the US: %(us)s.") % words
