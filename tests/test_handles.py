"""Short addresses: free, taken, reserved, alike; moved for a year, resting for ninety days."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from pitches import doors, tasks
from pitches.doors import handles
from pitches.models import Event, Handle, Page
from portal import clock, domains
from portal.models import User
from tests.factories import PageFactory, UserFactory
from tests.races import race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YEAR, DAY = timedelta(days=365), timedelta(days=1)


def page_at(handle):
    return doors.begin(UserFactory(), handle=handle, name="Maya Lind")


def test_a_new_page_takes_its_handle():
    page = page_at("maya-lind")
    row = Handle.objects.get()
    assert (row.handle, row.skeleton, row.page, row.until) == ("maya-lind", "mayallnd", page, None)


@pytest.mark.parametrize(
    ("handle", "why"),
    [
        ("maya-lind", "@maya-lind is taken. Choose another."),
        ("mayalind", "@mayalind looks like an address that is taken. Choose another."),
        ("maya1ind", "@maya1ind looks like an address that is taken. Choose another."),
        ("rnaya-lind", "@rnaya-lind looks like an address that is taken. Choose another."),
        ("admin", "This address is reserved. Choose another."),
        ("adrnin", "This address is reserved. Choose another."),
        ("he1p", "This address is reserved. Choose another."),
        ("maja-lind", ""),
        ("maya", ""),
    ],
)
def test_who_may_have_a_handle(handle, why):
    page_at("maya-lind")
    assert handles.why_not(handle) == why
    assert handles.free(handle) is (not why)


@pytest.mark.parametrize("text", ["", "mäya", "mауa", "ma ya", "-maya", "maya-", "maya_lind", "x" * 31, "@", "ｍaya"])
def test_a_handle_is_plain_ascii(text):
    assert handles.free(text) is False


def test_capitals_and_the_at_sign_are_read_over():
    assert handles.plain(" @Maya ") == "maya"


def test_a_page_without_a_row_is_protected_all_the_same():
    PageFactory(handle="maya")
    assert Handle.objects.count() == 0
    assert handles.why_not("maya") == "@maya is taken. Choose another."
    with pytest.raises(doors.Taken):
        page_at("maya")


@pytest.mark.parametrize("handle", ["maya", "rnaya", "help"])
def test_nobody_begins_a_page_at_a_handle_that_is_not_free(handle):
    page_at("maya")
    with pytest.raises(doors.Taken):
        page_at(handle)
    assert list(Page.objects.values_list("handle", flat=True)) == ["maya"]


def test_the_migration_writes_down_every_page():
    pages = {PageFactory(handle=handle) for handle in ("maya", "rnaya")}
    import_module("pitches.migrations.0003_every_page_has_its_handle").write_down(apps, None)
    assert {(row.handle, row.skeleton, row.page) for row in Handle.objects.all()} == {
        (page.handle, domains.skeleton(page.handle), page) for page in pages
    }


# ── moving ───────────────────────────────────────────────────────────────────
def move(page, handle):
    page.refresh_from_db()
    return handles.move(page, handle, by=page.owner)


def test_a_page_moves_and_its_old_address_is_kept_for_a_year(client):
    with clock.standing_at(NOON):
        page = doors.publish(page_at("maya"), by=User.objects.get())
        assert move(page, "mara").handle == "mara"
        rows = Handle.objects.values_list("handle", "page", "until")
        assert set(rows) == {("mara", page.pk, None), ("maya", page.pk, NOON + YEAR)}
        assert not handles.free("maya")
        assert not handles.free("rnaya")
        moved = client.get("/@maya")
        assert (moved.status_code, moved["Location"], client.get("/@mara").status_code) == (301, "/@mara", 200)
        assert client.get("/maya").status_code in (301, 404)
        clock.move_to(NOON + YEAR)
        assert client.get("/@maya").status_code == 404
        assert handles.free("maya")
    event = Event.objects.filter(what="page_changed").get()
    assert (event.note, event.by) == ("@maya is @mara", page.owner)


def test_a_page_without_a_row_keeps_its_old_address_too():
    page = PageFactory(handle="maya")
    move(page, "mara")
    assert set(Handle.objects.values_list("handle", "page")) == {("mara", page.pk), ("maya", page.pk)}


def test_a_page_may_move_back_and_to_what_looks_like_its_own():
    page = page_at("maya")
    move(page, "mara")
    move(page, "maya")
    assert Handle.objects.get(handle="maya").until is None
    assert Handle.objects.get(handle="mara").until is not None
    assert move(page, "rnaya").handle == "rnaya"


def test_staying_is_no_move():
    page = page_at("maya")
    assert move(page, "maya").version == page.version
    assert Event.objects.count() == 0


@pytest.mark.parametrize("handle", ["other", "0ther", "admin"])
def test_nobody_moves_where_somebody_is(handle):
    page, _other = page_at("maya"), page_at("other")
    with pytest.raises(handles.Refused):
        move(page, handle)
    page.refresh_from_db()
    assert (page.handle, Handle.objects.filter(page=page).count()) == ("maya", 1)


def test_nobody_collects_addresses_by_moving():
    with clock.standing_at(NOON):
        page = page_at("home-of-maya-0")
        for number in range(1, 4):
            clock.move_to(NOON + number * DAY)
            move(page, f"home-of-maya-{number}")
        with pytest.raises(handles.Refused, match="You can move it again from 3 March 2027"):
            move(page, "home-of-maya-4")
        assert move(page, "home-of-maya-0").handle == "home-of-maya-0"
        clock.move_to(NOON + YEAR + 2 * DAY)
        assert move(page, "home-of-maya-4").handle == "home-of-maya-4"


# ── resting ──────────────────────────────────────────────────────────────────
def test_the_handle_of_a_deleted_page_rests_for_ninety_days():
    with clock.standing_at(NOON):
        page_at("maya").delete()
        assert not handles.free("maya")
        tasks.tidy()
        assert Handle.objects.get().until == NOON + timedelta(days=90)
        tasks.tidy()
        clock.move_to(NOON + timedelta(days=89))
        tasks.tidy()
        assert (Handle.objects.get().until, handles.free("maya")) == (NOON + timedelta(days=90), False)
        clock.move_to(NOON + timedelta(days=90))
        assert handles.free("maya")
        tasks.tidy()
        assert Handle.objects.count() == 0


def test_a_handle_that_rested_can_be_taken_before_anybody_tidied():
    with clock.standing_at(NOON):
        page_at("maya").delete()
        handles.tidy()
        clock.move_to(NOON + timedelta(days=90))
        page = page_at("maya")
        assert (Handle.objects.get().page, Handle.objects.get().until) == (page, None)


def test_tidying_leaves_what_is_in_use():
    page_at("maya")
    assert (handles.tidy(), Handle.objects.get().until) == (0, None)


# ── suggestions ──────────────────────────────────────────────────────────────
def test_a_suggestion_is_free():
    page_at("maya-lind")
    assert handles.suggest("Maya Lind") == "maya-lind-2"
    assert handles.suggest("Desk") == "desk-2"
    assert handles.suggest("研究") == "page-2"
    assert handles.suggest("Jean-Luc O'Neil " * 5) == "jean-luc-oneil-jean-luc-on"


# ── two at once ──────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_of_two_look_alikes_at_once_one_is_there():
    owners = [UserFactory() for _number in range(8)]
    alike = ("maya1", "mayal", "mayai", "rnaya1", "rnayal", "ma-yal", "m-ayai", "maya-1")
    assert len({domains.skeleton(handle) for handle in alike}) == 1

    def begin(number):
        return doors.begin(owners[number], handle=alike[number], name="Maya Lind").pk

    found = race(begin)
    assert sorted(found, key=str).count(doors.Taken) == 7
    assert (Page.objects.count(), Handle.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_pages_that_move_to_look_alikes_at_once_one_arrives():
    pages = [page_at(f"page-of-{name}") for name in ("ann", "bea", "cleo", "dora")]
    alike = ("maya1", "mayal", "mayai", "maya-1")
    found = race(lambda number: move(pages[number], alike[number]).pk, threads=4)
    assert found.count(handles.Refused) == 3
    assert Page.objects.filter(handle__in=alike).count() == 1
