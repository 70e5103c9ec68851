"""Sharing: links that say where they stood, ready replies in three tones, and who came through them this month."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.models import Came, Door, Lane, Page, Pitch
from portal import clock, links

TONES = {"warm": gettext_lazy("Warm"), "neutral": gettext_lazy("Neutral"), "short": gettext_lazy("Short")}
REPLIES: dict[tuple[str, str], Promise] = {
    (Came.MESSAGE, "warm"): gettext_lazy(
        "Thank you for thinking of my readers. I keep my messages for people I know, so that I can give every pitch "
        "its time. Leave yours here, and you will get an answer either way: %(link)s"
    ),
    (Came.MESSAGE, "neutral"): gettext_lazy(
        "Thanks for thinking of my readers. I do not take pitches in messages, but I read every one that comes "
        "through my page, and you will get an answer: %(link)s"
    ),
    (Came.MESSAGE, "short"): gettext_lazy("Pitches come through my page, and each gets an answer: %(link)s"),
    (Came.MENTION, "warm"): gettext_lazy(
        "Thank you, that is kind. I would be glad to look, in my own hours, where I can give it my attention: %(link)s"
    ),
    (Came.MENTION, "neutral"): gettext_lazy("Happy to look, in my own hours: %(link)s"),
    (Came.MENTION, "short"): gettext_lazy("Here, please: %(link)s"),
    (Came.MAIL, "warm"): gettext_lazy(
        "Thank you for writing, and for thinking of my readers. I read pitches in one place and at set hours, so that "
        "none is lost in my mail. It takes a few minutes, no account is needed, and you will get an answer: %(link)s"
    ),
    (Came.MAIL, "neutral"): gettext_lazy(
        "Thank you for writing. I read pitches in one place, not in my mail, and each gets an answer. "
        "Please leave yours here: %(link)s"
    ),
    (Came.MAIL, "short"): gettext_lazy("Thank you. I read pitches here, and each gets an answer: %(link)s"),
    (Came.COMMENT, "warm"): gettext_lazy(
        "Thank you for reading along. If this is something for my readers, I would like to hear it properly: %(link)s"
    ),
    (Came.COMMENT, "neutral"): gettext_lazy("Pitches have a place of their own, where I answer each one: %(link)s"),
    (Came.COMMENT, "short"): gettext_lazy("Pitches, please, over here: %(link)s"),
}


def counted_link(page: Page, came: Came, door: Door | None = None) -> str:
    """The address of a page, or of one of its doors, that says where it was put."""
    path = reverse("public:door", args=[page.handle, door.slug]) if door else reverse("public:page", args=[page.handle])
    return f"{links.absolute(path)}?{urlencode({'from': came.value})}"


def reply(page: Page, channel: Came, tone: str, door: Door | None = None) -> str:
    """What to answer somebody who pitched where pitches do not belong, with the link in it."""
    return REPLIES[channel, tone] % {"link": counted_link(page, channel, door)}


@dataclass(frozen=True)
class Kit:
    """The texts that are put up once: in a bio, under a mail, on a site."""

    link: str
    bio: str
    signature: str
    signature_html: str
    badge_html: str


def kit(page: Page, door: Door | None = None) -> Kit:
    """All of them, for a page or for one of its doors. What is HTML is escaped already."""
    signed, badge = counted_link(page, Came.SIGNATURE, door), counted_link(page, Came.BADGE, door)
    plain = counted_link(page, Came.BIO, door)
    picture = links.absolute(reverse("public:badge", args=[page.handle]))
    words = escape(_("Pitch me here"))
    return Kit(
        link=plain.partition("?")[0],
        bio=_("Pitches: %(link)s") % {"link": plain},
        signature="\n".join([page.name, _("Pitches: %(link)s") % {"link": signed}]),
        signature_html=f'<p>{escape(page.name)}<br><a href="{escape(signed)}">{words}</a></p>',
        badge_html=f'<a href="{escape(badge)}"><img src="{escape(picture)}" alt="{words}" height="64"></a>',
    )


@dataclass(frozen=True)
class Through:
    """How many people began a pitch through a counted link since a moment, and how many of them left it."""

    since: datetime
    began: int
    left: int


def through(page: Page) -> Through:
    """Who came through the links of a page this month, in the owner's zone. One query.

    People, not pitches: one address counts once. Nobody is counted for looking (docs/decisions/0008), and nothing that
    lies in quarantine.
    """
    month = clock.now().astimezone(page.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begun = Pitch.objects.filter(page=page, written_at__gte=month).exclude(came_from="").exclude(lane=Lane.QUARANTINE)
    people = Lower("email")
    found = begun.aggregate(
        began=Count(people, distinct=True), left=Count(people, distinct=True, filter=Q(handed_in_at__isnull=False))
    )
    return Through(month, **found)
