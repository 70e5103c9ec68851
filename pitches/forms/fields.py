"""Fields that refuse what no reader should meet: control characters, reversed text, invisible letters."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import links

# C0 and C1 controls and what nobody sees. Joiners stay: scripts and emoji need them.
UNSEEN = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{links.HIDDEN}]")
LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


TOO_LONG = _("Make it shorter: at most %(limit_value)d characters. It has %(show_value)d.")


def clean_text(value: str, *, lines: bool = False) -> str:
    """Normalise (NFC, one kind of line end) and refuse what cannot be seen."""
    text = LINE_ENDS.sub("\n", unicodedata.normalize("NFC", value))
    text = text if lines else " ".join(text.split("\n"))
    if UNSEEN.search(text) or any(unicodedata.category(char) == "Cs" for char in text):
        raise ValidationError(_("Take out the invisible or control characters."), code="unseen")
    return text.strip()


class Text(forms.CharField):
    """One line, or several with `lines=True`. Lengths are counted in code points, here and by the script."""

    def __init__(self, *, lines: bool = False, rows: int = 4, **kwargs: Any) -> None:
        self.lines = lines
        kwargs.setdefault("error_messages", {}).setdefault("max_length", TOO_LONG)
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength: browsers count UTF-16 units there, and cut off what is pasted without a word."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        """The cleaned text, before its length is checked."""
        return clean_text(super().to_python(value) or "", lines=self.lines)


class Link(Text):
    """A web address that every browser reads in the same way (portal/links.py)."""

    widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        """The address, with an ASCII host."""
        text = super().clean(value)
        address = links.read(text)[0] if text else ""
        self.run_validators(address)  # it may have grown by its scheme and by the ASCII form of its host
        return address


class WorkEmail(forms.EmailField):
    """One plain address. Quoted names, two addresses and internal hosts are refused."""

    def clean(self, value: Any) -> str:
        """The address as typed, without spaces around it."""
        text = clean_text(str(value or ""))
        if "," in text or ";" in text or text.count("@") > 1:
            raise ValidationError(_("Enter one address only."), code="several")
        address = super().clean(text)
        if address and (not address.isascii() or "." not in address.rpartition("@")[2] or "[" in address):
            raise ValidationError(_("Enter an address like name@company.com."), code="invalid")
        return address
