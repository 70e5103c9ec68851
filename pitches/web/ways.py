"""How somebody came: what a link carried in its query, kept in hidden fields of the form until that is sent."""

import re

from django.http import HttpRequest

from pitches import intake
from pitches.models import Came

TOKEN = re.compile(r"[\w-]{1,64}", re.ASCII)
QUERY = {"key": "key", "via": "reply", "from": "came_from"}


def of(request: HttpRequest) -> intake.Ways:
    """The key, the reply link and the kind of link. What cannot be one of ours is as good as nothing."""
    if request.method == "POST":
        found = {name: request.POST.get(name, "") for name in QUERY.values()}
    else:
        found = {name: request.GET.get(query, "") for query, name in QUERY.items()}
    known = {name: value if TOKEN.fullmatch(value) else "" for name, value in found.items()}
    return intake.Ways(**known | {"came_from": channel(known["came_from"])})


def channel(name: str) -> str:
    """The kind of link with this name, or nothing."""
    return name if name in Came.values else ""
