"""A plan before it is kept, as a sender would read it: the very words of the page of a pitch, and of the mail."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from pitches.handoffs import days_of
from pitches.models import Door, Handoff, Page, Pitch, Plan
from pitches.notify import handoffs, render
from portal import clock, links


@dataclass(frozen=True)
class Preview:
    """What the page of a pitch says after the yes, and the mail with its subject."""

    pitch: Pitch
    handoff: handoffs.HandoffText
    subject: str
    mail: str


def of(plan: Plan, door: Door | None) -> Preview:
    """With a pitch that was never handed in. Nothing is stored."""
    page = plan.page
    pitch = example(page, door)
    handoff = Handoff(
        pitch=pitch,
        standing=plan.standing,
        follow_up_on=page.local_date(clock.now()) + timedelta(days=days_of(plan)),
        brief=plan.brief,
        next_step=plan.next_step,
        questions=plan.questions,
    )
    words = handoffs.words_of(pitch, handoff)
    context = {
        "page": page,
        "pitch": pitch,
        "line": pitch.line,
        "paragraphs": [],
        "handoff": words,
        "status_link": links.absolute("/p/…"),
        "site": urlsplit(settings.SITE_URL).netloc,
    }
    return Preview(pitch, words, *render.shown("yes", context))


def example(page: Page, door: Door | None) -> Pitch:
    """A pitch that was never handed in."""
    return Pitch(
        page=page,
        door=door or Door(page=page, name=_("Your door")),
        name="Elif Kaya",
        company="Mosaic Research",
        email="elif@mosaic.example",
        line=_("Why 1,200 people mute brands"),
        label="ad",
    )
