"""Who is signed in needs no code for the very mailbox of their account, and for no other."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from pitches import intake, relationships
from pitches.models import Event, Pitch, PitchState, Sender, Standing, Watch
from pitches.web import devices
from portal.models import User
from tests.factories import DoorFactory, PitchFactory, SenderFactory
from tests.web.test_mine import person, sign_in
from tests.web.test_public import hand, text

pytestmark = pytest.mark.django_db
MAIL = "elif@mosaic.example"


def codes_asked() -> int:
    return Event.objects.filter(what__in=("code_asked", "introduced")).count()


# ── the form and the check ───────────────────────────────────────────────────
@pytest.mark.parametrize("known", [True, False])
def test_the_mailbox_of_the_account_needs_no_code(known: bool) -> None:
    if known:
        person("Elif")
    client, door = sign_in(MAIL), DoorFactory()
    check = hand(client, door, email="Elif@Mosaic.example")["Location"]
    assert codes_asked() == 0
    assert 'name="code"' not in text(client.get(check))
    assert Sender.objects.count() == known  # looking makes nobody a sender
    client.post(check)
    row = Pitch.objects.get()
    assert (row.state, row.sender.mailbox) == (PitchState.ARRIVED, MAIL)


@pytest.mark.parametrize(
    "typed", ["omar@mosaic.example", "elif+tag@mosaic.example", "elif@mosaic.test", "lif@mosaic.example"]
)
def test_another_mailbox_does(typed: str) -> None:
    SenderFactory(email=typed)
    client, door = sign_in(MAIL), DoorFactory()
    check = hand(client, door, email=typed)["Location"]
    assert codes_asked() == 1
    assert 'name="code"' in text(client.get(check))
    assert client.post(check).status_code == 422
    assert Pitch.objects.get().state == PitchState.UNPROVEN


def test_an_address_that_is_not_confirmed_does() -> None:
    person("Elif")
    client, door = sign_in(MAIL, verified=False), DoorFactory()
    check = hand(client, door, email=MAIL)["Location"]
    assert codes_asked() == 1
    assert client.post(check).status_code == 422


def test_it_ends_with_the_session() -> None:
    client, door = sign_in(MAIL), DoorFactory()
    hand(client, door, email=MAIL)
    client.logout()
    check = f"/d/{Pitch.objects.get().token}/check"
    assert 'name="code"' in text(client.get(check))
    assert client.post(check).status_code == 422


def test_the_address_under_the_lock_counts() -> None:
    """Whoever changes the address in a second window has proven nothing."""
    client = sign_in(MAIL)
    row = PitchFactory(email=MAIL)
    Pitch.objects.filter(pk=row.pk).update(email="omar@mosaic.example")
    assert client.post(f"/d/{row.token}/check").status_code == 422
    assert Pitch.objects.get().state == PitchState.UNPROVEN


def test_a_changed_address_is_mailed_a_code() -> None:
    client, door = sign_in(MAIL), DoorFactory()
    form_key = "0b0e7f04-52a5-4d3b-9a6b-0a4a4f6b4f00"
    hand(client, door, email=MAIL, form_key=form_key)
    hand(client, door, email="omar@mosaic.example", form_key=form_key)
    assert (Pitch.objects.count(), codes_asked()) == (1, 1)
    hand(client, door, email=MAIL, form_key=form_key)
    assert codes_asked() == 1


# ── the form is filled in ────────────────────────────────────────────────────
def test_the_form_is_filled_in_from_the_account() -> None:
    person("Elif")
    door = DoorFactory()
    shown = text(sign_in(MAIL).get(f"/@{door.page.handle}/{door.slug}"))
    for value in (MAIL, "Elif", "Mosaic Research"):
        assert f'value="{value}"' in shown, value
    assert MAIL not in text(sign_in("new@mosaic.example").get(f"/@{door.page.handle}/{door.slug}"))


def test_whoever_never_pitched_finds_their_address() -> None:
    door = DoorFactory()
    client = sign_in("new@mosaic.example")
    User.objects.filter(email="new@mosaic.example").update(name="Nadia New")
    shown = text(client.get(f"/@{door.page.handle}/{door.slug}"))
    assert ('value="new@mosaic.example"' in shown, 'value="Nadia New"' in shown) == (True, True)
    EmailAddress.objects.update(verified=False)
    assert 'value="new@mosaic.example"' not in text(client.get(f"/@{door.page.handle}/{door.slug}"))


# ── doors ────────────────────────────────────────────────────────────────────
def test_a_door_by_invitation_opens_for_the_account() -> None:
    door = DoorFactory(invited=True)
    relationships.set_by_hand(door.page, person("Elif"), Standing.KNOWN, by=None)
    assert "Open for you" in text(sign_in(MAIL).get(f"/@{door.page.handle}"))
    assert "Open for you" not in text(sign_in("omar@mosaic.example").get(f"/@{door.page.handle}"))
    assert "Open for you" not in text(Client().get(f"/@{door.page.handle}"))


def test_who_says_who_they_are_is_believed_for_their_own_mailbox() -> None:
    door = DoorFactory(invited=True)
    client = sign_in(MAIL)
    where = f"/@{door.page.handle}/{door.slug}/who"
    assert 'name="code"' not in text(client.post(where, {"email": MAIL}, follow=True))
    assert codes_asked() == 0
    assert 'name="code"' in text(client.post(where, {"email": "omar@mosaic.example"}, follow=True))
    assert codes_asked() == 1


def test_a_watch_of_the_account_is_confirmed_at_once() -> None:
    door = DoorFactory(closed=True)
    person("Elif")
    SenderFactory(email="omar@mosaic.example")
    client = sign_in(MAIL)
    for email in (MAIL, "omar@mosaic.example"):
        client.post(f"/@{door.page.handle}/{door.slug}/watch", {"email": email})
    confirmed = Watch.objects.exclude(confirmed_at=None).values_list("mailbox", flat=True)
    assert list(confirmed) == [MAIL]


def test_the_sender_of_an_account_is_asked_of_nobody_else() -> None:
    """Somebody signed in on a device that proved another mailbox: both are proven, each for itself."""
    client, door = sign_in(MAIL), DoorFactory()
    omar = person("Omar")
    intake.remember("a-device-of-ours".ljust(43, "x"), omar)
    client.cookies[devices.cookie_name()] = "a-device-of-ours".ljust(43, "x")
    for email in (MAIL, omar.mailbox):
        client.post(hand(client, door, email=email)["Location"])
    assert set(Pitch.objects.values_list("sender__mailbox", flat=True)) == {MAIL, omar.mailbox}
