"""At the desk: to bring people along in two steps, and to take them out after a fresh sign-in."""

import csv
import io
import json
import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from pitches import relationships, tasks
from pitches.book import exporting, signed
from pitches.models import Contact, Event, Evidence, Fact, Message, Sender, Standing
from portal import signing
from tests.factories import DoorFactory, PageFactory, SenderFactory

pytestmark = pytest.mark.django_db
TABLE = """email,name,standing,door,note
elif@mosaic.example,Elif <b>Kaya</b>,trusted,,"<script>"
kim@gmail.com,,known,research,
"""
IMPORT = "/desk/people/import"


@pytest.fixture
def door():
    return DoorFactory(slug="research", page__handle="maya", page__timezone="Europe/London")


@pytest.fixture
def owner(client, door):
    door.page.owner.set_unusable_password()  # as signing up by a code leaves it
    door.page.owner.save()
    client.force_login(door.page.owner)
    return client


def hidden(response):
    """What the page gives along: what was read, and what it would change."""
    return dict(re.findall(r'name="(packed|seen)" value="([^"]+)"', response.content.decode()))


def a_file(text, name="people.csv"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def signed_in_now(client):
    """As allauth leaves it after a sign-in by code."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = client.session["_auth_user_id"]
    session.save()


# ── to bring along ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("way", ["file", "text"])
def test_look_first_then_all_of_it_is_written(owner, door, way):
    sent = {"file": a_file(TABLE)} if way == "file" else {"text": TABLE}
    shown = owner.post(IMPORT, sent)
    assert (shown.status_code, Sender.objects.count(), Evidence.objects.count()) == (200, 0, 0)
    assert (
        "<strong>2</strong> new, <strong>0</strong> changed, <strong>0</strong> as they are." in shown.content.decode()
    )
    assert "Elif &lt;b&gt;Kaya&lt;/b&gt;" in shown.content.decode()
    done = owner.post(IMPORT, hidden(shown))
    assert (done.status_code, done["Location"]) == (303, "/desk/people")
    assert "2 new in your people, 0 changed, 0 as they were." in owner.get("/desk/people").content.decode()
    elif_ = Sender.objects.get(mailbox="elif@mosaic.example")
    assert relationships.standing_of(door.page, elif_, door) == Standing.TRUSTED
    assert Message.objects.count() == 0
    again = owner.post(IMPORT, sent | ({"file": a_file(TABLE)} if way == "file" else {}))
    assert "There is nothing to write" in again.content.decode()


def test_pressed_twice_it_is_written_once(owner):
    agreed = hidden(owner.post(IMPORT, {"text": TABLE}))
    owner.post(IMPORT, agreed)
    second = owner.post(IMPORT, agreed)
    assert (second.status_code, Evidence.objects.count()) == (409, 2)
    assert "There is nothing to write" in second.content.decode()


def test_what_changed_meanwhile_is_shown_before_it_is_written(owner, door):
    agreed = hidden(owner.post(IMPORT, {"text": TABLE}))
    relationships.set_by_hand(door.page, SenderFactory(email="kim@gmail.com"), "blocked", by=door.page.owner)
    shown = owner.post(IMPORT, agreed)
    assert (shown.status_code, Evidence.objects.count()) == (409, 1)
    assert "Something else was written meanwhile." in shown.content.decode()
    assert owner.post(IMPORT, hidden(shown)).status_code == 303


def test_when_anything_is_wrong_nothing_is_written(owner):
    text = f"{TABLE}nobody,,friend,,\n<b>,,,,\n"
    for more in ({}, {"seen": "x" * 64}):
        shown = owner.post(IMPORT, {"text": text} | more)
        words = shown.content.decode()
        assert (shown.status_code, Sender.objects.count()) == (422, 0)
        assert "kim@gmail.com,,known,research," in words  # what was pasted stays, to be put right
        assert words.count("Line 4:") == 2
        assert "“&lt;b&gt;” is no address." in words
        assert "Error:" in words


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a file or paste some lines."),
        ({"text": "  "}, "Choose a file or paste some lines."),
        ({"file": b"PK\x03\x04"}, "This is a workbook, and no table."),
        ({"file": b""}, "Choose a file or paste some lines."),
        ({"file": "email\nZoë".encode("latin-1")}, "This file is not in UTF-8"),
        ({"file": b"email\n" + b"x" * 1_000_001}, "This is more than goes at once"),
        ({"packed": "nonsense"}, "Bring the file again, please."),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(owner, sent, words):
    if "file" in sent:
        sent = {"file": a_file(sent["file"])}
    shown = owner.post(IMPORT, sent)
    assert (shown.status_code, words in shown.content.decode()) == (422, True)


def test_the_sample_can_be_brought_along_as_it_is(owner):
    sample = owner.get("/desk/people/sample.csv")
    assert sample["Content-Type"] == "text/csv; charset=utf-8"
    shown = owner.post(IMPORT, {"file": a_file(sample.content)})
    assert "<strong>4</strong> new" in shown.content.decode()


# ── a signed book ────────────────────────────────────────────────────────────
def test_a_book_of_this_site_needs_no_word_about_it(owner, door):
    other = PageFactory(handle="other")
    relationships.set_by_hand(other, SenderFactory(email="elif@mosaic.example"), "known", by=other.owner)
    shown = owner.post(IMPORT, {"file": a_file(signed.dump(exporting.book(other)), "book.json")})
    assert "Signed by this site" in shown.content.decode()
    assert owner.post(IMPORT, hidden(shown)).status_code == 303
    assert Contact.objects.get(page=door.page).sender.email == "elif@mosaic.example"


def test_another_sites_book_must_be_confirmed(owner):
    other = PageFactory(handle="other")
    relationships.set_by_hand(other, SenderFactory(email="elif@mosaic.example"), "known", by=other.owner)
    with override_settings(LINK_KEY="another", SITE_URL="https://other.example"):
        text, key = signed.dump(exporting.book(other)), signing.fingerprint(signing.public_key())
    shown = owner.post(IMPORT, {"file": a_file(text, "book.json")})
    words = shown.content.decode()
    assert ("Signed by another site" in words, "https://other.example" in words, key in words) == (True, True, True)
    unsure = owner.post(IMPORT, hidden(shown))
    assert (unsure.status_code, Contact.objects.count()) == (422, 0)
    assert "Say first that you know this site." in unsure.content.decode()
    assert owner.post(IMPORT, hidden(unsure) | {"known": "on"}).status_code == 303


def test_an_altered_book_is_refused(owner, door):
    text = signed.dump(exporting.book(door.page)).replace("maya", "eve")
    shown = owner.post(IMPORT, {"text": text})
    assert (shown.status_code, "was altered after it was signed" in shown.content.decode()) == (422, True)


# ── to take out ──────────────────────────────────────────────────────────────
OUT = ("desk:export_people", "desk:export_book")


@pytest.mark.parametrize("name", OUT)
def test_nothing_goes_out_without_a_fresh_sign_in(owner, name):
    shown = owner.get(IMPORT).content.decode()
    assert "Sign in anew" in shown
    assert reverse(name) not in shown
    for at in (None, time.time() - 301):
        if at:
            signed_in_now(owner)
            session = owner.session
            session["account_authentication_methods"] = [{"method": "code", "at": at}]
            session.save()
        refused = owner.post(reverse(name))
        assert (refused.status_code, refused["Location"]) == (303, IMPORT)
    assert (Event.objects.count(), Message.objects.count()) == (0, 0)


def test_whoever_has_a_password_shows_it_instead(owner, door):
    door.page.owner.set_password("correct horse battery")
    door.page.owner.save()
    owner.force_login(door.page.owner)
    assert "/account/reauthenticate/?next=%2Fdesk%2Fpeople%2Fimport" in owner.get(IMPORT).content.decode()


def test_signing_in_by_a_code_opens_it_for_five_minutes(client, door, mailoutbox):
    """All the way: the code that signs in is what makes it fresh."""
    user = door.page.owner
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    then = re.search(r'name="next" value="([^"]+)"', client.get(IMPORT).content.decode())[1]
    out = client.post(reverse("account_logout"), {"next": then})
    assert (out["Location"], "next=%2Fdesk%2Fpeople%2Fimport" in then) == (then, True)
    assert client.get(then).status_code == 200
    client.post(reverse("account_request_login_code"), {"email": user.email, "next": IMPORT})
    tasks.sweep()
    code = re.search(r"\b(\d{3}) (\d{3})\b", mailoutbox[-1].subject + mailoutbox[-1].body)
    back = client.post(reverse("account_confirm_login_code"), {"code": "".join(code.groups()), "next": IMPORT})
    assert back["Location"] == IMPORT
    assert reverse("desk:export_book") in client.get(IMPORT).content.decode()


@pytest.mark.parametrize("name", OUT)
def test_what_goes_out_is_written_down_and_told(owner, door, mailoutbox, name):
    signed_in_now(owner)
    relationships.set_by_hand(door.page, SenderFactory(email="elif@mosaic.example"), "known", by=door.page.owner)
    out = owner.post(reverse(name))
    assert (out.status_code, out["Cache-Control"]) == (200, "no-store")
    assert re.fullmatch(r'attachment; filename="people-maya-[-\d]+\.(csv|json)"', out["Content-Disposition"])
    event = Event.objects.get(what=Fact.BOOK_TAKEN)
    assert (event.by, json.loads(event.note)["people"]) == (door.page.owner, 1)
    tasks.sweep()
    tasks.sweep()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([door.page.owner.email], "Your people were taken out of @maya")
    assert "elif" not in mail.body


def test_the_table_comes_back_as_it_went_and_starts_no_formula(owner, door):
    signed_in_now(owner)
    page = door.page
    for email, standing in (("=cmd@mosaic.example", "trusted"), ("kim@gmail.com", "blocked")):
        sender = SenderFactory(email=email)
        relationships.set_by_hand(page, sender, standing, by=page.owner)
        Contact.objects.create(page=page, sender=sender, name="=1+1", company="'-x", tags=["@home", "b"])
    relationships.set_by_hand(
        page, sender.__class__.objects.get(email="kim@gmail.com"), "known", by=page.owner, door=door
    )
    relationships.set_by_hand(page, SenderFactory(email="jo@pushy.example").agency, "blocked", by=page.owner)
    out = owner.post(reverse("desk:export_people"))
    rows = list(csv.reader(io.StringIO(out.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=cmd@mosaic.example", "kim@gmail.com", "kim@gmail.com", "'@pushy.example"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    shown = owner.post(IMPORT, {"file": a_file(out.content)})
    assert (
        "<strong>0</strong> new, <strong>0</strong> changed, <strong>3</strong> as they are." in shown.content.decode()
    )


def test_the_book_that_goes_out_is_signed_with_the_key_that_is_shown(owner, client, door):
    signed_in_now(owner)
    book = signed.read(owner.post(reverse("desk:export_book")).content.decode())
    assert book.is_ours
    assert book.fingerprint in owner.get(IMPORT).content.decode()
    assert book.fingerprint in client.get("/.well-known/halfdoor-key.txt").content.decode()
