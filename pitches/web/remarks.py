"""Remarks and tags of the desk on a pitch. Whoever helps reads them; its sender never does."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pitches import review
from pitches.forms.keeping import PitchTagsForm, RemarkForm
from pitches.models import Page, Role
from pitches.web import access, desk, undoing
from pitches.web.owned import helped
from pitches.web.redirects import see

SALT = "a dropped remark"
AN_HOUR = 3600  # seconds in which it can be put back


@helped(Role.SCREENER)
@require_POST
def remark(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """Note something for the desk, or put back what was dropped a moment ago."""
    found, again = access.own_pitch(request, code), request.POST.get("again")
    form = RemarkForm({"text": _kept(again, found.pk)} if again else request.POST, auto_id="remark_%s")
    if not form.is_valid():
        return desk.with_kept(request, found, remark=form)
    kept = review.remark(found, form.cleaned_data["text"], by=access.signed_in(request))
    words = _("The note is back.") if again else _("Noted.")
    undoing.said(request, words, reverse("desk:remark_drop", args=[found.code, kept.pk]))
    return see("desk:pitch", found.code)


def _kept(again: str, pitch: int) -> str:
    try:
        kept: dict[str, str] = signing.loads(again, salt=f"{SALT} {pitch}", max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise Http404 from error
    return kept["text"]


@helped(Role.SCREENER)
@require_POST
def drop(request: HttpRequest, _page: Page, code: str, pk: int) -> HttpResponse:
    """Take one's own note away."""
    found, me = access.own_pitch(request, code), access.signed_in(request)
    gone = access.own_remark(found, me, pk)
    again = signing.dumps({"text": gone.text}, salt=f"{SALT} {found.pk}")
    review.drop_remark(gone, by=me)
    undoing.said(request, _("The note is gone."), reverse("desk:remark", args=[found.code]), again=again)
    return see("desk:pitch", found.code)


@helped(Role.SCREENER)
@require_POST
def tags(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """Keep the tags of a pitch."""
    found = access.own_pitch(request, code)
    form = PitchTagsForm(request.POST, auto_id="tags_%s")
    if not form.is_valid():
        return desk.with_kept(request, found, tags=form)
    before = ", ".join(found.tags)
    if review.tag(found, form.cleaned_data["tags"], by=access.signed_in(request)):
        undoing.said(request, _("The tags are kept."), reverse("desk:pitch_tags", args=[found.code]), tags=before)
    return see("desk:pitch", found.code)
