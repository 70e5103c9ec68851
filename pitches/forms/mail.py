"""Which mails somebody wants about a page: one tick for each kind, with a sentence on when it comes."""

from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pitches.models import Page
from pitches.notify import wanted
from portal.models import User

# The kind, in the words of whoever chooses, and when it comes.
WORDS: dict[str, tuple[Any, Promise]] = {
    "digest": (
        _("The reading hour begins"),
        _("When the hour begins and something waits: at most one a day, and none when the ledge is empty."),
    ),
    "tell_now": (
        _("A last useful day before your next hour"),
        _("As soon as somebody you trust leaves such a pitch. It is the one mail here that comes between hours."),
    ),
    "answers_came": (
        _("Answers to questions came"),
        _("When the hour begins. The mail above says it in a line, so this one says it twice."),
    ),
    "door_closes": (
        _("A door closes"),
        _("At the last hour on a day before a door closes that is open until a date."),
    ),
    "undelivered": (
        _("Answers could not be delivered"),
        _("When the next hour begins, all of them in one mail."),
    ),
    "lapsing": (
        _("Pitches lapse"),
        _("At an hour two days before, or at the last one that comes before that: all of them in one mail."),
    ),
    "month": (
        _("A month in numbers"),
        _("At the first hour of a month: how many pitches came in the last 30 days, and how many were answered."),
    ),
    "webhook_fails": (
        _("A webhook fails"),
        _("At the hour, when a system of yours could not be told five times in a row: once, until it works again."),
    ),
}


class Asked(NamedTuple):
    """What the page of a stop link says of a kind."""

    stop: Promise
    again: Promise
    stopped: Promise


def _asked(kind: str) -> Asked:
    named = {"kind": WORDS[kind][0]}
    return Asked(
        format_lazy(_("Stop the emails “{kind}”?"), **named),
        format_lazy(_("The emails “{kind}” come again."), **named),
        format_lazy(_("Stopped. No more emails “{kind}”."), **named),
    )


ASKED = {kind: _asked(kind) for kind in WORDS} | {
    "digest": Asked(
        _("Stop the email at the reading hour?"),
        _("The email comes again."),
        _("Stopped. No more mail at the reading hour."),
    ),
    "tell_now": Asked(
        _("Stop the emails about last useful days?"),
        _("These emails come again."),
        _("Stopped. No more mail about last useful days."),
    ),
}
USUAL = {True: _("{when} Usually on."), False: _("{when} Usually off.")}


class MailForm(forms.Form):
    """What one person may choose about one page. What is not shown is not changed."""

    def __init__(self, data: Any = None, *, user: User, page: Page) -> None:
        super().__init__(data)
        for kind, usual in wanted.defaults(user, page).items():
            label, when = WORDS[kind]
            self.fields[kind] = forms.BooleanField(
                label=label,
                help_text=format_lazy(USUAL[usual], when=when),
                required=False,
                initial=wanted.wants(user, page, kind),
            )
