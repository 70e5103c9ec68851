"""To prove a domain: which role address gets the code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches import claims


class RoleForm(forms.Form):
    """One of the addresses that only whoever runs a domain reads."""

    role = forms.ChoiceField(label=_("Which address?"), widget=forms.RadioSelect)

    def __init__(self, *args: object, domain: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # (handed on as they come)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(name, f"{name}@{domain}") for name in claims.ROLES]
        role.error_messages["required"] = _("Choose the address that gets the code.")
