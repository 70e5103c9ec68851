"""Limits of a network: what a network is, whom a header deceives, and when the next try counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from portal import browsers, clock, limits
from portal.models import Tally
from tests.races import race

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _plain(settings):
    settings.NETWORK_LIMIT, settings.TRUSTED_PROXY_COUNT = 1, 0
    with clock.standing_at(MOMENT):
        yield


def request(address="203.0.113.7", forwarded=""):
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().post("/", REMOTE_ADDR=address, **more)


def network(*args):
    return limits.network_of(request(*args))


# ── whose network ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:0:10::1", "2001:db8:0:1f:ffff::2", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("::ffff:203.0.113.7", "203.0.113.8", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "unix:", True),
    ],
)
def test_a_network_is_a_24_or_a_56(one, other, same):
    assert (network(one) == network(other)) == same


def test_what_a_client_says_of_itself_is_not_believed(settings):
    """TRUST S3: with no proxy the header is nothing; with one, only what that one wrote."""
    spoofed = [network("203.0.113.7", f"198.51.{number}.1") for number in range(9)]
    assert set(spoofed) == {network("203.0.113.7")}
    settings.TRUSTED_PROXY_COUNT = 1
    behind = [network("127.0.0.1", f"198.51.{number}.1, 203.0.113.7") for number in range(9)]
    assert set(behind) == {network("203.0.113.7")}
    settings.TRUSTED_PROXY_COUNT = 2
    behind = [network("127.0.0.1", f"198.51.{number}.1, 203.0.113.7, 127.0.0.2") for number in range(9)]
    assert set(behind) == {network("127.0.0.1", "203.0.113.7, 127.0.0.2")}


def test_whoever_came_past_the_proxies_is_known_by_the_line(settings):
    settings.TRUSTED_PROXY_COUNT = 2
    assert limits.address_of(request("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_no_address_rests():
    limits.over(request(), "find")
    row = " ".join(str(value) for value in Tally.objects.values_list()[0])
    assert "203.0" not in row


# ── how many ─────────────────────────────────────────────────────────────────
def test_one_too_many_is_told_when_to_come_again():
    found = [limits.over(request(), "find") for _ in range(12)]
    ten = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert found == [None] * 10 + [ten] * 2
    assert limits.over(request("203.0.114.7"), "find") is None
    assert limits.over(request(), "watch") is None
    clock.move_to(ten)
    assert limits.over(request(), "find") is None


@pytest.mark.parametrize(("factor", "most"), [(0, 25), (2, 20)])
def test_a_site_may_allow_more_or_set_no_limit(settings, factor, most):
    settings.NETWORK_LIMIT = factor
    assert [limits.over(request(), "find") for _ in range(25)].count(None) == most


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted():
    counted = race(lambda _number: limits.count("find", "somebody")[0])
    assert sorted(counted) == list(range(1, 9))
    assert Tally.objects.get().count == 8


def test_a_lost_cache_changes_nothing():
    for _ in range(10):
        limits.over(request(), "find")
    cache.clear()
    assert limits.over(request(), "find") is not None


def test_the_time_is_told_in_the_zone_of_the_reader_and_never_too_early():
    with timezone.override("Europe/Lisbon"):
        said = limits.sentence(datetime(2026, 7, 1, 13, 20, 0, tzinfo=UTC))
    assert said == "Too many tries from this network. Please try again at 14:20. Your text is still here."


def test_what_is_over_is_forgotten():
    limits.count("find", "somebody")
    clock.move_to(MOMENT + timedelta(days=3))
    limits.count("find", "somebody")
    assert (limits.forget(), Tally.objects.count()) == (1, 1)


# ── the mark of a browser ────────────────────────────────────────────────────
def test_a_browser_is_marked_by_the_secret_it_brought(settings):
    found = request()
    found.META["CSRF_COOKIE"] = "made a moment ago"
    assert browsers.mark_of(found) == ""
    found.COOKIES[settings.CSRF_COOKIE_NAME] = "whatever"
    one = browsers.mark_of(found)
    found.META["CSRF_COOKIE"] = "another"
    assert len({one, browsers.mark_of(found)}) == 2
    assert len(one) == 64
    del found.META["CSRF_COOKIE"]
    assert browsers.mark_of(found) == ""
