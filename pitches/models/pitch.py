"""The pitch: one structured submission behind one door."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import (
    Case,
    CharField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, Now
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.relationship import Standing
from pitches.models.sender import Sender
from pitches.models.ways_in import Came, Introduction, Key, ReplyLink
from portal import clock, tokens


class PitchState(models.TextChoices):
    """Where a pitch is. Only lifecycle.move() changes it."""

    UNPROVEN = "unproven", _("Waiting for the code")
    ARRIVED = "arrived", _("Just handed in")
    WAITING = "waiting", _("On the ledge")
    HELD = "held", _("Held aside")
    QUARANTINE = "quarantine", _("In quarantine")
    ASKED = "asked", _("Waiting for them")
    LATER = "later", _("Later")
    ACCEPTED = "accepted", _("Yes")
    DECLINED = "declined", _("No")
    WRONG_DOOR = "wrong_door", _("Wrong door")
    WITHDRAWN = "withdrawn", _("Taken back")
    LAPSED = "lapsed", _("Unanswered")


class Lane(models.TextChoices):
    """The parts of the ledge."""

    TRUSTED = "trusted", _("People I trust")
    KNOWN = "known", _("People I know")
    FIRST_KNOCK = "first_knock", _("First knock")
    HELD = "held", _("Held aside")
    QUARANTINE = "quarantine", _("Quarantine")


class Asked(models.TextChoices):
    """What a pitch asks for."""

    WRITE = "write", _("Write about it, or not")
    REPLY = "reply", _("A reply")
    QUOTE = "quote", _("A quote")
    SLOT = "slot", _("A paid slot")
    TRY = "try", _("Try a product")


class Payer(models.TextChoices):
    """Who pays the sender for the pitch."""

    CLIENT = "client", _("A client")
    OWN = "own", _("It is our own")
    NOBODY = "nobody", _("Nobody")


# Whose turn it is: lane after lane, and within the lane of the known those who are known before those introduced.
READING_ORDER: tuple[dict[str, str], ...] = (
    {"lane": Lane.TRUSTED},
    {"lane": Lane.KNOWN, "standing": Standing.KNOWN},
    {"lane": Lane.KNOWN},
    {"lane": Lane.FIRST_KNOCK},
)
A_DAY = Value(timedelta(days=1))
TAKEN_BACK = timedelta(hours=24)  # how long the sender may undo a withdrawal
MOVE_LIFE = timedelta(days=30)  # how long a pitch may be moved to the right door, from the answer that named it
ON_THE_LEDGE = (PitchState.WAITING, PitchState.HELD)
OPEN_STATES = (PitchState.ARRIVED, PitchState.WAITING, PitchState.HELD, PitchState.QUARANTINE, PitchState.ASKED,
               PitchState.LATER)  # fmt: skip


class PitchQuerySet(models.QuerySet["Pitch"]):
    """Questions about pitches."""

    def waiting(self) -> Self:
        """On the ledge, to be read in the next session."""
        return self.filter(state=PitchState.WAITING)

    def unfinished(self) -> Self:
        """Handed in and not ended."""
        return self.filter(state__in=OPEN_STATES)

    def waiting_as_told(self, now: datetime) -> Self:
        """What waits for all that its sender was told: also behind an answer that has not gone out, and what ended in
        quarantine before the date that everybody gets.
        """
        held = Q(answers__isnull=False, answers__sent_at=None, answers__undone_at=None)
        in_silence = Q(state=PitchState.LAPSED, lane=Lane.QUARANTINE, told_until__gt=now)
        return self.filter(Q(state__in=OPEN_STATES) | held | in_silence).distinct()

    def as_told(self, now: datetime) -> Self:
        """With `told`: Pitch.told_state of each at this moment, without a question for each."""
        held = type(self)(self.model).filter(
            pk=OuterRef("pk"), answers__isnull=False, answers__sent_at=None, answers__undone_at=None
        )
        usual = F("handed_in_at") + ExpressionWrapper(F("page__lapse_days") * A_DAY, output_field=DurationField())
        silent = Q(state=PitchState.LAPSED, lane=Lane.QUARANTINE)
        told = Case(
            When(state__in=(PitchState.UNPROVEN, PitchState.WITHDRAWN), then=F("state")),
            When(Q(state__in=OPEN_STATES) & ~Q(state=PitchState.ASKED), then=Value(PitchState.WAITING.value)),
            When(Exists(held), then=Value(PitchState.WAITING.value)),
            When(silent & GreaterThan(Coalesce(F("told_until"), usual), now), then=Value(PitchState.WAITING.value)),
            default=F("state"),
            output_field=CharField(),
        )
        return self.annotate(told=told)

    def in_reading_order(self) -> Self:
        """Nudged first, then lane after lane (known before introduced), then the oldest."""
        ranks = [When(**where, then=Value(rank)) for rank, where in enumerate(READING_ORDER)]
        lane = Case(*ranks, default=Value(len(READING_ORDER)), output_field=IntegerField())
        return self.order_by(lane, F("nudged_at").asc(nulls_last=True), "handed_in_at", "pk")

    def for_desk(self) -> Self:
        """With all that a row of the desk shows."""
        return self.select_related("door", "page", "sender__agency", "reply_link", "assigned_to")


class Pitch(models.Model):
    """What somebody left, or is about to leave, on the ledge of a door."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="pitches")
    door = models.ForeignKey(Door, on_delete=models.RESTRICT, related_name="pitches")
    door_version = models.PositiveIntegerField()
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.PROTECT, related_name="pitches")
    code = models.CharField(_("reference"), max_length=40, unique=True)
    seed = models.CharField(max_length=32, default=tokens.seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    form_key = models.UUIDField(unique=True)

    line = models.CharField(max_length=90)
    why = models.CharField(max_length=400)
    link = models.CharField(max_length=500)
    link_host = models.CharField(max_length=253)
    ask = models.CharField(max_length=8, choices=Asked)
    payer = models.CharField(max_length=8, choices=Payer)
    last_day = models.DateField(null=True, blank=True)
    detail = models.TextField(max_length=1200, blank=True)
    language = models.CharField(max_length=12, default="en")
    category = models.CharField(max_length=8, blank=True)
    groups = models.JSONField(default=dict, blank=True)
    name = models.CharField(max_length=80)
    company = models.CharField(max_length=80)
    email = models.EmailField()

    state = models.CharField(max_length=12, choices=PitchState, default=PitchState.UNPROVEN)
    lane = models.CharField(max_length=12, choices=Lane, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True, help_text="when it was routed")
    given_lane = models.CharField(
        max_length=12, choices=Lane, blank=True, help_text="by its standing and the rules, when it was handed in"
    )
    ruled = models.CharField(max_length=12, blank=True, help_text="whose rule gave it: standing, door, agency; or none")
    machine_for = models.CharField(max_length=80, blank=True, help_text="a machine wrote it, in this person's name")
    flags = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    suspect = models.BooleanField(default=False, help_text="screening found enough for quarantine")
    label = models.CharField(max_length=12, blank=True)
    written_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    promised_for = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)
    back_when_open = models.BooleanField(
        default=False, help_text="with later: back as soon as the door opens, at the latest on back_at"
    )
    assigned_to = models.ForeignKey(
        "Assistant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="who looks after it"
    )
    tags = ArrayField(
        models.CharField(max_length=24), default=list, blank=True, help_text="of the desk; never shown to its sender"
    )
    told_until = models.DateTimeField(null=True, blank=True, help_text="the lapse day that the receipt names")
    nudged_at = models.DateTimeField(null=True, blank=True)
    reminders = models.BooleanField(
        default=True, db_default=True, help_text="may its sender be reminded of a question?"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    came_from = models.CharField(max_length=12, choices=Came, blank=True, help_text="the kind of link that led here")
    reply_link = models.ForeignKey(ReplyLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    key = models.ForeignKey(Key, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    browser = models.CharField(max_length=64, blank=True, help_text="digest of its mark; gone once handed in")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="first read; never told to the sender")
    version = models.PositiveSmallIntegerField(default=1, help_text="counts what the sender changed")
    moved_from = models.ForeignKey(
        Door, null=True, blank=True, on_delete=models.RESTRICT, related_name="+", help_text="the wrong door, once"
    )
    again_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tried_again",
        help_text="an earlier one that may be tried again",
    )
    prints = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="bands of its fingerprint (likeness.py)"
    )
    cluster = models.BigIntegerField(
        null=True, blank=True, help_text="the first pitch of those that read alike, on any page"
    )

    objects = PitchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "pitches"
        constraints: ClassVar = [
            models.CheckConstraint(name="pitch_known_state", condition=Q(state__in=PitchState.values)),
            models.CheckConstraint(
                name="pitch_proven_has_sender",
                condition=Q(state="unproven") | Q(sender__isnull=False, handed_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pitch_later_has_date",
                condition=~Q(state="later") | Q(back_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # The ledge of one page: desk inbox and session.
            models.Index(fields=["page", "state", "lane", "handed_in_at"], name="pitch_ledge"),
            # ledge.promised(): how many wait in a lane, or will in a moment.
            models.Index(fields=["page", "given_lane"], name="pitch_ahead",
                         condition=Q(state__in=["arrived", "waiting"])),
            # arrivals.coming(): who came lately, by standing; and the first of them.
            models.Index(fields=["page", "standing", "handed_in_at"], name="pitch_came",
                         condition=Q(standing__in=["trusted", "known", "introduced"])),
            models.Index(fields=["page", "handed_in_at"], name="pitch_handed_in"),
            # Who came by the share kit lately (stats/kit.py, doors/sharing.py).
            models.Index(fields=["page", "written_at"], name="pitch_by_kit", condition=~Q(came_from="")),
            # A sender's own pitches with a page: limits and history.
            models.Index(fields=["sender", "page", "-handed_in_at"], name="pitch_of_sender"),
            # due.py asks what lapses and what comes back.
            models.Index(fields=["lapses_at"], name="pitch_lapse_due",
                         condition=Q(state__in=["waiting", "held", "quarantine", "asked"])),
            models.Index(fields=["back_at"], name="pitch_back_due", condition=Q(state="later")),
            models.Index(fields=["written_at"], name="pitch_unproven", condition=Q(state="unproven")),
            # Which codes were mailed to an address (intake/proof.py).
            models.Index(Lower("email"), name="pitch_unproven_email", condition=Q(state="unproven")),
            # likeness.py: what reads alike shares a band; and all of one cluster.
            GinIndex(fields=["prints"], name="pitch_prints"),
            models.Index(fields=["cluster"], name="pitch_cluster", condition=Q(cluster__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code}: {self.line}"

    @property
    def token(self) -> str:
        """The secret part of the sender's link."""
        return tokens.link_token("pitch", self.seed)

    @property
    def told_state(self) -> PitchState:
        """The state as its sender is told. An answer still in the house has not happened for them, and whoever is held
        aside, in quarantine or put off simply waits, until the date that everybody gets.
        """
        if self.state in (PitchState.UNPROVEN, PitchState.WITHDRAWN):
            return PitchState(self.state)
        aside = self.state in (
            *ON_THE_LEDGE,
            PitchState.ARRIVED,
            PitchState.QUARANTINE,
            PitchState.LATER,
        )
        if aside or self.answers.filter(sent_at=None, undone_at=None).exists():
            return PitchState.WAITING
        if self.state == PitchState.LAPSED and self.lane == Lane.QUARANTINE and clock.now() < self.told_lapse:
            return PitchState.WAITING
        return PitchState(self.state)

    @property
    def told_lapse(self) -> datetime:
        """The last day that its sender was told. Quarantine ends sooner and says nothing; an answer that has
        not gone out has changed nothing yet.
        """
        assert self.handed_in_at is not None
        usual = self.told_until or self.handed_in_at + timedelta(days=self.page.lapse_days)
        if self.lane == Lane.QUARANTINE:
            return usual
        held = self.answers.filter(sent_at=None, undone_at=None).first()
        return (held.lapsed_at if held else self.lapses_at) or usual

    @property
    def subject(self) -> str:
        """The line, short enough for a mail subject (60 characters in all)."""
        return self.line if len(self.line) <= 34 else f"{self.line[:33].rstrip()}…"


class ProofQuerySet(models.QuerySet["Proof"]):
    """Questions about codes."""

    def alive(self) -> Self:
        """Codes that still work, by the clock of the database."""
        return self.filter(expires_at__gt=Now())


class Proof(models.Model):
    """A six-digit code that was mailed for a pitch. Sending another keeps the older one alive."""

    pitch = models.ForeignKey(Pitch, null=True, blank=True, on_delete=models.CASCADE, related_name="proofs")
    introduction = models.ForeignKey(
        Introduction, null=True, blank=True, on_delete=models.CASCADE, related_name="proofs"
    )
    salt = models.CharField(max_length=32, default=tokens.seed, editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, help_text="on the page that asked for it")
    tries_elsewhere = models.PositiveSmallIntegerField(default=0, help_text="on all other pages of the mailbox")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    objects = ProofQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="proof_of_one_thing",
                condition=Q(pitch=None, introduction__isnull=False) | Q(pitch__isnull=False, introduction=None),
            )
        ]

    def __str__(self) -> str:
        return f"code for {self.pitch_id or self.introduction_id}"


class Embargo(models.Model):
    """The sealed part of a pitch: encrypted at rest, read by nobody before the owner accepts its terms or it lifts."""

    pitch = models.OneToOneField(Pitch, on_delete=models.CASCADE, related_name="embargo")
    lifts_at = models.DateTimeField()
    zone = models.CharField(max_length=64, help_text="in which the sender named the moment")
    sealed = models.BinaryField(null=True, help_text="tokens.lock(); gone when the pitch ends without acceptance")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_text = models.TextField(blank=True, help_text="the terms as they were shown, word for word")
    accepted_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of accepted_text")

    def __str__(self) -> str:
        return f"embargo of {self.pitch_id}"
