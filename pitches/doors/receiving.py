"""Whom the page receives, and how: the rules with the settings that belong to them, and doors closed to a standing."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from pitches import rules
from pitches.doors.editing import change
from pitches.doors.page import PageChanged, settle
from pitches.models import Agency, Door, Opens, Page, Standing
from pitches.models.relationship import LADDER
from portal.models import User


class Nobody(Exception):
    """The door would open for nobody any more."""


def keep_rules(page: Page, *, by: User, seen: int | None, cells: dict[str, Any], **settings: Any) -> Page:
    """Keep the table of rules (cells as rules.cells_of() names them) with the settings beside it, as one change.

    Raises PageChanged with what two tabs disagree about, and keeps nothing then.
    """
    with rules.noted(page, by=by) as kept:
        merged = rules.merge(page, cells, seen=seen)
        both, theirs = dict(merged.both), dict(merged.theirs)
        try:
            now = settle(page, by=by, seen=seen, **settings)
        except PageChanged as other:
            both, theirs = both | other.fields, theirs | other.theirs
        else:
            theirs |= {name: getattr(now, name) for name in settings if getattr(now, name) != settings[name]}
        if both:
            raise PageChanged(kept.page, both, theirs)
        rules.write(page, merged.cells)
    return kept.page


@transaction.atomic
def except_from_rules(
    page: Page, *, by: User, standing: str, door: Door | None, agency: Agency | None, opens: str = "", **said: Any
) -> None:
    """Make an exception: for a door, an agency, or both. Raises rules.Taken or Nobody.

    That a door is closed to everybody of a standing is public, so it is kept at the door itself.
    """
    if door and agency is None and opens == Opens.NONE:
        _close_to(door, Standing(standing), by=by)
        opens = ""
    if opens or any(said.values()):
        with rules.noted(page, by=by):
            rules.add(page, standing=standing, door=door, agency=agency, opens=opens, **said)


def _close_to(door: Door, standing: Standing, *, by: User) -> None:
    try:
        _let_in(door, by=by, rungs={*_tiers_now(door)} - {standing})
    except ValidationError as error:
        raise Nobody from error


@transaction.atomic
def open_to_standing(door: Door, standing: Standing, *, by: User) -> None:
    """A door that was closed to a standing takes their pitches again."""
    _let_in(door, by=by, rungs={*_tiers_now(door), standing})


def _tiers_now(door: Door) -> list[str]:
    """Whom the door opens for by now, held until the end of the transaction."""
    return Door.objects.select_for_update(no_key=True).get(pk=door.pk).tiers


def _let_in(door: Door, *, by: User, rungs: set[str]) -> None:
    change(door, by=by, tiers=[rung.value for rung in LADDER if rung in rungs])
