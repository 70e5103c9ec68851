"""A fair no: who gets it, the words beforehand, one press, and the way back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches.models import Answer, Page, Pitch, Reply
from pitches.web import lanes
from portal import clock
from tests.factories import AnswerFactory, AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/desk/inbox/fair-no"


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def old(page: Page, *days: float, **more: Any) -> list[Pitch]:
    door, now = page.doors.first() or DoorFactory(page=page), clock.now()
    return [
        PitchFactory(**{"waiting": True, "door": door, "handed_in_at": now - timedelta(days=one)} | more)
        for one in days
    ]


def form(owner: Client, days: str = "7") -> dict[str, str]:
    """What the button sends."""
    shown = owner.get(f"{PATH}?days={days}").context
    return {"days": days, "before": shown["chosen"].before.isoformat(), "press": str(shown["press"])}


def press(owner: Client, days: str = "7") -> Any:
    return owner.post(PATH, form(owner, days), follow=True)


def at_most(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """So many are answered at one press."""
    for place in ("pitches.review", "pitches.review.many"):
        monkeypatch.setattr(f"{place}.AT_MOST", count)
        monkeypatch.setattr(f"{place}.TURNS", 1)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_it_says_how_many_there_are_of_each_age(owner: Client, page: Page) -> None:
    old(page, 1, 8, 8, 15, 22), old(page, 9, waiting=False, held=True), old(page, 9, waiting=False, asked=True)
    old(PageFactory(), 9)
    found = owner.get(PATH).context
    assert [(age.value, age.count) for age in found["ages"]] == [("7", 5), ("14", 2), ("21", 1), ("all", 6)]
    assert (found["chosen"].value, found["chosen"].count) == ("21", 1)  # the lapse date of the page


def test_the_lapse_date_of_the_page_is_among_the_choices(owner: Client, page: Page) -> None:
    Page.objects.update(lapse_days=30)
    old(page, 31)
    found = owner.get(PATH).context
    assert ([age.value for age in found["ages"]], found["chosen"].value) == (["7", "14", "21", "30", "all"], "30")


def test_where_nobody_waits_so_long_the_next_age_is_offered(owner: Client, page: Page) -> None:
    old(page, 15, 8)
    assert owner.get(PATH).context["chosen"].value == "14"
    assert owner.get(f"{PATH}?days=21").content.decode().count("Nobody has waited so long.") == 1


def test_the_words_are_shown_as_they_will_be_read(owner: Client, page: Page) -> None:
    old(page, 22)
    text = owner.get(PATH).content.decode()
    assert text.count("I did not get to this in time") == 1
    Reply.objects.create(page=page, kind="no", reason="no_time", text="The pile won, {name}.")
    assert owner.get(PATH).content.decode().count("The pile won, Elif Kaya.") == 1
    press(owner, "21")
    assert Answer.objects.get().words == "The pile won, Elif Kaya."


def test_people_whom_you_trust_are_named_before(owner: Client, page: Page) -> None:
    old(page, 22, standing="trusted")
    assert owner.get(PATH).content.decode().count("1 of them is from somebody you trust.") == 1


def test_one_press_answers_all_of_that_age_and_undo_brings_them_back(owner: Client, page: Page) -> None:
    old(page, 1, 8, 15)
    response = press(owner)
    assert told(response) == [
        "2 pitches get a fair no. It goes out in ten minutes, and until then you can take it back."
    ]
    assert list(Pitch.objects.order_by("pk").values_list("state", flat=True)) == ["waiting", "declined", "declined"]
    batch = Answer.objects.values_list("batch", flat=True)[0]
    assert response.content.decode().count(f"/desk/inbox/answers/{batch}/undo") == 1
    owner.post(f"/desk/inbox/answers/{batch}/undo")
    assert set(Pitch.objects.values_list("state", flat=True)) == {"waiting"}


def test_who_comes_after_the_look_is_not_meant(owner: Client, page: Page) -> None:
    now = clock.now()
    early, late = old(page, 1)[0], old(page, 0)[0]
    Pitch.objects.filter(pk=late.pk).update(handed_in_at=now + timedelta(minutes=1))
    with clock.standing_at(now):
        before = owner.get(f"{PATH}?days=all").context["chosen"].before
    with clock.standing_at(now + timedelta(minutes=2)):
        owner.post(PATH, {"days": "all", "before": before.isoformat()})
    assert [one.pitch for one in Answer.objects.all()] == [early]


def test_pressed_twice_is_harmless(owner: Client, page: Page) -> None:
    old(page, 8)
    press(owner)
    assert told(press(owner)) == ["Nothing has waited so long any more, so nothing was answered."]
    assert Answer.objects.count() == 1


# ── the same form twice ──────────────────────────────────────────────────────
AGAIN = "You had pressed already: 2 answers are in the house, and you can take all of them back."


def test_the_second_press_says_what_the_first_one_did(owner: Client, page: Page) -> None:
    old(page, 8, 9)
    said = form(owner)
    owner.post(PATH, said, follow=True)
    old(page, 10)  # whatever came between: the second press is the first one
    response = owner.post(PATH, said, follow=True)
    assert (told(response)[0], Answer.objects.count()) == (AGAIN, 2)
    undo = f"/desk/inbox/answers/{said['press']}/undo"
    assert f'action="{undo}"' in response.content.decode()
    owner.post(undo)
    assert set(Pitch.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_press_that_was_taken_back_or_has_gone_out_is_not_pressed_again(owner: Client, page: Page) -> None:
    old(page, 8)
    said = form(owner)
    owner.post(PATH, said, follow=True)
    Answer.objects.update(sent_at=clock.now())
    assert told(owner.post(PATH, said, follow=True)) == ["You had pressed already, and 1 answer has gone out."]
    Answer.objects.update(sent_at=None, undone_at=clock.now())
    words = "You had pressed already and taken it back, so nothing was answered."
    assert told(owner.post(PATH, said, follow=True)) == [words]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("name", ["", "x", "theirs"])
def test_a_press_without_a_name_or_with_another_pages_is_one_of_its_own(owner: Client, page: Page, name: str) -> None:
    old(page, 8)
    theirs = AnswerFactory(held=True, batch=uuid4())
    said = form(owner) | {"press": str(theirs.batch) if name == "theirs" else name}
    assert told(owner.post(PATH, said, follow=True))[0].startswith("1 pitch gets a fair no.")
    assert Answer.objects.filter(pitch__page=page).count() == 1


def test_what_is_left_is_counted_so_far(owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 1)
    monkeypatch.setattr(lanes, "MOST", 1)
    old(page, 8, 9, 10)
    with CaptureQueriesContext(connection) as asked:
        assert told(press(owner))[1].startswith("more than 1 more wait: ")
    counts = [one["sql"] for one in asked if "COUNT(*)" in one["sql"] and "handed_in_at" in one["sql"]]
    assert " LIMIT 2" in counts[0]


@pytest.mark.parametrize("before", ["", "soon", "2026-03-02", "2026-13-40T00:00:00+00:00", "2026-03-02T09:00:00"])
def test_without_a_moment_nothing_is_said_to_anybody(owner: Client, page: Page, before: str) -> None:
    old(page, 22)
    response = owner.post(PATH, {"days": "21", "before": before})
    assert (response.status_code, response.content.decode().count("<title>Error:")) == (422, 1)
    assert Answer.objects.count() == 0


def test_what_is_left_is_told(owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 2)
    old(page, 8, 9, 10)
    response = press(owner)
    assert (response.redirect_chain, told(response)[1]) == (
        [(f"{PATH}?days=7", 303)], "1 more waits: so many at once are the most. Press again for it."
    )  # fmt: skip


def test_a_press_that_did_nothing_was_not_too_small(owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 3)
    old(page, 8, 9)
    said = form(owner)
    owner.post(PATH, said)
    owner.post(f"/desk/inbox/answers/{said['press']}/undo")
    owner.get("/desk/inbox")
    words = "You had pressed already and taken it back, so nothing was answered."
    response = owner.post(PATH, said, follow=True)
    assert (told(response), response.redirect_chain) == ([words], [(f"{PATH}?days=7", 303)])


@pytest.mark.parametrize(("role", "code"), [("reader", 403), ("screener", 403), ("assistant", 200)])
def test_only_who_may_answer_may(client: Client, page: Page, role: str, code: int) -> None:
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    AssistantFactory(page=page, role=role, email=user.email)
    client.force_login(user)
    old(page, 22)
    assert client.get(PATH).status_code == code
    client.post(PATH, {"days": "21", "before": clock.now().isoformat()})
    assert list(Answer.objects.values_list("said_by", flat=True)) == (["Sam Ode"] if code == 200 else [])


def test_it_costs_the_same_for_one_and_three(owner: Client, page: Page) -> None:
    counts = []
    for more in (1, 2):
        old(page, *[22] * more)
        with CaptureQueriesContext(connection) as asked:
            owner.get(PATH)
        counts.append(len(asked))
    assert counts[0] == counts[1]
