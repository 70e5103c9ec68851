"""Views of the inbox that somebody keeps: a name for what stands in the address, for themselves alone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import review
from pitches.forms.keeping import ViewForm
from pitches.models import Page, Role, View
from pitches.web import access, filters, undoing
from pitches.web.owned import helped
from pitches.web.redirects import see

LONGEST_QUERY = 400  # characters of an address


@helped(Role.READER)
@require_POST
def keep(request: HttpRequest, page: Page) -> HttpResponse:
    """Keep this search and these filters under a name."""
    query = filters.kept_of(filters.cleaned(QueryDict(request.POST.get("query", ""))))
    form = ViewForm(request.POST)
    if not query:
        messages.warning(request, _("There is nothing to keep. Search or filter first."))
    elif len(query) > LONGEST_QUERY:
        messages.warning(request, _("This is too long to be kept. Look for fewer words."))
    elif not form.is_valid():
        messages.warning(request, str(form.errors["name"][0]))
    else:
        try:
            review.keep_view(page, access.signed_in(request), form.cleaned_data["name"], query)
            messages.success(request, _("The view is kept."))
        except review.NotKept as not_kept:
            messages.warning(request, str(not_kept))
    return _back(query)


@helped(Role.READER)
@require_POST
def change(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Rename a view, or move it one place."""
    view, what = access.own_view(page, access.signed_in(request), pk), request.POST.get("do", "name")
    if what in ("up", "down"):
        review.move_view(view, up=what == "up")
        messages.success(request, _("“%(name)s” was moved.") % {"name": view.name})
    elif what == "name":
        _rename(request, view)
    else:
        raise Http404
    return _back(request.POST.get("at", ""))


def _rename(request: HttpRequest, view: View) -> None:
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["name"][0]))
        return
    try:
        review.rename_view(view, form.cleaned_data["name"])
        messages.success(request, _("The view is called “%(name)s” now.") % {"name": form.cleaned_data["name"]})
    except review.NotKept as not_kept:
        messages.warning(request, str(not_kept))


@helped(Role.READER)
@require_POST
def drop(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """Keep a view no longer. It can be put back at once."""
    name, query = review.drop_view(access.own_view(page, access.signed_in(request), pk))
    undoing.said(request, _("The view is gone."), resolve_url("desk:view_keep"), name=name, query=query)
    return _back(request.POST.get("at", ""))


def _back(query: str) -> HttpResponse:
    """To the inbox as it was looked at."""
    kept = filters.kept_of(filters.cleaned(QueryDict(query)))
    found = see("desk:inbox")
    if kept:
        found["Location"] += f"?{kept}"
    return found
