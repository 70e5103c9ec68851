"""Pages that are the same for everybody: what is kept, for whom, and for how long."""

import gzip
import os
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from portal import clock, pages
from portal.up import servers
from portal.up.process import die_with_parent

SOON = timedelta(hours=1)
VALKEY = "unix://{}?db=2"


def address(path, query):
    """The address book of a site with one page."""
    return ("page:a", query) if path == "/a" and query in {"", "from=bio"} else None


class Site:
    """The middleware before a view that says how often it was asked."""

    def __init__(self):
        self.drawn = 0
        self.state = "first"
        self.until = clock.now() + SOON
        self.dress = lambda response: response
        self.middleware = pages.SharedPages(self.view)

    def view(self, request):
        if same := pages.kept(request, self.state):
            return same
        self.drawn += 1
        state = self.state  # what was so when it was asked for
        body = f"{state} {self.drawn} theme={pages.theme_of(request)}"
        response = HttpResponse(body, headers={"Vary": "Cookie", "X-Frame-Options": "DENY"})
        return pages.share(self.dress(response), state, self.until)

    def change(self, state, *, said=True):
        self.state = state
        if said:
            pages.Restamp("page:a")()

    def get(self, path="/a", *, method="get", host="pitch.example", cookies=None, **headers):
        request = getattr(RequestFactory(), method)(path, headers=headers, HTTP_HOST=host)
        request.COOKIES.update(cookies or {})
        return self.middleware(request)

    def text(self, *args, **kwargs):
        return self.get(*args, **kwargs).content.decode()


@pytest.fixture(params=["memory", "valkey"])
def site(request, settings):
    settings.SHARED_PAGES = f"{__name__}.address"
    settings.SITE_URL = "https://pitch.example"
    if request.param == "valkey":
        place = VALKEY.format(urlsplit(os.environ["BROKER_URL"]).path)
        settings.CACHES = {"default": {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": place}}
        cache.clear()
    yield Site()
    cache.clear()


# ── what is kept ─────────────────────────────────────────────────────────────
def test_a_page_is_drawn_once(site):
    assert [site.text() for _look in range(3)] == ["first 1 theme="] * 3
    assert site.drawn == 1


def test_a_change_shows_at_once(site):
    site.text()
    site.change("second")
    assert [site.text(), site.text()] == ["second 2 theme="] * 2


def test_a_copy_dies_when_the_page_changes_by_itself(site):
    now = datetime(2026, 5, 10, 12, tzinfo=UTC)
    with clock.standing_at(now):
        site.until = now + timedelta(seconds=30)
        site.text()
        clock.move_to(now + timedelta(seconds=29.9))
        assert site.text() == "first 1 theme="
        clock.move_to(now + timedelta(seconds=30))
        assert site.text() == "first 2 theme="


def test_when_the_stamp_has_run_out_the_view_is_asked_and_need_not_draw(site):
    site.text()
    cache.delete("stamp:page:a")
    assert (site.text(), site.drawn) == ("first 1 theme=", 1)
    site.middleware.get_response = None  # not asked again
    assert site.text() == "first 1 theme="


def test_a_change_that_the_cache_never_heard_of_shows_when_the_stamp_has_run_out(site):
    site.text()
    site.change("second", said=False)
    assert site.text() == "first 1 theme="  # the bound: STAMP_LIFE
    cache.delete("stamp:page:a")
    assert site.text() == "second 2 theme="


@pytest.mark.parametrize("site", ["valkey"], indirect=True)
def test_stamps_live_for_seconds_and_copies_for_minutes(site):
    site.text()
    client = cache._cache.get_client()
    lives = {key.decode().split(":")[2]: client.ttl(key) for key in client.keys("*")}
    assert 0 < lives["stamp"] <= pages.STAMP_LIFE <= 5
    assert pages.STAMP_LIFE < lives["copy"] <= pages.COPY_LIFE <= 300


def test_who_says_that_it_changed_is_believed_whatever_postgresql_says(site):
    site.text()
    site.change("first")
    assert site.text() == "first 2 theme="


def test_whoever_was_drawing_while_it_changed_leaves_no_old_copy(site):
    drawing = site.view

    def slow(request):
        response = drawing(request)
        site.change("second")
        site.view = drawing
        return response

    site.middleware.get_response = lambda request: site.view(request)
    site.view = slow
    assert site.text() == "first 1 theme="  # was on its way before the change
    assert site.text() == "second 2 theme="
    assert site.text() == "second 2 theme="


def test_an_old_stamp_never_replaces_a_new_one(site):
    drawing = site.view
    site.text()
    cache.delete("stamp:page:a")

    def slow(request):
        response = drawing(request)  # finds the copy good, for PostgreSQL says "first"
        site.change("second")
        site.middleware.get_response = drawing
        return response

    site.middleware.get_response = slow
    assert site.text() == "first 1 theme="
    assert site.text() == "second 2 theme="


def test_who_was_very_slow_keeps_nothing(site):
    def slow(request):
        request.shared_page.looked_at -= pages.STAMP_LIFE
        return site.view(request)

    site.middleware.get_response = slow
    site.text()
    assert cache.get("stamp:page:a") is None
    site.middleware.get_response = site.view
    assert site.text() == "first 2 theme="


# ── for whom ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["session", "device", "messages"])
def test_who_may_have_a_page_of_their_own_goes_past_the_cache(site, name):
    site.text()
    assert site.text(cookies={name: "x"}) == "first 2 theme="
    assert site.text() == "first 1 theme="


def test_other_cookies_do_not_count_but_the_theme_does(site):
    site.text()
    assert site.text(cookies={"zone": "Asia/Tokyo", "csrf": "x", "theme": "green"}) == "first 1 theme="
    assert site.text(cookies={"theme": "dark"}) == "first 2 theme=dark"
    assert site.text(cookies={"theme": "light"}) == "first 3 theme=light"
    assert site.text(cookies={"theme": "dark"}) == "first 2 theme=dark"


@pytest.mark.parametrize("path", ["/b", "/a/", "/A", "/a?from=x", "/a?from=bio&x=1", "/a?x", "/a?%00", "/a%00"])
def test_every_other_address_goes_past_the_cache(site, path):
    site.text("/a")
    assert [site.text(path), site.text(path)] == ["first 2 theme=", "first 3 theme="]


def test_each_variant_is_kept_by_itself(site):
    assert [site.text("/a"), site.text("/a?from=bio"), site.text("/a")] == [
        "first 1 theme=",
        "first 2 theme=",
        "first 1 theme=",
    ]


@pytest.mark.parametrize("host", ["evil.example", "pitch.example:8000", "other.pitch.example", ""])
def test_other_hosts_go_past_the_cache(site, host):
    assert site.text(host=host) == "first 1 theme="
    assert site.text() == "first 2 theme="
    assert site.text(host=host) == "first 3 theme="


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_what_is_no_look_goes_past_the_cache(site, method):
    site.text()
    assert site.text(method=method) == "first 2 theme="


def _cookie(response):
    response.set_cookie("a", "b")
    return response


def _status(response):
    response.status_code = 410
    return response


def _vary(response):
    response["Vary"] = "Cookie, X-Odd"
    return response


@pytest.mark.parametrize("dress", [_cookie, _status, _vary])
def test_what_is_not_for_everybody_is_not_kept(site, dress):
    site.dress = dress
    site.text()
    assert site.text() == "first 2 theme="


def test_what_no_view_has_marked_is_not_kept(site):
    site.middleware.get_response = lambda request: HttpResponse(f"asked {site.drawn}")
    site.text()
    site.drawn = 1
    assert site.text() == "asked 1"


def test_languages_are_kept_apart(site, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert [site.text(accept_language=language) for language in ("en", "de", "fr", "de")] == [
        "first 1 theme=",
        "first 2 theme=",
        "first 1 theme=",
        "first 2 theme=",
    ]


def test_a_new_release_draws_anew(site, monkeypatch):
    site.text()
    monkeypatch.setattr(pages, "build", lambda: "other")
    assert site.text() == "first 2 theme="


def test_the_build_names_the_code_and_the_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    pages.build.cache_clear()
    first = pages.build()
    (tmp_path / "staticfiles.json").write_text("{}")
    assert pages.build() == first
    pages.build.cache_clear()
    assert pages.build() != first
    pages.build.cache_clear()


# ── how it is answered ───────────────────────────────────────────────────────
def test_the_copy_carries_the_headers_of_the_page(site):
    first, second = site.get(), site.get()
    assert dict(first.items()) == dict(second.items())
    assert (second["Cache-Control"], second["X-Frame-Options"]) == ("no-cache", "DENY")
    assert second["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize("tag", ["{}", '"x", {}', "*"])
def test_who_has_the_page_is_told_so(site, tag):
    etag = site.get()["ETag"]
    response = site.get(if_none_match=tag.format(etag))
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in response
    site.change("second")
    assert site.get(if_none_match=etag).status_code == 200


def test_who_has_the_page_is_told_so_when_it_was_just_drawn(site):
    etag = site.get()["ETag"]
    cache.clear()
    site.drawn = 0
    assert site.get(if_none_match=etag).status_code == 304


@pytest.mark.parametrize("accepts", ["gzip", "br, gzip;q=0.5", "gzip;q=0.01, *"])
def test_a_page_travels_packed(site, accepts):
    plain, packed = site.get(), site.get(accept_encoding=accepts)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert (int(packed["Content-Length"]), int(plain["Content-Length"])) == (len(packed.content), len(plain.content))


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzipx"])
def test_who_cannot_unpack_gets_it_whole(site, accepts):
    assert "Content-Encoding" not in site.get(accept_encoding=accepts)


def test_head_says_what_get_would_say(site):
    assert dict(site.get(method="head").items()) == dict(site.get().items())
    assert site.drawn == 1


# ── the cache server comes and goes ──────────────────────────────────────────
class Server:
    """A Valkey of its own, to be killed and started again. What it was told it keeps on disk."""

    def __init__(self, home):
        self.owner = servers.account(home)
        self.child = servers.valkey(home / "data", home / "run", self.owner)
        servers.prepare_sockets(home / "run", self.owner)
        self.running = None

    def start(self):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **self.child.options}
        self.running = subprocess.Popen(
            self.child.command, preexec_fn=die_with_parent(self.child.orphan_signal), **quiet
        )
        end = time.monotonic() + 20
        while cache.get("up") is None and time.monotonic() < end:
            cache.set("up", 1)
            time.sleep(0.02)

    def kill(self):
        if self.running:
            self.running.kill()
            self.running.wait()
            self.running = None


@pytest.fixture
def server(settings):
    home = Path(tempfile.mkdtemp(prefix="halfdoor-cache-"))
    home.chmod(0o755)
    place = {"BACKEND": "portal.cache.ForgivingCache", "LOCATION": f"unix://{home}/run/valkey.sock?db=1"}
    settings.CACHES = {"default": place}
    settings.SHARED_PAGES, settings.SITE_URL = f"{__name__}.address", "https://pitch.example"
    found = Server(home)
    found.start()
    yield found
    found.kill()
    shutil.rmtree(home)


def test_a_change_while_the_server_was_away_shows_when_it_is_back(server):
    site = Site()
    assert [site.text(), site.text()] == ["first 1 theme="] * 2
    server.kill()
    assert site.text() == "first 2 theme="
    site.change("second")
    assert site.text() == "second 3 theme="
    server.start()  # with the stamp and the copy of before: it keeps them on disk
    stamps = (cache.get("stamp:page:a", "") for _try in range(20))  # a server that has just come is slow to answer
    assert any(stamp.endswith(":first") for stamp in stamps)
    assert site.text() == "second 4 theme="


def test_who_was_drawing_while_the_server_was_away_does_not_tell_the_new_one_what_was(server):
    site = Site()
    site.text()
    cache.delete("stamp:page:a")  # as if it had run out
    server.kill()

    def meanwhile(response):
        site.change("second")  # nobody can be told
        server.start()
        return response

    site.dress = meanwhile
    assert site.text() == "first 2 theme="
    site.dress = lambda response: response
    assert site.text() == "second 3 theme="


def test_a_server_that_does_not_say_who_it_is_is_not_believed(site, monkeypatch):
    monkeypatch.setattr(pages, "_life", lambda: None)
    assert [site.text(), site.text()] == ["first 1 theme="] * 2  # PostgreSQL was asked, nothing drawn
    site.change("second", said=False)
    assert site.text() == "second 2 theme="


def test_a_server_that_is_full_may_still_forget(site, monkeypatch):
    site.text()
    monkeypatch.setattr(type(cache._connections["default"]), "set_many", lambda self, data, **more: list(data))
    site.change("second")
    assert site.text() == "second 2 theme="
