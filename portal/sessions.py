"""Sessions: those of an account end together, and what has expired goes."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal import clock
from portal.models import User


def end(user: User) -> int:
    """Sign an account out everywhere. Returns how many sessions there were."""
    keys = UserSession.objects.filter(user=user).values("session_key")
    return Session.objects.filter(session_key__in=keys).delete()[0]


def forget() -> int:
    """Delete what has expired. Returns how many."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]
