"""Before the owner follows a stranger's link: where it really leads, as it was written when the pitch came."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pitches.models import Page, Pitch, PitchState, Role
from pitches.screening.checks import SHORTENERS
from pitches.web import access
from pitches.web.owned import helped
from portal import domains


@never_cache
@helped(Role.READER)
@require_safe
def link(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """The real host of a pitched link, what to know about it, and the way there. This server never opens it."""
    pitch = access.own_pitch(request, code)
    domain = domains.registrable(pitch.link_host) or pitch.link_host
    context = {
        "pitch": pitch,
        "page": pitch.page,
        "domain": domain,
        "before": pitch.link_host.removesuffix(domain),
        "warnings": _warnings(pitch, domain),
    }
    return render(request, "desk/link.html", context)


def _warnings(pitch: Pitch, domain: str) -> list[str]:
    """What the address itself says; nothing is looked up."""
    proven = pitch.sender.agency.domain if pitch.sender and pitch.sender.agency else ""
    elsewhere = _("It is not on the domain that the sender proved, %(domain)s.") % {"domain": proven}
    found = {
        _("It is a short link: where it ends is not seen here."): domain in SHORTENERS,
        elsewhere: proven not in ("", domain),
        _("Its host is written with letters of another script."): "xn--" in pitch.link_host,
        _("It is not encrypted on its way (http)."): pitch.link.startswith("http:"),
        _("The pitch is in quarantine."): pitch.state == PitchState.QUARANTINE,
    }
    return [sentence for sentence, holds in found.items() if holds]
