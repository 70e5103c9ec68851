"""Who was erased, as keyed hashes: a backup that is restored has them again, and from this they are erased anew.

The file stands beside the database, not in it. A hash is of the number of an account and the moment it was made.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pitches.models import Erasure
from portal import clock, tokens
from portal.models import User

log = logging.getLogger(__name__)


def subject_of(user: User) -> str:
    """The hash that stands for an account."""
    return tokens.link_token("erased", f"{user.pk}:{user.date_joined.timestamp():.6f}")


def write(subject: str) -> None:
    """One line more. Where the file cannot be written the row in the database is left, and a warning."""
    if not settings.ERASED_FILE:
        return
    path = Path(settings.ERASED_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{subject}\n")
    except OSError as error:
        log.warning("%s cannot be written, so a restored backup would not know who was erased: %s", path, error)


def journal() -> list[str]:
    """Of everybody who was erased, by what the database says."""
    return list(Erasure.objects.filter(done_at__isnull=False).order_by("pk").values_list("subject", flat=True))


@transaction.atomic
def again(subjects: Iterable[str]) -> int:
    """Accounts that are there and were erased before: they go now, without asking. Returns how many."""
    gone, now, found = set(subjects), clock.now(), 0
    for user in User.objects.order_by("pk").iterator():
        subject = subject_of(user)
        if subject in gone:
            User.objects.filter(pk=user.pk).update(goes_at=now)
            moments = {"goes_at": now, "next_at": now}
            Erasure.objects.update_or_create(user=user, defaults={"subject": subject, **moments})
            found += 1
    return found
