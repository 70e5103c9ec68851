"""Screening: small checks that answer in words, each with its evidence. Codes are listed in docs/screening.md."""

from pitches.models import Event, Pitch, PitchState
from pitches.screening.checks import CHECKS, GRAVE

# One grave sign may be an accident; two are a pattern.
QUARANTINE_AT = 2


def flags_of(pitch: Pitch) -> dict[str, str]:
    """Every sign found, with the words that gave it away."""
    found = ((code, check(pitch)) for code, check in CHECKS.items())
    return {code: evidence for code, evidence in found if evidence}


def bad_enough(flags: list[str]) -> bool:
    """Do these signs put a pitch into quarantine?"""
    return sum(flag in GRAVE for flag in flags) >= QUARANTINE_AT


def screen(event: Event) -> None:
    """Reaction to a hand-in, and to a change by its sender: note the signs on the pitch, for routing and for the owner.

    What brought a pitch into quarantine stays noted, whatever its sender writes afterwards. The row is held, so that
    no words change between here and routing.
    """
    pitch = event.pitch
    if pitch is None:
        return
    pitch.refresh_from_db(from_queryset=Pitch.objects.for_desk().select_for_update(of=("self",), no_key=True))
    if event.what == PitchState.ARRIVED and pitch.state != PitchState.ARRIVED:
        return
    before = pitch.flags if pitch.state == PitchState.QUARANTINE else []
    pitch.flags = sorted({*before, *flags_of(pitch)})
    pitch.suspect = bad_enough(pitch.flags)
    pitch.save(update_fields=["flags", "suspect"])
