"""Paid: what is offered, and what it buys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms.groups.base import Errors, Fields, Group, Values, choice, currency, money, said
from pitches.models import Page

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
FREE = ("none", "not_decided")  # honest answers that need no figures


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)


def fields() -> Fields:
    """What is paid, and what it buys."""
    found: Fields = {
        "type": choice(_("What do you offer?"), COMPENSATION, required=True),
        "min": money(_("Budget from")),
        "max": money(_("Budget to")),
        "currency": currency(),
        "usage": choice(_("What may you use it for?"), USAGE),
        "months": _number(_("For how many months?"), 120),
        "exclusivity": choice(_("Exclusivity"), EXCLUSIVITY),
        "approval_rounds": _number(_("Rounds of approval"), 5),
        "final_say": choice(_("Who has the final say?"), FINAL_SAY),
        "publish_to": forms.DateField(
            label=_("Published by"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        ),
    }
    found["type"].error_messages["required"] = _("Say what you offer, even if it is nothing.")
    return found


def check(values: Values, _page: Page) -> Errors:
    """A budget is a range with a currency, or honestly none or not decided."""
    if values["type"] in (None, "", *FREE):
        return {}
    needed = {
        "min": _("Give the lowest budget."),
        "max": _("Give the highest budget."),
        "currency": _("Choose the currency."),
    }
    return {name: sentence for name, sentence in needed.items() if values[name] in (None, "")}


def keep(values: Values, page: Page) -> Values:
    """The range from its lower end, whichever was typed first."""
    kept = said(values, page)
    if "min" in kept and "max" in kept:
        kept["min"], kept["max"] = sorted((kept["min"], kept["max"]))
    return kept


PAID = Group(
    name="paid",
    title=_("The offer"),
    fields=fields,
    needs=("type", "min", "max", "currency"),
    folded=("usage", "months", "exclusivity", "approval_rounds", "final_say", "publish_to"),
    check=check,
    keep=keep,
)
