"""Mails about a whole account, and of what ends with it."""

from datetime import timedelta

from pitches.models import DataCopy, Erasure, Message, Pitch
from pitches.notify import outbox, own_data
from portal import clock
from portal.models import User
from tests.factories import PageFactory, PitchFactory, UserFactory


def data_copy() -> Message:
    """The copy of an account's data is ready."""
    now, user = clock.now(), UserFactory()
    moments = {"asked_at": now, "ready_at": now, "ends_at": now + timedelta(days=7)}
    own_data.data_copy(DataCopy.objects.create(user=user, state="ready", size=2_400_000, **moments))
    return Message.objects.get(kind="data_copy")


def account_goes(user: User | None = None) -> Message:
    """An account goes in two weeks, and its page with it."""
    goes, user = clock.now() + timedelta(days=14), user or PageFactory().owner
    moments = {"asked_at": clock.now(), "goes_at": goes, "next_at": goes}
    own_data.account_goes(Erasure.objects.create(user=user, subject="-", **moments))
    return Message.objects.get(kind="account_goes")


def account_goes_without_a_page() -> Message:
    """The same of one that only pitches."""
    return account_goes(UserFactory())


def lapsed_for_good() -> Message:
    """The page closes, and with it ends what waits."""
    pitch = PitchFactory(lapsed=True, line="Say <b>it</b> & more")
    User.objects.filter(pk=pitch.page.owner_id).update(is_active=False, goes_at=clock.now())
    pitch = Pitch.objects.get(pk=pitch.pk)
    return outbox.put("lapsed", pitch.email, dedupe=f"lapsed:{pitch.pk}", pitch=pitch, queue="later")
