"""The owner's book: what they noted about people and agencies, who spoke for whom, and who proved a domain."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.sender import Agency, Sender
from portal import tokens


class Contact(models.Model):
    """A person or an agency in the book of one page: tags, the owner's name for them, and who is the same person."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="contacts")
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=80, blank=True, help_text="as the owner wrote it; never shown to anybody else")
    company = models.CharField(max_length=80, blank=True)
    tags = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="others", help_text="one person"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "sender", "agency"], name="contact_once", nulls_distinct=False),
            models.CheckConstraint(name="contact_of_one", condition=Q(sender=None) ^ Q(agency=None)),
            models.CheckConstraint(name="contact_same_person", condition=Q(same_as=None) | Q(sender__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk} of {self.page_id}"


class Note(models.Model):
    """What the owner wrote down about somebody. Nobody else ever reads it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"note of {self.contact_id}"


class Vouch(models.Model):
    """One owner speaks for an agency or a person to a named colleague: one step up at most, and to be taken back."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="vouches", help_text="whose word it is")
    to = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="vouched", help_text="the colleague's page")
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    door = models.ForeignKey(
        Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="of the colleague; none: all"
    )
    words = models.CharField(max_length=280)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True, help_text="the colleague believed it")
    refused_at = models.DateTimeField(null=True, blank=True)
    no_more = models.BooleanField(default=False, help_text="the colleague wants to hear no more words of this page")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "to", "sender", "agency", "door"],
                name="vouch_once",
                nulls_distinct=False,
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(name="vouch_for_one", condition=Q(sender=None) ^ Q(agency=None)),
            models.CheckConstraint(name="vouch_to_another", condition=~Q(page=models.F("to"))),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} vouches to {self.to_id}"


class ProofWay(models.TextChoices):
    """How a domain is proven."""

    MAIL = "mail", _("by mail to a role address")
    DNS = "dns", _("by a DNS record")


class DomainProof(models.Model):
    """Somebody shows that they may speak for a domain: a code at a role address, or a record only its owner can set."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="proofs")
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="domain_proofs", help_text="who asked")
    way = models.CharField(max_length=8, choices=ProofWay)
    role = models.CharField(max_length=24, blank=True, help_text="the name before the @ that got the mail")
    seed = models.CharField(
        max_length=32, default=tokens.seed, editable=False, help_text="of the code and of the record"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="of the request, and then of the proof")
    proven_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="when the record was last looked for")
    look_due = models.DateTimeField(null=True, blank=True, help_text="when it is looked for next")
    found = models.CharField(max_length=200, blank=True, help_text="what the last look said, in words")

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            # due.py asks which records are to be looked for.
            models.Index(fields=["look_due"], name="domain_proof_due", condition=Q(look_due__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.way} proof of {self.agency_id}"
