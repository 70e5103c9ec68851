"""Where the mail provider of this site speaks to it. Those of all others do not exist here."""

from anymail.urls import urlpatterns as everybodys
from django.conf import settings
from django.urls import URLPattern


def of(provider: str, *, mail_comes_in: bool) -> list[URLPattern]:
    """The addresses for one provider; without those for mail that comes in where none does."""
    mine = [one for one in everybodys if str(one.name).startswith(f"{provider}_")]
    return [one for one in mine if mail_comes_in or "_inbound" not in str(one.name)]


urlpatterns = of(settings.MAIL_PROVIDER, mail_comes_in=bool(settings.INBOUND_DOMAIN)) if settings.MAIL_PROVIDER else []
