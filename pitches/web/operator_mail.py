"""For operators: every kind of mail with sample words, in every language, by day and at night."""

import re
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from pitches.notify import catalogue, samples
from pitches.web.operators import operators_only
from portal import drawer

SCHEMES: dict[str, Promise] = {"light": _("By day"), "dark": _("At night")}
DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
BOTH = 'content="light dark"'


@operators_only
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The list, with subjects."""
    language = _language(request)
    context = {
        "place": "kinds",
        "rows": samples.of_all(language),
        "written_in": language,
        "languages": settings.LANGUAGES,
    }
    return render(request, "operator/mail.html", context)


@operators_only
@require_safe
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]  # it is for any view
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One of them: its headers, its HTML and its text."""
    language, sample = _language(request), _sample(request, kind)
    context: dict[str, Any] = {
        "place": "kinds",
        "sample": sample,
        "variants": samples.variants(kind),
        "written_in": language,
        "turned": language.partition("-")[0] in settings.LANGUAGES_BIDI,
        "languages": settings.LANGUAGES,
        "scheme": _scheme(request),
        "schemes": SCHEMES.items(),
    }
    return render(request, "operator/mail_kind.html", context)


@operators_only
@require_safe
@xframe_options_sameorigin
def kind_html(request: HttpRequest, kind: str) -> HttpResponse:
    """The HTML of it alone, as it looks in one of the two schemes wherever it is looked at."""
    sample, scheme = _sample(request, kind), _scheme(request)
    if sample.mail is None:
        raise Http404
    html = DARK.sub("@media all" if scheme == "dark" else "@media not all", str(sample.mail.alternatives[0][0]))
    return drawer.alone(html.replace(BOTH, f'content="{scheme}"'))


def _sample(request: HttpRequest, kind: str) -> samples.Sample:
    if kind not in catalogue.KINDS:
        raise Http404
    wanted = request.GET.get("variant", "")
    return samples.of(kind, _language(request), wanted if wanted in samples.variants(kind) else "")


def _language(request: HttpRequest) -> str:
    """The one that was asked for, if mails are written in it; else that of the page."""
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else translation.get_language()


def _scheme(request: HttpRequest) -> str:
    wanted = request.GET.get("scheme", "")
    return wanted if wanted in SCHEMES else "light"
