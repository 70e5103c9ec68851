"""Outgoing: answers that are still in the house, and mails that failed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from pitches import replies, review
from pitches.lifecycle import AlreadyMoved
from pitches.models import AnswerKind, MessageState, Page, Role
from pitches.notify import as_read
from pitches.web import access, going_out, handed, keyset
from pitches.web.owned import helped
from pitches.web.redirects import see

AT_ONCE = 50
FAILED = {
    MessageState.DEAD: gettext_lazy(
        "The mail to %(address)s could not be delivered. The address takes no mail, or its server stayed away for days."
    ),
    MessageState.UNKNOWN: gettext_lazy(
        "The mail to %(address)s may not have arrived: the connection broke while it was sent."
    ),
    MessageState.WITHHELD: gettext_lazy(
        "The mail to %(address)s was not sent: mail to this address came back or was unwelcome before, "
        "or all sending was stopped at that time."
    ),
}


@helped(Role.READER)
@require_safe
def outgoing(request: HttpRequest, page: Page) -> HttpResponse:
    """What goes out when, and what did not arrive."""
    minutes, more = going_out.minutes(page, request.GET.get("after", ""), AT_ONCE)
    seat = access.seat(request)
    rows = access.failed_mails(page, own=bool(seat and seat.is_owner))
    mails = list(keyset.behind(rows, ("-pk",), request.GET.get("failed", ""))[: AT_ONCE + 1])
    failed = [(mail, FAILED[MessageState(mail.state)] % {"address": mail.to}) for mail in mails[:AT_ONCE]]
    context = {"page": page, "minutes": minutes, "more": more, "failed": failed}
    context |= {"earlier": mails[AT_ONCE - 1].pk if len(mails) > AT_ONCE else ""}
    context |= {"any_mails": len(minutes) > 1 and access.held_answers(page).exclude(kind=AnswerKind.LATER).exists()}
    context |= {"calls": handed.failed_calls(page)}
    return render(request, "desk/outgoing.html", context)


@helped(Role.SCREENER)
@require_POST
def undo(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Take one answer back; its pitch waits again. Who may only sort takes back what was put off, and no more."""
    given = access.own_answer(page, pk)
    try:
        review.undo(given, by=access.signed_in(request))
        messages.success(request, _("Undone. The pitch waits again."))
    except AlreadyMoved as late:
        if given.undone_at is None:
            messages.warning(request, str(late))
    return see("desk:pitch", given.pitch.code)


@helped(Role.READER)
@require_safe
def whole(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """The mail of one answer, word for word as it would go out now. What was put off is no mail."""
    given = access.own_answer(page, pk)
    if given.kind == AnswerKind.LATER or given.sent_at or given.undone_at:
        return see("desk:pitch", given.pitch.code)
    context = {"page": page, "given": given, "mail": as_read.mail_of(given)}
    return render(request, "desk/outgoing_read.html", context | {"language": replies.language_of(given.pitch)})


@helped(Role.ASSISTANT)
@require_POST
def send(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Let one answer go at once. What was put off is no mail."""
    given = access.own_answer(page, pk)
    if given.kind == AnswerKind.LATER:
        messages.info(request, _("What you put off is no mail, so there is nothing to send."))
        return see("desk:outgoing")
    if review.send_now(given, by=access.signed_in(request)):
        messages.success(request, _("On its way to %(name)s.") % {"name": given.pitch.name})
    elif given.undone_at:
        messages.warning(request, _("This answer was taken back before."))
    return see("desk:outgoing")
