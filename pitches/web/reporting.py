"""Something is wrong with a page: a stranger tells whoever runs this site. The owner learns nothing of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pitches import reports
from pitches.forms.report import ReportForm
from pitches.models import Page, ReportKind
from pitches.web import access, knocking
from pitches.web.redirects import SeeOther


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, handle: str) -> HttpResponse:
    """The form, and that it was received. Where a hidden page moved to is not said."""
    page = access.published_page(handle)
    here = handle.lower() if page.hidden_at else page.handle
    if request.method != "POST":
        if handle != here:
            return redirect("public:report", here, permanent=True)
        return _shown(request, page, here, ReportForm(), sent="sent" in request.GET)
    form = ReportForm(request.POST)

    def again() -> HttpResponse:
        return _shown(request, page, here, form, status=422)

    if stopped := knocking.stopped(request, form, "report", again):
        return stopped
    if not form.is_valid():
        return again()
    said = form.cleaned_data
    if sum_first := knocking.sum_first(request, form, said["form_key"], page, again, what="report"):
        return sum_first
    reports.take(page, ReportKind(said["kind"]), said["words"], form_key=said["form_key"], email=said["email"])
    return SeeOther(f"{reverse('public:report', args=[here])}?sent=1")


def _shown(
    request: HttpRequest, page: Page, here: str, form: ReportForm, *, sent: bool = False, status: int = 200
) -> HttpResponse:
    context = {"handle": here, "there": page.hidden_at is None, "form": form, "sent": sent}
    return render(request, "public/report.html", context, status=status)
