"""Groups of questions that a door may ask, each with its fields and the rules between them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Fields = dict[str, forms.Field]
Errors = dict[str, Words]

COMPENSATION = [
    ("flat_fee", _("A flat fee")),
    ("fee_and_product", _("A fee and the product")),
    ("product_only", _("The product only")),
    ("commission_only", _("Commission only")),
    ("fee_and_commission", _("A fee and commission")),
    ("event_access", _("Access to an event")),
    ("none", _("Nothing: no money changes hands")),
    ("not_decided", _("Not decided yet")),
]
USAGE = [
    ("none", _("None")),
    ("organic", _("Organic repost")),
    ("paid_amplification", _("Paid amplification")),
    ("full", _("Full commercial use")),
]
EXCLUSIVITY = [
    ("none", _("None")),
    ("named", _("Named competitors")),
    ("category", _("The whole category")),
]
FINAL_SAY = [("owner", _("The author")), ("brand", _("The brand"))]
CURRENCIES = [
    (code, code)
    for code in (
        "EUR",
        "GBP",
        "USD",
        "CHF",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CAD",
        "AUD",
        "JPY",
        "BRL",
        "INR",
        "ZAR",
    )
]


@dataclass(frozen=True)
class Group:
    """A group: its name, its title, its fields, which of them are folded away, and its rules."""

    name: str
    title: Words
    fields: Callable[[], Fields]
    folded: tuple[str, ...]
    check: Callable[[dict[str, Any]], Errors]


def _choice(label: Any, choices: list[Any], *, required: bool = False, unsaid: Words = "") -> forms.ChoiceField:
    options = [("", unsaid or (_("Choose one") if required else _("Not said"))), *choices]
    return forms.ChoiceField(label=label, choices=options, required=required)


def _money(label: Any) -> forms.DecimalField:
    widget = forms.NumberInput({"inputmode": "decimal", "step": "any", "min": "0"})
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=widget,
    )


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)


def paid_fields() -> Fields:
    """What is paid, and what it buys."""
    fields: Fields = {
        "type": _choice(_("What do you offer?"), COMPENSATION, required=True),
        "min": _money(_("Budget from")),
        "max": _money(_("Budget to")),
        "currency": _choice(_("Currency"), CURRENCIES, unsaid=_("Choose")),
        "usage": _choice(_("What may you use it for?"), USAGE),
        "months": _number(_("For how many months?"), 120),
        "exclusivity": _choice(_("Exclusivity"), EXCLUSIVITY),
        "approval_rounds": _number(_("Rounds of approval"), 5),
        "final_say": _choice(_("Who has the final say?"), FINAL_SAY),
        "publish_to": forms.DateField(
            label=_("Published by"),
            required=False,
            widget=forms.DateInput({"type": "date"}),
        ),
    }
    fields["type"].error_messages["required"] = _("Say what you offer, even if it is nothing.")
    return fields


def check_paid(data: dict[str, Any]) -> Errors:
    """A budget is a range with a currency, or honestly none or not decided."""
    errors: Errors = {}
    if data["type"] in (None, "", "none", "not_decided"):
        return errors
    for name, sentence in (
        ("min", _("Give the lowest budget.")),
        ("max", _("Give the highest budget.")),
        ("currency", _("Choose the currency.")),
    ):
        if data[name] in (None, ""):
            errors[name] = sentence
    if not errors and data["min"] > data["max"]:
        errors["max"] = _("The highest budget is below the lowest.")
    return errors


GROUPS: dict[str, Group] = {
    "paid": Group(
        name="paid",
        title=_("The offer"),
        fields=paid_fields,
        folded=(
            "usage",
            "months",
            "exclusivity",
            "approval_rounds",
            "final_say",
            "publish_to",
        ),
        check=check_paid,
    )
}
