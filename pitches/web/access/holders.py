"""Whoever holds a secret link. The database only knows the digest of the token."""

from typing import TypeVar

from django.http import Http404
from django.shortcuts import get_object_or_404

from pitches.doors import deflecting
from pitches.models import (
    Attachment,
    Door,
    Introduction,
    Key,
    Mailbox,
    Page,
    Pitch,
    PitchState,
    ReplyLink,
    Watch,
)
from portal import tokens
from portal.errors import Gone


def pitch_by_token(token: str) -> Pitch:
    """The pitch of a secret link. The database only knows the digest of the token."""
    pitches = Pitch.objects.select_related("page", "door", "sender")
    pitch = get_object_or_404(pitches, token_hash=tokens.digest(token))
    pitch.door.page = pitch.page
    return pitch


def proven_pitch(token: str) -> Pitch:
    """The same, but only if it was handed in: what is not proven has no status."""
    pitch = pitch_by_token(token)
    if pitch.state == PitchState.UNPROVEN:
        raise Http404
    return pitch


def files_of(pitch: Pitch) -> list[Attachment]:
    """What lies with a pitch, without a byte of it."""
    return list(pitch.attachments.defer("content"))


def file_of(pitch: Pitch, key: str) -> Attachment:
    """One file of this very pitch; its bytes come when they are asked for."""
    return get_object_or_404(pitch.attachments.defer("content"), key=key)


def reply_link(token: str) -> ReplyLink:
    """The reply link of a secret address, at a page that is up. Whether it still works is another question."""
    found = ReplyLink.objects.select_related("door__page").filter(door__page__in=Page.objects.public())
    return get_object_or_404(found, token_hash=tokens.digest(token))


def mailbox(token: str) -> Mailbox:
    """The mailbox whose mail had this link in it."""
    return get_object_or_404(Mailbox, token_hash=tokens.digest(token))


def watch_by_token(token: str) -> Watch:
    """A watch by the secret part of its links."""
    watches = Watch.objects.select_related("door__page")
    return get_object_or_404(watches, token_hash=tokens.digest(token))


def key_by_token(token: str) -> Key:
    """The key of a secret link, at a page that is up. Whether it still opens is another question. Raises Gone."""
    found = Key.objects.select_related("door__page").filter(door__page__published_at__isnull=False)
    return _at_a_page_that_is_shown(get_object_or_404(found, token_hash=tokens.digest(token)))


def key_to(door: Door, token: str) -> Key | None:
    """The key to this very door that somebody came with."""
    return door.keys.filter(token_hash=tokens.digest(token)).first() if token else None


def reply_to(door: Door, token: str) -> ReplyLink | None:
    """The reply link of this very door that somebody came with, while it works."""
    found = door.reply_links.filter(token_hash=tokens.digest(token)).first() if token else None
    return found if found and deflecting.works(found) else None


def introduction(token: str) -> Introduction:
    """Somebody who said who they are, by the secret part of their page. Raises Gone."""
    found = Introduction.objects.select_related("door__page").filter(door__taken_down_at=None)
    found = found.filter(door__page__published_at__isnull=False)
    return _at_a_page_that_is_shown(get_object_or_404(found, token_hash=tokens.digest(token)))


Shown = TypeVar("Shown", Key, Introduction)


def _at_a_page_that_is_shown(found: Shown) -> Shown:
    if found.door.page.hidden_at:
        raise Gone
    return found
