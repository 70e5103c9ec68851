"""The public page from the cache: nothing is asked of the database, and what changes shows on the next request."""

import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from PIL import Image

from pitches import doors, due, freshness, opening
from pitches.doors import handles, portraits
from pitches.models import Came, Door, Page, Portrait
from portal import clock, pages
from portal.urls import urlpatterns as all_addresses
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
AWAY = {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": "unix:///nowhere/valkey.sock?db=1"}


@pytest.fixture(autouse=True)
def _at_home(settings):
    """The test client comes to the site's own address."""
    settings.SITE_URL = "http://testserver"


@pytest.fixture
def client():
    return visitor()


def visitor():
    """A browser names the host that it goes to."""
    return Client(headers={"host": "testserver"})


@pytest.fixture
def street():
    found = PageFactory(handle="maya")
    DoorFactory.create_batch(3, page=found)
    return found


@pytest.fixture
def shown(street, client):
    """The page as a stranger sees it."""
    return lambda: client.get("/@maya").content.decode()


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Run something as one transaction."""

    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        connection.run_on_commit.clear()  # as a commit does; here the test's own transaction goes on

    return run


# ── what it costs ────────────────────────────────────────────────────────────
def test_a_page_that_is_drawn_costs_three_queries_and_a_copy_none(client, street, django_assert_num_queries):
    with django_assert_num_queries(3):
        first = client.get("/@maya")
    with django_assert_num_queries(0):
        second = client.get("/@maya")
    assert (first.content, dict(first.items())) == (second.content, dict(second.items()))


def test_when_the_stamp_has_run_out_one_query_is_enough(client, street, django_assert_num_queries):
    first = client.get("/@maya")
    cache.delete("stamp:page:maya")
    with django_assert_num_queries(1):
        assert client.get("/@maya").content == first.content
    with django_assert_num_queries(0):
        client.get("/@maya")


def test_the_copy_is_as_safe_as_the_page(client, street):
    client.get("/@maya")
    copy = client.get("/@maya")
    assert (copy["X-Frame-Options"], copy["Cache-Control"]) == ("DENY", "no-cache")
    assert "default-src 'none'" in copy["Content-Security-Policy"]
    assert (copy["X-Content-Type-Options"], copy["Content-Language"]) == ("nosniff", "en")
    assert {name.strip() for name in copy["Vary"].split(",")} == {"Accept-Language", "Cookie", "Accept-Encoding"}
    assert list(copy.cookies) == []


def test_head_and_not_modified_come_from_the_copy(client, street, django_assert_num_queries):
    full = client.get("/@maya")
    with django_assert_num_queries(0):
        head = client.head("/@maya")
        same = client.get("/@maya", headers={"if-none-match": full["ETag"]})
    assert (head.content, head["Content-Length"]) == (b"", str(len(full.content)))
    assert (same.status_code, same.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert same["Content-Security-Policy"] == full["Content-Security-Policy"]


def empty(request):
    return HttpResponse("")


urlpatterns = [path("empty", empty), *all_addresses]


def test_a_copy_costs_about_as_much_as_an_empty_view(settings, street):
    """The least of some rounds, in turns, so that a busy machine changes both. `make bench` measures it properly."""
    settings.ROOT_URLCONF = __name__
    client = visitor()

    def seconds(address):
        began = time.thread_time()
        for _look in range(40):
            client.get(address)
        return time.thread_time() - began

    rounds = [(seconds("/@maya"), seconds("/empty")) for _round in range(5)]
    assert min(copy for copy, _ in rounds) < 2 * min(bare for _, bare in rounds)


# ── for whom ─────────────────────────────────────────────────────────────────
def test_the_owner_sees_a_page_of_their_own(client, street, shown):
    shown()
    client.force_login(street.owner)
    response = client.get("/@maya")
    assert "This is your page" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert "This is your page" not in visitor().get("/@maya").content.decode()


def test_a_device_that_we_know_goes_past_the_cache(client, street, shown):
    shown()
    Page.objects.update(name="Somebody Else")
    assert "Maya Lind" in shown()
    client.cookies[site.DEVICE_COOKIE_NAME] = "x" * 43
    assert "Somebody Else" in shown()


def test_the_zone_of_the_reader_changes_nothing(client, street):
    answers = set()
    for zone in ("", "Asia/Tokyo", "America/New_York"):
        cache.clear()
        client.cookies["zone"] = zone
        answers.add(client.get("/@maya").content)
    assert len(answers) == 1


def test_themes_are_kept_apart(client, street):
    def look(theme):
        client.cookies["theme"] = theme
        return 'data-theme="dark"' in client.get("/@maya").content.decode()

    assert [look(theme) for theme in ("", "dark", "light", "dark", "")] == [False, True, False, True, False]


@pytest.mark.parametrize("came", Came.values)
def test_links_of_the_share_kit_are_kept_each_by_itself(client, street, came, django_assert_num_queries):
    plain, counted = client.get("/@maya").content.decode(), client.get(f"/@maya?from={came}").content.decode()
    with django_assert_num_queries(0):
        assert client.get(f"/@maya?from={came}").content.decode() == counted
        assert client.get("/@maya").content.decode() == plain
    assert (f"from={came}" in counted, f"from={came}" in plain) == (True, False)


@pytest.mark.parametrize("query", ["from=x", "from=", "from=bio&from=qr", "x=1", "from=bio%00", "FROM=bio", "&"])
def test_any_other_query_is_not_kept(client, street, query):
    client.get(f"/@maya?{query}")
    assert freshness.address("/@maya", query) is None or query == "from="
    assert not [key for key in cache._cache if query in key and query != "from="]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/@MAYA", 301), ("/@maya/", 404), ("/@nobody", 404), ("/@maya%00", 400), ("/@maya?q=%ff", 400)],
)
def test_what_is_not_the_page_is_answered_as_ever(client, street, path, status):
    assert [client.get(path).status_code for _look in range(2)] == [status, status]
    assert not [key for key in cache._cache if "copy" in key]


def test_a_page_is_only_looked_at(client, street, shown):
    shown()
    assert client.post("/@maya").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_other_hosts_neither_fill_the_cache_nor_read_it(client, street, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    codes = {
        host: client.get("/@maya", headers={"host": host}).status_code for host in ("evil.example", "other.example")
    }
    assert codes == {"evil.example": 400, "other.example": 200}
    assert not [key for key in cache._cache if "copy" in key]
    client.get("/@maya")
    assert client.get("/@maya", headers={"host": "evil.example"}).status_code == HTTPStatus.BAD_REQUEST


def test_without_a_cache_the_page_is_right(street, settings, commit):
    settings.CACHES = {"default": AWAY}
    door, client = street.doors.first(), visitor()
    for state in ("closed", "open", "closed"):
        commit(lambda state=state: doors.change(door, by=street.owner, state=state, name=f"Now {state}"))
        assert f"Now {state}" in client.get("/@maya").content.decode()


# ── every change shows on the next request ───────────────────────────────────
def picture():
    out = BytesIO()
    Image.new("RGB", (200, 250), "teal").save(out, "PNG")
    return out.getvalue()


def knock(page, door):
    """Somebody takes the only place of the week."""
    Door.objects.filter(pk=door.pk).update(places_per_week=1)
    door.refresh_from_db()
    PitchFactory(door=door, waiting=True)
    opening.count_places(door)


def crowd(page, door):
    """More wait than can be read in time."""
    Page.objects.filter(pk=page.pk).update(promise_days=1, cards=1)
    page.refresh_from_db()
    PitchFactory.create_batch(12, door=door, waiting=True)
    opening.look_ahead(page)


CHANGES = {
    "change": lambda page, door: doors.change(door, by=page.owner, name="Changed"),
    "switch": lambda page, door: doors.change(door, by=page.owner, state="closed"),
    "hang": lambda page, door: doors.hang(page, by=page.owner, slug="new", name="New"),
    "take_down": lambda page, door: doors.take_down(door, by=page.owner),
    "reorder": lambda page, door: doors.reorder(page, [one.pk for one in reversed(page.doors.all())]),
    "keep_hours": lambda page, door: doors.keep_hours(page, ["SUN 23:00"], "Asia/Tokyo"),
    "keep_words": lambda page, door: doors.keep_words(page, by=page.owner, headline="Other words"),
    "keep_settings": lambda page, door: doors.keep_settings(page, by=page.owner, lapse_days=5),
    "hide": lambda page, door: doors.hide(page, by=page.owner, hidden=True),
    "count_places": knock,
    "look_ahead": crowd,
}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_a_change_shows_on_the_next_request(street, shown, commit, act):
    before = shown()
    assert shown() == before
    commit(lambda: act(street, street.doors.first()))
    assert shown() != before


def test_a_picture_shows_on_the_next_request(street, commit):
    def stamp():
        return freshness.stamp_of(freshness.with_stamp(Page.objects.all()).get())

    cache.set("stamp:page:maya", "-:old")
    bare = stamp()
    commit(lambda: portraits.keep(street, picture(), by=street.owner))
    drawn = stamp()
    assert cache.get("stamp:page:maya") != "-:old"
    Portrait.objects.all().delete()
    assert len({bare, drawn, stamp()}) == 3


def test_a_door_that_hangs_again_shows_on_the_next_request(street, shown, commit):
    full, door = shown(), street.doors.first()
    commit(lambda: doors.take_down(door, by=street.owner))
    assert shown() != full
    commit(lambda: doors.hang_again(door, by=street.owner))
    assert shown() == full


def test_a_page_that_moves_leaves_no_copy_behind(street, client, commit):
    client.get("/@maya")
    commit(lambda: handles.move(street, "maya-lind", by=street.owner))
    moved = client.get("/@maya")
    assert (moved.status_code, moved["Location"]) == (301, "/@maya-lind")
    assert client.get("/@maya-lind").status_code == HTTPStatus.OK


def test_a_page_that_was_hidden_is_back_on_the_next_request(street, client, commit):
    client.get("/@maya")
    codes = []
    for hidden in (True, False):
        commit(lambda hidden=hidden: doors.hide(street, by=street.owner, hidden=hidden))
        codes.append(client.get("/@maya").status_code)
    assert codes == [HTTPStatus.GONE, HTTPStatus.OK]


def test_a_page_that_an_operator_took_down_is_gone_on_the_next_request_and_back_on_another(street, client, commit):
    codes = [client.get("/@maya").status_code]
    for act in (lambda: doors.take_page_down(street, "No", by=None), lambda: doors.put_up_again(street, by=None)):
        commit(act)
        codes.append(client.get("/@maya").status_code)
    assert codes == [HTTPStatus.OK, HTTPStatus.GONE, HTTPStatus.OK]


def test_a_page_shows_when_it_is_put_up(client, commit):
    page = PageFactory(handle="later", unpublished=True)
    assert client.get("/@later").status_code == HTTPStatus.NOT_FOUND
    commit(lambda: doors.publish(page, by=page.owner))
    assert client.get("/@later").status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)  # the stamp names transactions, so there must be several
def test_what_nobody_said_shows_when_the_stamp_has_run_out(street, shown):
    shown()
    Door.objects.filter(page=street).update(name="By hand in the database")
    assert "By hand" not in shown()
    cache.delete("stamp:page:maya")
    assert "By hand" in shown()


def test_what_is_rolled_back_changes_no_stamp(street, shown, commit):
    shown()
    stamp = cache.get("stamp:page:maya")

    def change_of_mind():
        with transaction.atomic():
            doors.change(street.doors.first(), by=street.owner, name="Other")
            transaction.set_rollback(True)

    commit(change_of_mind)
    assert cache.get("stamp:page:maya") == stamp


def test_one_transaction_changes_the_stamp_once(street, monkeypatch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        for name in ("One", "Two", "Three"):
            doors.change(street.doors.first(), by=street.owner, name=name)
    assert calls == [pages.Restamp("page:maya")]


# ── and what time does ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("door", "hours"),
    [
        ({"state": "closed", "opens_at": SUNDAY + timedelta(hours=3)}, 3),
        ({"state": "open", "opens_at": SUNDAY + timedelta(hours=2)}, 2),
        ({"state": "until", "until": SUNDAY + timedelta(hours=4)}, 4),
        ({"full_until": SUNDAY + timedelta(hours=5)}, 5),
    ],
)
def test_a_door_turns_on_the_page_at_its_moment_without_a_worker(client, door, hours):
    with clock.standing_at(SUNDAY):
        page = PageFactory(handle="maya", reading=["FRI 09:00"])
        DoorFactory(page=page, **door)
        looks = [client.get("/@maya").context["plaques"][0].look]
        copy = client.get("/@maya").content
        clock.move_to(SUNDAY + timedelta(hours=hours, microseconds=-1000))
        assert client.get("/@maya").content == copy
        clock.move_to(SUNDAY + timedelta(hours=hours))
        looks.append(client.get("/@maya").context["plaques"][0].look)
    assert looks[0] != looks[1]


@pytest.mark.parametrize(
    ("reading", "hours"),
    [(["SUN 14:00"], 1), (["SUN 22:00"], 9), (["MON 09:00"], 11), ([], 11)],
)
def test_a_copy_ends_with_the_hour_or_the_owners_day(reading, hours):
    with clock.standing_at(SUNDAY):  # 13:00 in Lisbon
        page = PageFactory(reading=reading)
        assert freshness.until(page, [DoorFactory(page=page)]) == SUNDAY + timedelta(hours=hours)


def test_the_clock_that_turns_a_door_says_so(client, commit):
    with clock.standing_at(SUNDAY):
        page = PageFactory(handle="maya")
        DoorFactory(page=page, state="closed", opens_at=SUNDAY + timedelta(minutes=1), turns_at=SUNDAY)
        client.get("/@maya")
        clock.move_to(SUNDAY + timedelta(minutes=1))
        cache.set("stamp:page:maya", "-:old")
        commit(due.tick)
        assert cache.get("stamp:page:maya") != "-:old"


# ── nobody forgets ───────────────────────────────────────────────────────────
SHOWS_NOTHING = {
    "keep_rules",
    "except_from_rules",
    "keep_digest",
    "keep_shortcuts",
    "keep_version",
    "stood",
    "plain",
    "set_up",
    "begin",
    "keep_sensitive",
    "read_anyway",
    "send_example_away",
}
# The last two are a change(): to what was, and of the tiers.
TRIED = {*CHANGES, "hang_again", "publish", "put_back", "open_to_standing", "take_page_down", "put_up_again"}


def test_every_verb_of_the_doors_is_tried_here_or_shows_nothing():
    verbs = {name for name in doors.__all__ if callable(getattr(doors, name)) and name[0].islower()}
    assert verbs - SHOWS_NOTHING - TRIED == set()
