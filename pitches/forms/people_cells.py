"""The cells of one line about somebody: each is cleaned as it would be in a form, whatever it looks like."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pitches.book import tags as labels
from pitches.book.brought import Brought, Said, paragraphs
from pitches.book.notes import LONGEST as NOTE
from pitches.forms import fields
from pitches.models import Door, Page, Standing
from portal import clock, domains
from portal.templatetags.portal import day

STANDINGS = {word: one for one in Standing for word in (one.value, str(one.label).casefold())}
PAUSED = re.compile(r"(?:paused|on pause) until (\S+)", re.IGNORECASE)
A_YEAR = timedelta(days=366)
MOST_OF_AN_ADDRESS, MOST_OF_A_NAME = 254, 80
T = TypeVar("T")
_address = fields.WorkEmail()


def doors_of(page: Page) -> dict[str, Door]:
    """The doors that a line may name."""
    return {door.slug: door for door in page.doors.hung()}


class Cleaned:
    """Takes cell after cell, and keeps what is wrong with any of them."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def take(self, read: Callable[[], T], otherwise: T) -> T:
        """What `read` makes of a cell, or something to go on with."""
        try:
            return read()
        except ValidationError as error:
            self.wrong.extend(error.messages)
            return otherwise

    def done(self) -> None:
        """Raise ValidationError if anything was wrong."""
        if self.wrong:
            raise ValidationError(self.wrong)


def read(by_name: Mapping[str, str], line: int, page: Page, doors: Mapping[str, Door]) -> Brought:
    """One line of a table. Raises ValidationError with all that is wrong in it."""
    cleaned = Cleaned()

    def cell(name: str) -> str:
        return by_name.get(name, "")

    key, email = cleaned.take(lambda: who(cell("email")), ("", ""))
    found = Brought(
        key=key,
        email=email,
        line=line,
        name=cleaned.take(lambda: words(cell("name"), _("name")), ""),
        company=cleaned.take(lambda: words(cell("company"), _("company")), ""),
        said=cleaned.take(lambda: said(cell("standing"), cell("until"), page), None),
        door=cleaned.take(lambda: door(cell("door"), doors), None),
        tags=cleaned.take(lambda: tags(re.split("[,;]", cell("tags"))), ()),
        notes=cleaned.take(lambda: notes(cell("note")), ()),
    )
    cleaned.done()
    return found


def who(text: str) -> tuple[str, str]:
    """The mailbox and the address as it was written; for a whole agency "@" and its domain, and nothing."""
    typed = fields.clean_text(text)
    if not typed:
        raise ValidationError(_("The address is missing."))
    if typed.startswith("@"):
        return f"@{agency(typed[1:].lower())}", ""
    try:
        email = _address.clean(typed)
    except ValidationError as error:
        wrong = _("“%(address)s” is no address. Write one like name@company.com.") % {"address": typed[:80]}
        raise ValidationError(wrong) from error
    if len(email) > MOST_OF_AN_ADDRESS:
        wrong = _("This address is longer than an address can be: “%(address)s…”.")
        raise ValidationError(wrong % {"address": email[:40]})
    return domains.mailbox(email), email


def agency(domain: str) -> str:
    """The domain of a whole agency."""
    if domains.registrable(domain) != domain or not domain:
        wrong = _("“@%(domain)s” is no agency. Write its domain, like @company.com.")
        raise ValidationError(wrong % {"domain": domain[:80]})
    if domains.shared(domain):
        wrong = _("Many people have mailboxes at %(domain)s who do not know each other. Name the person.")
        raise ValidationError(wrong % {"domain": domain})
    return domain


def words(text: str, what: str) -> str:
    """A name or a company."""
    found = fields.clean_text(text)
    if len(found) > MOST_OF_A_NAME:
        wrong = _("The %(what)s is too long: at most %(most)s characters.") % {"what": what, "most": MOST_OF_A_NAME}
        raise ValidationError(wrong)
    return found


def said(text: str, until: str, page: Page) -> Said | None:
    """A standing, or nothing. A pause needs its day."""
    typed = " ".join(text.split()).casefold()
    together = PAUSED.fullmatch(typed)
    standing = STANDINGS.get("paused" if together else typed)
    last = together.group(1) if together else until.strip()
    if typed and standing is None:
        raise ValidationError(
            _("“%(word)s” is no standing. Write introduced, known, trusted, blocked or paused, or leave it empty.")
            % {"word": text.strip()[:40]}
        )
    if last and standing != Standing.PAUSED:
        raise ValidationError(_("Only a pause has a day in “until”. Write paused, or take the day out."))
    if standing is None:
        return None
    if standing == Standing.PAUSED:
        return Said(until=_end(last, page))
    return Said(blocked=True) if standing == Standing.BLOCKED else Said(rung=standing)


def _end(text: str, page: Page) -> datetime:
    """The moment at which a pause ends: as the day of it begins, where the owner is."""
    today = page.local_date(clock.now())
    try:
        last = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("A pause needs a day in “until”, such as 2027-03-31.")) from error
    if not today < last <= today + A_YEAR:
        wrong = _("A pause ends on a day from tomorrow on and within a year, until %(day)s at the latest.")
        raise ValidationError(wrong % {"day": day(today + A_YEAR)})
    return datetime(last.year, last.month, last.day, tzinfo=page.zone)


def door(text: str, doors: Mapping[str, Door]) -> Door | None:
    """A door by its short name; empty: all of them."""
    slug = text.strip().lower()
    if slug and slug not in doors:
        wrong = _("You have no door “%(slug)s”. Leave it empty for all doors, or write one of: %(doors)s.")
        raise ValidationError(wrong % {"slug": slug[:40], "doors": ", ".join(doors) or "–"})
    return doors.get(slug)


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """The owner's own short words."""
    found = labels.normalised(fields.clean_text(text) for text in texts)
    if any(len(tag) > labels.LONGEST for tag in found):
        raise ValidationError(_("A tag has at most %(most)s characters.") % {"most": labels.LONGEST})
    if len(found) > labels.MOST:
        raise ValidationError(_("There are at most %(most)s tags.") % {"most": labels.MOST})
    return tuple(found)


def notes(text: str) -> tuple[str, ...]:
    """One note; what is too long for one is several, by its paragraphs."""
    whole = fields.clean_text(text, lines=True)
    found = [whole] if len(whole) <= NOTE else paragraphs(whole)
    if any(len(note) > NOTE for note in found):
        wrong = _("A note has at most %(most)s characters. An empty line makes two of it.")
        raise ValidationError(wrong % {"most": NOTE})
    return tuple(note for note in found if note)
