"""The book goes out: as a table, or signed. Only after a fresh sign-in; it is written down, and a mail says so."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches.book import exporting, signed
from pitches.forms.people_table import NAMES
from pitches.models import Page
from pitches.web import access
from pitches.web.owned import owned
from pitches.web.redirects import see
from portal import clock, fresh, links, signing
from portal.cells import guarded


@owned
@require_POST
def export_people(request: HttpRequest, page: Page) -> HttpResponse:
    """The table, in the columns that an import reads."""
    if not fresh.is_fresh(request):
        return _not_now(request)
    rows = list(exporting.lines(page))
    exporting.note_taken(page, exporting.TABLE, by=access.signed_in(request), people=len({row.email for row in rows}))
    return _download(request, page, _table(page, rows), "csv", "text/csv; charset=utf-8")


@owned
@require_POST
def export_book(request: HttpRequest, page: Page) -> HttpResponse:
    """The signed book."""
    if not fresh.is_fresh(request):
        return _not_now(request)
    book = exporting.book(page)
    people = len(book["people"]) + len(book["agencies"])
    exporting.note_taken(page, exporting.BOOK, by=access.signed_in(request), people=people)
    return _download(request, page, signed.dump(book), "json", "application/json")


def _not_now(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("To take your people out, show first that it is you. Then it works for five minutes."))
    return see("desk:import_people")


def _table(page: Page, rows: list[exporting.Line]) -> str:
    """With the mark that tells Excel it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(NAMES)
    for row in rows:
        until = page.local_date(row.until).isoformat() if row.until else ""
        cells = (row.email, row.name, row.company, row.standing, until, row.door, ", ".join(row.tags), row.note)
        writer.writerow([guarded(cell) for cell in cells])
    return f"\ufeff{text.getvalue()}"


def _download(request: HttpRequest, page: Page, content: str, ending: str, kind: str) -> HttpResponse:
    name = f"people-{page.handle}-{page.local_date(clock.now()).isoformat()}.{ending}"
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_safe
def site_key(request: HttpRequest) -> HttpResponse:
    """The key of this site, for whoever has a file that claims to be signed here."""
    key = signing.public_key()
    words = f"{links.absolute('/')}\n{signing.fingerprint(key)}\nEd25519 {key}\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")
