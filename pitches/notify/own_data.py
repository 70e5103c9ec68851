"""31: about a whole account, to it, whatever anybody chose to hear of: the copy of its data is ready."""

from typing import Any

from django.urls import reverse

from pitches.models import CopyState, DataCopy, Message
from pitches.notify import outbox
from portal import links


def data_copy(copy: DataCopy) -> None:
    """31: the copy of an account's data is ready. Its link opens a page, and is no key to anything."""
    user = copy.user
    outbox.put("data_copy", user.email, dedupe=f"data_copy:{copy.pk}", user=user, queue="soon")


def is_over(message: Message) -> bool:
    """Is there nothing to fetch any more?"""
    return _copy(message) is None


def _copy(message: Message) -> DataCopy | None:
    number = message.dedupe.rpartition(":")[2]
    return DataCopy.objects.filter(pk=number, user=message.user, state=CopyState.READY).first()


def words(message: Message) -> dict[str, Any]:
    """What the templates read."""
    copy = _copy(message)
    assert copy is not None
    return {
        "asked_at": copy.asked_at,
        "until": copy.ends_at,
        "zone": copy.user.timezone,
        "size": copy.size,
        "data_link": links.absolute(reverse("own:data")),
    }
