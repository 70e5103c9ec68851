"""Fields that refuse what no reader should meet: control characters, reversed text, invisible letters."""

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches import products
from portal import links, zones

Words = str | Promise

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
        domain = address.rpartition("@")[2]
        if address and (not address.isascii() or "." not in domain or "[" in domain or '"' in address):
            raise ValidationError(_("Enter an address like name@company.com."), code="invalid")
        return address


class Either(forms.ChoiceField):
    """Yes or no, in words of its own. True and false, yes and no are understood, too. None where nothing is said."""

    TRUE, FALSE = ("yes", "true", "1", "on"), ("no", "false", "0", "off")

    def __init__(self, *, yes: tuple[str, Words], no: tuple[str, Words], unsaid: Words = "", **kwargs: Any) -> None:
        self.yes, self.no = yes[0], no[0]
        super().__init__(choices=[*([("", unsaid)] if unsaid else []), yes, no], **kwargs)

    def to_python(self, value: Any) -> str:
        """The name of one of the two."""
        word = "" if value is None else str(value).strip().lower()
        return self.yes if word in self.TRUE else self.no if word in self.FALSE else word

    def prepare_value(self, value: Any) -> str:
        """What is ticked: also what was kept as true or false."""
        return self.to_python(value)

    def clean(self, value: Any) -> bool | None:
        """True, false, or nothing."""
        word = super().clean(value)
        return word == self.yes if word else None


FIRST_YEAR, LAST_YEAR = 2000, 2199  # within which every zone can be worked out
NO_MOMENT = _("Write a date and a time such as 2026-03-29 09:00.")


class Moment(forms.Field):
    """A day, or a day with a time, with or without an offset: date, datetime without zone, or datetime with one."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> date | None:
        """Read ISO 8601."""
        found = value if isinstance(value, date) else _iso(clean_text(str(value or "")))
        if found and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(NO_MOMENT, code="invalid")
        return found


class Instant(Moment):
    """A moment, so the time of day is needed."""

    def to_python(self, value: Any) -> date | None:
        """Read ISO 8601."""
        found = super().to_python(value)
        if found and not isinstance(found, datetime):
            raise ValidationError(_("Give the time of day, too."), code="time")
        return found


def _iso(text: str) -> date | None:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text) if text else None
        except ValueError:
            continue
    raise ValidationError(NO_MOMENT, code="invalid")


class Zone(forms.ChoiceField):
    """A time zone by its IANA name. The list names where people live; others are understood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [(zone, zone.replace("_", " ")) for zone in zones.lived_in()], **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Does this machine know the zone?"""
        return value in zones.names()


class ComingDay(forms.DateField):
    """A day that has not passed; the form knows whose today it is."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Category(forms.CharField):
    """A product category, by its id or in words; those that the page does not take are refused as `sensitive`."""

    def __init__(self, **kwargs: Any) -> None:
        self.opened: list[str] = []
        super().__init__(**kwargs)

    @property
    def suggestions(self) -> list[str]:
        """What the list behind the field offers."""
        return [product.path for product in products.accepted(self.opened).values()]

    def prepare_value(self, value: Any) -> Any:
        """The words of an id."""
        known = products.products().get(str(value or ""))
        return known.path if known and not self.widget.is_hidden else value

    def clean(self, value: Any) -> str:
        """The id."""
        text = super().clean(value)
        key = products.read(text) if text else ""
        if key is None:
            raise ValidationError(_("Choose a product from the list, or leave it empty."), code="invalid")
        kind = products.kind_of(key)
        if kind and kind.slug not in self.opened:
            raise ValidationError(
                _("This page does not take pitches about this: %(kind)s."), "sensitive", {"kind": kind.name}
            )
        return key
