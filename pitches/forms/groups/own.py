"""Own: up to two questions in the owner's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from pitches.forms.fields import Text
from pitches.forms.groups.base import Fields, Group, Values
from pitches.models import Page

MOST_QUESTIONS, LIMIT = 2, 500  # LIMIT in code points


def own(questions: Sequence[Mapping[str, Any]]) -> Group | None:
    """The group of a door's own questions; none if it asks none. Their wording is kept with the answers."""
    asked = {str(number): question for number, question in enumerate(questions[:MOST_QUESTIONS], start=1)}

    def fields() -> Fields:
        return {number: _field(question) for number, question in asked.items()}

    def keep(values: Values, _page: Page) -> list[dict[str, str]]:
        return [
            {"question": question["text"], "answer": values[number]}
            for number, question in asked.items()
            if values.get(number)
        ]

    needs = tuple(number for number, question in asked.items() if question.get("required"))
    title = _("One more question") if len(asked) == 1 else _("Two more questions")
    return Group(name="own", title=title, fields=fields, needs=needs, keep=keep) if asked else None


def _field(question: Mapping[str, Any]) -> Text:
    return Text(
        label=question["text"],
        max_length=LIMIT,
        lines=True,
        rows=3,
        required=bool(question.get("required")),
        error_messages={"required": _("Answer this question.")},
    )
