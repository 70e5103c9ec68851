"""After a POST: go and see."""

from django.http import HttpResponseRedirect
from django.urls import reverse


class SeeOther(HttpResponseRedirect):
    """303: whatever was asked, go on with a GET."""

    status_code = 303


def see(name: str, *args: object) -> SeeOther:
    """Go to the address of this name."""
    return SeeOther(reverse(name, args=args))
