"""Ready words as their owner writes them: what is chosen, what is sent, and after a no what would change it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import replies
from pitches.forms import fields
from pitches.models import AnswerKind, Fits, Reason

LABEL, TEXT, QUESTION, AGAIN = 60, 600, 280, 200  # characters, as they are written
FILLED = 280  # characters of "again", as an answer keeps it
LONGEST_DAY = 32  # characters: "Wednesday 30 September 2026" is 27, and other languages take some more
CHANGED = gettext_lazy(
    "This was changed in another window meanwhile. There it says: “%(text)s” Keep it once more, and yours takes its "
    "place."
)


def _area(label: Any, help_text: Any, most: int, **more: Any) -> fields.Text:
    widget = forms.Textarea({"rows": 5 if most > AGAIN else 2, "data-count": most, "dir": "auto"})
    return fields.Text(label=label, help_text=help_text, max_length=most, widget=widget, **more)


class ReplyForm(forms.Form):
    """One of the usual ones (what is left empty stays as usual), or one of the owner's own."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    label = fields.Text(
        label=gettext_lazy("What you choose"),
        help_text=gettext_lazy("Only your desk shows it."),
        max_length=LABEL,
        required=False,
        widget=forms.TextInput({"data-count": LABEL, "autocomplete": "off", "dir": "auto"}),
    )
    text = _area(gettext_lazy("What they read"), "", TEXT, lines=True, required=False)
    again = _area(
        gettext_lazy("What would change it"),
        gettext_lazy("One sentence below your words: when would another try make sense?"),
        AGAIN,
        required=False,
    )
    fits = forms.ChoiceField(
        label=gettext_lazy("Where another try belongs"),
        choices=[(one.value, one.label) for one in replies.OWN_FITS],
        initial=Fits.HERE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Their page offers no more than that, and only doors that are open to them."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the three.")},
    )

    def __init__(self, *args: Any, kind: AnswerKind, ready: replies.Ready | None = None, **kwargs: Any) -> None:
        self.kind, self.ready = kind, ready
        self.own = ready is None or ready.own
        kwargs["initial"] = _initial(ready)
        super().__init__(*args, **kwargs)
        self.reason = ready.reason if ready else ""
        if kind == AnswerKind.ASK:
            del self.fields["label"]
            self.fields["text"] = _area(_("The question"), "", QUESTION, required=False)
        if kind != AnswerKind.NO:
            del self.fields["again"]
        if kind != AnswerKind.NO or not self.own:
            del self.fields["fits"]
        if self.own:
            self._need()
        places = ", ".join(f"{{{name}}}" for name in replies.known(kind, self.reason))
        filled = _("You may write %(places)s; it is filled in when you answer.") % {"places": places}
        self.fields["text"].help_text = filled if self.own else _("Leave it empty for the usual words.") + " " + filled

    def _need(self) -> None:
        """The owner's own need a name and words."""
        question = self.kind == AnswerKind.ASK
        words = _("Write the question.") if question else _("Write the words.")
        for name, sentence in (("label", _("Give it a name of a few words.")), ("text", words)):
            if name in self.fields:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = sentence

    def clean_text(self) -> str:
        """Only what can be filled in stands in braces."""
        return self._fillable(self.cleaned_data["text"], replies.known(self.kind, self.reason))

    def clean_again(self) -> str:
        """The same; besides, there is no more than the day of a "not now"."""
        again = self._fillable(self.cleaned_data["again"], ("date",) if self.reason == Reason.NOT_NOW else ())
        if len(again.replace("{date}", "0" * LONGEST_DAY)) > FILLED:
            problem = _("With the date filled in, this is too long. Write it with fewer dates.")
            raise ValidationError(problem, code="long")
        return again

    def _fillable(self, text: str, places: tuple[str, ...]) -> str:
        problem = replies.problem(text, places)
        if problem:
            raise ValidationError(problem, code="place")
        return text

    def said(self) -> dict[str, str]:
        """As replies.keep() and replies.add() want it."""
        return {name: self.cleaned_data[name] for name in ("label", "text", "again", "fits") if name in self.fields}

    def changed_meanwhile(self, now: replies.Ready) -> None:
        """Somebody else kept other words first: say which, and let this one be kept over it."""
        self.add_error("text", ValidationError(CHANGED, code="changed", params={"text": str(now.text)}))
        self.data = {**self.data, "seen": replies.stamp(now)}


def _initial(ready: replies.Ready | None) -> dict[str, str]:
    if ready is None:
        return {}
    parts = {name: str(getattr(ready, name)) for name in ("label", "text", "again", "fits")}
    return parts | {"seen": replies.stamp(ready)}
