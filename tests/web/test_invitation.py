"""Doors by invitation, as they are seen: proof first, open for you, and what a key shows."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches import doors, intake, opening, relationships
from pitches.doors import keys
from pitches.models import Device, Introduction, Key, Pitch, Proof, Sender
from pitches.models.door import all_tiers
from pitches.web import devices
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.senders import meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ELIF = "elif@mosaic.example"
FORM = {
    "form_key": "7f1c2f1e-6f0c-4a57-9c8a-0d5f3c1b2a10",
    "line": "Why 1,200 people mute brands",
    "why": "The question your readers ask most.",
    "link": "https://mosaic.example/mute",
    "ask": "write",
    "payer": "client",
    "name": "Elif Kaya",
    "company": "Mosaic Research",
    "email": ELIF,
}


@pytest.fixture
def door():
    return DoorFactory(invited=True, slug="guests", name="Podcast guests", page__handle="maya")


def address(door, name="door"):
    return reverse(f"public:{name}", args=[door.page.handle, door.slug])


def stand(door, standing):
    until = clock.now() + timedelta(days=7) if standing == "paused" else None
    return meet(door, standing, ELIF, until=until)


def browser(sender=None):
    """A browser, on the device of somebody who proved a mailbox."""
    client = Client()
    if sender:
        client.cookies[devices.cookie_name()] = device = devices.new_token()
        intake.remember(device, sender)
    return client


def give(door, **more):
    until = door.page.local_date(clock.now()) + timedelta(days=30)
    return keys.give(door, by=door.page.owner, **{"until": until} | more)


def say_who(client, door, email=ELIF):
    return client.post(address(door, "introduce"), {"email": email})["Location"]


def code_for(path):
    introduction = Introduction.objects.latest("pk")
    assert path.endswith(introduction.token)
    return intake.issue_code(introduction)


def said(response):
    """The words of the main part."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# ── before the proof ─────────────────────────────────────────────────────────
def test_an_unknown_device_is_asked_who_it_is_before_it_writes(door):
    response = Client().get(address(door))
    words = said(response)
    assert (
        "This door opens for people Maya has worked with. Tell us your address; if it opens for you, you are" in words
    )
    assert (response.status_code, 'name="email"' in response.content.decode()) == (200, True)
    assert 'name="line"' not in response.content.decode()
    assert Introduction.objects.count() == 0


def plain(response):
    """A response without what is random: the token of the form, and the secret part of a link."""
    body = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode())
    links = re.compile(r"/who/[\w-]+")
    kept = {name: value for name, value in response.items() if name not in ("Content-Length", "Expires")}
    kept["Location"] = links.sub("", kept.get("Location", ""))
    return response.status_code, links.sub("", body), kept, sorted(response.cookies)


def walk(door):
    """All that can be asked before the code is typed: the answers, and how many questions each cost."""
    client, answers = Client(), []
    cache.clear()

    def step(act):
        with CaptureQueriesContext(connection) as asked:
            response = act()
        answers.append((plain(response), len(asked)))
        return response

    step(lambda: client.get(address(door.page.doors.get())))
    path = step(lambda: client.post(address(door, "introduce"), {"email": ELIF}))["Location"]
    work()
    step(lambda: client.get(path))
    for data in ({"code": "12345"}, {"code": "000000"}, {"again": "1"}, *([{"code": "111111"}] * 5)):
        step(lambda data=data: client.post(path, data))
    step(lambda: client.get(path))
    step(lambda: client.get(f"/@{door.page.handle}"))
    return answers


def test_before_the_proof_everybody_is_answered_alike_to_the_last_byte(door, monkeypatch):
    """Also in the number of questions that an answer costs. Mails go where the address is, whoever typed it."""
    monkeypatch.setattr("portal.tokens.six_digits", lambda: "482915")
    with clock.standing_at(MONDAY):
        found = [walk(door)]
        for days, standing in enumerate(("known", "trusted", "paused", "blocked"), start=1):
            clock.move_to(MONDAY + timedelta(hours=2 * days))
            stand(door, standing)
            Proof.objects.all().delete()  # ten minutes by the clock of the database
            found.append(walk(door))
    for one in found:
        for step, (mine, theirs) in enumerate(zip(one, found[0], strict=True)):
            assert str(mine).split("\\n") == str(theirs).split("\\n"), step
    assert {sent.to[0] for sent in mail.outbox} == {ELIF}


@pytest.mark.parametrize("typed", ["", "elif", "a@b.example, c@d.example", "x" * 250 + "@mosaic.example"])
def test_what_is_no_address_is_said_at_the_field(door, typed):
    response = Client().post(address(door, "introduce"), {"email": typed})
    assert (response.status_code, Introduction.objects.count()) == (422, 0)
    assert "<title>Error:" in response.content.decode()
    assert 'id="id_email_error"' in response.content.decode()


@pytest.mark.parametrize("state", [{"state": "open"}, {"state": "closed"}])
def test_only_a_door_by_invitation_asks_who_you_are(state):
    door = DoorFactory(**state)
    response = Client().post(address(door, "introduce"), {"email": ELIF})
    assert (response.status_code, response["Location"], Introduction.objects.count()) == (303, address(door), 0)


def test_a_fourth_introduction_looks_the_same(door):
    client = Client()
    pages = [plain(client.get(say_who(client, door))) for _ in range(4)]
    assert len({str(page) for page in pages}) == 1
    work()
    assert len(mail.outbox) == 1


# ── after the proof ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("standing", ["known", "trusted"])
def test_the_right_code_opens_the_door_with_the_contact_filled_in(door, standing):
    stand(door, standing)
    client = Client()
    path = say_who(client, door)
    response = client.post(path, {"code": code_for(path)}, follow=True)
    assert response.redirect_chain == [(path, 303), (address(door), 303)]
    assert "This door opens for you." in said(response)
    assert response.context["form"].initial["email"] == ELIF
    handed = client.post(address(door, "pitch"), FORM)["Location"]
    assert client.post(handed, {})["Location"] == handed.replace("/check", "").replace("/d/", "/p/")
    assert Pitch.objects.get().state == "arrived"


@pytest.mark.parametrize("standing", [None, "stranger", "introduced"])
def test_a_polite_no_with_the_open_doors_one_step_back(door, standing):
    if standing:
        stand(door, standing)
    client = Client()
    path = say_who(client, door)
    response = client.post(path, {"code": code_for(path)}, follow=True)
    assert "This door opens for people Maya has worked with It does not open for elif@mosaic.example yet." in said(
        response
    )
    assert f'href="/@{door.page.handle}"' in response.content.decode()
    assert (Sender.objects.count(), Device.objects.count()) == (bool(standing), bool(standing))
    assert (devices.cookie_name() in client.cookies) == bool(standing)
    assert client.get(path).content == client.get(path).content


def test_whoever_is_blocked_or_paused_is_told_the_truth_after_the_proof(door):
    with clock.standing_at(MONDAY):
        client = Client()
        for standing, words in (
            ("paused", "Maya has paused pitches from you until Monday 9 March You can pitch again then."),
            ("blocked", "Maya does not take pitches from this address We will not ask again."),
        ):
            stand(door, standing)
            path = say_who(client, door)
            response = client.post(path, {"code": code_for(path)}, follow=True)
            assert words in said(response)
            assert response.status_code == 200


def test_a_wrong_code_is_said_and_a_proven_page_takes_no_code(door):
    stand(door, "stranger")
    client = Client()
    path = say_who(client, door)
    code = code_for(path)
    response = client.post(path, {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert (response.status_code, "That code does not match." in said(response)) == (422, True)
    assert client.post(path, {"code": "12"}).status_code == 422
    assert Introduction.objects.get().proven_at is None
    client.post(path, {"code": code})
    assert client.post(path, {"code": "000000"}).status_code == 200
    assert client.post(path, {"again": "1"}).status_code == 200


def test_a_device_that_proved_the_mailbox_is_told_at_once(door):
    client = browser(stand(door, "stranger"))
    path = say_who(client, door)
    assert "It does not open for" in said(client.get(path))
    work()
    assert mail.outbox == []


def test_five_codes_an_hour(door):
    client = Client()
    path = say_who(client, door)
    answers = [said(client.post(path, {"again": "1"}, follow=True)) for _ in range(5)]
    assert ["Noted. If elif@mosaic.example may get" in words for words in answers] == [True] * 4 + [False]
    assert "This page asked for five codes, the most in an hour." in answers[-1]


def test_a_mailbox_that_a_key_was_given_to_needs_no_link(door):
    key = give(door, email=ELIF)
    client = Client()
    path = say_who(client, door)
    assert client.post(path, {"code": code_for(path)}, follow=True).redirect_chain[-1][0].endswith(f"?key={key.token}")
    stand(door, "blocked")
    assert "does not take pitches" in said(client.get(path))


def test_a_door_that_the_owner_opens_or_shuts_meanwhile_is_the_door(door):
    client = Client()
    path = say_who(client, door)
    client.post(path, {"code": code_for(path)})
    for state in ("open", "closed"):
        doors.change(door, state=state, tiers=all_tiers())
        assert client.get(path)["Location"] == address(door)


def test_secret_pages_are_kept_nowhere_and_guessed_by_nobody(door):
    path, key = say_who(Client(), door), give(door)
    for found in (path, f"/key/{key.token}"):
        assert Client().get(found)["Cache-Control"] == "no-store"
    token = Introduction.objects.get().token
    guesses = ["/who/x", f"/who/{key.token}", f"/key/{token}", f"/key/{key.seed}", f"/key/{key.token_hash}", "/key/x"]
    answers = [Client().get(guess) for guess in guesses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


# ── open for you ─────────────────────────────────────────────────────────────
def chips(client, page):
    return [plaque.words for plaque in client.get(f"/@{page.handle}").context["plaques"]]


@pytest.fixture
def street():
    """A door by invitation, a full one, an open one, one that is shut by hand."""
    with clock.standing_at(MONDAY):
        page = PageFactory(handle="maya")
        DoorFactory(page=page, invited=True)
        full = DoorFactory(page=page, places_per_week=1, slug="full")
        PitchFactory(waiting=True, door=full)
        opening.count_places(full)
        DoorFactory(page=page)
        DoorFactory(page=page, closed=True)
        yield page


def test_doors_open_for_people_the_owner_knows(street):
    first = street.doors.first()
    assert chips(browser(), street) == ["By invitation", "Full until Monday", "Open", "Closed"]
    for standing in ("known", "trusted"):
        client = browser(stand(first, standing))
        assert chips(client, street) == ["Open for you", "Open for you", "Open", "Closed"]
        response = client.get(address(street.doors.get(slug="full")))
        assert "This door opens for you." in said(response)
        assert "are taken" not in said(response)
        assert response.context["form"].initial["email"] == ELIF


def test_a_page_that_can_promise_no_date_still_opens_for_them(street, monkeypatch):
    street.full_since = clock.now()
    street.save(update_fields=["full_since"])
    door = street.doors.filter(state="open")[1]
    assert chips(browser(), street)[2] == "Closed for now"
    client = browser(stand(door, "known"))
    assert chips(client, street)[2] == "Open for you"
    assert "This door opens for you." in said(client.get(address(door)))
    monkeypatch.setattr(opening, "can_promise", lambda *_args: False)
    assert "This door opens for you." not in said(client.get(address(door)))


def test_a_door_whose_tiers_leave_them_out_stays_as_it_is(street):
    door = street.doors.first()
    door.tiers = ["trusted"]
    door.save(update_fields=["tiers"])
    client = browser(stand(door, "known"))
    assert chips(client, street)[0] == "By invitation"
    assert 'name="line"' not in client.get(address(door)).content.decode()


def test_a_standing_at_one_door_opens_no_other(street):
    door, sender = street.doors.first(), stand(street.doors.first(), "stranger")
    relationships.set_by_hand(street, sender, "known", by=street.owner, door=door)
    assert chips(browser(sender), street) == ["Open for you", "Full until Monday", "Open", "Closed"]


@pytest.mark.parametrize("path", ["/@maya", "{door}", "{full}"])
def test_blocked_and_paused_see_what_a_stranger_sees(street, path):
    """On the device that proved the mailbox: known strangers, the paused and the blocked get the same bytes."""
    door, full = street.doors.first(), street.doors.get(slug="full")
    path = path.format(door=address(door), full=address(full))
    found = [
        plain(browser(stand(door, standing)).get(path)) for standing in ("stranger", "introduced", "paused", "blocked")
    ]
    assert len({str(one) for one in found}) == 1
    assert "opens for you" not in found[0][1].lower().replace("if it opens for you", "")


def test_one_of_two_mailboxes_on_a_device_is_enough(street):
    door = street.doors.first()
    client = browser(stand(door, "known"))
    other = meet(door, "blocked", "kim@other.example")
    intake.remember(client.cookies[devices.cookie_name()].value, other)
    assert chips(client, street)[0] == "Open for you"
    assert client.get(address(door)).context["form"].initial["email"] == ELIF


def test_a_device_of_more_than_ninety_days_ago_is_a_stranger(street):
    client = browser(stand(street.doors.first(), "trusted"))
    clock.move_to(MONDAY + timedelta(days=90))
    street.next_hour_at = None
    assert chips(client, street)[0] == "By invitation"


@pytest.mark.parametrize("count", [1, 3])
def test_open_for_you_costs_three_questions_more(count):
    door = DoorFactory(invited=True)
    DoorFactory.create_batch(count - 1, page=door.page, invited=True)
    client = browser(stand(door, "known"))
    counts = []
    for one in (Client(), browser(), client):
        if one is not client:
            one.cookies[devices.cookie_name()] = devices.new_token() if counts else ""
        with CaptureQueriesContext(connection) as asked:
            assert one.get(f"/@{door.page.handle}").status_code == 200
        counts.append(len(asked))
    assert [number - counts[0] for number in counts] == [0, 1, 3]


def test_a_page_for_one_device_is_stored_by_nobody(street):
    client = browser(stand(street.doors.first(), "known"))
    assert "no-store" in client.get("/@maya")["Cache-Control"]
    assert "no-store" in client.get(address(street.doors.first()))["Cache-Control"]


# ── a key ────────────────────────────────────────────────────────────────────
def test_the_link_of_a_key_leads_to_the_form_and_looking_uses_nothing(door):
    key = give(door, uses=2, note="MARK-NOTE")
    response = Client().get(f"/key/{key.token}")
    assert "Maya opened the door “Podcast guests” for you" in said(response)
    assert "lets in 2 pitches" in said(response)
    assert "MARK-NOTE" not in response.content.decode()
    form = Client().get(f"{address(door)}?key={key.token}")
    assert f'{address(door)}?key={key.token}"' in response.content.decode()
    assert "A key opens this door for you." in said(form)
    assert re.search(rf'name="key"[^>]*value="{key.token}"|value="{key.token}"[^>]*name="key"', form.content.decode())
    assert Key.objects.get().uses == 0


def test_a_stranger_with_a_key_writes_first_and_proves_on_the_check_page(door):
    key = give(door)
    client = Client()
    check = client.post(address(door, "pitch"), FORM | {"key": key.token})["Location"]
    response = client.post(check, {"code": intake.issue_code(Pitch.objects.get())})
    assert (response.status_code, Pitch.objects.get().key_id, Key.objects.get().uses) == (303, key.pk, 1)


def test_the_key_of_one_person_says_so_and_not_who(door):
    key = give(door, email="kim@mosaic.example")
    response = Client().get(f"/key/{key.token}")
    assert "This key was given to one person: use the address it was sent to." in said(response)
    assert "kim@" not in response.content.decode()


def test_each_state_of_a_key_has_its_sentence(door):
    with clock.standing_at(MONDAY):
        key = give(door)

        def words():
            return said(Client().get(f"/key/{key.token}"))

        doors.change(door, state="closed")
        assert "is closed for now, for keys as well No day for opening is set. The key is not lost" in words()
        doors.change(door, state="closed", opens_at=MONDAY + timedelta(days=2))
        assert "It opens again on Wednesday 4 March" in words()
        doors.change(door, state="invited", opens_at=None)
        keys.withdraw(key)
        assert "This key was taken back." in words()
        keys.give_back(key)
        Key.objects.update(uses=1)
        assert "This key has been used as often as it may be." in words()
        Key.objects.update(uses=0)
        clock.move_to(key.expires_at)
        assert "This key’s last day has passed." in words()
        form = Client().get(f"{address(door)}?key={key.token}")
        assert "This key’s last day has passed. Ask Maya for another one. This door opens for people" in said(form)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"uses": 1}, "Your key opens this door no longer This key has been used as often as it may be."),
        ({"withdrawn_at": MONDAY}, "Your key opens this door no longer This key was taken back."),
        ({"email": "kim@mosaic.example"}, "This key was given to another address It was given to one person"),
    ],
)
def test_a_refused_key_keeps_the_text(door, change, because):
    key = give(door)
    client = Client()
    check = client.post(address(door, "pitch"), FORM | {"key": key.token})["Location"]
    Key.objects.update(**change)
    response = client.post(check, {"code": intake.issue_code(Pitch.objects.get())})
    assert response.status_code == 422
    assert because in said(response)
    assert FORM["line"] in said(response)


def test_a_hidden_page_has_no_keys_and_no_doors(door):
    key, path = give(door), say_who(Client(), door)
    page = door.page
    page.hidden_at = clock.now()
    page.save(update_fields=["hidden_at"])
    found = [Client().get(url).status_code for url in (f"/key/{key.token}", path, address(door))]
    assert found == [410, 410, 410]
    assert Client().post(address(door, "introduce"), {"email": ELIF}).status_code == 410
