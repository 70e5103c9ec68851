"""Five short answers that put a page up."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.forms import fields
from pitches.forms.topics import TOPICS, Topic
from pitches.models import Page
from pitches.models.page import HANDLE, PAINTS, READING_HOUR, WEEKDAYS
from portal import zones

# Addresses of the site itself, and names that only a cheat would want.
RESERVED = frozenset(
    """
    about abuse accessibility account accounts admin administrator agencies agency all anonymous api app apps assets
    auth billing blog bot careers contact dashboard data dev desk developer developers docs door doors download
    email example exports faq favicon feed find for-agencies halfdoor health healthz help home hooks hour hours how
    images inbox info invite key keys ledge legal login logout mail maintainer me media metrics moderator mod news
    nobody null official operator owner page pages password payment pitch pitches postmaster press pricing privacy
    profile public readyz register report reports root robots rss rules safety sales search security server session
    settings share sign-in sign-out sign-up signin signout signup sitemap site staff static status stop store
    support system team terms test trust undefined user users verify watch web webhook webhooks webmaster welcome
    well-known www you
    """.split()
)
HOURS = {
    "tue_fri": (gettext_lazy("Tuesday and Friday, 09:00"), ["TUE 09:00", "FRI 09:00"]),
    "weekdays": (gettext_lazy("Every weekday, 09:00"), [f"{day} 09:00" for day in WEEKDAYS[:5]]),
    "friday": (gettext_lazy("Friday afternoon, 15:00"), ["FRI 15:00"]),
    "own": (gettext_lazy("My own times"), []),
}
HOUSE_RULES = (
    gettext_lazy("Say who pays and who gains. I tell my readers, always."),
    gettext_lazy("One pitch per door at a time."),
    gettext_lazy("Nothing that I could not repeat to the people who trust me."),
    gettext_lazy("No calls to “explain it better”. Write it better."),
)
MOST_SHUT = 12


def _zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in zones.lived_in()]


def _usual_rules() -> str:
    return "\n".join(map(str, HOUSE_RULES))


class WelcomeForm(forms.Form):
    """Who, the doors that are open, the doors that stay shut, and when it is read."""

    name = fields.Text(
        label=gettext_lazy("Your name, as your readers know it"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    handle = fields.Text(
        label=gettext_lazy("Your short address"),
        max_length=30,
        error_messages={"required": gettext_lazy("Choose a short address.")},
        widget=forms.TextInput({"autocapitalize": "off", "spellcheck": "false", "dir": "ltr", "autocomplete": "off"}),
    )
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
    timezone = forms.ChoiceField(label=gettext_lazy("Your time zone"), choices=_zone_choices)
    house_rules = fields.Text(
        label=gettext_lazy("House rules"),
        help_text=gettext_lazy("One a line. You can change every word later"),
        max_length=1000,
        lines=True,
        rows=5,
        required=False,
        initial=_usual_rules,
    )

    def clean_handle(self) -> str:
        """A handle of ASCII letters that nobody has and that the site does not need. Capitals become small."""
        handle = self.cleaned_data["handle"].removeprefix("@").lower()
        HANDLE(handle)
        if handle in RESERVED:
            raise ValidationError(_("This address is reserved. Choose another."), code="reserved")
        if Page.objects.filter(handle=handle).exists():
            raise ValidationError(_("@%(handle)s is taken. Choose another.") % {"handle": handle}, code="taken")
        return handle

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
        data = self.cleaned_data
        rules = [line.strip()[:160] for line in data["house_rules"].split("\n") if line.strip()]
        return {"name": data["name"], "handle": data["handle"], "tagline": data["tagline"], "house_rules": rules[:8]}

    def reading(self) -> list[str]:
        """The reading hours."""
        return (
            self.cleaned_data["own_hours"]
            if self.cleaned_data["hours"] == "own"
            else HOURS[self.cleaned_data["hours"]][1]
        )

    def doors(self) -> list[dict[str, Any]]:
        """The doors in their order: ticked topics, the own one, then those that stay shut. Each name hangs once."""
        data = self.cleaned_data
        hung = [_open_door(TOPICS[key]) for key in data["topics"]]
        if data["own"]:
            hung.append(_open_door(Topic(data["own"], "")))
        shut = [name.strip()[:60] for name in data["shut"].split(",")]
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


def suggest_handle(text: str) -> str:
    """A handle that is free, made from a name or a mailbox."""
    base = slugify(text)[:26].strip("-") or "page"
    taken = set(Page.objects.filter(handle__startswith=base).values_list("handle", flat=True)) | RESERVED
    return next(
        name for name in [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))] if name not in taken
    )
