"""What becomes of a whole account: a copy of its data, and its end."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.leases import Leased
from portal.models import User


class CopyState(models.TextChoices):
    """Where a copy is."""

    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    ENDED = "ended", _("Over")
    FAILED = "failed", _("Could not be made")


class DataCopy(Leased):
    """Everything that an account may see, as it asked for. It is made part by part, and lies here for a week."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_copies")
    state = models.CharField(max_length=8, choices=CopyState, default=CopyState.MAKING, db_default=CopyState.MAKING)
    noun = models.CharField(max_length=40, blank=True, db_default="", help_text="which part is next; none: the first")
    cursor = models.BigIntegerField(default=0, db_default=0, help_text="the last row of it that is in")
    size = models.PositiveBigIntegerField(default=0, db_default=0, help_text="bytes, packed")
    error = models.CharField(max_length=200, blank=True, db_default="")
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="when its parts go")

    class Meta:
        verbose_name_plural = "data copies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], name="data_copy_one_at_a_time", condition=Q(state="making"))
        ]
        indexes: ClassVar = [
            # tasks.copy claims what is to be made.
            models.Index(fields=["id"], name="data_copy_unmade", condition=Q(state="making")),
            # tidy lets go of what is over.
            models.Index(fields=["ends_at"], name="data_copy_ends", condition=Q(state="ready")),
        ]

    def __str__(self) -> str:
        return f"copy for {self.user_id}: {self.state}"


class DataCopyPart(models.Model):
    """One file of a copy, packed."""

    copy = models.ForeignKey(DataCopy, on_delete=models.CASCADE, related_name="parts")
    noun = models.CharField(max_length=40, help_text="the name of the file, such as pitches.jsonl")
    number = models.PositiveSmallIntegerField(help_text="a long file is several")
    rows = models.PositiveIntegerField(help_text="how many lines it has")
    content = models.BinaryField(help_text="zlib")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["copy", "noun", "number"], name="data_copy_part_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """pitches.jsonl, pitches-2.jsonl, …"""
        stem, dot, ending = self.noun.rpartition(".")
        return self.noun if self.number == 1 else f"{stem}-{self.number}{dot}{ending}"


class Erasure(Leased):
    """An account that is to be erased, how far that is, and that it was: then of the account only a keyed hash is left.

    A restored backup has accounts again that were erased since; by these hashes they are found (manage.py erased).
    """

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasure")
    subject = models.CharField(max_length=64, help_text="keyed hash of the account")
    asked_at = models.DateTimeField(db_default=Now())
    goes_at = models.DateTimeField(help_text="until then it may be kept")
    hid_page = models.BooleanField(
        default=False, db_default=False, help_text="whoever keeps the account shows it again"
    )
    begun_at = models.DateTimeField(null=True, blank=True, help_text="from then on it cannot be kept")
    step = models.CharField(max_length=12, blank=True, db_default="", help_text="of pitches/erasing/steps.py")
    next_at = models.DateTimeField(help_text="not before this moment")
    error = models.CharField(max_length=200, blank=True, db_default="")
    counts: Any = models.JSONField(default=dict, db_default={}, help_text="how much there was; nobody is named")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            # tasks.erase claims what is due.
            models.Index(fields=["next_at"], name="erasure_due", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}: {self.step or 'asked'}"
