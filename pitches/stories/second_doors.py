"""Steps of a story about a second chance: to the right door, and another try."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form

from pitches import intake
from pitches.forms.moving import MoveForm
from pitches.models import Pitch


def flat(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step by the names of the form: {"paid": {"min": 1}} is {"paid.min": 1}."""
    found: dict[str, Any] = {}
    for answer, value in answers.items():
        if isinstance(value, Mapping):
            found |= {f"{answer}.{part}": inner for part, inner in value.items()}
        else:
            found[answer] = value
    return found


def incomplete(form: Form) -> dict[str, Any]:
    """Why a form was not taken: a sensitive product and nothing else, or answers that are missing or wrong."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    why = "sensitive" if codes == {"sensitive"} else "incomplete"
    return {"result": "refused", "why": why, "errors": set(form.errors)}


def move(pitch: Pitch, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Move a pitch with what the right door asks for. Why it was refused; nothing if it was not."""
    door = intake.right_door(pitch)
    if door is None:
        return {"result": "refused", "why": "answered"}
    door.page = pitch.page
    said = {**MoveForm.as_it_is(pitch, door).data, **flat(answers)}
    form = MoveForm(said, pitch=pitch, door=door)
    if not form.is_valid():
        return incomplete(form)
    try:
        intake.move_door(pitch, form.answers())
    except intake.Refused as refused:
        return {"result": "refused", "why": refused.why}
    return {}
