"""Helping: who sits at whose desk, and what they may do there.

Whoever is signed in owns a page, or has verified a mailbox with which an owner asked them to help, or both. There is no
other tie, and it is asked for each time: somebody who was removed is out with their next press.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches import lifecycle
from pitches.models import RANKS, Answer, Assistant, Fact, Page, Pitch, Role
from portal.models import User


class NotAllowed(Exception):
    """This is more than somebody's role lets them do, or they help no longer. The message is a sentence for them."""


class CutShort(NotAllowed):
    """They were removed, or their role was changed, between two turns of one press. The message says what was done."""


class KeeperGone(NotAllowed):
    """Who should look after a pitch helps no longer; whoever gives it to them may still do so with others."""


@dataclass(frozen=True)
class Seat:
    """Somebody's place at a desk: whose page it is, and what they may do."""

    user: User
    page: Page
    role: Role
    alone: bool = False  # it is known that they may sit nowhere else

    def may(self, role: Role) -> bool:
        """Does the role reach so far?"""
        return RANKS.index(self.role) >= RANKS.index(role)

    @property
    def is_owner(self) -> bool:
        """Is it their own page?"""
        return self.may(Role.OWNER)

    @property
    def may_answer(self) -> bool:
        """May they speak for the owner?"""
        return self.may(Role.ASSISTANT)

    @property
    def may_sort(self) -> bool:
        """May they put off, tag, note and give to somebody?"""
        return self.may(Role.SCREENER)

    def others(self) -> "list[Seat]":
        """The other desks at which they may sit, their own first. Two queries at most."""
        if self.alone:
            return []
        own = Page.objects.filter(owner=self.user).exclude(pk=self.page.pk) if not self.is_owner else []
        seats = [Seat(self.user, page, Role.OWNER) for page in own]
        return seats + [seat for seat in seats_of(self.user) if seat.page.pk != self.page.pk]


def from_role(role: Role) -> list[str]:
    """The roles that reach so far."""
    return [one.value for one in RANKS[RANKS.index(role) :]]


def helps(user: User | OuterRef) -> QuerySet[Assistant]:
    """Where somebody helps at the desk, by the mailboxes that they verified."""
    mailboxes = EmailAddress.objects.filter(user=user, verified=True).values(mailbox=Lower("email"))
    desk = Assistant.objects.filter(joined_at__isnull=False, left_at=None, role__in=from_role(Role.READER))
    return desk.filter(mailbox__in=mailboxes)


def seats_of(user: User) -> list[Seat]:
    """The desks of others at which somebody may sit, by name. One query."""
    rows = helps(user).select_related("page").order_by("page__name", "page_id")
    best: dict[int, Assistant] = {}
    for row in rows:  # two of their mailboxes may have been asked
        if row.page_id not in best or RANKS.index(Role(row.role)) > RANKS.index(Role(best[row.page_id].role)):
            best[row.page_id] = row
    return [Seat(user, row.page, Role(row.role)) for row in best.values()]


def at_the_desk(page: Page) -> list[tuple[User, Assistant]]:
    """Whoever may sit at the desk of a page beside its owner, each once, by name. Two queries at most."""
    accounts = EmailAddress.objects.annotate(mailbox=Lower("email")).filter(verified=True, mailbox=OuterRef("mailbox"))
    rows = page.assistants.filter(joined_at__isnull=False, left_at=None, role__in=from_role(Role.READER))
    seats: dict[int, Assistant] = {}
    for row in rows.annotate(account=Subquery(accounts.values("user")[:1])).order_by("name", "pk"):
        if row.account not in (None, page.owner_id):
            seats.setdefault(row.account, row)
    users = User.objects.in_bulk(seats) if seats else {}
    return [(users[number], row) for number, row in seats.items()]


def once_at(user: User, number: int) -> str:
    """The name on a page where somebody helps, or helped and is still on record; "" for any other page."""
    mailboxes = EmailAddress.objects.filter(user=user, verified=True).values(mailbox=Lower("email"))
    rows = Assistant.objects.filter(page=number, mailbox__in=mailboxes, joined_at__isnull=False)
    return rows.values_list("page__name", flat=True).first() or ""


def voice(page: Page, by: User | None, role: Role) -> str:
    """The name of who acts for the owner; empty for the owner. Raises NotAllowed where the role does not reach so far.

    Within a transaction their row is held: whoever is removed meanwhile is removed before or after, never between.
    """
    if by is None or by.pk == page.owner_id:
        return ""
    row = helps(by).filter(page=page, role__in=from_role(role)).select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise NotAllowed(_("You may not do this here, or you help here no longer. Nothing was changed."))
    return row.name


@contextmanager
def turn(done: int) -> Iterator[None]:
    """One turn of a press that holds too many rows for a single transaction; `done`: pitches in the turns before it.

    Whoever may not go on keeps what is done, and hears how much it was.
    """
    try:
        with transaction.atomic():
            yield
    except NotAllowed as refused:
        if not done:
            raise
        words = ngettext(
            "You may not do this here any longer, or you help here no longer. "
            "%(count)s pitch was done before that, and stays done; the rest was left as it was.",
            "You may not do this here any longer, or you help here no longer. "
            "%(count)s pitches were done before that, and stay done; the rest was left as it was.",
            done,
        )
        raise CutShort(words % {"count": done}) from refused


def name_of(page: Page, by: User | None) -> str:
    """How somebody who helped is called at a desk, also when they help no more; empty for the owner."""
    if by is None or by.pk == page.owner_id:
        return ""
    mailboxes = EmailAddress.objects.filter(user=by, verified=True).values(mailbox=Lower("email"))
    row = Assistant.objects.filter(page=page, mailbox__in=mailboxes).order_by("-pk").first()
    return row.name if row else by.name or _("somebody who helped")


def names_of(page: Page, users: Collection[int]) -> dict[int, str]:
    """How those who acted at a desk are called there, by the number of their account. Not the owner. Three queries."""
    asked = {number for number in users if number != page.owner_id}
    if not asked:
        return {}
    other = _("somebody who helped")
    found = {user.pk: user.name or other for user in User.objects.filter(pk__in=asked)}
    proven = EmailAddress.objects.filter(user__in=asked, verified=True).values_list("user_id", Lower("email"))
    mailboxes: dict[str, int] = {mailbox: user for user, mailbox in proven}
    for row in Assistant.objects.filter(page=page, mailbox__in=mailboxes).order_by("pk"):
        found[mailboxes[row.mailbox]] = row.name
    return found


def in_the_house(helper: Assistant) -> int:
    """How many answers somebody gave that have not gone out."""
    accounts = EmailAddress.objects.annotate(mailbox=Lower("email")).filter(mailbox=helper.mailbox, verified=True)
    held = Answer.objects.held().filter(pitch__page=helper.page_id, by__in=accounts.values("user"))
    return held.exclude(said_by="").exclude(kind="later").count()


def keepers(page: Page) -> QuerySet[Assistant]:
    """Those who may look after a pitch: who sits at the desk and may at least sort."""
    return page.assistants.filter(joined_at__isnull=False, left_at=None, role__in=from_role(Role.SCREENER)).order_by(
        "name", "pk"
    )


def assign(pitch: Pitch, to: Assistant | None, *, by: User) -> bool:
    """Give a pitch to somebody to look after, or back to nobody. False if it was so. Raises NotAllowed or KeeperGone.

    The page is held after the helper's row, as by whoever removes somebody: a pitch is never given to who just left.
    """
    with transaction.atomic():
        voice(pitch.page, by, Role.SCREENER)
        Page.objects.select_for_update(no_key=True).get(pk=pitch.page_id)
        if to and not keepers(pitch.page).filter(pk=to.pk).exists():
            raise KeeperGone(_("%(name)s does not help with this any longer. Nothing was changed.") % {"name": to.name})
        if not Pitch.objects.filter(pk=pitch.pk).exclude(assigned_to=to).update(assigned_to=to):
            return False
        lifecycle.record(Fact.ASSIGNED, pitch.page, pitch, by=by, note=str(to.pk) if to else "")
    pitch.assigned_to = to
    return True


def free(helper: Assistant) -> None:
    """What somebody looked after is looked after by nobody."""
    with transaction.atomic():  # by their number, as whoever answers many
        rows = Pitch.objects.filter(assigned_to=helper).order_by("pk").select_for_update(no_key=True)
        Pitch.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(assigned_to=None)
