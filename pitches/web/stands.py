"""How somebody stands, in a chip for each place: everywhere, and at each door where it is another."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pitches.models import LADDER, Agency, Relationship, Sender, Standing
from portal import clock


@dataclass(frozen=True)
class Stand:
    """How somebody stands: at one door, or everywhere; with a domain, because everybody there does."""

    standing: Standing
    where: str
    at_door: bool = False
    domain: str = ""

    @property
    def words(self) -> str:
        """The chip: "Known · Original research"."""
        around = [self.where] if self.at_door else []
        return " · ".join([str(self.standing.label), *around, *([self.domain] if self.domain else [])])


def of_person(mailboxes: Iterable[Sender], rows: Iterable[Relationship]) -> list[Stand]:
    """How one person stands, everywhere first. A block or a pause holds for every plus-tag of an address.

    What is thought of their agency counts where nothing was said of themselves.
    """
    people = list(mailboxes)
    found: dict[tuple[int | None, Standing], Stand] = {}
    own = {one.pk for one in people}
    boxes, agencies = {one.canonical for one in people}, {one.agency_id for one in people if one.agency_id}
    here = _in_order(rows)
    said = {row.door_id for row in here if row.sender_id in own and (row.by_hand or row.rung != Standing.STRANGER)}
    for row in here:
        if row.agency_id:
            mine, rung = row.agency_id in agencies, not said & {None, row.door_id}
        else:
            mine, rung = row.sender is not None and row.sender.canonical in boxes, row.sender_id in own
        standing = _sideways(row) or (Standing(row.rung) if rung else None)
        same = found.get((None, standing)) if standing else None  # a door as everywhere needs no chip
        if mine and standing and standing != Standing.STRANGER and (same is None or row.agency_id):
            found.setdefault((row.door_id, standing), _stand(row, standing))
    return list(found.values()) or [Stand(Standing.STRANGER, _("every door"))]


def of_agency(agency: Agency, rows: Iterable[Relationship]) -> list[Stand]:
    """How everybody of an agency stands, as far as it was said."""
    mine = [row for row in _in_order(rows) if row.agency_id == agency.pk]
    found = [_stand(row, _sideways(row) or Standing(row.rung), whole=True) for row in mine]
    return [stand for stand in found if stand.standing != Standing.STRANGER]


def mark(stands: Iterable[Stand]) -> str:
    """The highest rung of these: the colour of a row."""
    rungs = [stand.standing for stand in stands if stand.standing in LADDER]
    return max(rungs, key=LADDER.index, default=Standing.STRANGER).value


def _stand(row: Relationship, standing: Standing, *, whole: bool = False) -> Stand:
    domain = row.agency.domain if row.agency and not whole else ""
    return Stand(standing, row.door.name if row.door else _("every door"), row.door is not None, domain)


def _in_order(rows: Iterable[Relationship]) -> list[Relationship]:
    hung = [row for row in rows if row.door is None or row.door.taken_down_at is None]
    return sorted(hung, key=lambda row: (row.door is not None, row.door.position if row.door else 0, row.pk))


def _sideways(row: Relationship) -> Standing | None:
    if row.blocked:
        return Standing.BLOCKED
    if row.paused_until and row.paused_until > clock.now():
        return Standing.PAUSED
    return None
