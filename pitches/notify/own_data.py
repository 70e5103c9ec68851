"""31, 32: about a whole account, to it, whatever anybody chose to hear of: the copy of its data, and its end."""

from typing import Any

from django.urls import reverse

from pitches.models import CopyState, DataCopy, Erasure, Message, Page
from pitches.notify import outbox
from portal import links


def data_copy(copy: DataCopy) -> None:
    """31: the copy of an account's data is ready. Its link opens a page, and is no key to anything."""
    user = copy.user
    outbox.put("data_copy", user.email, dedupe=f"data_copy:{copy.pk}", user=user, queue="soon")


def account_goes(erasure: Erasure) -> None:
    """32: the account goes on a day, and can be kept until then. Its link opens a page and changes nothing."""
    user = erasure.user
    assert user is not None
    outbox.put("account_goes", user.email, dedupe=f"account_goes:{erasure.pk}", user=user, queue="soon")


def is_over(message: Message) -> bool:
    """Is there nothing to fetch any more, or was the account kept?"""
    return _copy(message) is None if message.kind == "data_copy" else _erasure(message) is None


def _erasure(message: Message) -> Erasure | None:
    number = message.dedupe.rpartition(":")[2]
    return Erasure.objects.filter(pk=number, user=message.user, begun_at=None).first()


def _copy(message: Message) -> DataCopy | None:
    number = message.dedupe.rpartition(":")[2]
    return DataCopy.objects.filter(pk=number, user=message.user, state=CopyState.READY).first()


def words(message: Message) -> dict[str, Any]:
    """What the templates of the copy read."""
    copy = _copy(message)
    assert copy is not None
    return {
        "asked_at": copy.asked_at,
        "until": copy.ends_at,
        "zone": copy.user.timezone,
        "size": copy.size,
        "data_link": links.absolute(reverse("own:data")),
    }


def words_of_the_end(message: Message) -> dict[str, Any]:
    """What the templates of the other read."""
    erasure, user = _erasure(message), message.user
    assert erasure is not None
    assert user is not None
    return {
        "asked_at": erasure.asked_at,
        "goes_at": erasure.goes_at,
        "has_page": Page.objects.filter(owner=user).exists(),
        "zone": user.timezone,
        "keep_link": links.absolute(reverse("own:delete")),
    }
