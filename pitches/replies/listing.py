"""The ready words of a page: the usual ones, as the owner wants them, and the owner's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from pitches.models import AnswerKind, Page, Reason, Reply
from pitches.replies.usual import HINTS, KINDS, OWN_FITS, USUAL, Text, Usual

WHOSE = {"own": gettext_lazy("Your own"), "changed": gettext_lazy("In your words"), "": gettext_lazy("As usual")}


@dataclass(frozen=True)
class Ready:
    """Words ready for an answer. `name`: how forms and addresses call it; `reason`: what a no with it counts as."""

    name: str
    kind: AnswerKind
    label: Text
    text: Text
    again: Text
    fits: str
    hint: Text
    reason: str
    row: Reply | None = None
    usual: Usual | None = None

    @property
    def own(self) -> bool:
        """Did the owner add it?"""
        return self.usual is None

    @property
    def reworded(self) -> bool:
        """Is one of the usual ones sent in words of the owner's?"""
        return bool(self.usual and self.row and self.row.text)

    @property
    def changed(self) -> bool:
        """Is one of the usual ones called, sent or explained otherwise than usual?"""
        return bool(self.usual and self.row and (self.row.text or self.row.label or self.row.again))

    @property
    def hidden(self) -> bool:
        """Is it not among the ready ones?"""
        return bool(self.row and self.row.hidden)

    @property
    def whose(self) -> Text:
        """Whose words they are, in two words."""
        return WHOSE["own" if self.own else "changed" if self.changed else ""]

    @property
    def keyed(self) -> bool:
        """Has it a place in the sheets, and so perhaps a key? "I did not get to it" is for many at once."""
        return not self.hidden and self.reason != Reason.NO_TIME


def ready_of(page: Page) -> dict[AnswerKind, list[Ready]]:
    """All of a page, hidden ones too, in the owner's order. One query, none where the page has them already."""
    rows = list(page.replies.all())
    return {kind: _of_kind(kind, rows) for kind in KINDS}


def _of_kind(kind: AnswerKind, rows: Iterable[Reply]) -> list[Ready]:
    rows = [row for row in rows if row.kind == kind]
    by_key = {row.reason or row.usual: row for row in rows}
    usual = [one for one in USUAL if one.kind == kind and one.key != Reason.OWN_LINE]
    places = {one.key: place for place, one in enumerate(usual, start=1)}
    found = [_usual(one, by_key.get(one.key)) for one in usual]
    found += [own(row) for row in rows if not (row.reason or row.usual)]
    return sorted(found, key=lambda one: (one.row and one.row.position) or places.get(one.name, len(places) + 1))


def _usual(one: Usual, row: Reply | None) -> Ready:
    text = (row and row.text) or one.text
    label = text if one.kind == AnswerKind.ASK else (row and row.label) or one.label
    again = (row and row.again) or one.again
    reason = one.key if one.kind == AnswerKind.NO else ""
    return Ready(one.key, one.kind, label, text, again, one.fits or "", one.hint, reason, row, one)


def own(row: Reply) -> Ready:
    """One of the owner's own, also before it is stored."""
    kind, is_no = AnswerKind(row.kind), row.kind == AnswerKind.NO
    fits = (row.fits or OWN_FITS[0].value) if is_no else ""
    return Ready(
        name=str(row.pk or ""),
        kind=kind,
        label=row.text if kind == AnswerKind.ASK else row.label,
        text=row.text,
        again=row.again,
        fits=fits,
        hint=HINTS.get(fits, "") if is_no else "",
        reason=Reason.OWN_LINE.value if is_no else "",
        row=row,
    )


def typed(kind: AnswerKind, ready: Ready | None, said: Mapping[str, str]) -> Ready:
    """What would stand there with these words. What is as usual is empty, and so follows the sender's language."""
    row = Reply(kind=kind, **without_usual(ready, said))
    return _usual(ready.usual, row) if ready and ready.usual else own(row)


def without_usual(ready: Ready | None, said: Mapping[str, str]) -> dict[str, str]:
    """Of these words only those that are not the usual ones."""
    usual = ready and ready.usual
    return {part: "" if usual and words == str(getattr(usual, part)) else words for part, words in said.items()}


def find(page: Page, name: str, kind: str = "") -> Ready | None:
    """One by its name; with a kind, only of that kind. One query."""
    found = (one for ready in ready_of(page).values() for one in ready if one.name == name and name)
    return next((one for one in found if kind in ("", one.kind)), None)
