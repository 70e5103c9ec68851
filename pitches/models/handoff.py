"""After a yes: the handoff, what is still to be given, a counter-proposal once each way, and the agreed terms."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.page import Page
from pitches.models.pitch import Pitch
from pitches.models.relationship import EvidenceKind, Standing
from pitches.models.rule import Assistant
from portal.leases import Leased


class Handoff(models.Model):
    """What happens after a yes, chosen by the standing before it. Its plan is written down, so it stays what it was."""

    pitch = models.OneToOneField(Pitch, on_delete=models.CASCADE, related_name="handoff")
    standing = models.CharField(max_length=12, choices=Standing)
    follow_up_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL, related_name="handoffs", help_text="who takes it"
    )
    brief = models.CharField(max_length=400, blank=True)
    next_step = models.CharField(max_length=400, blank=True)
    questions = models.JSONField(default=list, blank=True, help_text="what must still be given: [{text, required}]")
    given = models.JSONField(default=list, blank=True, help_text="the answers to them, in order")
    given_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="the agreed day, local")
    outcome = models.CharField(max_length=16, choices=EvidenceKind, blank=True, help_text="what became of it")
    outcome_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    counts_at = models.DateTimeField(
        null=True, blank=True, help_text="until then the outcome may be undone; empty once it is evidence"
    )

    class Meta:
        ordering: ClassVar = ["follow_up_on", "pk"]
        indexes: ClassVar = [
            # due.py asks which outcomes count from now on.
            models.Index(fields=["counts_at"], name="handoff_counts_due", condition=Q(counts_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.standing} handoff of {self.pitch_id}"


class OfferState(models.TextChoices):
    """What became of a counter-proposal."""

    OPEN = "open", _("Waits for an answer")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")
    COUNTERED = "countered", _("Answered with another")
    UNDONE = "undone", _("Undone before it went out")


class Offer(models.Model):
    """A counter-proposal after a yes: price, date, deliverables. Each side may make one."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="offers")
    by_owner = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    said_by = models.CharField(
        max_length=80, blank=True, help_text="who made it, or declined it, for the owner; empty: the owner"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    day = models.DateField(null=True, blank=True, help_text="the owner's local date by which all is there")
    deliverables = models.CharField(max_length=280)
    note = models.CharField(max_length=280, blank=True)
    made_at = models.DateTimeField()
    goes_out_at = models.DateTimeField(help_text="until then its author may undo it, and nobody else sees it")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pitch", "by_owner"], name="offer_once_each_way", condition=~Q(state="undone")
            ),
            models.UniqueConstraint(fields=["pitch"], name="offer_one_open", condition=Q(state="open")),
            models.CheckConstraint(
                name="offer_amount_has_currency",
                condition=Q(amount=None, currency="") | ~Q(amount=None) & ~Q(currency=""),
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk} for {self.pitch_id}"


class Agreement(models.Model):
    """The agreed terms, word for word, as both saw them. They change no more."""

    pitch = models.OneToOneField(Pitch, on_delete=models.CASCADE, related_name="agreement")
    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="agreement")
    text = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"terms of {self.pitch_id}"


class CallState(models.TextChoices):
    """Where a call is."""

    PENDING = "pending", _("Waiting")
    DONE = "done", _("Told")
    DEAD = "dead", _("Failed")


class Call(Leased):
    """One thing to be told to a webhook, and how far it got. Its body is written when it is sent."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="calls")
    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="calls")
    event = models.CharField(max_length=24, help_text="what happened, such as pitch.accepted")
    url = models.URLField(max_length=500)
    seed = models.CharField(max_length=32, editable=False, help_text="of the key that signs it")
    dedupe = models.CharField(max_length=120, unique=True, help_text="one call per event; also its webhook-id")
    queue = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=CallState, default=CallState.PENDING)
    next_at = models.DateTimeField(help_text="not before this moment")
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            # tasks.call claims what is due in a queue.
            models.Index(fields=["queue", "next_at"], name="call_due", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.pitch_id}"
