"""Reports: what somebody says of a page, to whoever runs this site. Its owner never learns of one, nor from whom."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pitches.models import Page, Report, ReportKind
from pitches.notify import alarms
from portal import clock, limits
from portal.models import User

HOUR = timedelta(hours=1)
KEPT = timedelta(days=90)  # the words and the address, from when it was settled


@transaction.atomic
def take(page: Page, kind: ReportKind, words: str, *, form_key: UUID, email: str = "") -> Report:
    """Keep a report, once for each form, and tell the operators."""
    said = {"page": page, "handle": page.handle, "kind": kind, "words": words, "email": email, "at": clock.now()}
    report, new = Report.objects.get_or_create(form_key=form_key, defaults=said)
    if new:
        _tell(page)
    return report


def _tell(page: Page) -> None:
    """One mail for each page and hour of the clock; what comes after it is told when the next hour begins.

    More than a day's number are counted and kept, and not told: the list has them, and whoever looked has seen it.
    """
    today, _until = limits.count("report_page", str(page.pk))
    if today > limits.LIMITS["report_page"][0]:
        return
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    later = hour + HOUR if alarms.told("report", once=_once(page, hour)) else None
    alarms.tell("report", once=_once(page, later or hour), not_before=later, handle=page.handle)


def _once(page: Page, hour: datetime) -> str:
    return f"{page.pk}:{hour:%Y-%m-%dT%H}"


def settle(report: Report, note: str, *, by: User, every: bool = False) -> int:
    """An operator is done with it; `every`: with all open ones about its page. Returns how many were open."""
    rows = Report.objects.filter(settled_at=None)
    about = {"page": report.page_id} if report.page_id else {"page": None, "handle": report.handle}
    rows = rows.filter(**about) if every else rows.filter(pk=report.pk)
    return rows.update(settled_at=clock.now(), settled_by=by, note=note)


def forget() -> int:
    """90 days after it was settled: words and address go, and the whole row where its page is gone."""
    over = Report.objects.filter(settled_at__lte=clock.now() - KEPT)
    gone = over.filter(page=None).delete()[0]
    return gone + over.exclude(words="", email="").update(words="", email="")
