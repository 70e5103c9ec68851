"""Would this be taken? Asked by people with a second button of the form, by machines with a document. Nothing stays."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pitches import trial
from pitches.doors import keys
from pitches.forms import verdict
from pitches.forms.document import Misshapen
from pitches.forms.pitch import PitchForm, from_json
from pitches.models import Door
from pitches.web import access, policy, proven, public, ways
from pitches.web.redirects import see
from portal import limits
from portal.errors import Gone

MOST = 64 * 1024  # bytes of a document; a pitch with every answer at its limit has some 20,000
A_DAY = 86400  # seconds for which a browser remembers that any site may ask
CORS = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": str(A_DAY),
}


# ── people ───────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """The same form with all that was typed, and above it what would become of it."""
    door = access.public_door(handle, slug)
    if request.method != "POST":
        return see("public:door", door.page.handle, door.slug)
    form = PitchForm(request.POST, door=door)
    if not form.is_valid():
        return public.with_form(request, door, form, status=422)
    if until := limits.over(request, "try"):
        form.add_error(None, limits.sentence(until))
        return limits.later(public.with_form(request, door, form), until)
    came = ways.of(request)
    sender = proven.recognise(request, form.cleaned_data["email"])
    tried = trial.dry_run(door, form.answers(), sender=sender, ways=came)
    key = access.key_to(door, came.key)
    more = {
        "refused": tried,
        "other": tried.other,
        "proven": sender is not None,
        "pitch": {"email": form.cleaned_data["email"]},
        "key_state": keys.state_of(key) if key else "",
    }
    response = public.with_form(request, door, form, tried={"tried": tried} | more)
    response["Cache-Control"] = "no-store"
    return response


# ── machines ─────────────────────────────────────────────────────────────────
# No cookie is looked at and nothing is changed: whoever is made to post here gives nothing away and does nothing.
@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def dry_run(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """The verdict on a document, as a stranger would hear it. From any site, without a key; see docs/policy.md."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204, headers=PREFLIGHT)
    else:
        response = _answer(request, handle, slug)
    for name, value in (CORS | {"Cache-Control": "no-store"}).items():
        response[name] = value
    return response


def _answer(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    try:
        door = access.public_door(handle, slug)
    except Http404:
        return _error("not_found", 404)
    except Gone:
        return _error("gone", 410)
    if request.content_type != "application/json":
        return _error("not_json", 415)
    if len(request.body) > MOST:
        return _error("too_large", 413)
    if until := limits.over(request, "try"):
        return limits.later(_error("too_many", 429), until)
    return _judged(door, request.body)


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON (RFC 8259, 6)."""
    raise ValueError(name)


def _error(code: str, status: int) -> HttpResponse:
    return _json({"version": policy.VERSION, "error": code}, status)


def _judged(door: Door, body: bytes) -> HttpResponse:
    try:
        form = PitchForm(from_json(json.loads(body, parse_constant=_no_number), door), door=door)
    except Misshapen as shape:
        name = str(shape) or "document"
        return _incomplete(door, "incomplete", {name: [_("This is not written as the schema of the door says.")]})
    except (ValueError, RecursionError):
        return _error("not_json", 400)
    if not form.is_valid():
        return _incomplete(door, verdict.why_not(form), verdict.errors_of(form))
    return _json(_said(door, trial.dry_run(door, form.answers())), 200)


def _incomplete(door: Door, why: str, errors: dict[str, list[str]]) -> HttpResponse:
    return _json(_said(door, trial.Verdict("incomplete", why=why)) | {"errors": errors}, 422)


def _said(door: Door, found: trial.Verdict) -> dict[str, Any]:
    return {
        "version": policy.VERSION,
        "door": {"slug": door.slug, "version": door.version},
        "result": found.result,
        "why": found.why,
        "number": found.number,
        "until": policy.iso(found.until),
        "lane": found.lane or None,
        "promised": policy.iso(found.promised),
        "lapses": policy.iso(found.lapses),
        "errors": {},
    }


def _json(document: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(json.dumps(document, indent=1), content_type="application/json", status=status)
