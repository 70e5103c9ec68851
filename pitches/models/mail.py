"""What is known about mail itself: who wants and who takes it, whether this site sends at all, and what came in."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.page import Page
from pitches.models.pitch import Pitch
from portal.leases import Leased
from portal.models import User


class Refusal(models.TextChoices):
    """Why nothing goes to an address any more."""

    BOUNCE = "bounce", _("Mail to it comes back")
    COMPLAINT = "complaint", _("Somebody there called a mail of ours unwanted")


class Suppression(models.Model):
    """An address that gets no mail. Of the address only a keyed hash is kept, so that it outlives an erasure."""

    digest = models.CharField(max_length=64, unique=True, help_text="keyed hash of the address as it was written to")
    why = models.CharField(max_length=9, choices=Refusal)
    detail = models.CharField(max_length=200, blank=True, help_text="what the mail server said, without the address")
    at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True, help_text="the last code that was sent all the same")

    def __str__(self) -> str:
        return f"{self.why} {self.digest[:8]}"


class Stop(models.TextChoices):
    """Why this site sends no mail."""

    BY_HAND = "by_hand", _("Stopped by hand")
    BOUNCES = "bounces", _("Too much mail comes back")
    COMPLAINTS = "complaints", _("Too many people call our mail unwanted")
    RESTORED = "restored", _("The database is older than the mail that was sent")
    TYPED = "typed", _("Too much mail to addresses that nobody proved comes back")


class Sending(models.Model):
    """The one row that says whether mail goes out, and how far it got (notify/mark.py)."""

    THE_ROW = 1

    name = models.UUIDField(default=uuid4, editable=False, help_text="of this outbox; no other has it")
    batches = models.BigIntegerField(default=0, help_text="sent so far; never goes back unless the database did")
    why = models.CharField(max_length=10, choices=Stop, blank=True, help_text="empty: mail goes out")
    stopped_at = models.DateTimeField(null=True, blank=True)
    counted_from = models.BigIntegerField(default=0, help_text="attempts up to this one were looked at by an operator")

    class Meta:
        verbose_name_plural = "sending"

    def __str__(self) -> str:
        return self.why or "sends"


class CameBy(models.TextChoices):
    """The way by which a mail came in."""

    PIPE = "pipe", _("Handed over by the mail server")
    MAILDIR = "maildir", _("Found in the folder")
    PROVIDER = "provider", _("Handed over by the mail provider")


class LetterEnd(models.TextChoices):
    """What became of a mail that came in."""

    WAITING = "waiting", _("Not read yet")
    REPLIED = "replied", _("Into the conversation of its pitch")
    DRAFTED = "drafted", _("Kept as a draft of a pitch")
    FORWARDED = "forwarded", _("A ready answer was prepared")
    RETURNED = "returned", _("A mail of ours that came back")
    AUTOMATIC = "automatic", _("Written by a machine")
    NOT_THEIRS = "not_theirs", _("Not from the mailbox that it speaks for")
    NOBODY = "nobody", _("To nobody here")
    EMPTY = "empty", _("Nothing in it")
    LATE = "late", _("Its pitch takes no more words")
    TOO_MANY = "too_many", _("One of too many")
    UNREADABLE = "unreadable", _("Cannot be read")


class Letter(Leased):
    """A mail that came in. It is kept as it came for a while, and read once."""

    digest = models.CharField(max_length=64, unique=True, help_text="of the mail as it came, so that it counts once")
    raw = models.BinaryField(null=True, help_text="the mail as it came; gone after a week")
    size = models.PositiveIntegerField(help_text="bytes")
    came_by = models.CharField(max_length=8, choices=CameBy)
    came_at = models.DateTimeField()
    to = models.CharField(max_length=254, blank=True, help_text="to whom the envelope was addressed")
    sender = models.CharField(max_length=254, blank=True, help_text="who the envelope said it was from; proves nothing")
    end = models.CharField(max_length=10, choices=LetterEnd, default=LetterEnd.WAITING)
    detail = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.CASCADE, related_name="letters")
    pitch = models.ForeignKey(Pitch, null=True, blank=True, on_delete=models.CASCADE, related_name="letters")

    class Meta:
        indexes: ClassVar = [
            # tasks.read claims what waits, the oldest first.
            models.Index(fields=["id"], name="letter_unread", condition=Q(end=LetterEnd.WAITING)),
            # tidy empties what is old.
            models.Index(fields=["came_at"], name="letter_kept", condition=Q(raw__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.end} {self.came_at:%Y-%m-%d %H:%M}"


class Preference(models.Model):
    """Does somebody want a kind of mail about a page? Where no row says, the default of the kind holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="preferences")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=24, help_text="a message of notify/catalogue.py")
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "page", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.wanted}"
