"""What the owner may decide: the answer to a pitch, and how they stand with its sender."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.models import Agency, AnswerKind, Door, Page, Reason, Standing
from pitches.models.reading import ASK_AGAIN_AFTER
from portal import clock

A_YEAR = timedelta(days=365)
WHEN_OPEN = "open"  # the choice of later that waits for the door


def days_back(page: Page) -> dict[str, date]:
    """The ready days on which a pitch may come back, all after today."""
    today = page.local_date(clock.now())
    tomorrow = today + timedelta(days=1)
    hour = page.next_hour(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=page.zone))
    return {
        "hour": page.local_date(hour) if hour else tomorrow,
        "week": today + timedelta(days=7),
        "month": today + timedelta(days=30),
    }


def _within_a_year(page: Page, day: date | None) -> date | None:
    """A day that is not further away than anybody plans, and that every zone can name."""
    if day and day > page.local_date(clock.now()) + A_YEAR:
        raise ValidationError(_("Choose a day within a year from today."), code="far")
    return day


class AnswerForm(forms.Form):
    """Yes; a question, ready or in own words; later, on a ready day or a date; no with its reason; the right door."""

    kind = forms.ChoiceField(choices=AnswerKind.choices)
    reason = forms.ChoiceField(choices=[("", ""), *Reason.choices], required=False)
    reply = forms.CharField(max_length=20, required=False)
    choice = forms.CharField(max_length=8, required=False)
    text = fields.Text(max_length=280, required=False)
    door = forms.CharField(max_length=40, required=False)
    version = forms.CharField(max_length=6, required=False)
    until = forms.DateField(
        required=False, error_messages={"invalid": _("Choose a day, such as 2026-06-13, or one of the ready days.")}
    )

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page

    def clean_until(self) -> date | None:
        """A day within a year."""
        return _within_a_year(self.page, self.cleaned_data["until"])

    @property
    def seen(self) -> int | None:
        """The version of the pitch that was on the screen; None from a form that does not say."""
        said = self.cleaned_data["version"]
        return int(said) if said.isdecimal() else None

    @property
    def typed(self) -> bool:
        """Is something in it that its author would have to write again?"""
        return bool(self.cleaned_data["text"] or self.cleaned_data["until"])

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as a sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def decision(self) -> dict[str, Any]:
        """The cleaned answer, for review.answer()."""
        data = self.cleaned_data
        kind = AnswerKind(data["kind"])
        found: dict[str, Any] = {"kind": kind, "text": data["text"], "reason": "", "until": None, "door": None}
        found["reply"] = data["reply"]
        if kind == AnswerKind.NO:
            found["reason"], found["until"] = self._reason(), self._again_on()
        elif kind == AnswerKind.WRONG_DOOR:
            found["door"] = self.page.doors.hung().filter(slug=data["door"]).first()
        elif kind == AnswerKind.LATER:
            found["until"] = days_back(self.page).get(data["choice"], data["until"])
            found |= {"when_open": True} if data["choice"] == WHEN_OPEN else {}
        return found

    def _reason(self) -> str:
        """A reason by itself, or by the name of its words; the owner's own words are an own line."""
        data = self.cleaned_data
        if data["reply"] in Reason.values:
            return str(data["reply"])
        return data["reason"] or (Reason.OWN_LINE.value if data["reply"] else "")

    def _again_on(self) -> date | None:
        """From when on a "not now" may be tried again: the day that was named, or the usual one."""
        usual = self.page.local_date(clock.now()) + ASK_AGAIN_AFTER
        return (self.cleaned_data["until"] or usual) if self._reason() == Reason.NOT_NOW else None


class VerdictForm(forms.Form):
    """How the owner stands with somebody, at one place."""

    standing = forms.ChoiceField(
        label=_("How they stand"), choices=Standing.choices, widget=forms.RadioSelect, error_messages={
            "required": _("Choose how they stand."), "invalid_choice": _("Choose how they stand.")}
    )  # fmt: skip
    where = forms.ChoiceField(label=_("Where"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Pause until"),
        help_text=_("Only for a pause: on this day they may pitch again."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    note = fields.Text(label=_("Why?"), help_text=_("Only this desk sees it."), max_length=280, required=False)

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page

    def place(self, choices: list[tuple[str, Any]]) -> None:
        """Where it may hold; the first one is chosen."""
        where = self.fields["where"]
        assert isinstance(where, forms.ChoiceField)
        where.choices = choices
        where.initial = choices[0][0]

    def clean_until(self) -> date | None:
        """A day within a year."""
        return _within_a_year(self.page, self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        """A pause needs a day that is still to come; nothing else has one."""
        data = super().clean() or {}
        paused, until = data.get("standing") == Standing.PAUSED, data.get("until")
        if paused and "until" not in self.errors and (not until or until <= self.page.local_date(clock.now())):
            self.add_error("until", _("Choose the day on which the pause ends, after today."))
        return data

    def verdict(self) -> dict[str, Any]:
        """The cleaned standing but for its place, for relationships.set_by_hand()."""
        data = self.cleaned_data
        day = data["until"] if data["standing"] == Standing.PAUSED else None
        return {
            "standing": Standing(data["standing"]),
            "until": datetime(day.year, day.month, day.day, tzinfo=self.page.zone) if day else None,
            "note": data["note"],
        }


class StandingForm(VerdictForm):
    """How the owner stands with a sender, at the door of a pitch or everywhere."""

    def __init__(self, *args: Any, page: Page, door: Door, agency: Agency | None = None, **kwargs: Any) -> None:
        super().__init__(*args, page=page, **kwargs)
        self.door = door
        places = [("door", _("At %(door)s") % {"door": door.name}), ("page", _("At every door"))]
        if agency:  # a freemail address has none: who has it stands alone
            everybody = _("At every door, and so for everybody at %(domain)s") % {"domain": agency.domain}
            places.append(("agency", everybody))
        self.place(places)

    @property
    def whole_agency(self) -> bool:
        """Is everybody of the agency meant?"""
        return self.cleaned_data["where"] == "agency"

    def verdict(self) -> dict[str, Any]:
        """The cleaned standing, for relationships.set_by_hand()."""
        return super().verdict() | {"door": self.door if self.cleaned_data["where"] == "door" else None}
