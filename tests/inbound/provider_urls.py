"""The addresses of a site whose mail provider is Postmark."""

from django.urls import include, path

from pitches.inbound.urls import of
from portal.urls import urlpatterns as usual

urlpatterns = [path("mail/", include(of("postmark", mail_comes_in=True))), *usual]
