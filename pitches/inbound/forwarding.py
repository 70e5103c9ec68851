"""An owner forwards a mail that reached them elsewhere: an answer with a link of its own is prepared, for them to send.

Whoever wrote first is never mailed from here.
"""

from datetime import date
from email.utils import parsedate_to_datetime

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from pitches.doors import deflecting, originals
from pitches.inbound import kinds
from pitches.inbound.addressed import open_door
from pitches.inbound.parsed import Parsed, header, parts, parts_of
from pitches.models import Came, Door, Letter, LetterEnd, Page
from pitches.notify import answering
from portal import clock, domains
from portal.models import User


def forwarded(letter: Letter, parsed: Parsed, owner: User) -> tuple[LetterEnd, str]:
    """From an address of the owner's account alone. Who wrote, as far as it can be seen, and one mail to the owner."""
    page = Page.objects.filter(owner=owner).first()
    if page is None or not _is_own(owner, parsed.sender):
        return LetterEnd.NOT_THEIRS, ""
    door = open_door(page) or _first_door(page)
    if door is None:
        return LetterEnd.NOBODY, "no door to send anybody to"
    original, day = _original(parsed, owner)
    if kinds.is_our_address(original.address.lower()):
        return LetterEnd.AUTOMATIC, "forwards a mail of ours"
    if end := kinds.over("letter_sender", f"forward:{page.pk}"):
        return end
    today = page.local_date(clock.now())
    who = original.who[: deflecting.LONGEST] or _("Somebody who wrote a mail")
    link = deflecting.make(door, who, Came.MAIL, min(day or today, today))
    answering.ready(page, link, original)
    return LetterEnd.FORWARDED, ""


def _is_own(owner: User, sender: str) -> bool:
    """One that they proved. A plus-tag is another address here: the answer goes to the account in any case."""
    return bool(sender) and EmailAddress.objects.filter(user=owner, verified=True, email__iexact=sender).exists()


def _first_door(page: Page) -> Door | None:
    door = page.doors.hung().first()
    if door:
        door.page = page
    return door


def _original(parsed: Parsed, owner: User) -> tuple[originals.Original, date | None]:
    """From a mail that was attached, or from the lines above the quoted one; and its day, if that can be read."""
    for part in parts(parsed.mail):
        inside = parts_of(part)
        if part.get_content_type() == "message/rfc822" and inside:
            found = originals.of(header(inside[0], "From"), header(inside[0], "Subject"))
            return _not_the_owner(found, owner), _day(header(inside[0], "Date"))
    return _not_the_owner(originals.in_text(parsed.text), owner), None


def _not_the_owner(found: originals.Original, owner: User) -> originals.Original:
    """Nobody, where the owner forwarded a mail of their own."""
    same = found.address and domains.mailbox(found.address) == domains.mailbox(owner.email)
    return originals.NOBODY if same else found


def _day(text: str) -> date | None:
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
