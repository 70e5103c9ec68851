"""Notes, tags and views of the desk: who may write them, who reads them, and that no sender ever does."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pitches import helping, intake, lifecycle, reactions, review
from pitches.models import Assistant, Event, Fact, Message, Page, Pitch, Remark, View
from pitches.notify import render
from pitches.web import devices
from portal import leases
from tests.factories import AssistantFactory, DoorFactory, PageFactory, PitchFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "zanzibar"


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def pitch(page: Page) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page, slug="research"), sender__email="elif@mosaic.example")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def sits(page: Page, role: str, name: str = "Sam Ode") -> tuple[Client, Assistant]:
    """A browser of somebody who helps."""
    user = UserFactory(email=f"{role}@helps.example", name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    row = AssistantFactory(page=page, email=user.email, role=role, name=name)
    client = Client()
    client.force_login(user)
    return client, row


def body(client: Client, path: str) -> str:
    return client.get(path).content.decode()


# ── notes ────────────────────────────────────────────────────────────────────
def test_a_note_stands_in_the_thread(owner: Client, page: Page, pitch: Pitch) -> None:
    sam, _row = sits(page, "screener")
    sam.post(f"/desk/pitch/{pitch.code}/remark", {"text": "Ask Ann\nfirst <b>"})
    found = Remark.objects.get()
    assert (found.by_name, found.text) == ("Sam Ode", "Ask Ann\nfirst <b>")
    for client in (owner, sits(page, "reader", "Rea")[0]):
        seen = body(client, f"/desk/pitch/{pitch.code}")
        assert "Ask Ann<br>first &lt;b&gt;" in seen
        assert "<strong>Sam Ode</strong> · A note for the desk" in seen
        assert "Its sender never reads this." in seen
        assert "Take it away" not in seen
    assert "Take it away" in body(sam, f"/desk/pitch/{pitch.code}")


def test_the_fact_is_written_down_without_the_words(owner: Client, pitch: Pitch) -> None:
    owner.post(f"/desk/pitch/{pitch.code}/remark", {"text": SECRET})
    owner.post(f"/desk/pitch/{pitch.code}/tags", {"tags": SECRET})
    found = Event.objects.filter(what__in=("remarked", "tagged"))
    assert [(event.what, event.note) for event in found] == [("remarked", ""), ("tagged", "")]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_nothing_and_too_much_is_told(owner: Client, pitch: Pitch, text: str) -> None:
    response = owner.post(f"/desk/pitch/{pitch.code}/remark", {"text": text})
    assert (response.status_code, Remark.objects.count()) == (422, 0)
    assert 'href="#remark_text"' in response.content.decode()


def test_dropped_and_put_back(owner: Client, pitch: Pitch) -> None:
    owner.post(f"/desk/pitch/{pitch.code}/remark", {"text": "Mind the date"})
    path = f"/desk/pitch/{pitch.code}/remark/{Remark.objects.get().pk}/drop"
    seen = owner.post(path, follow=True).content.decode()
    assert (Remark.objects.count(), "The note is gone." in seen) == (0, True)
    again = re.search(r'name="again" value="([^"]+)"', seen)
    assert again
    other = PitchFactory(waiting=True, door=pitch.door)
    assert owner.post(f"/desk/pitch/{other.code}/remark", {"again": again[1]}).status_code == 404
    owner.post(f"/desk/pitch/{pitch.code}/remark", {"again": again[1]})
    assert Remark.objects.get().text == "Mind the date"
    assert owner.post(path).status_code == 404


def test_nobody_takes_away_what_another_noted(owner: Client, page: Page, pitch: Pitch) -> None:
    sam, _row = sits(page, "assistant")
    sam.post(f"/desk/pitch/{pitch.code}/remark", {"text": "Mine"})
    found = Remark.objects.get()
    assert owner.post(f"/desk/pitch/{pitch.code}/remark/{found.pk}/drop").status_code == 404
    with pytest.raises(helping.NotAllowed):
        review.drop_remark(found, by=page.owner)
    assert Remark.objects.exists()


@pytest.mark.parametrize("what", [("remark", "text"), ("tags", "tags")])
def test_a_reader_writes_neither(page: Page, pitch: Pitch, what: tuple[str, str]) -> None:
    reader, row = sits(page, "reader")
    assert reader.post(f"/desk/pitch/{pitch.code}/{what[0]}", {what[1]: "radio"}).status_code == 403
    seen = body(reader, f"/desk/pitch/{pitch.code}")
    assert "Note something" not in seen
    user = UserFactory._meta.model.objects.get(email=row.email)
    for act in (lambda: review.remark(pitch, "radio", by=user), lambda: review.tag(pitch, ["radio"], by=user)):
        with pytest.raises(helping.NotAllowed):
            act()
    pitch.refresh_from_db()
    assert (Remark.objects.count(), pitch.tags) == (0, [])


def test_who_was_removed_notes_no_more(page: Page, pitch: Pitch) -> None:
    sam, row = sits(page, "screener")
    Assistant.objects.filter(pk=row.pk).update(left_at=row.invited_at)
    assert sam.post(f"/desk/pitch/{pitch.code}/remark", {"text": "Still here"}).status_code in (302, 403, 404)
    assert not Remark.objects.exists()


def test_its_sender_reads_neither(owner: Client, page: Page, pitch: Pitch) -> None:
    """Not on the status page, in no mail, not as an agency, and in nothing that is public."""
    owner.post(f"/desk/pitch/{pitch.code}/remark", {"text": f"{SECRET} and more"})
    owner.post(f"/desk/pitch/{pitch.code}/tags", {"tags": f"{SECRET} tag"})
    owner.post(f"/desk/pitch/{pitch.code}/answer", {"kind": "yes"})
    pitch.answers.update(sent_at=pitch.handed_in_at)
    sender = Client()
    device = devices.new_token()
    intake.remember(device, pitch.sender)
    sender.cookies[devices.cookie_name()] = device
    user = UserFactory(email="elif@mosaic.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    agency = Client()
    agency.force_login(user)
    paths = [f"/p/{pitch.token}", f"/@{page.handle}", f"/@{page.handle}/doors.json", f"/@{page.handle}.txt"]
    mine = ["/agency", "/agency/record", "/agency/people"]
    for client, asked in ((sender, paths), (agency, [*paths, *mine])):
        for path in asked:
            response = client.get(path)
            assert response.status_code == 200, path
            assert SECRET not in response.content.decode(), path
    lifecycle.record(Fact.ANSWER_SENT, page, pitch)
    lease, events = leases.claim(Event.objects.exclude(what__in=("remarked", "tagged")), limit=50)
    for event in events:
        reactions.react(event.pk, lease)
    mails = [render.build(message).message().as_string() for message in Message.objects.all()]
    assert mails
    assert SECRET not in "".join(mails)


# ── tags ─────────────────────────────────────────────────────────────────────
def test_tags_are_cleaned_shown_and_undone(owner: Client, pitch: Pitch) -> None:
    seen = owner.post(f"/desk/pitch/{pitch.code}/tags", {"tags": "#Radio,  ask   Sam , radio,"}, follow=True)
    pitch.refresh_from_db()
    assert pitch.tags == ["radio", "ask sam"]
    assert '<input type="hidden" name="tags" value="">' in seen.content.decode()
    assert 'href="/desk/inbox?tag=ask%20sam&amp;show=all"' in body(owner, "/desk/inbox")
    assert 'href="/desk/inbox?tag=radio&amp;show=all"' in body(owner, f"/desk/pitch/{pitch.code}")
    owner.post(f"/desk/pitch/{pitch.code}/tags", {"tags": "radio, ask sam"})
    assert Event.objects.filter(what="tagged").count() == 1


@pytest.mark.parametrize("tags", [", ".join(f"tag{n}" for n in range(13)), "x" * 25])
def test_too_many_and_too_long_is_told(owner: Client, pitch: Pitch, tags: str) -> None:
    assert owner.post(f"/desk/pitch/{pitch.code}/tags", {"tags": tags}).status_code == 422
    pitch.refresh_from_db()
    assert pitch.tags == []


@pytest.mark.parametrize("path", ["remark", "tags", "remark/1/drop"])
def test_another_owner_finds_nothing(owner: Client, path: str) -> None:
    theirs = PitchFactory(waiting=True)
    assert owner.post(f"/desk/pitch/{theirs.code}/{path}", {"text": "x", "tags": "x"}).status_code == 404


def test_the_thread_costs_the_same_for_one_note_and_three(owner: Client, pitch: Pitch) -> None:
    counted = []
    for number in range(3):
        review.remark(pitch, f"Note {number}", by=pitch.page.owner)
        with CaptureQueriesContext(connection) as queries:
            owner.get(f"/desk/pitch/{pitch.code}")
        counted.append(len(queries))
    assert len(set(counted)) == 1


# ── views ────────────────────────────────────────────────────────────────────
def keep(client: Client, name: str, query: str = "tag=radio&show=later") -> Any:
    return client.post("/desk/views", {"name": name, "query": query}, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def names() -> list[str]:
    return list(View.objects.values_list("name", flat=True))


def test_a_view_is_what_stands_in_the_address(owner: Client, pitch: Pitch) -> None:
    response = keep(owner, "On the radio", "after=X&tag=radio&at=Y&show=later&evil=1&q=%3Cb%3E")
    assert View.objects.get().query == "q=%3Cb%3E&show=later&tag=radio"
    assert response.redirect_chain == [("/desk/inbox?q=%3Cb%3E&show=later&tag=radio", 303)]
    seen = body(owner, "/desk/inbox")
    assert 'href="/desk/inbox?q=%3Cb%3E&amp;show=later&amp;tag=radio"><bdi>On the radio</bdi>' in seen
    assert owner.get("/desk/inbox?q=%3Cb%3E&show=later&tag=radio").status_code == 200


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("radio", "tag=x", "You have a view called “radio” already. Choose another name."),
        ("RADIO", "tag=x", "You have a view called “RADIO” already. Choose another name."),
        ("", "tag=x", "Give the view a name."),
        ("x" * 41, "tag=x", "Give the view a name of at most 40 characters."),
        ("None", "", "There is nothing to keep. Search or filter first."),
        ("None", "after=X", "There is nothing to keep. Search or filter first."),
        ("Long", "q=" + "ü" * 200, "This is too long to be kept. Look for fewer words."),
    ],
)
def test_what_cannot_be_kept_is_told(owner: Client, page: Page, name: str, query: str, said: str) -> None:
    review.keep_view(page, page.owner, "radio", "tag=radio")
    assert told(keep(owner, name, query)) == [said]
    assert names() == ["radio"]


def test_twenty_are_the_most(owner: Client, page: Page) -> None:
    for number in range(20):
        keep(owner, f"View {number}")
    assert told(keep(owner, "One more")) == ["You keep 20 views, which is the most. Drop one first."]
    assert View.objects.count() == 20


def test_renamed_moved_and_dropped(owner: Client, page: Page) -> None:
    for name in "abc":
        keep(owner, name)
    row = View.objects.get(name="c")
    for what, wanted in (("up", "acb"), ("up", "cab"), ("up", "cab"), ("down", "acb")):
        owner.post(f"/desk/views/{row.pk}", {"do": what})
        assert names() == list(wanted)
    owner.post(f"/desk/views/{row.pk}", {"do": "name", "name": "d"})
    assert told(owner.post(f"/desk/views/{row.pk}", {"do": "name", "name": "A"}, follow=True))
    assert names() == ["a", "d", "b"]
    seen = owner.post(f"/desk/views/{row.pk}/drop", follow=True).content.decode()
    assert (names(), 'name="name" value="d"' in seen) == (["a", "b"], True)
    assert owner.post(f"/desk/views/{row.pk}/drop").status_code == 404
    assert owner.post(f"/desk/views/{View.objects.all()[0].pk}", {"do": "nonsense"}).status_code == 404
    review.move_view(row, up=True)  # seen before it was gone
    review.rename_view(row, "d")
    assert View.objects.count() == 2


def test_the_views_of_who_helps_are_theirs(owner: Client, page: Page) -> None:
    sam, _row = sits(page, "reader")
    keep(sam, "Mine")
    assert "Mine" in body(sam, "/desk/inbox")
    assert "<bdi>Mine</bdi>" not in body(owner, "/desk/inbox")
    pk = View.objects.get().pk
    assert owner.post(f"/desk/views/{pk}/drop").status_code == 404
    assert owner.post(f"/desk/views/{pk}", {"do": "name", "name": "x"}).status_code == 404
    keep(owner, "Mine")
    assert names() == ["Mine", "Mine"]
