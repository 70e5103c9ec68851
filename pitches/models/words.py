"""What belongs to a pitch besides its answers: what its sender changed, the files, and a draft that waits by mail."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.pitch import Pitch
from portal import clock, languages, tokens


class RevisionKind(models.TextChoices):
    """Why the sender changed a pitch."""

    CHANGE = "change", _("Changed before it was read")
    FOLLOW_UP = "follow_up", _("Followed up")
    MOVE = "move", _("Moved to another door")


class Revision(models.Model):
    """One change of a pitch by its sender: the answers that differ, as they were and as they are."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveSmallIntegerField(help_text="the version of the pitch that it made")
    kind = models.CharField(max_length=12, choices=RevisionKind)
    was = models.JSONField(help_text="{name of the answer: as it was}")
    became = models.JSONField(help_text="{name of the answer: as it is}")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["pitch", "version"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.pitch_id}, version {self.version}"


class Attachment(models.Model):
    """A file that a known or trusted sender left with a pitch. Never opened here; rests where no web server looks."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=32, unique=True, default=tokens.seed, editable=False, help_text="its address")
    name = models.CharField(max_length=120, help_text="as its sender called it, without a path")
    kind = models.CharField(max_length=40, help_text="media type, by content and by ending")
    size = models.PositiveIntegerField(help_text="bytes")
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} of {self.pitch_id}"


class DraftQuerySet(models.QuerySet["Draft"]):
    """Questions about drafts."""

    def alive(self) -> Self:
        """Drafts that can be gone on with."""
        return self.filter(expires_at__gt=clock.now())


class Draft(models.Model):
    """A pitch half written, kept because somebody asked for a link by mail. Encrypted; its words are in no mail."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="drafts")
    email = models.EmailField()
    form_key = models.UUIDField(unique=True, help_text="of the form; the pitch that comes of it has the same")
    words = models.BinaryField(help_text="tokens.lock(): what was typed, as JSON")
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=64, blank=True, help_text="digest of the mark of whoever wrote it")
    language = models.CharField(
        max_length=12, default=languages.now, db_default="en", help_text="in which whoever asked reads"
    )
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="draft_expires")]

    def __str__(self) -> str:
        return f"draft for {self.door_id}"

    @property
    def token(self) -> str:
        """The secret part of its link."""
        return tokens.link_token("draft", self.seed)
