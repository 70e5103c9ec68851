"""Who wants which mail about a page. Every kind has a default that somebody would choose who values their day."""

from dataclasses import dataclass

from pitches import doors, helping
from pitches.models import Assistant, Page, Preference
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
# The same for whoever reads at the desk of somebody else. All else is the owner's alone.
OF_HELPERS = {"digest": True, "answers_came": False, "undelivered": False, "lapsing": False, "month": False}
OF_THE_PAGE = {"digest": "digest", "tell_now": "tell_me_now"}


@dataclass(frozen=True)
class Listener:
    """Somebody who is told: the owner, or who helps, in the mailbox that was asked to."""

    user: User
    email: str
    helper: Assistant | None = None


def defaults(user: User, page: Page) -> dict[str, bool]:
    """The kinds that somebody may choose about a page, and what comes to whoever never chose."""
    return DEFAULTS if user.pk == page.owner_id else OF_HELPERS


def wants(user: User, page: Page, kind: str) -> bool:
    """Does this person want this kind of mail about this page?"""
    if user.pk == page.owner_id and kind in OF_THE_PAGE:
        return bool(getattr(page, OF_THE_PAGE[kind]))
    chosen = Preference.objects.filter(user=user, page=page, kind=kind).values_list("wanted", flat=True).first()
    return defaults(user, page).get(kind, False) if chosen is None else chosen


def choose(user: User, page: Page, kind: str, *, wanted: bool, by: User | None = None) -> None:
    """Keep what somebody chose. The two of the page are kept where they rest; doing it again changes nothing."""
    if wants(user, page, kind) == wanted:
        return
    if user.pk != page.owner_id or kind not in OF_THE_PAGE:
        Preference.objects.update_or_create(user=user, page=page, kind=kind, defaults={"wanted": wanted})
    elif kind == "digest":
        doors.keep_digest(page, wanted=wanted)
    else:
        page.tell_me_now = doors.keep_settings(page, by=by, tell_me_now=wanted).tell_me_now


def listeners(page: Page, kind: str) -> list[Listener]:
    """Everybody who gets this kind about a page: its owner, and whoever may read at its desk, if they want it."""
    found = [Listener(page.owner, page.owner.email)]
    if kind in OF_HELPERS:
        found += [Listener(user, row.email, row) for user, row in helping.at_the_desk(page)]
    return [one for one in found if wants(one.user, page, kind)]


def may_get(user: User, page: Page, kind: str) -> bool:
    """May this kind still go to this person, and do they want it? Whoever helps no longer gets none."""
    if user.pk == page.owner_id:
        return wants(user, page, kind)
    return helping.helps(user).filter(page=page).exists() and wants(user, page, kind)
