"""A file that goes with a pitch. What is in it is looked at by intake.files."""

from django import forms
from django.utils.translation import gettext_lazy


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("Add a file"),
        max_length=1000,  # of its name, which is cut to what is kept
        allow_empty_file=True,
        help_text=gettext_lazy("PDF, PNG, JPEG or plain text, at most 10 MB each and three in all."),
        widget=forms.FileInput({"accept": ".pdf,.png,.jpg,.jpeg,.txt"}),
        error_messages={
            name: gettext_lazy("Choose a file first.") for name in ("required", "invalid", "missing", "empty")
        }
        | {"max_length": gettext_lazy("The name of this file is too long.")},
    )
