"""Steps of a story that a sender takes on the page of a pitch: change it, follow up, add a note, nudge, and more."""

from collections.abc import Callable, Mapping
from typing import Any

from pitches import intake
from pitches.forms.changing import ChangeForm
from pitches.models import Pitch, Revision
from pitches.stories import handing_off
from pitches.stories.second_doors import flat, incomplete

Step = Mapping[str, Any]
Facts = dict[str, Any]


def act(step: Step, pitch: Pitch) -> Facts:
    """Take a step. Why it was refused; nothing if it was not."""
    try:
        return VERBS[step["do"]](pitch, step) or {}
    except intake.Refused as refused:
        return {"result": "refused", "why": refused.why}


def difference(pitch: Pitch) -> dict[str, list[Any]]:
    """What the latest change changed: {answer: [as it was, as it is]}."""
    row = Revision.objects.filter(pitch=pitch).order_by("-version").first()
    return {name: [row.was[name], row.became[name]] for name in row.was} if row else {}


def _through_the_form(verb: Callable[[Pitch, Mapping[str, Any]], Revision], pitch: Pitch, step: Step) -> Facts:
    was = ChangeForm(pitch=pitch)
    data = {name: was[name].value() for name in was.fields if was[name].value() is not None}
    form = ChangeForm(data | flat(step.get("answers", {})), pitch=pitch)
    if not form.is_valid():
        return incomplete(form)
    verb(pitch, form.answers())
    return {}


def _do(verb: Callable[..., Any], *words: Callable[[Step], str]) -> Callable[[Pitch, Step], Facts]:
    def do(pitch: Pitch, step: Step) -> Facts:
        verb(pitch, *(word(step) for word in words))
        return {}

    return do


def _text(step: Step) -> str:
    return str(step.get("text", ""))


VERBS: dict[str, Callable[[Pitch, Step], Facts]] = {
    "change": lambda pitch, step: _through_the_form(intake.change, pitch, step),
    "follow_up": lambda pitch, step: _through_the_form(intake.follow_up, pitch, step),
    "note": _do(intake.note, _text),
    "nudge": _do(intake.nudge, _text),
    "reply": _do(intake.reply, _text),
    "withdraw": _do(intake.withdraw),
    "put_back": _do(intake.put_back),
    "supply": handing_off.supply,
}
