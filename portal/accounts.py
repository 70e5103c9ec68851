"""The only place that bends allauth: its mail goes through our own outbox, its codes are six digits.

Its signals are heard here and nowhere else.
"""

from typing import Any, ClassVar
from urllib.parse import unquote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import browsers, languages, tokens
from portal.models import User
from portal.templatetags.portal import day

LAST = "mailed_from"  # in the session: the form whose address was mailed last
FEW_CODES = 2  # recovery codes that are left when it is time to say so
KNOWN_FOR = 400 * 24 * 3600  # seconds; no browser keeps a cookie for longer
MOST_KNOWN = 8  # accounts that sign in with one browser


def _asked_by(request: HttpRequest | None) -> dict[str, str]:
    """Which browser wants the mail, and whether it sent the same form before: for the limits of a mailbox."""
    if request is None or request.method != "POST":
        return {}
    again = request.POST.get("action") == "resend" or request.session.get(LAST) == request.path
    request.session[LAST] = request.path
    return {"browser": browsers.mark_of(request), "again": "yes" if again else ""}


def _described(request: HttpRequest | None) -> dict[str, str]:
    """The browser as a person would name it, and whether somebody is signed in with it."""
    if request is None:
        return {}
    browser, system = browsers.named(request.META.get("HTTP_USER_AGENT", ""))
    inside = getattr(request, "user", None) is not None and request.user.is_authenticated
    return {"browser_name": browser, "browser_system": system, "inside": "yes" if inside else ""}


class AccountAdapter(DefaultAccountAdapter):
    """How signing in differs here from what allauth does by itself."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That code does not match. Look at the newest email, or send another."),
    }

    def new_user(self, request: HttpRequest) -> Any:
        """Somebody who is making an account reads the language in which they do it."""
        user = super().new_user(request)
        user.language = languages.now()
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox named by MAIL_OUT; a request never talks to a mail server."""
        said = context | _asked_by(self.request) | _described(self.request)
        import_string(settings.MAIL_OUT)(email, template_prefix, said)

    def post_login(self, request: HttpRequest, user: User, *, signup: bool, **more: Any) -> HttpResponse:
        """After a sign-in: with a browser that this account never used before, its owner is told."""
        response: HttpResponse = super().post_login(request, user, signup=signup, **more)
        if user.goes_at:
            said = _("This account goes on %(day)s. Under “Account”, “Your data” you can keep it.")
            messages.warning(request, said % {"day": day(user.goes_at, user.timezone)})
        known, mine = _known(request), _mark_of(user)
        if mine not in known and not signup:
            self.send_notification_mail("portal/signed_in", user, {"clock": unquote(request.COOKIES.get("zone", ""))})
        kept = [mine, *(one for one in known if one != mine)][:MOST_KNOWN]
        flags: Any = {"secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
        response.set_signed_cookie(settings.KNOWN_COOKIE_NAME, ".".join(kept), max_age=KNOWN_FOR, **flags)
        return response

    def generate_login_code(self) -> str:
        """The code that signs somebody in."""
        return tokens.six_digits()

    def generate_email_verification_code(self) -> str:
        """The code that proves an address."""
        return tokens.six_digits()


def _known(request: HttpRequest) -> list[str]:
    """The marks of the accounts that signed in with this browser."""
    kept = request.get_signed_cookie(settings.KNOWN_COOKIE_NAME, default="", max_age=KNOWN_FOR)
    return [mark for mark in str(kept).split(".") if mark]


def _mark_of(user: User) -> str:
    """What a browser keeps of an account: it names nobody."""
    return tokens.link_token("known-browser", str(user.pk))


@receiver(email_added)
def _address_added(request: HttpRequest, user: User, email_address: EmailAddress, **_more: Any) -> None:
    """Another address belongs to an account: the one that did before hears of it."""
    adapter, first = AccountAdapter(request), EmailAddress.objects.get_primary_email(user)
    if first and first.lower() != email_address.email.lower():
        adapter.send_notification_mail("portal/address_added", user, {"added_email": email_address.email})


@receiver(authenticator_used)
def _code_used(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """A recovery code was used, and few are left."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        now = Authenticator.objects.get(pk=authenticator.pk)  # what is handed over still has the one that was used
        left = len(now.wrap().get_unused_codes())
        if left <= FEW_CODES:
            AccountAdapter(request).send_notification_mail("portal/codes_low", user, {"left": left})
