"""What follows a yes, for one standing: who takes it, the owner's words, what is still needed, the days, a webhook."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.forms import fields
from pitches.handoffs import assistants, late, plans
from pitches.hooks import addresses
from pitches.models import Assistant, Page, Plan
from pitches.notify.handoffs import PLACES

WORDS = 280  # characters of a brief and of a next step, as they are written
QUESTION = 140
NUMBERS = range(1, plans.QUESTIONS + 1)
IN_BRACES = re.compile(r"\{[^{}\n]*\}")
WEBHOOK = {
    "scheme": gettext_lazy("Use an address that begins with https://."),
    "form": gettext_lazy("Write a whole address such as https://example.org/halfdoor, without a password in it."),
    "inside": gettext_lazy("This leads into a private network. A webhook has to be on the open net."),
}
WHOLE = format_lazy(gettext_lazy("Write a whole number from 1 to {most}."), most=plans.MOST_DAYS)


def _words(label: Any, help_text: Any) -> fields.Text:
    area = forms.Textarea({"rows": 3, "data-count": WORDS})
    return fields.Text(label=label, help_text=help_text, max_length=WORDS, required=False, widget=area)


class PlanForm(forms.Form):
    """What is left empty stays as usual."""

    taker = forms.ChoiceField(
        label=gettext_lazy("Who takes it"),
        required=False,
        help_text=gettext_lazy("Whoever takes it gets one email with the pitch, when the yes goes out."),
        error_messages={"invalid_choice": gettext_lazy("Choose yourself, or somebody who still helps.")},
    )
    brief = _words(
        gettext_lazy("Your words on how you work"),
        gettext_lazy("Instead of the usual ones. You may write {name}, {door}, {date} and {hour}."),
    )
    next_step = _words(
        gettext_lazy("The next step"),
        gettext_lazy("What they do now. {date} is the day on which you follow up, {hour} your next reading hour."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until you follow up"),
        required=False,
        min_value=1,
        max_value=plans.MOST_DAYS,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
    )
    webhook = forms.CharField(
        label=gettext_lazy("Webhook to tell"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("An https address of a system of your own. It is told of each yes."),
        widget=forms.URLInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, page: Page, plan: Plan, **kwargs: Any) -> None:
        kwargs["initial"] = _of_plan(plan)
        super().__init__(*args, **kwargs)
        self.helpers = {str(one.pk): one for one in assistants.helping(page)}
        taker: Any = self.fields["taker"]
        taker.choices = [("", _("Yourself")), *((key, one.name) for key, one in self.helpers.items())]
        for number in NUMBERS:
            self.fields[f"question_{number}"] = fields.Text(
                label=_("Question %(number)s") % {"number": number}, max_length=QUESTION, required=False
            )
            label = _("They have to answer question %(number)s") % {"number": number}
            self.fields[f"required_{number}"] = forms.BooleanField(label=label, required=False)

    @property
    def questions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each question with its tick."""
        return [(self[f"question_{number}"], self[f"required_{number}"]) for number in NUMBERS]

    def clean_brief(self) -> str:
        """Only what can be filled in stands in braces."""
        return _fillable(self.cleaned_data["brief"])

    def clean_next_step(self) -> str:
        """The same."""
        return _fillable(self.cleaned_data["next_step"])

    def clean_webhook(self) -> str:
        """An address of the open net, as far as that can be told without asking anybody."""
        url: str = self.cleaned_data["webhook"]
        problem = addresses.problem(url) if url else ""
        if problem:
            raise ValidationError(WEBHOOK[problem], code=problem)
        return url

    def clean(self) -> dict[str, Any]:
        """The same question twice would be answered once."""
        asked = [one["text"] for one in self._asked()]
        if len(asked) != len(set(asked)):
            self.add_error("question_1", ValidationError(_("Ask each question once."), code="twice"))
        return self.cleaned_data

    def _asked(self) -> list[dict[str, Any]]:
        said = [
            {
                "text": self.cleaned_data.get(f"question_{number}", ""),
                "required": self.cleaned_data[f"required_{number}"],
            }
            for number in NUMBERS
        ]
        return [one for one in said if one["text"]]

    def said(self) -> dict[str, Any]:
        """As plans.keep() wants it."""
        helper: Assistant | None = self.helpers.get(self.cleaned_data["taker"])
        plain = {name: self.cleaned_data[name] for name in ("brief", "next_step", "days", "webhook")}
        return plain | {"assistant": helper, "questions": self._asked()}


def _of_plan(plan: Plan) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(plan, name) for name in ("brief", "next_step", "webhook")}
    initial |= {"taker": str(plan.assistant_id or ""), "days": plans.days_of(plan)}
    for number, one in enumerate(plan.questions, start=1):
        initial |= {f"question_{number}": one["text"], f"required_{number}": one["required"]}
    return initial


def _fillable(text: str) -> str:
    unknown = [found for found in IN_BRACES.findall(text) if found[1:-1] not in PLACES]
    if unknown:
        words = {"found": unknown[0], "known": ", ".join(f"{{{name}}}" for name in PLACES)}
        raise ValidationError(
            _("Nothing can be filled in for %(found)s. You may write %(known)s.") % words, code="place"
        )
    return text


class SupplyForm(forms.Form):
    """What a sender still gives, one field for each question."""

    def __init__(self, *args: Any, questions: list[dict[str, Any]], given: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, one in enumerate(questions, start=1):
            self.fields[f"given_{number}"] = fields.Text(
                label=one["text"],
                required=one["required"],
                lines=True,
                rows=3,
                max_length=late.LONGEST,
                initial=given[number - 1] if number <= len(given) else "",
                error_messages={"required": _("Answer this: %(question)s") % {"question": one["text"]}},
            )

    def answers(self) -> list[str]:
        """In the order of the questions."""
        return [self.cleaned_data[name] for name in self.fields]
