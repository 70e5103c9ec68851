"""To ask for a copy, to fetch it, and to let go of it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction

from pitches.copies.making import QUEUE
from pitches.models import CopyState, DataCopy, DataCopyPart
from portal import clock, relay
from portal.models import User

A_DAY = timedelta(days=1)


def newest(user: User) -> DataCopy | None:
    """The copy that an account asked for last."""
    return user.data_copies.order_by("-pk").first()


def may_ask_again(copy: DataCopy | None) -> bool:
    """One at a time, and one a day; what could not be made may be tried at once."""
    if copy is None or copy.state == CopyState.FAILED:
        return True
    return copy.state != CopyState.MAKING and copy.asked_at <= clock.now() - A_DAY


@transaction.atomic
def ask(user: User) -> tuple[DataCopy, bool]:
    """Ask for a copy; an older one goes. A second press finds the one that is under way. And whether it is new."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two presses come one after the other
    last = newest(user)
    if last and not may_ask_again(last):
        return last, False
    user.data_copies.all().delete()
    copy = DataCopy.objects.create(user=user, asked_at=clock.now())
    relay.ring("copy", QUEUE)
    return copy, True


class _Pipe(io.RawIOBase):
    """What is written comes out again, piece by piece; nothing is kept."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What came since the last time."""
        pieces, self.pieces = b"".join(self.pieces), []
        return pieces


def download(copy: DataCopy) -> Iterator[bytes]:
    """The ZIP, one part in memory at a time. What cannot be read any more ends it with an error, never half."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        # The words of what is in it come first, though they are written last.
        *others, words = copy.parts.order_by("pk").values_list("pk", flat=True)
        for pk in (words, *others):
            part = copy.parts.get(pk=pk)
            info = zipfile.ZipInfo(part.name, date_time=(copy.ready_at or clock.now()).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, zlib.decompress(part.content))
            yield pipe.taken()
    yield pipe.taken()


def forget() -> int:
    """Let go of what was to be fetched within a week. Returns how many copies."""
    over = DataCopy.objects.filter(state=CopyState.READY, ends_at__lte=clock.now())
    with transaction.atomic():
        ended = list(over.select_for_update().values_list("pk", flat=True))
        DataCopyPart.objects.filter(copy__in=ended).delete()
        return DataCopy.objects.filter(pk__in=ended).update(state=CopyState.ENDED, size=0)
