"""Sitting with others: pause, pass a card over, read along, and the sign that a card is still open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pitches import review
from pitches.models import Page, Pitch, ReadingSession, Role
from pitches.models.pitch import ON_THE_LEDGE
from pitches.web import access, conflicts, hands, reading
from pitches.web.owned import helped
from pitches.web.redirects import see


@helped(Role.SCREENER)
@require_POST
def pause(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Stop at this card. What was answered goes out in ten minutes, unless others read on."""
    sitting, by = access.own_session(page, pk), access.signed_in(request)
    going = review.pause_session(sitting, by=by)
    if going is None:
        said = hands.stopped(page, review.others(sitting, by=by))
    elif going:
        said = ngettext(
            "Paused. One answer goes out in 10 minutes. Until then you can change your mind.",
            "Paused. %(count)s answers go out together in 10 minutes. Until then you can change your mind.",
            going,
        ) % {"count": going}
    else:
        said = _("Paused. Nothing new was answered, so nothing more goes out.")
    messages.success(request, said)
    return see("desk:inbox")


@helped(Role.SCREENER)
@require_POST
def skip(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Pass a card over without an answer; it comes back at the end. With step=back: the one before.

    `at` names the card that was on the screen: a network that tried twice passes one card over.
    """
    sitting, by = access.own_session(page, pk), access.signed_in(request)
    if sitting.looks.filter(by=by).exclude(pitch__code=request.POST.get("at", "")).exists():
        return reading.go_to_next(request, page, "")
    back = request.POST.get("step") == "back"
    key = review.beside(sitting, by, back=back)
    if key is None:
        return reading.go_to_next(request, page, _("No other card is free."), conflict=_("No other card is free."))
    _open(sitting, _card(sitting, key), request)
    said = _("Back at the one before.") if back else _("Passed over; it comes back at the end.")
    return reading.go_to_next(request, page, said)


@helped(Role.SCREENER)
@require_POST
def along(request: HttpRequest, page: Page, pk: int, code: str) -> HttpResponse:
    """Open a card that somebody else has open, too."""
    sitting, found = access.own_session(page, pk), access.own_pitch(request, code)
    if found.pk in sitting.cards and found.state in ON_THE_LEDGE:
        _open(sitting, found, request)
        return reading.go_to_next(request, page, _("You read along."))
    said = conflicts.sentence(found, access.signed_in(request))
    return reading.go_to_next(request, page, said, conflict=said)


@helped(Role.SCREENER)
@require_POST
def look(request: HttpRequest, page: Page, pk: int, code: str) -> HttpResponse:
    """A sign that a card is still open in a window. In return: a sentence, if it cannot be answered there any more."""
    sitting, found, by = access.own_session(page, pk), access.own_pitch(request, code), access.signed_in(request)
    if found.state not in ON_THE_LEDGE:
        return HttpResponse(conflicts.sentence(found, by), content_type="text/plain")
    seen = request.POST.get("version", "")
    if seen.isdecimal() and int(seen) != found.version:
        said = _("%(name)s changed this while you read. Answer it, and you see what is different.")
        return HttpResponse(said % {"name": found.name}, content_type="text/plain")
    goes_on = found.pk in sitting.cards and not sitting.ended_at and not sitting.paused_at
    if goes_on:
        if found.opened_at is None:  # the pitch is held before the look
            review.open_card(found)
        review.sign(sitting, found, by=by)
    return HttpResponse(status=204)


def _open(sitting: ReadingSession, card: Pitch, request: HttpRequest) -> None:
    """Unless it stopped meanwhile: then the screen says so."""
    if review.touch(sitting):
        review.open_card(card)
        review.turn_to(sitting, card, by=access.signed_in(request))


def _card(sitting: ReadingSession, key: int) -> Pitch:
    return sitting.page.pitches.get(pk=key)
