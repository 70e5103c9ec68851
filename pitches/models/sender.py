"""Who pitches: people with a proven mailbox, and the organisation behind them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from portal import tokens


class Agency(models.Model):
    """The organisation behind a sender, known by its registrable domain."""

    domain = models.CharField(max_length=253, unique=True)
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name or self.domain


class Sender(models.Model):
    """A person with a proven mailbox, or one whom an owner brought along and who has not come yet.

    There is no row for an address that was only typed.
    """

    email = models.EmailField()
    mailbox = models.CharField(max_length=254, unique=True, help_text="the address without case")
    canonical = models.CharField(max_length=254, db_index=True, help_text="without its plus-tag, for blocks and pauses")
    name = models.CharField(max_length=80, blank=True)
    company = models.CharField(max_length=80, blank=True)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    proven_at = models.DateTimeField(null=True, blank=True, help_text="none: nobody has shown that it is theirs")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="sender_email_once")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


class Mailbox(models.Model):
    """What went to an address before anybody proved it, and whether it wants none of it. Known by a keyed hash only."""

    digest = models.CharField(max_length=64, unique=True, help_text="keyed hash of the canonical address")
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    began_at = models.DateTimeField(null=True, blank=True, help_text="the first mail of the last 24 hours")
    sent = models.PositiveSmallIntegerField(default=0, help_text="mails since then")
    codes = models.PositiveSmallIntegerField(default=0, help_text="how many of them carried a code")
    browser = models.CharField(max_length=64, blank=True, help_text="digest of the mark of whoever asked for the first")
    never_at = models.DateTimeField(null=True, blank=True, help_text="said: this was not me")

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return f"mailbox {self.digest[:8]}"

    @property
    def token(self) -> str:
        """The secret part of "this was not me"."""
        return tokens.link_token("mailbox", self.seed)


class Device(models.Model):
    """A browser that proved a mailbox and needs no code for a while."""

    token_hash = models.CharField(max_length=64)
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="devices")
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_hash", "sender"], name="device_once_per_sender")
        ]

    def __str__(self) -> str:
        return f"device of {self.sender_id}"
