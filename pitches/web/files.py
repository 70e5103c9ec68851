"""Files of a pitch: its sender adds them and takes them away; both sides may take them out, as downloads only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pitches import intake
from pitches.forms.file import FileForm
from pitches.intake import files
from pitches.intake.filekinds import FileRefused
from pitches.models import Attachment, Page, Role
from pitches.web import access, agency
from pitches.web.owned import helped
from pitches.web.redirects import see

ALONE = "default-src 'none'; sandbox"  # for a browser that shows it against our word


@require_POST
def add(request: HttpRequest, token: str) -> HttpResponse:
    """One more file. Too large is 413, anything else that is wrong 422, and the status page says why."""
    pitch = access.proven_pitch(token)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return agency.with_upload(request, pitch, form)
    upload = form.cleaned_data["file"]
    try:
        kept = files.attach(pitch, upload.name, upload.read(files.LARGEST + 1))
    except FileRefused as refused:
        form.add_error("file", str(refused))
        return agency.with_upload(request, pitch, form, status=413 if upload.size > files.LARGEST else 422)
    except intake.Refused as refused:
        messages.error(request, _no_file(refused))
    else:
        messages.success(request, _("“%(name)s” lies with your pitch.") % {"name": kept.name})
    return see("agency:status", token)


def _no_file(refused: intake.Refused) -> str:
    if refused.why == "tier":
        return _("Files are not taken here. A link in the pitch works as well.")
    return _("It has been answered by now, so its files stay as they are.")


@require_POST
def remove(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Take a file away again."""
    pitch = access.proven_pitch(token)
    found = access.file_of(pitch, key)
    try:
        files.remove(pitch, found)
    except intake.Refused as refused:
        messages.error(request, _no_file(refused))
    else:
        messages.success(request, _("“%(name)s” is gone.") % {"name": found.name})
    return see("agency:status", token)


@never_cache
@require_safe
def file(_request: HttpRequest, token: str, key: str) -> HttpResponse:
    """The sender's own file."""
    return _download(access.file_of(access.proven_pitch(token), key))


@helped(Role.READER)
@never_cache
@require_safe
def desk_file(request: HttpRequest, _page: Page, code: str, key: str) -> HttpResponse:
    """A file that came with a pitch, for the owner."""
    return _download(access.own_file(request, code, key))


def _download(found: Attachment) -> HttpResponse:
    """Its bytes as they came, to be kept and never to be shown. nosniff and the rest come from the middleware."""
    kind = f"{found.kind}; charset=utf-8" if found.kind == "text/plain" else found.kind
    answer = HttpResponse(bytes(found.content), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = ALONE
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
