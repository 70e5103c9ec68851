"""Whose copy it is: the account, its page, the addresses that it proved, and who it is as a sender."""

from functools import cached_property

from allauth.account.models import EmailAddress

from pitches.models import Page
from portal import domains
from portal.models import User


class Whose:
    """An account, and what is asked of it more than once."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def page(self) -> Page | None:
        """Its page, if it has one."""
        return Page.objects.filter(owner=self.user).first()

    @cached_property
    def mailboxes(self) -> list[str]:
        """The mailboxes that it proved."""
        proven = EmailAddress.objects.filter(user=self.user, verified=True).values_list("email", flat=True)
        return sorted({domains.mailbox(email) for email in proven})
