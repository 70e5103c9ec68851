"""What a desk sorts by: what its newest pitches have in common, saved views, remarks."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from pitches import helping
from pitches.models import Assistant, Page, Pitch, Remark, Role, View
from pitches.web.access.lists import pitches_of
from portal.models import User

NEWEST = 1000  # pitches whose languages and tags are offered to choose from


def sorts_here(page: Page) -> list[tuple[str, list[str]]]:
    """Each language with each set of tags that the newest pitches of a page have. One query."""
    newest = pitches_of(page).order_by("-handed_in_at").values("pk")[:NEWEST]
    return list(Pitch.objects.filter(pk__in=newest).order_by().values_list("language", "tags").distinct())


def helpers_of(page: Page) -> QuerySet[Assistant]:
    """Who sits at the desk of a page, besides its owner."""
    roles = helping.from_role(Role.READER)
    return Assistant.objects.filter(page=page, joined_at__isnull=False, left_at=None, role__in=roles).order_by("name")


def helping_as(page: Page, user: User) -> QuerySet[Assistant]:
    """Somebody's own rows among those who help."""
    return helping.helps(user).filter(page=page)


def views_of(page: Page, user: User) -> QuerySet[View]:
    """The views of the inbox that somebody keeps at a page."""
    return View.objects.filter(page=page, user=user)


def own_view(page: Page, user: User, pk: int) -> View:
    """A view of theirs at this page."""
    return get_object_or_404(views_of(page, user), pk=pk)


def own_remark(pitch: Pitch, user: User, pk: int) -> Remark:
    """What they noted themselves on a pitch."""
    return get_object_or_404(pitch.remarks.all(), pk=pk, by=user)
