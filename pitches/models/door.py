"""Doors: topics that the influencer has opted in to."""

from datetime import datetime
from typing import ClassVar

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
    floor_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    floor_currency = models.CharField(max_length=3, blank=True)
    paint = models.CharField(max_length=8, choices=PAINTS, default="green")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

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

    def __str__(self) -> str:
        return self.name

    def is_open(self, when: datetime) -> bool:
        """May anybody knock at this moment?"""
        if self.opens_at and self.opens_at > when:
            return False
        return self.state == DoorState.OPEN or bool(self.state == DoorState.UNTIL and self.until and self.until > when)

    def look(self, when: datetime) -> str:
        """How it is drawn: open, until, key or shut."""
        if self.state == DoorState.INVITED:
            return "key"
        return self.state if self.is_open(when) else "shut"
