"""The owner's picture, for everybody. Its address changes with it, so it is asked for once."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from pitches.models import Page
from pitches.web import access


@require_safe
def portrait(request: HttpRequest, handle: str, digest: str) -> HttpResponse:
    """A WebP that never changes."""
    found = access.portrait(request, handle, digest)
    answer = HttpResponse(bytes(found.image), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def portrait_url(page: Page) -> str:
    """Where a page's picture is; nothing if it has none. Costs no query when the portrait came with the page."""
    found = getattr(page, "portrait", None)
    return reverse("public:portrait", args=[page.handle, found.digest]) if found else ""
