"""The code from the mail."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields

DIGITS = 6
SAID = {
    "wrong": _("That code does not match. Look at the newest email, or send another."),
    "expired": _("No code works any more: each one works for 10 minutes. Send another."),
    "tries": _("Too many codes were tried. Send another, and take it from the newest email."),
}


class CodeForm(forms.Form):
    """Six digits, with spaces and hyphens as they come, in the digits of any script."""

    code = fields.Text(
        label=_("Code from the email"),
        max_length=11,
        error_messages={"required": _("Enter the six digits from the email.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The six digits alone."""
        typed = self.cleaned_data["code"]
        digits = "".join(str(unicodedata.digit(char)) for char in typed if char.isdecimal())
        if len(digits) != DIGITS:
            raise ValidationError(_("A code has six digits."), code="length")
        return digits

    def refuse(self, why: str) -> None:
        """Say why a code was not taken: wrong, expired or tries."""
        self.add_error("code", str(SAID[why]))
