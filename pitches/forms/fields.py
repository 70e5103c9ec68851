"""Fields that refuse what no reader should meet: control characters, reversed text, invisible letters."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import links

# C0 and C1 controls, zero-width characters, bidi overrides (Unicode TR 36, "Trojan Source").
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean_text(value: str, *, lines: bool = False) -> str:
    """Normalise (NFC, one kind of line end) and refuse what cannot be seen."""
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    text = text if lines else " ".join(text.split("\n"))
    if UNSEEN.search(text) or any(unicodedata.category(char) == "Cs" for char in text):
        raise ValidationError(_("Take out the invisible or control characters."), code="unseen")
    return text.strip()


class Text(forms.CharField):
    """One line, or several with `lines=True`. Lengths are counted in code points, as the page counts them."""

    def __init__(self, *, lines: bool = False, rows: int = 4, **kwargs: Any) -> None:
        self.lines = lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The cleaned text, before its length is checked."""
        return clean_text(super().to_python(value) or "", lines=self.lines)


class Link(Text):
    """A web address that every browser reads in the same way (portal/links.py)."""

    widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        """The address, with an ASCII host."""
        text = super().clean(value)
        return links.read(text)[0] if text else ""


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
