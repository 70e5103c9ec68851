"""The address of somebody who waits for a door."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields


class WatchForm(forms.Form):
    """Tell me when it opens."""

    email = fields.WorkEmail(
        label=_("Your work email"),
        max_length=254,
        error_messages={"required": _("Give the address that we shall write to.")},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
