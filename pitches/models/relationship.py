"""Standing: the relationship of a sender with a page, per door, and the evidence it rests on."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.sender import Sender


class Standing(models.TextChoices):
    """The ladder, and sideways of it on pause and blocked."""

    STRANGER = "stranger", _("New here")
    INTRODUCED = "introduced", _("Introduced")
    KNOWN = "known", _("Known")
    TRUSTED = "trusted", _("Trusted")
    PAUSED = "paused", _("On pause")
    BLOCKED = "blocked", _("Blocked")


LADDER = (Standing.STRANGER, Standing.INTRODUCED, Standing.KNOWN, Standing.TRUSTED)


class EvidenceKind(models.TextChoices):
    """What a standing can rest on."""

    BY_HAND = "by_hand", _("Set by hand")
    ACCEPTED = "accepted", _("A yes")
    OFF_TOPIC = "off_topic", _("Not the topic")


class Evidence(models.Model):
    """One dated fact about a sender, kept for ever. A standing is the replay of these."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="evidence")
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="evidence")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=EvidenceKind)
    standing = models.CharField(
        max_length=12,
        choices=Standing,
        blank=True,
        help_text="what the owner's hand set",
    )
    until = models.DateTimeField(null=True, blank=True, help_text="end of a pause")
    pitch = models.ForeignKey(
        "pitches.Pitch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    note = models.CharField(max_length=280, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["page", "sender", "at"], name="evidence_replay")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pitch", "kind"],
                name="evidence_once_per_pitch",
                condition=~Q(pitch=None),
            ),
            models.CheckConstraint(name="evidence_hand_sets", condition=Q(kind="by_hand") ^ Q(standing="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Relationship(models.Model):
    """The present result of the replay for one page, sender and door; without a door it is the page-wide default."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="relationships")
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="relationships")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    rung = models.CharField(max_length=12, choices=Standing, default=Standing.STRANGER)
    blocked = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "sender", "door"],
                name="relationship_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="relationship_rung",
                condition=Q(rung__in=["stranger", "introduced", "known", "trusted"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id}@{self.page_id}: {self.rung}"
