"""The link that stops a mail: signed, so that it needs no sign-in, and good for one page and one kind of mail only."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pitches.models import Page, Pitch, Watch
from portal import links

SALT = "stop-digest"
MARKS = {"tell_now": ".now", "webhook_fails": ".hook"}  # behind the page; nothing for the digest


def _signer() -> signing.Signer:
    return signing.Signer(key=settings.LINK_KEY, salt=SALT)


def link_to(page: Page, kind: str = "digest") -> str:
    """Where this kind of mail about a page is stopped, with one click."""
    return links.absolute(reverse("stop_digest", args=[_signer().sign(f"{page.pk}{MARKS.get(kind, '')}")]))


def link_of(watch: Watch) -> str:
    """Where a watch is stopped, with one click."""
    return links.absolute(reverse("public:watch_stop", args=[watch.token]))


def link_for(pitch: Pitch) -> str:
    """Where the reminders of a pitch are stopped, with one click."""
    return links.absolute(reverse("agency:reminders", args=[pitch.token]))


def meant(token: str) -> tuple[Page | None, str]:
    """The page, and the kind of mail, that this token stops."""
    try:
        said = _signer().unsign(token)
    except signing.BadSignature:
        return None, ""
    number, dot, mark = said.partition(".")
    kind = next((kind for kind, own in MARKS.items() if own == f"{dot}{mark}"), "digest")
    return Page.objects.filter(pk=number).first(), kind
