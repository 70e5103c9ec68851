"""Reports: what somebody told whoever runs this site about a page."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.page import Page


class ReportKind(models.TextChoices):
    """What a report is about. The last one is not offered to strangers: the owner of a page taken down answers."""

    IMPERSONATION = "impersonation", _("It pretends to be somebody else")
    ABUSE = "abuse", _("It is abusive, or against the law")
    SPAM = "spam", _("It is spam or fraud")
    OTHER = "other", _("Something else")
    ANSWER = "answer", _("Its owner answers")


class Report(models.Model):
    """What somebody said about a page, and how an operator settled it. It outlives the page that it is about."""

    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    handle = models.CharField(max_length=30, help_text="of the page when it was reported; it stays when the page goes")
    form_key = models.UUIDField(unique=True, help_text="a form that is sent twice is one report")
    kind = models.CharField(max_length=13, choices=ReportKind)
    words = models.TextField(max_length=2000, blank=True, help_text="gone 90 days after it was settled")
    email = models.EmailField(blank=True, help_text="typed, so it proves nothing; only for an operator to write to")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, help_text="what the operator did about it")

    class Meta:
        indexes: ClassVar = [
            # What waits for an operator, and whether an alarm about it still says something.
            models.Index(fields=["handle", "id"], name="report_open", condition=Q(settled_at=None)),
            # What was settled, the newest first; tidy asks for the oldest.
            models.Index(fields=["settled_at", "id"], name="report_settled", condition=Q(settled_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"report of @{self.handle}: {self.kind}"
