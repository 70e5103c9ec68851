"""What an offer says: what is delivered, by when, for how much."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.forms.groups.base import currency, money
from pitches.models import Offer, Page
from portal import clock

LIMIT = 280
YEARS = 2


class OfferForm(forms.Form):
    """A counter-proposal. Money and a day are optional, what is delivered is not."""

    deliverables = fields.Text(
        label=_("What is delivered"),
        help_text=_("In a sentence or two, such as “one post and two stories, one round of changes”."),
        max_length=LIMIT,
        widget=forms.Textarea({"rows": 3, "data-count": LIMIT}),
        error_messages={"required": _("Say what is delivered.")},
    )
    amount = money(_("Amount"))
    currency = currency()
    day = fields.ComingDay(
        label=_("All of it is there by"),
        required=False,
        error_messages={"invalid": _("Choose a day, such as 2026-06-13, or leave it empty.")},
    )
    note = fields.Text(label=_("Anything else that belongs to the terms"), max_length=LIMIT, required=False)
    answering = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, page: Page, start: Offer | None = None, **more: Any) -> None:
        super().__init__(data, initial=_initial(start), prefix="terms", **more)
        self.page = page
        self.fields["amount"].error_messages |= {
            "invalid": _("Write the amount in figures."),
            "min_value": _("Write an amount that is not below nought."),
        }

    def clean_day(self) -> Any:
        """A day from today on, and not further away than anybody plans."""
        day, today = self.cleaned_data["day"], self.page.local_date(clock.now())
        if day and day < today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later one."))
        if day and day.year > today.year + YEARS:
            raise forms.ValidationError(_("Choose a day within two years."))
        return day

    def clean(self) -> dict[str, Any]:
        """Money has a currency, and a currency has money. Nought is no money."""
        data = super().clean() or {}
        if data.get("amount") == 0:
            data["amount"], data["currency"] = None, ""
        if data.get("amount") and not data.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Choose the currency."))
        if data.get("currency") and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Write the amount, or leave the currency empty."))
        return data

    def said(self) -> dict[str, Any]:
        """The cleaned offer, for offers.make()."""
        data = self.cleaned_data
        found = {"amount": data.get("amount"), "day": data.get("day")}
        found |= {name: data.get(name, "") for name in ("deliverables", "currency", "note")}
        number = data.get("answering", "")
        return found | {"answering": int(number) if number.isdecimal() and len(number) < 19 else None}


def _initial(start: Offer | None) -> dict[str, Any]:
    """What the other side proposed, to be changed; and the number of what this is the answer to."""
    if start is None:
        return {}
    names = ("deliverables", "amount", "currency", "day", "note")
    return {name: getattr(start, name) for name in names} | {"answering": start.pk}
