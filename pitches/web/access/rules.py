"""Rules: what the owner decided, for whom it may be said, and who is meant by an address or a name."""

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from pitches.models import Agency, Contact, Event, Fact, Page, Relationship, Rule, Sender
from pitches.web.access.lists import pitches_of
from portal import domains

MEANT = 5  # people of one name


def agencies_of(page: Page) -> QuerySet[Agency]:
    """The agencies that this page has to do with: their people came here, or the owner brought or placed them."""
    came = pitches_of(page).filter(sender__agency=OuterRef("pk"))
    placed = Relationship.objects.filter(Q(agency=OuterRef("pk")) | Q(sender__agency=OuterRef("pk")), page=page)
    return Agency.objects.filter(Exists(came) | Exists(placed)).order_by("domain")


def met_agency(page: Page, pk: str) -> Agency:
    """One of them, by its number as the form sent it. Of all others nobody knows here."""
    return get_object_or_404(agencies_of(page), pk=_number(pk))


def own_rule(page: Page, pk: int) -> Rule:
    """An exception of this page."""
    exceptions = Rule.objects.exclude(door=None, agency=None).select_related("page", "door", "agency")
    return get_object_or_404(exceptions, pk=pk, page=page)


def own_change_of_rules(page: Page, name: str) -> Event:
    """A change of the rules of this page, by its number as the form sent it."""
    return get_object_or_404(Event.objects.select_related("page"), pk=_number(name), page=page, what=Fact.RULES_KEPT)


def _number(name: str) -> int:
    return int(name) if name.isascii() and name.isdecimal() and len(name) < 10 else 0


def people_met(page: Page, typed: str) -> list[Sender]:
    """Who is meant by an address or a name, of the people that this page has to do with: with `came`, did they pitch
    here, and `called`, the name that they gave here or the owner wrote. What they told other pages is not known here.
    """
    came, placed = pitches_of(page).filter(sender=OuterRef("pk")), Relationship.objects.filter(sender=OuterRef("pk"))
    noted = Contact.objects.filter(sender=OuterRef("pk"), page=page)
    met = Sender.objects.filter(Exists(came) | Exists(placed.filter(page=page)) | Exists(noted))
    if "@" in typed:
        found = met.filter(mailbox=domains.mailbox(typed))
    else:
        found = met.filter(Exists(came.filter(name__iexact=typed)) | Exists(noted.filter(name__iexact=typed)))
    written = noted.exclude(name="").values("name")[:1]
    said = came.order_by("-handed_in_at", "-pk").values("name")[:1]
    called = Coalesce(Subquery(written), Subquery(said), F("email"), output_field=CharField())
    found = found.annotate(came=Exists(came), called=called)
    return list(found.select_related("agency").order_by("email")[:MEANT])


def somebody_at(page: Page, typed: str) -> Sender:
    """Whoever may one day prove an address that nobody proved, with the agency if this page knows it. Not kept."""
    domain = domains.registrable(typed.rpartition("@")[2])
    known = domain and not domains.shared(domain)
    agency = agencies_of(page).filter(domain=domain).first() if known else None
    return Sender(email=typed, mailbox=domains.mailbox(typed), canonical=domains.canonical(typed), agency=agency)
