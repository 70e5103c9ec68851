"""Ways in besides a plain knock: to wait for a door, a key to it, a reply that leads to it, a word of who one is."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from portal import clock, languages, tokens


class Came(models.TextChoices):
    """The kind of link that led somebody here: where the owner put it."""

    MESSAGE = "message", _("A message")
    MENTION = "mention", _("A mention")
    MAIL = "mail", _("A mail")
    COMMENT = "comment", _("A comment")
    BIO = "bio", _("The bio line")
    BADGE = "badge", _("The badge")
    SIGNATURE = "signature", _("The mail signature")
    QR = "qr", _("The QR code")


CHANNELS = (Came.MESSAGE, Came.MENTION, Came.MAIL, Came.COMMENT)  # through which somebody is interrupted


class WatchQuerySet(models.QuerySet["Watch"]):
    """Questions about watches."""

    def waiting(self) -> Self:
        """Confirmed, not told, not stopped; whoever asked first comes first."""
        return self.filter(confirmed_at__isnull=False, told_at=None, stopped_at=None).order_by("confirmed_at", "pk")


class Watch(models.Model):
    """Somebody wants one mail when a door opens. The address is forgotten once they were told."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="watches")
    email = models.EmailField(blank=True)
    mailbox = models.CharField(max_length=254, blank=True, help_text="the address without case")
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=64, blank=True, help_text="digest of the mark of whoever asked first")
    language = models.CharField(
        max_length=12, default=languages.now, db_default="en", help_text="in which whoever asked reads"
    )
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watches"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["door", "mailbox"], condition=~Q(mailbox=""), name="watch_once_per_mailbox")
        ]
        indexes: ClassVar = [
            # A wave asks who waits for a door, the oldest first.
            models.Index(
                fields=["door", "confirmed_at"],
                name="watch_waiting",
                condition=Q(confirmed_at__isnull=False, told_at=None, stopped_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"watch of {self.door_id}"

    @property
    def token(self) -> str:
        """The secret part of its links."""
        return tokens.link_token("watch", self.seed)


class KeyQuerySet(models.QuerySet["Key"]):
    """Questions about keys."""

    def good(self) -> Self:
        """Keys that still open."""
        return self.filter(withdrawn_at=None, expires_at__gt=clock.now(), uses__lt=F("most_uses"))


class Key(models.Model):
    """An invitation that opens a door, a number of times or until a date, perhaps for one mailbox only."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="keys")
    note = models.CharField(max_length=80, blank=True, help_text="the owner's words: for whom")
    email = models.EmailField(blank=True, help_text="the only mailbox that it works for")
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    most_uses = models.PositiveSmallIntegerField(default=1)
    uses = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField()

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="key_not_used_too_often", condition=Q(uses__lte=F("most_uses")))
        ]

    def __str__(self) -> str:
        return f"key to {self.door_id}"

    @property
    def token(self) -> str:
        """The secret part of its link."""
        return tokens.link_token("key", self.seed)


class ReplyLink(models.Model):
    """A one-time link in the answer to a message: the pitch that comes of it says so."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="reply_links")
    who = models.CharField(max_length=120, help_text="whoever wrote, in the owner's words")
    channel = models.CharField(max_length=12, choices=[(one.value, one.label) for one in CHANNELS])
    said_on = models.DateField(help_text="when the message came, in the owner's zone")
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.channel} to {self.door_id}"

    @property
    def token(self) -> str:
        """The secret part of the link."""
        return tokens.link_token("reply", self.seed)


class Introduction(models.Model):
    """Somebody says who they are at a door by invitation, before they write: an address that a code will prove."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="introductions")
    email = models.EmailField()
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=64, blank=True, help_text="digest of the mark of whoever typed it")
    language = models.CharField(
        max_length=12, default=languages.now, db_default="en", help_text="in which whoever asked reads"
    )
    at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # How many came before for a mailbox; codes are looked up by it.
        indexes: ClassVar = [models.Index(Lower("email"), "at", name="introduction_of_mailbox")]

    def __str__(self) -> str:
        return f"introduction at {self.door_id}"

    @property
    def token(self) -> str:
        """The secret part of the page that asks for the code."""
        return tokens.link_token("introduction", self.seed)
