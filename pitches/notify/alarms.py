"""34: what whoever runs this site has to know. One mail for each thing and its time."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from pitches.models import Message, Report, Stop
from pitches.notify import outbox
from portal import links

# What happened: as a subject, and what it means.
ABOUT = {
    Stop.BY_HAND: (
        gettext_lazy("No mail goes out: stopped by hand"),
        gettext_lazy("All mail waits in the outbox, and goes out when somebody lets it."),
    ),
    Stop.BOUNCES: (
        gettext_lazy("No mail goes out: too much comes back"),
        gettext_lazy(
            "Of the last 1,000 mails 2.5 % or more came back. Mail providers look into a sender from 5 % on. "
            "Only codes to proven mailboxes still go. Find out where the addresses come from before you let mail go on."
        ),
    ),
    Stop.COMPLAINTS: (
        gettext_lazy("No mail goes out: people call it unwanted"),
        gettext_lazy(
            "Of the last 10,000 mails 0.05 % or more were called unwanted. Mail providers look into a sender from "
            "0.1 % on. Only codes to proven mailboxes still go. Find out which mail it is before you let mail go on."
        ),
    ),
    Stop.RESTORED: (
        gettext_lazy("No mail goes out: the database is older"),
        gettext_lazy(
            "The database knows less than what was sent from here, so it was restored from a backup. What waits in it "
            "may have been sent already. Look at it, and say whether it is to be sent or left out."
        ),
    ),
    Stop.TYPED: (
        gettext_lazy("No mail to new addresses: too much comes back"),
        gettext_lazy(
            "Of the last 1,000 mails 5 % or more came back from addresses that somebody typed and nobody proved, or of "
            "the last 10,000 mails 0.1 % or more were called unwanted there. Mail to proven mailboxes goes on. Find "
            "out who types them before you let mail go on."
        ),
    ),
    "denied": (
        gettext_lazy("Our mail is refused"),
        gettext_lazy(
            "The mail server took none of the last five mails, and the reason is the account, the key or the sender of "
            "this site. All of them wait and are tried again for three days. What it said stands in the log of mails."
        ),
    ),
    "stalled": (
        gettext_lazy("Work has stood still for %(minutes)s minutes"),
        gettext_lazy(
            "Something waits for a worker and is not taken up. Look whether worker, beat, relay and broker run: "
            "“manage.py doctor” names what waits, and “manage.py sweep” does it without them."
        ),
    ),
    "copy": (
        gettext_lazy("A copy of somebody’s data cannot be made"),
        gettext_lazy("It was tried several times. The log of the worker says why; its account may ask for it anew."),
    ),
    "erasure": (
        gettext_lazy("An account that asked to go cannot be erased"),
        gettext_lazy("It is tried again and again. The log of the worker says what is in the way."),
    ),
    "unwritten": (
        gettext_lazy("A mail cannot be written: %(kind)s"),
        gettext_lazy("It is not tried again. What was wrong stands beside it in the log of mails."),
    ),
    "report": (
        gettext_lazy("Report about @%(handle)s"),
        gettext_lazy(
            "Somebody says that something is wrong with this page. What they say, and what you can do about it, stands "
            "among the reports. Of one page you hear once an hour at most, however many there are."
        ),
    ),
}
# Where its one button leads, and its words; without an entry to the log of mails.
LOG = ("operator:log", gettext_lazy("Look at the log of mails"))
WAY = {"report": ("operator:reports", pgettext_lazy("at what was reported", "Look"))}


def tell(what: str, *, once: str, not_before: datetime | None = None, **said: str) -> None:
    """34: put an alarm to each operator, one for each `once`. `what`: a key of ABOUT; `said`: what its words name."""
    for to in settings.OPERATORS:
        secret = {"what": str(what)} | said
        dedupe = _name(what, once, to)
        outbox.put("alarm", to, dedupe=dedupe, queue="codes", secret=secret, not_before=not_before)


def told(what: str, *, once: str) -> bool:
    """Was this alarm put already?"""
    return Message.objects.filter(dedupe__in=[_name(what, once, to) for to in settings.OPERATORS]).exists()


def is_open(handle: str) -> bool:
    """Does a report about this page still wait for an operator?"""
    return Report.objects.filter(handle=handle, settled_at=None).exists()


def _name(what: str, once: str, to: str) -> str:
    return f"alarm:{what}:{once}:{to}"[:120]


def words(secret: dict[str, Any]) -> dict[str, Any]:
    """What the templates of an alarm read."""
    title, text = ABOUT[secret["what"]]
    name, look = WAY.get(secret["what"], LOG)
    return {"title": title % secret, "text": text, "look": look, "look_link": links.absolute(reverse(name))}
