"""Reports: what a stranger says about a page, what an operator did about it, and what the owner answers."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.models import ReportKind

OFFERED = [(kind.value, kind.label) for kind in ReportKind if kind != ReportKind.ANSWER]
MOST = 2000


class ReportForm(forms.Form):
    """Send the report."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What is wrong with this page?"),
        choices=OFFERED,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = fields.Text(
        label=_("What have you seen, and where?"),
        help_text=_("If it pretends to be somebody, say whom, and where the real one can be found."),
        max_length=MOST,
        lines=True,
        rows=6,
        error_messages={"required": _("Say what you have seen.")},
    )
    email = fields.WorkEmail(
        label=_("Your email"),
        help_text=_("Only so that whoever runs this site can write back to you. No mail is sent to it by itself."),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["words"].widget.attrs["data-count"] = MOST
        if not self.is_bound:
            self.initial["form_key"] = uuid4()


class SettleForm(forms.Form):
    """What an operator did about a report."""

    note = fields.Text(
        label=_("What you did, in a few words"),
        max_length=200,
        error_messages={"required": _("Say in a few words what you did.")},
    )
    every = forms.BooleanField(label=_("All open reports about this page"), required=False)


class TakeDownForm(forms.Form):
    """Why a page is taken down."""

    why = fields.Text(
        label=_("Why"),
        help_text=_("Its owner reads this at the desk, and can answer once you took it down."),
        max_length=400,
        lines=True,
        rows=3,
        error_messages={"required": _("Say why: the owner reads it.")},
    )


class AnswerForm(forms.Form):
    """What the owner of a page that was taken down says to whoever runs the site."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    words = fields.Text(
        label=_("Your answer"),
        max_length=MOST,
        lines=True,
        error_messages={"required": _("Write your answer first.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="answer_%s")
        if not self.is_bound:
            self.initial["form_key"] = uuid4()
