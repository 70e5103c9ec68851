"""The outbox: what is to be told to somebody, and every attempt to tell it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, OrderBy, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from pitches.models.handoff import Offer
from pitches.models.page import Page
from pitches.models.people import DomainProof
from pitches.models.pitch import Pitch
from pitches.models.reading import Answer
from pitches.models.rule import Assistant
from pitches.models.ways_in import Key, Watch
from pitches.models.words import Draft
from portal.leases import Leased
from portal.models import User


class MessageState(models.TextChoices):
    """Where a message is."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Sent")
    UNKNOWN = "unknown", _("Outcome unknown")
    DEAD = "dead", _("Failed")
    OBSOLETE = "obsolete", _("No longer needed")
    WITHHELD = "withheld", _("Held back")


class Message(Leased):
    """One mail to one address. It is rendered when it is sent, in the words of that moment."""

    kind = models.CharField(max_length=24, help_text="a function of notify/catalogue.py")
    dedupe = models.CharField(max_length=120, unique=True, help_text="one message per event")
    to = models.EmailField()
    user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="who may stop its kind",
    )
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    pitch = models.ForeignKey(Pitch, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    watch = models.ForeignKey(Watch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.ForeignKey(Key, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    assistant = models.ForeignKey(Assistant, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    proof = models.ForeignKey(DomainProof, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    draft = models.ForeignKey(Draft, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField(
        null=True,
        help_text="codes and other words that must not rest in plain; gone once sent",
    )
    language = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="in which whoever asked for it reads"
    )
    queue = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.PENDING)
    next_at = models.DateTimeField(help_text="not before this moment")
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="the owner was told that it was not delivered")
    provider_id = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="what the mail provider calls it"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            # tasks.deliver claims what is due in a queue.
            models.Index(
                fields=["queue", "next_at"],
                name="message_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
            # inbound/returned.py finds the mail that a provider speaks of.
            models.Index(fields=["provider_id"], name="message_at_provider", condition=~Q(provider_id="")),
            # The log of operators (web/access/operators.py), by the address that a mail went to.
            models.Index(Upper("to"), OrderBy(F("id"), descending=True), name="message_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class Attempt(models.Model):
    """One conversation with the mail server. An attempt that never learned its outcome stays visible."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    began_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(
        max_length=10,
        default="open",
        choices=[
            ("open", "open"),
            ("sent", "sent"),
            ("retry", "retry"),
            ("refused", "refused"),
            ("denied", "denied"),
            ("bounced", "bounced"),
            ("complained", "complained"),
            ("unknown", "unknown"),
        ],
    )
    detail = models.CharField(max_length=500, blank=True)
    unproven = models.BooleanField(default=False, db_default=False, help_text="typed, and nobody ever proved it")

    def __str__(self) -> str:
        return f"{self.outcome} {self.began_at:%H:%M:%S}"
