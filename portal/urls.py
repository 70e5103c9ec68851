"""The whole map: plumbing here, the product in pitches/urls.py."""

from django.conf import settings
from django.urls import include, path

from portal import choosing, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("language", choosing.language, name="language"),
    path("account/", include("allauth.urls")),
    path("", include("pitches.urls")),
]
if settings.MAIL_PROVIDER:
    urlpatterns.insert(0, path("mail/", include("pitches.inbound.urls")))
if settings.MAIL_DRAWER:
    from portal import drawer

    urlpatterns += drawer.urlpatterns

handler400, handler403, handler404, handler500 = (
    "portal.errors.bad_request",
    "portal.errors.forbidden",
    "portal.errors.not_found",
    "portal.errors.broken",
)
