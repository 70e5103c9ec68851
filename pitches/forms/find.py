"""Find my pitches: the address whose list is wanted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields


class FindForm(forms.Form):
    """Send me the links."""

    email = fields.WorkEmail(
        label=_("The work email that you pitched from"),
        max_length=254,
        error_messages={"required": _("Give the address that you pitched from.")},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
