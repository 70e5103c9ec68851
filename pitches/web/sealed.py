"""The sealed part of a letter: what its sender and its owner see of it, and the owner's word that opens it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import embargo, review
from pitches.models import Answer, Page, Pitch
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import SeeOther, see


@dataclass(frozen=True)
class Seal:
    """What a letter shows of an embargo; `look`: theirs, gone, shut, open."""

    look: str
    length: int = 0
    terms: str = ""
    digest: str = ""
    text: str = ""
    lifts: str = ""
    lifted: bool = False
    accepted_at: datetime | None = None
    acceptable: bool = False


def for_sender(pitch: Pitch) -> Seal | None:
    """How much is sealed and until when, and no word of it. One query."""
    row = embargo.of(pitch)
    if row is None or row.sealed is None:
        return None
    return Seal("theirs", length=len(embargo.own_words(pitch, row)), lifts=embargo.moment(row.lifts_at, row.zone))


def for_owner(pitch: Pitch) -> Seal | None:
    """The terms to accept; or what was sealed, once they were accepted or the moment has come. One query."""
    row = embargo.of(pitch)
    if row is None:
        return None
    if row.sealed is None or (pitch.state in embargo.OVER and not row.accepted_at):
        return Seal("gone")
    terms = row.accepted_text or embargo.terms(pitch, row)
    if embargo.is_open(pitch, row):
        lifts, lifted = embargo.moment(row.lifts_at, pitch.page.timezone), embargo.lifted(row)
        text = embargo.reveal(pitch, row)
        return Seal("open", terms=terms, text=text, lifts=lifts, lifted=lifted, accepted_at=row.accepted_at)
    return Seal("shut", terms=terms, digest=embargo.digest(terms), acceptable=pitch.state not in embargo.REFUSED)


def agreed(pitch: Pitch, sent: list[Answer]) -> bool:
    """May the sender know that the terms were accepted? Only by an answer that went out since: else it says "read"."""
    row = embargo.of(pitch)
    accepted = row.accepted_at if row else None
    return accepted is not None and any(given.sent_at and given.sent_at > accepted for given in sent)


@owned
@require_POST
def unseal(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """Accept the terms as they were shown, and come back to the same letter, which is open now."""
    pitch = access.own_pitch(request, code)
    by = access.signed_in(request)
    review.open_card(pitch)
    try:
        if embargo.accept(pitch, by=by, seen=request.POST.get("seen") or "nothing"):
            messages.success(request, _("You accepted the terms. What was sealed stands in the letter now."))
    except embargo.TermsChanged:
        messages.warning(request, _("The terms are not those that you read. They stand in the letter as they are now."))
    back = request.POST.get("back")
    if back == "session":
        return see("desk:session")
    if back == "inbox":
        return SeeOther(f"{reverse('desk:inbox')}?at={pitch.code}")
    return see("desk:pitch", pitch.code)
