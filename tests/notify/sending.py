"""Messages to send, and what became of them."""

from datetime import timedelta

from pitches import intake
from pitches.models import Message
from pitches.notify import delivery, outbox
from portal import clock
from tests.factories import PageFactory, PitchFactory


def receipt(**fields: object) -> Message:
    """A receipt to be sent."""
    pitch = PitchFactory(waiting=True, **fields)
    return outbox.put("receipt", pitch.email, dedupe=f"receipt:{pitch.pk}", pitch=pitch, queue="soon")


def digest() -> Message:
    """A digest to be sent."""
    page = PageFactory()
    PitchFactory(door__page=page, waiting=True)
    return outbox.put("digest", page.owner.email, dedupe=f"digest:{page.pk}", page=page, queue="soon")


def code(**fields: object) -> Message:
    """A code to be sent."""
    pitch = PitchFactory(**fields)
    intake.issue_code(pitch)
    secret = {"code": "482915"}
    return outbox.put("code", pitch.email, dedupe=f"code:{pitch.pk}", pitch=pitch, queue="soon", secret=secret)


def account() -> Message:
    """A code of the sign-in library to an address that nobody proved, to be sent."""
    secret = {"template": "account/email/email_confirmation_signup", "code": "ABCDEF", "browser": ""}
    to = f"new{Message.objects.count()}@mosaic.example"
    return outbox.put("account", to, dedupe=f"account:{to}", queue="soon", secret=secret)


def later() -> int:
    """Deliver what is due half a day from now, when every wait is over."""
    clock.move_to(clock.now() + timedelta(hours=12))
    return delivery.deliver("soon")


def outcomes(message: Message) -> list[str]:
    """How each attempt ended, the oldest first."""
    return list(message.tries.order_by("pk").values_list("outcome", flat=True))


def state(message: Message) -> str:
    """Where the message is now."""
    message.refresh_from_db()
    return str(message.state)
