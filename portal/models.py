"""Accounts, and the drawer that keeps mails on a machine without a mail server."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users by email."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who signs in with this address; without a password, by mailed code."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An operator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: an owner of a page, or an operator. Signs in by email."""

    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=now)
    goes_at = models.DateTimeField(null=True, blank=True, help_text="when it is erased, as it asked to be")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_going(self) -> bool:
        """Has its day come? From then on nobody signs in, and nothing is answered."""
        return self.goes_at is not None and not self.is_active


class Tally(models.Model):
    """How often something was tried within a span that began at a moment. See portal/limits.py."""

    what = models.CharField(max_length=24, help_text="a name of limits.LIMITS")
    who = models.CharField(max_length=64, help_text="keyed hash of a network, or the number of a page")
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "tallies"
        constraints: ClassVar = [models.UniqueConstraint(fields=["what", "who", "began_at"], name="tally_once")]
        indexes: ClassVar = [models.Index(fields=["began_at"], name="tally_began")]  # what is over is deleted

    def __str__(self) -> str:
        return f"{self.what} {self.count}"


class DrawerMail(models.Model):
    """One mail as it was handed over, kept for reading at /dev/mail where no mail server is set."""

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    raw = models.BinaryField()
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
