"""Reading: a session, and the answers given in it."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pitches.models.door import Door
from pitches.models.page import Page
from pitches.models.pitch import Pitch, PitchState

HOLD = timedelta(minutes=10)  # how long what the owner says stays in the house, so that it can be undone
ASK_AGAIN_AFTER = timedelta(days=90)  # after "not now", unless the owner names another day


class AnswerKind(models.TextChoices):
    """The influencer's verbs."""

    YES = "yes", _("Yes")
    ASK = "ask", _("Question")
    LATER = "later", _("Later")
    NO = "no", _("No")
    WRONG_DOOR = "wrong_door", _("Wrong door")


class Reason(models.TextChoices):
    """Why not. The texts that teach are in replies/usual.py."""

    NOT_MY_TOPIC = "not_my_topic", _("Not my topic")
    COVERED = "covered", _("I have covered it")
    NOT_NOW = "not_now", _("Not now, ask me later")
    NO_PROOF = "no_proof", _("No proof I can check")
    ADVERT = "advert", _("Too close to an advert")
    NOT_FOR_READERS = "not_for_readers", _("Not right for my readers")
    NO_REASON = "no_reason", _("I would rather not say why")
    OWN_LINE = "own_line", _("Write my own line")
    NO_TIME = "no_time", _("I did not get to it")


class Fits(models.TextChoices):
    """Where another try belongs, after a no."""

    HERE = "here", _("at the same door")
    BY_DATE = "by_date", _("at the same door, from a day on")
    ELSEWHERE = "elsewhere", _("another idea, behind another door")
    PAID = "paid", _("where a door takes paid slots")
    OPEN = "open", _("left open")


class ReadingSession(models.Model):
    """One sitting of reading: the cards were chosen when it began."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="reading_sessions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    cards = ArrayField(models.BigIntegerField(), default=list, help_text="pitches, in order")
    began_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True, help_text="it goes on at the same card")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page"],
                condition=Q(ended_at=None),
                name="session_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"session of {self.page_id}, {self.began_at:%Y-%m-%d}"


class Look(models.Model):
    """Which card somebody has open in a session. Another one is told, and gets the next card first (a soft lock)."""

    session = models.ForeignKey(ReadingSession, on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="looks")
    since = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="after a while without a sign the card is free again")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "by"], name="look_one_card_each")]

    def __str__(self) -> str:
        return f"{self.by_id} looks at {self.pitch_id}"


class Spent(models.Model):
    """How long somebody had a pitch open: the time ledger. Idle minutes are capped when it is written."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="spent")
    session = models.ForeignKey(ReadingSession, null=True, on_delete=models.SET_NULL, related_name="spent")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    seconds = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seconds} s for {self.pitch_id}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Questions about answers."""

    def held(self) -> Self:
        """Given, and still in the house."""
        return self.filter(sent_at=None, undone_at=None)

    def gone(self) -> Self:
        """Those that went out, the last one first."""
        return self.filter(sent_at__isnull=False).order_by("-sent_at", "-pk")


class Answer(models.Model):
    """What the influencer decided. It leaves the house some minutes after the session, and can be undone until then."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="answers")
    session = models.ForeignKey(
        ReadingSession,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answers",
    )
    kind = models.CharField(max_length=12, choices=AnswerKind)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    text = models.CharField(max_length=280, blank=True)
    words = models.TextField(blank=True, help_text="the ready text as the owner words it, filled in; empty: the usual")
    label = models.CharField(max_length=60, blank=True, help_text="of the ready answer; only the desk shows it")
    again = models.CharField(max_length=280, blank=True, help_text="what would change a no; empty: the usual")
    fits = models.CharField(max_length=12, blank=True, choices=Fits, help_text="empty: as the reason says")
    said_by = models.CharField(max_length=80, blank=True, help_text="who answered for the owner; empty: the owner")
    batch = models.UUIDField(null=True, blank=True, help_text="given at one press, and undone at one")
    was = models.CharField(
        max_length=12,
        choices=PitchState,
        help_text="where undo brings the pitch back to",
    )
    lapsed_at = models.DateTimeField(null=True, blank=True, help_text="when the pitch would lapse, for undo")
    until = models.DateField(
        null=True, blank=True, help_text="with later: when it comes back; with not now: from when it may be tried again"
    )
    when_open = models.BooleanField(default=False, help_text="with later: sooner, if the door opens")
    door = models.ForeignKey(
        Door, null=True, blank=True, on_delete=models.RESTRICT, related_name="+", help_text="the right one"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField()
    goes_out_at = models.DateTimeField(null=True, blank=True, help_text="set when the session ends")
    sent_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pitch"],
                condition=Q(sent_at=None, undone_at=None),
                name="answer_one_held_per_pitch",
            ),
            models.CheckConstraint(name="answer_no_has_reason", condition=Q(kind="no") ^ Q(reason="")),
            models.CheckConstraint(name="answer_names_a_door", condition=Q(kind="wrong_door") ^ Q(door=None)),
            models.CheckConstraint(
                name="answer_sent_or_undone",
                condition=Q(sent_at=None) | Q(undone_at=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["goes_out_at"],
                name="answer_due",
                condition=Q(sent_at=None, undone_at=None),
            ),
            # review: all that was given at one press is undone at one.
            models.Index(fields=["batch"], name="answer_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.pitch_id}"

    @property
    def again_on(self) -> date | None:
        """From which day on, for the owner, what got a "not now" may be tried again."""
        if self.reason != Reason.NOT_NOW:
            return None
        return self.until or self.pitch.page.local_date(self.given_at) + ASK_AGAIN_AFTER
