"""Events: what happened, one row each, and what still has to follow."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.pitch import Pitch, PitchState
from portal.leases import Leased


class Fact(models.TextChoices):
    """What can happen besides a move."""

    CODE_ASKED = "code_asked", _("Asked for another code")
    ANSWER_SENT = "answer_sent", _("The answer went out")
    NUDGED = "nudged", _("Nudged")
    REPLIED = "replied", _("Answered the question")
    CHANGED = "changed", _("Changed the pitch")
    FOLLOWED_UP = "followed_up", _("Followed up with a change")
    NOTED = "noted", _("Added a note")
    FILES_LEFT = "files_left", _("Files of a mail were left out")
    HOUR_BEGAN = "hour_began", _("The reading hour began")
    SAT_DOWN = "sat_down", _("Began to read")
    PUBLISHED = "published", _("The page went up")
    PAGE_CHANGED = "page_changed", _("The page was changed")
    DOOR_CHANGED = "door_changed", _("The door was changed")
    DOOR_OPENED = "door_opened", _("The door opened")
    DOOR_CLOSED = "door_closed", _("The door closed")
    WATCH_ASKED = "watch_asked", _("Asked to be told when it opens")
    KEY_GIVEN = "key_given", _("A key was given")
    INTRODUCED = "introduced", _("Somebody said who they are")
    DRAFTED = "drafted", _("Asked for a link to go on writing")
    TERMS_AGREED = "terms_agreed", _("The embargo was accepted")
    RULES_KEPT = "rules_kept", _("The rules were changed")
    SUPPLIED = "supplied", _("Gave what was still needed")
    OFFERED = "offered", _("Made a counter-proposal")
    AGREED = "agreed", _("Agreed on terms")
    DISAGREED = "disagreed", _("Declined a counter-proposal")
    OUTCOME = "outcome", _("Noted what became of it")
    ASSISTED = "assisted", _("Was asked to help")
    JOINED = "joined", _("Began to help")
    LEFT = "left", _("Helps no more")
    ROLE_CHANGED = "role_changed", _("May do something else")
    ASSIGNED = "assigned", _("Given to somebody to look after")
    TAGGED = "tagged", _("Tags were changed")
    REMARKED = "remarked", _("A note of the desk")
    SENT_NOW = "sent_now", _("Sent the answer at once")
    BOOK_TAKEN = "book_taken", _("Took the book out")
    WROTE = "wrote", _("Wrote to the sender")
    HOOK_FAILS = "hook_fails", _("The webhook fails")


ABOUT_HELPERS = (Fact.ASSISTED, Fact.JOINED, Fact.LEFT, Fact.ROLE_CHANGED)


class Event(Leased):
    """A change of a pitch's state, or another fact about a pitch or a page. Its reactions run once."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="events")
    pitch = models.ForeignKey(Pitch, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    was = models.CharField(max_length=12, choices=PitchState, blank=True)
    what = models.CharField(max_length=12, choices=[*PitchState.choices, *Fact.choices])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    note = models.TextField(blank=True, help_text="words that belong to the event, such as a reply")
    queue = models.CharField(max_length=8)
    at = models.DateTimeField()
    reacted_at = models.DateTimeField(null=True, blank=True)
    dead = models.BooleanField(default=False, help_text="its reactions failed too often; an operator must look")
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            # tasks.react claims the oldest waiting events of a queue.
            models.Index(
                fields=["queue", "id"],
                name="event_unreacted",
                condition=Q(reacted_at=None, dead=False),
            ),
            # web.access.comings: who came to help and who left, without a look at what happened to pitches.
            models.Index(fields=["page", "id"], name="event_helping", condition=Q(what__in=ABOUT_HELPERS)),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.pitch_id or self.page_id}"
