"""The owner's picture, as a file. What is in it is looked at by doors.portraits."""

from django import forms
from django.utils.translation import gettext_lazy


class PortraitForm(forms.Form):
    """One file."""

    picture = forms.FileField(
        label=gettext_lazy("A picture of you"),
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF, at most 8 MB. What the camera noted is taken out."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={
            name: gettext_lazy("Choose a picture first.") for name in ("required", "invalid", "missing", "empty")
        },
    )
