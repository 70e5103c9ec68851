"""What a desk keeps beside a pitch: remarks and tags, of which no sender learns; and the views of the inbox."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pitches import helping, lifecycle
from pitches.models import Fact, Page, Pitch, Remark, Role, View
from portal import clock
from portal.models import User

LONGEST_REMARK = 1000  # characters
MOST_TAGS, LONGEST_TAG = 12, 24
MOST_VIEWS, LONGEST_NAME = 20, 40


class NotKept(ValueError):
    """A view that cannot be kept so; the message is a sentence for whoever wanted it."""


# ── on a pitch ───────────────────────────────────────────────────────────────
@transaction.atomic
def remark(pitch: Pitch, text: str, *, by: User) -> Remark:
    """Note something about a pitch. Raises NotAllowed. The fact is written down, the words are not."""
    name = helping.voice(pitch.page, by, Role.SCREENER)
    lifecycle.record(Fact.REMARKED, pitch.page, pitch, by=by)
    return Remark.objects.create(pitch=pitch, text=text, by=by, by_name=name, at=clock.now())


@transaction.atomic
def drop_remark(remarked: Remark, *, by: User) -> None:
    """Take one's own note away. Raises NotAllowed."""
    helping.voice(remarked.pitch.page, by, Role.SCREENER)
    if remarked.by_id != by.pk:
        raise helping.NotAllowed(_("Only who wrote a note takes it away."))
    remarked.delete()


@transaction.atomic
def tag(pitch: Pitch, tags: Sequence[str], *, by: User) -> bool:
    """The tags of a pitch from now on, written as the book writes them. False if they were these. Raises NotAllowed."""
    helping.voice(pitch.page, by, Role.SCREENER)
    wanted = [one[:LONGEST_TAG] for one in tags][:MOST_TAGS]
    if not Pitch.objects.filter(pk=pitch.pk).exclude(tags=wanted).update(tags=wanted):
        return False
    pitch.tags = wanted
    lifecycle.record(Fact.TAGGED, pitch.page, pitch, by=by)
    return True


# ── views ────────────────────────────────────────────────────────────────────
def keep_view(page: Page, user: User, name: str, query: str) -> View:
    """Keep what stands in the address under a name, behind the others. Raises NotKept."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one after the other, so that none is too many
        mine = View.objects.filter(page=page, user=user)
        if mine.count() >= MOST_VIEWS:
            raise NotKept(_("You keep %(most)s views, which is the most. Drop one first.") % {"most": MOST_VIEWS})
        _check_name(page, user, name)
        last = mine.order_by("-position").first()
        return View.objects.create(
            page=page, user=user, name=name, query=query, position=last.position + 1 if last else 0
        )  # fmt: skip


def rename_view(view: View, name: str) -> None:
    """Call a view something else. Raises NotKept."""
    _check_name(view.page, view.user, name, but=view.pk)
    view.name = name
    try:
        with transaction.atomic():
            View.objects.filter(pk=view.pk).update(name=name)  # one that is gone meanwhile stays so
    except IntegrityError as clash:
        raise _clash(name) from clash


def drop_view(view: View) -> tuple[str, str]:
    """Keep a view no longer. Its name and what it looked for, to put it back."""
    name, query = view.name, view.query
    view.delete()
    return name, query


def move_view(view: View, *, up: bool) -> None:
    """One place up or down among one's own. One that is gone meanwhile moves nothing."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=view.user_id)  # as keep_view()
        mine = list(View.objects.filter(page=view.page, user=view.user_id))
        if view not in mine:
            return
        at = mine.index(view)
        to = max(0, min(len(mine) - 1, at - 1 if up else at + 1))
        mine.insert(to, mine.pop(at))
        for place, one in enumerate(mine):
            one.position = place
        View.objects.bulk_update(mine, ["position"])


def _check_name(page: Page, user: User, name: str, *, but: int = 0) -> None:
    if View.objects.filter(page=page, user=user, name__iexact=name).exclude(pk=but).exists():
        raise _clash(name)


def _clash(name: str) -> NotKept:
    return NotKept(_("You have a view called “%(name)s” already. Choose another name.") % {"name": name})
