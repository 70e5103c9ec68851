"""A sign-in code goes past all that waits for a slow mail server."""

import threading

import pytest
from django.db import connections

from pitches import tasks
from pitches.models import Message
from portal import clock
from tests.factories import PitchFactory
from tests.notify.sending import code

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPTS, SLOW = 2_000, 0.1


def test_a_code_passes_two_thousand_receipts(sink):
    """One worker, one slow server: between the code and its delivery there is the mail under way, and one more."""
    sink.pause = SLOW
    pitch, now = PitchFactory(waiting=True), clock.now()
    Message.objects.bulk_create(
        Message(kind="receipt", to=pitch.email, pitch=pitch, page=pitch.page, dedupe=f"receipt:{number}",
                queue="later", next_at=now, created_at=now)
        for number in range(RECEIPTS)
    )  # fmt: skip
    enough = threading.Event()

    def work() -> None:
        try:
            while not enough.is_set():
                tasks.deliver("later")
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert sink.wait_for(5)
        asked = code(email="waits@mosaic.example")
        Message.objects.filter(pk=asked.pk).update(queue="codes")
        before = len(sink.raw)
        assert sink.wait_for(before + 10)
    finally:
        enough.set()
        worker.join()
    behind = [mail["To"] for mail in sink.mails].index("waits@mosaic.example") - before
    assert behind <= 2
    assert Message.objects.filter(state="pending").count() > RECEIPTS / 2
