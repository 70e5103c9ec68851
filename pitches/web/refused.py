"""What somebody reads who may not do here what they pressed, and what they had written, so that it is not lost."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from pitches.helping import CutShort
from pitches.web import access, keyset

WORDS = ("text", "tags", "name")  # fields in which a single word may be somebody's own


def typed(request: HttpRequest) -> str:
    """What somebody had written in the form they sent, to be copied; no machine's word has a space in it."""
    values = (one.strip() for name, some in request.POST.lists() for one in some if name in WORDS or one.split()[1:])
    return "\n\n".join(one for one in values if one)


def not_yours(request: HttpRequest, refused: Exception | None = None, *, alone: bool = False) -> HttpResponse:
    """403: somebody who helps asked for more than their role lets them do; `alone`: it is for the owner alone."""
    cut = isinstance(refused, CutShort)
    words = {"said": str(refused or ""), "cut": cut, "alone": alone}
    return _page(request, "desk/not_yours.html", words, 403)


def other_desk(request: HttpRequest, code: str) -> HttpResponse:
    """409: it was pressed in a tab of another desk than the one where they sit now."""
    number = keyset.number(request.POST.get(access.DESK, ""))
    there, name = access.drawn_for(request, number)
    lies = bool(code and there and access.lies_at(there.page, code))
    return _page(request, "desk/other_desk.html", {"there": there, "name": name, "code": code if lies else ""}, 409)


def elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """404; where a pitch of this code lies at another of their desks, with its name and the way there."""
    there = access.other_desk(request, code) if code else None
    if there is None:
        raise Http404
    return _page(request, "desk/elsewhere.html", {"there": there, "code": code}, 404)


def no_desk(request: HttpRequest) -> HttpResponse:
    """Nowhere to sit: to their pitches or the welcome; with a page between, if they had written something."""
    place = "mine:home" if access.sent_pitches(request, only_mine=True).exists() else "welcome"
    if typed(request):
        return _page(request, "desk/no_desk.html", {"place": place}, 403)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url(place))
    return redirect(place)


def told_of_the_move(request: HttpRequest) -> None:
    """Say once, on the next page they see, that the desk where they sat is closed to them, and where they sit now."""
    if not _seen(request):
        return
    was, here = access.moved_from(request), access.seat(request)
    if was is None or here is None:
        return
    gone = _("You help at the desk of %(name)s no longer.") % {"name": was} if was else _("That desk is no more.")
    now = (
        _("This is your own desk.") if here.is_owner else _("This is the desk of %(name)s.") % {"name": here.page.name}
    )
    messages.warning(request, _("%(gone)s %(now)s") % {"gone": gone, "now": now})


def _seen(request: HttpRequest) -> bool:
    """Is what is asked for a page before somebody's eyes: no part of one, and not fetched beforehand?"""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method == "GET" and not ahead and "HX-Request" not in request.headers


def _page(request: HttpRequest, template: str, words: dict[str, object], status: int) -> HttpResponse:
    """A page in place of all that is shown, also where only a part was asked for: the script looks for the header."""
    answer = render(request, template, {**words, "typed": typed(request)}, status=status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "body", "innerHTML"
    return answer
