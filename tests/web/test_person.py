"""One person at the desk: standing and why, undo, notes, tags, the same person; and that nobody else learns of it."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from pitches import book, intake, relationships, tasks
from pitches.models import Evidence, EvidenceKind, Message, Note, Page, Sender, Standing
from pitches.web import devices
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return PageFactory(handle="maya")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


@pytest.fixture
def elif_(page: Page) -> Sender:
    who = sender("elif")
    pitch(page, who)
    return who


def sender(box: str, domain: str = "mosaic.example", **more: Any) -> Sender:
    email = f"{box}@{domain}"
    return SenderFactory(email=email, canonical=f"{box.partition('+')[0]}@{domain}", **more)


def pitch(page: Page, who: Sender, **more: Any) -> Any:
    door = page.doors.first() or DoorFactory(page=page)
    return PitchFactory(**({"waiting": True, "door": door, "sender": who} | more))


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def post(client: Client, who: Any, verb: str, **data: Any) -> Any:
    kind = "person" if isinstance(who, Sender) else "agency"
    return client.post(reverse(f"desk:{kind}_{verb}", args=[who.pk]), data, follow=True)


def undo(client: Client, response: Any) -> Any:
    """Press "Undo" in the line that says what happened."""
    from pitches.templatetags.undoing import way_back

    [message] = list(response.context["messages"])
    back = way_back(message)
    assert back, message
    fields: dict[str, list[str]] = {}
    for name, value in back["fields"]:
        fields.setdefault(name, []).append(value)
    return client.post(back["action"], fields, follow=True)


def now(page: Page, who: Sender, door: Any = None) -> str:
    return relationships.standing_of(page, who, door).value


# ── who may come in ──────────────────────────────────────────────────────────
def test_of_others_nobody_knows(owner: Client, page: Page, elif_: Sender) -> None:
    elsewhere, unproven = sender("elsewhere"), sender("unproven")
    PitchFactory(waiting=True, sender=elsewhere)
    PitchFactory(door=page.doors.first(), sender=unproven)
    answers = [owner.get(f"/desk/people/{pk}") for pk in (elsewhere.pk, unproven.pk, 999_999)]
    assert ([one.status_code for one in answers], len({one.content for one in answers})) == ([404] * 3, 1)
    assert owner.get(f"/desk/people/{elif_.pk}").status_code == 200
    for verb, data in (("merge", {"other": elsewhere.pk}), ("merge", {"address": elsewhere.email})):
        assert post(owner, elif_, verb, **data).status_code == 422
    for verb, data in (("merge", {"parted": elsewhere.pk}), ("split", {"mailbox": elsewhere.pk})):
        assert post(owner, elif_, verb, **data).status_code == 404
    assert book.mailboxes(page, elif_) == [elif_]


def test_another_owner_neither_sees_nor_touches_a_note(owner: Client, page: Page, elif_: Sender) -> None:
    note = book.add_note(page, elif_, "Ask about Lagos.", by=page.owner)
    book.keep_tags(page, [elif_], ["longwave"])
    word = relationships.set_by_hand(page, elif_, Standing.KNOWN, by=page.owner)
    other = PageFactory()
    pitch(other, elif_)
    stranger = Client()
    stranger.force_login(other.owner)
    for path in (f"/desk/people/{elif_.pk}", "/desk/people", f"/desk/agencies/{elif_.agency_id}"):
        shown = text(stranger.get(path))
        assert not [words for words in ("Lagos", "longwave", "Set by hand") if words in shown], path
    assert post(stranger, elif_, "note", remove=note.pk).status_code == 404
    assert post(stranger, elif_, "standing", undo=word.pk).status_code == 404
    assert (Note.objects.count(), now(page, elif_)) == (1, "known")


# ── how they stand, and back ─────────────────────────────────────────────────
def test_a_standing_is_set_and_taken_back_by_a_row_of_its_own(owner: Client, page: Page, elif_: Sender) -> None:
    relationships.note_once(page.pitches.get(), EvidenceKind.ACCEPTED, by=page.owner)
    door = page.doors.get()
    said = post(owner, elif_, "standing", standing="trusted", where=door.slug, note="Reliable")
    assert f"Elif Kaya is now: trusted, at {door.name}." in text(said)
    assert now(page, elif_, door) == "trusted"
    back = undo(owner, said)
    assert "They stand as before." in text(back)
    assert (now(page, elif_, door), Evidence.objects.count()) == ("known", 3)
    again = owner.post(
        f"/desk/people/{elif_.pk}/standing", {"undo": Evidence.objects.get(kind="by_hand").pk}, follow=True
    )
    assert "You have said something else since" in text(again)
    assert Evidence.objects.count() == 3


def test_a_pause_needs_its_day(owner: Client, page: Page, elif_: Sender) -> None:
    wrong = post(owner, elif_, "standing", standing="paused", where="*")
    assert (wrong.status_code, now(page, elif_)) == (422, "stranger")
    assert "Choose the day on which the pause ends" in text(wrong)
    day = (clock.now() + timedelta(days=30)).date()
    post(owner, elif_, "standing", standing="paused", where="*", until=day.isoformat())
    assert now(page, elif_) == "paused"
    over = post(owner, elif_, "standing", lift="*")
    assert ("The pause of Elif Kaya is over." in text(over), now(page, elif_)) == (True, "stranger")
    undo(owner, over)
    assert now(page, elif_) == "paused"


def test_block_unblock_and_everybody_at_the_domain(owner: Client, page: Page, elif_: Sender) -> None:
    relationships.set_by_hand(page, elif_, Standing.KNOWN, by=page.owner)
    blocked = post(owner, elif_, "standing", standing="blocked", where="*")
    assert ("Unblock: Everywhere" in text(blocked), now(page, elif_)) == (True, "blocked")
    freed = post(owner, elif_, "standing", lift="*")
    assert now(page, elif_) == "known"
    undo(owner, freed)
    assert now(page, elif_) == "blocked"
    post(owner, elif_, "standing", lift="*")
    whole = post(owner, elif_.agency, "standing", standing="blocked", where="*", back=elif_.pk)
    assert (whole.redirect_chain[-1][0], now(page, elif_)) == (f"/desk/people/{elif_.pk}", "blocked")
    assert "Everybody at mosaic.example is now: blocked" in text(whole)
    assert undo(owner, whole).redirect_chain[-1][0] == f"/desk/people/{elif_.pk}"
    assert now(page, elif_) == "known"
    ended = post(owner, elif_, "standing", lift="*")
    assert "It has ended already." in text(ended)


# ── why ──────────────────────────────────────────────────────────────────────
def test_every_piece_of_evidence_says_what_it_counts(owner: Client, page: Page, elif_: Sender) -> None:
    long_ago = clock.now() - timedelta(days=400)
    with clock.standing_at(long_ago):
        relationships.note_once(pitch(page, elif_), EvidenceKind.OFF_TOPIC, by=None)
    with clock.standing_at(clock.now() - timedelta(days=9)):
        relationships.note_once(pitch(page, elif_), EvidenceKind.LATE, by=None)
        relationships.set_by_hand(
            page, elif_, Standing.INTRODUCED, by=page.owner, note="From Ana", door=page.doors.get()
        )
        relationships.set_by_hand(page, elif_.agency, Standing.KNOWN, by=page.owner)
    relationships.note_once(page.pitches.earliest("pk"), EvidenceKind.ACCEPTED, by=page.owner)
    response = owner.get(f"/desk/people/{elif_.pk}")
    assert [(one.words, one.points, one.state) for one in response.context["pieces"]] == [
        ("A yes", "+2", ""),
        ("Set by hand: Known", "", ""),
        ("Set by hand: Introduced", "", ""),
        ("Delivered late", "−1", "before what was set by hand, counts no more"),
        ("Not the topic", "−1", "older than a year, counts no more"),
    ]
    assert [(place.standing.value, place.reason) for place in response.context["places"]] == [
        ("known", "2 points from 1 piece of evidence, on top of what was set by hand."),
        ("known", "As everybody at mosaic.example."),
    ]
    assert "“From Ana”" in text(response)


def test_the_evidence_goes_on_page_after_page(owner: Client, page: Page, elif_: Sender) -> None:
    for number in range(31):
        relationships.set_by_hand(page, elif_, Standing.KNOWN, by=page.owner, note=f"{number}")
    first = owner.get(f"/desk/people/{elif_.pk}")
    second = owner.get(f"/desk/people/{elif_.pk}?from={first.context['older']}")
    assert [len(one.context["pieces"]) for one in (first, second)] == [30, 1]
    assert second.context["older"] is None


def test_what_was_between_them(owner: Client, page: Page, elif_: Sender) -> None:
    moment = clock.now() - timedelta(days=5)
    yes = pitch(page, elif_, accepted=True, waiting=False, handed_in_at=moment, link_host="www.acme.com", line="Agreed")
    AnswerFactory(pitch=yes, given_at=moment + timedelta(days=3))
    pitch(page, elif_, payer="own", link_host="own.example")
    history = owner.get(f"/desk/people/{elif_.pk}").context["history"]
    assert (history.count, history.words, history.answered_in) == (3, "Answered yes once. 2 are open.", "3 days")
    assert [(row.line, row.outcome) for row in history.pitches][-1] == ("Agreed", "Yes")
    assert owner.get(f"/desk/people/{elif_.pk}").context["brands"] == [("acme.com", 1), ("mosaic.example", 1)]


# ── notes and tags ───────────────────────────────────────────────────────────
def test_a_note_is_written_removed_and_put_back(owner: Client, page: Page, elif_: Sender) -> None:
    assert post(owner, elif_, "note", text=" ").status_code == 422
    post(owner, elif_, "note", text="Ask about Lagos.")
    note = Note.objects.get()
    gone = post(owner, elif_, "note", remove=note.pk)
    assert Note.objects.count() == 0
    undo(owner, gone)
    assert [(one.text, one.at, one.by) for one in Note.objects.all()] == [(note.text, note.at, page.owner)]
    undo(owner, post(owner, elif_.agency, "note", text="A big house."))
    assert Note.objects.count() == 1
    assert post(owner, elif_, "note", again="forged").status_code == 404
    Note.objects.update(by=UserFactory())
    assert post(owner, elif_, "note", remove=Note.objects.get().pk).status_code == 404


def test_tags_are_kept_and_taken_back(owner: Client, page: Page, elif_: Sender) -> None:
    for who in (elif_, elif_.agency):
        post(owner, who, "tags", tags="Radio")
        said = post(owner, who, "tags", tags="radio, # Berlin ,RADIO")
        assert book.tags_of(book.contacts(page, [who])) == ["berlin", "radio"]
        undo(owner, said)
        assert book.tags_of(book.contacts(page, [who])) == ["radio"]
        for wrong in ("a,b,c,d,e,f,g,h,i", "a" * 25):
            assert post(owner, who, "tags", tags=wrong).status_code == 422


# ── the same person ──────────────────────────────────────────────────────────
def test_a_likely_one_is_offered_joined_and_parted(owner: Client, page: Page, elif_: Sender) -> None:
    same, other = sender("kaya", "new.example"), sender("omar", name="Omar")
    pitch(page, same)
    pitch(page, other)
    form = owner.get(f"/desk/people/{elif_.pk}").context["same_form"]
    assert [pk for pk, _words in form.fields["other"].choices] == [str(same.pk)]
    relationships.set_by_hand(page, same, Standing.TRUSTED, by=page.owner)
    joined = post(owner, elif_, "merge", other=same.pk)
    assert (joined.status_code, now(page, elif_)) == (200, "trusted")
    assert owner.get(f"/desk/people/{same.pk}")["Location"] == f"/desk/people/{elif_.pk}"
    undo(owner, joined)
    assert now(page, elif_) == "stranger"
    post(owner, elif_, "merge", address="KAYA@new.example")
    assert "This address is theirs already." in text(post(owner, elif_, "merge", address=same.email))
    parted = post(owner, elif_, "split", mailbox=same.pk)
    assert now(page, elif_) == "stranger"
    undo(owner, parted)
    assert (now(page, elif_), book.mailboxes(page, elif_)) == ("trusted", [elif_, same])
    unknown = post(owner, elif_, "merge", address="nobody@new.example")
    assert "Nobody with this address is in your ledger." in text(unknown)
    assert post(owner, elif_, "merge").status_code == 422


def test_one_mailbox_too_many_is_said(owner: Client, page: Page, elif_: Sender) -> None:
    other = sender("kaya", "new.example")
    pitch(page, other)
    for number in range(19):
        book.merge(page, elif_, sender(f"elif{number}"))
    refused = post(owner, elif_, "merge", address=other.email)
    assert (refused.status_code, len(book.mailboxes(page, elif_))) == (422, 20)
    assert "One person has at most 20 mailboxes." in text(refused)


# ── what it costs, and what nobody else learns ───────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    who = sender("elif")
    for number in range(count):
        row = pitch(page, who)
        other = sender(f"other{number}", f"a{number}.example")
        pitch(page, other)
        book.merge(page, who, other)
        relationships.note_once(row, EvidenceKind.ACCEPTED, by=page.owner)
        AnswerFactory(pitch=row)
        book.add_note(page, other, "A note", by=page.owner)
        DoorFactory(page=page)
    with django_assert_num_queries(22):
        response = owner.get(f"/desk/people/{who.pk}")
    assert len(response.context["pieces"]) == len(response.context["notes"]) == count


def test_nothing_of_the_ledger_is_ever_shown_or_mailed_to_a_sender(page: Page, elif_: Sender) -> None:
    secrets = ("Ask-about-Lagos", "tag-of-hers", "Called-by-me", "why-I-know-her", "word-about-the-house")
    note, tag, called, why, house = secrets
    mine = pitch(page, elif_, accepted=True, waiting=False)
    for who in (elif_, elif_.agency):
        book.add_note(page, who, note, by=page.owner)
        book.keep_tags(page, [who], [tag])
    elif_.contacts.update(name=called)
    relationships.set_by_hand(page, elif_, Standing.KNOWN, by=page.owner, note=why)
    relationships.set_by_hand(page, elif_.agency, Standing.TRUSTED, by=page.owner, note=house)
    book.merge(page, elif_, sender("secret-other", "other.example"))
    client = Client()
    client.cookies[devices.cookie_name()] = token = devices.new_token()
    intake.remember(token, elif_)
    door = page.doors.get()
    paths = [f"/p/{mine.token}", f"/p/{page.pitches.earliest('pk').token}", f"/p/{mine.token}/edit", "/@maya"]
    paths += [
        f"/@maya/{door.slug}",
        f"/@maya/{door.slug}/pitch",
        "/@maya.txt",
        "/@maya/doors.json",
        "/@maya/doors.atom",
    ]
    for path in paths:
        shown = client.get(path, follow=True).content.decode()
        assert not [words for words in (*secrets, "secret-other") if words in shown], path
    AnswerFactory(pitch=mine)
    for _turn in range(3):
        tasks.tick()
    for message in mail.outbox:
        said = f"{message.subject} {message.body} {getattr(message, 'alternatives', '')}"
        assert not [words for words in (*secrets, "secret-other") if words in said]
    assert Message.objects.filter(to="secret-other@other.example").count() == 0
