"""Doors: topics that the influencer has opted in to."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pitches.models.page import PAINTS, Page


def all_tiers() -> list[str]:
    """Every standing that may use a door, unless the owner narrows it."""
    return ["stranger", "introduced", "known", "trusted"]


def usual_asks() -> list[str]:
    """What may be asked for behind a door, unless the owner says otherwise."""
    return ["write", "reply", "quote"]


class DoorState(models.TextChoices):
    """What a door says of itself."""

    OPEN = "open", _("Open")
    UNTIL = "until", _("Open until")
    INVITED = "invited", _("By invitation")
    CLOSED = "closed", _("Closed")


class DoorQuerySet(models.QuerySet["Door"]):
    """Questions about doors."""

    def hung(self) -> Self:
        """Doors that have not been taken down."""
        return self.filter(taken_down_at=None)


class Door(models.Model):
    """A topic with a state, dates, places, tiers, fit lists and its own questions."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="doors")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    blurb = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=DoorState, default=DoorState.OPEN)
    opens_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=280, blank=True)
    tiers = ArrayField(models.CharField(max_length=12), default=all_tiers)
    places_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    wants = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    not_here = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    may_ask = ArrayField(models.CharField(max_length=8), default=usual_asks)
    asks = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    questions = models.JSONField(default=list, blank=True, help_text="the owner's own: [{text, required}], at most two")
    topic = models.CharField(max_length=8, blank=True, help_text="an id of the IAB Content Taxonomy 3.1")
    floor_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    floor_currency = models.CharField(max_length=3, blank=True)
    takes_files = models.BooleanField(default=False, help_text="from people the owner knows or trusts")
    paint = models.CharField(max_length=8, choices=PAINTS, default="green")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    taken_down_at = models.DateTimeField(null=True, blank=True)

    # What opening.py keeps: how the door was last announced, and when it turns by itself.
    announced = models.BooleanField(default=False, help_text="was it open for first acquaintances when last looked at?")
    full_until = models.DateTimeField(null=True, blank=True, help_text="the places of the week are taken until then")
    turns_at = models.DateTimeField(null=True, blank=True, help_text="when it opens or closes by itself")
    next_wave_at = models.DateTimeField(null=True, blank=True, help_text="when the next watchers are told")

    objects = DoorQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "slug"], name="door_slug_once"),
            models.CheckConstraint(
                name="door_until_has_a_date",
                condition=~Q(state="until") | Q(until__isnull=False),
                violation_error_message=_("A door that is open until a date needs the date."),
            ),
            models.CheckConstraint(
                name="door_closes_after_it_opens",
                condition=Q(until=None) | Q(opens_at=None) | Q(until__gt=F("opens_at")),
                violation_error_message=_("A door must close after it opens."),
            ),
            models.CheckConstraint(
                name="door_floor_has_a_currency",
                condition=Q(floor_amount=None) | ~Q(floor_currency=""),
                violation_error_message=_("A floor needs a currency."),
            ),
        ]
        indexes: ClassVar = [
            # due.py asks which doors turn by themselves, and where watchers wait to be told.
            models.Index(fields=["turns_at"], name="door_turns", condition=Q(turns_at__isnull=False)),
            models.Index(fields=["next_wave_at"], name="door_wave", condition=Q(next_wave_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class DoorVersion(models.Model):
    """How a door stood in one version: what a pitch was written for, and what two tabs compare."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    stood: Any = models.JSONField(help_text="the fields of doors.KEPT as they were")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["door", "version"], name="door_version_once")]

    def __str__(self) -> str:
        return f"{self.door_id} v{self.version}"
