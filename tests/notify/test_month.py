"""A month of 300 pitches on two pages whose clocks change, with quiet time, a holiday, an outage and two beats.

Questions are answered, answers come back, a webhook fails. Who reads hears of it all at the hours that they chose, once
a day at most, and otherwise of nothing but what they asked to be told at once.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from pitches import doors, due, intake, relationships, review, tasks
from pitches.handoffs import plans
from pitches.hooks import spells
from pitches.models import Call, Event, Message, MessageState, Page, Pitch, PitchState, Standing
from pitches.notify import wanted
from portal import clock
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory, UserFactory
from tests.races import race
from tests.senders import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
BEGINS, ENDS = datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 4, 12, tzinfo=UTC)
# London leaves out an hour on 29 March, Sydney repeats one on 5 April.
LONDON = {"timezone": "Europe/London", "reading": ["MON 09:00", "WED 09:00", "WED 15:00", "FRI 09:00", "SUN 01:30"]}
SYDNEY = {"timezone": "Australia/Sydney", "reading": ["SUN 02:30", "TUE 07:00", "THU 18:00", "THU 20:00"]}
QUIET = {"quiet_from": time(22), "quiet_to": time(7, 30)}  # in Sydney
AWAY = {"holiday_from": date(2026, 3, 20), "holiday_until": date(2026, 3, 24)}  # in London
# In London both hours of a Wednesday pass meanwhile; in Sydney a Tuesday, and the evening of Thursday is to come.
DARK, LIGHT = datetime(2026, 3, 30, 18, tzinfo=UTC), datetime(2026, 4, 1, 20, tzinfo=UTC)
NOBODY_WRITES = datetime(2026, 4, 6, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
SECURITY_AND_OWN = {"account", "page_up", "holiday", "assistant_joined", "book_exported"}
PITCHES = 300
HOOK = "https://hooks.page.example/told"


class Month:
    """Two pages, their hours, and what waited at each."""

    def __init__(self) -> None:
        self.pages = [PageFactory(newcomer_share=1, **LONDON), PageFactory(newcomer_share=1, **SYDNEY, **QUIET)]
        doors.keep_settings(self.pages[0], by=self.pages[0].owner, **AWAY)
        self.pages = list(Page.objects.select_related("owner").order_by("pk"))
        for page in self.pages:
            DoorFactory(page=page)
            DoorFactory(page=page, state="until", until=datetime(2026, 4, 8, 12, tzinfo=UTC))
            for kind in wanted.DEFAULTS:
                wanted.choose(page.owner, page, kind, wanted=True, by=page.owner)
            plans.keep(page, Standing.KNOWN, webhook=HOOK)
            row = AssistantFactory(page=page, role="reader")
            EmailAddress.objects.create(user=UserFactory(email=row.email), email=row.email, verified=True)
        self.hours = {page.pk: set(self.hours_of(page)) for page in self.pages}
        self.waited: dict[int, dict[date, list[datetime]]] = defaultdict(lambda: defaultdict(list))

    def hours_of(self, page: Page) -> Iterator[datetime]:
        """Each reading hour of the month, as the page says them."""
        for hour in page.hours_from(BEGINS):
            if hour >= ENDS:
                return
            yield hour

    def go(self, moment: datetime) -> None:
        """Time goes on. What comes due in the dark is done when it is light again."""
        while (step := self._next()) and step <= moment:
            clock.move_to(step)
            self._run()
        clock.move_to(moment)

    def _next(self) -> datetime | None:
        return LIGHT if DARK <= clock.now() < LIGHT else due.next_moment(clock.now())

    def _run(self) -> None:
        now = clock.now()
        if DARK <= now < LIGHT:
            return
        begun = [page for page in self.pages if now in self.hours[page.pk] or now == LIGHT]
        while begun and sum(race(lambda _number: tasks.tick() + tasks.sweep(), threads=2)):
            pass  # two timetables and two workers at once, until nothing is left to do
        work()
        for page in begun:
            if Pitch.objects.filter(page=page).waiting().exists():
                self.waited[page.pk][page.local_date(now)].append(now)

    def play(self) -> None:
        """Pitches come at moments drawn by lot, and the owner answers all of them after every second hour."""
        chance = random.Random(7)
        todo: list[tuple[datetime, int, Page]] = []
        while len(todo) < PITCHES:
            moment = BEGINS + (ENDS - BEGINS) * chance.random()
            if not (NOBODY_WRITES[0] < moment < NOBODY_WRITES[1] or DARK < moment < LIGHT):
                todo.append((moment, len(todo), chance.choice(self.pages)))
        for page in self.pages:
            read = [page.after_quiet(hour) + timedelta(minutes=30) for hour in sorted(self.hours[page.pk])[::2]]
            todo += [(moment, -1, page) for moment in read if not DARK < moment < LIGHT]
        for moment, number, page in sorted(todo, key=lambda one: one[:2]):
            self.go(moment)
            if number < 0:
                self.read_all(page)
            else:
                self.hand_in(number, page)
        self.go(ENDS)

    def hand_in(self, number: int, page: Page) -> None:
        """One in ten through the real verbs, half of them of somebody trusted whose day is near; one in ten lapses
        soon. Whoever was asked has answered, the last answer comes back, and in the middle a webhook fails.
        """
        for asked in Pitch.objects.filter(page=page, state=PitchState.ASKED):
            if asked.told_state == PitchState.ASKED:
                intake.reply(asked, "It costs them nothing.")
        if number % 20 == 7:
            last = Message.objects.filter(page=page, kind="no", state=MessageState.DONE).order_by("-pk")[:1]
            Message.objects.filter(pk__in=last.values("pk")).update(state=MessageState.DEAD)
        if number % (PITCHES // 2) in (3, 4):
            for _time in range(5):
                spells.fails(Call(page=page, url=HOOK))
        door = page.doors.order_by("pk")[0]
        if number % 10:
            days = 3 if number % 10 == 1 else 21
            PitchFactory(door=door, waiting=True, lapses_at=clock.now() + timedelta(days=days))
            return
        sender = SenderFactory(email=f"s{number}@agency{number}.example")
        soon = page.local_date(clock.now()) + timedelta(days=number % 3) if number % 20 else None
        pitch = PitchFactory(door=door, email=sender.email, name=f"Sender {number}", last_day=soon)
        if soon:
            relationships.set_by_hand(page, sender, Standing.TRUSTED, by=page.owner)
        intake.hand_in(pitch, sender)
        work()

    def read_all(self, page: Page) -> None:
        """All that waits is answered, four of them with a mail, so that some hours have nothing."""
        waiting = Pitch.objects.filter(page=page).waiting()
        for number, pitch in enumerate(waiting.select_related("page", "door").order_by("pk")[:4]):
            if number:
                review.answer(pitch, "no", by=page.owner, reason="covered")
            else:
                review.answer(pitch, "ask", by=page.owner, text="What does it cost them?")
        waiting.update(state=PitchState.DECLINED)


def is_away(message: Message) -> bool:
    """Was it sent in the holiday of its page?"""
    page = message.page
    return page is not None and message.sent_at is not None and page.away_on(page.local_date(message.sent_at))


def nothing_in_the_holiday_and_at_once_what_cannot_wait(london):
    """In a holiday nothing at all, and what was asked for at once only of somebody trusted, before the hour."""
    away = [row for row in Message.objects.filter(page=london, sent_at__isnull=False) if is_away(row)]
    assert {row.kind for row in away} & (wanted.DEFAULTS.keys() | wanted.OF_HELPERS.keys()) == set()
    for row in Message.objects.filter(kind="tell_now", state=MessageState.DONE).select_related("pitch"):
        assert row.pitch.last_day < row.page.local_date(row.page.next_hour(row.sent_at))
        assert (row.to, row.pitch.standing) == (row.page.owner.email, Standing.TRUSTED)


def nothing_twice():
    """No double: one mail for each row, one row for each kind, person and date."""
    sent = (MessageState.DONE, MessageState.DEAD)  # some came back after they were sent
    due_by_now = Message.objects.exclude(next_at__gt=ENDS)
    assert due_by_now.exclude(state__in=(*sent, MessageState.OBSOLETE)).count() == 0
    assert len(mail.outbox) == Message.objects.filter(state__in=sent).count()
    rows = Message.objects.filter(user__isnull=False, state=MessageState.DONE).exclude(kind="tell_now")
    once = Counter((row.to, row.kind, row.page.local_date(row.sent_at)) for row in rows)
    assert set(once.values()) == {1}
    hours = Event.objects.filter(what="hour_began").values_list("page", "at")
    assert len(set(hours)) == len(hours)


def test_a_month_is_told_at_its_hours_and_never_between():
    with clock.standing_at(BEGINS):
        month = Month()
        month.play()
    assert Pitch.objects.count() == PITCHES
    london, sydney = month.pages
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) in month.hours[london.pk]  # half past two by the new time
    assert [hour for hour in month.hours[sydney.pk] if sydney.local_date(hour) == date(2026, 4, 5)] == [
        datetime(2026, 4, 4, 15, 30, tzinfo=UTC)  # the first of the two
    ]
    for page in month.pages:
        told = Message.objects.filter(page=page, state=MessageState.DONE, user__isnull=False)
        days = {day: page.after_quiet(moments[0]) for day, moments in month.waited[page.pk].items()}
        if page == sydney:  # an hour is still to come on the day on which it was light again
            days[date(2026, 4, 2)] = datetime(2026, 4, 2, 7, tzinfo=UTC)
        # One digest for each date that had something, at its first hour, to the owner and to who helps.
        for to in (page.owner.email, page.assistants.get().email):
            sent = told.filter(kind="digest", to=to).order_by("pk").values_list("sent_at", flat=True)
            assert list(sent) == [days[day] for day in sorted(days)]
        # Nothing to either of them at any other moment, but for what they did themselves.
        hours = {page.after_quiet(hour) for hour in month.hours[page.pk]} | ({LIGHT} if page == london else set())
        others = Message.objects.filter(page=page, to__in=(page.owner.email, page.assistants.get().email))
        others = others.filter(sent_at__isnull=False).exclude(kind__in=SECURITY_AND_OWN)
        assert set(others.exclude(kind="tell_now").values_list("sent_at", flat=True)) <= hours
        assert len(days) > 10
        assert len(month.hours[page.pk]) > len(days)
        # And this says it of each kind that may be stopped: none of them is missing here.
        assert set(others.filter(to=page.owner.email).values_list("kind", flat=True)) == wanted.DEFAULTS.keys()
    nothing_in_the_holiday_and_at_once_what_cannot_wait(london)
    nothing_twice()
