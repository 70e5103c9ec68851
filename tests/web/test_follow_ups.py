"""Follow-ups: what is due, what comes, what waits for terms; and what became of it, by one press."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pitches import due, offers
from pitches.models import Evidence, Handoff, Page, Pitch
from pitches.models.reading import HOLD
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIST = "/desk/follow-ups"


@pytest.fixture
def page() -> Page:
    return PageFactory(name="Maya Lind")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def handoff(page: Page, days: int = 0, **more: Any) -> Handoff:
    pitch = PitchFactory(accepted=True, door=DoorFactory(page=page), **more)
    AnswerFactory(pitch=pitch)
    return HandoffFactory(pitch=pitch, follow_up_on=page.local_date(clock.now()) + timedelta(days=days))


def press(owner: Client, row: Handoff, what: str, **more: Any) -> Any:
    return owner.post(f"/desk/pitch/{row.pitch.code}/outcome", {"what": what, "back": "follow_ups"}, **more)


def parts(response: Any) -> dict[str, list[int]]:
    return {part.name: [row.pk for row in part.rows] for part in response.context["parts"]}


def text(response: Any) -> str:
    return response.content.decode()


def test_each_row_stands_in_one_part(owner: Client, page: Page) -> None:
    later, soon, now, late = handoff(page, 7), handoff(page, 6), handoff(page), handoff(page, -2)
    asked, waits = handoff(page, 5), handoff(page, 5)
    offers.make(asked.pitch, by_owner=False, by=None, deliverables="One post")
    offers.make(waits.pitch, by_owner=True, by=page.owner, deliverables="One post")
    response = owner.get(LIST)
    assert parts(response) == {
        "answer": [asked.pk],
        "overdue": [late.pk],
        "now": [now.pk],
        "week": [soon.pk],
        "later": [later.pk],
        "terms": [waits.pk],
    }
    assert response.context["first"] == late
    assert text(response).count('class="mark-stranger at"') == 1
    assert text(owner.get("/desk/inbox")).count("1 proposal of terms waits for your answer.") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_talks_cost_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        offers.make(handoff(page).pitch, by_owner=False, by=None, deliverables="One post")
    press(owner, handoff(page), "delivered")
    with django_assert_num_queries(5):
        assert len(owner.get(LIST).context["handoffs"]) == count


def test_only_what_is_due_has_presses_and_only_an_embargo_can_be_broken(owner: Client, page: Page) -> None:
    handoff(page), handoff(page, 3)
    assert text(owner.get(LIST)).count('name="what" value="delivered"') == 1
    assert 'value="embargo_broken"' not in text(owner.get(LIST))
    handoff(page, groups={"news": {"teaser": "Soon"}})
    assert text(owner.get(LIST)).count('value="embargo_broken"') == 1


def test_one_press_and_it_counts_in_ten_minutes(owner: Client, page: Page) -> None:
    row, following = handoff(page, -1), handoff(page)
    response = press(owner, row, "delivered", follow=True)
    assert "Noted: delivered. It counts in 10 minutes." in text(response)
    assert (response.context["first"], response.context["last"].what) == (following, "delivered")
    assert not Evidence.objects.exists()
    with clock.standing_at(clock.now() + HOLD):
        due.tick()
        assert Evidence.objects.get().kind == "delivered"
        assert owner.get(LIST).context["last"] is None


def test_undo_brings_it_back(owner: Client, page: Page) -> None:
    row = handoff(page)
    press(owner, row, "late")
    response = press(owner, row, "undo", follow=True)
    assert "Undone." in text(response)
    assert parts(response) == {"now": [row.pk]}
    with clock.standing_at(clock.now() + HOLD):
        due.tick()
    assert not Evidence.objects.exists()


def test_not_yet_asks_in_a_week(owner: Client, page: Page) -> None:
    row = handoff(page)
    response = press(owner, row, "not_yet", follow=True)
    assert parts(response) == {"later": [row.pk]}
    assert "It asks again on" in text(response)
    assert parts(press(owner, row, "undo", follow=True)) == {"now": [row.pk]}


def test_a_part_of_the_page_is_swapped_and_spoken(owner: Client, page: Page) -> None:
    row, following = handoff(page, -1), handoff(page)
    found = text(press(owner, row, "delivered", headers=HTMX))
    assert "<html" not in found
    assert '<p id="live" hx-swap-oob="innerHTML">Noted: delivered. It counts in 10 minutes.</p>' in found
    assert f'href="/desk/pitch/{following.pitch.code}" dir="auto" autofocus' in found
    again = text(press(owner, row, "late", headers=HTMX))
    assert again.count("You had already noted: Delivered as agreed.") == 2  # said, and seen


def test_the_keys_have_an_off_switch(owner: Client, page: Page) -> None:
    handoff(page)
    assert 'data-keys="on"' in text(owner.get(LIST))
    assert "<kbd" in text(owner.get(LIST))
    Page.objects.update(shortcuts=False)
    found = text(owner.get(LIST))
    assert 'data-keys=""' in found
    assert '<kbd aria-hidden="true">D' not in found


@pytest.mark.parametrize("what", ["", "trusted", "scam", "embargo_broken"])
def test_nothing_else_can_be_said(owner: Client, page: Page, what: str) -> None:
    assert press(owner, handoff(page), what).status_code == 404


def test_neither_nobody_nor_another_owner_says_what_became_of_it(client: Client, page: Page) -> None:
    row = handoff(page)
    assert press(client, row, "delivered").status_code == 302
    client.force_login(PageFactory().owner)
    assert press(client, row, "delivered").status_code == 404
    assert Handoff.objects.get().outcome == ""


def test_the_pitch_has_the_same_presses_and_shows_what_was_said(owner: Client, page: Page) -> None:
    row = handoff(page, 9)
    url = f"/desk/pitch/{row.pitch.code}"
    assert 'value="delivered"' in text(owner.get(url))
    owner.post(f"{url}/outcome", {"what": "late"})
    found = text(owner.get(url))
    assert "Delivered late" in found
    assert 'name="what" value="undo"' in found
    with clock.standing_at(clock.now() + HOLD):
        due.tick()
        found = text(owner.get(url))
    assert "Delivered late" in found
    assert 'value="undo"' not in found


def test_before_a_yes_goes_out_nothing_can_come_of_it(owner: Client, page: Page) -> None:
    pitch = PitchFactory(accepted=True, door=DoorFactory(page=page))
    AnswerFactory(pitch=pitch, held=True)
    row = HandoffFactory(pitch=pitch)
    url = f"/desk/pitch/{pitch.code}"
    assert 'value="delivered"' not in text(owner.get(url))
    assert "no yes has gone out" in text(press(owner, row, "delivered", follow=True))
    waiting = PitchFactory(waiting=True, door__page=page)
    assert owner.post(f"/desk/pitch/{waiting.code}/outcome", {"what": "delivered"}).status_code == 404


def test_what_is_done_may_still_get_its_outcome(owner: Client, page: Page) -> None:
    row = handoff(page)
    owner.post(f"/desk/follow-ups/{row.pk}/done")
    url = f"/desk/pitch/{row.pitch.code}"
    assert "You may still say what came of it." in text(owner.get(url))
    owner.post(f"{url}/outcome", {"what": "delivered"})
    assert Handoff.objects.get().outcome == "delivered"
    assert Pitch.objects.get().state == "accepted"
