"""The owner's hand at the desk: set how somebody stands, end a block or a pause, take the last word back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pitches import relationships
from pitches.forms.ledger import EVERYWHERE, PlaceForm
from pitches.models import Agency, Evidence, Page, Sender, Standing
from pitches.web import access, cards, undoing
from portal import clock


def carry_out(
    request: HttpRequest, page: Page, who: Sender | Agency, form: PlaceForm, *, name: str, action: str
) -> PlaceForm | None:
    """Do what a form asks for, and say so with the way back. The form, if something is wrong with it."""
    if request.POST.get("undo"):
        undo(request, page, who)
    elif request.POST.get("lift"):
        _lift(request, page, who, name=name, action=action)
    elif form.is_valid():
        word = relationships.set_by_hand(page, who, by=access.signed_in(request), **form.verdict())
        told(request, page, word, name=name, action=action)
    else:
        return form
    return None


def told(request: HttpRequest, page: Page, word: Evidence, *, name: str, action: str, **fields: str) -> None:
    """Say how somebody stands from now on. "Undo" posts to `action` the number of the word, with these fields."""
    back = request.POST.get("back", "")
    undoing.said(request, _said(page, name, word), action, undo=word.pk, back=back, **fields)


def _said(page: Page, name: str, word: Evidence) -> str:
    words = {
        "name": name,
        "standing": cards.lower_first(str(Standing(word.standing).label)),
        "where": word.door.name if word.door else _("every door"),
        "day": page.local_date(word.until).isoformat() if word.until else "",
    }
    if word.until:
        return _("%(name)s is now: %(standing)s until %(day)s, at %(where)s.") % words
    return _("%(name)s is now: %(standing)s, at %(where)s.") % words


def undo(request: HttpRequest, page: Page, who: Sender | Agency) -> None:
    """Take a word back, if nothing was said since."""
    found = relationships.mailboxes(page, who)
    word = access.own_word(page, request.POST["undo"], found)
    try:
        relationships.take_back(word, by=access.signed_in(request))
    except relationships.SaidSince:
        messages.warning(request, _("You have said something else since, or took it back already. That holds."))
    else:
        messages.success(request, _("Taken back. They stand as before."))


def _lift(request: HttpRequest, page: Page, who: Sender | Agency, *, name: str, action: str) -> None:
    """End a block or a pause of one place. Its undo says the same once more."""
    slug = request.POST["lift"]
    door = None if slug == EVERYWHERE else access.own_door(page, slug)
    last = relationships.aside(page, who, door=door)
    if last is None or not relationships.lift(page, who, by=access.signed_in(request), door=door):
        messages.warning(request, _("It has ended already."))
        return
    again: dict[str, Any] = {"standing": last.standing, "where": slug, "back": request.POST.get("back", "")}
    if last.until:
        again["until"] = page.local_date(last.until).isoformat()
    words = (
        _("%(name)s is no longer blocked.")
        if last.standing == Standing.BLOCKED
        else _("The pause of %(name)s is over.")
    )
    if _over(page, last):
        messages.success(request, words % {"name": name})
    else:
        undoing.said(request, words % {"name": name}, action, **again)


def _over(page: Page, last: Evidence) -> bool:
    """A pause that would have ended by itself today cannot be said again."""
    return last.until is not None and page.local_date(last.until) <= page.local_date(clock.now())
