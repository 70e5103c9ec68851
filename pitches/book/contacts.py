"""Contacts: who is in the book of a page. A row is made when the owner first writes something down."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from pitches.models import Agency, Contact, Page, Sender


def contact(page: Page, who: Sender | Agency) -> Contact:
    """The row of somebody in the book of a page, made if there is none."""
    return Contact.objects.get_or_create(page=page, **_named(who))[0]


def contacts(page: Page, found: Iterable[Sender | Agency]) -> list[Contact]:
    """The rows of these people and agencies that are there. One query."""
    rows = list(found)
    theirs = Q(sender__in=[one.pk for one in rows if isinstance(one, Sender)])
    theirs |= Q(agency__in=[one.pk for one in rows if isinstance(one, Agency)])
    return list(Contact.objects.filter(theirs, page=page).select_related("sender").order_by("pk"))


def _named(who: Sender | Agency) -> dict[str, Any]:
    return {"agency": who} if isinstance(who, Agency) else {"sender": who}
