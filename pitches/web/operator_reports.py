"""For operators: what was reported about pages, and what can be done about it."""

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pitches import doors
from pitches import reports as reported
from pitches.forms.report import SettleForm, TakeDownForm
from pitches.models import Report
from pitches.web import access, keyset
from pitches.web.operators import operators_only
from pitches.web.redirects import see

log = logging.getLogger(__name__)
AT_ONCE = 30


@operators_only
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Those that are open, the newest first; with ?show=settled those that are not."""
    settled = request.GET.get("show") == "settled"
    order = ("-settled_at", "-pk") if settled else ("-pk",)
    found = list(keyset.behind(access.reports(settled=settled), order, request.GET.get("after", ""))[: AT_ONCE + 1])
    more = found[AT_ONCE - 1].pk if len(found) > AT_ONCE else ""
    rows = [_row(one) for one in found[:AT_ONCE]]
    context = {"place": "reports", "rows": rows, "settled": settled, "more": more}
    return render(request, "operator/reports.html", context)


@operators_only
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Done with it, or with all about its page; the word about it is kept."""
    report, form = access.report(pk), SettleForm(request.POST, auto_id=f"settle{pk}_%s")
    if not form.is_valid():
        return _wrong(request, report, settling=form)
    by, note = access.signed_in(request), form.cleaned_data["note"]
    done = reported.settle(report, note, by=by, every=form.cleaned_data["every"])
    log.warning("Account %s settled %s reports about @%s.", by.pk, done, report.handle)
    if done:
        said = ngettext("%(count)d report is settled.", "%(count)d reports are settled.", done)
        messages.success(request, said % {"count": done})
    else:
        messages.info(request, _("Somebody settled it before. Nothing was changed."))
    return see("operator:reports")


@operators_only
@require_POST
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody sees the page any more. Its owner reads why."""
    report, form = access.report(pk), TakeDownForm(request.POST, auto_id=f"down{pk}_%s")
    if not form.is_valid():
        return _wrong(request, report, downing=form)
    by = access.signed_in(request)
    if report.page and doors.take_page_down(report.page, form.cleaned_data["why"], by=by):
        log.warning("Account %s took the page @%s down.", by.pk, report.page.handle)
        messages.success(request, _("The page is down. The report is still open: settle it when you are done."))
    else:
        messages.info(request, _("The page is not there. Nothing was changed."))
    return see("operator:reports")


@operators_only
@require_POST
def put_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody sees the page again, unless its owner had hidden it."""
    report, by = access.report(pk), access.signed_in(request)
    if report.page and doors.put_up_again(report.page, by=by):
        log.warning("Account %s put the page @%s up again.", by.pk, report.page.handle)
        messages.success(request, _("The page is there again, unless its owner has hidden it."))
    else:
        messages.info(request, _("The page was not down. Nothing was changed."))
    return see("operator:reports")


def _wrong(
    request: HttpRequest,
    report: Report,
    *,
    settling: SettleForm | None = None,
    downing: TakeDownForm | None = None,
) -> HttpResponse:
    """The one report whose form has a problem, with what was typed."""
    settled = report.settled_at is not None
    rows = [_row(one, settling, downing) for one in access.reports(settled=settled).filter(pk=report.pk)]
    context = {"place": "reports", "rows": rows, "settled": settled, "alone": True, "form": settling or downing}
    return render(request, "operator/reports.html", context, status=422)


def _row(report: Report, settling: SettleForm | None = None, downing: TakeDownForm | None = None) -> dict[str, Any]:
    """A report with its forms, whose fields no other row shares."""
    return {
        "report": report,
        "settling": settling or SettleForm(auto_id=f"settle{report.pk}_%s"),
        "downing": downing or TakeDownForm(auto_id=f"down{report.pk}_%s"),
    }
