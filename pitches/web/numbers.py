"""The numbers of a desk: five figures, each a sentence, a drawing and a table. For whoever may look at the desk."""

import csv
import io
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pitches import stats
from pitches.models import Page, Role
from pitches.stats import Span
from pitches.web import access, hours, number_words
from pitches.web.number_words import Figure, Table
from pitches.web.owned import helped
from portal.cells import guarded

USUAL = stats.WINDOW.days
SPANS = (30, USUAL, 365)  # days; longer ones are asked of no database


@helped(Role.READER)
@require_safe
def numbers(request: HttpRequest, page: Page) -> HttpResponse:
    """All figures of the last ?days=. With fewer than ten pitches there are sentences and tables, and no drawings."""
    span = _span(request, page)
    doors = stats.outcomes(span)
    count = sum(door.total for door in doors)
    shown = {
        "page": page,
        "span": span,
        "spans": SPANS,
        "count": count,
        "drawn": count >= stats.ENOUGH,
        "figures": _figures(request, span, doors) if count else [],
    }
    return render(request, "desk/numbers.html", shown)


@helped(Role.READER)
@require_safe
def table(request: HttpRequest, page: Page) -> HttpResponse:
    """One table (?figure=) for a spreadsheet, with the mark that tells Excel it is UTF-8."""
    span = _span(request, page)
    tables = {one.key: one for one in _tables(_figures(request, span, stats.outcomes(span)))}
    wanted = tables.get(request.GET.get("figure", "doors"))
    if wanted is None:
        raise Http404
    name = f"{wanted.key}-{page.handle}-{page.local_date(span.until).isoformat()}.csv"
    return HttpResponse(
        _csv(wanted),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _span(request: HttpRequest, page: Page) -> Span:
    asked = request.GET.get("days", str(USUAL))
    if asked not in map(str, SPANS):
        raise Http404
    return Span.last(page, int(asked))


def _figures(request: HttpRequest, span: Span, doors: list[stats.OutcomesOfDoor]) -> list[Figure]:
    """Eleven queries at most, however many doors, weeks and agencies there are."""
    expect = stats.expectation(span.page, span.since)
    seat = access.seat(request)
    return [
        number_words.answered(expect, doors, name=hours.whose(request, span.page)),
        number_words.waited(expect, stats.waits(span), span),
        number_words.spent(stats.reading(span), span),
        number_words.declined(stats.noes(span), may_fix=bool(seat and seat.is_owner)),
        number_words.came(stats.kit(span)),
    ]


def _tables(figures: list[Figure]) -> Iterator[Table]:
    for one in figures:
        yield one.table
        if one.more:
            yield one.more.table


def _csv(wanted: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(wanted.head)
    for name, cells in [*wanted.rows, wanted.total] if wanted.total else wanted.rows:
        writer.writerow([guarded(str(cell)) for cell in (name, *cells)])
    return f"\ufeff{text.getvalue()}"
