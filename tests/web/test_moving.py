"""Wrong door and no with a map, as the holder of the link and the owner see them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pitches import intake, relationships, review
from pitches.models import Answer, Door, Message, Pitch, Standing
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PitchFactory
from tests.races import checksum
from tests.senders import work
from tests.web.test_public import hand, text

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STARTS = {"event.starts": "2026-05-01", "event.place": "Porto"}


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def left() -> Door:
    return DoorFactory(slug="research", name="Original research", blurb="Data that readers can check.")


@pytest.fixture
def right(left: Door) -> Door:
    return DoorFactory(page=left.page, slug="events", name="Fairs and talks")


def url(name: str, pitch: Pitch) -> str:
    return reverse(f"agency:{name}", args=[pitch.token])


def told(left: Door, right: Door, **more: Any) -> Pitch:
    """A pitch whose sender was told the right door."""
    pitch = PitchFactory(wrong_door=True, door=left, **more)
    AnswerFactory(pitch=pitch, kind="wrong_door", door=right)
    return pitch


def typed(pitch: Pitch, **more: str) -> dict[str, str]:
    names = ("line", "why", "link", "ask", "payer", "name", "company", "email")
    return {name: getattr(pitch, name) for name in names} | more


def declined(door: Door, reason: str, **more: Any) -> Pitch:
    return AnswerFactory(no=True, reason=reason, text="Because." if reason == "own_line" else "",
                         pitch__declined=True, pitch__door=door, **more).pitch  # fmt: skip


# ── the status page ──────────────────────────────────────────────────────────
def test_nothing_is_told_before_the_answer_went_out(client: Client, left: Door, right: Door) -> None:
    pitch = PitchFactory(wrong_door=True, door=left)
    AnswerFactory(pitch=pitch, kind="wrong_door", door=right, held=True)
    page = text(client.get(url("status", pitch)))
    assert "Your pitch is on Maya’s ledge" in page
    assert "Fairs and talks" not in page
    assert client.get(url("move", pitch)).status_code == 303


def test_one_press_moves_it_where_nothing_is_missing(client: Client, left: Door, right: Door) -> None:
    pitch = told(left, right)
    page = text(client.get(url("status", pitch)))
    for words in (
        "Right idea, wrong door",
        "It was left at “Original research”, and Maya says that it belongs behind <strong>“Fairs and talks”</strong>.",
        "Original research: Data that readers can check.",
        "You may move it once, until <strong>Wednesday 1 April, 10:00 Lisbon time</strong>. It keeps its place",
        "Move it to “Fairs and talks”",
    ):
        assert words in page
    response = client.post(url("move", pitch), follow=True)
    assert "It is on its way to “Fairs and talks”, and keeps its place in the line." in text(response)
    assert Pitch.objects.get().door == right
    work()
    page = text(client.get(url("status", pitch)))
    assert "You moved it to another door" in page
    assert "Right idea, wrong door" in page  # in the trail
    twice = text(client.post(url("move", pitch), follow=True))
    assert "It was moved to “Fairs and talks” already. A pitch moves once." in twice


def test_where_more_is_asked_the_form_is_filled_in(client: Client, left: Door, right: Door) -> None:
    Door.objects.filter(pk=right.pk).update(asks=["event"])
    pitch = told(left, right, line="A fair in spring")
    page = client.get(url("status", pitch))
    assert "That door asks for a little more." in text(page)
    assert f'href="{url("move", pitch)}"' in page.content.decode()
    form = client.get(url("move", pitch))
    assert form.status_code == 200
    assert "A fair in spring" in form.content.decode()
    before = checksum("django_session")
    bare = client.post(url("move", pitch))
    assert (bare.status_code, "Say where it is, or that it is online." in text(bare)) == (422, True)
    assert checksum("django_session") == before
    moved = client.post(url("move", pitch), typed(pitch, email="other@evil.example", **STARTS))
    assert moved.status_code == 303
    found = Pitch.objects.get()
    assert (found.door, found.groups["event"]["place"], found.email) == (right, "Porto", pitch.email)


REFUSED = {
    "closed": (lambda door, pitch: {"state": "closed"}, "That door is closed now. Your pitch stays here"),
    "early": (lambda door, pitch: {"opens_at": MONDAY + DAY}, "That door is closed until Tuesday 3 March, 09:00"),
    "tier": (lambda door, pitch: {"state": "invited"}, "That door opens for people Maya has worked with."),
    "one_waiting": (
        lambda door, pitch: PitchFactory(door=door, waiting=True, sender=pitch.sender) and {},
        "Another pitch of yours waits behind that door.",
    ),
    "paused": (
        lambda door, pitch: relationships.set_by_hand(
            door.page, pitch.sender, Standing.PAUSED, by=None, door=door, until=MONDAY + DAY
        ) and {},
        "Maya has paused pitches from you until Tuesday 3 March.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", REFUSED)
def test_a_door_that_does_not_take_it_says_so_and_keeps_what_was_typed(
    client: Client, left: Door, right: Door, code: str
) -> None:
    pitch = told(left, right)
    change, words = REFUSED[code]
    Door.objects.filter(pk=right.pk).update(asks=["event"], **change(right, pitch))
    status = text(client.get(url("status", pitch)))
    assert "That door does not take it today. Nothing is lost" in status
    assert "Move it to “Fairs" not in status
    answer = client.post(url("move", pitch), typed(pitch, **STARTS))
    assert (answer.status_code, words in text(answer)) == (422, True), text(answer)
    assert "Porto" in answer.content.decode()
    assert Pitch.objects.get(pk=pitch.pk).state == "wrong_door"


def test_what_cannot_be_moved_says_why_and_is_no_dead_end(client: Client, left: Door, right: Door) -> None:
    second = told(left, right, moved_from=DoorFactory(page=left.page, name="Tools"))
    page = text(client.get(url("status", second)))
    assert "It came here from “Tools”, and a pitch moves only once." in page
    assert "Move it to" not in page
    late = told(left, right)
    with clock.standing_at(MONDAY + 30 * DAY):
        page = client.get(url("status", late))
        assert "The 30 days in which it could be moved are over." in text(page)
        assert reverse("public:door", args=[left.page.handle, "events"]) in page.content.decode()
        assert "It cannot be moved now." in text(client.post(url("move", late), follow=True))


@pytest.mark.parametrize("name", ["move", "again"])
def test_other_tokens_are_equal_404s(client: Client, left: Door, right: Door, name: str) -> None:
    pitch, unproven = told(left, right), PitchFactory()
    tries = [unproven.token, pitch.code, pitch.seed, pitch.token_hash, pitch.token[:-1] + "_", pitch.token.swapcase()]
    seen = [client.get(f"/p/{one}/{name}") for one in tries]
    assert [answer.status_code for answer in seen] == [404] * len(tries)
    assert len({answer.content for answer in seen}) == 1
    assert {client.post(f"/p/{one}/move").status_code for one in tries} == {404}


def test_foreign_words_in_a_blurb_stay_text(client: Client, left: Door) -> None:
    right = DoorFactory(page=left.page, name="<b>Fairs</b>", blurb="<script>alert(1)</script>")
    page = client.get(url("status", told(left, right))).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;Fairs" in page


# ── the desk ─────────────────────────────────────────────────────────────────
def sheet(page: str) -> str:
    return page[page.index('id="no"') :]


def test_the_no_sheet_offers_the_other_doors_with_the_open_ones_first(client: Client, left: Door) -> None:
    client.force_login(left.page.owner)
    pitch = PitchFactory(waiting=True, door=left)
    path = reverse("desk:pitch", args=[pitch.code])
    assert "wrong_door" not in sheet(client.get(path).content.decode())
    DoorFactory(page=left.page, name="Guests", slug="guests", closed=True, position=1)
    page = sheet(client.get(path).content.decode())
    assert re.search(r'name="door" value="guests" data-digit="0"', page)
    assert "It belongs behind “Guests” (Closed)." in page
    DoorFactory(page=left.page, name="Fairs", slug="fairs", position=2)
    page = sheet(client.get(path).content.decode())
    page = page[page.index('id="right_door"') :]
    assert re.findall(r'<option value="([\w-]*)"', page) == ["", "fairs", "guests"]


def test_the_owner_says_wrong_door_and_takes_it_back(client: Client, left: Door, right: Door) -> None:
    client.force_login(left.page.owner)
    pitch = PitchFactory(waiting=True, door=left)
    path = reverse("desk:answer", args=[pitch.code])
    bad = client.post(path, {"kind": "wrong_door", "door": "research"})
    assert (bad.status_code, "Choose the right door." in text(bad)) == (422, True)
    assert 'id="no" class="panel in open"' in bad.content.decode()
    page = text(client.post(path, {"kind": "wrong_door", "door": "events"}, follow=True))
    assert "Wrong door: it belongs behind “Fairs and talks”" in page
    given = Answer.objects.get()
    assert (given.door, given.until, given.reason) == (right, None, "")
    again = client.post(path, {"kind": "wrong_door", "door": "events"}, follow=True)
    assert "answered already" not in text(again)
    assert "Wrong door: it belongs behind" in text(client.get(reverse("desk:outgoing")))
    client.post(reverse("desk:outgoing_undo", args=[given.pk]))
    assert Pitch.objects.get().state == "waiting"


def test_the_session_says_it_too(client: Client, left: Door, right: Door) -> None:
    client.force_login(left.page.owner)
    pitch = PitchFactory(waiting=True, door=left)
    sitting = review.open_session(left.page, by=left.page.owner)
    path = reverse("desk:session_answer", args=[sitting.pk, pitch.code])
    page = text(client.post(path, {"kind": "wrong_door", "door": "events"}, HTTP_HX_REQUEST="true"))
    assert "Wrong door: it belongs behind “Fairs and talks”; that was the last one." in page


def test_not_now_takes_a_day_of_the_owners(client: Client, left: Door) -> None:
    client.force_login(left.page.owner)
    pitch = PitchFactory(waiting=True, door=left)
    path = reverse("desk:answer", args=[pitch.code])
    for day, sentence in (("2026-03-02", "Choose a day after today."), ("2028-01-01", "Choose a day within a year")):
        bad = client.post(path, {"kind": "no", "reason": "not_now", "until": day})
        assert (bad.status_code, sentence in text(bad)) == (422, True)
        assert 'id="no_until_error"' in bad.content.decode()
    client.post(path, {"kind": "no", "reason": "not_now", "until": "2026-04-10"})
    again = client.post(path, {"kind": "no", "reason": "not_now", "until": "2026-04-10"}, follow=True)
    assert "already said no" not in text(again)
    assert str(Answer.objects.get().until) == "2026-04-10"


def test_the_thread_tells_of_the_move(client: Client, left: Door, right: Door) -> None:
    pitch = told(left, right)
    intake.move_door(pitch)
    work()
    client.force_login(left.page.owner)
    page = text(client.get(reverse("desk:pitch", args=[pitch.code])))
    assert "Moved it to “Fairs and talks”" in page


# ── the map ──────────────────────────────────────────────────────────────────
REASONS = {
    "not_my_topic": ({"Fairs and talks", "Paid"}, False),
    "advert": ({"Paid"}, False),
    "covered": (set(), True),
    "no_proof": (set(), True),
    "not_for_readers": (set(), True),
    "own_line": (set(), True),
    "no_reason": (set(), False),
    "not_now": (set(), False),
}


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_names_its_ways_on(client: Client, left: Door, right: Door, reason: str) -> None:
    DoorFactory(page=left.page, name="Paid", slug="paid", asks=["paid"], position=3)
    DoorFactory(page=left.page, name="Shut", slug="shut", asks=["paid"], closed=True)
    DoorFactory(page=left.page, name="Known only", slug="known", tiers=["known"])
    pitch = declined(left, reason)
    doors, here = REASONS[reason]
    page = client.get(url("status", pitch)).content.decode()
    found = page[page.index('id="onward"') : page.index('id="trail"')]
    assert set(re.findall(r'<li><a href="[^"]+">([^<]+)</a>', found)) == doors
    assert ("Write it again for “Original research”" in found) is here
    assert ("All doors of Maya" in found) is (reason == "no_reason")
    assert client.get(url("again", pitch)).status_code == (200 if here or reason == "not_now" else 303)
    message = Message.objects.filter(kind="no")
    assert not message.exists()


def test_no_open_door_is_no_dead_end(client: Client, left: Door) -> None:
    pitch = declined(left, "not_my_topic")
    page = text(client.get(url("status", pitch)))
    assert "What Maya looks for, and when a door opens, stands on the page." in page
    assert "All doors of Maya" in page


def test_only_doors_that_take_this_very_sender_are_named(client: Client, left: Door, right: Door) -> None:
    known = DoorFactory(page=left.page, name="Known only", slug="known", tiers=["known"])
    pitch = declined(left, "not_my_topic")
    relationships.set_by_hand(left.page, pitch.sender, Standing.KNOWN, by=None, door=known)
    PitchFactory(door=right, waiting=True, sender=pitch.sender)
    page = text(client.get(url("status", pitch)))
    assert "Known only" in page
    assert "Fairs and talks" not in page
    relationships.set_by_hand(left.page, pitch.sender, Standing.BLOCKED, by=None)
    assert "Known only" not in text(client.get(url("status", pitch)))


def test_the_map_costs_the_same_for_one_door_and_three(
    client: Client, left: Door, right: Door, django_assert_num_queries: Any
) -> None:
    pitch = declined(left, "not_my_topic")
    client.get(url("status", pitch))
    with django_assert_num_queries(11) as one:
        client.get(url("status", pitch))
    DoorFactory.create_batch(2, page=left.page)
    with django_assert_num_queries(len(one)):
        client.get(url("status", pitch))


# ── another try ──────────────────────────────────────────────────────────────
def not_now(door: Door, day: str = "2026-04-01") -> Pitch:
    return declined(door, "not_now", until=day)


def test_before_its_day_the_page_says_from_when(client: Client, left: Door) -> None:
    pitch = not_now(left)
    words = "Wednesday 1 April, 00:00 Lisbon time"
    sentence = f"From <strong>{words}</strong> on, “Original research” opens for this one pitch"
    assert sentence in text(client.get(url("status", pitch)))
    page = client.get(url("again", pitch))
    assert (page.status_code, words in text(page)) == (200, True)
    assert "<form" not in page.content.decode().split("<main")[1].split("</main")[0]


def test_from_its_day_on_the_closed_door_opens_for_it(client: Client, left: Door) -> None:
    pitch = not_now(left)
    Door.objects.filter(pk=left.pk).update(state="closed")
    with clock.standing_at(MONDAY + 40 * DAY):
        assert "The day has come" in text(client.get(url("status", pitch)))
        form = client.get(url("again", pitch))
        page = form.content.decode()
        assert "Maya invited you to try this again." in text(form)
        assert "The door closed while you were writing" not in page
        assert f'name="again" value="{pitch.token}"' in page
        assert form["Cache-Control"].startswith(("no-store", "max-age=0"))
        key = re.search(r'name="form_key" value="([^"]+)"', page)
        assert key
        assert key[1] != str(pitch.form_key)
        data = typed(pitch, again=pitch.token, form_key=key[1])
        refused = client.post(reverse("public:pitch", args=[left.page.handle, "research"]), data | {"line": ""})
        assert "Maya invited you to try this again." in text(refused)
        written = hand(client, left, **data)
        assert written.status_code == 303
        new = Pitch.objects.exclude(pk=pitch.pk).get()
        assert new.again_of == pitch
        back = client.get(reverse("agency:draft", args=[new.token])).content.decode()
        assert f'name="again" value="{pitch.token}"' in back
        intake.prove(new, intake.issue_code(new), device="")
        work()
        assert "You have tried it again already." in text(client.get(url("status", pitch)))
        assert "is closed" in text(client.get(url("again", pitch)))
        client.force_login(left.page.owner)
        client.post(reverse("desk:read_anyway"))
        desk = text(client.get(reverse("desk:pitch", args=[new.code])))
        assert "Tried again, as invited on Monday 2 March" in desk
        assert "Tried again" in text(client.get(reverse("desk:inbox")))


def test_without_its_token_the_closed_door_stays_shut(client: Client, left: Door) -> None:
    pitch = not_now(left, "2026-03-03")
    Door.objects.filter(pk=left.pk).update(state="closed")
    with clock.standing_at(MONDAY + 10 * DAY):
        for token in ("", "x", PitchFactory(declined=True).token, pitch.code):
            hand(client, left, **typed(pitch, again=token, form_key=str(uuid4())))
        assert Pitch.objects.filter(state="unproven").count() == 0


@pytest.mark.parametrize("state", ["lapsed", "withdrawn"])
def test_other_ends_lead_to_a_plain_form_at_an_open_door(client: Client, left: Door, state: str) -> None:
    pitch = PitchFactory(**{state: True}, door=left)
    assert "Write it again for “Original research”" in text(client.get(url("status", pitch)))
    form = client.get(url("again", pitch))
    assert pitch.why in form.content.decode()
    assert "invited" not in text(form)
    Door.objects.filter(pk=left.pk).update(state="closed")
    assert "Write it again" not in text(client.get(url("status", pitch)))
    assert "is closed" in text(client.get(url("again", pitch)))


@pytest.mark.parametrize("state", ["waiting", "accepted", "quarantine", "later"])
def test_what_has_not_ended_is_not_tried_again(client: Client, left: Door, state: str) -> None:
    assert client.get(url("again", PitchFactory(**{state: True}, door=left))).status_code == 303


def test_a_door_that_is_gone_or_a_page_that_is_hidden_opens_for_nobody(client: Client, left: Door) -> None:
    pitch = not_now(left, "2026-03-03")
    with clock.standing_at(MONDAY + 10 * DAY):
        type(left.page).objects.filter(pk=left.page_id).update(hidden_at=MONDAY)
        assert client.get(url("again", pitch)).status_code == 303
        type(left.page).objects.filter(pk=left.page_id).update(hidden_at=None)
        Door.objects.filter(pk=left.pk).update(taken_down_at=MONDAY)
        assert "The door that this was for is gone." in text(client.get(url("again", pitch), follow=True))
