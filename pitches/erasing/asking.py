"""To ask that an account goes, and to keep it after all. The page closes at once, all else stays until the day."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from pitches import doors, helping
from pitches.erasing.journal import subject_of
from pitches.models import Assistant, Erasure, Page, Pitch, PitchState
from pitches.models.pitch import OPEN_STATES
from pitches.notify import own_data
from portal import clock
from portal.models import User

GRACE = timedelta(days=14)


class NotNow(Exception):
    """It has begun, so nothing can be kept any more."""


@dataclass(frozen=True)
class Overview:
    """What there is that would go: for the page that says so."""

    page: Page | None = None
    pitches: int = 0
    in_flight: int = 0
    helpers: list[Assistant] = field(default_factory=list)
    desks: list[Page] = field(default_factory=list)


def overview(user: User) -> Overview:
    """Counted for the account that looks at it. Five queries at most."""
    page = Page.objects.filter(owner=user).first()
    desks = [seat.page for seat in helping.seats_of(user)]
    if page is None:
        return Overview(desks=desks)
    received = Pitch.objects.filter(page=page).exclude(state=PitchState.UNPROVEN)
    helpers = page.assistants.filter(joined_at__isnull=False, left_at=None)
    return Overview(page, received.count(), received.filter(state__in=OPEN_STATES).count(), list(helpers), desks)


@transaction.atomic
def ask(user: User) -> Erasure:
    """The account goes in two weeks; its page closes now, and a mail says how to keep it. Asked again, it stays so."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = Erasure.objects.filter(user=user).first()
    if found:
        return found
    page, now = Page.objects.public().filter(owner=user).first(), clock.now()
    if page:
        doors.hide(page, by=user, hidden=True)
    User.objects.filter(pk=user.pk).update(goes_at=now + GRACE)
    moments = {"asked_at": now, "goes_at": now + GRACE, "next_at": now + GRACE}
    erasure = Erasure.objects.create(user=user, subject=subject_of(user), hid_page=page is not None, **moments)
    own_data.account_goes(erasure)
    return erasure


@transaction.atomic
def keep(user: User) -> bool:
    """It stays, and everything is as it was. False if it was to stay anyway. Raises NotNow once the day has come."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = Erasure.objects.select_for_update().filter(user=user).first()
    if found is None:
        return False
    if found.begun_at or found.goes_at <= clock.now():
        raise NotNow
    found.delete()
    User.objects.filter(pk=user.pk).update(goes_at=None)
    page = Page.objects.filter(owner=user).first()
    if page and found.hid_page:
        try:
            doors.hide(page, by=user, hidden=False)
        except doors.TakenDown:  # then whoever puts it up again shows it
            Page.objects.filter(pk=page.pk).update(hidden_at=F("taken_down_at"))
    return True
