"""27 to 30: what happened to somebody's way in. They go at once, whatever anybody chose to hear of.

Nothing that a browser says of itself is repeated as it came: it may be anybody's.
"""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.models import Message
from portal import links, zones
from portal.models import User

# From the template that the library (or portal/accounts.py) names to the kind of mail that says it.
KIND_OF = {
    "portal/signed_in": "sign_in",
    "portal/codes_low": "codes_low",
    "portal/address_added": "address_changes",
    "account/email/email_changed": "address_changes",
    "account/email/email_deleted": "address_changes",
    "account/email/password_changed": "sign_in_changed",
    "account/email/password_reset": "sign_in_changed",
    "account/email/password_set": "sign_in_changed",
    "mfa/email/recovery_codes_generated": "sign_in_changed",
    "mfa/email/totp_activated": "sign_in_changed",
    "mfa/email/totp_deactivated": "sign_in_changed",
    "mfa/email/webauthn_added": "sign_in_changed",
    "mfa/email/webauthn_removed": "sign_in_changed",
}
KINDS = frozenset(KIND_OF.values())
CHANGED: dict[str, tuple[Promise, Promise]] = {
    "password_changed": (gettext_lazy("new password"), gettext_lazy("Your password was changed.")),
    "password_reset": (gettext_lazy("new password"), gettext_lazy("Your password was changed by a mailed link.")),
    "password_set": (gettext_lazy("password added"), gettext_lazy("A password was added. Until now there was none.")),
    "recovery_codes_generated": (
        gettext_lazy("new recovery codes"),
        gettext_lazy("New recovery codes were made. The older ones work no longer."),
    ),
    "totp_activated": (
        gettext_lazy("app for codes added"),
        gettext_lazy("An app that shows codes was added. From now on, signing in asks for one of them."),
    ),
    "totp_deactivated": (
        gettext_lazy("app for codes removed"),
        gettext_lazy("The app that shows codes was removed. Signing in asks for none any more."),
    ),
    "webauthn_added": (gettext_lazy("passkey added"), gettext_lazy("A passkey was added. It signs in without a code.")),
    "webauthn_removed": (gettext_lazy("passkey removed"), gettext_lazy("A passkey was removed. It opens nothing now.")),
}


def words(message: Message, secret: dict[str, Any]) -> dict[str, Any]:
    """What the templates of these four read."""
    name = secret["template"].rpartition("/")[2]
    reader = User.objects.filter(emailaddress__email__iexact=message.to).first()
    said = {
        "at": message.created_at,
        "zone": reader.timezone if reader else "UTC",
        "browser": browser(secret),
        "sessions_link": links.absolute(reverse("usersessions_list")),
    }
    return said | {
        "sign_in": _of_the_sign_in,
        "sign_in_changed": _of_the_change,
        "codes_low": _of_the_codes,
        "address_changes": _of_the_address,
    }[message.kind](name, secret)


def browser(secret: dict[str, Any]) -> str:
    """The browser in words, such as Firefox on Windows, as far as we can name it."""
    named, system = secret.get("browser_name"), secret.get("browser_system")
    if named and system:
        return _("%(browser)s on %(system)s") % {"browser": named, "system": system}
    return named or _("an unknown browser")


def _of_the_sign_in(_name: str, secret: dict[str, Any]) -> dict[str, Any]:
    clock_of = secret.get("clock", "")
    return {"place": zones.place(clock_of) if clock_of in zones.names() else ""}


def _of_the_change(name: str, _secret: dict[str, Any]) -> dict[str, Any]:
    what, said = CHANGED[name]
    return {"what": what, "said": said, "ways_link": links.absolute(reverse("mfa_index"))}


def _of_the_codes(_name: str, secret: dict[str, Any]) -> dict[str, Any]:
    return {"left": int(secret["left"]), "codes_link": links.absolute(reverse("mfa_generate_recovery_codes"))}


def _of_the_address(name: str, secret: dict[str, Any]) -> dict[str, Any]:
    return {
        "happened": name,
        "added": secret.get("added_email", ""),
        "was": secret.get("from_email", ""),
        "became": secret.get("to_email", ""),
        "removed": secret.get("deleted_email", ""),
        "addresses_link": links.absolute(reverse("account_email")),
    }
