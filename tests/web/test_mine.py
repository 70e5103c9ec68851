"""The agency's side: who sees whose pitches, what a colleague may read, and that nobody else learns a thing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from pitches import intake, relationships
from pitches.models import Pitch, Sender, Standing
from portal import clock
from portal.models import User
from tests import senders
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, UserFactory
from tests.web.test_public import text

pytestmark = pytest.mark.django_db
PLACES = ("/agency", "/agency/doors", "/agency/people", "/agency/record")


def sign_in(email: str, *, verified: bool = True, **user: Any) -> Client:
    """A browser of whoever signs in with this address."""
    who = User.objects.filter(email=email).first() or UserFactory(email=email, name="", **user)
    EmailAddress.objects.update_or_create(user=who, email=email, defaults={"verified": verified, "primary": True})
    client = Client()
    client.force_login(who)
    return client


def person(name: str, domain: str = "mosaic.example") -> Sender:
    return intake.sender_of(f"{name.lower()}@{domain}", name=name, company="Mosaic Research")


def left(sender: Sender, line: str, **traits: Any) -> Pitch:
    """A pitch that somebody handed in."""
    traits = traits or {"waiting": True}
    return PitchFactory(sender=sender, line=line, **traits)


# ── who sees what ────────────────────────────────────────────────────────────
def test_nobody_is_sent_to_the_sign_in_page() -> None:
    for place in (*PLACES, "/agency/pitches/MAYA-0001"):
        assert Client().get(place)["Location"] == f"/account/login/?next={place}"


@pytest.mark.parametrize(
    ("email", "verified", "sees"),
    [
        ("elif@mosaic.example", True, {"Of Elif", "Of Omar"}),
        ("ELIF@Mosaic.example", True, {"Of Elif", "Of Omar"}),
        ("new@mosaic.example", True, {"Of Elif", "Of Omar"}),
        ("new@uk.mosaic.example", True, {"Of Elif", "Of Omar"}),
        ("elif+tag@mosaic.example", True, {"Of Elif", "Of Omar"}),
        ("elif@mosaic.example", False, set()),
        ("elif@mosaic.test", True, set()),
        ("elif@xmosaic.example", True, set()),
        ("elif@mosaic.example.evil.example", True, set()),
        ("rival@northbeam.example", True, {"Of a rival"}),
        ("lena@gmail.com", True, {"Of Lena"}),
        ("omar@gmail.com", True, {"Of another Omar"}),
        ("lena+tag@gmail.com", True, set()),
        ("nobody@gmail.com", True, set()),
    ],
)
def test_everybody_sees_their_own_side_and_no_other(email: str, verified: bool, sees: set[str]) -> None:
    rows = {
        "Of Elif": left(person("Elif"), "Of Elif"),
        "Of Omar": left(person("Omar", "mail.mosaic.example"), "Of Omar"),
        "Of a rival": left(person("Rival", "northbeam.example"), "Of a rival"),
        "Of Lena": left(person("Lena", "gmail.com"), "Of Lena"),
        "Of another Omar": left(person("Omar", "gmail.com"), "Of another Omar"),
    }
    client = sign_in(email, verified=verified)
    shown = text(client.get("/agency"))
    assert {line for line in rows if f">{line}</a>" in shown} == sees
    missing = client.get("/agency/pitches/MAYA-NONE")
    assert missing.status_code == 404
    for line, row in rows.items():
        answer = client.get(f"/agency/pitches/{row.code}")
        if line in sees:
            assert answer.status_code in (200, 302)
        else:
            assert (answer.status_code, answer.content) == (404, missing.content), line


def test_an_address_that_was_taken_off_opens_nothing() -> None:
    row, client = left(person("Elif"), "Of Elif"), sign_in("elif@mosaic.example")
    assert client.get(f"/agency/pitches/{row.code}").status_code == 302
    EmailAddress.objects.filter(email="elif@mosaic.example").update(verified=False)
    assert client.get(f"/agency/pitches/{row.code}").status_code == 404
    EmailAddress.objects.all().delete()
    assert "No address of yours is confirmed yet" in text(client.get("/agency"))
    assert client.get(f"/agency/pitches/{row.code}").status_code == 404


def test_staff_and_the_owner_of_a_page_are_nobody_special_here() -> None:
    row = left(person("Elif"), "Of Elif")
    owner = sign_in(row.page.owner.email)
    staff = sign_in("root@site.example", is_staff=True, is_superuser=True)
    for client in (owner, staff):
        assert ">Of Elif</a>" not in text(client.get("/agency"))
        assert client.get(f"/agency/pitches/{row.code}").status_code == 404
    assert owner.get(f"/desk/pitch/{row.code}").status_code == 200


def test_what_is_not_handed_in_is_in_no_list() -> None:
    row = PitchFactory(email="elif@mosaic.example", line="Half written")
    left(person("Elif"), "Handed in")
    client = sign_in("elif@mosaic.example")
    assert "Half written" not in text(client.get("/agency"))
    assert client.get(f"/agency/pitches/{row.code}").status_code == 404


def test_two_addresses_of_one_person_are_two_senders_on_one_side() -> None:
    left(person("Elif"), "At work")
    left(person("Elif", "gmail.com"), "At home")
    client = sign_in("elif@mosaic.example")
    EmailAddress.objects.create(
        user=User.objects.get(email="elif@mosaic.example"), email="elif@gmail.com", verified=True
    )
    shown = text(client.get("/agency"))
    assert (">At work</a>" in shown, ">At home</a>" in shown) == (True, True)
    assert "You stand alone at <bdi>gmail.com</bdi>" in text(client.get("/agency/people"))


# ── a colleague's pitch ──────────────────────────────────────────────────────
STATES = (
    "waiting",
    "held",
    "quarantine",
    "later",
    "asked",
    "accepted",
    "declined",
    "wrong_door",
    "withdrawn",
    "lapsed",
)


@pytest.mark.parametrize("state", STATES)
def test_a_colleague_reads_along_and_can_do_nothing(state: str) -> None:
    row = left(person("Omar"), "Of Omar", **{state: True})
    if state == "asked":
        AnswerFactory(pitch=row, kind="ask", text="What does it cost them?")
    if state == "declined":
        AnswerFactory(pitch=row, kind="no", reason="covered", text="Not a third time.")
    client = sign_in("elif@mosaic.example")
    response = client.get(f"/agency/pitches/{row.code}")
    body = response.content.decode()
    for secret in (row.token, row.seed, row.token_hash, "/p/", "<form", "csrfmiddlewaretoken"):
        assert secret not in body, secret
    assert ("Omar" in body, row.line in body, response["Cache-Control"]) == (True, True, "no-store")
    if state == "asked":
        assert "What does it cost them?" in body
        assert "A question for you" not in body
    if state == "declined":
        assert "Not a third time." in body


def test_a_note_is_said_by_the_colleague_and_not_by_the_owner() -> None:
    row = left(person("Omar"), "Of Omar")
    intake.note(row, "The figures are out.")
    body = sign_in("elif@mosaic.example").get(f"/agency/pitches/{row.code}").content.decode()
    said = body[body.index("What was said") : body.index("The figures are out.")]
    assert ("Omar ·" in said, f"{row.page.first_name} ·" in said) == (True, False)


def test_one_s_own_pitch_is_at_its_own_address() -> None:
    row = left(person("Elif"), "Of Elif")
    client = sign_in("elif@mosaic.example")
    assert client.get(f"/agency/pitches/{row.code.lower()}")["Location"] == f"/p/{row.token}"
    assert f'href="/p/{row.token}"' in text(client.get("/agency"))


def test_the_list_holds_no_secret_of_a_colleague() -> None:
    row = left(person("Omar"), "Of Omar")
    body = sign_in("elif@mosaic.example").get("/agency").content.decode()
    assert f'href="/agency/pitches/{row.code}"' in body
    for secret in (row.token, row.seed, row.token_hash, row.email):
        assert secret not in body, secret


# ── as told ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["waiting", "held", "quarantine", "later", "arrived"])
def test_what_was_put_aside_looks_like_what_waits(state: str) -> None:
    door = DoorFactory()
    hour = door.page.next_hour(clock.now())
    row = left(person("Omar"), "Of Omar", door=door, promised_for=hour, **{state: True})
    client = sign_in("elif@mosaic.example")
    body = text(client.get("/agency")) + text(client.get(f"/agency/pitches/{row.code}"))
    assert "Waiting" in body
    for word in ("Later", "Held", "quarantine", "aside", "Quarantine"):
        assert word not in body.replace("first-later", ""), word


def test_an_answer_in_the_house_has_not_happened() -> None:
    row = left(person("Omar"), "Of Omar", declined=True)
    AnswerFactory(pitch=row, held=True, kind="no", reason="not_my_topic", text="Never again, please.")
    client = sign_in("elif@mosaic.example")
    for body in (text(client.get("/agency")), text(client.get(f"/agency/pitches/{row.code}"))):
        assert "Waiting" in body
        assert "Not this time" not in body
        assert "Never again" not in body


def test_no_page_speaks_of_what_the_owner_noted() -> None:
    row = left(person("Elif"), "Of Elif")
    note = "Rings at night, careful"
    relationships.set_by_hand(row.page, row.sender, Standing.TRUSTED, by=row.page.owner, note=note)
    colleague = person("Omar")
    left(colleague, "Of Omar", door=row.door, declined=True)
    relationships.set_by_hand(row.page, colleague, Standing.BLOCKED, by=row.page.owner, note="Lies about figures")
    client = sign_in("elif@mosaic.example")
    for place in (*PLACES, f"/agency/pitches/{Pitch.objects.get(line='Of Omar').code}"):
        shown = text(client.get(place))
        for word in (note, "Lies about", "Trusted", "Blocked", "blocked", "does not take pitches"):
            assert word not in shown, (place, word)


# ── the list ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_one_and_three(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        left(person(f"Colleague{number}"), f"Of them {number}")
        left(person("Elif"), f"Of Elif {number}", declined=True)
        row = left(person("Elif"), f"Asked {number}", asked=True)
        AnswerFactory(pitch=row, kind="ask", text="How many?")
    client = sign_in("elif@mosaic.example")
    with django_assert_num_queries(7):  # session, user, addresses (twice), count, list, the owner's page
        response = client.get("/agency")
    assert sum(len(shelf.rows) for shelf in response.context["shelves"]) == 3 * count


def test_fifty_are_on_a_page_and_the_rest_behind_it() -> None:
    elif_, door = person("Elif"), DoorFactory()
    for number in range(51):
        left(elif_, f"Number {number}", door=door, lapsed=True, handed_in_at=clock.now() - timedelta(hours=number))
    client = sign_in("elif@mosaic.example")
    first, second = text(client.get("/agency")), text(client.get("/agency?page=2&whose=mine"))
    assert (">Number 49</a>" in first, ">Number 50</a>" in first) == (True, False)
    assert (">Number 50</a>" in second, ">Number 49</a>" in second) == (True, False)
    assert 'href="?page=2"' in first
    assert 'href="?whose=mine&amp;page=1"' in second
    assert client.get("/agency?page=nonsense").status_code == 200


def test_mine_leaves_my_colleagues_out() -> None:
    left(person("Elif"), "Of Elif")
    left(person("Omar"), "Of Omar")
    client = sign_in("elif@mosaic.example")
    assert ">Of Omar</a>" in text(client.get("/agency"))
    assert ">Of Omar</a>" not in text(client.get("/agency?whose=mine"))


def test_a_question_says_by_when_and_what_waits_says_when_it_is_read() -> None:
    door = DoorFactory()
    left(person("Elif"), "Asked", door=door, asked=True, lapses_at=clock.now() + timedelta(days=3))
    row = left(person("Elif"), "Waits", door=door, waiting=True)
    shown = text(sign_in("elif@mosaic.example").get("/agency"))
    assert shown.index("Needs you") < shown.index("Answer by") < shown.index(">Waits</a>") < shown.index("Read on")
    assert "Lisbon time" in shown
    with clock.standing_at(row.promised_for + timedelta(hours=1)):  # that hour is over: the next one counts
        late = sign_in("elif@mosaic.example").get("/agency")
    reads = [row.reads_at for shelf in late.context["shelves"] for row in shelf.rows if row.line == "Waits"]
    assert reads == [door.page.next_hour(row.promised_for + timedelta(hours=1))]


def test_a_list_without_pitches_says_what_to_do() -> None:
    shown = text(sign_in("new@mosaic.example").get("/agency"))
    assert "You have not pitched from this address yet" in shown
    assert "new@mosaic.example" in shown


# ── where somebody lands ─────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/", "/desk", "/desk/inbox"])
def test_whoever_pitched_and_has_no_page_lands_at_their_pitches(path: str) -> None:
    left(person("Elif"), "Of Elif")
    assert sign_in("elif@mosaic.example").get(path)["Location"] == "/agency"


def test_a_fresh_person_chooses() -> None:
    left(person("Omar"), "Of a colleague")
    person("Brought")  # an owner wrote the address down; whoever has it is not to notice
    for email in ("new@mosaic.example", "brought@mosaic.example"):
        client = sign_in(email)
        assert client.get("/").status_code == 200
        assert client.get("/desk")["Location"] == "/welcome"
        shown = text(client.get("/welcome"))
        assert "Let us hang your doors" in shown
        assert '<a href="/agency">See your pitches</a>' in shown


def test_an_owner_may_have_both() -> None:
    page = PageFactory()
    left(intake.sender_of(page.owner.email, name="Maya", company=""), "Of Elif")
    client = sign_in(page.owner.email)
    assert client.get("/")["Location"] == "/desk"
    shown = text(client.get("/agency"))
    assert (">Of Elif</a>" in shown, '<a href="/desk">Your desk</a>' in shown) == (True, True)


def test_the_sign_in_page_is_for_whoever_pitches_too() -> None:
    shown = text(Client().get("/account/login/"))
    assert '<a href="/account/signup/?next=/agency">' in shown
    assert "Do you pitch?" in text(Client().get("/account/signup/"))


def test_the_account_pages_of_an_agency_have_no_desk() -> None:
    shown = text(sign_in("elif@mosaic.example").get("/account/email/"))
    assert ('class="rail"' in shown, '<a href="/agency">Pitches you sent</a>' in shown) == (False, True)
    page = PageFactory()
    shown = text(sign_in(page.owner.email).get("/account/email/"))
    assert 'class="rail"' in shown


def test_the_whole_way_from_a_pitch_to_the_list() -> None:
    """Handed in by code, without an account; then signed in with the same address."""
    row = senders.hand_in(DoorFactory(), line="The whole way")
    senders.work()
    client = sign_in("elif@mosaic.example")
    shown = text(client.get("/agency"))
    assert (">The whole way</a>" in shown, "Read on" in shown) == (True, True)
    assert client.get(f"/agency/pitches/{row.code}", follow=True).status_code == 200


# ── signing up and in ────────────────────────────────────────────────────────
def code_of_last_mail() -> str:
    senders.work()
    found = [
        re.search(r"\b\d{3}\s?\d{3}\b", f"{one.subject} {one.body}") for one in mail.outbox if "code" in one.subject
    ]
    assert found[-1] is not None
    return found[-1][0]


def test_signing_up_with_the_address_of_a_pitch_leads_to_it() -> None:
    row = senders.hand_in(DoorFactory(), line="The whole way")
    client = Client()
    confirm = client.post("/account/signup/?next=/agency", {"email": row.email, "next": "/agency"})["Location"]
    assert client.get("/agency").status_code == 302
    done = client.post(confirm, {"code": code_of_last_mail()}, follow=True)
    assert done.redirect_chain[-1][0] == "/agency"
    assert ">The whole way</a>" in text(done)


def test_signing_in_leads_whoever_has_no_page_to_their_pitches() -> None:
    left(person("Elif"), "Of Elif")
    sign_in("elif@mosaic.example")  # as signing up left it
    client = Client()
    confirm = client.post("/account/login/code/", {"email": "elif@mosaic.example"})["Location"]
    done = client.post(confirm, {"code": code_of_last_mail()}, follow=True)
    assert [where for where, _status in done.redirect_chain] == ["/desk", "/agency"]
    assert ">Of Elif</a>" in text(done)
    client.post("/account/logout/")
    assert client.get("/agency").status_code == 302
