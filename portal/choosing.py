"""Which language somebody reads in: a page of its own, for the pages that everybody shares carry no form."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Show the languages; a press keeps one, in the browser and with the account, and leads back."""
    if request.method != "POST":
        return render(request, "language.html", {"languages": settings.LANGUAGES, "next": _came_from(request)})
    chosen, way_back = request.POST.get("language", ""), request.POST.get("next", "")
    response = redirect(way_back if _is_ours(way_back) else "home")
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated and request.user.language != chosen:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _came_from(request: HttpRequest) -> str:
    """The page of ours with the link that was followed."""
    found = urlsplit(request.META.get("HTTP_REFERER", ""))
    path = f"{found.path}?{found.query}" if found.query else found.path
    return path if found.netloc == request.get_host() and path != request.path and _is_ours(path) else ""


def _is_ours(path: str) -> bool:
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
