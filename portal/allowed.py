"""Mail to few: a copy of the real data that is only tried out must not write to real people."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal.drawer import DrawerBackend


def is_allowed(address: str) -> bool:
    """Is this address, or its domain with an @ before it, one of MAIL_ALLOW?"""
    found = address.strip().lower()
    return found in settings.MAIL_ALLOW or f"@{found.rpartition('@')[2]}" in settings.MAIL_ALLOW


class AllowedBackend(BaseEmailBackend):
    """Sends by the usual way what goes to allowed addresses only; the rest is kept in the drawer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.usual = get_connection(settings.MAIL_SENDS_BY, **options)
        self.drawer = DrawerBackend(**options)

    def open(self) -> bool | None:
        """Reach the mail server."""
        return self.usual.open()

    def close(self) -> None:
        """Say goodbye to it."""
        self.usual.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Each to where it may go. Somebody who may not be written to is enough for the drawer."""
        sent = 0
        for mail in email_messages:
            mail.kept_back = not all(map(is_allowed, mail.recipients()))  # type: ignore[attr-defined]  # for whoever asks
            backend = self.drawer if mail.kept_back else self.usual  # type: ignore[attr-defined]
            sent += backend.send_messages([mail]) or 0
        return sent
