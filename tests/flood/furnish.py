"""Who waits and who comes: `manage.py shell -c "from tests.flood.furnish import *; furnish(60); pour(100_000)"`."""

import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from pitches import doors, relationships
from pitches.intake import remember
from pitches.models import Agency, Door, Event, Page, Pitch, PitchState, Sender, Standing
from portal import clock, tokens
from portal.models import User
from tests import corpus

HOURS = ["MON 09:00", "TUE 09:00", "WED 09:00", "THU 09:00", "FRI 09:00"]  # with dates for all the friends of a run
TEXTS = 2_000  # different ones; of a hundred thousand honest pitches some read alike, too


def friend(number):
    """The mailbox of somebody who is trusted."""
    return f"friend{number}@friends{number}.example"


def device(number):
    """What the browser of a friend keeps: it proved the mailbox before."""
    return f"a-device-of-friend-{number}-".ljust(43, "x")


def account(number):
    """The mailbox of somebody who signs in."""
    return f"account{number}@accounts.example"


def furnish(people):
    """A page with a door, friends whose devices are known, and accounts: so many of both."""
    owner = User.objects.create_user("maya@flood.example", name="Maya Lind")
    page = doors.begin(owner, handle="flood", name="Maya Lind", digest=False)
    doors.keep_hours(page, HOURS, "Europe/London")
    doors.publish(page, by=owner)
    Door.objects.create(page=page, slug="door", name="A door")
    for number in range(people):
        known = {"email": friend(number), "mailbox": friend(number), "canonical": friend(number)}
        sender = Sender.objects.create(**known, name="Ines Okoro", company="Northbeam", proven_at=clock.now())
        relationships.set_by_hand(page, sender, Standing.TRUSTED, by=owner)
        remember(device(number), sender)
        user = User.objects.create_user(account(number), name="Ada Ro")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def pour(strangers):
    """So many pitches of strangers are handed in at once, each with the event that waits for its reactions.

    One of each is made by the ORM and copied by the server, so that a hundred thousand take seconds.
    """
    page = Page.objects.get(handle="flood")
    texts = [corpus.unrelated(number) for number in range(min(strangers, TEXTS))]
    with transaction.atomic(), connection.cursor() as cursor:
        sender = Sender.objects.create(email="one@of.example", mailbox="one@of.example", canonical="one@of.example",
                                       name="Elif Kaya", company="Mosaic", proven_at=clock.now())  # fmt: skip
        pitch = _pitch(page.doors.get(), sender)
        event = Event.objects.create(
            page=page, pitch=pitch, was="unproven", what="arrived", queue="later", at=clock.now()
        )
        columns = "number int PRIMARY KEY, line text, why text, detail text"
        cursor.execute(f"CREATE TEMPORARY TABLE texts ({columns}) ON COMMIT DROP")
        rows = [(number, one.line[:90], one.why[:400], one.detail[:1200]) for number, one in enumerate(texts)]
        cursor.executemany("INSERT INTO texts VALUES (%s, %s, %s, %s)", rows)
        mail = "'stranger' || n || '@crew' || n / 10 || '.example'"
        _copy(cursor, Agency, Agency.objects.create(domain="of.example"), strangers // 10 + 1,
              domain="'crew' || n - 1 || '.example'", name="'crew' || n")  # fmt: skip
        _copy(cursor, Sender, sender, strangers, email=mail, mailbox=mail, canonical=mail, agency_id=(
              "(SELECT id FROM pitches_agency WHERE domain = 'crew' || n / 10 || '.example')"))  # fmt: skip
        words = {
            name: f"(SELECT {name} FROM texts WHERE number = n %% {len(texts)})" for name in ("line", "why", "detail")
        }
        _copy(cursor, Pitch, pitch, strangers, **words, email=mail, form_key="gen_random_uuid()", code="'FLOOD-' || n",
              token_hash="md5('one' || n) || md5('two' || n)", seed="md5('seed' || n)",
              sender_id=f"(SELECT id FROM pitches_sender WHERE mailbox = {mail})")  # fmt: skip
        _copy(cursor, Event, event, strangers, pitch_id="(SELECT id FROM pitches_pitch WHERE code = 'FLOOD-' || n)")
        event.delete()
        pitch.delete()
    with connection.cursor() as cursor:  # as the server does by itself, a little later
        cursor.execute("ANALYZE")


def _copy(cursor, model, one, times, **changes):
    """Rows like this one, with what is different in SQL; `n` counts from 1."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(str(changes.get(column, f"one.{column}")) for column in columns)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM {table} one, generate_series(1, %s) n WHERE one.id = %s",
        [times, one.pk],
    )


def _pitch(door, sender):
    seed, now = tokens.seed(), clock.now()
    dates = dict.fromkeys(("written_at", "handed_in_at"), now)
    return Pitch.objects.create(
        **dates,
        lapses_at=now + timedelta(days=21),
        told_until=now + timedelta(days=21),
        page=door.page,
        door=door,
        door_version=door.version,
        sender=sender,
        email=sender.email,
        name=sender.name,
        company=sender.company,
        link="https://mosaic.example/study",
        link_host="mosaic.example",
        ask="write",
        payer="own",
        seed=seed,
        token_hash=tokens.digest(tokens.link_token("pitch", seed)),
        code="FLOOD-0",
        form_key=uuid.uuid4(),
        state=PitchState.ARRIVED,
        standing=Standing.STRANGER,
        given_lane="first_knock",
    )
