"""What senders do, through the real verbs: write, prove, hand in; and the work that follows."""

from typing import Any
from uuid import uuid4

from pitches import intake, relationships, tasks
from pitches.models import Door, Pitch, Sender, Standing
from portal import clock, tokens

ROUNDS = 200


def answers(**changes: Any) -> dict[str, Any]:
    """Cleaned answers, as a form gives them."""
    usual = {
        "line": "Why 1,200 people mute brands",
        "why": "The question your readers ask most, put to people in four countries.",
        "link": "https://mosaic.example/mute",
        "ask": "write",
        "payer": "client",
        "name": "Elif Kaya",
        "company": "Mosaic Research",
        "email": "elif@mosaic.example",
        "language": "en",
        "groups": {},
    }
    return usual | changes


def write(door: Door, **changes: Any) -> Pitch:
    """A pitch that waits for its code."""
    return intake.write(door, answers(**changes), form_key=uuid4())[0]


def hand_in(door: Door, **changes: Any) -> Pitch:
    """A pitch that was proven by its code; raises what intake raises."""
    pitch = write(door, **changes)
    return intake.prove(pitch, intake.issue_code(pitch), device=tokens.seed())


def meet(door: Door, standing: str, email: str = "elif@mosaic.example", **more: Any) -> Sender:
    """A sender whose standing the owner has set page-wide by hand."""
    sender = intake.sender_of(email, name="Elif Kaya", company="Mosaic Research")
    Sender.objects.filter(pk=sender.pk, proven_at=None).update(proven_at=clock.now())
    relationships.set_by_hand(door.page, sender, Standing(standing), by=door.page.owner, **more)
    return sender


def work() -> None:
    """All that a worker and the timetable would do now."""
    for _round in range(ROUNDS):
        if not tasks.tick() + tasks.sweep():
            return
    raise AssertionError("The work does not come to an end.")
