"""Outside the hour, and within it when it does not suit: what of the list is drawn, and who is told nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils.html import strip_tags

from pitches.models import Assistant, Event, Message, Page, Pitch, ReadingSession
from pitches.web import odd_days
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
SUBJECT = "The banner that lost a third"


@pytest.fixture
def page() -> Page:
    """A page with three on the ledge and one held aside, read by the hour alone."""
    with clock.standing_at(MONDAY):
        page = PageFactory(by_the_hour=True)
        door = DoorFactory(page=page)
        PitchFactory(waiting=True, standing="trusted", door=door, line=SUBJECT)
        PitchFactory.create_batch(2, waiting=True, door=door, line=SUBJECT)
        PitchFactory(held=True, door=door, line=SUBJECT)
    return page


def at_the_desk(page: Page, role: str = "owner") -> Client:
    client = Client()
    if role == "owner":
        client.force_login(page.owner)
        return client
    user = UserFactory(email="sam@maya.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Assistant.objects.create(
        page=page,
        name="Sam",
        email=user.email,
        mailbox=user.email,
        role=role,
        invited_at=clock.now(),
        joined_at=clock.now(),
    )
    client.force_login(user)
    return client


def text(response: Any) -> str:
    """The words of a page, without its tags."""
    return " ".join(strip_tags(response.content.decode().replace("</", " </")).split()).replace(" .", ".")


def shown(client: Client, moment: datetime = MONDAY, path: str = "/desk/inbox") -> str:
    with clock.standing_at(moment):
        return text(client.get(path))


def press(client: Client, path: str, moment: datetime = MONDAY, **fields: Any) -> Any:
    with clock.standing_at(moment):
        return client.post(path, fields, follow=True)


# ── the veil ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", ["owner", "reader", "assistant"])
def test_outside_the_hour_not_one_subject_is_drawn(page: Page, role: str) -> None:
    client = at_the_desk(page, role)
    with clock.standing_at(MONDAY):
        response = client.get("/desk/inbox")
    seen = text(response)
    hour = "Your hour is" if role == "owner" else "The hour of Maya is"
    assert f"{hour} Tuesday 3 March, 09:00. They can wait." in seen
    assert "People I trust 1 First knock 2 Held aside 1" in seen
    body = response.content.decode()
    assert (SUBJECT in body, "data-row" in body, 'data-key="s"' in body) == (False, False, False)
    assert SUBJECT in shown(client, TUESDAY)


@pytest.mark.parametrize(
    ("moment", "reading", "shut"),
    [
        (datetime(2026, 3, 3, 8, 59, tzinfo=UTC), ["TUE 09:00"], True),
        (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), ["TUE 09:00"], False),
        (datetime(2026, 3, 3, 23, 59, tzinfo=UTC), ["TUE 09:00"], False),
        (datetime(2026, 3, 4, 0, 0, tzinfo=UTC), ["TUE 09:00"], True),
        (datetime(2026, 3, 4, 2, 59, tzinfo=UTC), ["TUE 23:00"], False),
        (datetime(2026, 3, 4, 3, 1, tzinfo=UTC), ["TUE 23:00"], True),
        (MONDAY, [], False),
    ],
)
def test_an_hour_lasts_to_the_end_of_its_day_and_at_least_four(
    page: Page, moment: datetime, reading: list[str], shut: bool
) -> None:
    Page.objects.update(reading=reading)
    assert ("They can wait." in shown(at_the_desk(page), moment)) is shut


def test_read_anyway_holds_for_that_day_on_every_device_of_the_owner(page: Page) -> None:
    assert SUBJECT in text(press(at_the_desk(page), "/desk/read-anyway"))
    phone = at_the_desk(page)
    assert SUBJECT in shown(phone, datetime(2026, 3, 2, 23, 59, tzinfo=UTC))
    assert SUBJECT not in shown(phone, datetime(2026, 3, 3, 0, 0, tzinfo=UTC))


def test_who_helps_lifts_the_veil_for_themselves_alone(page: Page) -> None:
    helper = at_the_desk(page, "reader")
    assert SUBJECT in text(press(helper, "/desk/read-anyway"))
    assert SUBJECT in shown(helper)
    assert SUBJECT not in shown(at_the_desk(page))
    assert SUBJECT not in shown(helper, MONDAY + timedelta(days=7))


def test_whoever_asks_for_it_finds_it_behind_the_veil(page: Page) -> None:
    client, pitch = at_the_desk(page), Pitch.objects.first()
    assert pitch is not None
    for path in ("/desk/inbox?q=banner", f"/desk/pitch/{pitch.code}", "/desk/inbox?show=held"):
        assert SUBJECT in shown(client, path=path), path
    assert SUBJECT not in shown(client, path=f"/desk/inbox?at={pitch.code}")


def test_a_session_lifts_the_veil_while_it_lasts_and_for_the_day(page: Page) -> None:
    client = at_the_desk(page)
    assert SUBJECT in text(press(client, "/desk/session/start"))
    sitting = ReadingSession.objects.get()
    assert "Go on reading" in shown(client)
    press(client, f"/desk/session/{sitting.pk}/end")
    assert SUBJECT in shown(client)


def test_the_empty_ledge_is_not_veiled(page: Page) -> None:
    Pitch.objects.waiting().update(state="later", back_at=MONDAY + timedelta(days=1))
    seen = shown(at_the_desk(page))
    assert "The ledge is empty." in seen
    assert "They can wait." not in seen


# ── not today ────────────────────────────────────────────────────────────────
def test_not_today_shuts_the_list_until_another_day_and_moves_nothing(page: Page) -> None:
    Page.objects.update(reading=["TUE 09:00", "TUE 18:00", "FRI 09:00"])
    client = at_the_desk(page)
    assert "Not today" in shown(client, TUESDAY)
    before = list(Pitch.objects.order_by("pk").values()), Event.objects.count(), Message.objects.count()
    seen = text(press(client, "/desk/not-today", TUESDAY))
    assert "Not today, then. They wait until Friday 6 March, 09:00. Nothing is moved and nobody is told. Undo" in seen
    assert "Your next hour is Friday 6 March, 09:00." in shown(client, TUESDAY)
    assert SUBJECT not in shown(client, TUESDAY.replace(hour=18, minute=30))
    assert SUBJECT in shown(client, datetime(2026, 3, 6, 9, 30, tzinfo=UTC))
    assert (list(Pitch.objects.order_by("pk").values()), Event.objects.count(), Message.objects.count()) == before


def test_not_today_in_a_late_hour_holds_past_midnight(page: Page) -> None:
    Page.objects.update(reading=["TUE 23:00", "WED 09:00"])
    client, late = at_the_desk(page), TUESDAY.replace(hour=23, minute=30)
    press(client, "/desk/not-today", late)
    assert SUBJECT not in shown(client, late + timedelta(hours=1))
    assert "Wednesday" in shown(client, late + timedelta(hours=1))
    assert SUBJECT in shown(client, late + timedelta(hours=10))


def test_not_today_is_the_word_of_who_said_it(page: Page) -> None:
    helper = at_the_desk(page, "screener")
    press(helper, "/desk/not-today", TUESDAY)
    assert SUBJECT not in shown(helper, TUESDAY)
    assert SUBJECT in shown(at_the_desk(page), TUESDAY)


@pytest.mark.parametrize(("path", "fields"), [("/desk/not-today", {"undo": "1"}), ("/desk/read-anyway", {})])
def test_not_today_is_undone(page: Page, path: str, fields: dict[str, str]) -> None:
    client = at_the_desk(page)
    press(client, "/desk/not-today", TUESDAY)
    assert SUBJECT in text(press(client, path, TUESDAY, **fields))


def test_without_hours_there_is_no_not_today(page: Page) -> None:
    Page.objects.update(reading=[])
    client = at_the_desk(page)
    assert "Not today" not in shown(client)
    assert SUBJECT in text(press(client, "/desk/not-today"))


# ── a holiday, too many, nothing ─────────────────────────────────────────────
@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (1, 5, "You are away until Thursday 5 March. The first hour after it is Friday 6 March, 09:00."),
        (9, 12, "You will be away from Monday 9 March to Thursday 12 March."),
        (10, 12, ""),
    ],
)
def test_a_holiday_that_has_begun_or_is_near_is_spoken_of(page: Page, first: int, last: int, said: str) -> None:
    Page.objects.update(holiday_from=MONDAY.date().replace(day=first), holiday_until=MONDAY.date().replace(day=last))
    seen = shown(at_the_desk(page))
    assert said in seen
    assert ("nobody is promised a day within it" in seen) is bool(said)
    assert ("Change it" in seen) is bool(said)
    assert "Change it" not in shown(at_the_desk(page, "reader"))


def test_in_a_holiday_the_list_is_shut_until_the_hour_after_it(page: Page) -> None:
    Page.objects.update(holiday_from=MONDAY.date(), holiday_until=MONDAY.date() + timedelta(days=3))
    assert "Your hour is Friday 6 March, 09:00. They can wait." in shown(at_the_desk(page), TUESDAY)


def test_where_many_wait_the_oldest_first_or_a_fair_no(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odd_days, "MANY", 3)
    Page.objects.update(cards=2)
    old = Pitch.objects.waiting().order_by("-pk").first()
    Pitch.objects.filter(pk=old.pk).update(handed_in_at=TUESDAY - timedelta(days=30))
    client = at_the_desk(page)
    seen = shown(client, TUESDAY)
    assert "3 wait, which is 2 sessions. 1 has waited for more than 21 days." in seen
    assert "A fair no to all older than 21 days" in seen
    assert "A fair no" not in shown(at_the_desk(page, "screener"), TUESDAY)
    press(client, "/desk/session/start", TUESDAY, order="oldest")
    assert ReadingSession.objects.get().cards[0] == old.pk


def test_two_hundred_are_many_and_fewer_are_not(page: Page) -> None:
    found = [odd_days.notes(page, waiting) for waiting in (199, 200)]
    assert ["sittings" in notes for notes in found] == [False, True]


def test_an_empty_ledge_says_what_lies_elsewhere(page: Page) -> None:
    Pitch.objects.waiting().update(state="later", back_at=MONDAY + timedelta(days=3))
    Pitch.objects.filter(pk=Pitch.objects.filter(state="later").first().pk).update(state="asked")
    seen = shown(at_the_desk(page))
    assert "2 are put off. The next comes back by Thursday 5 March at the latest." in seen
    assert "One waits for an answer from them." in seen
    assert "One is held aside." in seen
    assert "quarantine." not in seen
    theirs = shown(at_the_desk(page, "reader"))
    for words in ("send them here", "Copy a reply"):
        assert (words in seen, words in theirs) == (True, False)
