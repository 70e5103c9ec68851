"""Two desks of one person: what is pressed at one changes nothing at the other, also when they were removed from it."""

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from pitches import doors, helping, lifecycle, offers, review
from pitches.handoffs import assistants
from pitches.models import Answer, AnswerKind, Assistant, Page, Pitch, Role
from pitches.web import refused, threads
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    HandoffFactory,
    PageFactory,
    PitchFactory,
    UserFactory,
)
from tests.races import checksum
from tests.test_urls import World
from tests.web.test_roles import DESK

pytestmark = pytest.mark.django_db
SAFE = ("django_session",)
FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
TOKEN = re.compile(r'{% include "desk/(_token|_csrf)\.html" %}')
# Forms of everybody, which are at home outside the desk too.
ELSEWHERE = ("error_summary", "messages", "send_again", "footer")


@pytest.fixture
def maya() -> Page:
    return PageFactory(handle="maya", name="Maya Lind")


@pytest.fixture
def own(maya: Page) -> Page:
    """The page of Sam, who also answers at the desk of Maya."""
    user = UserFactory(email="sam@helps.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    AssistantFactory(page=maya, email=user.email, role=Role.ASSISTANT)
    return PageFactory(handle="sam", name="Sam Ode", owner=user)


@pytest.fixture
def sam(own: Page) -> Client:
    client = Client()
    client.force_login(own.owner)
    return client


def held(page: Page) -> Answer:
    return AnswerFactory(held=True, pitch__door=DoorFactory(page=page), pitch__accepted=True)


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


# ── two tabs, two desks ──────────────────────────────────────────────────────
def test_every_press_of_every_other_desk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "other_desk", lambda *_page: HttpResponse(status=409))  # it is drawn elsewhere
    world = World()
    other, owner = PageFactory(handle="ben", name="Ben Ito"), world.page.owner
    AssistantFactory(page=other, email=owner.email, role=Role.ASSISTANT)
    client, before = world.client("owner"), checksum(*SAFE)
    paths = {name: world.path(name) for name in DESK}
    found = {name: client.post(path, {"desk": other.pk}).status_code for name, path in paths.items()}
    assert {name: code for name, code in found.items() if code != 409} == {}
    for odd in ({}, {"desk": "999999"}, {"desk": "x"}, {"desk": f"0{world.page.pk}"}):
        assert client.post(paths["desk:outgoing_send_all"], odd).status_code == 409
    client.post("/desk/as/ben")
    assert client.post(paths["desk:read_anyway"], {"desk": world.page.pk}).status_code == 409
    assert checksum(*SAFE) == before


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("drawn", ["maya", "sam"])
def test_send_all_in_a_stale_tab_sends_nothing(maya: Page, own: Page, sam: Client, headers: dict, drawn: str) -> None:
    for page in (maya, own):
        held(page)
    stale, here = (maya, own) if drawn == "maya" else (own, maya)
    sam.post(f"/desk/as/{here.handle}")
    before = checksum(*SAFE)
    answer = sam.post("/desk/outgoing/send", {"which": "all", "desk": stale.pk}, headers=headers)
    body = said(answer)
    assert (answer.status_code, answer["HX-Retarget"], checksum(*SAFE) == before) == (409, "body", True)
    if drawn == "maya":
        assert "This was pressed at the desk of Maya Lind." in body
        assert "You sit at your own desk now. Nothing was changed." in body
    else:
        assert "This was pressed at your own desk." in body
        assert "You sit at the desk of Maya Lind now. Nothing was changed." in body
    assert f'action="/desk/as/{stale.handle}"' in body
    assert sam.post("/desk/outgoing/send", {"which": "all", "desk": here.pk}).status_code == 303


def test_from_the_refused_press_the_way_leads_to_the_very_pitch(maya: Page, sam: Client) -> None:
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=maya))
    body = said(sam.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes", "desk": maya.pk}))
    assert f'name="pitch" value="{pitch.code}"' in body
    assert pitch.line not in body


def test_the_name_of_a_page_where_somebody_never_helped_is_not_told(sam: Client) -> None:
    foreign = PageFactory(name="Secret Page", unpublished=True)
    AssistantFactory(page=foreign, email="sam@helps.example", joined_at=None)
    body = said(sam.post("/desk/outgoing/send", {"which": "all", "desk": foreign.pk}))
    assert ("This was pressed at another desk." in body, "Secret Page" in body) == (True, False)


def test_the_way_back_leads_to_the_desk_where_it_was_done(maya: Page, own: Page, sam: Client) -> None:
    sam.post("/desk/as/maya")
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=maya))
    sam.post(f"/desk/pitch/{pitch.code}/tags", {"tags": "radio", "desk": maya.pk})
    sam.post("/desk/as/sam")
    offered = re.search(r'<div class="messages".*?</form>', said(sam.get("/desk/inbox")), re.DOTALL)
    assert offered
    assert f'name="desk" value="{maya.pk}"' in offered[0]
    assert f'name="desk" value="{own.pk}"' not in offered[0]


# ── removed, with a desk left ────────────────────────────────────────────────
def test_who_was_removed_never_presses_at_the_desk_that_is_left(maya: Page, own: Page, sam: Client) -> None:
    waits = held(own)
    sam.post("/desk/as/maya")
    assistants.leave(Assistant.objects.get())
    for drawn in ({"desk": maya.pk}, {}):
        answer = sam.post("/desk/outgoing/undo", {"which": "all", **drawn})
        assert answer.status_code == 409
    assert "You help at the desk of Maya Lind no longer." in said(sam.post("/desk/outgoing/undo", {"desk": maya.pk}))
    waits.refresh_from_db()
    assert waits.undone_at is None
    told = "You help at the desk of Maya Lind no longer. This is your own desk."
    assert [told in said(sam.get("/desk/inbox")) for _ in range(2)] == [True, False]
    assert sam.post("/desk/outgoing/undo", {"which": "all", "desk": own.pk}).status_code == 303


def test_who_is_removed_from_the_first_of_several_is_told_at_the_next(maya: Page, own: Page, sam: Client) -> None:
    AssistantFactory(page=PageFactory(name="Ben Ito"), email="sam@helps.example", role=Role.READER)
    Page.objects.filter(pk=own.pk).delete()
    assert "Desk of <strong>Ben Ito</strong>" in said(sam.get("/desk/inbox"))
    assistants.leave(Assistant.objects.get(page__name="Ben Ito"))
    body = said(sam.get("/desk/inbox"))
    assert "You help at the desk of Ben Ito no longer. This is the desk of Maya Lind." in body


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("inbox", {"Sec-Purpose": "prefetch;prerender"}),
        ("inbox?at={code}", {"HX-Request": "true", "HX-Target": "peek"}),
        ("numbers.csv", {}),
    ],
)
def test_what_nobody_looks_at_does_not_take_the_words(
    maya: Page, own: Page, sam: Client, path: str, headers: dict
) -> None:
    code = PitchFactory(waiting=True, door=DoorFactory(page=own)).code
    sam.post("/desk/as/maya")
    sam.get("/desk/inbox")
    assistants.leave(Assistant.objects.get())
    told = "You help at the desk of Maya Lind no longer. This is your own desk."
    assert told not in said(sam.head("/desk/inbox"))
    assert sam.get(f"/desk/{path.format(code=code)}", headers=headers).status_code == 200
    assert [told in said(sam.get("/desk/inbox")) for _ in range(2)] == [True, False]


# ── a page of their own ──────────────────────────────────────────────────────
@pytest.mark.parametrize("late", [False, True])
def test_who_helps_at_two_desks_and_puts_up_a_page_sits_at_it(
    maya: Page, own: Page, sam: Client, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    AssistantFactory(page=PageFactory(name="Ben Ito"), email="sam@helps.example", role=Role.READER)
    user = own.owner
    Page.objects.filter(pk=own.pk).delete()
    assert "Desk of <strong>" in said(sam.get("/desk/inbox"))
    if late:  # another tab was first, and what it kept in the session is not here yet
        real = doors.set_up
        monkeypatch.setattr(doors, "set_up", lambda *who, **what: real(*who, **what) and real(*who, **what))
    words = {"name": "Sam Ode", "handle": "sam", "topics": ["research"], "hours": "tue_fri"}
    found = sam.post("/welcome", words | {"timezone": "Europe/Lisbon", "house_rules": "No calls."}, follow=True)
    assert (found.status_code, found.context["page"].owner) == (200, user)


# ── every form says for which desk it was drawn ──────────────────────────────
def test_every_form_of_the_desk_carries_its_desk() -> None:
    home = Path(settings.BASE_DIR) / "templates"
    paths = [*home.glob("desk/*.html"), *home.glob("components/*.html")]
    forms = [
        (path.name, form) for path in paths if path.stem not in ELSEWHERE for form in FORM.findall(path.read_text())
    ]
    assert len(forms) > 80
    assert [(name, form[:80]) for name, form in forms if not TOKEN.search(form)] == []
    drawn = re.compile(r"{% (csrf_)?token %}")
    written = {path.name for path in paths if path.parent.name == "desk" and drawn.search(path.read_text())}
    assert written == {"_csrf.html", "_token.html"}


def test_the_pages_of_a_desk_name_it(maya: Page, own: Page, sam: Client) -> None:
    for page in (maya, own):
        held(page)
        sam.post(f"/desk/as/{page.handle}")
        body = said(sam.get("/desk/outgoing"))
        assert set(re.findall(r'name="desk" value="(\d+)"', body)) == {str(page.pk)}


# ── what was typed is not lost ───────────────────────────────────────────────
LINE = "Not in <b>March</b>, sorry"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_line_that_is_refused_stands_on_the_page_that_refuses(maya: Page, sam: Client, headers: dict) -> None:
    pitch, row = PitchFactory(waiting=True, door=DoorFactory(page=maya)), Assistant.objects.get()
    sam.post("/desk/as/maya")
    sitting = review.open_session(maya, by=row.page.owner)
    typed = {"kind": "no", "reason": "own_line", "text": LINE, "desk": maya.pk, "version": "1"}
    press = f"/desk/session/{sitting.pk}/answer/{pitch.code}"
    Assistant.objects.update(role=Role.READER)
    found = [sam.post(press, typed, headers=headers)]
    assistants.leave(row)
    found.append(sam.post(press, typed, headers=headers))
    Page.objects.filter(handle="sam").delete()
    found.append(sam.post(press, typed, headers=headers))
    assert [answer.status_code for answer in found] == [403, 409, 403]
    for answer in found:
        [kept] = re.findall(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", said(answer), re.DOTALL)
        assert (kept, answer["HX-Retarget"]) == ("Not in &lt;b&gt;March&lt;/b&gt;, sorry", "body")
    assert not Answer.objects.exists()


def test_nothing_typed_is_nothing_shown(maya: Page, sam: Client) -> None:
    body = said(sam.post("/desk/outgoing/send", {"which": "2026-11-23T10:00:00+00:00", "desk": maya.pk}))
    assert "What you had written" not in body


# ── removed between two turns of one press ───────────────────────────────────
@pytest.mark.parametrize("press", ["outgoing/undo", "inbox/fair-no"])
def test_who_is_stopped_half_way_hears_how_much_was_done(
    maya: Page, sam: Client, monkeypatch: pytest.MonkeyPatch, press: str
) -> None:
    door, row, verb = DoorFactory(page=maya), Assistant.objects.get(), "unsay_many" if "undo" in press else "move_many"
    for _ in range(3):
        if verb == "unsay_many":
            AnswerFactory(held=True, pitch__door=door, pitch__accepted=True)
        else:
            PitchFactory(waiting=True, door=door)
    real, turns = getattr(lifecycle, verb), []

    def once(*args: object, **more: object) -> object:
        turns.append(1)
        if len(turns) == 2:
            Assistant.objects.filter(pk=row.pk).update(role=Role.READER)
        return real(*args, **more)

    monkeypatch.setattr("pitches.review.many.AT_MOST", 1)
    monkeypatch.setattr(lifecycle, verb, once)
    sam.post("/desk/as/maya")
    answer = sam.post(
        f"/desk/{press}", {"which": "all", "days": "all", "before": "2099-01-01T00:00:00+00:00", "desk": maya.pk}
    )
    body = " ".join(said(answer).split())
    assert (answer.status_code, "This was stopped half-way." in body, "Nothing was changed" in body) == (
        403,
        True,
        False,
    )
    assert "2 pitches were done before that, and stay done; the rest was left as it was." in body
    assert Answer.objects.filter(undone_at=None).count() == (1 if verb == "unsay_many" else 2)


# ── whose account is gone ────────────────────────────────────────────────────
def test_what_somebody_did_whose_account_is_gone_is_not_said_to_be_the_owners(
    maya: Page, own: Page, sam: Client
) -> None:
    pitch = AnswerFactory(pitch__door=DoorFactory(page=maya), pitch__accepted=True, sent_at=clock.now()).pitch
    put_off = PitchFactory(waiting=True, door=pitch.door)
    HandoffFactory(pitch=pitch)
    theirs = offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    offers.decline(theirs, by_owner=True, by=own.owner)
    offers.make(pitch, by_owner=True, by=own.owner, deliverables="Two posts")
    helping.assign(pitch, Assistant.objects.get(), by=own.owner)
    for given in (pitch, put_off):
        review.tag(given, ["radio"], by=own.owner)
    review.undo(review.answer(put_off, AnswerKind.NO, by=own.owner, reason="advert"), by=own.owner)
    own.owner.delete()
    page = Page.objects.get(pk=maya.pk)
    told = {(one.who, one.what) for one in threads.thread(Pitch.objects.get(pk=pitch.pk), page.owner)}
    then = "Somebody who helped then"
    assert told >= {
        (then, "Changed the tags"),
        (then, "Gave it to Sam Ode to look after"),
        (pitch.name, "Proposed terms"),
    }
    assert told >= {("Sam Ode", "Proposed terms"), ("Sam Ode", "Declined the proposed terms")}
    taken_back = {(one.who, one.what) for one in threads.thread(Pitch.objects.get(pk=put_off.pk), page.owner)}
    assert (then, "Took the answer back before it went out") in taken_back
    assert "You" not in {who for who, what in told | taken_back if what not in ("Yes", "Said yes")}


def test_who_noted_and_who_said_how_somebody_stands_is_called_by_name(maya: Page, own: Page, sam: Client) -> None:
    pitch = PitchFactory(waiting=True, door=DoorFactory(page=maya))
    sam.post("/desk/as/maya")
    here, drawn = f"/desk/people/{pitch.sender_id}", {"desk": maya.pk}
    sam.post(f"{here}/note", {"text": "Rings back", **drawn})
    sam.post(f"{here}/standing", {"standing": "known", "where": "*", **drawn})
    owner = Client()
    owner.force_login(maya.owner)
    assert [
        "· by you" in said(sam.get(here)),
        "· Sam Ode<" in said(owner.get(here)),
        "· by Sam Ode" in said(owner.get(here)),
    ] == [*(True, True, True)]
    own.owner.delete()
    body = said(owner.get(here))
    assert ("· Somebody who helped then" in body, "by somebody who helped then" in body, "sam@helps" in body) == (
        True,
        True,
        False,
    )
