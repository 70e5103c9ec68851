"""What a sender may still say after handing in, and what the desk may say to them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.review import LONGEST_WRITTEN

REPLY_LIMIT = 1200


class WriteForm(forms.Form):
    """A note of the desk to a sender, after a yes."""

    text = fields.Text(
        label=_("Your note"),
        max_length=LONGEST_WRITTEN,
        lines=True,
        widget=forms.Textarea({"rows": 3, "data-count": LONGEST_WRITTEN}),
        error_messages={"required": _("Write your note.")},
    )


class ReplyForm(forms.Form):
    """The answer to the owner's question."""

    text = fields.Text(
        label=_("Your answer"),
        max_length=REPLY_LIMIT,
        lines=True,
        widget=forms.Textarea({"rows": 5, "data-count": REPLY_LIMIT}),
        error_messages={"required": _("Write your answer.")},
    )
