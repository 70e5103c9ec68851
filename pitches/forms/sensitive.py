"""Which sensitive products a page takes pitches about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches import products
from pitches.models import Page


class SensitiveForm(forms.Form):
    """One tick for each kind that is open. None is open unless it is ticked."""

    sensitive = forms.MultipleChoiceField(
        label=_("I take pitches about"),
        choices=products.sensitive_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["sensitive"] = page.sensitive
