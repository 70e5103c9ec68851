"""Product: what it is worth, and whether it is kept or lent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms.fields import Either
from pitches.forms.groups.base import Fields, Group, currency, money


def fields() -> Fields:
    """Its value decides what readers must be told, so it is asked even of samples."""
    found: Fields = {
        "value": money(_("What is it worth?"), required=True),
        "currency": currency(required=True),
        "keep": Either(
            label=_("Is it kept, or sent back?"),
            yes=("keep", _("To keep")),
            no=("loan", _("On loan, to be sent back")),
            widget=forms.RadioSelect,
        ),
    }
    found["value"].error_messages["required"] = _("Say what it is worth, even if it is nothing.")
    found["currency"].error_messages["required"] = _("Choose the currency.")
    found["keep"].error_messages["required"] = _("Say whether it is kept or sent back.")
    return found


PRODUCT = Group(name="product", title=_("The product"), fields=fields, needs=("value", "currency", "keep"))
