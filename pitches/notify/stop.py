"""The link that stops a mail: signed, so that it needs no sign-in, and good for one page, kind and person only."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pitches.models import Page, Pitch, Watch
from pitches.notify import wanted
from portal import links
from portal.models import User

SALT = "stop-digest"
# What stood behind the page in the links of mails that went out before they named a person: they go on working.
OLD = {"": "digest", "now": "tell_now"}


@dataclass(frozen=True)
class Meant:
    """What a link stops: a kind of mail about a page, for one person."""

    page: Page
    kind: str
    user: User

    @property
    def is_owner(self) -> bool:
        """Is it the owner of the page?"""
        return self.user.pk == self.page.owner_id

    @property
    def wanted(self) -> bool:
        """Does the mail come now?"""
        return wanted.wants(self.user, self.page, self.kind)


def _signer() -> signing.Signer:
    return signing.Signer(key=settings.LINK_KEY, salt=SALT)


def link_to(page: Page, kind: str = "digest", user: User | None = None) -> str:
    """Where this kind of mail about a page is stopped for somebody, with one click; for the owner, if nobody else."""
    who = user.pk if user else page.owner_id
    return links.absolute(reverse("stop_digest", args=[_signer().sign(f"{page.pk}.{kind}.{who}")]))


def link_of(watch: Watch) -> str:
    """Where a watch is stopped, with one click."""
    return links.absolute(reverse("public:watch_stop", args=[watch.token]))


def link_for(pitch: Pitch) -> str:
    """Where the reminders of a pitch are stopped, with one click."""
    return links.absolute(reverse("agency:reminders", args=[pitch.token]))


def meant(token: str) -> Meant | None:
    """What this token stops; none if it is not ours, or if page or person are gone."""
    try:
        number, _dot, rest = _signer().unsign(token).partition(".")
    except signing.BadSignature:
        return None
    page = Page.objects.select_related("owner").filter(pk=number).first()
    kind, _dot, who = rest.partition(".")
    if page is None:
        return None
    if not who:
        return Meant(page, OLD[kind], page.owner)
    user = page.owner if who == str(page.owner_id) else User.objects.filter(pk=who).first()
    return Meant(page, kind, user) if user and kind in wanted.defaults(user, page) else None
