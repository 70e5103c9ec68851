"""First days and empty days: what stands where the list would be."""

from typing import Any

from django.db.models import Min
from django.utils.translation import ngettext

from pitches.models import Page, PitchState
from pitches.web import access
from portal.templatetags.portal import day


def empty(page: Page, counts: dict[str, int]) -> dict[str, Any]:
    """What an empty ledge says of all that lies elsewhere. At most one query."""
    return {"elsewhere": [(name, words) for name, words in _elsewhere(page, counts) if counts[name]]}


def _elsewhere(page: Page, counts: dict[str, int]) -> list[tuple[str, str]]:
    later = counts["later"]
    back = access.pitches_of(page).filter(state=PitchState.LATER).aggregate(at=Min("back_at"))["at"] if later else None
    put_off = ngettext(
        "One is put off and comes back by %(day)s at the latest.",
        "%(count)s are put off. The next comes back by %(day)s at the latest.",
        later,
    )
    asked = ngettext("One waits for an answer from them.", "%(count)s wait for an answer from them.", counts["asked"])
    held = ngettext("One is held aside.", "%(count)s are held aside.", counts["held"])
    sealed_off = ngettext("One is in quarantine.", "%(count)s are in quarantine.", counts["quarantine"])
    return [
        ("later", put_off % {"count": later, "day": day(back, page.zone)}),
        ("asked", asked % {"count": counts["asked"]}),
        ("held", held % {"count": counts["held"]}),
        ("quarantine", sealed_off % {"count": counts["quarantine"]}),
    ]
