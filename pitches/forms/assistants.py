"""Somebody who shall help: a name for the owner's list, and the address that is asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.handoffs import assistants, roles
from pitches.models import Role

WHY_NOT = {
    "yourself": _("That is your own address. What nobody else takes is yours anyway."),
    "invited": _("This address is in your list already."),
    "full": _("Ten is the most. Remove somebody first."),
    "enough": _("You have invited ten people today, which is the most. Invite this one tomorrow."),
}


class AssistantForm(forms.Form):
    """A name, an address, and what they may do."""

    name = fields.Text(
        label=_("Their name"),
        max_length=80,
        help_text=_("For your own lists. If they may answer, whoever they answer reads it too."),
        error_messages={"required": _("Write a name, so that you know who takes what.")},
    )
    email = fields.WorkEmail(
        label=_("Their address"),
        max_length=254,
        help_text=_("One email asks whether they would. Nothing of any pitch is in it."),
        error_messages={"required": _("Give the address.")},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What they may do"),
        choices=[(role.value, words) for role, words in roles.WORDS.items()],
        initial=Role.MAIL.value,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may do."), "invalid_choice": _("Choose one of these.")},
    )

    def refuse(self, refused: assistants.NotInvited) -> None:
        """Say why nobody was invited."""
        self.add_error("email", str(WHY_NOT[refused.why]))


class RoleForm(forms.Form):
    """What somebody in the list may do from now on."""

    role = forms.ChoiceField(choices=[(role.value, words) for role, words in roles.WORDS.items()])
