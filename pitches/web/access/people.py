"""The ledger: who pitched at a page, has evidence there, or is in its book. Of all others nobody knows here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404
from django.shortcuts import get_object_or_404

from pitches import book
from pitches.models import (
    LADDER,
    Agency,
    Contact,
    Evidence,
    Note,
    Page,
    Pitch,
    Relationship,
    Rule,
    Sender,
    Standing,
)
from pitches.models.pitch import PitchQuerySet
from pitches.relationships import SIDEWAYS
from pitches.web.access.lists import pitches_of, told_to
from portal import clock, domains

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LIKELY = 5  # people who may be the same


def people_here(page: Page) -> QuerySet[Sender]:
    """Every mailbox of the ledger."""
    pitched = pitches_of(page).filter(sender=OuterRef("pk"))
    known = Evidence.objects.filter(page=page, sender=OuterRef("pk"))
    noted = Contact.objects.filter(page=page, sender=OuterRef("pk"))
    return Sender.objects.filter(Exists(pitched) | Exists(known) | Exists(noted))


def own_person(page: Page, pk: int) -> Sender:
    """Somebody of the ledger. Of everybody else nobody knows here."""
    return get_object_or_404(people_here(page).select_related("agency"), pk=pk)


def persons(page: Page, hit: QuerySet[Sender] | None = None) -> QuerySet[Sender]:
    """The people, one row for each, the last to pitch first (`last`). With `hit`: of whom a mailbox is among these."""
    led = Contact.objects.filter(page=page, sender=OuterRef("pk"), same_as__isnull=False)
    found = people_here(page).filter(~Exists(led))
    mine = Contact.objects.filter(page=page, same_as__sender=OuterRef("pk"))
    if hit is not None:
        found = found.filter(Q(pk__in=hit.values("pk")) | Exists(mine.filter(sender__in=hit.values("pk"))))
    newest = pitches_of(page).order_by("-handed_in_at").values("handed_in_at")
    own = newest.filter(sender=OuterRef("pk"))[:1]
    others = newest.filter(sender__contacts__page=page, sender__contacts__same_as__sender=OuterRef("pk"))[:1]
    last = Coalesce(Greatest(Subquery(own), Subquery(others)), Value(NEVER))
    return found.annotate(last=last).order_by("-last", "-pk")


def agencies_here(page: Page) -> QuerySet[Agency]:
    """Every agency of the ledger, by when its people pitched last (`last`)."""
    people = people_here(page).filter(agency=OuterRef("pk"))
    known = Evidence.objects.filter(page=page, agency=OuterRef("pk"))
    noted = Contact.objects.filter(page=page, agency=OuterRef("pk"))
    newest = pitches_of(page).filter(sender__agency=OuterRef("pk")).order_by("-handed_in_at").values("handed_in_at")
    found = Agency.objects.filter(Exists(people) | Exists(known) | Exists(noted))
    return found.annotate(last=Coalesce(Subquery(newest[:1]), Value(NEVER))).order_by("-last", "-pk")


def own_agency(page: Page, pk: int) -> Agency:
    """An agency of the ledger. Of all others nobody knows here."""
    return get_object_or_404(agencies_here(page), pk=pk)


def people_of(agency: Agency, page: Page) -> QuerySet[Sender]:
    """The mailboxes of the ledger that belong to an agency."""
    return people_here(page).filter(agency=agency).select_related("agency").order_by("mailbox")


def after(rows: QuerySet[Any], last: datetime, pk: int) -> QuerySet[Any]:
    """The rows behind one of them, by its place and not by what it is now: no gap opens when somebody pitches."""
    return rows.filter(Q(last__lt=last) | Q(last=last, pk__lt=pk))


# ── who is looked for ────────────────────────────────────────────────────────
def called(page: Page, words: str) -> Q:
    """Of mailboxes: the address, or what they are called at this page and in its book."""
    said = pitches_of(page).filter(Q(name__icontains=words) | Q(company__icontains=words), sender=OuterRef("pk"))
    noted = Contact.objects.filter(Q(name__icontains=words) | Q(company__icontains=words), sender=OuterRef("pk"))
    return Q(email__icontains=words) | Exists(said) | Exists(noted.filter(page=page))


def agency_called(page: Page, words: str) -> Q:
    """Of agencies: the domain, or what its people call it at this page, and its owner in the book."""
    said = pitches_of(page).filter(company__icontains=words, sender__agency=OuterRef("pk"))
    noted = Contact.objects.filter(page=page, agency=OuterRef("pk"), name__icontains=words)
    return Q(domain__icontains=words) | Exists(said) | Exists(noted)


def tagged(page: Page, tag: str, field: str = "sender") -> Exists:
    """Of mailboxes, or of agencies: with a tag in the book."""
    return Exists(Contact.objects.filter(page=page, tags__contains=[tag], **{field: OuterRef("pk")}))


def standing_as(page: Page, standing: Standing) -> Q:
    """Of mailboxes: who stands so everywhere or at a door that hangs; new here is who stands as nothing else."""
    if standing == Standing.STRANGER:
        return ~_standing_in(page, [*LADDER[1:], *SIDEWAYS])
    return _standing_in(page, [standing])


def _standing_in(page: Page, wanted: list[Standing]) -> Q:
    """A block or a pause of any plus-tag or of the agency; a rung of one's own, or else of the agency."""
    rows = Relationship.objects.filter(page=page, door__taken_down_at=None)  # also those without a door
    found = Q(pk=None)
    for standing in wanted:
        level, agency = rows.filter(_level(standing)), Q(agency=OuterRef("agency"))
        if standing in SIDEWAYS:
            found |= Q(Exists(level.filter(agency | Q(sender__canonical=OuterRef("canonical")))))
        else:
            own = rows.filter(_says, sender=OuterRef(OuterRef("pk")))
            own = own.filter(Q(door=None) | Q(door=OuterRef("door")))
            found |= Q(Exists(level.filter(sender=OuterRef("pk")))) | Q(Exists(level.filter(~Exists(own), agency)))
    return found


def agency_standing_as(page: Page, standing: Standing) -> Q:
    """The same of agencies: what was said of all of it."""
    rows = Relationship.objects.filter(page=page, door__taken_down_at=None, agency=OuterRef("pk"))
    if standing == Standing.STRANGER:
        return ~Q(Exists(rows.exclude(_level(standing))))
    return Q(Exists(rows.filter(_level(standing))))


_says = Q(by_hand=True) | ~Q(rung=Standing.STRANGER)


def _level(standing: Standing) -> Q:
    now = clock.now()
    if standing == Standing.BLOCKED:
        return Q(blocked=True)
    if standing == Standing.PAUSED:
        return Q(blocked=False, paused_until__gt=now)
    return Q(blocked=False, rung=standing) & (Q(paused_until=None) | Q(paused_until__lte=now))


# ── what is known of them ────────────────────────────────────────────────────
def book_of(page: Page, people: Iterable[Sender]) -> list[Contact]:
    """The rows of the book for these people, and of all their other mailboxes."""
    keys = [one.pk for one in people]
    mine = Q(sender__in=keys) | Q(same_as__sender__in=keys)
    rows = Contact.objects.filter(mine, page=page).select_related("sender__agency", "same_as")
    return list(rows.order_by("pk"))


def named_here(page: Page, people: Iterable[Sender]) -> dict[int, Pitch]:
    """The latest pitch of each of these mailboxes: what they call themselves at this page."""
    rows = pitches_of(page).filter(sender__in=[one.pk for one in people])
    newest = rows.order_by("sender", "-handed_in_at", "-pk").distinct("sender")
    return {row.sender_id or 0: row for row in newest.only("sender", "name", "company", "language", "handed_in_at")}


def figures_of(page: Page, people: Iterable[Sender]) -> list[Any]:
    """How many pitches of each of these mailboxes came in which way, and how they ended."""
    rows = pitches_of(page).filter(sender__in=[one.pk for one in people]).order_by()
    return list(rows.values("sender", "sender__agency", "came_from", "state").annotate(count=Count("pk")))


def figures_of_agencies(page: Page, agencies: Iterable[Agency]) -> list[Any]:
    """The same for all people of these agencies."""
    rows = pitches_of(page).filter(sender__agency__in=[one.pk for one in agencies]).order_by()
    return list(rows.values("sender__agency", "came_from", "state").annotate(count=Count("pk")))


def agencies_named_here(page: Page, agencies: Iterable[Agency]) -> dict[int, str]:
    """What the people of each agency last called it at this page."""
    rows = pitches_of(page).filter(sender__agency__in=[one.pk for one in agencies]).exclude(company="")
    newest = rows.order_by("sender__agency", "-handed_in_at", "-pk").distinct("sender__agency")
    return dict(newest.values_list("sender__agency", "company"))


def heads_of(page: Page, agencies: Iterable[Agency]) -> dict[int, int]:
    """How many mailboxes of the ledger each agency has."""
    rows = people_here(page).filter(agency__in=[one.pk for one in agencies]).order_by()
    return dict(rows.values_list("agency").annotate(Count("pk")))


def tags_here(page: Page) -> list[str]:
    """Every tag of the book, in the order of the alphabet."""
    rows = Contact.objects.filter(page=page).order_by()
    words = Func(F("tags"), function="unnest", output_field=CharField())
    return sorted(set(rows.annotate(word=words).values_list("word", flat=True)))


def evidence_of(page: Page, people: Iterable[Sender], agencies: Iterable[Agency]) -> list[Evidence]:
    """All evidence of some mailboxes and agencies, the oldest first."""
    theirs = Q(sender__in=[one.pk for one in people]) | Q(agency__in=[one.pk for one in agencies])
    rows = Evidence.objects.filter(theirs, page=page)
    return list(rows.select_related("door", "pitch", "vouch__page", "agency", "sender"))


def words_to(pitches: PitchQuerySet) -> list[tuple[int, timedelta]]:
    """How long the first answer to each of these pitches took, by door, as far as it went out."""
    given = told_to(pitches).order_by("pitch", "given_at").distinct("pitch")
    rows = given.values_list("pitch__door", "pitch__handed_in_at", "given_at")
    return [(door, max(timedelta(), given_at - came)) for door, came, given_at in rows if came]


# ── one row, as a form names it ──────────────────────────────────────────────
def own_word(page: Page, name: str, found: Iterable[Sender | Agency]) -> Evidence:
    """A word of the owner's hand about these, by its number."""
    keys = list(found)
    theirs = Q(sender__in=[one.pk for one in keys if isinstance(one, Sender)])
    theirs |= Q(agency__in=[one.pk for one in keys if isinstance(one, Agency)])
    rows = Evidence.objects.filter(theirs, page=page).select_related("page", "door", "sender", "agency")
    return get_object_or_404(rows, pk=number(name))


def own_note(page: Page, name: str, found: Iterable[Sender | Agency]) -> Note:
    """A note about these, by its number."""
    rows = Note.objects.filter(contact__in=[row.pk for row in book.contacts(page, found)])
    return get_object_or_404(rows, pk=number(name))


def own_people_of_ledger(page: Page, names: Iterable[str]) -> list[Sender]:
    """Some of the ledger, by their numbers, in this order."""
    found = {one.pk: one for one in people_here(page).filter(pk__in=[number(name) for name in names])}
    people = [found.get(number(name)) for name in names]
    if not people or None in people:
        raise Http404
    return [one for one in people if one]


def person_at(page: Page, email: str) -> Sender | None:
    """Somebody of the ledger, by the address."""
    return people_here(page).filter(mailbox=domains.mailbox(email)).first()


def likely_the_same(page: Page, people: Iterable[Sender], names: Iterable[str]) -> list[Sender]:
    """Who may be the same person: the same name at this page, or the same address but for a plus-tag."""
    found = list(people)
    same = Q(canonical__in=[one.canonical for one in found])
    for name in names:
        said = pitches_of(page).filter(name__iexact=name, sender=OuterRef("pk"))
        noted = Contact.objects.filter(page=page, name__iexact=name, sender=OuterRef("pk"))
        same |= Q(Exists(said)) | Q(Exists(noted))
    rows = people_here(page).filter(same).exclude(pk__in=[one.pk for one in found])
    return list(rows.order_by("-pk")[:LIKELY])


def rules_naming(page: Page, agency: Agency) -> int:
    """How many exceptions name an agency."""
    return Rule.objects.filter(page=page, agency=agency).count()


def number(name: str) -> int:
    """A row's number as a form sent it; of none that there is, where it is no number."""
    return int(name) if name.isascii() and name.isdecimal() and len(name) < 19 else 0
