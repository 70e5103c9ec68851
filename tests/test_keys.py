"""Keys: what they open, what they do not, and that the last use goes to one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail

from pitches import doors, intake, mailboxes, opening, relationships, tasks
from pitches.doors import keys
from pitches.doors.keys import NotGiven
from pitches.intake import Refused, Ways
from pitches.models import Door, Event, Key, Message, Pitch
from pitches.notify import render
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.races import race
from tests.senders import answers, meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def monday():
    with clock.standing_at(MONDAY):
        yield MONDAY


@pytest.fixture
def door():
    return DoorFactory(invited=True)


def give(door, **more):
    days = more.pop("days", 30)
    until = door.page.local_date(clock.now()) + timedelta(days=days)
    return keys.give(door, by=door.page.owner, **{"until": until} | more)


def written(door, key, email="elif@mosaic.example"):
    return intake.write(door, answers(email=email), form_key=uuid4(), ways=Ways(key=key.token if key else ""))[0]


def proven(pitch):
    return intake.prove(pitch, intake.issue_code(pitch), device=tokens.seed())


def refusal(pitch):
    with pytest.raises(Refused) as refused:
        proven(pitch)
    return refused.value.why


def uses(key):
    return Key.objects.get(pk=key.pk).uses


# ── giving ───────────────────────────────────────────────────────────────────
def test_a_key_works_to_the_end_of_its_day_in_the_owners_zone():
    with clock.standing_at(datetime(2026, 3, 27, 23, 30, tzinfo=UTC)):  # the clocks go forward on the 29th
        door = DoorFactory(page__timezone="Asia/Tokyo")
        key = keys.give(door, by=door.page.owner, until=date(2026, 3, 31))
        assert key.expires_at == datetime(2026, 3, 31, 15, tzinfo=UTC)
        assert keys.last_day(key) == date(2026, 3, 31)
        lisbon = DoorFactory()
        key = keys.give(lisbon, by=lisbon.page.owner, until=date(2026, 3, 31))
        assert key.expires_at == datetime(2026, 3, 31, 23, tzinfo=UTC)
        clock.move_to(key.expires_at - timedelta(seconds=1))
        assert keys.state_of(key) == "good"
        clock.move_to(key.expires_at)
        assert (keys.state_of(key), Key.objects.good().count()) == ("expired", 0)


def test_a_key_rests_as_a_digest_and_its_gift_is_an_event(door):
    key = give(door, note="For Kim")
    row = Key.objects.values().get()
    assert key.token not in " ".join(map(str, row.values()))
    event = Event.objects.get(what="key_given")
    assert (event.door, event.by, event.note) == (door, door.page.owner, str(key.pk))
    assert "Kim" not in event.note


def test_the_states_of_a_key(door, monday):
    key = give(door)
    keys.withdraw(key)
    assert keys.state_of(Key.objects.get()) == "withdrawn"
    keys.give_back(key)
    assert keys.state_of(Key.objects.get()) == "good"
    Key.objects.update(uses=1)
    assert keys.state_of(Key.objects.get()) == "used"


# ── the mail ─────────────────────────────────────────────────────────────────
def test_a_key_for_a_mailbox_is_mailed_once_without_the_note(door):
    key = give(door, note="MARK-NOTE", email="Kim@Mosaic.example")
    work()
    keys.withdraw(key)
    keys.give_back(key)
    work()
    assert key.email == "kim@mosaic.example"
    sent = mail.outbox[0]
    assert [(one.subject, one.to) for one in mail.outbox] == [
        (f"@{door.page.handle} opened a door for you", ["kim@mosaic.example"])
    ]
    assert "MARK-NOTE" not in sent.message().as_string()
    assert f"/key/{key.token}" in sent.body
    assert sent.from_email.startswith("Halfdoor <")


def test_not_a_word_of_the_owner_but_the_handle(door):
    door.name = "MARK-NAME"
    door.blurb = door.reason = "MARK-DOOR"
    door.wants = door.not_here = ["MARK-FIT"]
    door.save()
    page = door.page
    page.name = "MARK-OWNER"
    page.headline = page.intro = page.tagline = "MARK-PAGE"
    page.house_rules = ["MARK-RULE"]
    page.save()
    give(door, note="MARK-NOTE", email="kim@mosaic.example")
    work()
    sent = mail.outbox[0]
    assert "MARK-" not in sent.message().as_string() + sent.body + str(sent.alternatives[0][0])
    assert f"@{page.handle}" in sent.body
    assert f"/not-me/{mailboxes.token_of('kim@mosaic.example')}" in sent.body


def test_keys_are_mailed_to_a_new_address_once_a_day_whatever_doors_they_open(door, monday):
    given = [give(one, email="kim@mosaic.example") for one in (door, DoorFactory(page=door.page), DoorFactory())]
    work()
    assert len(mail.outbox) == 1
    assert keys.unmailed(given) == {key.pk for key in given[1:]}
    clock.move_to(monday + timedelta(days=1))
    give(DoorFactory(page=door.page), email="KIM@mosaic.example")
    work()
    assert len(mail.outbox) == 2


def test_keys_to_an_address_that_was_proven_are_mailed(monday):
    SenderFactory(email="kim@mosaic.example")
    for _door in range(3):
        give(DoorFactory(), email="kim@mosaic.example")
    work()
    assert len(mail.outbox) == 3


def test_what_is_said_of_a_mail_waits_until_it_is_settled(door, monday):
    mailboxes.may_mail("kim@mosaic.example")
    given = [give(door, email="kim@mosaic.example"), give(door)]
    assert keys.unmailed(given) == set()
    work()
    assert keys.unmailed(given) == {given[0].pk}
    assert mail.outbox == []


def test_a_key_without_an_address_is_mailed_to_nobody(door):
    give(door, note="For anybody")
    work()
    assert Message.objects.count() == 0


def test_a_mail_that_has_not_gone_out_is_not_sent_for_a_key_that_was_taken_back(door):
    key = give(door, email="kim@mosaic.example")
    tasks.react("soon")
    keys.withdraw(key)
    work()
    assert (list(Message.objects.values_list("state", flat=True)), mail.outbox) == (["obsolete"], [])


def test_twenty_mails_a_day_and_then_the_link_alone(door, monday):
    for number in range(keys.INVITATIONS):
        give(DoorFactory(page=door.page), email=f"kim{number}@mosaic.example")
    with pytest.raises(NotGiven) as refused:
        give(door, email="kim@mosaic.example")
    assert refused.value.why == "enough"
    assert give(door).pk
    assert give(DoorFactory(), email="kim@mosaic.example").pk
    clock.move_to(monday.replace(hour=23, minute=59))
    with pytest.raises(NotGiven):
        give(door, email="kim@mosaic.example")
    clock.move_to(monday + timedelta(hours=15))
    assert give(door, email="kim@mosaic.example").pk


def test_nobody_is_mailed_two_keys_to_one_door(door, monday):
    first = give(door, email="kim@mosaic.example")
    for _ in range(2):
        with pytest.raises(NotGiven) as refused:
            give(door, email="KIM@mosaic.example")
        assert refused.value.why == "invited"
        keys.withdraw(first)  # is no way to a second mail on the same day
    clock.move_to(monday + timedelta(days=1))
    assert give(door, email="kim@mosaic.example").pk


@pytest.mark.parametrize("address", ["elif@mosaic.example", "Elif+x@mosaic.example"])
@pytest.mark.parametrize("there", [True, False])
def test_whoever_is_blocked_gets_no_key(door, address, there):
    sender = meet(door, "stranger")
    relationships.set_by_hand(door.page, sender, "blocked", by=door.page.owner, door=door if there else None)
    with pytest.raises(NotGiven) as refused:
        give(door, email=address)
    assert (refused.value.why, Key.objects.count()) == ("blocked", 0)


def test_a_block_at_another_door_or_page_is_no_reason(door):
    sender = meet(DoorFactory(), "blocked")
    relationships.set_by_hand(door.page, sender, "blocked", by=None, door=DoorFactory(page=door.page))
    assert give(door, email="elif@mosaic.example").pk


def test_the_mail_says_what_the_key_does(door, monday):
    give(door, email="kim@mosaic.example", uses=3)
    work()
    body = " ".join(render.build(Message.objects.get()).body.split())
    assert "your key lets you leave 3 there" in body
    assert "until the end of Wednesday 1 April, for this address only" in body


# ── what a key opens ─────────────────────────────────────────────────────────
def test_a_key_opens_a_door_by_invitation_to_a_stranger_once(door):
    key = give(door)
    pitch = proven(written(door, key))
    assert (pitch.state, pitch.standing, pitch.key_id, uses(key)) == ("arrived", "stranger", key.pk, 1)
    assert refusal(written(door, key, "kim@other.example")) == "key"
    assert refusal(written(door, None, "kim@other.example")) == "tier"


def test_a_key_passes_tiers_and_the_places_of_the_week(monday):
    narrow = DoorFactory(tiers=["trusted"])
    full = DoorFactory(places_per_week=1)
    PitchFactory(waiting=True, door=full)
    opening.count_places(full)
    for door in (narrow, full):
        key = give(door)
        assert proven(written(door, key)).key_id == key.pk
        assert uses(key) == 1


def test_a_key_that_is_not_needed_is_not_used(monday):
    plain, roomy = DoorFactory(), DoorFactory(places_per_week=2)
    for door in (plain, roomy):
        key = give(door)
        assert (proven(written(door, key)).key_id, uses(key)) == (None, 0)
    invited = DoorFactory(invited=True)
    meet(invited, "known")
    key = give(invited)
    assert (proven(written(invited, key)).key_id, uses(key)) == (None, 0)
    assert set(Pitch.objects.values_list("key", flat=True)) == {None}


def test_a_key_does_not_open_what_the_owner_closed(door):
    key = give(door)
    pitch = written(door, key)
    doors.change(door, state="closed")
    assert (refusal(pitch), uses(key)) == ("closed", 0)


def test_a_key_is_no_promise_of_a_date(door, monkeypatch):
    key = give(door)
    monkeypatch.setattr(opening, "can_promise", lambda *_args, **_more: False)
    assert (refusal(written(door, key)), uses(key)) == ("closed", 0)


def test_a_key_for_a_mailbox_opens_for_that_one_alone(door):
    key = give(door, email="kim@mosaic.example")
    assert refusal(written(door, key)) == "key"
    assert uses(key) == 0
    assert proven(written(door, key, "Kim@mosaic.example")).key_id == key.pk


@pytest.mark.parametrize("change", ["expired", "withdrawn"])
def test_a_key_that_ends_between_writing_and_proof(door, monday, change):
    key = give(door, days=1)
    pitch = written(door, key)
    clock.move_to(key.expires_at) if change == "expired" else keys.withdraw(key)
    assert (refusal(pitch), uses(key)) == ("key", 0)


def test_the_key_to_another_door_is_none(door):
    key = give(DoorFactory(page=door.page, invited=True))
    assert refusal(written(door, key)) == "tier"
    assert uses(key) == 0


def test_a_refused_pitch_uses_no_key(door, monday):
    """A limit that is looked at after the key gives the use back."""
    key = give(door, uses=2)
    proven(written(door, key))
    assert refusal(written(door, key)) == "one_waiting"
    assert uses(key) == 1
    full = SenderFactory(email="kim@other.example")
    PitchFactory.create_batch(3, page=door.page, door=DoorFactory(page=door.page), sender=full, declined=True)
    assert refusal(written(door, key, full.email)) == "places"
    assert uses(key) == 1


def test_one_person_may_use_a_key_again_when_the_first_pitch_has_ended(door, monday):
    key = give(door, uses=2)
    first = proven(written(door, key))
    Pitch.objects.filter(pk=first.pk).update(state="declined")
    assert proven(written(door, key)).key_id == key.pk
    assert uses(key) == 2
    Pitch.objects.update(state="declined")
    assert refusal(written(door, key)) == "key"


def test_the_second_click_uses_nothing_more(door):
    key = give(door, uses=5)
    pitch = written(door, key)
    code = intake.issue_code(pitch)
    for _click in range(2):
        intake.prove(Pitch.objects.get(), code, device="")
    assert uses(key) == 1


# ── races ────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_the_last_use_goes_to_one_of_eight_who_come_at_once():
    door = DoorFactory(invited=True, page=PageFactory(cards=200))
    key = give(door)
    pitches = [written(door, key, f"kim@agency{number}.example") for number in range(8)]
    senders = [intake.meet(pitch) for pitch in pitches]
    found = race(lambda number: _why(pitches[number], senders[number]))
    assert Counter(found) == {"arrived": 1, "key": 7}
    assert (uses(key), Pitch.objects.count()) == (1, 1)
    assert Pitch.objects.get().key_id == key.pk


def _why(pitch, sender):
    try:
        return intake.hand_in(pitch, sender).state
    except Refused as refused:
        return refused.why


@pytest.mark.django_db(transaction=True)
def test_two_tabs_do_not_give_one_mail_too_many():
    door = DoorFactory()
    for number in range(keys.INVITATIONS - 1):
        give(door, email=f"kim{number}@mosaic.example")
    found = race(lambda number: give(Door.objects.get(pk=door.pk), email=f"lee{number}@mosaic.example").pk)
    assert Counter(found)[NotGiven] == 7
    assert Key.objects.exclude(email="").count() == keys.INVITATIONS
