"""The page: how to pitch one influencer."""

import math
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal import icons

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HANDLE = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$",
    _("Use small letters, digits and hyphens."),
)
READING_HOUR = RegexValidator(
    rf"^({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):[0-5]\d$",
    _("Write an hour as TUE 09:00."),
)
PAINTS = [(paint, paint) for paint in icons.PAINTS]


class PageQuerySet(models.QuerySet["Page"]):
    """Questions about pages."""

    def public(self) -> Self:
        """Pages that strangers may see."""
        return self.filter(published_at__isnull=False, hidden_at=None)


class Page(models.Model):
    """The public "how to pitch me" page of one influencer, and the hours in which they read."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="page")
    handle = models.CharField(_("short address"), max_length=30, unique=True, validators=[HANDLE])
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("what you do, in one line"), max_length=80, blank=True)
    headline = models.CharField(max_length=80, default=_("Pitch me here, not in my messages."))
    intro = models.TextField(max_length=600, blank=True)
    house_rules = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    paint = models.CharField(max_length=8, choices=PAINTS, default="teal")
    timezone = models.CharField(max_length=64, default="Europe/London")
    reading = ArrayField(
        models.CharField(max_length=9, validators=[READING_HOUR]),
        default=list,
        blank=True,
    )
    cards = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1)])
    newcomer_share = models.FloatField(default=0.25, validators=[MinValueValidator(0), MaxValueValidator(1)])
    lapse_days = models.PositiveSmallIntegerField(default=21, validators=[MinValueValidator(1)])
    tell_me_now = models.BooleanField(default=False)
    digest = models.BooleanField(default=True)
    sensitive = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    shortcuts = models.BooleanField(default=True)
    next_hour_at = models.DateTimeField(null=True, blank=True)
    promise_days = models.PositiveSmallIntegerField(
        default=21, validators=[MinValueValidator(1)], help_text="doors close before a date further away is promised"
    )
    full_since = models.DateTimeField(
        null=True, blank=True, help_text="since when no date can be promised to a first acquaintance"
    )
    quiet_from = models.TimeField(null=True, blank=True, help_text="local; mails of the hour wait for quiet_to")
    quiet_to = models.TimeField(null=True, blank=True)
    holiday_from = models.DateField(null=True, blank=True, help_text="local; the first day without reading hours")
    holiday_until = models.DateField(null=True, blank=True, help_text="the last day without reading hours")
    example_over_at = models.DateTimeField(null=True, blank=True, help_text="the example was sent away")
    read_anyway_on = models.DateField(null=True, blank=True, help_text="local; the list is not dimmed on this day")
    words_at = models.DateTimeField(null=True, blank=True, help_text="when search.forget() went over its words")
    version = models.PositiveIntegerField(default=1)
    hidden_at = models.DateTimeField(null=True, blank=True)
    taken_down_at = models.DateTimeField(
        null=True, blank=True, help_text="by an operator; it is hidden, too, and its owner cannot show it"
    )
    taken_down_why = models.CharField(
        max_length=400, blank=True, default="", db_default="", help_text="the owner reads it"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="page_handle_small",
                condition=Q(handle__regex=r"^[a-z0-9-]{1,30}$"),
            ),
            models.CheckConstraint(
                name="page_share",
                condition=Q(newcomer_share__gte=0, newcomer_share__lte=1),
            ),
            models.CheckConstraint(name="page_cards", condition=Q(cards__gte=1)),
            models.CheckConstraint(
                name="page_quiet_has_both_ends",
                condition=Q(quiet_from=None, quiet_to=None) | Q(quiet_from__isnull=False, quiet_to__isnull=False),
            ),
            models.CheckConstraint(
                name="page_holiday_has_both_ends",
                condition=Q(holiday_from=None, holiday_until=None) | Q(holiday_until__gte=F("holiday_from")),
            ),
        ]
        indexes: ClassVar = [
            # The timetable asks whose hour begins: due.py.
            models.Index(
                fields=["next_hour_at"],
                name="page_hour_due",
                condition=Q(next_hour_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    @property
    def first_name(self) -> str:
        """How the page speaks of its owner."""
        return self.name.split()[0] if self.name.split() else self.handle

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The owner's time zone."""
        return zoneinfo.ZoneInfo(self.timezone)

    def local_date(self, moment: datetime) -> date:
        """The owner's date at a moment."""
        return moment.astimezone(self.zone).date()

    def away_on(self, day: date) -> bool:
        """Is this local day in the holiday?"""
        return bool(self.holiday_from and self.holiday_until and self.holiday_from <= day <= self.holiday_until)

    def hours_from(self, moment: datetime) -> "Iterator[datetime]":
        """Reading hours at or after `moment`, in UTC. In a gap of daylight saving an hour moves forward, in a fold
        it happens once (PEP 495: fold=0 of a time in a gap is later than the gap when normalised through UTC).
        A holiday has none.
        """
        wanted = [(WEEKDAYS.index(day), time.fromisoformat(clock)) for day, clock in map(str.split, self.reading)]
        yesterday, last = self.local_date(moment) - timedelta(days=1), moment - timedelta.resolution
        for ahead in range(367 if wanted else 0):
            day = yesterday + timedelta(days=ahead)
            clocks = [clock for weekday, clock in wanted if weekday == day.weekday() and not self.away_on(day)]
            for hour in sorted(datetime.combine(day, clock, self.zone).astimezone(UTC) for clock in clocks):
                if hour > last:  # an hour that a gap moved may meet the next one
                    last = hour
                    yield hour

    def next_hour(self, moment: datetime) -> datetime | None:
        """The first reading hour at or after `moment`."""
        return next(self.hours_from(moment), None)

    def after_quiet(self, moment: datetime) -> datetime:
        """`moment`, or the end of the quiet time that it falls into. The wall counts: quiet time may cross midnight,
        an end in a gap of daylight saving moves forward, and of two ends in a fold it is the one on the same side.
        """
        if self.quiet_from is None or self.quiet_to is None:
            return moment
        local = moment.astimezone(self.zone)
        now, day = local.time(), local.date()
        if self.quiet_from > self.quiet_to and now >= self.quiet_from:
            day += timedelta(days=1)
        elif not (self.quiet_from <= now < self.quiet_to or self.quiet_from > self.quiet_to > now):
            return moment
        fold = local.fold if day == local.date() else 0
        end = datetime.combine(day, self.quiet_to, self.zone).replace(fold=fold)
        return max(moment, end.astimezone(UTC))

    @property
    def newcomer_cards(self) -> int:
        """How many places of a session are kept for first knocks."""
        return math.ceil(self.cards * self.newcomer_share)


class Handle(models.Model):
    """A short address that is taken: by a page that has it, by one that moved away, or by nobody while it rests."""

    handle = models.CharField(max_length=30, unique=True)
    skeleton = models.CharField(max_length=60, db_index=True, help_text="look-alikes share it: domains.skeleton()")
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.SET_NULL, related_name="handles")
    until = models.DateTimeField(null=True, blank=True, help_text="free again from then; none for one in use")

    def __str__(self) -> str:
        return f"@{self.handle}"


class Portrait(models.Model):
    """The owner's picture, drawn anew from what was uploaded: nothing of the file itself is kept."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="portrait")
    image = models.BinaryField(help_text="WebP")
    digest = models.CharField(max_length=16, help_text="part of its address, so that it may be cached for ever")

    def __str__(self) -> str:
        return f"portrait of {self.page_id}"
