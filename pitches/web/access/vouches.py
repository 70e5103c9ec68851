"""Words of one owner to another: those to the own page, and those of the own page."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from pitches.book import vouching
from pitches.models import Page, Vouch

ANSWERED = 50  # in a list
ABOUT = ("page", "to", "door", "sender__agency", "agency")


def vouches_waiting(page: Page) -> list[Vouch]:
    """What others said to this page, and it has not answered."""
    return vouching.waiting(page)


def vouches_taken(page: Page) -> QuerySet[Vouch]:
    """What this page believed, the last first, as long as it holds."""
    rows = Vouch.objects.filter(to=page, taken_at__isnull=False, revoked_at=None)
    return rows.select_related(*ABOUT).order_by("-taken_at", "-pk")


def vouches_given(page: Page) -> QuerySet[Vouch]:
    """What this page said to others and did not take back, the last first."""
    return Vouch.objects.filter(page=page, revoked_at=None).select_related(*ABOUT)


def unheard_by(page: Page) -> QuerySet[Page]:
    """Whose words this page does not want to hear."""
    return Page.objects.filter(vouches__to=page, vouches__no_more=True).distinct().order_by("handle")


def vouch_to(page: Page, pk: int) -> Vouch:
    """A word to this page that was not taken back."""
    return get_object_or_404(Vouch.objects.filter(revoked_at=None).select_related(*ABOUT), pk=pk, to=page)


def vouch_of(page: Page, pk: int) -> Vouch:
    """A word of this page."""
    return get_object_or_404(Vouch.objects.select_related(*ABOUT), pk=pk, page=page)


def unheard(page: Page, handle: str) -> Page:
    """One of those whose words this page does not want to hear."""
    return get_object_or_404(unheard_by(page), handle=handle)
