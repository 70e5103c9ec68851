"""A site that takes mail, a page, a pitch that was asked about, and the mail that asked."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from pitches.inbound import uses
from pitches.models import Attempt, Handle, LetterEnd
from pitches.notify import addresses, render
from portal import clock
from tests.factories import DoorFactory, MessageFactory, PageFactory, PitchFactory

DOMAIN = "in.halfdoor.example"


@pytest.fixture
def world(settings):
    """With `names`: what the mails of mails.py are filled in with."""
    settings.INBOUND_DOMAIN = DOMAIN
    page = PageFactory(handle="maya", published_at=clock.now())
    Handle.objects.create(handle="lindmaya", skeleton="lindmaya", page=page, until=clock.now() + timedelta(days=1))
    pitch = PitchFactory(door=DoorFactory(page=page), asked=True, sender__email="elif@mosaic.example")
    message = MessageFactory(pitch=pitch, state="done", provider_id="abc-1")
    Attempt.objects.create(message=message, outcome="sent")
    reply = addresses.reply_address(pitch)
    names = {
        "reply": reply,
        "REPLY": reply.upper(),
        "forged": reply.replace("-", "-a", 1)[:-1],
        "page": f"maya@{DOMAIN}",
        "old": f"lindmaya@{DOMAIN}",
        "back": addresses.return_address(message),
        "forward": addresses.forward_address(page),
        "owner": page.owner.email,
        "domain": DOMAIN,
        "id": render.build(message).extra_headers["Message-ID"],
    }
    return SimpleNamespace(page=page, pitch=pitch, message=message, names=names)


@pytest.fixture
def taken(monkeypatch):
    """Handlers that take whatever gets as far as them: what they got."""
    got = []
    ends = {"reply": LetterEnd.REPLIED, "page": LetterEnd.DRAFTED, "forward": LetterEnd.FORWARDED}

    def taker(purpose):
        return lambda letter, parsed, thing: got.append((parsed, thing)) or (ends[purpose], "")

    for purpose in ends:
        monkeypatch.setitem(uses.HANDLERS, purpose, taker(purpose))
    return got
