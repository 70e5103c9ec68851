"""What a page says: the five short answers that put it up, and all of its words at the desk."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.forms import fields
from pitches.forms.handles import HandleField
from pitches.forms.hours import HOURS, ZoneField
from pitches.forms.merging import merged
from pitches.forms.topics import TOPICS, Topic
from pitches.models import Page
from pitches.models.page import PAINTS, READING_HOUR

HOUSE_RULES = (
    gettext_lazy("Say who pays and who gains. I tell my readers, always."),
    gettext_lazy("One pitch per door at a time."),
    gettext_lazy("Nothing that I could not repeat to the people who trust me."),
    gettext_lazy("No calls to “explain it better”. Write it better."),
)
MOST_SHUT = 12
MOST_RULES, LONGEST_RULE = 8, 160


def _usual_rules() -> str:
    return "\n".join(map(str, HOUSE_RULES))


class Rules(fields.Text):
    """House rules, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("House rules"),
            help_text=gettext_lazy("One a line, at most eight. You can change every word later."),
            lines=True,
            rows=5,
            required=False,
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        """The rules as a list, each of them short enough."""
        rules = [line.strip() for line in super().clean(value).split("\n") if line.strip()]
        if len(rules) > MOST_RULES:
            raise ValidationError(_("These are %(count)s rules. Keep the best eight.") % {"count": len(rules)})
        for number, rule in enumerate(rules, start=1):
            if len(rule) > LONGEST_RULE:
                said = {"number": number, "count": len(rule)}
                raise ValidationError(_("Make rule %(number)s shorter: at most 160. It has %(count)d.") % said)
        return rules


def _paints() -> list[tuple[str, Any]]:
    names = {
        "green": _("Green"),
        "blue": _("Blue"),
        "gold": _("Gold"),
        "plum": _("Plum"),
        "red": _("Red"),
        "teal": _("Teal"),
    }
    return [(paint, names[paint]) for paint, _same in PAINTS]


class PageForm(forms.Form):
    """All that a page says about its owner. Plain words: nothing in them is read as HTML or Markdown."""

    name = fields.Text(
        label=gettext_lazy("Your name, as your readers know it"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    tagline = fields.Text(label=gettext_lazy("What you do, in one line"), max_length=80, required=False)
    headline = fields.Text(
        label=gettext_lazy("The first line of your page"),
        help_text=gettext_lazy("Left empty, it says: Pitch me here, not in my messages."),
        max_length=80,
        required=False,
        widget=forms.TextInput({"data-count": "80"}),
    )
    intro = fields.Text(
        label=gettext_lazy("What you want people to know before they knock"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 4, "data-count": "600"}),
        lines=True,
    )
    house_rules = Rules()
    paint = forms.ChoiceField(
        label=gettext_lazy("The colour of your page"),
        choices=_paints,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a colour.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, page: Page) -> "PageForm":
        """Filled in as the page is."""
        return cls(initial=_as_it_is(page))

    @classmethod
    def merged(cls, typed: QueryDict, page: Page, theirs: Iterable[str]) -> "PageForm":
        """What was typed, with what only somebody else changed, for the version that there is now."""
        return cls(merged(typed, _as_it_is(page), [*theirs, "seen"]))

    def words(self) -> dict[str, Any]:
        """As doors.keep_words() takes them; what is wrong is left out."""
        data = self.cleaned_data
        kept = ("name", "tagline", "intro", "house_rules", "paint")
        found: dict[str, Any] = {name: data[name] for name in kept if name in data}
        if "headline" in data:
            found["headline"] = data["headline"] or str(Page().headline)
        return found


def _as_it_is(page: Page) -> dict[str, Any]:
    same = ("name", "tagline", "headline", "intro", "paint")
    now = {name: getattr(page, name) for name in same}
    return now | {"house_rules": "\n".join(page.house_rules), "seen": page.version}


class WelcomeForm(forms.Form):
    """Who, the doors that are open, the doors that stay shut, and when it is read."""

    name = fields.Text(
        label=gettext_lazy("Your name, as your readers know it"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    handle = HandleField()
    tagline = fields.Text(label=gettext_lazy("What you do, in one line"), max_length=80, required=False)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics you want to hear about"),
        choices=[(key, topic.name) for key, topic in TOPICS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own = fields.Text(label=gettext_lazy("One of your own"), max_length=40, required=False)
    shut = fields.Text(label=gettext_lazy("Topics, with commas"), max_length=400, required=False)
    hours = forms.ChoiceField(
        label=gettext_lazy("Your reading hour"),
        choices=[(key, label) for key, (label, _hours) in HOURS.items()],
        initial="tue_fri",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose when you read.")},
    )
    own_hours = fields.Text(
        label=gettext_lazy("My own times"),
        help_text=gettext_lazy("One a line: a day and a time, such as TUE 09:00"),
        max_length=200,
        lines=True,
        rows=3,
        required=False,
    )
    timezone = ZoneField()
    house_rules = Rules(initial=_usual_rules)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["timezone"]
        assert isinstance(zone, ZoneField)
        zone.with_present(str(self["timezone"].value() or ""))

    def clean_own_hours(self) -> list[str]:
        """Lines such as TUE 09:00; small letters and 9:00 are understood."""
        found = []
        for line in re.split(r"[\n,;]+", self.cleaned_data["own_hours"]):
            day, _space, time = line.strip().upper().partition(" ")
            hour = f"{day[:3]} {time.strip().zfill(5)}"
            if line.strip():
                READING_HOUR(hour)
                found.append(hour)
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """At least one open door, and own times when those were chosen."""
        data = super().clean() or {}
        if not (data.get("topics") or data.get("own")) and not {"topics", "own"} & set(self.errors):
            self.add_error("topics", _("Choose one door, or name one of your own."))
        if data.get("hours") == "own" and not data.get("own_hours") and "own_hours" not in self.errors:
            self.add_error("own_hours", _("Write at least one time, such as TUE 09:00."))
        return data

    def words(self) -> dict[str, Any]:
        """The page itself."""
        return {name: self.cleaned_data[name] for name in ("name", "handle", "tagline", "house_rules")}

    def reading(self) -> list[str]:
        """The reading hours."""
        return (
            self.cleaned_data["own_hours"]
            if self.cleaned_data["hours"] == "own"
            else HOURS[self.cleaned_data["hours"]][1]
        )

    def hours_in_words(self) -> str:
        """What the preview says of the reading hour."""
        return str(HOURS.get(self["hours"].value() or "", HOURS["own"])[0])

    def doors(self) -> list[dict[str, Any]]:
        """The doors in their order: ticked topics, the own one, then those that stay shut. Each name hangs once."""
        data = self.cleaned_data
        hung = [_open_door(TOPICS[key]) for key in data.get("topics", [])]
        if data.get("own"):
            hung.append(_open_door(Topic(data["own"], "")))
        shut = [name.strip()[:60] for name in data.get("shut", "").split(",")]
        hung += [{"name": name, "state": "closed"} for name in shut if name][:MOST_SHUT]
        by_slug: dict[str, dict[str, Any]] = {}
        for place, door in enumerate(hung):
            door["slug"] = slugify(door["name"])[:40].strip("-") or f"door-{place + 1}"
            door["paint"] = PAINTS[place % len(PAINTS)][0]
            by_slug.setdefault(door["slug"], door)
        return list(by_slug.values())


def _open_door(topic: Topic) -> dict[str, Any]:
    return {
        "name": str(topic.name),
        "blurb": str(topic.blurb),
        "wants": [str(line) for line in topic.wants],
        "not_here": [str(line) for line in topic.not_here],
        "may_ask": list(topic.may_ask),
        "asks": list(topic.asks),
    }
