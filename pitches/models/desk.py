"""What a desk keeps for itself: remarks on a pitch, views of the inbox, and ready words for answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from pitches.models.page import Page
from pitches.models.pitch import Pitch
from pitches.models.reading import AnswerKind, Fits, Reason


class Remark(models.Model):
    """What somebody at the desk noted about a pitch. Its sender never reads it."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="remarks")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80, blank=True, help_text="who helped; empty: the owner")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"remark on {self.pitch_id}"


class View(models.Model):
    """A search or a filter of the inbox that somebody keeps: a name and what stands in the address bar."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400, help_text="of the address, without its question mark")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["page", "user", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name


class Reply(models.Model):
    """Ready words for an answer, as the owner wrote them; {name}, {door} and {date} are filled in when it is given.

    With a reason or as one of the usual ones: what the owner wants otherwise; with an empty text the usual words stay,
    in the sender's language. With neither: the owner's own, and a no of their own says where another try belongs.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=12, choices=AnswerKind)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    usual = models.CharField(max_length=12, blank=True, help_text="which of replies/usual.py; a no says its reason")
    label = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=600, blank=True)
    again = models.CharField(max_length=280, blank=True, help_text="with a no: what would change it")
    fits = models.CharField(max_length=12, blank=True, choices=Fits, help_text="with a no of their own")
    position = models.PositiveSmallIntegerField(default=0)
    hidden = models.BooleanField(default=False, help_text="not among the ready ones")

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name_plural = "replies"
        constraints: ClassVar = [
            models.CheckConstraint(name="reply_kind", condition=Q(kind__in=["yes", "ask", "no"])),
            models.CheckConstraint(name="reply_reason_of_no", condition=Q(reason="") | Q(kind="no")),
            models.UniqueConstraint(fields=["page", "reason"], name="reply_once_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["page", "kind", "usual"], name="reply_once_usual", condition=~Q(usual="")),
        ]

    def __str__(self) -> str:
        return self.label
