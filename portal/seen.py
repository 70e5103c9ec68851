"""When a form was seen first: signed in the form itself, so that nothing has to be kept of whoever only looks."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from portal import clock

FIELD = "seen"
_signer = signing.Signer(salt="seen")


def mark(request: HttpRequest) -> str:
    """The signed moment for the form; the one that it came with, if it is ours. Empty where nobody asks for it."""
    if not settings.MIN_WRITING:
        return ""
    kept = request.POST.get(FIELD, "")
    return kept if _moment(kept) else _signer.sign(str(int(clock.now().timestamp())))


def too_fast(request: HttpRequest) -> bool:
    """Was the form sent sooner than MIN_WRITING seconds after it was seen, or never seen at all?"""
    if not settings.MIN_WRITING:
        return False
    moment = _moment(request.POST.get(FIELD, ""))
    return not moment or clock.now().timestamp() - moment < settings.MIN_WRITING


def _moment(signed: str) -> int:
    try:
        return int(_signer.unsign(signed))
    except (signing.BadSignature, ValueError):
        return 0
