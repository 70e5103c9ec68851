"""33: a webhook fails. Told at the next reading hour, once for each spell of failures, unless it works by then."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from pitches.models import Event, Message, Plan
from pitches.notify import outbox, stop, wanted
from portal import clock, links

KIND = "webhook_fails"


def webhook_fails(event: Event) -> None:
    """33: five tries in a row were not taken."""
    page, owner = event.page, event.page.owner
    if wanted.wants(owner, page, KIND):
        outbox.put(
            KIND,
            owner.email,
            dedupe=f"{KIND}:{event.note}:{event.pk}",
            user=owner,
            page=page,
            queue="later",
            not_before=page.after_quiet(page.next_hour(clock.now()) or clock.now()),
        )


def is_over(message: Message) -> bool:
    """Does it work again, was it taken away, or does the owner want no such mail?"""
    page, user = message.page, message.user
    if page is None or user is None or not wanted.wants(user, page, KIND):
        return True
    return _failing(message) is None


def _failing(message: Message) -> Plan | None:
    """The plan whose webhook fails, if it does so still."""
    number = message.dedupe.split(":")[1]
    return Plan.objects.filter(pk=number, page=message.page, failing_since__isnull=False).exclude(webhook="").first()


def words(message: Message) -> dict[str, Any]:
    """What the mail says. Of the address no more than its host: its path may be a secret."""
    page, plan = message.page, _failing(message)
    assert page is not None
    assert plan is not None
    return {
        "host": urlsplit(plan.webhook).hostname,
        "since": plan.failing_since,
        "failures": plan.failures,
        "outgoing_link": links.absolute(f"{reverse('desk:outgoing')}#calls_title"),
        "stop_link": stop.link_to(page, KIND, message.user),
    }
