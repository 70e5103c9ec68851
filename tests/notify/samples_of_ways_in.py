"""What an account is told of its way in: codes, sign-ins, ways that came or went. As samples.py has all others."""

from allauth.account.models import EmailAddress

from pitches.models import Message
from pitches.notify import outbox
from portal.models import User
from tests.factories import UserFactory


def account(template: str = "account/email/login_code", **context: object) -> Message:
    """A sign-in mail of the library."""
    outbox.put_account_mail("owner@page.example", template, context or {"code": "482915"})
    return Message.objects.latest("pk")


def account_unknown() -> Message:
    """Somebody tried an address that has no account."""
    return account("account/email/unknown_account", signup_url="https://evil.example/account/signup/")


def account_exists() -> Message:
    """Somebody tried to sign up with an address that has one."""
    url = "https://evil.example/account/password/reset/"
    return account("account/email/account_already_exists", signup_url=url, password_reset_url=url)


def account_notice() -> Message:
    """A security notice in the library's words."""
    return account("account/email/email_confirm", ip="192.0.2.7", user_agent="Firefox <b>& friends</b>")


def _notice(template: str, **said: object) -> Message:
    """A security notice to somebody who signs in, from a browser that we can name."""
    user = User.objects.filter(email="owner@page.example").first()
    user = user or UserFactory(email="owner@page.example", timezone="Europe/Lisbon")
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    browser = {"browser_name": "Firefox", "browser_system": "Windows", "ip": "192.0.2.7"}
    return account(template, **browser | {"user_agent": "Firefox <b>& friends</b>"} | said)


def sign_in() -> Message:
    """Somebody signed in with a browser that is new for the account."""
    return _notice("portal/signed_in", clock="America/Argentina/Buenos_Aires")


def sign_in_unnamed() -> Message:
    """The same with a browser that says nothing of itself that we know, and a lie about its clock."""
    return _notice("portal/signed_in", clock="MARK-ZONE", browser_name="", browser_system="")


def sign_in_changed(template: str = "mfa/email/webauthn_added") -> Message:
    """A way in was added."""
    return _notice(template)


def codes_low(left: int = 2) -> Message:
    """A recovery code was used, and two are left."""
    return _notice("portal/codes_low", left=left)


def codes_low_none() -> Message:
    """The last one was used."""
    return codes_low(0)


def address_changes() -> Message:
    """Another address is the first one now."""
    return _notice("account/email/email_changed", from_email="owner@page.example", to_email="new@page.example")


def address_changes_added() -> Message:
    """An address was added."""
    return _notice("portal/address_added", added_email="another@page.example")


def address_changes_removed() -> Message:
    """An address was taken away."""
    return _notice("account/email/email_deleted", deleted_email="another@page.example")


def account_new_address() -> Message:
    """Somebody who is signed in adds this address."""
    return account("account/email/email_confirmation", code="482915", inside="yes")
