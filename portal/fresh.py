"""Signed in a moment ago? What takes much out of the house asks for that, whatever way somebody signs in.

The library's own question passes whoever has neither a password nor a second step; here that is most people.
"""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from portal.models import User


def is_fresh(request: HttpRequest) -> bool:
    """Did this browser show within five minutes whose it is: by a code, a password, a passkey or a second step?"""
    user = request.user
    if not isinstance(user, User):
        return False
    records = get_authentication_records(request, user)
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)


def way(request: HttpRequest, back: str) -> tuple[str, str]:
    """How to show it again, and then go back: the address of a page, or of a form to post and where it leads next."""
    assert isinstance(request.user, User)
    if get_reauthentication_flows(request.user):
        return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}", ""
    return reverse("account_logout"), f"{reverse('account_login')}?{urlencode({'next': back})}"
