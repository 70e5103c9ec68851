"""What is proven of whoever looks: mailboxes on this device, and those of the account that is signed in."""

from django.http import HttpRequest

from pitches import intake
from pitches.models import Pitch, Sender
from pitches.web import access, devices
from portal import domains


def recognise(request: HttpRequest, email: str) -> Sender | None:
    """The sender who proved this very mailbox, on this device or by the account that is signed in. No other one."""
    known = intake.recognise(devices.token_of(request), email)
    if known or not signed_in_as(request, email):
        return known
    return next((one for one in access.own_people(request) if one.mailbox == domains.mailbox(email)), None)


def sender_of(request: HttpRequest, pitch: Pitch) -> Sender | None:
    """The sender in whose name a pitch may be handed in without a code; made at the first pitch of an account."""
    known = recognise(request, pitch.email)
    return intake.meet(pitch) if known is None and signed_in_as(request, pitch.email) else known


def signed_in_as(request: HttpRequest, email: str) -> bool:
    """Has the account that is signed in proven this very mailbox?"""
    return domains.mailbox(email) in access.own_mailboxes(request)


def people(request: HttpRequest) -> list[Sender]:
    """Everybody whose mailbox is proven here, the account's before the device's."""
    own = access.own_people(request)
    known = {one.pk for one in own}
    return own + [one for one in intake.senders_on(devices.token_of(request)) if one.pk not in known]


def contact(request: HttpRequest) -> Sender | None:
    """Whose name and address a form is filled in with."""
    first = next(iter(people(request)), None)
    boxes = [] if first else access.own_mailboxes(request)
    return Sender(email=boxes[0], name=access.signed_in(request).name) if boxes else first
