"""Who wants which mail about a page. Every kind has a default that somebody would choose who values their day."""

from pitches.models import Page, Preference
from portal.models import User

# Of kinds that may be stopped: does somebody get them who never chose? The two of the page itself rest in its row.
DEFAULTS = {
    "digest": True,
    "tell_now": False,
    "answers_came": False,  # the digest says it
    "door_closes": True,
    "undelivered": True,
    "lapsing": True,
    "month": False,
    "webhook_fails": True,
}
OF_THE_PAGE = {"digest": "digest", "tell_now": "tell_me_now"}


def wants(user: User, page: Page, kind: str) -> bool:
    """Does this person want this kind of mail about this page?"""
    if user.pk == page.owner_id and kind in OF_THE_PAGE:
        return bool(getattr(page, OF_THE_PAGE[kind]))
    chosen = Preference.objects.filter(user=user, page=page, kind=kind).values_list("wanted", flat=True).first()
    return DEFAULTS[kind] if chosen is None else chosen


def choose(user: User, page: Page, kind: str, *, wanted: bool) -> None:
    """Keep what somebody chose. For the two of the page its owner's choice is doors.page's to write."""
    Preference.objects.update_or_create(user=user, page=page, kind=kind, defaults={"wanted": wanted})
