"""One press for many: which pitches were picked in a list, and what is said to all of them."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches.forms.decision import AnswerForm
from pitches.models import AnswerKind, Page, Reason
from pitches.review import AT_MOST

_WHAT = gettext_lazy("Choose what you say to them.")
FIELDS = ("kind", "reason", "reply", "choice", "door")


class ManyForm(AnswerForm):
    """An answer to what was picked: `codes` (CODE.VERSION each), and a `press` (kind:field:value), or its fields.

    Enter in a field of the bar is a press without a value; then the field says what is meant.
    """

    def __init__(self, posted: QueryDict, *, page: Page) -> None:
        self.picked = dict(_code(one) for one in posted.getlist("codes"))
        super().__init__(_said(posted), page=page)
        self.fields["kind"].error_messages |= dict.fromkeys(("required", "invalid_choice"), _WHAT)
        self.fields["reason"].error_messages["invalid_choice"] = _("Choose a reason.")

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as a sentence."""
        if not self.picked:
            return _("Choose at least one pitch.")
        if len(self.picked) > AT_MOST:
            return _("At most %(most)s pitches at once. Choose fewer of them.") % {"most": AT_MOST}
        return super().problem

    def decision(self) -> dict[str, Any]:
        """The cleaned answer, for review.answer_many()."""
        found = super().decision()
        found.pop("when_open", None)  # each door opens on a day of its own
        return found


def _code(said: str) -> tuple[str, int | None]:
    code, _dot, version = said.partition(".")
    return code.upper(), int(version) if version.isdecimal() and len(version) < 6 else None


def _said(posted: QueryDict) -> dict[str, str]:
    """The fields of an answer. What was typed belongs to the verb beside which it stands."""
    said = {name: str(posted[name]) for name in FIELDS if name in posted}
    text, until = posted.get("text", ""), posted.get("until", "")
    kind, _colon, field = posted.get("press", "").partition(":")
    if kind:
        name, _colon, value = field.partition(":")
        said |= {"kind": kind} | ({name: value} if name in FIELDS else {})
    elif "press" in posted and "kind" not in said and bool(text.strip()) != bool(until):
        said |= {"kind": AnswerKind.LATER} if until else {"kind": AnswerKind.NO, "reason": Reason.OWN_LINE}
    if said.get("kind") == AnswerKind.NO:
        said["text"] = text
    if said.get("kind") == AnswerKind.LATER and not said.get("choice"):
        said["until"] = until
    return said
