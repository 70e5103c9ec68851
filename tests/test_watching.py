"""Who waits for a door is told once, in waves no larger than the places, and then forgotten."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from pitches import doors, due, opening, tasks
from pitches.doors import watching
from pitches.models import Attempt, Door, DoorState, Event, Fact, Message, MessageState, Page, Watch
from pitches.notify import catalogue, delivery
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory, WatchFactory
from tests.races import race

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "Elif@Mosaic.example"


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def waiting(door, count, **fields):
    """Watchers who confirmed one after the other."""
    return [
        WatchFactory(door=door, confirmed_at=MONDAY - DAY + timedelta(minutes=number), **fields)
        for number in range(count)
    ]


def react():
    for queue in ("codes", "now", "soon", "later"):
        tasks.react(queue)


def told():
    return list(Message.objects.filter(kind="door_open").order_by("pk").values_list("to", flat=True))


def asked_mails():
    react()
    return list(Message.objects.filter(kind="watch_confirm").order_by("pk").values_list("to", flat=True))


def turn(door, state):
    doors.change(door, by=door.page.owner, state=state)
    react()


# ── to ask ───────────────────────────────────────────────────────────────────
def test_asking_makes_no_pitch_and_mails_once():
    door = DoorFactory(closed=True)
    watching.ask(door, ADDRESS.lower())
    watching.ask(door, ADDRESS)
    watch = Watch.objects.get()
    assert (watch.email, watch.mailbox, watch.confirmed_at) == (ADDRESS, ADDRESS.lower(), None)
    assert asked_mails() == [ADDRESS]
    assert (watching.state_of(watch), door.page.pitches.count()) == ("asked", 0)


def test_one_mail_a_day_for_a_mailbox_whatever_it_is_typed_into():
    for typed in (ADDRESS, ADDRESS.upper(), "elif+1@mosaic.example", "other@mosaic.example"):
        watching.ask(DoorFactory(closed=True), typed)
    assert asked_mails() == [ADDRESS, "other@mosaic.example"]
    clock.move_to(MONDAY + DAY - timedelta(seconds=1))
    watching.ask(DoorFactory(closed=True), ADDRESS)
    assert len(asked_mails()) == 2
    clock.move_to(MONDAY + DAY)
    watching.ask(DoorFactory(closed=True), ADDRESS)
    watching.ask(DoorFactory(closed=True), ADDRESS)
    assert len(asked_mails()) == 3


def test_the_limit_holds_after_the_address_was_forgotten():
    watching.ask(DoorFactory(closed=True), ADDRESS)
    react()
    Message.objects.update(to="", state="done")
    watching.ask(DoorFactory(closed=True), ADDRESS)
    assert asked_mails() == [""]


@pytest.mark.django_db(transaction=True)
def test_of_two_askings_at_once_one_is_mailed():
    events = []
    for _ in range(2):
        watching.ask(DoorFactory(closed=True), ADDRESS)
        events.append(Event.objects.filter(what=Fact.WATCH_ASKED).latest("pk"))
    race(lambda number: catalogue.watch_confirm(events[number]), threads=2)
    assert Message.objects.filter(kind="watch_confirm").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_askings_at_once_are_one_watch():
    door = DoorFactory(closed=True)
    assert race(lambda _: watching.ask(door, ADDRESS)) == [None] * 8
    assert Watch.objects.count() == 1


def test_a_device_that_proved_the_mailbox_needs_no_mail():
    door = DoorFactory(closed=True)
    sender = SenderFactory(email=ADDRESS)
    watching.ask(door, ADDRESS, sender)
    watching.ask(door, "else@mosaic.example", sender)
    assert [watching.state_of(watch) for watch in Watch.objects.order_by("pk")] == ["waiting", "asked"]
    assert asked_mails() == ["else@mosaic.example"]


def test_whoever_waits_already_keeps_the_place_and_gets_no_mail():
    watch = WatchFactory(waiting=True)
    clock.move_to(MONDAY + HOUR)
    watching.ask(watch.door, watch.email)
    assert Watch.objects.get().confirmed_at == MONDAY
    assert asked_mails() == []


def test_whoever_stopped_may_ask_again_and_confirms_anew():
    watch = WatchFactory(waiting=True)
    watching.stop(watch)
    watching.ask(watch.door, watch.email)
    watch.refresh_from_db()
    assert watching.state_of(watch) == "asked"
    assert asked_mails() == [watch.email]


def test_whoever_was_told_may_ask_again():
    watch = WatchFactory(waiting=True)
    address = watch.email
    turn(watch.door, DoorState.OPEN)
    watching.ask(watch.door, address)
    assert [watching.state_of(each) for each in Watch.objects.order_by("pk")] == ["told", "asked"]


# ── to confirm and to stop ───────────────────────────────────────────────────
def test_a_confirmation_works_for_seven_days_and_twice_says_the_same():
    watch = WatchFactory()
    clock.move_to(MONDAY + 7 * DAY - timedelta(seconds=1))
    for _ in range(2):
        watching.confirm(watch)
        watch.refresh_from_db()
        assert (watching.state_of(watch), watch.confirmed_at) == ("waiting", clock.now())


def test_a_confirmation_that_comes_late_does_nothing():
    watch = WatchFactory()
    clock.move_to(MONDAY + 7 * DAY)
    watching.confirm(watch)
    watch.refresh_from_db()
    assert (watching.state_of(watch), watch.confirmed_at) == ("expired", None)


def test_a_door_that_opened_before_the_confirmation_is_told_on_the_spot():
    watch = WatchFactory()
    turn(watch.door, DoorState.OPEN)
    watching.confirm(watch)
    watch.refresh_from_db()
    assert (watching.state_of(watch), watch.email, watch.mailbox) == ("told", "", "")
    react()
    assert told() == []


def test_stopping_can_be_undone_for_a_day():
    watch = WatchFactory(waiting=True)
    watching.stop(watch)
    clock.move_to(MONDAY + DAY - timedelta(seconds=1))
    watching.take_up(watch)
    watch.refresh_from_db()
    assert watching.state_of(watch) == "waiting"
    watching.stop(watch)
    clock.move_to(clock.now() + DAY)
    watching.take_up(watch)
    watch.refresh_from_db()
    assert watching.state_of(watch) == "over"


def test_whoever_stopped_is_not_told():
    watch = WatchFactory(waiting=True)
    watching.stop(watch)
    turn(watch.door, DoorState.OPEN)
    assert told() == []


# ── waves ────────────────────────────────────────────────────────────────────
def test_without_a_limit_everybody_is_told_once_and_forgotten():
    door = DoorFactory(closed=True)
    addresses = [watch.email for watch in waiting(door, 3)]
    WatchFactory(door=door)
    waiting(DoorFactory(page=door.page, closed=True), 1)
    turn(door, DoorState.OPEN)
    assert told() == addresses
    assert (
        list(Watch.objects.exclude(told_at=None).values_list("email", "mailbox", "told_at")) == [("", "", MONDAY)] * 3
    )
    door.refresh_from_db()
    assert door.next_wave_at is None


def test_a_wave_is_no_larger_than_the_places_and_the_next_comes_a_day_later():
    door = DoorFactory(closed=True, places_per_week=3)
    PitchFactory(door=door, page=door.page, waiting=True)
    addresses = [watch.email for watch in waiting(door, 5)]
    turn(door, DoorState.OPEN)
    assert told() == addresses[:2]
    clock.move_to(MONDAY + DAY - timedelta(seconds=1))
    due.tick()
    assert told() == addresses[:2]
    clock.move_to(MONDAY + DAY)
    due.tick()
    assert told() == addresses[:4]
    clock.move_to(MONDAY + 2 * DAY)
    due.tick()
    assert told() == addresses
    door.refresh_from_db()
    assert door.next_wave_at is None


def test_a_door_that_flaps_tells_nobody_twice_and_no_more_than_may_knock():
    door = DoorFactory(closed=True, places_per_week=2)
    addresses = [watch.email for watch in waiting(door, 5)]
    for hours in range(3):
        clock.move_to(MONDAY + hours * HOUR)
        turn(door, DoorState.OPEN)
        turn(door, DoorState.CLOSED)
    assert told() == addresses[:2]
    clock.move_to(MONDAY + DAY)
    turn(door, DoorState.OPEN)
    assert told() == addresses[:4]


def test_nobody_is_told_of_a_door_that_closed_meanwhile():
    door = DoorFactory(closed=True, places_per_week=1)
    waiting(door, 2)
    turn(door, DoorState.OPEN)
    turn(door, DoorState.CLOSED)
    clock.move_to(MONDAY + DAY)
    due.tick()
    door.refresh_from_db()
    assert (len(told()), door.next_wave_at) == (1, None)


@pytest.mark.parametrize("changes", [{"state": "invited"}, {"taken_down_at": MONDAY}])
def test_a_door_that_is_not_for_everybody_tells_nobody(changes):
    door = DoorFactory(**changes)
    waiting(door, 1)
    catalogue.door_open(door)
    assert told() == []


def test_a_hidden_page_tells_nobody_until_it_is_back():
    door = DoorFactory(page__hidden_at=MONDAY)
    waiting(door, 1)
    catalogue.door_open(door)
    assert told() == []
    Page.objects.update(hidden_at=None)
    clock.move_to(MONDAY + DAY)
    due.tick()
    assert len(told()) == 1


@pytest.mark.parametrize(("share", "size"), [(0.25, 2), (0, 1)])
def test_after_a_lack_of_dates_a_wave_is_what_a_session_keeps_for_newcomers(share, size):
    page = PageFactory(cards=6, newcomer_share=share, full_since=MONDAY)
    door = DoorFactory(page=page, announced=True)
    opening.announce(door)
    waiting(door, 4)
    Page.objects.update(full_since=None)
    opening.announce(Door.objects.select_related("page").get())
    react()
    assert len(told()) == size
    assert Door.objects.get().next_wave_at == MONDAY + DAY


def test_a_crowd_is_told_in_bites(monkeypatch):
    monkeypatch.setattr(watching, "AT_ONCE", 2)
    door = DoorFactory(closed=True)
    addresses = [watch.email for watch in waiting(door, 5)]
    turn(door, DoorState.OPEN)
    assert told() == addresses[:2]
    for minutes in (1, 2):
        clock.move_to(MONDAY + timedelta(minutes=minutes))
        due.tick()
    assert told() == addresses


@pytest.mark.django_db(transaction=True)
def test_waves_at_once_tell_each_watcher_once():
    door = DoorFactory(places_per_week=3)
    waiting(door, 8)
    race(lambda _: catalogue.door_open(door))
    assert len(told()) == 3 == len(set(told()))
    assert Watch.objects.filter(told_at=None).count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_opening_waits_for_a_confirmation_that_is_on_its_way():
    watch = WatchFactory()
    address = watch.email
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            watching.confirm(watch)
            opened = pool.submit(_open_and_tell, watch.door)
            wait([opened], timeout=1)
        opened.result()
    assert told() == [address]


def _open_and_tell(door):
    try:
        doors.change(door, by=door.page.owner, state=DoorState.OPEN)
        catalogue.door_open(door)
    finally:
        connection.close()


# ── the mail, and to forget ──────────────────────────────────────────────────
def test_a_mail_whose_door_closed_is_not_sent_and_its_watcher_waits_on(mailoutbox):
    door = DoorFactory(closed=True)
    address = waiting(door, 1)[0].email
    turn(door, DoorState.OPEN)
    turn(door, DoorState.CLOSED)
    delivery.deliver("later")
    assert (Message.objects.get(kind="door_open").state, mailoutbox) == (MessageState.OBSOLETE, [])
    tasks.tidy()
    assert Watch.objects.waiting().get().email == address
    clock.move_to(MONDAY + DAY)
    turn(door, DoorState.OPEN)
    delivery.deliver("later")
    delivery.deliver("later")
    assert [mail.to for mail in mailoutbox] == [[address]]


@pytest.mark.parametrize("tidied", [False, True])
def test_a_door_that_closed_by_mistake_tells_when_it_opens_again(tidied, mailoutbox):
    door = DoorFactory(closed=True)
    addresses = [[watch.email] for watch in waiting(door, 2)]
    turn(door, DoorState.OPEN)
    turn(door, DoorState.CLOSED)
    if not tidied:
        delivery.deliver("later")
    turn(door, DoorState.OPEN)
    if tidied:  # a worker that had looked at the door a moment before
        Message.objects.filter(kind="door_open").update(state=MessageState.OBSOLETE)
        tasks.tidy()
        due.tick()
    delivery.deliver("later")
    assert [mail.to for mail in mailoutbox] == addresses


def test_a_door_that_hangs_again_tells_the_next_wave():
    door = DoorFactory(closed=True, places_per_week=1)
    addresses = [watch.email for watch in waiting(door, 2)]
    turn(door, DoorState.OPEN)
    doors.take_down(door, by=door.page.owner)
    doors.hang_again(door, by=door.page.owner)
    due.tick()
    assert told() == addresses[:1]
    clock.move_to(MONDAY + DAY)
    due.tick()
    assert told() == addresses


def test_after_the_mail_no_table_knows_the_address(mailoutbox):
    door = DoorFactory(closed=True)
    address = waiting(door, 1)[0].email
    turn(door, DoorState.OPEN)
    assert watching.forget() == 0
    delivery.deliver("later")
    assert mailoutbox[0].to == [address]
    Attempt.objects.update(detail=f"550 {address}?")
    assert watching.forget() == 1
    assert Attempt.objects.get().detail == ""
    assert Message.objects.get(kind="door_open").to == ""
    assert Watch.objects.get().email == ""


def test_a_question_that_is_no_longer_one_is_not_mailed(mailoutbox):
    for act in (watching.confirm, watching.stop):
        watching.ask(DoorFactory(closed=True), f"{act.__name__}@mosaic.example")
        react()
        act(Watch.objects.latest("pk"))
    delivery.deliver("codes")
    assert mailoutbox == []
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.OBSOLETE}


def test_what_was_never_confirmed_and_what_was_stopped_is_forgotten():
    asked, stopped, waits = WatchFactory(), WatchFactory(waiting=True), WatchFactory(waiting=True)
    watching.stop(stopped)
    for after, gone in ((DAY, ()), (DAY + HOUR, (stopped,)), (7 * DAY + HOUR, (asked, stopped))):
        clock.move_to(MONDAY + after)
        watching.forget()
        assert set(Watch.objects.filter(mailbox="")) == set(gone)
    clock.move_to(MONDAY + 91 * DAY)
    watching.forget()
    assert list(Watch.objects.all()) == [waits]
