"""Keeping ready words. What is as usual is no row; an answer that was given keeps what it said."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pitches.models import AnswerKind, Page, Reason, Reply
from pitches.replies.listing import Ready, find, own, ready_of, without_usual

MOST = 12  # of the owner's own, for each kind


class Changed(Exception):
    """They were changed in another window since they were shown."""


class TooMany(Exception):
    """There are as many as fit. The message is a sentence."""


def stamp(ready: Ready | None) -> str:
    """What tells whether it was changed since."""
    row = ready.row if ready else None
    said = (row.label, row.text, row.again, row.fits) if row else ("",) * 4
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]


@transaction.atomic
def keep(page: Page, name: str, *, seen: str = "", **said: str) -> Ready | None:
    """Keep the owner's words; `said`: label, text, again, fits. None if it is gone.

    Raises Changed if it is not what `seen` is the stamp of. What is the same as usual is kept as empty, so that it goes
    on to follow the language of the sender.
    """
    _one_at_a_time(page)
    ready = find(page, name)
    if ready is None:
        return None
    if seen and seen != stamp(ready):
        raise Changed
    _write(page, ready, **without_usual(ready, said))
    return find(page, name)


def _write(page: Page, ready: Ready, **said: Any) -> None:
    """Change its row, or make one: only one of the usual ones can be without."""
    if ready.row:
        Reply.objects.filter(pk=ready.row.pk).update(**said)
    else:
        key = "reason" if ready.kind == AnswerKind.NO else "usual"
        Reply.objects.create(page=page, kind=ready.kind, **{key: ready.name}, **said)


@transaction.atomic
def add(page: Page, kind: AnswerKind, **said: str) -> Ready:
    """One more of the owner's own, after the others. Raises TooMany."""
    _one_at_a_time(page)
    there = ready_of(page)[kind]
    if sum(one.own for one in there) >= MOST:
        raise TooMany(
            _("You have %(most)s of your own here, which is as many as fit. Change one of them.") % {"most": MOST}
        )
    last = max([len(there), *(one.row.position for one in there if one.row)])
    return own(Reply.objects.create(page=page, kind=kind, position=last + 1, **said))


@transaction.atomic
def hide(page: Page, name: str, *, hidden: bool) -> Ready | None:
    """Take it out of the ready ones, or put it back. None if it is gone."""
    _one_at_a_time(page)
    ready = find(page, name)
    if ready and ready.reason != Reason.NO_TIME:
        _write(page, ready, hidden=hidden)
    return ready


@transaction.atomic
def move(page: Page, name: str, *, by: int) -> Ready | None:
    """One place up (-1) or down (1) among its kind; at the end it stays. None if it is gone."""
    _one_at_a_time(page)
    ready = find(page, name)
    if ready is None:
        return None
    there = ready_of(page)[ready.kind]
    now = next(place for place, one in enumerate(there) if one.name == name)
    there.insert(max(0, now + by), there.pop(now))
    for place, one in enumerate(there, start=1):
        _write(page, one, position=place)
    return ready


@transaction.atomic
def restore(page: Page, name: str) -> Ready | None:
    """The usual words again, in its place. Gives what was said until now; None where nothing is usual."""
    _one_at_a_time(page)
    was = find(page, name)
    if was is None or was.own:
        return None
    if was.row:
        _write(page, was, label="", text="", again="")
    return was


@transaction.atomic
def remove(page: Page, name: str) -> Ready | None:
    """One of the owner's own, for good. Gives what it said; None if it is gone or one of the usual ones."""
    _one_at_a_time(page)
    was = find(page, name)
    if was is None or not was.own or was.row is None:
        return None
    Reply.objects.filter(pk=was.row.pk).delete()
    return was


def _one_at_a_time(page: Page) -> None:
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)
