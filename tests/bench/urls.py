"""The addresses of the site, and an empty view behind the same middleware: the reference."""

from django.http import HttpResponse
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("empty", lambda _request: HttpResponse("")), *urlpatterns]
