"""The link that stops a mail: signed, so that it needs no sign-in, and good for one page only."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pitches.models import Page, Watch
from portal import links

SALT = "stop-digest"


def _signer() -> signing.Signer:
    return signing.Signer(key=settings.LINK_KEY, salt=SALT)


def link_to(page: Page) -> str:
    """Where the digest of this page is stopped, with one click."""
    return links.absolute(reverse("stop_digest", args=[_signer().sign(str(page.pk))]))


def link_of(watch: Watch) -> str:
    """Where a watch is stopped, with one click."""
    return links.absolute(reverse("public:watch_stop", args=[watch.token]))


def page_of(token: str) -> Page | None:
    """The page whose digest this token stops."""
    try:
        return Page.objects.filter(pk=_signer().unsign(token)).first()
    except signing.BadSignature:
        return None
