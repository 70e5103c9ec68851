"""The share kit: links and replies to copy, and a message that came in somewhere else turned into a reply."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pitches import opening
from pitches.doors import deflecting, originals, sharing
from pitches.forms.share import DeflectForm, DoorForm
from pitches.models import CHANNELS, Came, Page, Pitch, ReplyLink
from pitches.notify import addresses, answering
from pitches.web import access, cards
from pitches.web.owned import owned
from pitches.web.redirects import see

SHOWN = 10  # reply links in the list
USUAL_TONE = "neutral"
HEADINGS = {
    Came.MESSAGE: gettext_lazy("A reply to a message"),
    Came.MENTION: gettext_lazy("A reply to a mention"),
    Came.MAIL: gettext_lazy("A reply to an email"),
    Came.COMMENT: gettext_lazy("A reply to a comment"),
}


@dataclass(frozen=True)
class Ready:
    """A reply to copy, for one channel."""

    channel: str
    heading: str
    text: str


@owned
@require_safe
def share(request: HttpRequest, page: Page) -> HttpResponse:
    """All there is to share, for the page or for one door."""
    return _show(request, page)


@owned
@require_POST
def deflect(request: HttpRequest, page: Page) -> HttpResponse:
    """A message came in: make a reply with a link of its own. What was pasted is looked at once and not kept."""
    form = DeflectForm(request.POST, page=page, doors=access.doors_of(page))
    if not form.is_valid():
        return _show(request, page, form=form, status=422)
    return see("desk:reply_link", deflecting.make(**form.link()).pk)


def _show(request: HttpRequest, page: Page, *, form: DeflectForm | None = None, status: int = 200) -> HttpResponse:
    doors = access.doors_of(page)
    where = DoorForm(request.GET, doors=doors, auto_id="where_%s")
    tone = request.GET.get("tone", USUAL_TONE)
    tone, door = tone if tone in sharing.TONES else USUAL_TONE, where.chosen()
    shown: dict[str, Any] = {
        "page": page,
        "form": form if form and form.is_bound else None,
        "deflect": form or DeflectForm(page=page, doors=doors),
        "where": where,
        "door": door,
        "tone": tone,
        "tones": sharing.TONES,
        "ready": [Ready(one, str(HEADINGS[one]), sharing.reply(page, one, tone, door)) for one in CHANNELS],
        "kit": sharing.kit(page, door),
        "through": _sentence(sharing.through(page)),
        "doors": doors,
        "forward_address": addresses.forward_address(page),
        "page_address": addresses.page_address(page),
        "replies": _with_state(page, list(access.reply_links(page)[:SHOWN])),
    }
    return render(request, "desk/share.html", shown, status=status)


def _sentence(through: sharing.Through) -> str:
    """Who came through the links this month, in words."""
    words = {"month": date_format(through.since, "F"), "began": through.began, "left": through.left}
    if not through.began:
        return _("In %(month)s nobody has begun a pitch through these links yet.") % words
    return (
        ngettext(
            "In %(month)s %(began)s person began a pitch through these links, %(left)s left one.",
            "In %(month)s %(began)s people began a pitch through these links, %(left)s left one.",
            through.began,
        )
        % words
    )


def _with_state(page: Page, made: list[ReplyLink]) -> list[ReplyLink]:
    """Reply links, each with what became of it: the pitch, or still good, or over. One query."""
    came = {pitch.reply_link_id: pitch for pitch in access.pitches_of(page).filter(reply_link__in=made)}
    return [cards.wear(link, pitch=came.get(link.pk), good=deflecting.works(link)) for link in made]


@owned
@require_safe
def reply_link(request: HttpRequest, page: Page, pk: int) -> HttpResponse:
    """One answer to paste, as long as its link works."""
    link = access.own_reply_link(page, pk)
    link.door.page = page
    pitch: Pitch | None = _with_state(page, [link])[0].pitch  # type: ignore[attr-defined]
    shown = {
        "page": page,
        "link": link,
        "answer": deflecting.answer(link),
        "mail_link": _mail_link(link),
        "pitch": pitch,
        "good": deflecting.works(link),
        "shut": opening.of(link.door).look == "shut" or link.door.taken_down_at,
    }
    return render(request, "desk/share_reply.html", shown)


def _mail_link(link: ReplyLink) -> str:
    """The answer, opened in a mail program; empty where no address is known."""
    to = originals.address_in(link.who)
    return answering.mail_link(link, to=to) if to else ""


@never_cache
@require_safe
def follow(_request: HttpRequest, token: str) -> HttpResponse:
    """r/<token>: to the door, with the link in hand while it works. Looking uses nothing up."""
    link = access.reply_link(token)
    if link.door.taken_down_at:
        return redirect("public:page", link.door.page.handle)
    way = redirect("public:door", link.door.page.handle, link.door.slug)
    if deflecting.works(link):
        way["Location"] += f"?via={token}"
    return way
