"""Pictures that stand on other people's sites: the badge, the QR code, the share picture. They follow the doors."""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO

import qrcode
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.http import quote_etag
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q

from pitches import opening
from pitches.doors import sharing
from pitches.models import Came, Door, Page
from pitches.models.page import WEEKDAYS
from pitches.web import access, card
from portal import clock, links

SVG, PNG = "image/svg+xml", "image/png"
# An SVG that is opened alone is a document: it may style itself, and nothing else.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
EDITION = "1"  # changes when a drawing changes
QUIET_ZONE = 4  # modules around a QR code (ISO/IEC 18004)
DOT = 12  # pixels of a module
DRAWN_FOR = 3600  # seconds that a share picture is kept
LETTER, WIDE, BOLD = 7.4, 14.5, 1.25  # room for a letter of the badge at 14 px, for a wide one; how much more in bold
ASIDE, LEAST = 76, 190  # pixels of the badge: beside its words, and at least


# ── what they say ────────────────────────────────────────────────────────────
def open_doors(doors: list[Door]) -> str:
    """How many doors are open, in words."""
    now = clock.now()
    looks = [opening.of(door, now).look for door in doors]
    count = sum(look in ("open", "until") for look in looks)
    if count:
        return ngettext("%(count)s door open", "%(count)s doors open", count) % {"count": count}
    if "key" in looks:
        return _("By invitation")
    return _("All doors are closed") if looks else _("No doors yet")


def reading_days(page: Page) -> str:
    """On which weekdays the owner reads: "reads Tue and Fri", or until when they are away. Nothing without hours."""
    if page.holiday_until and page.away_on(page.local_date(clock.now())):
        # Translators: Django date format letters, for a day such as "30 June".
        return _("away until %(day)s") % {"day": date_format(page.holiday_until, pgettext("date format", "j F"))}
    days = sorted({WEEKDAYS.index(hour.split()[0]) for hour in page.reading})
    if len(days) == len(WEEKDAYS):
        return _("reads every day")
    if days == list(range(5)):
        return _("reads on weekdays")
    names = get_text_list([str(WEEKDAYS_ABBR[day]) for day in days], _("and"))
    return _("reads %(days)s") % {"days": names} if days else ""


def _state(page: Page, doors: list[Door]) -> str:
    return " · ".join(filter(None, [open_doors(doors), reading_days(page)]))


# ── the badge ────────────────────────────────────────────────────────────────
@require_safe
def badge(request: HttpRequest, handle: str) -> HttpResponseBase:
    """Two lines and a door, by day and at dusk: whether somebody may knock, and when it is read."""
    page = access.public_page(handle)
    doors = access.doors_of(page)
    first, second = _("Pitch me here"), _state(page, doors)
    first_wide, second_wide = round(room(first) * BOLD), round(room(second))
    width = max(LEAST, ASIDE + first_wide, ASIDE + second_wide)
    words: dict[str, object] = {"first": first, "second": second, "width": width, "inner": width - 2}
    words |= {"first_wide": first_wide, "second_wide": second_wide}
    words |= {"lit": any(opening.of(door).is_open for door in doors)}
    words["title"] = _printable(f"{page.name}: {first}. {second}")
    return _answer(request, SVG, words, lambda: render_to_string("public/badge.svg", words).encode())


def room(text: str) -> float:
    """How many pixels a line takes at most: letters of unknown fonts are stretched or squeezed into it."""
    return sum(_letter(char) for char in text)


def _letter(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    return WIDE if unicodedata.east_asian_width(char) in "WF" else LETTER


def _printable(text: str) -> str:
    """Without signs that XML does not know."""
    return "".join(char if char.isprintable() else " " for char in text)


# ── the QR code ──────────────────────────────────────────────────────────────
@require_safe
def qr_svg(request: HttpRequest, handle: str) -> HttpResponseBase:
    """The address of the page as a QR code, in any size."""
    link = sharing.counted_link(access.public_page(handle), Came.QR)
    return _answer(request, SVG, {"qr": link}, lambda: _qr_as_svg(link))


@require_safe
def qr_png(request: HttpRequest, handle: str) -> HttpResponseBase:
    """The same as a picture to print or to paste."""
    link = sharing.counted_link(access.public_page(handle), Came.QR)
    return _answer(request, PNG, {"qr": link}, lambda: _qr_as_png(link))


def _modules(link: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(link)
    return code.get_matrix()


def _qr_as_svg(link: str) -> bytes:
    rows = _modules(link)
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dot in enumerate(row) if dot]
    return render_to_string("public/qr.svg", {"size": len(rows), "dark": "".join(dark), "link": link}).encode()


def _qr_as_png(link: str) -> bytes:
    rows = _modules(link)
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if dot else 1 for row in rows for dot in row])
    kept = BytesIO()
    picture.resize((DOT * len(rows), DOT * len(rows)), Image.Resampling.NEAREST).save(kept, "PNG", optimize=True)
    return kept.getvalue()


# ── the share picture ────────────────────────────────────────────────────────
@require_safe
def share_card(request: HttpRequest, handle: str) -> HttpResponseBase:
    """What a link to the page looks like where it is shared: the street as it stands."""
    page = access.public_page(handle)
    doors, now = access.doors_of(page), clock.now()
    scene = card.Scene(
        name=page.name,
        handle=page.handle,
        headline=page.headline,
        paint=page.paint,
        doors=tuple((opening.of(door, now).look, door.paint) for door in doors[: card.MOST_DOORS]),
        state=_state(page, doors),
        link=links.absolute(reverse("public:page", args=[page.handle])).partition("://")[2],
    )
    return _answer(request, PNG, asdict(scene), lambda: card.draw(scene), keep=DRAWN_FOR)


# ── how they are answered ────────────────────────────────────────────────────
def _answer(
    request: HttpRequest, kind: str, facts: dict[str, object], draw: Callable[[], bytes], *, keep: int = 0
) -> HttpResponseBase:
    """The picture of these facts, for any site to show; drawn only if the reader has another one."""
    told = repr((EDITION, kind, get_language(), sorted(facts.items())))
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    tag = quote_etag(digest)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        picture = cache.get_or_set(f"picture:{digest}", draw, keep) if keep else draw()
        response = HttpResponse(picture, content_type=kind)
    response["ETag"], response["Cache-Control"] = tag, "no-cache"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if kind == SVG:
        response["Content-Security-Policy"] = SVG_POLICY
    return response
