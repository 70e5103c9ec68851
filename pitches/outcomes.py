"""Outcomes: what became of a yes, noted by one press. Evidence is written once it can be undone no longer."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pitches import helping, lifecycle, relationships
from pitches.lifecycle import AlreadyMoved
from pitches.models import Event, EvidenceKind, Fact, Handoff, Page, Pitch, PitchState, Role
from pitches.models.reading import HOLD
from portal import clock
from portal.models import User

A_WEEK = timedelta(days=7)
NOT_YET = "not_yet"
UNDONE = "undone"


@dataclass(frozen=True)
class Last:
    """The press that undo takes back: of which handoff, and what it said (one of the kinds, or not_yet)."""

    handoff: Handoff
    what: str


def kinds(pitch: Pitch) -> tuple[EvidenceKind, ...]:
    """What can be said of a yes. Only an embargo is a promise that can be broken."""
    plain = (EvidenceKind.DELIVERED, EvidenceKind.LATE)
    return (*plain, EvidenceKind.EMBARGO_BROKEN) if "news" in pitch.groups else plain


@transaction.atomic
def note(handoff: Handoff, kind: EvidenceKind, *, by: User | None) -> None:
    """Say what became of a yes. It counts in ten minutes, and until then it may be undone. Raises AlreadyMoved."""
    pitch = handoff.pitch
    if kind not in kinds(pitch):
        raise ValueError(kind)
    helping.voice(pitch.page, by, Role.ASSISTANT)
    if pitch.told_state != PitchState.ACCEPTED:
        raise AlreadyMoved(_("Nothing has become of it yet: no yes has gone out."))
    now = clock.now()
    changes = {"outcome": kind, "outcome_by": by, "counts_at": now + HOLD, "done_at": now}
    if not Handoff.objects.filter(pk=handoff.pk, outcome="").update(**changes):
        handoff.refresh_from_db()
        if handoff.outcome == kind:
            return  # the same press came twice
        raise AlreadyMoved(_("You had already noted: %(what)s.") % {"what": handoff.get_outcome_display()})
    lifecycle.record(Fact.OUTCOME, pitch.page, pitch, by=by, note=kind)


@transaction.atomic
def not_yet(handoff: Handoff, *, by: User | None) -> None:
    """Nothing came so far: ask again in a week. Raises AlreadyMoved when it is done."""
    helping.voice(handoff.pitch.page, by, Role.ASSISTANT)
    rows = Handoff.objects.select_for_update(no_key=True).filter(pk=handoff.pk, done_at=None)
    found, pitch = rows.first(), handoff.pitch
    if found is None:
        raise AlreadyMoved(_("This one is done already."))
    next_day = pitch.page.local_date(clock.now()) + A_WEEK
    if found.follow_up_on == next_day:
        return  # the same press came twice
    was, found.follow_up_on = found.follow_up_on, next_day
    found.save(update_fields=["follow_up_on"])
    lifecycle.record(Fact.OUTCOME, pitch.page, pitch, by=by, note=f"{NOT_YET} {was.isoformat()}")


@transaction.atomic
def undo(handoff: Handoff, *, by: User | None) -> None:
    """Take back what was last said of a yes, within ten minutes.

    Raises AlreadyMoved when it counts already, or when both have agreed on another day since.
    """
    helping.voice(handoff.pitch.page, by, Role.ASSISTANT)
    rows = Handoff.objects.select_for_update(no_key=True).filter(pk=handoff.pk)
    found, said = rows.get(), _last_of(handoff.pitch)
    if said is None or said.note == UNDONE:
        raise AlreadyMoved(_("There is nothing to undo any more."))
    kind, _space, day = said.note.partition(" ")
    if kind == NOT_YET:
        if found.follow_up_on != handoff.pitch.page.local_date(said.at) + A_WEEK:
            raise AlreadyMoved(_("There is another day by now, and it stays."))
        rows.update(follow_up_on=date.fromisoformat(day))
    elif found.counts_at is None or found.counts_at <= clock.now():
        raise AlreadyMoved(_("The ten minutes are over, so it counts."))
    else:
        rows.update(outcome="", outcome_by=None, counts_at=None, done_at=None)
    lifecycle.record(Fact.OUTCOME, handoff.pitch.page, handoff.pitch, by=by, note=UNDONE)


def last(page: Page) -> Last | None:
    """What undo would take back on a page now."""
    said = page.events.filter(what=Fact.OUTCOME, at__gt=clock.now() - HOLD, pitch__handoff__isnull=False)
    found = said.select_related("pitch__handoff", "pitch__page").order_by("-pk").first()
    if found is None or found.pitch is None or found.note == UNDONE:
        return None
    found.pitch.handoff.pitch = found.pitch
    return Last(found.pitch.handoff, found.note.partition(" ")[0])


def _last_of(pitch: Pitch) -> Event | None:
    return pitch.events.filter(what=Fact.OUTCOME, at__gt=clock.now() - HOLD).order_by("-pk").first()


@transaction.atomic
def count(handoff: Handoff) -> bool:
    """The ten minutes are over: what was noted becomes evidence. True for exactly one caller.

    The pitch is held first and the handoff then, as by whoever agrees on terms meanwhile.
    """
    Pitch.objects.select_for_update(no_key=True).get(pk=handoff.pitch_id)
    rows = Handoff.objects.filter(pk=handoff.pk, counts_at__lte=clock.now()).exclude(outcome="")
    if not rows.update(counts_at=None):
        return False
    handoff.refresh_from_db()
    relationships.note_outcome(handoff.pitch, EvidenceKind(handoff.outcome), by=handoff.outcome_by)
    return True
