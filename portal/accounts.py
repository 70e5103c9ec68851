"""The only place that bends allauth: its mail goes through our own outbox, its codes are six digits."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

CODE_DIGITS = 6


def six_digits() -> str:
    """A code that can be typed from one screen to another."""
    return get_random_string(CODE_DIGITS, "0123456789")


class AccountAdapter(DefaultAccountAdapter):
    """How signing in differs here from what allauth does by itself."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That code does not match. Look at the newest email, or send another."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox named by MAIL_OUT; a request never talks to a mail server."""
        import_string(settings.MAIL_OUT)(email, template_prefix, context)

    def generate_login_code(self) -> str:
        """The code that signs somebody in."""
        return six_digits()

    def generate_email_verification_code(self) -> str:
        """The code that proves an address."""
        return six_digits()
