"""A backup of the morning is restored in the evening, with PostgreSQL's own programs: nothing is sent a second time."""

import subprocess

import pytest
from django.db import connection

from pitches.models import Attempt, Message, Sending, Stop
from pitches.notify import brake, delivery
from portal import clock, embedded
from tests.factories import PitchFactory
from tests.notify.sending import receipt

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = [model._meta.db_table for model in (Message, Attempt, Sending)]
MAILS = 100


def run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, for the database of this test."""
    connection.ensure_connection()
    where = connection.connection.info
    at = ["--host", where.host, "--username", where.user, "--dbname", where.dbname]
    subprocess.run(
        [str(embedded.postgres_bin() / program), *at, *arguments], check=True, capture_output=True, timeout=60
    )


def test_a_restored_backup_sends_nothing_until_somebody_says_so(sink, settings, tmp_path):
    settings.MAIL_MARK, backup = str(tmp_path / "mail.mark"), str(tmp_path / "morning.dump")
    receipt()
    delivery.deliver("soon")
    pitch, now = PitchFactory(waiting=True), clock.now()
    Message.objects.bulk_create(
        Message(kind="receipt", to=pitch.email, pitch=pitch, page=pitch.page, dedupe=f"one:{number}",
                queue="soon", next_at=now, created_at=now)
        for number in range(MAILS)
    )  # fmt: skip
    run("pg_dump", "--format=custom", "--data-only", *(f"--table={table}" for table in TABLES), "--file", backup)
    while delivery.deliver("soon"):
        pass
    assert len(sink.mails) == 1 + MAILS

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    run("pg_restore", "--data-only", backup)
    assert Message.objects.filter(state="pending").count() == MAILS
    for _ in range(3):
        assert delivery.deliver("soon") == 0
    assert (brake.state().why, len(sink.mails)) == (Stop.RESTORED, 1 + MAILS)

    assert brake.resume(skip=True) == MAILS
    receipt()
    delivery.deliver("soon")
    assert len(sink.mails) == 2 + MAILS
