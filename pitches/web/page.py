"""The page at the desk: its words with a preview, the portrait, the short address, hidden or not."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pitches import doors, reports
from pitches.doors import handles, portraits
from pitches.forms.handles import HandleForm
from pitches.forms.merging import in_words
from pitches.forms.page import PageForm
from pitches.forms.portrait import PortraitForm
from pitches.forms.report import AnswerForm
from pitches.models import Page, ReportKind
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.portraits import portrait_url
from pitches.web.redirects import see
from portal import limits, links


# ── the words ────────────────────────────────────────────────────────────────
@owned
@require_http_methods(["GET", "HEAD", "POST"])
def page_edit(request: HttpRequest, page: Page) -> HttpResponse:
    """What the page says."""
    if request.method != "POST":
        return _shown(request, page)
    form = PageForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, words=form, wrong=form)
    by, seen = access.signed_in(request), form.cleaned_data["seen"]
    try:
        doors.keep_words(page, by=by, seen=seen, **form.words())
    except doors.PageChanged as other:
        both = _after(other, request, PageForm)
        return _shown(request, other.page, words=both, wrong=both)
    messages.success(request, _("Kept. Your page says it from now on."))
    return see("desk:page_edit")


def _after(other: doors.PageChanged, request: HttpRequest, kind: type[PageForm]) -> PageForm:
    """The form of the later tab: nothing that was typed is lost, and what the other one kept stands beside it."""
    form = kind.merged(request.POST, other.page, other.theirs)
    for name, value in other.fields.items():
        said = _("Another window kept this meanwhile: %(value)s. Press Keep again to put yours in its place.")
        form.add_error(name, said % {"value": in_words(value)})
    return form


@owned
@require_POST
def preview(request: HttpRequest, page: Page) -> HttpResponse:
    """How the page would look. Nothing is kept. The script gets the fragment, everybody else the whole page."""
    form = PageForm(request.POST)
    form.is_valid()
    if request.headers.get("HX-Request"):
        return render(request, "desk/page_preview.html", _preview(page, form))
    return _shown(request, page, words=form, wrong=form if form.errors else None, unsaved=True)


def _preview(page: Page, form: PageForm) -> dict[str, Any]:
    """The page with the words of the form, where they can be used."""
    for name, value in (form.words() if form.is_bound else {}).items():
        setattr(page, name, value)
    return {"page": page, "picture": portrait_url(page)}


def _shown(
    request: HttpRequest,
    page: Page,
    *,
    words: PageForm | None = None,
    wrong: Form | None = None,
    unsaved: bool = False,
    **forms: Form,
) -> HttpResponse:
    words = words or PageForm.of(page)
    context = {
        "words": words,
        "form": wrong,
        "upload": PortraitForm(),
        "move": HandleForm(page=page),
        "answering": AnswerForm() if page.taken_down_at else None,
        "site": links.absolute("/").partition("://")[2],
        "unsaved": unsaved,
        "handle": page.handle,
    }
    context |= _preview(page, words) | forms
    return render(request, "desk/page.html", context, status=422 if wrong and wrong.errors else 200)


# ── the portrait ─────────────────────────────────────────────────────────────
@owned
@require_POST
def portrait(request: HttpRequest, page: Page) -> HttpResponse:
    """Take a new picture, or go back to initials."""
    by = access.signed_in(request)
    if "remove" in request.POST:
        portraits.remove(page, by=by)
        messages.success(request, _("The picture is gone. Your initials stand there again."))
        return see("desk:page_edit")
    form = PortraitForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["picture"]
        try:
            portraits.keep(page, upload.read(portraits.MOST_BYTES + 1), by=by)
        except portraits.BadPicture as bad:
            form.add_error("picture", str(bad))
        else:
            messages.success(request, _("Your picture is up."))
            return see("desk:page_edit")
    return _shown(request, page, wrong=form, upload=form)


# ── the short address, and whether the page is there ─────────────────────────
@owned
@require_POST
def move(request: HttpRequest, page: Page) -> HttpResponse:
    """Give the page another short address."""
    form = HandleForm(request.POST, page=page)
    if form.is_valid():
        try:
            now = handles.move(page, form.cleaned_data["handle"], by=access.signed_in(request))
        except handles.Refused as refused:
            form.add_error("handle", str(refused))
        else:
            if now.handle != page.handle:
                said = _("Your page is at @%(new)s now. For a year, @%(old)s leads there.")
                messages.success(request, said % {"new": now.handle, "old": page.handle})
            return see("desk:page_edit")
    return _shown(request, page, wrong=form, move=form)


@owned
@require_POST
def hide(request: HttpRequest, page: Page) -> HttpResponse:
    """Take the page away from everybody but its owner, or show it again."""
    hidden = request.POST.get("hidden") == "yes"
    if not hidden and access.signed_in(request).goes_at:
        messages.error(request, _("Your account goes. Keep it first, and your page is there again."))
        return see("own:delete")
    try:
        doors.hide(page, by=access.signed_in(request), hidden=hidden)
    except doors.TakenDown:
        messages.error(request, _("Whoever runs this site took your page down. Only they put it up again."))
        return see("desk:page_edit")
    if hidden:
        messages.success(request, _("Your page is hidden. Nobody can pitch until you show it again."))
    else:
        messages.success(request, _("Your page is there for everybody again."))
    return see("desk:page_edit")


@owned
@require_POST
def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """Say something to whoever took the page down. It lies among the reports, with the address of the account."""
    if page.taken_down_at is None:
        messages.info(request, _("Your page is not down. Nothing was sent."))
        return see("desk:page_edit")
    form = AnswerForm(request.POST)
    if until := limits.over(request, "report"):
        form.add_error(None, limits.sentence(until))
        return limits.later(_shown(request, page, wrong=form, answering=form), until)
    if not form.is_valid():
        return _shown(request, page, wrong=form, answering=form)
    said = form.cleaned_data
    reports.take(page, ReportKind.ANSWER, said["words"], form_key=said["form_key"], email=page.owner.email)
    messages.success(request, _("Sent. Whoever runs this site reads it, and answers to the address of your account."))
    return see("desk:page_edit")
