"""At whose desk somebody sits, what the others there see of it, and what a sender reads of who answered."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from pitches import offers, review
from pitches.handoffs import assistants
from pitches.models import Answer, AnswerKind, Assistant, Fact, Page, Pitch, Role
from portal import clock
from portal.models import User
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    HandoffFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
)
from tests.senders import work

pytestmark = pytest.mark.django_db
ASKED = {"name": "Sam Ode", "email": "sam@helps.example", "role": "assistant"}


@pytest.fixture
def maya() -> Page:
    return PageFactory(handle="maya", name="Maya Lind")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sam(*pages: Page, role: Role = Role.ASSISTANT, **more: object) -> User:
    """Sam, who helps at these desks."""
    user = UserFactory(email="sam@helps.example", **more)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for page in pages:
        AssistantFactory(page=page, email=user.email, role=role)
    return user


def waiting(page: Page, **more: object) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page), **more)


def read(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def send_all() -> None:
    """Ten minutes later, all that is in the house has gone out."""
    Answer.objects.filter(sent_at=None).update(goes_out_at=clock.now() - timedelta(minutes=1))
    work()


# ── from the invitation to the desk ──────────────────────────────────────────
def test_from_the_invitation_to_the_desk_without_an_account(maya: Page, client: Client) -> None:
    browser(maya.owner).post("/desk/assistants", ASKED)
    work()
    assert "You may sit at the desk of @maya and answer" in " ".join(mail.outbox[0].body.split())
    link = f"/assist/{assistants.token_of(Assistant.objects.get())}"
    asked = read(client, link)
    assert "You sign in with this very mailbox" in asked
    assert "You see nothing else" not in asked
    client.post(link, {"agree": "yes"})
    assert f'href="/account/signup/?next={link}"' in read(client, link)
    confirm = client.post(f"/account/signup/?next={link}", {"email": ASKED["email"], "next": link})["Location"]
    work()
    told = [one.body for one in mail.outbox if one.to == [ASKED["email"]]]
    code = re.search(r"\b\d{3}\s?\d{3}\b", told[-1])
    assert code
    assert client.post(confirm, {"code": code[0]})["Location"] == link
    assert 'action="/desk/as/maya"' in read(client, link)
    client.post("/desk/as/maya")
    assert "Desk of <strong>Maya Lind</strong>" in read(client, "/desk/inbox")


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        (Role.READER, "Sam Ode may now read your ledge"),
        (Role.SCREENER, "Sam Ode may now sort your ledge"),
        (Role.ASSISTANT, "Sam Ode may now answer for you"),
        (Role.MAIL, None),
    ],
)
def test_the_owner_is_told_once_who_may_sit_there_now(maya: Page, role: Role, subject: str | None) -> None:
    row = AssistantFactory(page=maya, role=role, asked=True)
    for _press in range(2):
        assistants.agree(row)
    work()
    assert [one.subject for one in mail.outbox if one.to == [maya.owner.email]] == ([subject] if subject else [])
    assert maya.events.filter(what=Fact.JOINED).count() == 1


def test_no_mail_says_that_somebody_may_who_may_no_longer(maya: Page) -> None:
    row = AssistantFactory(page=maya, role=Role.READER, asked=True)
    assistants.agree(row)
    Assistant.objects.update(role=Role.MAIL)
    work()
    assert not mail.outbox


# ── the owner changes a role, or removes somebody ────────────────────────────
def test_a_role_is_changed_and_holds_with_the_next_press(maya: Page) -> None:
    desk, pitch = browser(sam(maya, role=Role.READER)), waiting(maya)
    row = Assistant.objects.get()
    assert desk.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"}).status_code == 403
    said = browser(maya.owner).post(f"/desk/assistants/{row.pk}/role", {"role": "assistant"}, follow=True)
    assert "It holds at once: Sam Ode may answer." in said.content.decode()
    assert desk.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"}).status_code == 303


@pytest.mark.parametrize("wanted", ["owner", "", "king"])
def test_nobody_is_made_an_owner(maya: Page, wanted: str) -> None:
    row = AssistantFactory(page=maya, role=Role.READER)
    browser(maya.owner).post(f"/desk/assistants/{row.pk}/role", {"role": wanted})
    row.refresh_from_db()
    assert row.role == Role.READER
    said = browser(maya.owner).post("/desk/assistants", ASKED | {"role": wanted})
    assert (said.status_code, Assistant.objects.count()) == (422, 1)


def test_who_is_removed_is_out_where_the_desk_is_open(maya: Page) -> None:
    desk, pitch, other = browser(sam(maya)), waiting(maya), waiting(maya)
    desk.post("/desk/session/start")
    sitting = review.current_session(maya)
    assert sitting
    desk.post(f"/desk/session/{sitting.pk}/answer/{pitch.code}", {"kind": "yes"})
    said = browser(maya.owner).post(f"/desk/assistants/{Assistant.objects.get().pk}/remove", follow=True)
    assert "1 answer of theirs is still in the house." in said.content.decode()
    assert '<a href="/desk/outgoing">Look at what goes out</a>' in said.content.decode()
    path = f"/desk/session/{sitting.pk}/answer/{other.code}"
    assert desk.post(path, {"kind": "yes"})["Location"] == "/welcome"
    assert desk.post(path, {"kind": "yes"}, headers={"HX-Request": "true"})["HX-Redirect"] == "/welcome"
    assert desk.get("/desk/inbox")["Location"] == "/welcome"
    other.refresh_from_db()
    assert (other.state, Answer.objects.count()) == ("waiting", 1)


# ── one person, many desks ───────────────────────────────────────────────────
def test_somebody_with_a_page_begins_at_their_own_desk_and_switches(maya: Page) -> None:
    ben = PageFactory(handle="ben", name="Ben Ito")
    user = sam(maya, ben)
    PageFactory(handle="sam", name="Sam Ode", owner=user)
    desk = browser(user)
    own = read(desk, "/desk/inbox")
    assert ('action="/desk/as/maya"' in own, 'action="/desk/as/ben"' in own, "Desk of <strong>" in own) == (
        *(True, True),
        False,
    )
    assert desk.post("/desk/as/maya")["Location"] == "/desk/inbox"
    there = read(desk, "/desk/inbox")
    assert "Desk of <strong>Maya Lind</strong>" in there
    assert 'action="/desk/as/sam"' in there
    assert 'action="/desk/as/maya"' not in there
    assert desk.post("/desk/as/sam").status_code == 303
    assert "Desk of <strong>" not in read(desk, "/desk/inbox")


def test_nobody_sits_down_where_they_do_not_help(maya: Page) -> None:
    PageFactory(handle="ben")
    desk = browser(sam(maya))
    answers = [desk.post(path) for path in ("/desk/as/ben", "/desk/as/nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert (desk.get("/desk/as/maya").status_code, desk.session.get("desk")) == (405, None)


def test_an_owner_without_another_desk_sees_no_switch(maya: Page) -> None:
    assert "/desk/as/" not in read(browser(maya.owner), "/desk/inbox")


@pytest.mark.parametrize("how", ["get", "post"])
def test_a_pitch_at_another_desk_of_theirs_is_named_with_the_way_there(maya: Page, how: str) -> None:
    user, pitch = sam(maya), waiting(maya)
    own = PageFactory(handle="sam", owner=user)
    desk, path = browser(user), f"/desk/pitch/{pitch.code}"
    found = desk.get(path) if how == "get" else desk.post(f"{path}/answer", {"kind": "yes", "desk": own.pk})
    body = found.content.decode()
    assert (found.status_code, "This is at the desk of Maya Lind." in body, pitch.line in body) == (404, True, False)
    assert Answer.objects.count() == 0
    assert desk.post("/desk/as/maya", {"pitch": pitch.code})["Location"] == path
    assert desk.get(path).status_code == 200


def test_a_pitch_elsewhere_is_like_one_that_does_not_exist(maya: Page) -> None:
    desk = browser(sam(maya))
    foreign = waiting(PageFactory(handle="ben"))
    unproven = PitchFactory(door__page=maya)
    answers = [desk.get(f"/desk/pitch/{code}") for code in (foreign.code, unproven.code, "MAYA-NONE")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_keys_are_each_ones_own(maya: Page) -> None:
    desk, owner = browser(sam(maya)), browser(maya.owner)
    desk.post("/desk/shortcuts", {"on": "0"})
    maya.refresh_from_db()
    assert (maya.shortcuts, 'data-keys="on"' in read(desk, "/desk/inbox")) == (True, False)
    owner.post("/desk/shortcuts", {"on": "0"})
    desk.post("/desk/shortcuts", {"on": "1"})
    maya.refresh_from_db()
    assert (maya.shortcuts, 'data-keys="on"' in read(desk, "/desk/inbox")) == (False, True)


# ── who said it ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "said",
    [
        {"kind": AnswerKind.YES},
        {"kind": AnswerKind.ASK, "text": "Why?"},
        {"kind": AnswerKind.NO, "reason": "advert"},
        {"kind": AnswerKind.WRONG_DOOR},
    ],
)
def test_whoever_gets_an_answer_reads_who_gave_it(maya: Page, client: Client, said: dict[str, str]) -> None:
    pitch = waiting(maya)
    more = {"door": DoorFactory(page=maya)} if said["kind"] == AnswerKind.WRONG_DOOR else {}
    given = review.answer(pitch, by=sam(maya), **said, **more)
    outgoing = read(browser(maya.owner), "/desk/outgoing")
    assert "Sam Ode answered for Maya." in outgoing
    send_all()
    told = next(one for one in mail.outbox if one.to == [pitch.email])
    by = "Sam Ode asks for Maya." if given.kind == AnswerKind.ASK else "Sam Ode answered for Maya."
    assert by in told.body
    assert by in told.alternatives[0].content
    assert told.from_email.startswith("Sam Ode for Maya Lind via Halfdoor")
    assert "Sam Ode answered for Maya." in read(client, f"/p/{pitch.token}")
    assert given.said_by == "Sam Ode"


def test_what_the_owner_says_names_nobody_else(maya: Page, client: Client) -> None:
    pitch = waiting(maya)
    AssistantFactory(page=maya, role=Role.ASSISTANT)
    review.answer(pitch, AnswerKind.YES, by=maya.owner)
    send_all()
    told = next(one for one in mail.outbox if one.to == [pitch.email])
    assert ("answered for" in told.body, told.from_email.startswith("Maya Lind via Halfdoor")) == (False, True)
    assert "answered for" not in read(client, f"/p/{pitch.token}")


def test_terms_that_somebody_proposes_for_the_owner_say_so(maya: Page, client: Client) -> None:
    pitch = AnswerFactory(pitch__door__page=maya, pitch__accepted=True, sent_at=clock.now()).pitch
    HandoffFactory(pitch=pitch)
    offer = offers.make(pitch, by_owner=True, by=sam(maya), deliverables="One post")
    Assistant.objects.all().delete()  # it keeps who said it, as an answer does
    type(offer).objects.update(goes_out_at=clock.now() - timedelta(minutes=1))
    assert "Sam Ode proposes for Maya" in read(client, f"/p/{pitch.token}")
    assert "Sam Ode proposes" in read(browser(maya.owner), f"/desk/pitch/{pitch.code}")


def test_the_desk_says_who_did_what(maya: Page) -> None:
    user, pitch = sam(maya), waiting(maya)
    given = review.answer(pitch, AnswerKind.LATER, by=user, until=maya.local_date(clock.now()) + timedelta(days=9))
    review.undo(given, by=maya.owner)
    path = f"/desk/pitch/{pitch.code}"
    theirs, owners = read(browser(user), path), read(browser(maya.owner), path)
    assert "<strong>You</strong> · Later" in theirs
    assert "<strong>Maya</strong> · Took the answer back" in theirs
    assert "<strong>Sam Ode</strong> · Later" in owners
    assert "<strong>You</strong> · Took the answer back" in owners


# ── who looks after it ───────────────────────────────────────────────────────
def test_a_pitch_is_given_to_somebody_and_says_so(maya: Page) -> None:
    user, pitch = sam(maya, role=Role.SCREENER), waiting(maya)
    owner, path = browser(maya.owner), f"/desk/pitch/{pitch.code}"
    said = owner.post(f"{path}/assign", {"to": Assistant.objects.get().pk}, follow=True).content.decode()
    assert ("Sam Ode looks after it." in said, "Gave it to Sam Ode to look after" in said) == (True, True)
    assert "Looked after by </span>Sam Ode" in read(browser(user), "/desk/inbox?show=ledge")
    browser(user).post(f"{path}/assign", {"to": ""})
    pitch.refresh_from_db()
    assert (pitch.assigned_to, maya.events.filter(what=Fact.ASSIGNED).count()) == (None, 2)


def test_who_left_meanwhile_is_given_nothing_and_it_is_said(maya: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    sam(maya, role=Role.SCREENER)
    pitch = waiting(maya)
    monkeypatch.setattr("pitches.helping.keepers", lambda _page: Assistant.objects.none())
    path = f"/desk/pitch/{pitch.code}"
    answer = browser(maya.owner).post(f"{path}/assign", {"to": Assistant.objects.get().pk}, follow=True)
    assert answer.redirect_chain == [(path, 303)]
    assert "Sam Ode does not help with this any longer. Nothing was changed." in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "said"), [("hours", "This is for Maya alone."), ("outgoing/send", "This is not yours")]
)
def test_what_is_refused_says_whose_it_is(maya: Page, path: str, said: str) -> None:
    answer = browser(sam(maya, role=Role.SCREENER)).post(f"/desk/{path}")
    assert (answer.status_code, said in answer.content.decode()) == (403, True)


def test_nobody_of_another_page_is_given_a_pitch(maya: Page) -> None:
    pitch, foreign = waiting(maya), AssistantFactory(role=Role.ASSISTANT)
    for to in (foreign.pk, 999_999):
        answer = browser(maya.owner).post(f"/desk/pitch/{pitch.code}/assign", {"to": to})
        assert answer.status_code == 404
    pitch.refresh_from_db()
    assert pitch.assigned_to is None
