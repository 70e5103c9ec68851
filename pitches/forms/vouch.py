"""A word for somebody to a colleague, and the answer to it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.book import vouching
from pitches.forms import fields
from pitches.models import Door, Page

WHY_NOT = {
    "unknown": _("There is no page with this short address here. Write it as it stands in the address, like @maya."),
    "own": _("This is your own page. Name a colleague."),
    "not_public": _("Your page is not public now. A colleague sees your word only while people can open your page."),
    "twice": _("You have spoken for them to this colleague already. It is in your list of vouches."),
    "enough": _(
        "You have spoken 20 times within 30 days, which is the most. It goes on when the first is 30 days old."
    ),
    "not_known": _("You can speak for people you know or trust. Set that first, if it is so."),
}


class VouchForm(forms.Form):
    """To whom, and what about."""

    handle = fields.Text(
        label=_("To which colleague"),
        max_length=31,
        help_text=_("The short address of their page here, like @maya."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}),
        error_messages={"required": _("Name a colleague by the short address of their page.")},
    )
    words = fields.Text(
        label=_("What you vouch for"),
        max_length=280,
        help_text=_("One or two sentences. Your colleague reads them; whom they are about never does."),
        widget=forms.Textarea({"rows": 2, "data-count": "280"}),
        error_messages={"required": _("Say what you vouch for, such as the topic they know.")},
    )

    def refuse(self, why: str) -> None:
        """Say why it was not given."""
        self.add_error("words" if why in ("enough", "not_known", "not_public") else "handle", str(WHY_NOT[why]))

    def colleague(self, page: Page) -> Page:
        """Whose page it is. Raises vouching.NotGiven."""
        return vouching.colleague(page, self.cleaned_data["handle"])


class TakeForm(forms.Form):
    """At which door somebody is let in as introduced."""

    door = forms.ChoiceField(label=_("At which door"), required=False)

    def __init__(self, *args: Any, doors: Iterable[Door], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doors = {door.slug: door for door in doors}
        field = self.fields["door"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All doors")), *((slug, door.name) for slug, door in self.doors.items())]
