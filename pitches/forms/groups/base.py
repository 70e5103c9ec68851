"""What a group of questions is, and the controls that groups share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches.models import Page

Words = str | Promise
Fields = dict[str, forms.Field]
Values = dict[str, Any]
Errors = dict[str, Words]

CURRENCIES = [
    (code, code) for code in "EUR GBP USD CHF SEK NOK DKK PLN CAD AUD JPY BRL INR ZAR".split()
]  # fmt: skip
ADD_TERMS = _("Add terms")
MOST_MONEY = 9_999_999_999  # whole units: what a column of twelve digits holds


def no_errors(_values: Values, _page: Page) -> Errors:
    """A group without rules between its fields."""
    return {}


def said(values: Values, _page: Page) -> Values:
    """What was answered, as JSON holds it."""
    return {name: plain(value) for name, value in values.items() if value not in (None, "")}


@dataclass(frozen=True)
class Group:
    """A group: its name, its title, its fields, which of them are folded away, its rules, and what is kept of it.

    `needs` are the answers without which it is not complete: at least these count towards the twelve of a door.
    """

    name: str
    title: Words
    fields: Callable[[], Fields]
    needs: tuple[str, ...]
    folded: tuple[str, ...] = ()
    fold: Words = ADD_TERMS
    check: Callable[[Values, Page], Errors] = no_errors
    keep: Callable[[Values, Page], Any] = said


def plain(value: object) -> object:
    """What JSON can hold. A moment with a zone becomes UTC."""
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def choice(label: Any, choices: list[Any], *, required: bool = False, unsaid: Words = "") -> forms.ChoiceField:
    """One of several; optional ones may stay unsaid."""
    options = [("", unsaid or (_("Choose one") if required else _("Not said"))), *choices]
    return forms.ChoiceField(label=label, choices=options, required=required)


def currency(*, required: bool = False) -> forms.ChoiceField:
    """An ISO 4217 code."""
    return choice(_("Currency"), CURRENCIES, required=required, unsaid=_("Choose"))


def money(label: Any, *, required: bool = False) -> forms.DecimalField:
    """An amount, not below nought."""
    widget = forms.NumberInput({"inputmode": "decimal", "step": "any", "min": "0"})
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal(0), max_digits=12, decimal_places=2, widget=widget
    )
