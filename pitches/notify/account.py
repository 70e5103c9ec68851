"""Sign-in mails: our own words where we have them, the words of the sign-in library for the rest."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _

from pitches.models import Message
from portal import clock, links, tokens
from portal.models import User
from portal.templatetags.portal import when


def is_over(message: Message) -> bool:
    """Does it hold a code that works no more?"""
    secret = tokens.unseal(bytes(message.sealed)) if message.sealed else {}
    lives = max(app_settings.LOGIN_BY_CODE_TIMEOUT, app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
    return "code" in secret and message.created_at < clock.now() - timedelta(seconds=lives)


@dataclass(frozen=True)
class AccountText:
    """What a sign-in mail says. `link` and `action` are empty where there is nothing to press."""

    subject: str
    paragraphs: list[str]
    link: str = ""
    action: str = ""


def spaced(code: str) -> str:
    """Six digits as they are read aloud: 482 915. Anything else stays as it is."""
    return f"{code[:3]} {code[3:]}" if len(code) == 6 and code.isdecimal() else code


def words(message: Message, secret: dict[str, Any]) -> AccountText:
    """The words of a sign-in mail, chosen by the name that the library gives it."""
    name = secret["template"].rpartition("/")[2]
    if secret.get("code") and name == "email_confirmation" and secret.get("inside"):
        return _new_address(spaced(secret["code"]))
    if secret.get("code"):
        return _code(spaced(secret["code"]))
    own = {"unknown_account": _unknown, "account_already_exists": _exists}.get(name)
    return own() if own else _of_the_library(message, secret)


def _code(code: str) -> AccountText:
    return AccountText(
        _("%(code)s is your code") % {"code": code},
        [
            _("Type or paste it on the page where you asked for it. It works for 10 minutes."),
            _("You did not ask for it? Then do nothing. Without this code nobody gets in."),
        ],
    )


def _new_address(code: str) -> AccountText:
    """30: somebody who is signed in adds this address."""
    return AccountText(
        _("%(code)s confirms your new address") % {"code": code},
        [
            _("Somebody who is signed in to Halfdoor wants to sign in with this address, too."),
            _("Type or paste it on the page where you asked for it. It works for 10 minutes."),
            _("You did not ask for it? Then do nothing. Without this code the address stays out."),
        ],
    )


def _unknown() -> AccountText:
    return AccountText(
        _("There is no account for this address"),
        [
            _("Somebody, perhaps you, tried to sign in to Halfdoor with this address. There is no account for it."),
            _("If it was you, try another address, or make an account. If not, do nothing."),
        ],
        links.absolute(reverse("account_signup")),
        _("Make an account"),
    )


def _exists() -> AccountText:
    return AccountText(
        _("You have an account already"),
        [
            _("Somebody, perhaps you, tried to make a Halfdoor account with this address. There is one already."),
            _("If it was you, sign in: we mail you a code. If not, do nothing."),
        ],
        links.absolute(reverse("account_login")),
        _("Sign in"),
    )


def _of_the_library(message: Message, secret: dict[str, Any]) -> AccountText:
    """Security notices and what else may come: its own text templates, as plain paragraphs."""
    context = _at_home(secret) | {
        "user": User.objects.filter(email__iexact=message.to).first(),
        "timestamp": when(message.created_at),
        "current_site": {"name": "Halfdoor", "domain": settings.SITE_URL},
    }
    prefix = secret["template"]
    subject = get_template(f"{prefix}_subject.txt").render(context)
    text = get_template(f"{prefix}_message.txt").render(context)
    paragraphs = [part.strip() for part in text.replace("\r", "").split("\n\n")]
    return AccountText(" ".join(subject.split()), [part for part in paragraphs if part])


def _at_home(secret: dict[str, Any]) -> dict[str, Any]:
    """Links of a request stand under the host that it named; those of a mail stand under ours."""
    return {
        key: links.absolute(f"/{value.split('/', 3)[3]}") if key.endswith("url") and value.count("/") > 2 else value
        for key, value in secret.items()
    }
