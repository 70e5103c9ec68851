"""34: what whoever runs this site has to know. One mail for each thing and its time."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from pitches.models import Stop
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
}


def tell(what: str, *, once: str, **said: str) -> None:
    """34: put an alarm to each operator, one for each `once`. `what`: a key of ABOUT; `said`: what its words name."""
    for to in settings.OPERATORS:
        secret = {"what": str(what)} | said
        outbox.put("alarm", to, dedupe=f"alarm:{what}:{once}:{to}"[:120], queue="codes", secret=secret)


def words(secret: dict[str, Any]) -> dict[str, Any]:
    """What the templates of an alarm read."""
    title, text = ABOUT[secret["what"]]
    return {"title": title % secret, "text": text, "log_link": links.absolute(reverse("operator:log"))}
