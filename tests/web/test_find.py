"""Find my pitches: the same answer for every address, a link by mail, and the list of that mailbox alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches import intake, mailboxes, tasks
from pitches.models import Message
from pitches.notify import finding, render
from portal import clock, limits
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, SenderFactory
from tests.races import race

pytestmark = pytest.mark.django_db
FIND = "/find"


@pytest.fixture
def elif_():
    return SenderFactory(email="elif@mosaic.example")


def ask(client, email):
    return client.post(FIND, {"email": email})


def path_to(sender):
    return reverse("agency:found", args=[finding.link_to(sender).rpartition("/")[2]])


def text(answer):
    return " ".join(answer.content.decode().split())


# ── to ask ───────────────────────────────────────────────────────────────────
def test_every_address_gets_the_same_answer_and_writes_the_same_rows(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    SenderFactory(email="brought@mosaic.example")
    mailboxes.refuse(mailboxes._locked("never@mosaic.example"))
    seen = {}
    for email in ("elif@mosaic.example", "nobody@mosaic.example", "brought@mosaic.example", "never@mosaic.example"):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(client, email)
        page = client.get(answer["Location"]).content.decode().split("csrfmiddlewaretoken")[0]
        row = Message.objects.get(to=email)
        seen[email] = (answer.status_code, answer["Location"], page, len(asked), row.kind, row.queue, row.state)
    assert len(set(seen.values())) == 1
    assert "If pitches were handed in from this address" in next(iter(seen.values()))[2]


def test_only_who_handed_in_something_is_mailed(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    SenderFactory(email="brought@mosaic.example")
    PitchFactory(email="typed@mosaic.example")
    for name in ("ELIF", "nobody", "brought", "typed"):
        ask(client, f"{name}@Mosaic.example")
    tasks.sweep()
    assert dict(Message.objects.filter(kind="find").values_list("to", "state")) == {
        "ELIF@Mosaic.example": "done",
        "nobody@Mosaic.example": "obsolete",
        "brought@Mosaic.example": "obsolete",
        "typed@Mosaic.example": "obsolete",
    }


def test_who_wants_no_mail_gets_none(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    mailboxes.refuse(mailboxes._locked(elif_.email))
    ask(client, elif_.email)
    tasks.sweep()
    assert Message.objects.get(kind="find").state == "obsolete"


def test_the_mail_has_the_link_and_no_word_of_a_pitch(elif_):
    pitch = PitchFactory(waiting=True, sender=elif_, line="MARK-LINE")
    finding.ask(elif_.email)
    mail = render.build(Message.objects.get())
    assert mail.subject == "Your pitches"
    assert path_to(elif_) in mail.body
    assert "MARK" not in mail.message().as_string()
    assert pitch.token not in mail.body


@pytest.mark.parametrize("known", [True, False])
def test_at_most_three_a_day_and_the_answer_stays_the_same(client, elif_, known):
    if known:
        PitchFactory(waiting=True, sender=elif_)
    answers = [ask(client, elif_.email) for _time in range(5)]
    assert Message.objects.filter(kind="find").count() == finding.MOST == 3
    assert {answer["Location"] for answer in answers} == {f"{FIND}?asked=1"}
    with clock.standing_at(clock.now() + finding.DAY):
        ask(client, elif_.email)
    assert Message.objects.filter(kind="find").count() == 4


@pytest.mark.django_db(transaction=True)
def test_who_asks_eight_times_at_once_gets_three_at_most():
    race(lambda _n: finding.ask("elif@mosaic.example"))
    assert 1 <= Message.objects.filter(kind="find").count() <= 3


@pytest.mark.parametrize("email", ["", "elif", "a@b.example;c@d.example"])
def test_what_is_no_address_is_said(client, email):
    answer = ask(client, email)
    assert (answer.status_code, Message.objects.exists()) == (422, False)
    assert "There is a problem" in text(answer)


def test_a_network_has_so_many_tries(client, monkeypatch, settings):
    settings.NETWORK_LIMIT = 1
    monkeypatch.setitem(limits.LIMITS, "find", (1, limits.HOUR))
    assert [ask(client, f"a{n}@b.example").status_code for n in range(2)] == [303, 429]
    assert Message.objects.count() == 1


def test_no_address_stays_once_the_mail_is_sent_or_needless(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    for email in (elif_.email, "nobody@mosaic.example"):
        ask(client, email)
    tasks.tidy()
    assert Message.objects.filter(kind="find").exclude(to="").count() == 2
    tasks.sweep()
    tasks.tidy()
    assert Message.objects.filter(kind="find", to="").count() == 2
    with clock.standing_at(clock.now() + finding.KEPT + timedelta(seconds=1)):
        tasks.tidy()
    assert not Message.objects.filter(kind="find").exists()


# ── the list ─────────────────────────────────────────────────────────────────
def test_the_list_has_all_pages_what_needs_somebody_first_and_the_next_date(client, elif_):
    page = PageFactory(name="Noor Haddad")
    asked = PitchFactory(door__page=page, asked=True, sender=elif_, line="Asked")
    AnswerFactory(pitch=asked, kind="ask", text="What does it cost?")
    PitchFactory(waiting=True, sender=elif_, line="Waits")
    PitchFactory(accepted=True, sender=elif_, line="Agreed")
    PitchFactory(lapsed=True, sender=elif_, line="Lapsed")
    PitchFactory(withdrawn=True, sender=elif_, line="Back", withdrawn_at=clock.now())
    PitchFactory(wrong_door=True, sender=elif_, line="Elsewhere")
    answer = client.get(path_to(elif_))
    parts = {str(part.title): [one.line for one in part.rows] for part in answer.context["parts"]}
    assert parts == {
        "Needs you": ["Asked", "Elsewhere"],
        "Waiting": ["Waits"],
        "Answered": ["Agreed"],
        "Ended": ["Back", "Lapsed"],
    }
    words = text(answer)
    for said in (
        "Noor Haddad",
        "Answer by <strong>",
        "reads on <strong>",
        "Undo until <strong>",
        "You may move it once.",
    ):
        assert said in words
    assert reverse("agency:status", args=[asked.token]) in words


def test_nothing_of_anybody_else_is_on_the_list(client, elif_):
    mine = PitchFactory(waiting=True, sender=elif_)
    colleague = SenderFactory(email="ines@mosaic.example")
    plus = SenderFactory(email="elif+tag@mosaic.example")
    others = [PitchFactory(waiting=True, sender=one) for one in (colleague, plus, SenderFactory())]
    others.append(PitchFactory(email=elif_.email))
    words = client.get(path_to(elif_)).content.decode()
    assert mine.token in words
    assert [pitch for pitch in others if pitch.token in words] == []


def test_an_answer_that_is_still_in_the_house_has_not_happened(client, elif_):
    pitch = PitchFactory(declined=True, sender=elif_)
    AnswerFactory(pitch=pitch, held=True, kind="no", reason="covered")
    quarantined = PitchFactory(quarantine=True, sender=elif_)
    parts = client.get(path_to(elif_)).context["parts"]
    assert [(str(part.title), {one.pk for one in part.rows}) for part in parts] == [
        ("Waiting", {pitch.pk, quarantined.pk})
    ]


@pytest.mark.parametrize("trait", ["waiting", "asked", "withdrawn", "arrived"])
def test_one_row_and_three_rows_cost_the_same(client, elif_, trait):
    more = {"withdrawn_at": clock.now()} if trait == "withdrawn" else {}
    PitchFactory(**{trait: True}, sender=elif_, **more)
    client.get(path_to(elif_))
    counts = []
    for number in (1, 3):
        while elif_.pitches.count() < number:
            PitchFactory(**{trait: True}, sender=elif_, **more)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path_to(elif_)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4


def test_a_link_works_for_a_day_then_says_so_and_offers_another(client, elif_):
    PitchFactory(waiting=True, sender=elif_, line="MARK-LINE")
    path = path_to(elif_)
    with clock.standing_at(clock.now() + finding.LIFE - timedelta(minutes=1)):
        assert client.get(path).status_code == 200
    with clock.standing_at(clock.now() + finding.LIFE):
        answer = client.get(path)
    assert answer.status_code == 410
    assert "This link has expired." in text(answer)
    assert "MARK" not in text(answer)
    assert elif_.email not in text(answer)
    assert f'action="{FIND}"' in text(answer)


def test_wrong_and_foreign_links_are_alike(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    other = SenderFactory()
    number, until, mac = path_to(elif_).rpartition("/")[2].split("-", 2)
    later = int(until) + 60
    guesses = ["x", "1-2", f"{other.pk}-{until}-{mac}", f"{number}-{later}-{mac}", f"{number}-{until}-{mac[:-1]}"]
    guesses += [f"{number}-{until}-", f"{number}-{'9' * 30}-{mac}", "--", f"{number}-{until}-{mac}x"]
    answers = [client.get(reverse("agency:found", args=[guess])) for guess in guesses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert client.get(path_to(elif_)).status_code == 200


def test_looking_changes_nothing_and_is_kept_nowhere(client, elif_):
    PitchFactory(waiting=True, sender=elif_)
    answer = client.get(path_to(elif_))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert not Message.objects.exists()


def test_the_way_there_is_in_the_header_and_on_the_page_of_lost_links(client):
    page = DoorFactory().page
    assert f'<a href="{FIND}">Find my pitch</a>' in client.get(f"/@{page.handle}").content.decode()
    assert f'href="{FIND}"' in client.get("/p/lost").content.decode()


def test_who_is_recognised_has_the_address_filled_in(client, elif_):
    token = "a-device-of-ours".ljust(43, "x")
    intake.remember(token, elif_)
    client.cookies["device"] = token
    assert f'value="{elif_.email}"' in client.get(FIND).content.decode()
