"""A pitch half written: what stands in the form of a door, as it was typed, right or wrong; and whose link it gets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from pitches.forms import fields
from pitches.forms.pitch import PitchForm
from pitches.intake.drafting import Typed
from pitches.intake.writing import Ways
from pitches.models import Door


class HalfForm(forms.Form):
    """All that is needed of a form so that it can be kept: its key, and where the link goes."""

    form_key = forms.UUIDField(required=False)
    email = fields.WorkEmail(max_length=254, error_messages={"required": _("Give the work email to send the link to.")})


def typed(data: Mapping[str, Any], door: Door, ways: Ways | None = None) -> Typed:
    """What was typed into the form of a door. Names that the form does not know are left out."""
    names = [name for name in PitchForm(door=door).fields if name != "form_key" and data.get(name)]
    questions = [question["text"] for question in door.questions]
    return Typed({name: str(data[name]) for name in names}, questions, ways or Ways())


def form_of(door: Door, kept: Typed, form_key: UUID | None) -> PitchForm:
    """The form as it was left, and not judged yet. Answers to questions follow the words of the question."""
    initial: dict[str, Any] = {name: text for name, text in kept.answers.items() if not name.startswith("own.")}
    said = {text: kept.answers.get(f"own.{number}") for number, text in enumerate(kept.questions, start=1)}
    asked = enumerate((question["text"] for question in door.questions), start=1)
    initial |= {f"own.{number}": said[text] for number, text in asked if said.get(text)}
    return PitchForm(door=door, initial=initial | ({"form_key": form_key} if form_key else {}))


def refuse(form: PitchForm, field: str | None, why: Any) -> None:
    """Say what is wrong with one field of a form that is not judged otherwise."""
    form.cleaned_data = {}
    form.add_error(field, why)


def said(form: PitchForm) -> list[tuple[str, str]]:
    """What stands in a form, with its questions, to be read and copied."""
    found = []
    for bound in form:
        value = bound.value()
        if value and not bound.is_hidden:
            words = dict(getattr(bound.field, "choices", ()))
            found.append((str(bound.label), str(words.get(value, value))))
    return found
