"""For operators: which mails to look at, and what becomes of those that wait."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.models import MessageState
from pitches.notify import catalogue


class LogForm(forms.Form):
    """Which mails. What is in the address and makes no sense asks for nothing."""

    state = forms.ChoiceField(label=_("What became of it"), required=False)
    kind = forms.ChoiceField(label=_("Which mail"), required=False)
    to = forms.EmailField(label=_("To this address"), required=False, max_length=254)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="look_%s")
        state, kind = self.fields["state"], self.fields["kind"]
        assert isinstance(state, forms.ChoiceField)
        assert isinstance(kind, forms.ChoiceField)
        state.choices = [("", _("Whatever became of it")), *MessageState.choices]
        kind.choices = [("", _("Every kind")), *((name, name) for name in sorted(catalogue.KINDS))]

    @property
    def asked(self) -> dict[str, str]:
        """What is looked for."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AddressForm(forms.Form):
    """An address that somebody names."""

    to = forms.EmailField(max_length=254)


class GoOnForm(forms.Form):
    """What becomes of the mails that wait."""

    SEND, SKIP = "send", "skip"
    waiting = forms.ChoiceField(
        label=_("The mails that wait"),
        choices=[(SEND, _("are sent now")), (SKIP, _("are left out for good"))],
        widget=forms.RadioSelect,
    )
