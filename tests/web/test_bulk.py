"""The bar under a list: one press for what is picked, its result in words, and the way back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import due, helping, review
from pitches.models import Answer, Page, Pitch, Reply
from portal import clock
from tests.factories import AnswerFactory, AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PATH = "/desk/inbox/answers"
CHECKED = 'form="many" autocomplete="off" checked'


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def waiting(page: Page, count: int, **more: Any) -> list[Pitch]:
    door = page.doors.first() or DoorFactory(page=page)
    return PitchFactory.create_batch(count, **{"waiting": True, "door": door, "page": page} | more)


def codes(pitches: list[Pitch]) -> list[str]:
    return [f"{pitch.code}.{pitch.version}" for pitch in pitches]


def press(owner: Client, pitches: list[Pitch], what: str = "no:reason:covered", **more: Any) -> Any:
    return owner.post(more.pop("path", PATH), {"codes": codes(pitches), "press": what} | more, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def states() -> list[str]:
    return list(Pitch.objects.order_by("pk").values_list("state", flat=True))


# ── one press ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("no:reason:covered", "declined"),
        ("later:choice:week", "later"),
        ("wrong_door:door:right", "wrong_door"),
    ],
)
def test_one_press_answers_what_is_picked_and_nothing_else(owner: Client, page: Page, what: str, state: str) -> None:
    pitches = waiting(page, 3)
    DoorFactory(page=page, slug="right")
    response = press(owner, pitches[:2], what)
    assert (states(), response.redirect_chain) == ([state, state, "waiting"], [("/desk/inbox", 303)])
    assert told(response)[0].startswith("2 pitches answered. ")
    assert len({one.batch for one in Answer.objects.all()}) == 1


def test_the_fields_may_stand_for_themselves(owner: Client, page: Page) -> None:
    pitches = waiting(page, 1)
    owner.post(PATH, {"codes": codes(pitches), "kind": "no", "reason": "advert"})
    assert Answer.objects.values_list("kind", "reason").get() == ("no", "advert")


def test_ready_words_of_the_owner_are_filled_in_for_each(owner: Client, page: Page) -> None:
    own = Reply.objects.create(page=page, kind="no", label="Full", text="{name}, the year is full.")
    one, other = waiting(page, 2)
    Pitch.objects.filter(pk=other.pk).update(name="Priya Nair")
    press(owner, [one, other], f"no:reply:{own.pk}")
    assert sorted(Answer.objects.values_list("words", flat=True)) == [
        "Elif Kaya, the year is full.",
        "Priya Nair, the year is full.",
    ]


@pytest.mark.parametrize(
    ("typed", "kind"), [({"text": "After the summer."}, "no"), ({"until": "2026-03-20", "text": ""}, "later")]
)
def test_enter_in_a_field_says_what_stands_in_it(owner: Client, page: Page, typed: dict[str, str], kind: str) -> None:
    with clock.standing_at(MONDAY):
        press(owner, waiting(page, 1), "", **typed)
        given = Answer.objects.get()
    assert (given.kind, given.text) == (kind, typed["text"])


def test_a_line_is_not_sent_with_what_is_put_off(owner: Client, page: Page) -> None:
    press(owner, waiting(page, 1), "later:choice:week", text="A line that was left standing")
    assert Answer.objects.get().text == ""


def test_the_list_is_the_same_as_before(owner: Client, page: Page) -> None:
    response = press(owner, waiting(page, 1), path=f"{PATH}?q=survey&show=ledge&at=X&after=Y&lane=known")
    assert response.redirect_chain == [("/desk/inbox?q=survey&show=ledge", 303)]


def test_a_get_leads_back_to_the_list(owner: Client) -> None:
    assert owner.get(f"{PATH}?show=later").headers["Location"] == "/desk/inbox?show=later"


# ── what was left alone ──────────────────────────────────────────────────────
def test_it_is_said_which_were_left_alone_and_why(owner: Client, page: Page) -> None:
    pitches = waiting(page, 7)
    for place, (name, value) in enumerate((("state", "withdrawn"), ("version", 2), *[("state", "accepted")] * 4)):
        Pitch.objects.filter(pk=pitches[place].pk).update(**{name: value})
    said = told(press(owner, pitches))
    assert said[0] == "1 pitch answered. No: I have covered it. You can take it back for ten minutes."
    assert said[1] == f"Left as they are, since their senders took them back: “{pitches[0].line}”."
    assert said[2] == f"Left as they are, since their senders changed them after you saw them: “{pitches[1].line}”."
    lines = ", ".join(f"“{pitch.line}”" for pitch in pitches[2:5])
    assert said[3] == f"Left as they are, since they have been answered already: {lines} and 1 more."


def test_pressed_twice_is_harmless(owner: Client, page: Page) -> None:
    pitches = waiting(page, 2)
    press(owner, pitches)
    response = press(owner, pitches)
    assert Answer.objects.count() == 2
    assert told(response) == ["You had pressed already: 2 answers are in the house, and you can take all of them back."]
    batch = Answer.objects.values_list("batch", flat=True)[0]
    assert response.content.decode().count(f'action="{PATH}/{batch}/undo"') == 2  # beside the words, and in the toast


def test_a_part_of_what_was_pressed_is_no_second_press(owner: Client, page: Page) -> None:
    pitches = waiting(page, 3)
    press(owner, pitches)
    assert [said.startswith("Nothing new: ") for said in told(press(owner, pitches[:2]))] == [True]
    other = sits(Client(), page, "assistant")
    assert [said.startswith("Nothing new: ") for said in told(press(other, pitches))] == [True]


# ── bad input ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("what", "typed", "sentence"),
    [
        ("no:reason:", {}, "Choose a reason."),
        ("no:reason:rude", {}, "Choose a reason."),
        ("no:reason:own_line", {"text": " "}, "Write your own line, or choose a reason."),
        ("no:reason:own_line", {"text": "x" * 281}, "at most 280"),
        ("no:reply:999", {}, "This reply is gone."),
        ("later", {"until": ""}, "Choose a day after today."),
        ("later", {"until": "soon"}, "Choose a day, such as"),
        ("later:choice:open", {}, "Choose a day after today."),
        ("wrong_door:door:nowhere", {}, "Choose the right door."),
        ("yes", {}, "A yes and a question are said to one pitch at a time."),
        ("ask:text:why", {}, "one pitch at a time."),
        ("", {}, "Choose what you say to them."),
        ("dance:reason:covered", {}, "Choose what you say to them."),
        ("no:pk:3", {}, "Choose a reason."),
    ],
)
def test_what_is_wrong_is_said_and_the_choice_is_kept(
    owner: Client, page: Page, what: str, typed: dict[str, str], sentence: str
) -> None:
    pitches = waiting(page, 3)
    response = press(owner, pitches[:2], what, **typed)
    text = response.content.decode()
    assert (response.status_code, states()) == (422, ["waiting"] * 3)
    assert sentence in response.context["problem"]
    assert (text.count("<title>Error:"), text.count(CHECKED)) == (1, 2)
    assert text.count("There is a problem") == 1


def test_nothing_picked_is_said(owner: Client, page: Page) -> None:
    waiting(page, 1)
    response = owner.post(PATH, {"press": "no:reason:covered"})
    assert (response.status_code, response.context["problem"]) == (422, "Choose at least one pitch.")


def test_a_mistake_in_a_search_shows_the_search_again(owner: Client, page: Page) -> None:
    pitches = waiting(page, 2)
    response = press(owner, pitches[:1], "no:reason:", path=f"{PATH}?q=survey")
    text = response.content.decode()
    assert (response.status_code, text.count("data-row="), text.count(CHECKED)) == (422, 2, 1)


def test_too_many_are_refused(owner: Client, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitches.forms.many.AT_MOST", 1)
    response = press(owner, waiting(page, 2))
    assert response.context["problem"] == "At most 1 pitches at once. Choose fewer of them."


def test_what_is_not_of_this_page_is_passed_over_and_nothing_else_is_a_404(owner: Client, page: Page) -> None:
    mine, theirs = waiting(page, 1), waiting(PageFactory(), 1)
    unproven = [PitchFactory(door=mine[0].door)]
    for foreign in (theirs, unproven):
        assert owner.post(PATH, {"codes": codes(foreign), "press": "no:reason:covered"}).status_code == 404
    assert owner.post(PATH, {"codes": ["NONE.1", "", "x.y"], "press": "no:reason:covered"}).status_code == 404
    press(owner, [*mine, *theirs, *unproven])
    assert states() == ["declined", "waiting", "unproven"]


# ── who may ──────────────────────────────────────────────────────────────────
def sits(client: Client, page: Page, role: str) -> Client:
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    AssistantFactory(page=page, role=role, email=user.email)
    client.force_login(user)
    return client


@pytest.mark.parametrize(("role", "boxes", "noes"), [("reader", 0, 0), ("screener", 1, 0), ("assistant", 1, 1)])
def test_the_bar_offers_what_a_role_may_do(client: Client, page: Page, role: str, boxes: int, noes: int) -> None:
    waiting(page, 1)
    text = sits(client, page, role).get("/desk/inbox").content.decode()
    assert (text.count('class="pickme"'), text.count('id="many_no"')) == (boxes, noes)


def test_a_role_that_does_not_reach_so_far_changes_nothing(client: Client, page: Page) -> None:
    pitches = waiting(page, 1)
    assert sits(client, page, "reader").post(PATH, {"codes": codes(pitches), "press": "later"}).status_code == 403
    screener = sits(client, page, "screener")
    assert screener.post(PATH, {"codes": codes(pitches), "press": "no:reason:covered"}).status_code == 403
    assert states() == ["waiting"]
    press(screener, pitches, "later:choice:week")
    assert Answer.objects.get().said_by == "Sam Ode"


def test_only_what_can_be_answered_has_a_box(owner: Client, page: Page) -> None:
    waiting(page, 1), waiting(page, 1, waiting=False, quarantine=True), waiting(page, 1, waiting=False, held=True)
    assert owner.get("/desk/inbox").content.decode().count('class="pickme"') == 2
    waiting(page, 1, waiting=False, declined=True)
    assert owner.get("/desk/inbox?show=answered").content.decode().count('id="many"') == 0
    assert owner.get("/desk/inbox?q=survey").content.decode().count('class="pickme"') == 2


# ── undo ─────────────────────────────────────────────────────────────────────
def test_undo_stands_in_the_toast_also_after_a_reload(owner: Client, page: Page) -> None:
    press(owner, waiting(page, 3))
    batch = Answer.objects.values_list("batch", flat=True)[0]
    text = owner.get("/desk/inbox?show=answered").content.decode()
    assert (text.count("3 together: No: I have covered it"), text.count(f"{PATH}/{batch}/undo")) == (1, 1)
    response = owner.post(f"{PATH}/{batch}/undo", follow=True)
    assert (told(response), states()) == (["Undone. 3 pitches wait again."], ["waiting"] * 3)
    again = owner.post(f"{PATH}/{batch}/undo", follow=True)
    assert (again.redirect_chain, told(again)) == ([("/desk/inbox", 303)], ["All of it was taken back before."])


def test_the_toast_offers_what_one_gave_oneself(owner: Client, page: Page) -> None:
    press(owner, waiting(page, 1))
    assert owner.get("/desk/inbox").context["last"] is not None
    assert sits(Client(), page, "assistant").get("/desk/inbox").context["last"] is None


def test_each_turn_of_many_is_a_step_of_its_own(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitches.review.many.AT_MOST", 1)
    pitches, depths = waiting(page, 2), []
    voice = helping.voice
    monkeypatch.setattr(helping, "voice", lambda *said: depths.append(len(connection.savepoint_ids)) or voice(*said))
    client = sits(Client(), page, "assistant")
    press(client, pitches)
    batch, _none = Answer.objects.values_list("batch", flat=True)[0], depths.clear()
    client.post(f"{PATH}/{batch}/undo")
    assert (len(set(depths)), states()) == (1, ["waiting"] * 2)


def test_undo_says_how_many_had_gone_out(owner: Client, page: Page) -> None:
    pitches = waiting(page, 3)
    press(owner, pitches)
    review.send_now(Answer.objects.get(pitch=pitches[0]), by=page.owner)
    due.tick()
    Pitch.objects.filter(pk=pitches[1].pk).update(state="withdrawn")
    batch = Answer.objects.values_list("batch", flat=True)[0]
    response = owner.post(f"{PATH}/{batch}/undo", {"back": "outgoing"}, follow=True)
    assert response.redirect_chain == [("/desk/outgoing", 303)]
    assert told(response) == [
        "Undone. 1 pitch waits again.",
        "1 answer has gone out already.",
        "1 pitch has moved on since, and stays where it is.",
    ]


def test_a_batch_of_another_page_does_not_exist(owner: Client) -> None:
    theirs = AnswerFactory(held=True, batch=uuid4())
    for batch in (theirs.batch, uuid4()):
        assert owner.post(f"{PATH}/{batch}/undo").status_code == 404
    assert Answer.objects.get().undone_at is None


def test_outgoing_shows_a_press_as_one_line_and_each_of_it_folded(owner: Client, page: Page) -> None:
    press(owner, waiting(page, 3))
    response = owner.get("/desk/outgoing")
    text = response.content.decode()
    assert (text.count("3 answers given together"), text.count("Undo all 3"), text.count("Undo<")) == (1, 1, 3)
    minute = response.context["minutes"][0]
    assert (minute.count, minute.rows, minute.press.count) == (3, [], 3)
    Answer.objects.update(goes_out_at=clock.now() - timedelta(seconds=1))
    minute = owner.get("/desk/outgoing").context["minutes"][0]
    assert (minute.gone, minute.press, len(minute.rows)) == (True, None, 3)


# ── what it costs ────────────────────────────────────────────────────────────
def queries(owner: Client, page: Page, count: int, path: str = "") -> int:
    pitches = waiting(page, count)
    if path:
        press(owner, pitches)
    with CaptureQueriesContext(connection) as asked:
        if path:
            owner.get(path)
        else:
            owner.post(PATH, {"codes": codes(pitches), "press": "no:reason:covered"})
    Answer.objects.all().delete()
    Pitch.objects.all().update(state="withdrawn")
    return len(asked)


def test_a_hundred_cost_as_many_queries_as_one(owner: Client, page: Page) -> None:
    waiting(page, 1)
    assert queries(owner, page, 1) == queries(owner, page, 3) == queries(owner, page, 100)


def test_outgoing_costs_the_same_for_a_press_of_two_and_of_sixty(owner: Client, page: Page) -> None:
    assert queries(owner, page, 2, "/desk/outgoing") == queries(owner, page, 60, "/desk/outgoing")
