"""33: a webhook fails. Told as an hour begins, once for each spell of failures, unless it works by then."""

from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.urls import reverse

from pitches.models import Event, Fact, Message, Page, Plan
from pitches.notify import hourly, outbox, stop, wanted
from portal import clock, links

KIND = "webhook_fails"


def webhook_fails(event: Event) -> None:
    """33: five tries in a row were not taken before the hour, and none since. Without an hour nothing is told."""
    page, at = event.page, hourly.moment(event)
    if at is None or not wanted.wants(page.owner, page, KIND):
        return
    for plan in _failing(page):
        spell = page.events.filter(what=Fact.HOOK_FAILS, note=str(plan.pk), at__gte=plan.failing_since).first()
        if spell:
            outbox.put(
                KIND,
                page.owner.email,
                dedupe=f"{KIND}:{plan.pk}:{spell.pk}",
                user=page.owner,
                page=page,
                queue="later",
                not_before=at,
            )


def is_over(message: Message) -> bool:
    """Does it work again, was it taken away, is it a holiday, or does the owner want no such mail?"""
    page, user = message.page, message.user
    if page is None or user is None or not wanted.wants(user, page, KIND):
        return True
    return page.away_on(page.local_date(clock.now())) or _plan(message) is None


def _failing(page: Page | None) -> QuerySet[Plan]:
    return Plan.objects.filter(page=page, failing_since__isnull=False).exclude(webhook="").order_by("pk")


def _plan(message: Message) -> Plan | None:
    """The plan whose webhook fails, if it does so still."""
    return _failing(message.page).filter(pk=message.dedupe.split(":")[1]).first()


def words(message: Message) -> dict[str, Any]:
    """What the mail says. Of the address no more than its host: its path may be a secret."""
    page, plan = message.page, _plan(message)
    assert page is not None
    assert plan is not None
    return {
        "host": urlsplit(plan.webhook).hostname,
        "since": plan.failing_since,
        "failures": plan.failures,
        "outgoing_link": links.absolute(f"{reverse('desk:outgoing')}#calls_title"),
        "stop_link": stop.link_to(page, KIND, message.user),
        "mail_link": links.absolute(reverse("desk:mail")),
    }
