"""The gate of a rehearsal: would this pitch have been taken? What admission.admit() asks that rules and doors decide.

Whatever else somebody may be refused for (a block, a pause, the same words twice) is as it was: they were taken.
"""

from collections.abc import Iterator
from datetime import datetime

from pitches import opening, rules
from pitches.models import Door, Lane, Page, Standing
from pitches.opening import WEEKLY
from pitches.rehearsal.history import History, Moment
from pitches.rehearsal.lying import Ledge, Lying
from pitches.rehearsal.past import Past


class Gate:
    """Asks of each pitch what was asked when it came."""

    def __init__(self, history: History, past: Past, ledge: Ledge) -> None:
        self.history, self.past, self.ledge = history, past, ledge

    def refusal(self, one: Lying, door_id: int, standing: str, moment: Moment, *, but: str, moved: bool = False) -> str:
        """Why it would not be taken at a door: closed, tier, one_waiting, places, full, promise; nothing if it would.
        `but`: a reason that is passed over.
        """
        return next((why for why in self._reasons(one, door_id, standing, moment, moved=moved) if why != but), "")

    def _reasons(self, one: Lying, door_id: int, standing: str, moment: Moment, *, moved: bool) -> Iterator[str]:
        at, door = moment[0], self.past.door(door_id, moment)
        terms = self.past.terms(standing, door_id, one.row.agency, moment)
        invited = not moved and one.row.pk in self.history.invited
        keyed = not moved and (one.row.key is not None or self._has_a_key(one, door_id, moment))
        found = opening.of(door, at)
        if not invited and found.look == "shut" and not found.by_itself:
            yield "closed"
        if not (invited or keyed) and rules.needs_key(terms, Standing(standing), door):
            yield "tier"
        if self.ledge.waits_behind(one, door_id, at):
            yield "one_waiting"
        if not moved and self.ledge.taken_places(one, at) >= terms.places:
            yield "places"
        if standing in WEEKLY and not (keyed or invited) and self._is_full(door, at):
            yield "full"
        if not self._can_promise(door.page, terms.lane, at):
            yield "promise"

    def _is_full(self, door: Door, at: datetime) -> bool:
        if door.places_per_week is None:
            return False
        return self.ledge.places_taken(door.pk, opening.week_of(door.page, at)[0]) >= door.places_per_week

    def _has_a_key(self, one: Lying, door: int, moment: Moment) -> bool:
        """Had the owner cut one for this very mailbox? Whoever did not need it laid it down."""
        cut = self.history.keys.get((door, one.row.mailbox), ())
        return any(given <= moment[0] < expires for given, expires in cut)

    def _can_promise(self, page: Page, lane: Lane, at: datetime) -> bool:
        """opening.can_promise() of that time."""
        first = self.past.next_hour(page, at)
        if first is None:
            return not page.reading
        hour = self.ledge.first_hour(page, lane, self.past.hours_from(page, at), at)
        return opening.soon_enough(page, hour, first, at + opening.promise_limit(page))
