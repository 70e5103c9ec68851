"""What is told when a reading hour begins: to whom, once, and never between hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from pitches import doors, due, lifecycle
from pitches.handoffs import assistants
from pitches.models import Door, Event, Fact, Message, MessageState, Page, Pitch
from pitches.notify import away, delivery, hourly, wanted
from portal import clock
from tests.factories import (
    AssistantFactory,
    DoorFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
)
from tests.senders import work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
TUESDAY, FRIDAY = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (3, 6))  # the hours of a page, Lisbon time
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


def reader(page, role="reader", **more):
    """Somebody who signed in with the mailbox that was asked to help."""
    row = AssistantFactory(page=page, role=role, **more)
    user = UserFactory(email=row.email)
    EmailAddress.objects.create(user=user, email=row.email.title(), verified=True, primary=True)
    return user


def go(moment):
    """Time goes on; what is due happens at its own time."""
    while (on_the_way := due.next_moment(clock.now())) and on_the_way <= moment:
        clock.move_to(on_the_way)
        work()
    clock.move_to(moment)
    work()


def sent(kind=None):
    """What went out: to whom, and when."""
    rows = Message.objects.filter(state=MessageState.DONE).exclude(kind__in=("lapsed", "receipt"))
    rows = rows.filter(kind=kind) if kind else rows
    return list(rows.order_by("pk").values_list("to", "sent_at"))


def subjects():
    return [one.subject for one in mail.outbox]


# ── the digest ───────────────────────────────────────────────────────────────
def test_whoever_may_read_gets_the_digest_too_each_once_and_by_their_own_choice():
    page = PageFactory()
    PitchFactory(door__page=page, waiting=True)
    sam, kim = reader(page), reader(page, "assistant")
    reader(page, "mail"), reader(page, joined_at=None), reader(page, left_at=MONDAY)
    AssistantFactory(page=page, role="reader")  # agreed, and never signed in
    unproven = AssistantFactory(page=page, role="screener")  # signed in, and did not verify it
    EmailAddress.objects.create(user=UserFactory(email=unproven.email), email=unproven.email)
    second = AssistantFactory(page=page, role="reader")  # another mailbox of the owner's
    EmailAddress.objects.create(user=page.owner, email=second.email, verified=True)
    wanted.choose(kim, page, "digest", wanted=False)
    go(TUESDAY + timedelta(minutes=1))
    assert sent() == [(page.owner.email, TUESDAY), (Message.objects.get(user=sam).to, TUESDAY)]
    assert Message.objects.count() == 2
    assert subjects() == ["1 pitch waits for your hour", "1 pitch waits for the hour of Maya"]
    assert ("/desk/session" in mail.outbox[0].body, "/desk/inbox" in mail.outbox[1].body) == (True, True)


def test_an_owner_who_wants_none_does_not_take_it_from_who_helps():
    page = PageFactory(digest=False)
    PitchFactory(door__page=page, waiting=True)
    sam = reader(page)
    go(FRIDAY)
    assert {to for to, _at in sent()} == {sam.email}


def test_whoever_left_before_it_goes_out_gets_none():
    page = PageFactory(quiet_from=time(8), quiet_to=time(10))
    PitchFactory(door__page=page, waiting=True)
    reader(page)
    go(TUESDAY)
    assert Message.objects.filter(kind="digest").count() == 2
    assistants.leave(page.assistants.get())
    go(TUESDAY + timedelta(hours=1))
    assert sent() == [(page.owner.email, TUESDAY + timedelta(hours=1))]


def test_what_waited_for_the_mail_server_until_quiet_time_waits_for_its_end():
    page = PageFactory(reading=["TUE 21:00"], quiet_from=time(22), quiet_to=time(8))
    message = MessageFactory(kind="digest", page=page, to=page.owner.email, queue="soon")
    zone, night = page.zone, datetime(2026, 3, 3, 23, 30, tzinfo=page.zone)
    PitchFactory(waiting=True, door=DoorFactory(page=page))
    with clock.standing_at(night):
        Message.objects.update(next_at=night, attempts=2)
        delivery.deliver("soon")
    message.refresh_from_db()
    assert (message.state, message.next_at.astimezone(zone)) == ("pending", datetime(2026, 3, 4, 8, tzinfo=zone))
    assert message.attempts == 2


def test_quiet_time_moves_it_to_its_end_and_that_day_has_no_second_one():
    page = PageFactory(reading=["TUE 23:00", "WED 09:00"], quiet_from=time(22), quiet_to=time(8))
    PitchFactory(door__page=page, waiting=True)
    go(TUESDAY + timedelta(days=2))
    assert sent() == [(page.owner.email, datetime(2026, 3, 4, 8, tzinfo=UTC))]


def test_a_day_with_two_hours_has_one_digest_at_the_first_that_has_something():
    page = PageFactory(reading=["TUE 09:00", "TUE 12:00", "TUE 15:00"])
    go(TUESDAY)
    PitchFactory(door__page=page, waiting=True)
    go(TUESDAY + A_DAY)
    assert sent() == [(page.owner.email, TUESDAY + timedelta(hours=3))]


def test_a_holiday_has_none_even_if_it_begins_while_one_waits():
    page = PageFactory(quiet_from=time(8), quiet_to=time(10))
    PitchFactory(door__page=page, waiting=True)
    go(TUESDAY)
    Page.objects.update(holiday_from=date(2026, 3, 3), holiday_until=date(2026, 3, 10))
    go(TUESDAY + timedelta(days=2))
    assert sent() == []


def test_an_hour_at_the_eve_of_a_holiday_is_not_told_within_it():
    page = PageFactory(reading=["TUE 23:00"], quiet_from=time(22), quiet_to=time(8))
    page.holiday_from, page.holiday_until = date(2026, 3, 4), date(2026, 3, 8)
    event = Event(pk=1, page=page, what=Fact.HOUR_BEGAN, at=datetime(2026, 3, 3, 23, tzinfo=UTC))
    PitchFactory(door__page=page, waiting=True)
    hourly.digest(event)
    assert not Message.objects.exists()


def test_after_an_outage_of_days_one_digest_says_it_late():
    page = PageFactory(reading=["TUE 09:00", "WED 09:00"])
    PitchFactory(door__page=page, waiting=True)
    back = datetime(2026, 3, 5, 14, tzinfo=UTC)  # a Thursday, which has no hour
    clock.move_to(back)
    work()
    assert sent() == [(page.owner.email, back)]
    assert "An hour passed while we could not write. 1 waits." in mail.outbox[0].body
    go(back + A_DAY)
    assert len(sent()) == 1


def test_after_an_outage_an_hour_that_is_still_to_come_today_says_it():
    page = PageFactory(reading=["TUE 09:00", "WED 09:00", "THU 18:00"])
    PitchFactory(door__page=page, waiting=True)
    clock.move_to(datetime(2026, 3, 5, 14, tzinfo=UTC))
    work()
    assert sent() == []
    assert Page.objects.get().next_hour_at == datetime(2026, 3, 5, 18, tzinfo=UTC)
    go(datetime(2026, 3, 6, 9, tzinfo=UTC))
    assert sent() == [(page.owner.email, datetime(2026, 3, 5, 18, tzinfo=UTC))]
    assert "Your hour begins. 1 waits." in mail.outbox[0].body


def test_digests_that_a_dead_mail_server_kept_back_are_one_when_it_is_back(monkeypatch):
    page = PageFactory(reading=["TUE 09:00", "WED 09:00", "THU 09:00"])
    PitchFactory(door__page=page, waiting=True)
    monkeypatch.setattr(delivery, "_claim", lambda _queue: (None, []))
    for day in (0, 1, 2):
        clock.move_to(TUESDAY + day * A_DAY)
        due.tick()
        hourly.digest(Event.objects.latest("pk"))
    assert Message.objects.filter(kind="digest").count() == 3
    monkeypatch.undo()
    work()
    assert len(sent("digest")) == len(mail.outbox) == 1


def test_hours_that_were_written_down_and_not_told_are_told_as_one():
    page = PageFactory()
    PitchFactory(door__page=page, waiting=True)
    first, second = (lifecycle.record(Fact.HOUR_BEGAN, page) for _ in range(2))
    hourly.digest(first)
    assert not Message.objects.exists()
    hourly.digest(second)
    assert Message.objects.count() == 1


# ── answers to questions ─────────────────────────────────────────────────────
def replied(page):
    pitch = PitchFactory(door__page=page, waiting=True, email="elif@mosaic.example")
    lifecycle.record(Fact.REPLIED, page, pitch, note="2,000")
    return pitch


def test_answers_to_questions_are_a_line_of_the_digest_and_counted_from_the_one_before():
    page = PageFactory()
    replied(page), replied(page)
    gone = replied(page)
    Pitch.objects.filter(pk=gone.pk).update(state="declined")
    go(TUESDAY)
    assert "Answers to questions came: 2" in mail.outbox[0].body
    go(TUESDAY + timedelta(hours=1))
    replied(page)
    go(FRIDAY)
    assert "Answers to questions came: 1" in mail.outbox[1].body
    go(FRIDAY + 5 * A_DAY)
    assert "Answers to questions came" not in mail.outbox[2].body
    assert set(Message.objects.values_list("kind", flat=True)) == {"digest"}


def test_answers_to_questions_have_a_mail_of_their_own_by_choice():
    page = PageFactory(digest=False)
    wanted.choose(page.owner, page, "answers_came", wanted=True)
    replied(page)
    go(FRIDAY)
    assert subjects() == ["Answers came: 1 to your questions"]
    assert sent() == [(page.owner.email, TUESDAY)]


# ── doors, lapses ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("until", "at", "subject"),
    [
        (datetime(2026, 3, 4, 23, 59, tzinfo=UTC), TUESDAY, "A door closes tomorrow: Research"),
        (datetime(2026, 3, 6, 8, tzinfo=UTC), TUESDAY, "A door closes on Friday 6 March: Research"),
        (datetime(2026, 3, 6, 20, tzinfo=UTC), TUESDAY, "A door closes on Friday 6 March: Research"),
        (datetime(2026, 3, 7, 20, tzinfo=UTC), FRIDAY, "A door closes tomorrow: Research"),
    ],
)
def test_a_door_that_closes_is_told_once_at_the_last_hour_on_a_day_before(until, at, subject):
    page = PageFactory()
    DoorFactory(page=page, name="Research", state="until", until=until)
    go(until + 8 * A_DAY)
    assert (sent("door_closes"), subjects()) == ([(page.owner.email, at)], [subject])


def test_a_door_that_was_given_another_date_is_not_told_of():
    page = PageFactory(quiet_from=time(8), quiet_to=time(10))
    DoorFactory(page=page, state="until", until=TUESDAY + A_DAY)
    go(TUESDAY)
    assert Message.objects.get().kind == "door_closes"
    Door.objects.update(until=TUESDAY + 60 * A_DAY)
    go(TUESDAY + timedelta(hours=2))
    assert sent() == []


def test_pitches_that_lapse_are_told_once_and_together_two_days_before():
    page = PageFactory(digest=False, reading=[f"{day} 09:00" for day in ("MON", "TUE", "WED", "THU", "FRI")])
    for days, count in ((2, 2), (3, 1), (20, 1)):
        lapse = {"lapses_at": datetime(2026, 3, 4, 15, tzinfo=UTC) + days * A_DAY}
        PitchFactory.create_batch(count, door__page=page, waiting=True, **lapse)
    PitchFactory(door__page=page, quarantine=True, lapses_at=datetime(2026, 3, 6, 15, tzinfo=UTC))
    go(datetime(2026, 3, 10, tzinfo=UTC))
    assert subjects()[:2] == ["2 pitches lapse on Friday 6 March", "1 pitch lapses on Saturday 7 March"]
    wednesday = datetime(2026, 3, 4, 9, tzinfo=UTC)
    assert sent("lapsing") == [(page.owner.email, wednesday), (page.owner.email, wednesday + A_DAY)]


def test_with_days_between_hours_lapses_are_told_at_the_last_that_is_early_enough():
    page = PageFactory(digest=False)
    for day in (7, 9):  # Saturday and Monday: on Friday less than two days of the first would be left
        PitchFactory(door__page=page, waiting=True, lapses_at=datetime(2026, 3, day, 15, tzinfo=UTC))
    go(datetime(2026, 3, 20, tzinfo=UTC))
    assert subjects()[:2] == ["1 pitch lapses on Saturday 7 March", "1 pitch lapses on Monday 9 March"]
    assert [at for _to, at in sent("lapsing")] == [TUESDAY, FRIDAY]


def test_lapses_that_an_outage_kept_back_are_told_after_it():
    page = PageFactory(digest=False)
    PitchFactory(door__page=page, waiting=True, lapses_at=datetime(2026, 3, 7, 15, tzinfo=UTC))
    clock.move_to(FRIDAY)  # nothing ran on Tuesday
    work()
    assert subjects() == ["1 pitch lapses on Saturday 7 March"]


# ── what did not arrive ──────────────────────────────────────────────────────
def failed(page, state="dead", kind="no", **more):
    return MessageFactory(kind=kind, state=state, pitch=PitchFactory(door__page=page, declined=True), **more)


def test_answers_that_were_not_delivered_are_one_mail_at_the_next_hour_and_no_second():
    page = PageFactory()
    failed(page), failed(page, "unknown", "yes"), failed(page, "withheld", "ask")
    failed(page, "done"), failed(page, kind="receipt"), failed(PageFactory(reading=[]))
    failed(page, created_at=MONDAY - timedelta(days=15))
    go(TUESDAY)
    assert (sent("undelivered"), subjects()) == (
        [(page.owner.email, TUESDAY)],
        ["3 answers could not be delivered"],
    )
    go(FRIDAY)
    failed(page, kind="wrong_door")
    go(FRIDAY + 5 * A_DAY)
    assert subjects() == ["3 answers could not be delivered", "1 answer could not be delivered"]


# ── the month ────────────────────────────────────────────────────────────────
def test_the_month_comes_by_choice_at_its_first_hour_with_the_figures_of_the_numbers():
    page, other = PageFactory(digest=False), PageFactory(digest=False)
    wanted.choose(page.owner, page, "month", wanted=True)
    wanted.choose(page.owner, page, "lapsing", wanted=False), wanted.choose(other.owner, other, "lapsing", wanted=False)
    go(FRIDAY)
    PitchFactory.create_batch(3, door__page=page, waiting=True)
    PitchFactory(door__page=other, waiting=True)
    go(MONDAY + timedelta(days=40))
    assert sent("month") == [(page.owner.email, datetime(2026, 4, 3, 8, tzinfo=UTC))]
    assert subjects()[-1] == "Your month: 3 pitches, 0 answered"


def test_who_asks_for_the_month_after_its_first_hour_waits_for_the_next():
    page = PageFactory(digest=False)
    PitchFactory(door__page=page, waiting=True)
    go(TUESDAY)
    wanted.choose(page.owner, page, "month", wanted=True)
    go(datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert sent("month") == []


# ── what the owner did themself ──────────────────────────────────────────────
def test_a_holiday_is_confirmed_at_once_and_each_once():
    page = PageFactory()
    away = {"holiday_from": date(2026, 3, 2), "holiday_until": date(2026, 3, 9)}
    doors.keep_settings(page, by=page.owner, **away)
    work()
    doors.keep_settings(page, by=page.owner, cards=20, **away)
    doors.keep_settings(page, by=page.owner, holiday_from=None, holiday_until=None)
    work()
    doors.keep_settings(page, by=page.owner, **away)
    work()
    assert (sent(), subjects()) == ([(page.owner.email, MONDAY)], ["You are on holiday until Monday 9 March"])


def test_a_holiday_that_was_taken_back_at_once_is_not_confirmed():
    page = PageFactory()
    doors.keep_settings(page, by=page.owner, holiday_from=date(2026, 3, 5), holiday_until=date(2026, 3, 9))
    doors.keep_settings(page, by=page.owner, holiday_from=None, holiday_until=None)
    work()
    assert sent() == []


def test_a_holiday_that_was_moved_at_once_is_confirmed_as_it_is():
    page = PageFactory()
    for last in (9, 12):
        doors.keep_settings(page, by=page.owner, holiday_from=date(2026, 3, 2), holiday_until=date(2026, 3, last))
        for event in Event.objects.filter(what=Fact.PAGE_CHANGED).select_related("page__owner"):
            away.holiday(event)
    work()
    assert subjects() == ["You are on holiday until Thursday 12 March"]
