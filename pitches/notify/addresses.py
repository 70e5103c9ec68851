"""The addresses at which this site takes mail: for answers, for what comes back, for pages, for what owners forward.

There are none without INBOUND_DOMAIN. Servers on the way may write a local part in small letters: none needs capitals.
"""

import re

from django.conf import settings
from django.db.models import Q

from pitches.models import Message, Page, Pitch
from portal import clock, tokens
from portal.models import User

SIGNED = re.compile(r"(reply|return|forward)\+(\d{1,18})-([a-z2-7]{32})")
HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


def reply_address(pitch: Pitch) -> str:
    """Where the sender of a pitch answers by mail. The same every time; whoever has it may write into its thread."""
    return _signed("reply", pitch.pk, pitch.seed)


def return_address(message: Message) -> str:
    """The envelope sender of a mail: what comes back to it is about this very mail."""
    return _signed("return", message.pk, message.dedupe)


def forward_address(page: Page) -> str:
    """Where the owner of a page forwards what reached them elsewhere. Private: it is shown to nobody but them."""
    return _signed("forward", page.pk, str(page.owner_id))


def page_address(page: Page) -> str:
    """Where anybody may write to the owner of a page: it becomes a draft of a pitch."""
    return f"{page.handle}@{settings.INBOUND_DOMAIN}" if settings.INBOUND_DOMAIN else ""


def read(address: str) -> tuple[str, Pitch | Message | Page | User | None]:
    """What stands behind an address of ours: "reply", "return", "page" or "forward", and whose; else "" and None."""
    local, _at, domain = address.strip().lower().rpartition("@")
    if not settings.INBOUND_DOMAIN or domain != settings.INBOUND_DOMAIN:
        return "", None
    if signed := SIGNED.fullmatch(local):
        return _behind(signed[1], int(signed[2]), f"{local}@{domain}")
    page = _page_at(local) if HANDLE.fullmatch(local) else None
    return ("page", page) if page else ("", None)


def _behind(purpose: str, number: int, written: str) -> tuple[str, Pitch | Message | User | None]:
    if purpose == "reply":
        pitch = Pitch.objects.select_related("page", "sender").filter(pk=number).first()
        return (purpose, pitch) if pitch and tokens.same(reply_address(pitch), written) else ("", None)
    if purpose == "return":
        message = Message.objects.filter(pk=number).first()
        return (purpose, message) if message and tokens.same(return_address(message), written) else ("", None)
    page = Page.objects.select_related("owner").filter(pk=number).first()
    return (purpose, page.owner) if page and tokens.same(forward_address(page), written) else ("", None)


def _page_at(handle: str) -> Page | None:
    """The page that has this handle, or had it within a year. None that strangers may not see."""
    kept = Q(handles__handle=handle) & (Q(handles__until=None) | Q(handles__until__gt=clock.now()))
    return Page.objects.public().filter(Q(handle=handle) | kept).distinct().first()


def _signed(purpose: str, number: int, seed: str) -> str:
    if not settings.INBOUND_DOMAIN:
        return ""
    return f"{purpose}+{number}-{tokens.mail_token(f'{purpose}-by-mail', seed)}@{settings.INBOUND_DOMAIN}"
