"""Put off until the door opens: when this is offered, and how it is said."""

from django.utils.translation import gettext as _

from pitches import review
from pitches.forms.decision import WHEN_OPEN
from pitches.models import Answer, Pitch
from portal.templatetags.portal import day


def offered(pitch: Pitch) -> bool:
    """Is the door of a pitch shut, so that its opening can be waited for? Costs no query."""
    pitch.door.page = pitch.page
    return review.may_wait_for(pitch.door)


def ready(pitch: Pitch) -> tuple[str, str]:
    """The ready choice: what the form sends, and its words."""
    latest = day(review.latest_day(pitch))
    return WHEN_OPEN, _("When the door opens, at the latest on %(day)s") % {"day": latest}


def told(given: Answer) -> str:
    """Such an answer in a few words: the day, or the door and the latest day; whatever became of the pitch."""
    words = _("Later: back on %(day)s")
    if given.when_open:
        words = _("Later: when the door opens, at the latest on %(day)s")
    return words % {"day": day(given.until)}


def back(pitch: Pitch) -> str:
    """When a pitch that was put off comes back, for its row: "Friday 3 June", or what may be sooner."""
    latest = day(pitch.back_at, pitch.page.timezone)
    return _("when it opens, at the latest on %(day)s") % {"day": latest} if pitch.back_when_open else latest
