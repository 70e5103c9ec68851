"""The page as plain text, for whoever reads without a browser: people, scripts, language models."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pitches import opening, stats
from pitches.models import Door, Page
from pitches.web import access, shown
from portal import links


@require_safe
def text(request: HttpRequest, handle: str) -> HttpResponse:
    """All that the page says, in the manner of llms.txt: a heading, a summary, lists with links."""
    page = access.public_page(handle)
    home = links.absolute(reverse("public:page", args=[page.handle]))
    context = {
        "page": page,
        "name": _line(page.name),
        "headline": _line(page.headline),
        "about": [_line(words) for words in (page.tagline, page.intro) if words],
        "home": home,
        "policy": links.absolute(reverse("public:json", args=[page.handle])),
        "doors": [_door(door, page) for door in access.doors_of(page)],
        "hours": shown.hours(page),
        "expect": stats.expectation(page),
        "rules": [_line(rule) for rule in page.house_rules],
    }
    return render(request, "public/page.txt", context, content_type="text/plain; charset=utf-8")


def _door(door: Door, page: Page) -> dict[str, object]:
    """What stands on a door; its words on one line each, so that they stay in their list."""
    return {
        "name": _line(door.name),
        "blurb": _line(door.blurb),
        "state": shown.plaque(door, page).words,
        "reason": _line(door.reason) if opening.of(door).look == "shut" else "",
        "wants": [_line(words) for words in door.wants],
        "not_here": [_line(words) for words in door.not_here],
        "link": links.absolute(reverse("public:door", args=[page.handle, door.slug])),
    }


def _line(words: str) -> str:
    return " ".join(words.split())
