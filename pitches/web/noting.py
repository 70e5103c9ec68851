"""Notes and tags at the desk, of a person in all their mailboxes or of an agency."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from pitches import book
from pitches.forms.ledger import NoteForm, TagsForm
from pitches.models import Agency, Contact, Page, Sender
from pitches.web import access, cards, threads, undoing

SALT = "a removed note"


def shown(request: HttpRequest, contacts: Iterable[Contact]) -> list[Any]:
    """The notes, each with `who` wrote it, and `own`: may whoever asks remove it?"""
    me, notes = access.signed_in(request), book.notes(contacts)
    desk = threads.desk_of(access.desk_page(request), me, (note.by_id for note in notes))
    return [cards.wear(note, own=note.by_id == me.pk, who=desk.who(note.by_id)) for note in notes]


def carry_out(request: HttpRequest, page: Page, found: Sequence[Sender | Agency], action: str) -> NoteForm | None:
    """Write a note, remove one's own, or put it back. The form, if something is wrong with it."""
    me = access.signed_in(request)
    if request.POST.get("remove"):
        note = access.own_note(page, request.POST["remove"], found)
        kept = signing.dumps({"text": note.text, "at": note.at.isoformat()}, salt=SALT)
        if not book.remove_note(note, by=me):
            raise Http404
        undoing.said(request, _("The note is gone."), action, again=kept)
    elif request.POST.get("again"):
        try:
            kept_note = signing.loads(request.POST["again"], salt=SALT, max_age=3600)
        except signing.BadSignature as error:
            raise Http404 from error
        book.add_note(page, found[0], kept_note["text"], by=me, at=datetime.fromisoformat(kept_note["at"]))
        messages.success(request, _("The note is back."))
    else:
        form = NoteForm(request.POST, auto_id="note_%s")
        if not form.is_valid():
            return form
        note = book.add_note(page, found[0], form.cleaned_data["text"], by=me)
        undoing.said(request, _("Noted."), action, remove=note.pk)
    return None


def keep_tags(request: HttpRequest, page: Page, found: Sequence[Sender | Agency], action: str) -> TagsForm | None:
    """Keep the tags. The form, if something is wrong with them."""
    form = TagsForm(request.POST, auto_id="tags_%s")
    if not form.is_valid():
        return form
    before = book.tags_of(book.contacts(page, found))
    wanted = form.cleaned_data["tags"]
    book.keep_tags(page, found, wanted)
    if before != sorted(wanted):
        undoing.said(request, _("The tags are kept."), action, tags=", ".join(before))
    return None
