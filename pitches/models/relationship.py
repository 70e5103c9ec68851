"""Standing: the relationship of a sender with a page, per door, and the evidence it rests on."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.sender import Agency, Sender


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
    IMPORTED = "imported", _("Brought from elsewhere")
    INTRODUCED = "introduced", _("Introduced")
    ACCEPTED = "accepted", _("A yes")
    DELIVERED = "delivered", _("Delivered as agreed")
    LATE = "late", _("Delivered late")
    OFF_TOPIC = "off_topic", _("Not the topic")
    NAGGED = "nagged", _("Nagged")
    EMBARGO_KEPT = "embargo_kept", _("Kept an embargo")
    EMBARGO_BROKEN = "embargo_broken", _("Broke an embargo")
    SCAM = "scam", _("Tried to deceive")
    BOUNCED = "bounced", _("Their mail came back")
    TAKEN_BACK = "taken_back", _("Taken back by hand")


HANDS = (EvidenceKind.BY_HAND, EvidenceKind.IMPORTED)  # the owner says how they stand; all else is counted


class Evidence(models.Model):
    """One dated fact about a sender, or somebody's word about a whole agency. A standing is the replay of these."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="evidence")
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
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
    vouch = models.ForeignKey(
        "pitches.Vouch", null=True, blank=True, on_delete=models.CASCADE, related_name="evidence", help_text="who spoke"
    )
    note = models.CharField(max_length=280, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["page", "sender", "at"], name="evidence_replay"),
            models.Index(fields=["page", "agency", "at"], name="evidence_of_agency", condition=~Q(agency=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pitch", "kind"],
                name="evidence_once_per_pitch",
                condition=~Q(pitch=None),
            ),
            models.CheckConstraint(name="evidence_hand_sets", condition=Q(kind__in=HANDS) ^ Q(standing="")),
            models.CheckConstraint(name="evidence_of_one", condition=Q(sender=None) ^ Q(agency=None)),
            models.CheckConstraint(
                name="evidence_of_agency_by_hand",
                condition=Q(agency=None) | Q(kind__in=[*HANDS, "introduced", "taken_back"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Relationship(models.Model):
    """The present result of the replay for one page, person or agency, and door; without a door: page-wide."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="relationships")
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.CASCADE, related_name="relationships")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="relationships")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    rung = models.CharField(max_length=12, choices=Standing, default=Standing.STRANGER)
    by_hand = models.BooleanField(default=False, help_text="the rung rests on the owner's hand")
    fades_at = models.DateTimeField(null=True, blank=True, help_text="when the oldest evidence counts no more")
    blocked = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "sender", "agency", "door"],
                name="relationship_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="relationship_rung",
                condition=Q(rung__in=["stranger", "introduced", "known", "trusted"]),
            ),
            models.CheckConstraint(name="relationship_of_one", condition=Q(sender=None) ^ Q(agency=None)),
        ]
        indexes: ClassVar = [
            # due.py asks whose evidence grows too old.
            models.Index(fields=["fades_at"], name="relationship_fades", condition=Q(fades_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id or self.agency_id}@{self.page_id}: {self.rung}"
