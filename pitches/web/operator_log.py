"""For operators: what became of each mail, whether mail goes out at all, and what is known of an address."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from pitches import mailboxes, suppression
from pitches.forms.operators import AddressForm, GoOnForm, LogForm
from pitches.models import Refusal, Stop
from pitches.notify import alarms, brake, delivery
from pitches.web import access, keyset
from pitches.web.operators import operators_only
from pitches.web.redirects import see

log = logging.getLogger(__name__)
AT_ONCE = 50
WHY_NOT_SENT = {
    **dict(Refusal.choices),
    brake.WAITS: gettext_lazy("It waits until mail goes on"),
    delivery.KEPT: gettext_lazy("Not sent: MAIL_ALLOW does not name this address. `manage.py outbox kept` shows it"),
}


@operators_only
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails, with ?state=, ?kind= and ?to=; above them whether mail goes out."""
    look = LogForm(request.GET)
    asked = look.asked
    rows = keyset.behind(access.mails(asked), ("-pk",), request.GET.get("after", ""))
    found = list(rows[: AT_ONCE + 1])
    for mail in found:
        mail.error = WHY_NOT_SENT.get(mail.error, mail.error)  # to be read, not to be kept
    sending = access.sending()
    context = {
        "place": "log",
        "look": look,
        "asked": asked,
        "mails": found[:AT_ONCE],
        "more": found[AT_ONCE - 1].pk if len(found) > AT_ONCE else "",
        "sending": sending,
        "title": alarms.ABOUT[Stop(sending.why)][0] if sending.why == Stop.TYPED else "",
        "means": alarms.ABOUT[Stop(sending.why)][1] if sending.why else "",
        "may_stop": sending.why in ("", Stop.TYPED),
        "waiting": access.mails_waiting(),
        "go_on": GoOnForm(),
    }
    if address := asked.get("to"):
        known = suppression.of(address)
        context |= {"address": address, "known": known, "wants_none": mailboxes.wants_none(address)}
        context |= {"may_lift": known is not None and known.why == Refusal.BOUNCE}
    return render(request, "operator/log.html", context)


@operators_only
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Let nothing out from now on."""
    if brake.stop(Stop.BY_HAND):
        log.warning("Mail was stopped by hand, by account %s.", request.user.pk)
    messages.success(request, _("No mail goes out any more."))
    return see("operator:log")


@operators_only
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """Let mail out again, with what waits or without it."""
    form = GoOnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say first what becomes of the mails that wait."))
    elif not access.sending().why:
        messages.info(request, _("Mail goes out already. Nothing was changed."))
    else:
        _resume(request, skip=form.cleaned_data["waiting"] == GoOnForm.SKIP)
    return see("operator:log")


def _resume(request: HttpRequest, *, skip: bool) -> None:
    try:
        left_out = brake.resume(skip=skip)
    except brake.OlderDatabaseError:
        messages.error(request, brake.SAY_AGAIN)
        return
    log.warning("Mail goes on, says account %s. %s left out.", request.user.pk, left_out)
    said = ngettext("%(count)d mail was left out.", "%(count)d mails were left out.", left_out)
    done = _("Mail goes out again.")
    messages.success(request, f"{done} {said % {'count': left_out}}" if left_out else done)


@operators_only
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """An address that sent mail back may be tried again. A complaint stays."""
    form = AddressForm(request.POST)
    if form.is_valid() and suppression.lift(form.cleaned_data["to"]):
        messages.success(request, _("Mail goes to this address again."))
    else:
        messages.info(request, _("There is nothing to lift for this address."))
    return see("operator:log")
