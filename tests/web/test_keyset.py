"""Long lists go on by the row that came last: outgoing and follow-ups show each row once, whatever its dates."""

from datetime import timedelta

import pytest
from django.test import Client

from pitches.web import follow_ups, outgoing
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, PageFactory

pytestmark = pytest.mark.django_db


def test_what_is_still_in_the_house(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "AT_ONCE", 2)
    page, soon = PageFactory(), clock.now() + timedelta(minutes=9)
    made = [AnswerFactory(held=True, pitch__door=DoorFactory(page=page), goes_out_at=at) for at in (soon, None) * 3]
    AnswerFactory(held=True)
    client.force_login(page.owner)
    seen, after = [], ""
    for _page in range(3):
        context = client.get("/desk/outgoing", {"after": after}).context
        seen += [given.pk for minute in context["minutes"] for given in minute.each]
        after = context["more"]
    assert (seen, after) == ([one.pk for one in (*made[::2], *made[1::2])], "")


@pytest.mark.parametrize("after", ["x", "9" * 30, "1.5"])
def test_a_place_that_is_none_is_the_start(client: Client, after: str) -> None:
    given = AnswerFactory(held=True, goes_out_at=clock.now() + timedelta(minutes=9))
    client.force_login(given.pitch.page.owner)
    assert len(client.get("/desk/outgoing", {"after": after}).context["minutes"][0].each) == 1
    assert client.get("/desk/follow-ups", {"after": after}).status_code == 200


def test_follow_ups(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_ups, "AT_ONCE", 2)
    page = PageFactory()
    for days in (3, 1, 1, 2, 1):
        day = clock.now().date() + timedelta(days=days)
        HandoffFactory(pitch__door=DoorFactory(page=page), follow_up_on=day)
    client.force_login(page.owner)
    seen, after = [], ""
    for _page in range(3):
        response = client.get("/desk/follow-ups", {"after": after})
        seen += [row for part in response.context["parts"] for row in part.rows]
        after = response.context["more"]
        assert not after or f'href="/desk/follow-ups?after={after}"' in response.content.decode()
    assert ([row.follow_up_on.toordinal() - clock.now().toordinal() for row in seen], after) == ([1, 1, 1, 2, 3], "")
    assert len({row.pk for row in seen}) == 5
