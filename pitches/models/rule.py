"""Rules: what the owner decided for a standing, and for one door or one agency as an exception."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.pitch import Lane
from pitches.models.relationship import LADDER, Standing
from pitches.models.sender import Agency
from portal import tokens

LANES = (Lane.TRUSTED, Lane.KNOWN, Lane.FIRST_KNOCK)  # where a rule may send; to be held aside is no choice of a rule
MOST_PLACES = 60  # in rolling 30 days: two a day


class Opens(models.TextChoices):
    """Which doors open for somebody by themselves. A key opens any."""

    INVITED = "invited", _("open and by invitation")
    OPEN = "open", _("open")
    NONE = "none", _("none")


class Rule(models.Model):
    """How somebody is received, where the owner wants it otherwise than usual. What is left empty says nothing.

    Without a door or an agency: for everybody of a standing. With one of them, or both: an exception. pitches/rules.py
    says which one counts.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="rules")
    standing = models.CharField(max_length=12, choices=Standing, blank=True, help_text="empty: of every standing")
    door = models.ForeignKey(Door, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    lane = models.CharField(max_length=12, choices=Lane, blank=True)
    opens = models.CharField(max_length=8, choices=Opens, blank=True)
    places = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_PLACES)], help_text="in rolling 30 days"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "standing", "door", "agency"], name="rule_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="rule_standing", condition=Q(standing__in=["", *LADDER])),
            models.CheckConstraint(name="rule_lane", condition=Q(lane__in=["", *LANES])),
            models.CheckConstraint(name="rule_opens", condition=Q(opens__in=["", *Opens.values])),
            # For whom a door opens is said at the door (Door.tiers): it is public, a rule is not.
            models.CheckConstraint(
                name="rule_opens_for_somebody_met",
                condition=Q(opens="")
                | Q(agency__isnull=False)
                | Q(door=None, standing__in=["introduced", "known", "trusted"]),
            ),
            models.CheckConstraint(
                name="rule_of_somebody",
                condition=~Q(standing="") | Q(door__isnull=False) | Q(agency__isnull=False),
            ),
            models.CheckConstraint(
                name="rule_says_something",
                condition=~Q(lane="") | ~Q(opens="") | Q(places__isnull=False),
            ),
            models.CheckConstraint(name="rule_places", condition=Q(places=None) | Q(places__lte=MOST_PLACES)),
        ]

    def __str__(self) -> str:
        return f"rule of {self.page_id} for {self.standing or 'everybody'}"


class Role(models.TextChoices):
    """What somebody may do at a desk. Who may more may all that who may less may (RANKS)."""

    MAIL = "mail", _("takes what was accepted, by mail")
    READER = "reader", _("may look")
    SCREENER = "screener", _("may sort, not answer")
    ASSISTANT = "assistant", _("may answer")
    OWNER = "owner", _("owner")


RANKS = tuple(Role)  # the least first


class Assistant(models.Model):
    """Somebody who helps an owner, known by a mailbox that agreed to it; what they may do is their role.

    Whoever signs in with that mailbox, once it is verified, sits at the desk (helping.py); there is no other tie.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="assistants")
    name = models.CharField(max_length=80)
    email = models.EmailField()
    mailbox = models.CharField(max_length=254, help_text="the address without case")
    role = models.CharField(max_length=12, choices=Role, default=Role.MAIL)
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True, help_text="agreed, with the mailed link")
    left_at = models.DateTimeField(null=True, blank=True, help_text="was removed, or wanted no more of it")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "mailbox"], name="assistant_once", condition=Q(left_at=None)),
            models.CheckConstraint(
                name="assistant_role", condition=Q(role__in=["mail", "reader", "screener", "assistant"])
            ),
        ]
        indexes: ClassVar = [
            # helping.py: at whose desks somebody may sit, asked on each request.
            models.Index(fields=["mailbox"], name="assistant_seat", condition=Q(joined_at__isnull=False, left_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.page_id}"

    @property
    def helps(self) -> bool:
        """Agreed, and still there?"""
        return self.joined_at is not None and self.left_at is None


class Plan(models.Model):
    """What follows a yes for one standing, where the owner wants it otherwise than usual: routing's second half."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="plans")
    standing = models.CharField(max_length=12, choices=Standing)
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="who takes it"
    )
    brief = models.CharField(max_length=400, blank=True, help_text="the owner's words, instead of the usual ones")
    next_step = models.CharField(max_length=400, blank=True)
    questions = models.JSONField(default=list, blank=True, help_text="what must still be given: [{text, required}]")
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="until the owner follows up")
    webhook = models.URLField(max_length=500, blank=True, help_text="is told of each yes")
    seed = models.CharField(
        max_length=32, default=tokens.seed, editable=False, help_text="of the key that signs what it is told"
    )
    failures = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="tries of the webhook in a row that were not taken"
    )
    failing_since = models.DateTimeField(null=True, blank=True, help_text="the first of them")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "standing"], name="plan_once"),
            models.CheckConstraint(name="plan_standing", condition=Q(standing__in=list(LADDER))),
        ]

    def __str__(self) -> str:
        return f"after a yes to {self.standing}"
