"""How somebody came: what a link carried in its query, kept in hidden fields of the form until that is sent."""

import re

from django.http import HttpRequest

from pitches import intake
from pitches.models import Came, Pitch

TOKEN = re.compile(r"[\w-]{1,64}", re.ASCII)
QUERY = {"key": "key", "via": "reply", "from": "came_from", "again": "again"}


def of(request: HttpRequest) -> intake.Ways:
    """The key, the reply link and the kind of link. What cannot be one of ours is as good as nothing."""
    laid_down: intake.Ways | None = getattr(request, "ways", None)
    if laid_down:
        return laid_down
    if request.method == "POST":
        found = {name: request.POST.get(name, "") for name in QUERY.values()}
    else:
        found = {name: request.GET.get(query, "") for query, name in QUERY.items()}
    known = {name: value if TOKEN.fullmatch(value) else "" for name, value in found.items()}
    return intake.Ways(**known | {"came_from": channel(known["came_from"])})


def lay_down(request: HttpRequest, found: intake.Ways) -> None:
    """How somebody came when the form was opened first, for a form that is opened again."""
    setattr(request, "ways", found)  # noqa: B010 (Django's class does not know it)


def of_pitch(pitch: Pitch) -> intake.Ways:
    """How the writer of a pitch that is not handed in came."""
    return intake.Ways(
        key=pitch.key.token if pitch.key else "",
        reply=pitch.reply_link.token if pitch.reply_link else "",
        came_from=pitch.came_from,
        again=pitch.again_of.token if pitch.again_of else "",
    )


def token(request: HttpRequest, name: str) -> str:
    """A token that a form carries on; what cannot be one of ours is as good as nothing."""
    found = request.POST.get(name, "")
    return found if TOKEN.fullmatch(found) else ""


def channel(name: str) -> str:
    """The kind of link with this name, or nothing."""
    return name if name in Came.values else ""
