"""Who waits and who comes: `manage.py shell -c "from tests.flood.furnish import *; furnish(60); pour(100_000)"`."""

import uuid
from datetime import timedelta
from itertools import islice

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from pitches import doors, relationships
from pitches.intake import remember
from pitches.models import Agency, Door, Event, Page, Pitch, PitchState, Sender, Standing
from portal import clock, tokens
from portal.models import User
from tests import corpus

MANY = 10_000  # cards of a session, with dates up to a year ahead: no date runs out, so nobody is turned away
BATCH = 2_000  # rows of a statement
TEXTS = 5_000  # different ones; of a hundred thousand honest pitches some read alike, too


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
    year = {"promise_days": 365, "lapse_days": 365}
    page = doors.begin(owner, handle="flood", name="Maya Lind", digest=False, cards=MANY, **year)
    doors.keep_hours(page, ["TUE 09:00"], "Europe/London")
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
    """So many pitches of strangers are handed in at once, each with the event that it waits to be followed up by."""
    page = Page.objects.get(handle="flood")
    door, texts = page.doors.get(), [corpus.unrelated(number) for number in range(min(strangers, TEXTS))]
    with transaction.atomic():
        for batch in _batches(range(strangers)):
            senders = Sender.objects.bulk_create(_senders(batch))
            rows = (
                _pitch(door, sender, texts[place % len(texts)]) for place, sender in zip(batch, senders, strict=True)
            )
            pitches = Pitch.objects.bulk_create(rows)
            Event.objects.bulk_create(_arrived(page, pitch) for pitch in pitches)
    with connection.cursor() as cursor:  # as the server does by itself, a little later
        cursor.execute("ANALYZE")


def _batches(numbers):
    rest = iter(numbers)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _senders(numbers):
    """Ten mailboxes at each agency."""
    domains = sorted({f"agency{number // 10}.example" for number in numbers})
    Agency.objects.bulk_create((Agency(domain=domain, name=domain) for domain in domains), ignore_conflicts=True)
    agencies = Agency.objects.in_bulk(domains, field_name="domain")
    for number in numbers:
        agency = agencies[f"agency{number // 10}.example"]
        email = f"stranger{number}@{agency.domain}"
        names = {"name": "Elif Kaya", "company": agency.name, "agency": agency}
        yield Sender(email=email, mailbox=email, canonical=email, **names, proven_at=clock.now())


def _pitch(door, sender, words):
    seed, now = tokens.seed(), clock.now()
    texts = {"line": words.line[:90], "why": words.why[:400], "detail": words.detail[:1200]}
    dates = dict.fromkeys(("written_at", "handed_in_at"), now) | dict.fromkeys(
        ("lapses_at", "told_until"), now + timedelta(days=365)
    )
    return Pitch(
        **texts,
        **dates,
        page=door.page,
        door=door,
        door_version=door.version,
        sender=sender,
        email=sender.email,
        name=sender.name,
        company=sender.company,
        link=f"https://{sender.company}/study",
        link_host=sender.company,
        ask="write",
        payer="own",
        seed=seed,
        token_hash=tokens.digest(tokens.link_token("pitch", seed)),
        code=f"FLOOD-{uuid.uuid4().hex[:12].upper()}",
        form_key=uuid.uuid4(),
        state=PitchState.ARRIVED,
        standing=Standing.STRANGER,
        given_lane="first_knock",
    )


def _arrived(page, pitch):
    was, what = PitchState.UNPROVEN, PitchState.ARRIVED
    return Event(page=page, pitch=pitch, was=was, what=what, queue="later", at=pitch.handed_in_at)
