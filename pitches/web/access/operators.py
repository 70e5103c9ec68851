"""What whoever runs the site may see of all mails. Asked behind operators_only()."""

from collections.abc import Mapping

from django.db.models import Case, Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from pitches.models import Attempt, Message, MessageState, Report, Sending


def mails(asked: Mapping[str, str]) -> QuerySet[Message]:
    """Mails of a state, a kind, or to an address, with their attempts."""
    rows = Message.objects.prefetch_related(Prefetch("tries", Attempt.objects.order_by("pk")))
    if address := asked.get("to"):
        rows = rows.filter(to__iexact=address)
    return rows.filter(**{name: asked[name] for name in ("state", "kind") if name in asked})


def sending() -> Sending:
    """Whether mail goes out. Nothing is written, also where nothing was ever sent."""
    return Sending.objects.filter(pk=Sending.THE_ROW).first() or Sending()


def mails_waiting() -> dict[str, int]:
    """How many mails wait in each queue, due or not. One query."""
    busy = Message.objects.filter(state__in=(MessageState.PENDING, MessageState.SENDING))
    return dict(busy.order_by().values_list("queue").annotate(count=Count("pk")))


def reports(*, settled: bool = False) -> QuerySet[Report]:
    """Reports that wait for an operator, or those that were settled; `others`: how many more wait about the page."""
    rows = Report.objects.select_related("page__owner", "settled_by").filter(settled_at__isnull=not settled)
    same = Report.objects.order_by().filter(settled_at=None).exclude(pk=OuterRef("pk"))
    here, gone = same.filter(page=OuterRef("page")), same.filter(page=None, handle=OuterRef("handle"))
    counted = Case(When(page=None, then=_count(gone)), default=_count(here))
    return rows.annotate(others=Coalesce(counted, Value(0)))


def _count(rows: QuerySet[Report]) -> Subquery:
    return Subquery(rows.values("settled_at").annotate(count=Count("pk")).values("count"), output_field=IntegerField())


def report(pk: int) -> Report:
    """One report, settled or not."""
    return get_object_or_404(Report.objects.select_related("page"), pk=pk)
