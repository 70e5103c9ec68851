"""Assistants: people who help an owner, each known by a mailbox that agreed to it. They take handoffs, by mail.

What else they may do is their role (roles.py); who of them sits at the desk is asked of helping.py.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from pitches import helping as desks
from pitches import lifecycle, mailboxes
from pitches.models import Assistant, Event, Fact, Handoff, Message, Page, Plan, Role
from portal import clock, domains, tokens
from portal.models import User

MOST = 10  # for one page, those who were invited counted in
INVITATIONS = 10  # mails of one page on one local day, also to those who were removed again
ASKED_LIFE = timedelta(days=30)  # how long an invitation can be taken
KEPT = timedelta(days=90)  # how long a link still says that it is over


@dataclass
class NotInvited(Exception):
    """Nobody was invited: `why` is yourself, invited (already), full (ten of them) or enough (mails for today)."""

    why: str


def helping(page: Page) -> QuerySet[Assistant]:
    """Those who agreed, and still help."""
    return page.assistants.filter(joined_at__isnull=False, left_at=None)


def invite(page: Page, *, name: str, email: str, by: User, role: str = Role.MAIL) -> Assistant:
    """Ask somebody to help, as far as a role reaches. One mail asks them, if the mailbox takes one.

    It shows nothing before they agreed. Raises NotInvited.
    """
    mailbox, seed = domains.mailbox(email), tokens.seed()
    if mailbox == domains.mailbox(page.owner.email):
        raise NotInvited("yourself")
    with transaction.atomic():
        Page.objects.select_for_update(no_key=True).get(pk=page.pk)  # two tabs count one after the other
        _check(page, mailbox)
        found = Assistant.objects.create(
            page=page,
            name=name,
            email=email,
            mailbox=mailbox,
            role=role,
            seed=seed,
            token_hash=tokens.digest(tokens.link_token("assist", seed)),
            invited_at=clock.now(),
        )
        lifecycle.record(Fact.ASSISTED, page, by=by, note=str(found.pk))
    return found


def _check(page: Page, mailbox: str) -> None:
    there = page.assistants.filter(left_at=None)
    if there.filter(mailbox=mailbox).exists():
        raise NotInvited("invited")
    if there.count() >= MOST:
        raise NotInvited("full")
    today = datetime.combine(page.local_date(clock.now()), time(), page.zone).astimezone(UTC)
    if page.assistants.filter(invited_at__gte=today).count() >= INVITATIONS:
        raise NotInvited("enough")


def token_of(assistant: Assistant) -> str:
    """The secret part of the mailed link."""
    return tokens.link_token("assist", assistant.seed)


def state_of(assistant: Assistant) -> str:
    """asked, expired (nobody agreed within 30 days), helps, or over."""
    if assistant.left_at:
        return "over"
    if assistant.joined_at:
        return "helps"
    return "asked" if assistant.invited_at > clock.now() - ASKED_LIFE else "expired"


def agree(assistant: Assistant) -> None:
    """Whoever reads the mailbox agreed. Doing it again changes nothing; what is over cannot be agreed to."""
    asked = Assistant.objects.filter(pk=assistant.pk, joined_at=None, left_at=None)
    with transaction.atomic():
        if asked.filter(invited_at__gt=clock.now() - ASKED_LIFE).update(joined_at=clock.now()):
            mailboxes.proved(assistant.email)
            lifecycle.record(Fact.JOINED, assistant.page, note=str(assistant.pk))


@transaction.atomic
def leave(assistant: Assistant, *, by: User | None = None) -> None:
    """They help no more, by their own word or the owner's: what is open falls back to the owner, mails do not leave."""
    # Their row first and the page then, as in all that they do themself; what they are about to say is in before.
    left = Assistant.objects.filter(pk=assistant.pk, left_at=None).update(left_at=clock.now())
    Page.objects.select_for_update(no_key=True).get(pk=assistant.page_id)  # no plan names them meanwhile
    if left:
        lifecycle.record(Fact.LEFT, assistant.page, by=by, note=str(assistant.pk))
    desks.free(assistant)
    Plan.objects.filter(assistant=assistant).update(assistant=None)
    Handoff.objects.filter(assistant=assistant, done_at=None).update(assistant=None)


def unmailed(asked: list[Assistant]) -> set[int]:
    """The numbers of those who were to be asked by mail and were not, because the mailbox took none (mailboxes.py)."""
    waiting = [str(one.pk) for one in asked if not one.joined_at]
    told = Event.objects.filter(what=Fact.ASSISTED, note__in=waiting, page__in={one.page_id for one in asked})
    settled = told.filter(reacted_at__isnull=False).values_list("note", flat=True)
    mailed = Message.objects.filter(kind="assist_invite", assistant__in=asked).values_list("assistant", flat=True)
    return {int(number) for number in settled} - set(mailed)


def forget() -> int:
    """Delete who never agreed, after 30 days, and who helps no more, after 90. Returns how many."""
    now = clock.now()
    silent = Assistant.objects.filter(joined_at=None, left_at=None, invited_at__lt=now - ASKED_LIFE)
    gone = Assistant.objects.filter(left_at__lt=now - KEPT)
    return sum(rows.delete()[1].get("pitches.Assistant", 0) for rows in (silent, gone))
