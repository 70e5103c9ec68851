"""A short address, as it is typed: at the welcome, and when a page moves."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from pitches.doors import handles
from pitches.forms import fields
from pitches.models import Page


class HandleField(fields.Text):
    """Plain ASCII that nobody has, that the site does not need, and that looks like neither. Capitals become small."""

    def __init__(self) -> None:
        self.page: Page | None = None
        super().__init__(
            label=gettext_lazy("Your short address"),
            max_length=31,  # with its @
            error_messages={"required": gettext_lazy("Choose a short address.")},
            widget=forms.TextInput(
                {"autocapitalize": "off", "spellcheck": "false", "dir": "ltr", "autocomplete": "off"}
            ),
        )

    def clean(self, value: object) -> str:
        """The handle as it is stored."""
        handle = handles.plain(super().clean(value))
        if problem := handles.why_not(handle, self.page):
            raise ValidationError(problem, code="taken")
        return handle


class HandleForm(forms.Form):
    """Move a page to another short address."""

    handle = HandleField()

    def __init__(self, data: Any = None, *, page: Page) -> None:
        super().__init__(data, initial={"handle": page.handle})
        self.fields["handle"].page = page  # type: ignore[attr-defined]
