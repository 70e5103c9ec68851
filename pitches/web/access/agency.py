"""The agency: whoever signs in is the sender of the mailboxes they have proven."""

from allauth.account.models import EmailAddress
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches import colleagues
from pitches.models import Agency, Pitch, Sender, Watch
from pitches.models.pitch import PitchQuerySet
from pitches.web.access.who import signed_in
from portal import domains


def own_mailboxes(request: HttpRequest) -> list[str]:
    """The mailboxes that whoever is signed in has proven. Lists of what these may see are in colleagues.py."""
    if not request.user.is_authenticated:
        return []
    proven = EmailAddress.objects.filter(user=signed_in(request), verified=True)
    return sorted({domains.mailbox(email) for email in proven.values_list("email", flat=True)})


def own_people(request: HttpRequest) -> list[Sender]:
    """Whoever is signed in, as a sender: one for each mailbox that pages know."""
    boxes = own_mailboxes(request)
    return list(colleagues.own(boxes)) if boxes else []


def own_agencies(request: HttpRequest) -> list[Agency]:
    """The agencies that somebody may speak for: of the mailboxes they have proven, and that pages know."""
    return sorted({one.agency for one in own_people(request) if one.agency}, key=lambda agency: agency.domain)


def own_agency_of(request: HttpRequest, name: str) -> tuple[Agency, Sender]:
    """One of them by its number as the form sent it, and who they are there."""
    people = [one for one in own_people(request) if one.agency and str(one.agency_id) == name]
    if not people or people[0].agency is None:
        raise Http404
    return people[0].agency, people[0]


def sent_pitches(request: HttpRequest, *, only_mine: bool = False) -> PitchQuerySet:
    """What was handed in by whoever is signed in, and by their colleagues."""
    return colleagues.sent(own_mailboxes(request), by_colleagues=not only_mine)


def sent_pitch(request: HttpRequest, code: str) -> Pitch:
    """A pitch of theirs or of a colleague. Of all others nobody knows here."""
    found = get_object_or_404(sent_pitches(request).select_related("page", "door", "sender"), code=code.upper())
    found.door.page = found.page
    return found


def own_watch(request: HttpRequest, name: str) -> Watch:
    """What they wait for, by its number as the form sent it."""
    rows = colleagues.watches(own_mailboxes(request))
    return get_object_or_404(rows, pk=name if name.isdecimal() and len(name) < 19 else 0)
