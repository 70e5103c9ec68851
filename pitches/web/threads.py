"""What happened between the owner and a sender about one pitch: who, when, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import review
from pitches.lifecycle import ANSWERS
from pitches.models import Answer, Event, Fact, Lane, Pitch, PitchState
from pitches.web import cards

HAPPENED: dict[str, Promise] = {
    PitchState.UNPROVEN: gettext_lazy("Wrote it"),
    PitchState.ARRIVED: gettext_lazy("Handed it in, from a checked address"),
    PitchState.WITHDRAWN: gettext_lazy("Took it back"),
    PitchState.LAPSED: gettext_lazy("Closed without an answer, as announced"),
    PitchState.HELD: gettext_lazy("Held aside"),
    PitchState.QUARANTINE: gettext_lazy("Put into quarantine"),
    Fact.NUDGED: gettext_lazy("Nudged, once"),
    Fact.REPLIED: gettext_lazy("Answered your question"),
    Fact.CHANGED: gettext_lazy("Changed it, before you read it"),
    Fact.FOLLOWED_UP: gettext_lazy("Followed up with a change"),
    Fact.NOTED: gettext_lazy("Added a note"),
    Fact.SUPPLIED: gettext_lazy("Gave what was still needed"),
    Fact.TERMS_AGREED: gettext_lazy("You accepted the terms of the embargo"),
}
# Steps of either side; the owner's name an account.
OF_EITHER: dict[str, Promise] = {
    Fact.OFFERED: gettext_lazy("Proposed terms"),
    Fact.AGREED: gettext_lazy("Agreed on the terms"),
    Fact.DISAGREED: gettext_lazy("Declined the proposed terms"),
}
BY_THE_SENDER = (
    *(PitchState.UNPROVEN, PitchState.ARRIVED, PitchState.WITHDRAWN),
    *(Fact.NUDGED, Fact.REPLIED, Fact.CHANGED, Fact.FOLLOWED_UP, Fact.NOTED, Fact.SUPPLIED),
)


@dataclass(frozen=True)
class Entry:
    """One line of the thread; `mine` are the owner's words."""

    at: datetime
    who: str
    what: str
    text: str = ""
    mine: bool = False


def thread(pitch: Pitch) -> list[Entry]:
    """Everything about a pitch, oldest first. Two queries."""
    events = [_of_event(pitch, event) for event in pitch.events.all()]
    answers = [_of_answer(answer) for answer in pitch.answers.select_related("door").order_by("pk")]
    return sorted([entry for entry in events if entry] + answers, key=lambda entry: entry.at)


def _of_event(pitch: Pitch, event: Event) -> Entry | None:
    if event.what == PitchState.WAITING:
        return _back_on_the_ledge(pitch, event)
    if event.what == PitchState.ARRIVED and event.was == PitchState.WRONG_DOOR:
        return Entry(event.at, pitch.name, _("Moved it to “%(door)s”") % {"door": pitch.door.name})
    if event.what in OF_EITHER:
        mine = event.by_id is not None
        return Entry(event.at, _("You") if mine else pitch.name, str(OF_EITHER[event.what]), mine=mine)
    what = HAPPENED.get(event.what)
    who = pitch.name if event.what in BY_THE_SENDER else ""
    return Entry(event.at, who, str(what), event.note) if what else None


def _back_on_the_ledge(pitch: Pitch, event: Event) -> Entry | None:
    if event.was == PitchState.ASKED and event.by_id is None:
        return None  # the reply says it
    if event.was in ANSWERS and event.by_id:
        return Entry(event.at, _("You"), _("Took the answer back before it went out"), mine=True)
    if event.was == PitchState.QUARANTINE:
        return Entry(event.at, _("You"), _("Restored it from quarantine"), mine=True)
    if event.was == PitchState.LATER:
        words = _("Came back, as the door opened") if event.note == review.OPENED else _("Came back, as you asked")
        return Entry(event.at, "", words)
    lane = Lane(pitch.lane).label if pitch.lane else ""
    return Entry(event.at, "", _("On the ledge: %(lane)s") % {"lane": cards.lower_first(str(lane))})


def _of_answer(given: Answer) -> Entry:
    told = cards.told(given)
    own = "\n\n".join(words for words in (given.text, given.words) if words and words not in told)
    return Entry(given.given_at, _("You"), told, own, mine=True)
