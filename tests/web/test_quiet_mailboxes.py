"""Nobody can fill somebody's mailbox through this site, or learn from it who knows whom. Through the real views."""

import os
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from pitches import intake, mailboxes
from pitches.models import Mailbox, Message, MessageState, Pitch, Proof
from pitches.web import devices
from portal import clock, tokens
from tests.factories import (
    DoorFactory,
    IntroductionFactory,
    KeyFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
    WatchFactory,
)
from tests.senders import meet, work

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
VICTIM = "victim@elsewhere.example"
MANY = int(os.environ.get("SUBMISSIONS", "40"))  # `make bench` takes five hundred
# What may differ between two answers: secrets, and whose page it is.
MASKS = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+'), r"\1"),
    (re.compile(r"/(d|who|p)/[\w-]+"), r"/\1/"),
    (re.compile(r"maya\d+|research\d+|guests\d+"), "x"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), ""),
)


def form(**changes):
    usual = {
        "form_key": str(uuid4()),
        "line": "Why 1,200 people mute brands",
        "why": "The question your readers ask most.",
        "link": "https://mosaic.example/mute",
        "ask": "write",
        "payer": "client",
        "name": "Elif Kaya",
        "company": "Mosaic Research",
        "email": VICTIM,
    }
    return usual | changes


def at(door, name="pitch"):
    return reverse(f"public:{name}", args=[door.page.handle, door.slug])


def masked(response):
    """An answer, without what is random."""
    kept = {name: value for name, value in response.items() if name not in ("Content-Length", "Expires")}
    text = f"{response.status_code} {sorted(kept.items())} {sorted(response.cookies)} {response.content.decode()}"
    for found, instead in MASKS:
        text = found.sub(instead, text)
    return text


@pytest.fixture
def _at_large(settings):
    """As strangers meet it: behind one proxy, with the limits of a real site."""
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = settings.NETWORK_LIMIT = 1


# ── TRUST S2 ─────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("_at_large")
@pytest.mark.timeout(500)
def test_submissions_from_as_many_networks_are_one_mail():
    doors = [DoorFactory(page=PageFactory()) for _ in range(MANY // 10)]
    posts, pages = set(), set()
    with clock.standing_at(MONDAY):
        for number in range(MANY):
            client = Client(HTTP_X_FORWARDED_FOR=f"10.{number // 250}.{number % 250}.9")
            posted = client.post(at(doors[number % len(doors)]), form())
            posts.add(masked(posted))
            pages.add(masked(client.get(posted["Location"])))
            if not number % (MANY // 5):
                work()
                clock.move_to(clock.now() + timedelta(minutes=30))
        work()
    assert (len(posts), len(pages)) == (1, 1)
    assert Pitch.objects.filter(email=VICTIM).count() == MANY
    assert [sent.to for sent in mail.outbox] == [[VICTIM]]
    assert Message.objects.filter(to=VICTIM).count() == 1


@pytest.mark.usefixtures("_at_large")
def test_every_form_of_the_site_together_is_one_mail():
    """A pitch, a watch, an introduction, a draft, the list of pitches, signing up and signing in."""
    open_door, shut, invited = DoorFactory(), DoorFactory(closed=True), DoorFactory(invited=True)
    tries = [
        (at(open_door), form()),
        (at(shut, "watch"), {"email": VICTIM}),
        (at(invited, "introduce"), {"email": VICTIM}),
        (at(open_door, "keep_draft"), form()),
        (reverse("agency:find"), {"email": VICTIM}),
        (reverse("account_signup"), {"email": VICTIM}),
        (reverse("account_request_login_code"), {"email": VICTIM}),
        (reverse("account_reset_password"), {"email": VICTIM}),
    ]
    for turn in range(3):
        for number, (path, data) in enumerate(tries):
            cache.clear()  # the limits of the sign-in library stand in the cache
            client = Client(HTTP_X_FORWARDED_FOR=f"10.{turn}.{number}.9")
            client.get(path)
            status = client.post(path, data | ({"form_key": str(uuid4())} if "form_key" in data else {})).status_code
            assert status in (200, 302, 303), path
            work()
    assert [sent.to for sent in mail.outbox] == [[VICTIM]]


def test_signing_up_is_mailed_again_to_the_browser_that_asked():
    client, path = Client(), reverse("account_signup")
    client.get(path)
    here = client.post(path, {"email": VICTIM})["Location"]
    cache.clear()
    client.post(here, {"action": "resend"})
    for _other in range(2):
        cache.clear()
        Client().post(path, {"email": VICTIM})
    work()
    assert len(mail.outbox) == 2
    obsolete = Message.objects.filter(state=MessageState.OBSOLETE)
    assert (obsolete.count(), obsolete.filter(sealed=None).count()) == (2, 2)


def test_an_owner_can_always_sign_in():
    user = UserFactory(email="owner@page.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    mailboxes.may_mail(user.email)
    mailboxes.refuse(Mailbox.objects.get())
    for _turn in range(7):
        cache.clear()
        Client().post(reverse("account_request_login_code"), {"email": user.email})
        work()
    assert len(mail.outbox) == 7
    assert "/not-me/" not in mail.outbox[0].body


# ── equal answers ────────────────────────────────────────────────────────────
def walk(door):
    """All that somebody without a device can see before the proof, of one page and one address."""
    client, seen = Client(), []
    seen.append(client.get(at(door, "door")))
    seen.append(client.post(at(door), form()))
    path = seen[-1]["Location"]
    work()
    seen.append(client.get(path))
    seen.extend(client.post(path, {"code": typed}) for typed in ("12", "000000", "000001"))
    for _press in range(6):
        seen.append(client.post(path.replace("/check", "/code")))
        seen.append(client.get(path))
        work()
    seen.extend(client.post(path, {"code": "000002"}) for _try in range(6))
    seen.append(client.get(f"/@{door.page.handle}"))
    return [masked(one) for one in seen]


def test_stranger_known_trusted_and_blocked_are_answered_alike_to_the_last_byte(monkeypatch):
    monkeypatch.setattr("portal.tokens.six_digits", lambda: "482915")
    door = DoorFactory()
    with clock.standing_at(MONDAY):
        found = {"stranger": walk(door)}
        for hours, standing in enumerate(("known", "trusted", "paused", "blocked"), start=1):
            until = MONDAY + timedelta(days=9) if standing == "paused" else None
            meet(door, standing, VICTIM, until=until)
            clock.move_to(MONDAY + timedelta(minutes=hours))
            Proof.objects.all().delete()  # ten minutes by the clock of the database
            found[standing] = walk(door)
        mailboxes.refuse(Mailbox.objects.get())
        Proof.objects.all().delete()
        found["never"] = walk(door)
    for who, answers in found.items():
        for step, (mine, theirs) in enumerate(zip(answers, found["stranger"], strict=True)):
            assert mine == theirs, (who, step)
    assert len(mail.outbox) == 5  # mails do differ, and only whoever reads that mailbox sees it


# ── tokens ───────────────────────────────────────────────────────────────────
def test_a_foreign_token_is_no_better_than_a_wrong_one():
    """On every address with a token: one of another kind, of a neighbour's row, and a made-up one are one 404."""
    pitch, shut = PitchFactory(), DoorFactory(closed=True)
    mailboxes.may_mail(VICTIM)
    secrets = {
        "pitch": pitch.token,
        "watch": WatchFactory(door=shut).token,
        "key": KeyFactory().token,
        "introduction": IntroductionFactory().token,
        "mailbox": Mailbox.objects.get().token,
        "seed": pitch.seed,
        "digest": pitch.token_hash,
        "wrong": tokens.link_token("pitch", "nobody"),
    }
    takes = {
        "agency:draft": "pitch",
        "agency:check": "pitch",
        "agency:status": "pitch",
        "public:who": "introduction",
        "public:key": "key",
        "public:watch_confirm": "watch",
        "public:watch_stop": "watch",
        "public:not_me": "mailbox",
    }
    client, bodies = Client(), set()
    for name, own in takes.items():
        for kind, secret in secrets.items():
            response = client.get(reverse(name, args=[secret]))
            if kind == own:
                assert response.status_code in (200, 303), name
            else:
                assert response.status_code == 404, (name, kind)
                bodies.add(response.content)
    assert len(bodies) == 1


# ── TRUST S4: no character of whoever typed it ───────────────────────────────
def test_nothing_that_was_typed_reaches_a_mailbox_that_nobody_proved():
    mark = "Zq7marker"
    typed = {name: f"{mark} {name}" for name in ("line", "why", "name", "company", "detail")}
    typed |= {"link": f"https://{mark}.example/{mark}", "own.1": mark}
    questions = [{"text": "Which one?", "required": False}]
    doors = {"pitch": DoorFactory(questions=questions), "keep_draft": DoorFactory(questions=questions)}
    doors |= {"watch": DoorFactory(closed=True), "introduce": DoorFactory(invited=True)}
    for number, (name, door) in enumerate(doors.items()):
        data = form(email=f"new{number}@elsewhere.example", came_from="bio", language="en", **typed)
        agent = {"HTTP_USER_AGENT": mark, "HTTP_REFERER": f"https://{mark}.example/", "HTTP_ACCEPT_LANGUAGE": mark}
        assert Client(**agent).post(at(door, name), data).status_code == 303
    Client(HTTP_HOST=f"{mark.lower()}.example", HTTP_USER_AGENT=mark).post(
        reverse("account_signup"), {"email": "new9@elsewhere.example", "name": mark, "next": f"/{mark}"}
    )
    work()
    assert len(mail.outbox) == 5
    for sent in mail.outbox:
        raw = sent.message().as_string() + sent.body + "".join(str(part[0]) for part in sent.alternatives)
        assert mark.lower() not in raw.lower(), sent.subject
        assert "/not-me/" in sent.body


# ── this was not me ──────────────────────────────────────────────────────────
def test_this_was_not_me_ends_such_mail_and_is_undone_from_the_same_link():
    client, door = Client(), DoorFactory()
    client.post(at(door), form())
    work()
    path = re.search(r"/not-me/\S+", mail.outbox[0].body)[0]
    before = Mailbox.objects.values().get()
    assert "Was this not you?" in client.get(path).content.decode()
    assert client.head(path).status_code == 200
    assert Mailbox.objects.values().get() == before
    page = client.post(path, follow=True).content.decode()
    assert "Done. We email this address no more." in page
    assert VICTIM not in page
    with clock.standing_at(clock.now() + timedelta(days=40)):
        client.post(at(door), form())
        work()
        assert len(mail.outbox) == 1
        client.post(path, {"again": "1"})
        client.post(at(door), form())
        work()
    assert len(mail.outbox) == 2
    assert client.get(path)["Cache-Control"] == "no-store"


def test_a_press_without_our_token_is_refused():
    mailboxes.may_mail(VICTIM)
    path = reverse("public:not_me", args=[mailboxes.token_of(VICTIM)])
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert Mailbox.objects.get().never_at is None


# ── one code, the browser that asked ─────────────────────────────────────────
def test_the_code_of_one_page_hands_in_another():
    client, doors = Client(), [DoorFactory(), DoorFactory()]
    paths = [client.post(at(door), form())["Location"] for door in doors]
    work()
    assert len(mail.outbox) == 1
    handed = client.post(paths[1], {"code": mail.outbox[0].subject[:7]})
    assert handed["Location"].startswith("/p/")
    assert client.cookies[devices.cookie_name()].value


def test_only_the_browser_that_wrote_gets_another_mail():
    mine, other = Client(), Client()
    door = DoorFactory()
    for client in (mine, other):
        client.get(at(door, "door"))  # as people do: their browser gets its mark here
    path = mine.post(at(door), form())["Location"].replace("/check", "/code")
    work()
    for client, mails in ((other, 1), (mine, 2), (mine, 3), (mine, 3)):
        client.post(path)
        work()
        assert len(mail.outbox) == mails


def test_whoever_had_a_link_mailed_and_writes_on_gets_the_code_that_the_page_names():
    mine, other = Client(), Client()
    door = DoorFactory()
    for client in (mine, other):
        client.get(at(door, "door"))
    sent = form()
    assert mine.post(at(door, "keep_draft"), sent).status_code == 303
    work()
    assert [message.kind for message in Message.objects.all()] == ["draft"]
    other.post(at(door), form())
    Client().post(at(door), form())
    work()
    assert len(mail.outbox) == 1
    path = mine.post(at(door), sent)["Location"]
    work()
    assert [message.kind for message in Message.objects.order_by("pk")] == ["draft", "code"]
    assert mine.post(path, {"code": mail.outbox[1].subject[:7]})["Location"].startswith("/p/")


def test_the_words_of_the_check_page_are_true_for_everybody():
    client = Client()
    page = client.get(client.post(at(DoorFactory()), form())["Location"]).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert f"Six digits go to {VICTIM} . They work for 10 minutes." in words
    assert "An address that is new here gets one email a day from us." in words


def test_a_device_that_proved_the_mailbox_is_asked_for_nothing():
    client, door = Client(), DoorFactory()
    client.cookies[devices.cookie_name()] = device = devices.new_token()
    intake.remember(device, meet(door, "known", VICTIM))
    client.post(client.post(at(door), form())["Location"])
    work()
    assert [sent.subject.partition(":")[0] for sent in mail.outbox] == ["On Maya’s ledge"]
