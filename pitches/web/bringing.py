"""Bringing people along at the desk: a file or pasted lines, what they would change, and then all of it or nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pitches.book import importing
from pitches.book.importing import Plan
from pitches.forms.bring import BringForm, pack
from pitches.forms.people_table import Reading
from pitches.models import Page
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import fresh, signing

PROBLEMS, CHANGES = 50, 100  # shown at once
SAMPLE = """\
email,name,company,standing,until,door,tags,note
elif@northbeam.example,Elif Kaya,Northbeam,trusted,,,"data, europe",Sends numbers that can be checked.
kim@mosaic.example,Kim Oduya,Mosaic Research,known,,,,
jo@orchard.example,Jo Marsh,Orchard,introduced,,,,Met at the June workshop.
'@pushy.example,,,blocked,,,,Everybody at this domain.
"""


@owned
@require_http_methods(["GET", "HEAD", "POST"])
def import_people(request: HttpRequest, page: Page) -> HttpResponse:
    """Look at a list, then write it. Nothing of it is kept in between but in the page that is shown."""
    if request.method != "POST":
        return _asked(request, page, BringForm())
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return _asked(request, page, form)
    reading = form.reading(page)
    if reading.problems:
        pasted = BringForm(initial={"text": form.cleaned_data["text"]})
        return _asked(request, page, pasted, problems=reading, status=422)
    seen = form.cleaned_data["seen"]
    unsure = bool(reading.signer and not reading.signer.is_ours and not form.cleaned_data["known"])
    if not seen or unsure:
        plan = importing.plan(page, reading.rows)
        return _previewed(request, page, form, reading, plan, unsure=bool(seen) and unsure)
    try:
        done = importing.write(page, reading.rows, by=access.signed_in(request), seen=seen)
    except importing.LookAgain as other:
        return _previewed(request, page, form, reading, other.plan, again=True)
    said = _("%(new)s new in your people, %(changed)s changed, %(same)s as they were. No mail went to anybody.")
    messages.success(request, said % {"new": done.new, "changed": done.changed, "same": done.same})
    return see("desk:people")


def _asked(
    request: HttpRequest, page: Page, form: BringForm, *, problems: Reading | None = None, status: int = 200
) -> HttpResponse:
    """The form, with what was wrong in the last file; and the two ways out."""
    found = problems.problems if problems else []
    context = {
        "page": page,
        "form": form,
        "problems": found[:PROBLEMS],
        "more": max(0, len(found) - PROBLEMS),
        "fingerprint": signing.fingerprint(signing.public_key()),
    }
    context |= _ways_out(request)
    return render(request, "desk/import.html", context, status=422 if form.errors else status)


def _ways_out(request: HttpRequest) -> dict[str, Any]:
    """Whether the book may go out now, or how to show first whose it is."""
    if fresh.is_fresh(request):
        return {"fresh": True}
    action, then = fresh.way(request, reverse("desk:import_people"))
    return {"fresh": False, "sign_in": action, "then": then}


def _previewed(
    request: HttpRequest,
    page: Page,
    form: BringForm,
    reading: Reading,
    plan: Plan,
    *,
    again: bool = False,
    unsure: bool = False,
) -> HttpResponse:
    """What would change. `again`: something else was written meanwhile; `unsure`: the site was not confirmed."""
    context = {
        "page": page,
        "plan": plan,
        "changes": plan.changes[:CHANGES],
        "more": max(0, len(plan.changes) - CHANGES),
        "left_out": reading.left_out,
        "signer": reading.signer,
        "packed": pack(form.cleaned_data["content"]),
        "again": again,
        "unsure": unsure,
    }
    return render(request, "desk/import_preview.html", context, status=422 if unsure else 409 if again else 200)


@owned
@require_safe
def sample(request: HttpRequest, page: Page) -> HttpResponse:
    """A table to begin with."""
    return HttpResponse(
        SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="people.csv"'},
    )
