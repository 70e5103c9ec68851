"""What happened between the desk and a sender about one pitch: who, when, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pitches import helping, review
from pitches.lifecycle import ANSWERS
from pitches.models import Answer, Event, Evidence, Fact, Lane, Page, Pitch, PitchState, Remark
from pitches.models.relationship import HANDS
from pitches.web import access, cards
from pitches.web.why import Piece
from portal.models import User

HAPPENED: dict[str, Promise] = {
    PitchState.UNPROVEN: gettext_lazy("Wrote it"),
    PitchState.ARRIVED: gettext_lazy("Handed it in, from a checked address"),
    PitchState.WITHDRAWN: gettext_lazy("Took it back"),
    PitchState.LAPSED: gettext_lazy("Closed without an answer, as announced"),
    PitchState.HELD: gettext_lazy("Held aside"),
    PitchState.QUARANTINE: gettext_lazy("Put into quarantine"),
    Fact.NUDGED: gettext_lazy("Nudged, once"),
    Fact.REPLIED: gettext_lazy("Answered the question"),
    Fact.CHANGED: gettext_lazy("Changed it, before you read it"),
    Fact.FOLLOWED_UP: gettext_lazy("Followed up with a change"),
    Fact.NOTED: gettext_lazy("Added a note"),
    Fact.FILES_LEFT: gettext_lazy("Sent files by mail, which were left out"),
    Fact.SUPPLIED: gettext_lazy("Gave what was still needed"),
}
# Steps of this side alone.
BY_THE_DESK: dict[str, Promise] = {
    Fact.TERMS_AGREED: gettext_lazy("Accepted the terms of the embargo"),
    Fact.TAGGED: gettext_lazy("Changed the tags"),
    Fact.SENT_NOW: gettext_lazy("Sent the answer at once"),
}
# Steps of either side; the owner's name an account.
OF_EITHER: dict[str, Promise] = {
    Fact.OFFERED: gettext_lazy("Proposed terms"),
    Fact.AGREED: gettext_lazy("Agreed on the terms"),
    Fact.DISAGREED: gettext_lazy("Declined the proposed terms"),
}
BY_THE_SENDER = (
    *(PitchState.UNPROVEN, PitchState.ARRIVED, PitchState.WITHDRAWN),
    *(Fact.NUDGED, Fact.REPLIED, Fact.CHANGED, Fact.FOLLOWED_UP, Fact.NOTED, Fact.FILES_LEFT, Fact.SUPPLIED),
)
ONE_STEP = timedelta(seconds=1)  # an answer is taken back, and its pitch moved, within it


@dataclass(frozen=True)
class Entry:
    """One line of the thread; `mine` is said on this side: by the owner, or by who helps."""

    at: datetime
    who: str
    what: str
    text: str = ""
    mine: bool = False
    remark: Remark | None = None  # of the desk; its sender never reads it


@dataclass(frozen=True)
class Desk:
    """Who acted on this side, as the one who reads it calls them."""

    page: Page
    reader: User
    names: dict[int, str]

    def who(self, by: int | None, said_by: str = "") -> str:
        """The reader is "you"; else the owner's name, or the name of who helped.

        An owner has an account as long as there is a page, so whose account is gone helped, under a name that is
        forgotten with the account unless it was said to the sender.
        """
        if by == self.reader.pk:
            return _("You")
        return said_by or (self.names.get(by, self.page.first_name) if by else _("Somebody who helped then"))

    def by_whom(self, by: int | None) -> str:
        """The same, behind what was done."""
        if by == self.reader.pk:
            return _("by you")
        if by is None:
            return _("by somebody who helped then")
        return _("by %(name)s") % {"name": self.names.get(by, self.page.first_name)}


def desk_of(page: Page, reader: User, acted: Iterable[int | None]) -> Desk:
    """The names for one reader of those who acted. Three queries where somebody helped, else none."""
    return Desk(page, reader, helping.names_of(page, {by for by in acted if by}))


def signed(words: list[Evidence], page: Page, reader: User) -> list[Evidence]:
    """What was set by hand, each with `by_whom`."""
    desk = desk_of(page, reader, (one.by_id for one in words))
    return [cards.wear(one, by_whom=desk.by_whom(one.by_id)) for one in words]


def by_whom(pieces: list[Piece], page: Page, reader: User) -> list[Piece]:
    """Pieces of evidence, each row with `by_whom` it came; what came by itself came from nobody."""
    signed([piece.row for piece in pieces if piece.row.by_id or piece.row.kind in HANDS], page, reader)
    return pieces


def thread(pitch: Pitch, reader: User) -> list[Entry]:
    """Everything about a pitch, oldest first, with who did it. Three queries; more where somebody helped."""
    happened, given = list(pitch.events.all()), list(pitch.answers.select_related("door").order_by("pk"))
    desk = desk_of(pitch.page, reader, (event.by_id for event in happened))
    keepers, ours = _keepers(happened), _ours(pitch, happened, given)
    events = [_given_to(desk, event, keepers) or _of_event(pitch, event, desk, ours) for event in happened]
    answers = [_of_answer(answer, desk) for answer in given]
    notes = [_of_remark(remark, desk) for remark in pitch.remarks.all()]
    return sorted([entry for entry in events if entry] + answers + notes, key=lambda entry: entry.at)


def _keepers(happened: list[Event]) -> dict[str, str]:
    """The names of those to whom it was given, by the number that the event holds."""
    numbers = [event.note for event in happened if event.what == Fact.ASSIGNED and event.note]
    return {str(pk): name for pk, name in access.names_of_helpers(numbers)} if numbers else {}


def _ours(pitch: Pitch, happened: list[Event], given: list[Answer]) -> dict[int, str]:
    """The numbers of the events that are of this side, each with the name that was said then, if one was.

    Whose account is gone acted here as well; what the sender did never names an account.
    """
    ours, unsigned = {event.pk: "" for event in happened if event.by_id}, [one for one in happened if not one.by_id]
    talks = {str(one.pk): one for one in pitch.offers.all()} if any(one.what in OF_EITHER for one in unsigned) else {}
    undone = [answer.undone_at for answer in given if answer.undone_at]
    for event in unsigned:
        offer = talks.get(event.note) if event.what in OF_EITHER else None
        if offer and offer.by_owner == (event.what == Fact.OFFERED):
            ours[event.pk] = offer.said_by
        elif event.was in ANSWERS and any(abs(event.at - moment) < ONE_STEP for moment in undone):
            ours[event.pk] = ""
    return ours


def _given_to(desk: Desk, event: Event, keepers: dict[str, str]) -> Entry | None:
    if event.what != Fact.ASSIGNED:
        return None
    name = keepers.get(event.note, _("somebody who helped"))
    what = (
        _("Gave it to %(name)s to look after") % {"name": name} if event.note else _("Gave it to nobody in particular")
    )
    return Entry(event.at, desk.who(event.by_id), what, mine=True)


def _of_event(pitch: Pitch, event: Event, desk: Desk, ours: dict[int, str]) -> Entry | None:
    if event.what == PitchState.WAITING:
        return _back_on_the_ledge(pitch, event, desk, ours)
    if event.what == PitchState.ARRIVED and event.was == PitchState.WRONG_DOOR:
        return Entry(event.at, pitch.name, _("Moved it to “%(door)s”") % {"door": pitch.door.name})
    if event.what in OF_EITHER:
        mine = event.pk in ours
        who = desk.who(event.by_id, ours[event.pk]) if mine else pitch.name
        return Entry(event.at, who, str(OF_EITHER[event.what]), mine=mine)
    if event.what == Fact.WROTE:
        name, text = review.said(event)
        return Entry(event.at, desk.who(event.by_id, name), _("Wrote to them"), text, mine=True)
    if event.what in BY_THE_DESK:
        return Entry(event.at, desk.who(event.by_id), str(BY_THE_DESK[event.what]), mine=True)
    what = HAPPENED.get(event.what)
    who = pitch.name if event.what in BY_THE_SENDER else ""
    return Entry(event.at, who, str(what), event.note) if what else None


def _back_on_the_ledge(pitch: Pitch, event: Event, desk: Desk, ours: dict[int, str]) -> Entry | None:
    if event.was == PitchState.ASKED and event.pk not in ours:
        return None  # the reply says it
    if event.was in ANSWERS and event.pk in ours:
        return Entry(event.at, desk.who(event.by_id), _("Took the answer back before it went out"), mine=True)
    if event.was == PitchState.QUARANTINE:
        return Entry(event.at, desk.who(event.by_id), _("Restored it from quarantine"), mine=True)
    if event.was == PitchState.LATER:
        words = _("Came back, as the door opened") if event.note == review.OPENED else _("Came back on its day")
        return Entry(event.at, "", words)
    lane = Lane(pitch.lane).label if pitch.lane else ""
    return Entry(event.at, "", _("On the ledge: %(lane)s") % {"lane": cards.lower_first(str(lane))})


def _of_answer(given: Answer, desk: Desk) -> Entry:
    told = cards.told(given)
    own = "\n\n".join(words for words in (given.text, given.words) if words and words not in told)
    by = given.by_id if given.said_by else desk.page.owner_id
    return Entry(given.given_at, desk.who(by, given.said_by), told, own, mine=True)


def _of_remark(remark: Remark, desk: Desk) -> Entry:
    who = desk.who(remark.by_id if remark.by_name else desk.page.owner_id, remark.by_name)
    return Entry(remark.at, who, _("A note for the desk"), remark.text, mine=True, remark=remark)
