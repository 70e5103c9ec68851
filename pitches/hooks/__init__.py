"""Webhooks: what an owner's own systems are told after a yes. See docs/webhooks.md."""

from pitches.hooks.calls import again, due, secret_of, tell
from pitches.hooks.sending import call

__all__ = ["again", "call", "due", "secret_of", "tell"]
