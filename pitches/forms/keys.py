"""The key to a door, and the address of somebody who stands before one that opens by invitation."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pitches.doors import keys
from pitches.forms import fields
from pitches.models import Page
from portal import clock
from portal.templatetags.portal import day

WHY_NOT = {
    "blocked": _("You have blocked this address. Lift that first, then give the key."),
    "invited": _("This address has a key to this door already. It is in the list below."),
    "enough": _(
        "You have invited 20 people by mail today, which is the most. Leave the address out and pass the link on "
        "yourself, or invite this one tomorrow."
    ),
}
USES = {
    "min_value": _("A key works at least once."),
    "max_value": _("A key works at most 100 times. Give a second one."),
    "invalid": _("Write a number from 1 to 100."),
    "required": _("Say how often it works."),
}


class KeyForm(forms.Form):
    """For whom, for which address, how often, until when."""

    note = fields.Text(
        label=_("For whom"),
        max_length=80,
        required=False,
        help_text=_("For your list only. Nobody else reads it."),
    )
    email = fields.WorkEmail(
        label=_("Their address"),
        max_length=254,
        required=False,
        help_text=_(
            "Then the key works for this address alone, and we mail it there once. Without it, you pass on the link."
        ),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    uses = forms.IntegerField(
        label=_("How many pitches it lets in"),
        initial=1,
        min_value=1,
        max_value=keys.MOST_USES,
        error_messages=USES,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    until = forms.DateField(
        label=_("It works until the end of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the last day."), "invalid": _("Write a date such as 2027-03-31.")},
    )

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = page.local_date(clock.now())
        self.fields["until"].initial = self.today + timedelta(days=keys.USUAL_DAYS)

    def clean_until(self) -> date:
        """A day from tomorrow on, within a year."""
        last: date = self.cleaned_data["until"]
        if last <= self.today:
            raise ValidationError(_("Choose a day from tomorrow on."), code="past")
        if last > self.today + timedelta(days=keys.MOST_DAYS):
            latest = day(self.today + timedelta(days=keys.MOST_DAYS))
            raise ValidationError(
                _("A key works for a year at most: until %(day)s."), code="far", params={"day": latest}
            )
        return last

    def refuse(self, why: str) -> None:
        """Say why no key was given."""
        self.add_error("email", str(WHY_NOT[why]))


class WhoForm(forms.Form):
    """The address of somebody who says who they are."""

    email = fields.WorkEmail(
        label=_("Your work email"),
        max_length=254,
        help_text=_("A six-digit code comes to it, and nothing else"),
        error_messages={"required": _("Give your work email.")},
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
