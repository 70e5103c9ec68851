"""After a yes: who helps, what a webhook was told, and the handoff of a pitch."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from pitches.models import Assistant, Call, CallState, Event, Fact, Handoff, Page, Pitch, PitchState
from pitches.models.event import ABOUT_HELPERS
from portal import tokens


def assistants_of(page: Page) -> QuerySet[Assistant]:
    """Who helps an owner or was asked to, in the order of asking. Not who is gone."""
    return Assistant.objects.filter(page=page, left_at=None)


def comings(page: Page) -> QuerySet[Event]:
    """Who was asked to help, came, got another role or went; the last first. Each with `joined`: had they come?"""
    came = Event.objects.filter(page=page, what=Fact.JOINED, note=OuterRef("note"), pk__lt=OuterRef("pk"))
    return Event.objects.filter(page=page, what__in=ABOUT_HELPERS).annotate(joined=Exists(came)).order_by("-pk")


def own_assistant(page: Page, pk: int) -> Assistant:
    """Somebody in the list of this page."""
    return get_object_or_404(assistants_of(page), pk=pk)


def names_of_helpers(numbers: list[str]) -> QuerySet[Assistant, tuple[int, str]]:
    """How those are called whose numbers an event holds, also when they help no more."""
    return Assistant.objects.filter(pk__in=numbers).values_list("pk", "name")


def assistant_by_token(token: str) -> Assistant:
    """Whoever was asked to help, by the secret part of the mailed link."""
    return get_object_or_404(Assistant.objects.select_related("page"), token_hash=tokens.digest(token))


def failed_calls(page: Page) -> QuerySet[Call]:
    """What a webhook of the page was not told, given up or tried again, the newest first."""
    failed = Q(state=CallState.DEAD) | Q(state=CallState.PENDING, attempts__gt=0) & ~Q(error="")
    return Call.objects.filter(failed, page=page).select_related("pitch").order_by("-pk")


def calls_of(pitch: Pitch) -> QuerySet[Call]:
    """All that a webhook was told, or is to be told, about a pitch."""
    return Call.objects.filter(pitch=pitch).order_by("pk")


def own_call(page: Page, pk: int) -> Call:
    """One thing that a webhook of this page is told."""
    return get_object_or_404(Call.objects.select_related("pitch__page"), pk=pk, page=page)


def handoff_of(pitch: Pitch) -> Handoff | None:
    """What follows the yes to a pitch, while it is a yes."""
    if pitch.state != PitchState.ACCEPTED:
        return None
    return Handoff.objects.select_related("assistant").filter(pitch=pitch).first()
