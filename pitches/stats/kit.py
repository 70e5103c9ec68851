"""What came from the share kit: by kind of link, who began a pitch and who left one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from pitches.models import Came, Lane, Page, Pitch, ReplyLink
from pitches.models.pitch import PitchQuerySet
from pitches.stats.span import Span


@dataclass(frozen=True)
class Channel:
    """One kind of link. An address counts once; nobody is counted for looking (docs/decisions/0008)."""

    came: Came
    began: int = 0
    left: int = 0
    made: int = 0  # links for one answer each
    used: int = 0  # those of them that a pitch came of


@dataclass(frozen=True)
class Kit:
    """People who came by the links of a page. Somebody who came by two kinds is one person in the sum."""

    began: int
    left: int
    channels: list[Channel]


def kit(span: Span) -> Kit:
    """Each kind of link that brought somebody or was made, most people first. Three queries."""
    begun, page = _begun(span.page, span), span.page
    people = {"began": Count(Lower("email"), distinct=True)}
    people["left"] = Count(Lower("email"), distinct=True, filter=Q(handed_in_at__isnull=False))
    links = ReplyLink.objects.filter(door__page=page, made_at__gt=span.since).order_by()
    counted = [
        *begun.values(came=F("came_from")).annotate(**people),
        *links.values(came=F("channel")).annotate(made=Count("pk"), used=Count("used_at")),
    ]
    rows: dict[str, dict[str, Any]] = {}
    for row in counted:
        rows.setdefault(row["came"], {}).update(row)
    found = [Channel(**row | {"came": Came(came)}) for came, row in rows.items()]
    order = {came: place for place, came in enumerate(Came.values)}
    found.sort(key=lambda one: (-one.began, -one.made, order[one.came]))
    return Kit(**begun.aggregate(**people), channels=found)


def _begun(page: Page, span: Span) -> PitchQuerySet:
    written = Pitch.objects.filter(page=page, written_at__gt=span.since)
    return written.exclude(came_from="").exclude(lane=Lane.QUARANTINE)
