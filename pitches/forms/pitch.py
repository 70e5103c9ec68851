"""The form of a door: eight answers, and the groups of questions that the door asks for. Never more than twelve."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pitches import embargo
from pitches.forms import fields
from pitches.forms.document import read as read_document
from pitches.forms.groups import GROUPS, Group, news, own
from pitches.forms.groups.base import plain
from pitches.models import Asked, Door, Payer, Pitch, Sender
from portal import clock, languages

LINE_LIMIT, WHY_LIMIT = 90, 240  # code points; 240 are about 40 words
REQUIRED = {
    "line": _("Write in one line what it is."),
    "why": _("Say why the readers would care."),
    "link": _("Give a link that can be checked."),
    "ask": _("Choose what you are asking for."),
    "payer": _("Choose who pays you for this."),
    "name": _("Give your name."),
    "company": _("Give your agency or company."),
    "email": _("Give your work email."),
}


class PitchForm(forms.Form):
    """What may come in through a door. The page, the API and inbound mail fill the same form."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    line = fields.Text(label=_("In one line, what is it?"), max_length=LINE_LIMIT)
    why = fields.Text(max_length=WHY_LIMIT, lines=True)
    link = fields.Link(max_length=500)
    ask = forms.ChoiceField(label=_("What are you asking for?"), widget=forms.RadioSelect)
    payer = forms.ChoiceField(
        label=_("Who pays you for this?"),
        choices=Payer.choices,
        widget=forms.RadioSelect,
    )
    last_day = fields.ComingDay(label=_("Last useful day"), required=False)
    detail = fields.Text(label=_("More detail"), max_length=1200, lines=True, required=False)
    machine_for = fields.Text(
        label=_("Written or sent by a machine? Then who answers for it?"), max_length=80, required=False
    )
    name = fields.Text(label=_("Your name"), max_length=80)
    company = fields.Text(label=_("Agency or company"), max_length=80)
    email = fields.WorkEmail(label=_("Work email"), max_length=254)
    language = forms.RegexField(
        r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})?$",
        label=_("Language of the pitch"),
        help_text=_("So that it is read out correctly"),
        required=False,
        widget=forms.Select,
    )
    category = fields.Category(label=_("What kind of product is it?"), required=False)

    BASE = ("line", "why", "link", "ask", "payer")
    OPTIONAL = ("last_day", "detail", "machine_for")
    CONTACT = ("name", "company", "email")
    ABOUT_PRODUCTS = frozenset({"paid", "product"})  # doors with these groups show the choice of a category

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.door = door
        self.groups = groups_of(door)
        self.parts: dict[str, list[str]] = {}
        for group in self.groups:
            asked = group.fields()
            self.parts[group.name] = list(asked)
            self.fields.update({f"{group.name}.{name}": field for name, field in asked.items()})
        self._say_whose_page()
        self._offer_products()
        self._offer_languages()
        for name, sentence in REQUIRED.items():
            self.fields[name].error_messages["required"] = sentence
        for name, limit in (("line", LINE_LIMIT), ("why", WHY_LIMIT)):
            self.fields[name].widget.attrs["data-count"] = limit
        for name, token in (
            ("name", "name"),
            ("company", "organization"),
            ("email", "email"),
        ):
            self.fields[name].widget.attrs["autocomplete"] = token
        if not self.is_bound:
            self.initial.setdefault("form_key", uuid4())

    def _say_whose_page(self) -> None:
        who = {"name": self.door.page.first_name}
        ask = self.fields["ask"]
        assert isinstance(ask, forms.ChoiceField)
        ask.choices = [(value, label) for value, label in Asked.choices if value in self.door.may_ask]
        hints = {
            "line": _("%(name)s sees this first. Plain words beat clever ones."),
            "why": _("About three sentences. This is what the decision rests on."),
            "payer": _("%(name)s tells the readers"),
            "machine_for": _("A person’s name. %(name)s reads: sent by a machine for them."),
            "email": _("A six-digit code goes there now, and %(name)s’s answer later."),
        }
        self.fields["why"].label = _("Why would %(name)s’s readers care?") % who
        self.fields["link"].label = _("A link that %(name)s can check") % who
        if "news.sealed" in self.fields:
            hints["news.sealed"] = _("Encrypted. %(name)s reads it after accepting your terms, or once it has lifted.")
            self.initial.setdefault("news.zone", self.door.page.timezone)
        for field, hint in hints.items():
            self.fields[field].help_text = hint % who

    def _offer_products(self) -> None:
        category = self.fields["category"]
        assert isinstance(category, fields.Category)
        category.opened = self.door.page.sensitive
        self.shows_category = bool(self.ABOUT_PRODUCTS & self.parts.keys())
        if self.shows_category:
            category.help_text = _("Type a word and choose from the list")
            category.widget.attrs.update({"list": "products", "autocomplete": "off"})
        else:
            category.widget = category.hidden_widget()

    def _offer_languages(self) -> None:
        """The known ones, and whatever else was sent: a document may name any."""
        widget, known = self.fields["language"].widget, languages.choices()
        assert isinstance(widget, forms.Select)
        said = str(self["language"].value() or "")
        other = [(said, languages.name(said))] if said and said not in dict(known) else []
        widget.choices = [("", _("Guess it from the words")), *known, *other]

    def clean_last_day(self) -> date | None:
        """A day that has not passed for the owner."""
        day = self.cleaned_data.get("last_day")
        if day and day < self.door.page.local_date(clock.now()):
            raise forms.ValidationError(
                _("This day has passed. Choose a later one, or leave it empty."),
                code="past",
            )
        return day

    def clean(self) -> dict[str, Any]:
        """The rules of each group, after its fields."""
        data = super().clean() or {}
        for group in self.groups:
            for name, error in group.check(self._values(group), self.door.page).items():
                if f"{group.name}.{name}" not in self.errors:
                    self.add_error(f"{group.name}.{name}", str(error))
        return data

    def _values(self, group: Group) -> dict[str, Any]:
        return {name: self.cleaned_data.get(f"{group.name}.{name}") for name in self.parts[group.name]}

    @property
    def key(self) -> UUID:
        """The idempotency key of this form: the same key twice is one pitch."""
        return self.cleaned_data["form_key"]

    def answers(self) -> dict[str, Any]:
        """The cleaned answers as fields of a Pitch, for intake.write(); and what is to be sealed, if anything is."""
        data = self.cleaned_data
        plain_ones = (*self.BASE, *self.OPTIONAL, *self.CONTACT, "category")
        answers = {name: data[name] for name in plain_ones}  # an emptied date is empty, too
        answers["language"] = data.get("language") or guessed(answers)
        kept = {group.name: group.keep(self._values(group), self.door.page) for group in self.groups}
        answers["groups"] = {name: values for name, values in kept.items() if values or name != "own"}
        answers["sealed"] = self._sealed()
        return answers

    def _sealed(self) -> embargo.Secret | None:
        if "news" not in self.parts:
            return None
        values, page = self._values(GROUPS["news"]), self.door.page
        return embargo.Secret(values["sealed"], news.lifts(values, page), news.zone_of(values, page).key)

    @classmethod
    def filled(cls, pitch: Pitch) -> "PitchForm":
        """The form of a pitch that is not handed in yet, to go on writing. Only for whoever holds its link."""
        typed = typed_in(pitch)
        if typed["language"] == guessed(typed):  # as if nobody had chosen it: with other words it may be another one
            typed["language"] = ""
        return cls(door=pitch.door, initial=typed)

    @classmethod
    def anew(cls, pitch: Pitch) -> "PitchForm":
        """The form of a pitch that ended, to write it once more: another pitch, with a key of its own."""
        typed = {name: value for name, value in typed_in(pitch).items() if name != "form_key"}
        return cls(door=pitch.door, initial=typed)

    @classmethod
    def empty(cls, door: Door, contact: Sender | None) -> "PitchForm":
        """A fresh form; a device that proved a mailbox has its contact filled in."""
        known = {"name": contact.name, "company": contact.company, "email": contact.email} if contact else {}
        return cls(door=door, initial=known)


def guessed(answers: dict[str, Any]) -> str:
    """The language of the words of a pitch; the site's where nobody can be sure."""
    return languages.guess("\n".join(answers[name] for name in ("line", "why", "detail"))) or settings.LANGUAGE_CODE


def typed_in(pitch: Pitch, door: Door | None = None) -> dict[str, Any]:
    """What the form of its door, or of another, held when a pitch was sent, by the names of the fields."""
    names = (*PitchForm.BASE, *PitchForm.OPTIONAL, *PitchForm.CONTACT, "language", "category", "form_key")
    typed = {name: getattr(pitch, name) for name in names}
    for name, values in pitch.groups.items():
        if name == "own":
            typed |= _own_answers(door or pitch.door, values)
        else:
            typed |= {f"{name}.{part}": value for part, value in _typed(pitch, name, values).items()}
    return typed


def from_json(document: Any, door: Door, *, key: UUID | None = None) -> dict[str, Any]:
    """What the form of a door takes, from a document as the schema of the door describes it. Raises Misshapen."""
    return read_document(PitchForm(door=door).fields, document) | {"form_key": key or uuid4()}


def groups_of(door: Door) -> list[Group]:
    """The groups of questions that a door asks, its own ones last."""
    groups = [GROUPS[name] for name in door.asks if name in GROUPS]
    questions = own(door.questions)
    return [*groups, questions] if questions else groups


def _typed(pitch: Pitch, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a group, as its sender typed it."""
    if name == "news":
        return news.typed(values) | {"sealed": embargo.own_words(pitch)}
    if name == "event" and "+" in values["starts"]:
        there = datetime.fromisoformat(values["starts"]).astimezone(pitch.page.zone)
        return values | {"starts": plain(there.replace(tzinfo=None))}
    return values


def _own_answers(door: Door, kept: list[dict[str, str]]) -> dict[str, str]:
    """Answers to the questions that the door still asks in the same words."""
    said = {one["question"]: one["answer"] for one in kept}
    asked = {f"own.{number}": question["text"] for number, question in enumerate(door.questions, start=1)}
    return {name: said[text] for name, text in asked.items() if text in said}
