"""A form for many that was pressed twice: what the first press did, with the way back, and nothing more."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.models.reading import AnswerQuerySet
from pitches.web import lanes, undoing

MOST = lanes.MOST


def tell(request: HttpRequest, given: AnswerQuerySet, batch: UUID) -> bool:
    """Say what one press did before; False if it did nothing. Three queries at most."""
    if held := given.held()[: MOST + 1].count():
        words = ngettext(
            "You had pressed already: %(count)s answer is in the house, and you can take it back.",
            "You had pressed already: %(count)s answers are in the house, and you can take all of them back.",
            held,
        )
        undoing.said(request, words % {"count": lanes.upto(held, MOST)}, reverse("desk:bulk_undo", args=[batch]))
    elif gone := given.filter(sent_at__isnull=False)[: MOST + 1].count():
        words = ngettext(
            "You had pressed already, and %(count)s answer has gone out.",
            "You had pressed already, and %(count)s answers have gone out.",
            gone,
        )
        messages.info(request, words % {"count": lanes.upto(gone, MOST)})
    elif given.exists():
        messages.info(request, _("You had pressed already and taken it back, so nothing was answered."))
    else:
        return False
    return True
