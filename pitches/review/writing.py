"""A note to a sender after a yes. It goes out at once, and they answer with a note of theirs."""

from django.db import transaction
from django.utils.translation import gettext as _

from pitches import helping, lifecycle
from pitches.models import Event, Fact, Pitch, PitchState, Role
from portal.models import User

MOST_WRITTEN, LONGEST_WRITTEN = 3, 400  # as many and as long as the notes of a sender (intake/changing.py)


class NotWritten(ValueError):
    """It was not sent; the message is a sentence for whoever wrote it."""


@transaction.atomic
def write(pitch: Pitch, text: str, *, by: User) -> Event:
    """Write to the sender of a pitch. The same words again are the same note. Raises NotAllowed or NotWritten."""
    name = helping.voice(pitch.page, by, Role.ASSISTANT)
    found = Pitch.objects.select_for_update(of=("self",), no_key=True).get(pk=pitch.pk)
    if not may_write(found):
        raise NotWritten(_("It takes no notes: they go with a yes that has gone out."))
    earlier = list(found.events.filter(what=Fact.WROTE).order_by("pk"))
    if earlier and said(earlier[-1])[1] == text:
        return earlier[-1]
    if len(earlier) >= MOST_WRITTEN:
        raise NotWritten(
            _("All %(most)s notes to this pitch are used, so this one was not sent.") % {"most": len(earlier)}
        )
    return lifecycle.record(Fact.WROTE, pitch.page, pitch, by=by, note=f"{' '.join(name.split())}\n{text}")


def may_write(pitch: Pitch) -> bool:
    """Was its sender told yes?"""
    return pitch.told_state == PitchState.ACCEPTED


def notes_left(pitch: Pitch) -> int:
    """How many notes may still be written."""
    return max(0, MOST_WRITTEN - pitch.events.filter(what=Fact.WROTE).count())


def said(event: Event) -> tuple[str, str]:
    """Who wrote it for the owner, by name (empty: the owner), and the words."""
    name, _line, text = event.note.partition("\n")
    return name, text
