"""Late questions: what a sender must still give after a yes went out, such as an address to send something to."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from pitches import lifecycle
from pitches.models import Event, Fact, Handoff, Pitch, PitchState
from portal import clock

LONGEST = 400  # characters of an answer
MOST = 6  # times that something is taken for one pitch: each time somebody is told
KEPT = timedelta(days=90)  # after the handoff is done


@dataclass
class NotTaken(Exception):
    """Nothing was taken: `why` is over (done, or its day has passed), enough (six times), missing or same."""

    why: str


def asked(pitch: Pitch) -> Handoff | None:
    """The handoff of a yes that went out and asks for something; None where nothing is asked."""
    handoff = Handoff.objects.filter(pitch=pitch).first()
    return handoff if handoff and handoff.questions and pitch.told_state == PitchState.ACCEPTED else None


def takes(handoff: Handoff, pitch: Pitch) -> bool:
    """May something be given now? Until the handoff is done; what was given may be corrected to the follow-up day."""
    if handoff.done_at:
        return False
    today = pitch.page.local_date(clock.now())
    return handoff.given_at is None or bool(missing(handoff)) or today <= handoff.follow_up_on


def pairs(handoff: Handoff) -> list[tuple[str, str]]:
    """Each question that has an answer, with it."""
    answers = [*handoff.given, *[""] * len(handoff.questions)]
    return [(one["text"], given) for one, given in zip(handoff.questions, answers, strict=False) if given]


def missing(handoff: Handoff) -> list[str]:
    """The required questions that have no answer yet. None once they were answered and cleared again."""
    if handoff.given_at and not handoff.given:
        return []
    answers = [*handoff.given, *[""] * len(handoff.questions)]
    return [
        one["text"]
        for one, given in zip(handoff.questions, answers, strict=False)
        if one["required"] and not given.strip()
    ]


def supply(pitch: Pitch, answers: list[str]) -> Event:
    """The sender gives what is still needed, in the order of the questions. Raises NotTaken."""
    with transaction.atomic():
        handoff = Handoff.objects.select_for_update().filter(pitch=pitch).first()
        if handoff is None or asked(pitch) is None or not takes(handoff, pitch):
            raise NotTaken("over")
        given = [text.strip() for text in answers[: len(handoff.questions)]]
        if given == handoff.given:
            raise NotTaken("same")
        if pitch.events.filter(what=Fact.SUPPLIED).count() >= MOST:
            raise NotTaken("enough")
        handoff.given, handoff.given_at = given, clock.now()
        if missing(handoff):
            raise NotTaken("missing")
        handoff.save(update_fields=["given", "given_at"])
        return lifecycle.record(Fact.SUPPLIED, pitch.page, pitch)


def forget() -> int:
    """Delete what was given 90 days after the handoff was done. Returns how many."""
    over = Handoff.objects.filter(done_at__lt=clock.now() - KEPT).exclude(given=[])
    return over.update(given=[])
