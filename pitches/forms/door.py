"""The form of a door at the desk: how it stands, and everything else. Moments are typed in the owner’s zone."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pitches.doors import KEPT
from pitches.forms import content, fields
from pitches.forms.groups import needed
from pitches.forms.groups.base import CURRENCIES
from pitches.models import Asked, Door, DoorState, Page
from pitches.models.door import all_tiers, usual_asks
from pitches.models.relationship import LADDER
from portal import clock

BASE, MOST_REQUIRED = 8, 12  # answers that every pitch needs, and the most that a door may need
ASKS = {
    "paid": gettext_lazy("The offer: what is paid, and for what"),
    "news": gettext_lazy("News: an embargo, and details under seal"),
    "event": gettext_lazy("An event: its date and its place"),
    "product": gettext_lazy("A product: a sample, on loan or to keep"),
}
PAINTS = {
    "green": gettext_lazy("Green"),
    "blue": gettext_lazy("Blue"),
    "gold": gettext_lazy("Gold"),
    "plum": gettext_lazy("Plum"),
    "red": gettext_lazy("Red"),
    "teal": gettext_lazy("Teal"),
}
QUESTIONS = (1, 2)
MOST_LINES, LONGEST_LINE = 8, 120
MOST_PLACES = 500  # a week


def most_required(asks: list[str], questions: list[dict[str, Any]]) -> int:
    """How many answers a pitch may need behind a door that asks these groups and these questions of the owner's."""
    return BASE + needed(asks, questions)


class Moment(forms.Field):
    """A day and a time on the clock of a zone. In a gap of daylight saving it moves forward, in a fold it is the first.

    What was there before and comes back as it was shown is kept to the second.
    """

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": gettext_lazy("Write a day and a time, such as 2026-06-30 23:59.")}  # noqa: RUF012
    zone: tzinfo = UTC
    before: datetime | None = None

    def prepare_value(self, value: Any) -> Any:
        """As the clock of the zone shows it."""
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """The moment, in UTC."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            typed = datetime.fromisoformat(text)
            if typed.tzinfo:
                raise ValueError
            if self.before and typed == self.prepare_value(self.before).replace(second=0, microsecond=0, fold=0):
                return self.before
            return typed.replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class Lines(fields.Text):
    """Short lines, one under the other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, rows=4, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The lines that hold something."""
        lines = [line.strip() for line in super().clean(value).split("\n") if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(
                _("Keep to %(most)s lines. There are %(count)s.") % {"most": MOST_LINES, "count": len(lines)}
            )
        for line in lines:
            if len(line) > LONGEST_LINE:
                words = {"most": LONGEST_LINE, "line": f"{line[:30]}…"}
                raise ValidationError(_("Keep each line to %(most)s characters: “%(line)s” is longer.") % words)
        return lines


def _with_its_price(group: str, label: str) -> str:
    """A group of questions, and how many answers it adds."""
    count = needed([group])
    words = ngettext("%(label)s (adds %(count)d answer)", "%(label)s (adds %(count)d answers)", count)
    return words % {"label": label, "count": count}


class StateForm(forms.Form):
    """Open, open until, by invitation, closed: with the dates and the owner's words."""

    state = forms.ChoiceField(
        label=gettext_lazy("The door is"),
        choices=DoorState.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how the door stands.")},
    )
    until = Moment(label=gettext_lazy("Open until"), required=False)
    opens_at = Moment(
        label=gettext_lazy("Opens on"),
        required=False,
        help_text=gettext_lazy("Until then it is closed. On the minute it opens by itself."),
    )
    reason = fields.Text(
        label=gettext_lazy("Your words while it is closed"),
        required=False,
        max_length=280,
        widget=forms.Textarea({"rows": 2, "data-count": 280}),
        help_text=gettext_lazy("Shown to everybody who comes to the closed door"),
    )

    def __init__(self, *args: Any, page: Page, door: Door | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.door = page, door
        for name in ("until", "opens_at"):
            field = self.fields[name]
            assert isinstance(field, Moment)
            field.zone, field.before = page.zone, getattr(door, name, None)

    @classmethod
    def of(cls, door: Door, **changed: Any) -> "StateForm":
        """The form of a door as it stands, with what somebody is about to change."""
        stands = {"state": door.state, "until": door.until, "opens_at": _ahead(door.opens_at), "reason": door.reason}
        return cls(page=door.page, door=door, initial=stands | changed, auto_id=f"id_{door.slug}_%s")

    def clean_opens_at(self) -> datetime | None:
        """A moment that is ahead."""
        moment = self.cleaned_data["opens_at"]
        if moment and moment <= clock.now():
            raise ValidationError(_("This moment has passed. Choose a later one, or leave it empty to open at once."))
        return moment

    def clean(self) -> dict[str, Any]:
        """What a state and its dates owe to each other."""
        data = super().clean() or {}
        if data.get("state") != DoorState.UNTIL:
            self.errors.pop("until", None)
            data["until"] = None
        elif "until" not in self.errors:
            self._check_until(data.get("until"), data.get("opens_at"))
        return data

    def _check_until(self, until: datetime | None, opens_at: datetime | None) -> None:
        ended_before = self.door is not None and until == self.door.until
        if until is None:
            self.add_error("until", _("Say until when it is open."))
        elif until <= clock.now() and not ended_before:
            self.add_error("until", _("This moment has passed. Choose a later one, or close the door."))
        elif opens_at and opens_at >= until:
            self.add_error("until", _("The door would close before it opens. Choose a later moment."))

    def said(self) -> dict[str, Any]:
        """What was said, as fields of a door."""
        return {name: self.cleaned_data[name] for name in StateForm.base_fields}


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment and moment > clock.now() else None


def _text(label: Any, most: int, **more: Any) -> fields.Text:
    return fields.Text(label=label, max_length=most, required=False, **more)


class DoorForm(StateForm):
    """Everything about a door."""

    field_order = ("name", "slug", "blurb", "topic", "paint")  # as the page has them
    name = _text(gettext_lazy("Name"), 60)
    blurb = _text(gettext_lazy("In one line, what you look for"), 120, widget=forms.TextInput({"data-count": 120}))
    slug = _text(gettext_lazy("Its address"), 40)
    topic = forms.CharField(label=gettext_lazy("Topic"), required=False)
    paint = forms.ChoiceField(
        label=gettext_lazy("Paint"), choices=list(PAINTS.items()), widget=forms.RadioSelect, initial="green"
    )
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Who may use it"),
        choices=[(one.value, one.label) for one in LADDER],
        widget=forms.CheckboxSelectMultiple,
        initial=all_tiers,
        error_messages={"required": gettext_lazy("Choose who may use it. A door that is open for nobody is closed.")},
    )
    places_per_week = forms.IntegerField(
        label=gettext_lazy("Places a week"),
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric", "min": 1, "max": MOST_PLACES}),
        help_text=gettext_lazy("For people who are new to you. Empty for no limit; weeks begin on Monday."),
    )
    wants = Lines(label=gettext_lazy("Yes, please"), help_text=gettext_lazy("One a line, at most eight"))
    not_here = Lines(label=gettext_lazy("Not here"), help_text=gettext_lazy("One a line, at most eight"))
    may_ask = forms.MultipleChoiceField(
        label=gettext_lazy("What may be asked for"),
        choices=Asked.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=usual_asks,
        error_messages={"required": gettext_lazy("Choose at least one thing that may be asked for.")},
    )
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("What else a pitch must say"), widget=forms.CheckboxSelectMultiple, required=False
    )
    question_1 = _text(gettext_lazy("A question of your own"), 120)
    required_1 = forms.BooleanField(label=gettext_lazy("It needs an answer"), required=False)
    question_2 = _text(gettext_lazy("Another one"), 120)
    required_2 = forms.BooleanField(label=gettext_lazy("It needs an answer"), required=False)
    floor_amount = forms.DecimalField(
        label=gettext_lazy("Paid offers from"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any", "min": "0"}),
    )
    floor_currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[("", gettext_lazy("Choose")), *CURRENCIES], required=False
    )
    takes_files = forms.BooleanField(
        label=gettext_lazy("Take files from people I know or trust"),
        required=False,
        help_text=gettext_lazy(
            "PDF, PNG, JPEG or plain text, up to three with a pitch. You get them as downloads, and nothing scans them."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = self.fields["asks"]
        assert isinstance(asks, forms.MultipleChoiceField)
        asks.choices = [(name, _with_its_price(name, str(label))) for name, label in ASKS.items()]
        asks.help_text = _("A door may need at most %(most)d answers; every pitch needs %(base)d.") % {
            "most": MOST_REQUIRED,
            "base": BASE,
        }
        if self.door:
            del self.fields["slug"]

    @classmethod
    def everything(cls, door: Door, **changed: Any) -> "DoorForm":
        """The form of a door as it stands, with what somebody typed over it."""
        stands = {name: getattr(door, name) for name in KEPT} | {"opens_at": _ahead(door.opens_at)} | changed
        for number, question in zip(QUESTIONS, stands.pop("questions"), strict=False):
            stands |= {f"question_{number}": question["text"], f"required_{number}": question["required"]}
        return cls(page=door.page, door=door, initial=stands)

    def as_typed(self) -> "DoorForm":
        """The same form before it is judged: every field as it was typed."""
        typed = {name: self[name].value() for name in self.fields}
        return DoorForm(page=self.page, door=self.door, initial=typed)

    # ── each field ───────────────────────────────────────────────────────────
    def clean_topic(self) -> str:
        """A topic of the catalogue, or none."""
        if (key := self.cleaned_data["topic"]) and key not in content.subjects():
            raise ValidationError(_("Choose a topic from the list, or none."))
        return key

    def clean_places_per_week(self) -> int | None:
        """At least one: a door without places is a closed door."""
        places = self.cleaned_data["places_per_week"]
        if places is not None and places < 1:
            raise ValidationError(
                _("With no places at all the door is closed. Leave it empty for no limit, or close it.")
            )
        if places is not None and places > MOST_PLACES:
            raise ValidationError(_("At most %(most)s a week. Leave it empty for no limit.") % {"most": MOST_PLACES})
        return places

    # ── the rules between them ───────────────────────────────────────────────
    def clean(self) -> dict[str, Any]:
        """Contradictions get a sentence at the field."""
        data = super().clean()
        self._check_name(data)
        self._check_floor(data)
        needed = most_required(data.get("asks") or [], self._questions())
        if needed > MOST_REQUIRED and "asks" not in self.errors:
            words = {"needed": needed, "most": MOST_REQUIRED, "base": BASE}
            self.add_error(
                "asks",
                _("A pitch would need %(needed)s answers, and %(most)s are the most. The form itself has %(base)s. "
                  "Take out a group, or let one of your questions go without an answer.") % words,
            )  # fmt: skip
        return data

    def _check_name(self, data: dict[str, Any]) -> None:
        if not data.get("name") and "name" not in self.errors:
            if self.door or not data.get("topic"):
                self.add_error("name", _("Give the door a name."))
                return
            data["name"] = content.subjects()[data["topic"]].name[:60]
        if self.door is None and data.get("name") and "slug" not in self.errors:
            self._find_address(data)

    def _find_address(self, data: dict[str, Any]) -> None:
        typed = data.get("slug", "")
        address = slugify(typed or data["name"])[:40].strip("-_")
        if typed and not address:
            self.add_error("slug", _("Use small letters, digits and hyphens."))
            return
        taken = {door.slug: door for door in self.page.doors.all()}
        if not address:  # a name in letters that an address cannot have
            address = next(f"door-{number}" for number in range(1, len(taken) + 2) if f"door-{number}" not in taken)
        data["slug"] = address
        if other := taken.get(address):
            self.say_taken(other)

    def say_taken(self, other: Door | None = None) -> None:
        """Another door of the page has this address: at the field that made it."""
        field = "slug" if self.cleaned_data.get("slug") and self.data.get("slug") else "name"
        if other and other.taken_down_at:
            sentence = _("“%(name)s” had this address and was taken down. Hang it again, or choose another name.")
        else:
            sentence = _("“%(name)s” has this address already. Choose another name, or another address.")
        self.add_error(field, sentence % {"name": other.name if other else self.cleaned_data.get("name", "")})

    def _check_floor(self, data: dict[str, Any]) -> None:
        amount, currency = data.get("floor_amount"), data.get("floor_currency")
        if amount is not None and not currency and "floor_currency" not in self.errors:
            self.add_error("floor_currency", _("Choose the currency of the floor."))
        if currency and amount is None and "floor_amount" not in self.errors:
            self.add_error("floor_amount", _("Say from how much, or leave the currency empty."))

    def _questions(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        asked = [(data.get(f"question_{number}", ""), data.get(f"required_{number}", False)) for number in QUESTIONS]
        return [{"text": text, "required": required} for text, required in asked if text]

    def said(self) -> dict[str, Any]:
        """What was said, as fields of a door."""
        plain = {name: self.cleaned_data[name] for name in KEPT if name != "questions"}
        new = {} if self.door else {"slug": self.cleaned_data["slug"]}
        return plain | {"questions": self._questions()} | new
