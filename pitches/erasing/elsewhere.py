"""What rests about an account with others: where it helped, what it asked for by its addresses, mails that went to it.

Pitches that it sent stay with whoever got them, as letters do, and so does the sender of them, with the terms
agreed on, word for word.
"""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, StrIndex, Substr
from django.utils import translation
from django.utils.translation import gettext as _

from pitches.handoffs import assistants
from pitches.models import (
    Answer,
    Assistant,
    Draft,
    Event,
    Fact,
    Introduction,
    Key,
    Letter,
    Message,
    Offer,
    Page,
    Pitch,
    PitchState,
    Remark,
    Report,
    Sender,
    Vouch,
    Watch,
)
from portal import clock, domains
from portal.models import DrawerMail, User


def forget(user: User, emails: list[str]) -> None:
    """All of it, for these addresses and that of the account."""
    emails = sorted({*emails, user.email})
    mailboxes = sorted({domains.mailbox(email) for email in emails})
    _stop_helping(user, mailboxes)
    for email in emails:
        Pitch.objects.filter(state=PitchState.UNPROVEN, email__iexact=email).delete()
        Introduction.objects.filter(email__iexact=email).delete()
        Draft.objects.filter(email__iexact=email).delete()
        Letter.objects.filter(Q(sender__iexact=email) | Q(to__iexact=email)).delete()
        Message.objects.filter(to__iexact=email).delete()
        DrawerMail.objects.filter(to__iexact=email).delete()
        # A key for nobody would open to everybody.
        Key.objects.filter(email__iexact=email).update(email="", withdrawn_at=clock.now())
        Report.objects.filter(email__iexact=email).update(email="")
    Watch.objects.filter(mailbox__in=mailboxes).delete()
    _forget_senders(mailboxes)


def _forget_senders(mailboxes: list[str]) -> None:
    """Where nobody else has anything that rests on them: names and notes, standings, proofs, words for others."""
    unused = dict.fromkeys(("pitches", "contacts", "relationships", "evidence", "domain_proofs"))
    vouched = Vouch.objects.filter(sender__isnull=False).values("sender")
    Sender.objects.filter(mailbox__in=mailboxes, **unused).exclude(pk__in=vouched).delete()


def _stop_helping(user: User, mailboxes: list[str]) -> None:
    """They leave each desk as by their own word, and their name goes from what they said there."""
    rows: QuerySet[Assistant] = Assistant.objects.filter(mailbox__in=mailboxes).select_related("page__owner")
    for row in rows:
        assistants.leave(row)
        row.delete()
    said = [model.objects.filter(by=user).values("pitch__page") for model in (Answer, Offer, Remark)]
    said.append(Event.objects.filter(by=user, what=Fact.WROTE).values("page"))
    for page in Page.objects.filter(reduce(or_, (Q(pk__in=pages) for pages in said))).select_related("owner"):
        _unname(user, page)


def _unname(user: User, page: Page) -> None:
    with translation.override(page.owner.language):
        somebody = _("somebody who helped")
    mine = {"by": user, "pitch__page": page}
    Answer.objects.filter(**mine).exclude(said_by="").update(said_by=somebody)
    Offer.objects.filter(**mine).exclude(said_by="").update(said_by=somebody)
    Remark.objects.filter(**mine).exclude(by_name="").update(by_name=somebody)
    # The first line of a note is a name (review/writing.py); it is empty where the owner wrote it.
    notes = Event.objects.filter(by=user, page=page, what=Fact.WROTE).exclude(note__startswith="\n")
    notes.update(note=Concat(Value(somebody), Substr("note", StrIndex("note", Value("\n")))))
