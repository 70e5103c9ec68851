"""What a sender may still say after handing in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields

REPLY_LIMIT = 1200


class ReplyForm(forms.Form):
    """The answer to the owner's question."""

    text = fields.Text(
        label=_("Your answer"),
        max_length=REPLY_LIMIT,
        lines=True,
        widget=forms.Textarea({"rows": 5, "data-count": REPLY_LIMIT}),
        error_messages={"required": _("Write your answer.")},
    )
