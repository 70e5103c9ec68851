"""The only place that bends allauth: its mail goes through our own outbox, its codes are six digits."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal import browsers, languages, tokens

LAST = "mailed_from"  # in the session: the form whose address was mailed last


def _asked_by(request: HttpRequest | None) -> dict[str, str]:
    """Which browser wants the mail, and whether it sent the same form before: for the limits of a mailbox."""
    if request is None or request.method != "POST":
        return {}
    again = request.POST.get("action") == "resend" or request.session.get(LAST) == request.path
    request.session[LAST] = request.path
    return {"browser": browsers.mark_of(request), "again": "yes" if again else ""}


class AccountAdapter(DefaultAccountAdapter):
    """How signing in differs here from what allauth does by itself."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That code does not match. Look at the newest email, or send another."),
    }

    def new_user(self, request: HttpRequest) -> Any:
        """Somebody who is making an account reads the language in which they do it."""
        user = super().new_user(request)
        user.language = languages.now()
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox named by MAIL_OUT; a request never talks to a mail server."""
        import_string(settings.MAIL_OUT)(email, template_prefix, context | _asked_by(self.request))

    def generate_login_code(self) -> str:
        """The code that signs somebody in."""
        return tokens.six_digits()

    def generate_email_verification_code(self) -> str:
        """The code that proves an address."""
        return tokens.six_digits()
