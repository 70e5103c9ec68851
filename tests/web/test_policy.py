"""doors.json: what machines are told of a page, for how long it is true, and what it costs."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator

from portal import clock
from tests.factories import DoorFactory, PageFactory

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)  # 13:00 in Lisbon; the next hour is on Tuesday


@pytest.fixture
def page():
    with clock.standing_at(SUNDAY):
        return PageFactory(handle="maya")


def ask(client, now=SUNDAY, **headers):
    with clock.standing_at(now):
        return client.get("/@maya/doors.json", headers=headers)


def test_a_page_in_json(client, page):
    door = DoorFactory(page=page, slug="research", asks=["news"], topic="58")
    found = ask(client).json()
    found["doors"][0].pop("form")
    assert found == {
        "version": "1",
        "page": {
            "handle": "maya",
            "name": "Maya Lind",
            "url": "http://testserver/@maya".replace("testserver", "localhost:8000"),
            "timezone": "Europe/Lisbon",
            "next_reading_hour": "2026-05-12T08:00:00Z",
        },
        "made_at": "2026-05-10T12:00:00Z",
        "expires": "2026-05-10T23:00:00Z",
        "doors": [
            {
                "slug": "research",
                "name": "Original research",
                "url": "http://localhost:8000/@maya/research",
                "dry_run": "http://localhost:8000/@maya/research/dry-run",
                "state": "open",
                "why": "",
                "opens_at": None,
                "until": None,
                "reason": "",
                "tiers": ["stranger", "introduced", "known", "trusted"],
                "places_per_week": None,
                "wants": ["Data my readers can download"],
                "not_here": ["Surveys of under 100 people"],
                "asks": ["news"],
                "takes_files": False,
                "version": door.version,
                "topic": "58",
            }
        ],
    }


def test_a_form_in_json(client, page):
    DoorFactory(page=page, asks=["news"])
    response = ask(client)
    form = response.json()["doors"][0]["form"]
    Draft202012Validator.check_schema(form)
    assert form["properties"]["ask"]["enum"] == ["write", "reply", "quote"]
    assert (response["Content-Type"], response["Access-Control-Allow-Origin"]) == ("application/json", "*")
    assert list(response.cookies) == []


@pytest.mark.parametrize(
    ("changes", "expires"),
    [
        ({}, "2026-05-10T23:00:00Z"),  # midnight in Lisbon
        ({"state": "until", "until": SUNDAY + timedelta(hours=2)}, "2026-05-10T14:00:00Z"),
        ({"opens_at": SUNDAY + timedelta(hours=3)}, "2026-05-10T15:00:00Z"),
        ({"full_until": SUNDAY + timedelta(hours=4)}, "2026-05-10T16:00:00Z"),
        ({"opens_at": SUNDAY - timedelta(hours=3)}, "2026-05-10T23:00:00Z"),
    ],
)
def test_it_is_true_until_something_changes_by_itself(client, page, changes, expires):
    DoorFactory(page=page, **changes)
    assert ask(client).json()["expires"] == expires


def test_a_reading_hour_ends_it_too(client, page):
    DoorFactory(page=page)
    assert ask(client, SUNDAY + timedelta(days=2, hours=-6)).json()["expires"] == "2026-05-12T08:00:00Z"


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({"state": "until", "until": SUNDAY + timedelta(days=1)}, ("until", "", "2026-05-11T12:00:00Z")),
        ({"state": "invited"}, ("key", "", None)),
        ({"closed": True}, ("shut", "closed", None)),
        ({"opens_at": SUNDAY + timedelta(days=1)}, ("shut", "early", "2026-05-11T12:00:00Z")),
        ({"full_until": SUNDAY + timedelta(days=1)}, ("shut", "full", "2026-05-11T12:00:00Z")),
    ],
)
def test_each_door_says_how_it_stands(client, page, changes, stands):
    DoorFactory(page=page, **changes)
    found = ask(client).json()["doors"][0]
    assert (found["state"], found["why"], found["until"]) == stands
    assert found["reason"] == ("My readers asked for a rest." if changes.get("closed") else "")


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_two_queries_whatever_hangs_there(client, page, count, django_assert_num_queries):
    for _door in range(count):
        DoorFactory(
            page=page, asks=["paid", "news", "event", "product"], questions=[{"text": "Why?", "required": True}]
        )
    with django_assert_num_queries(2):
        assert len(ask(client).json()["doors"]) == count


def test_a_minute_later_it_means_the_same_and_a_change_is_another(client, page):
    door = DoorFactory(page=page, asks=["news"])
    first = ask(client)
    assert first["Cache-Control"] == "no-cache"
    same = ask(client, SUNDAY + timedelta(minutes=7), if_none_match=first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    tomorrow = ask(client, SUNDAY + timedelta(days=1), if_none_match=first["ETag"])
    assert tomorrow.status_code == 200
    door.asks = []
    door.save()
    assert ask(client, if_none_match=first["ETag"]).status_code == 200


def test_hidden_is_gone_and_unknown_is_not_found(client, page):
    assert client.get("/@nobody/doors.json").status_code == 404
    assert client.get("/@Maya/doors.json")["Location"] == "/@maya/doors.json"
    page.hidden_at = SUNDAY
    page.save()
    assert ask(client).status_code == 410


def test_what_an_owner_writes_is_data(client, page):
    DoorFactory(page=page, name="</script><b>", questions=[{"text": '"}],"', "required": False}])
    found = json.loads(ask(client).content)
    assert found["doors"][0]["form"]["properties"]["own"]["properties"]["1"]["title"] == '"}],"'
