"""What somebody has in their hands in a session: who else has it, how far they are, and what was just answered."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pitches import helping, review
from pitches.models import Answer, Look, Page, Pitch, ReadingSession, Role
from pitches.review import Hand
from pitches.web import access, cards
from portal.templatetags.portal import at

SEGMENTS = 60  # of the bar, at most


def of(request: HttpRequest, session: ReadingSession) -> Hand:
    """The card of who asks. Who only reads sees what the others have open."""
    here = access.seat(request)
    return review.at_hand(session, access.signed_in(request), along=not (here and here.may(Role.SCREENER)))


def meter(cards: list[int], hand: Hand) -> list[str]:
    """The bar: d for done, c for the card that is open, nothing for what waits."""
    parts, total = min(len(cards), SEGMENTS), len(cards)
    chunks = [range(part * total // parts, (part + 1) * total // parts) for part in range(parts)]
    return [_part(cards, hand, chunk) for chunk in chunks]


def _part(cards: list[int], hand: Hand, chunk: range) -> str:
    if hand.place in chunk:
        return "c"
    return "" if any(cards[place] in hand.waiting for place in chunk) else "d"


def open_since(page: Page, look: Look | None) -> str:
    """Who else has a card open, in a sentence."""
    if look is None:
        return ""
    words = {"name": name_of(page, look), "time": at(look.since, page.timezone)}
    return _("%(name)s has this one open since %(time)s.") % words


def name_of(page: Page, look: Look) -> str:
    """How somebody who reads is called at this desk."""
    return helping.name_of(page, look.by) or page.first_name


def stopped(page: Page, others: list[Look]) -> str:
    """What is said to who stops while the sitting goes on: others read, or its answers are not theirs to send."""
    if not others:
        return _("You have stopped. What was answered here goes out when somebody who may answer finishes.")
    words = ngettext(
        "You have paused. %(names)s reads on; the answers go out ten minutes after that.",
        "You have paused. %(names)s read on; the answers go out ten minutes after that.",
        len(others),
    )
    names = pgettext("between two names", ", ").join(name_of(page, look) for look in others)
    return words % {"names": names}


def said_after(answer: str, page: Page, hand: Hand) -> str:
    """What is said after an answer: what it was, and what is on the screen now."""
    words = {"answer": answer, "who": open_since(page, hand.also)}
    if hand.card is None:
        return _("%(answer)s; that was the last one.") % words
    if hand.elsewhere:
        return _("%(answer)s; %(who)s") % words
    return _("%(answer)s; next pitch.") % words


def last_of(sitting: ReadingSession, request: HttpRequest) -> Answer | None:
    """The answer of this sitting that undo takes back, in words: the last one of who asks."""
    last = review.last_answer(sitting.page, by=access.signed_in(request))
    if last is None or last.session_id != sitting.pk:
        return None
    return cards.wear(last, told=cards.told(last))


def answered(request: HttpRequest, code: str) -> dict[str, Any]:
    """A card that was answered in a session, for who goes back to it; nothing, if it waits."""
    found: Pitch = access.own_pitch(request, code)
    given = found.answers.filter(undone_at=None, session__isnull=False).select_related("door").order_by("-pk").first()
    if given is None:
        return {}
    given.pitch = found
    return {"given": cards.wear(given, told=cards.told(given)), "answered": cards.lay_out(found), "last": None}
