"""What every request passes."""

import zoneinfo
from base64 import b64encode

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from portal import errors, middleware, zones
from tests.factories import UserFactory

FORM = "application/x-www-form-urlencoded"


def through(cls, request):
    return cls(lambda _request: HttpResponse("passed"))(request)


# ── bad input ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("address", ["/a%00b", "/?q=%00", "/?q=%ff%fe", "/?%00=1"])
def test_an_address_that_is_no_text_is_400(client, db, address):
    response = client.get(address)
    assert response.status_code == 400
    assert "could not read" in response.content.decode()


@pytest.mark.parametrize("address", ["/%ff", "/@%C3%BC%F0%9F%8E%88"])
def test_a_strange_address_is_simply_not_there(client, db, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("body", [b"name=a%00b", b"name=%ff", b"na%00me=a", b"name=\xff", b"name=\x00"])
def test_a_form_that_is_no_text_is_400(body):
    request = RequestFactory().post("/", body, content_type=FORM)
    assert through(middleware.BadInput, request).status_code == 400


def test_nul_in_a_multipart_form_is_400():
    request = RequestFactory().post("/", {"name": "a\0b"})
    assert through(middleware.BadInput, request).status_code == 400


def test_nul_in_a_cookie_is_400(client, db):
    client.cookies["session"] = "a\0b"
    assert client.get("/").status_code == 400


def test_a_form_that_is_too_large_is_413(client, db, settings):
    settings.MOST_BODY = 1000
    response = client.post("/", b"name=" + b"x" * 2000, content_type=FORM)
    assert response.status_code == 413


@pytest.mark.parametrize("method", ["post", "put", "get"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", ""])
def test_a_body_of_any_kind_is_refused_by_its_length(settings, method, kind):
    settings.MOST_BODY = 1000
    codes = [
        through(middleware.BadInput, RequestFactory().generic(method, "/", content_type=kind, CONTENT_LENGTH=length))
        for length in ("1001", "5000000", "9" * 30, "1000", "0", "")
    ]
    assert [response.status_code == 413 for response in codes] == [True, True, True, False, False, False]


def test_a_file_that_is_too_large_is_413(client, db):
    heavy = SimpleUploadedFile("pitch.bin", b"x" * 5_000_000)
    assert client.post("/", {"file": heavy}).status_code == 413


UPLOAD = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        (("/up", UPLOAD, "post", 5000), True),
        (("/up", UPLOAD, "post", 5001), False),
        (("/up", FORM, "post", 1001), False),
        (("/up", UPLOAD, "get", 1001), False),
        (("/up/more", UPLOAD, "post", 1001), False),
        (("/x/up", UPLOAD, "post", 1001), False),
        (("/elsewhere", UPLOAD, "post", 1001), False),
    ],
)
def test_a_file_may_be_larger_where_the_settings_say_so(settings, sent, fits):
    path, kind, method, length = sent
    settings.MOST_BODY, settings.UPLOADS = 1000, {r"/up": 5000}
    request = RequestFactory().generic(method, path, b"x" * length, content_type=kind)
    assert (through(middleware.BadInput, request).status_code != 413) is fits


@pytest.mark.parametrize("kind", [FORM, "application/json", "text/plain", UPLOAD])
@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("/mail/postmark/inbound/", True),
        ("/mail/mailgun/inbound_mime/", True),
        ("/mail/mandrill/", True),
        ("/mail/postmark/tracking/", False),
        ("/mail/postmark/inbound/more", False),
        ("/elsewhere", False),
    ],
)
def test_a_mail_may_be_larger_whatever_it_is_wrapped_in(settings, kind, path, fits):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "name:word"}
    large, known = b"a=" + b"x" * 2 * 1024 * 1024, {"HTTP_AUTHORIZATION": f"Basic {b64encode(b'name:word').decode()}"}
    for allowed, headers in ((fits, known), (False, {}), (False, {"HTTP_AUTHORIZATION": "Basic bm8="})):
        request = RequestFactory().generic("post", path, large, content_type=kind, **headers)
        assert (through(middleware.BadInput, request).status_code != 413) is allowed
    more = {"CONTENT_LENGTH": str(25 * 1024 * 1024 + 1)}
    request = RequestFactory().generic("post", path, b"", content_type=kind, **known, **more)
    assert through(middleware.BadInput, request).status_code == 413


def test_a_mail_in_one_field_may_be_as_large_and_other_fields_may_not(settings):
    settings.UPLOADS, settings.ANYMAIL = {r"/up": 5 * 1024 * 1024}, {"WEBHOOK_SECRET": ["old:word", "name:word"]}
    known = {"HTTP_AUTHORIZATION": f"Basic {b64encode(b'name:word').decode()}"}
    for path, code in (("/mail/mailgun/inbound_mime/", 200), ("/up", 413)):
        request = RequestFactory().post(path, {"body-mime": "x" * 2 * 1024 * 1024}, **known)
        assert through(middleware.BadInput, request).status_code == code


def test_a_length_that_is_no_number_means_no_body():
    for length in ("many", "9" * 5000):
        request = RequestFactory().post("/", b"", content_type=FORM, CONTENT_LENGTH=length)
        assert through(middleware.BadInput, request).content == b"passed"


def test_too_many_fields_are_400():
    request = RequestFactory().post("/", "&".join(f"f{n}=1" for n in range(300)), content_type=FORM)
    assert through(middleware.BadInput, request).status_code == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", FORM + "; charset=latin-1"])
def test_a_form_that_is_no_form_is_400(kind):
    request = RequestFactory().post("/", b"\x01\x02 nothing", content_type=kind)
    assert through(middleware.BadInput, request).status_code in {200, 400}


def test_other_languages_pass():
    request = RequestFactory().post("/?q=%C3%BC", {"name": "Zoë 🎈 Ünal"})
    assert through(middleware.BadInput, request).content == b"passed"


# ── headers ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/d/x", "/p/x", "/desk", "/desk/inbox", "/account/login/", "/dev/mail"])
def test_private_pages_are_not_stored(path):
    assert through(middleware.Headers, RequestFactory().get(path))["Cache-Control"] == "no-store"


def test_pages_for_somebody_signed_in_are_not_stored():
    request = RequestFactory().get("/@maya")
    assert "Cache-Control" not in through(middleware.Headers, request)
    request.COOKIES["session"] = "something"
    assert through(middleware.Headers, request)["Cache-Control"] == "no-store"


def test_what_never_changes_is_stored_even_by_who_is_signed_in():
    def answer(_request):
        return HttpResponse("picture", headers={"Cache-Control": "public, max-age=31536000, immutable"})

    signed_in, private = RequestFactory().get("/@maya/x.webp"), RequestFactory().get("/desk/x.webp")
    signed_in.COOKIES["session"] = "something"
    assert "immutable" in middleware.Headers(answer)(signed_in)["Cache-Control"]
    assert middleware.Headers(answer)(private)["Cache-Control"] == "no-store"


def test_the_policies_are_set(client, db):
    response = client.get("/nothing-here")
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_head_has_no_body():
    assert through(middleware.Headers, RequestFactory().head("/")).content == b""


# ── the reader's zone ────────────────────────────────────────────────────────
def zone_for(client, path="/"):
    """The zone in which a page is written."""
    seen = []
    request = RequestFactory().get(path)
    request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    middleware.Reader(lambda _request: seen.append(timezone.get_current_timezone_name()) or HttpResponse())(request)
    return seen[0]


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("Europe%2FLisbon", "Europe/Lisbon"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("Mars/Olympus", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
def test_the_browser_tells_the_zone(client, cookie, zone):
    client.cookies["zone"] = cookie
    assert zone_for(client) == zone


def test_the_folder_of_zones_is_read_once(client, monkeypatch):
    zones.names.cache_clear()
    seen = []
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: seen.append("read") or {"Europe/Lisbon"})
    client.cookies["zone"] = "Europe/Lisbon"
    found = [zone_for(client) for _request in range(3)]
    zones.names.cache_clear()
    assert (found, seen) == (["Europe/Lisbon"] * 3, ["read"])


def test_the_account_knows_better_than_the_browser(db):
    request = RequestFactory().get("/")
    request.COOKIES["zone"] = "Asia/Tokyo"
    request.user = UserFactory(timezone="America/New_York")
    assert middleware.zone_of(request) == zoneinfo.ZoneInfo("America/New_York")


# ── the database is gone ─────────────────────────────────────────────────────
def test_a_view_that_meets_a_dead_database_is_503(rf):
    error = OperationalError("the server closed the connection")
    response = middleware.DatabaseDown(lambda _request: HttpResponse()).process_exception(rf.get("/"), error)
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_other_errors_are_not_hidden(rf):
    assert middleware.DatabaseDown(lambda _request: HttpResponse()).process_exception(rf.get("/"), ValueError()) is None


@pytest.mark.django_db(transaction=True)
def test_a_site_without_its_database_says_so_everywhere(client, settings):
    client.force_login(UserFactory())
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("connection refused") from psycopg.OperationalError("connection refused")

    with connection.execute_wrapper(away):
        codes = {path: client.get(path).status_code for path in ("/@maya", "/desk", "/p/abc", "/account/login/")}
    assert set(codes.values()) == {503}
    assert client.get("/@nobody").status_code == 404


def test_error_pages_need_no_database(rf, django_assert_num_queries):
    request = rf.get("/", headers={"hx-request": "true"})
    pages = (errors.bad_request, errors.forbidden, errors.not_found, errors.too_large, errors.broken)
    codes = [page(request).status_code for page in pages]
    assert codes == [400, 403, 404, 413, 500]
    assert errors.csrf_failure(request).status_code == 403


@pytest.mark.parametrize(
    ("path", "back"), [("/desk/pitch/none-of-yours", "/desk/inbox"), ("/desks", "/"), ("/@nobody/x", "/")]
)
def test_what_is_not_there_leads_back_to_where_its_reader_was(rf, path, back):
    assert f'class="btn plain" href="{back}"' in errors.not_found(rf.get(path)).content.decode()


WAYS_BACK = [("/p/abc/note", "/p/abc"), ("/d/abc/code", "/d/abc")]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "back"), WAYS_BACK)
def test_whoever_opens_the_address_of_a_form_reads_a_sentence(client: Client, path: str, back: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "This address takes what a form sends." in response.content.decode()
    assert f'href="{back}"' in response.content.decode()
    assert response["Cache-Control"] == "no-store"
