"""Files beside a pitch: only where the owner allows them, and only from people the owner knows or trusts.

What is in a file is looked at as bytes, never opened. decisions/0017 says why the bytes rest in the database.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from pitches import relationships
from pitches.intake import filekinds
from pitches.intake.filekinds import FileRefused
from pitches.intake.refusal import Refused
from pitches.models import Agency, Attachment, Pitch, PitchState, Sender, Standing
from portal import clock

MB = 1024 * 1024
LARGEST, MOST, HEAVIEST = 10 * MB, 3, 15 * MB  # bytes of a file; files of a pitch; bytes of a pitch
QUOTA, WINDOW = 100 * MB, timedelta(days=30)  # bytes of one agency, or of one person without one, at one page
FROM = (Standing.KNOWN, Standing.TRUSTED)  # as it was when the pitch came in
WHILE = (PitchState.WAITING, PitchState.ASKED)  # as the sender was told


def welcome(pitch: Pitch, told: PitchState) -> bool:
    """May files come with this pitch now? `told`: its told_state, so nobody learns whether it was read."""
    return pitch.door.takes_files and pitch.standing in FROM and told in WHILE


def attach(pitch: Pitch, name: str, content: bytes) -> Attachment:
    """Keep a file with a pitch. Raises Refused ("tier": not here, or not from you; "answered"), or FileRefused."""
    if not pitch.door.takes_files or pitch.standing not in FROM or _fell_out(pitch):
        raise Refused("tier")
    if len(content) > LARGEST:
        raise FileRefused(_("This file is larger than 10 MB. Make it smaller, or put it behind a link in a note."))
    kind = filekinds.kind_of(name, content)
    with transaction.atomic():
        _one_at_a_time(pitch)
        if pitch.told_state not in WHILE:
            raise Refused("answered")
        _check_room(pitch, len(content))
        facts = {"name": filekinds.clean(name), "kind": kind, "size": len(content), "content": content}
        return Attachment.objects.create(pitch=pitch, at=clock.now(), **facts)


def _fell_out(pitch: Pitch) -> bool:
    """Has the owner blocked or paused them since?"""
    now = relationships.standing_of(pitch.page, pitch.sender, pitch.door)
    return now in (Standing.BLOCKED, Standing.PAUSED)


def remove(pitch: Pitch, file: Attachment) -> None:
    """Take a file away again. Doing it twice changes nothing. Raises Refused("answered")."""
    if pitch.told_state not in WHILE:
        raise Refused("answered")
    Attachment.objects.filter(pk=file.pk, pitch=pitch).delete()


def _one_at_a_time(pitch: Pitch) -> None:
    """Two tabs, or two colleagues, wait for each other here, so that no limit is passed by a race."""
    assert pitch.sender is not None
    if pitch.sender.agency_id:
        Agency.objects.select_for_update(no_key=True).get(pk=pitch.sender.agency_id)
    else:
        rows = Sender.objects.select_for_update(no_key=True).filter(canonical=pitch.sender.canonical)
        list(rows.order_by("pk").values_list("pk"))
    pitch.refresh_from_db(fields=["state"])


def _check_room(pitch: Pitch, size: int) -> None:
    sizes = list(pitch.attachments.values_list("size", flat=True))
    if len(sizes) >= MOST:
        raise FileRefused(_("Three files are the most for one pitch. Take one away first."))
    if sum(sizes) + size > HEAVIEST:
        raise FileRefused(_("All files of a pitch together may have 15 MB. Take one away first, or make it smaller."))
    if _used(pitch) + size > QUOTA:
        raise FileRefused(
            _("Files from your side at this page reached 100 MB in 30 days, which is the most. A link works as well.")
        )


def _used(pitch: Pitch) -> int:
    """Bytes that the same agency, or the same person, left at the page in the last 30 days."""
    assert pitch.sender is not None
    same = Q(pitch__sender__canonical=pitch.sender.canonical)
    if pitch.sender.agency_id:
        same = Q(pitch__sender__agency=pitch.sender.agency_id)
    recent = Attachment.objects.filter(same, pitch__page=pitch.page_id, at__gt=clock.now() - WINDOW)
    return recent.aggregate(all=Sum("size"))["all"] or 0
