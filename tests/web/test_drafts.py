"""A pitch half written: kept on request, with a link by mail, and gone on with from there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches import intake, mailboxes, relationships, tasks
from pitches.forms.half import form_of, said, typed
from pitches.forms.pitch import PitchForm
from pitches.intake import drafting
from pitches.models import Door, Draft, Message, Page, Pitch, Standing, Watch
from pitches.notify import render
from portal import clock, limits, tokens
from tests.factories import DoorFactory, PitchFactory, SenderFactory
from tests.races import race

pytestmark = pytest.mark.django_db
HALF = {"line": "MARK-LINE 🎈", "why": "", "link": "not a link at all", "ask": "write", "email": "Elif@Mosaic.example"}


@pytest.fixture
def door():
    return DoorFactory(slug="research", page__handle="maya")


@pytest.fixture
def client():
    """A browser: it has opened a form, and so it has a mark."""
    return another("x")


def another(letter):
    client = Client()
    client.cookies["csrf"] = letter * 32
    return client


def keep(client, door, **more):
    fields = {"form_key": str(uuid4())} | HALF | more
    return client.post(reverse("public:keep_draft", args=[door.page.handle, door.slug]), fields)


def work():
    for _time in range(3):
        tasks.sweep()


def link_of(draft):
    return reverse("agency:draft", args=[draft.token])


# ── to keep ──────────────────────────────────────────────────────────────────
def test_all_that_was_typed_is_kept_right_or_wrong_and_can_be_gone_on_with(client, door):
    answer = keep(client, door)
    draft = Draft.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("agency:draft", args=[drafting.page_token(draft)])
    shown = client.get(answer["Location"])
    for words in ("MARK-LINE 🎈", 'value="not a link at all"', 'value="Elif@Mosaic.example"', str(draft.form_key)):
        assert words in shown.content.decode()
    assert "There is a problem" not in shown.content.decode()
    assert not shown.context["form"].is_bound
    assert shown["Cache-Control"].startswith(("no-store", "max-age=0"))


def test_the_page_says_until_when_it_is_kept(client, door):
    with clock.standing_at(clock.now().replace(year=2026, month=11, day=23, hour=12)):
        page = client.get(keep(client, door)["Location"]).content.decode()
    assert "Kept until Wednesday 23 December." in page
    assert "If Elif@Mosaic.example takes mail from us, a link to go on is on its way." in page


def test_nothing_of_a_draft_lies_in_plain(client, door):
    sealed = {"news.sealed": "MARK-SEALED", "own.1": "MARK-OWN"}
    type(door).objects.filter(pk=door.pk).update(
        asks=["news"], questions=[{"text": "Who was asked?", "required": True}]
    )
    keep(client, door, name="MARK-NAME", **sealed)
    assert drafting.read(Draft.objects.get()).answers["news.sealed"] == "MARK-SEALED"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            assert not [row for (row,) in cursor.fetchall() if "MARK" in row or b"MARK".hex() in row], table


def test_words_that_were_copied_to_another_draft_do_not_open(client, door):
    keep(client, door)
    one = Draft.objects.get()
    keep(client, door, line="Another")
    Draft.objects.exclude(pk=one.pk).update(words=one.words)
    assert drafting.read(Draft.objects.exclude(pk=one.pk).get()) is None


@pytest.mark.parametrize("email", ["", "elif", "a@b.example, c@d.example", "elif@localhost"])
def test_without_a_good_address_nothing_is_kept_and_all_is_still_there(client, door, email):
    answer = keep(client, door, email=email)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert list(answer.context["form"].errors) == ["email"]
    assert "MARK-LINE 🎈" in page
    assert 'href="#id_email"' in page
    assert not Draft.objects.exists()


def test_the_same_form_again_is_the_same_draft(client, door):
    key = str(uuid4())
    first = keep(client, door, form_key=key)
    again = keep(client, door, form_key=key, line="Later words")
    assert first["Location"] == again["Location"]
    assert drafting.read(Draft.objects.get()).answers["line"] == "Later words"


def test_a_key_that_is_none_is_said_at_the_form(client, door):
    answer = keep(client, door, form_key="none")
    assert answer.status_code == 422
    assert "MARK-LINE 🎈" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_is_one_draft():
    door, key = DoorFactory(), uuid4()
    words = drafting.Typed({"line": "x"})
    race(lambda _n: drafting.keep(door, words, email="elif@mosaic.example", form_key=key))
    assert Draft.objects.count() == 1


def test_a_changed_address_makes_the_link_in_the_old_mailbox_worthless(client, door):
    key = str(uuid4())
    keep(client, door, form_key=key, email="typo@mosiac.example")
    old = Draft.objects.get()
    keep(client, door, form_key=key)
    assert client.get(link_of(old)).status_code == 404
    assert client.get(reverse("agency:draft", args=[drafting.page_token(old)])).status_code == 404
    assert client.get(link_of(Draft.objects.get())).status_code == 200


def test_a_book_is_refused_and_what_was_typed_is_still_there(client, door):
    answer = keep(client, door, detail="x" * drafting.MOST)
    assert answer.status_code == 422
    assert "This is more than we can keep." in answer.content.decode()
    assert "MARK-LINE" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_network_has_so_many_tries_and_loses_nothing(client, door, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "draft", (1, limits.HOUR))
    monkeypatch.setattr("django.conf.settings.NETWORK_LIMIT", 1, raising=False)
    assert keep(client, door).status_code == 303
    answer = keep(client, door)
    assert (answer.status_code, Draft.objects.count()) == (429, 1)
    assert "Your text is still here." in answer.content.decode()
    assert "MARK-LINE" in answer.content.decode()


def test_every_address_gets_the_same_answer_and_asks_the_database_the_same(client, door):
    known = SenderFactory(email="known@mosaic.example")
    PitchFactory(door=door, waiting=True, sender=known)
    mailboxes.refuse(mailboxes._locked("never@mosaic.example"))
    asked = {}
    for who in ("nobody", "known", "never"):
        with CaptureQueriesContext(connection) as queries:
            answer = keep(client, door, email=f"{who}@mosaic.example")
        page = client.get(answer["Location"]).content.decode()
        draft = Draft.objects.get(email__startswith=who)
        for secret in (str(draft.form_key), drafting.page_token(draft), f"{who}@mosaic.example"):
            page = page.replace(secret, "…")
        page = "".join(part for part in page.split("\n") if "csrfmiddlewaretoken" not in part)
        asked[who] = (answer.status_code, len(queries), page)
    assert asked["nobody"] == asked["known"] == asked["never"]


# ── the mail ─────────────────────────────────────────────────────────────────
def test_the_mail_carries_no_character_of_what_was_typed(client, door):
    Door.objects.filter(pk=door.pk).update(name="MARK-DOOR")
    Page.objects.filter(pk=door.page_id).update(name="MARK-PAGE")
    keep(client, door, name="MARK-NAME", company="MARK-COMPANY")
    tasks.sweep()
    message = Message.objects.get(kind="draft")
    raw = render.build(message).message().as_string()
    assert message.to == "Elif@Mosaic.example"
    assert "MARK" not in raw
    assert "not a link" not in raw
    assert link_of(Draft.objects.get()) in render.build(message).body
    assert "not-me/" in render.build(message).body


def test_the_mailed_link_is_known_to_nobody_but_the_mailbox(client, door):
    answer = keep(client, door)
    draft = Draft.objects.get()
    assert draft.token not in answer["Location"] + client.get(answer["Location"]).content.decode()
    assert draft.token in client.get(link_of(draft)).content.decode()


def test_a_mailbox_gets_one_link_a_day_from_browsers_that_it_does_not_know(client, door):
    for _time in range(5):
        keep(client, door)
        client.cookies.clear()
    work()
    assert Message.objects.filter(kind="draft").count() == 1


def test_whoever_wants_no_mail_gets_none(client, door):
    mailboxes.refuse(mailboxes._locked(HALF["email"]))
    keep(client, door)
    work()
    assert not Message.objects.filter(kind="draft").exists()


def test_a_draft_that_was_handed_in_meanwhile_is_not_mailed(client, door):
    keep(client, door)
    for queue in ("codes", "soon", "later"):
        tasks.react(queue)
    Draft.objects.update(words=b"")
    work()
    assert Message.objects.get(kind="draft").state == "obsolete"


def test_whoever_comes_from_the_mail_on_another_device_gets_a_code_at_once(client, door):
    keep(client, door)
    work()
    draft = Draft.objects.get()
    whole = {"why": "Because.", "link": "https://mosaic.example", "payer": "own", "name": "E", "company": "M"}
    fields = HALF | whole | {"form_key": str(draft.form_key)}
    elsewhere = another("z")
    for mailed, codes in (("", 0), ("x" * 27, 0), (drafting.page_token(draft), 0), (draft.token, 1)):
        Pitch.objects.all().delete()
        elsewhere.post(reverse("public:pitch", args=["maya", "research"]), fields | {"mailed": mailed})
        work()
        assert Message.objects.filter(kind="code").count() == codes, mailed


# ── to go on ─────────────────────────────────────────────────────────────────
def write(client, draft, **more):
    whole = {"why": "Because.", "link": "https://mosaic.example", "payer": "own", "name": "Elif", "company": "Mosaic"}
    fields = HALF | whole | {"form_key": str(draft.form_key)} | more
    return client.post(reverse("public:pitch", args=["maya", "research"]), fields)


def test_what_is_gone_on_with_becomes_one_pitch_and_the_draft_has_its_words_until_it_is_handed_in(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    assert write(client, draft, line="Words of the pitch").status_code == 303
    pitch = Pitch.objects.get()
    assert pitch.form_key == draft.form_key
    elsewhere = another("z")
    page = elsewhere.get(link_of(draft)).content.decode()
    assert "Words of the pitch" in page
    write(elsewhere, draft, line="From the telephone", mailed=draft.token)
    assert Pitch.objects.get().line == "From the telephone"
    intake.hand_in(pitch, intake.meet(pitch))
    draft.refresh_from_db()
    assert bytes(draft.words) == b""
    write(elsewhere, draft, mailed=draft.token)
    draft.refresh_from_db()
    assert (bytes(draft.words), Pitch.objects.count()) == (b"", 1)


def test_after_a_refusal_the_mailed_link_shows_the_draft_with_the_note_of_the_door(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    check = write(client, draft, line="Words of the pitch")["Location"]
    Door.objects.filter(pk=door.pk).update(state="closed")
    refused = client.post(check, {"code": intake.issue_code(Pitch.objects.get())}).content.decode()
    assert "leads to it, too" in refused
    assert f"{reverse('public:door', args=['maya', 'research'])}#watch" in refused
    assert not Pitch.objects.exists()
    page = client.get(link_of(draft))
    assert page.status_code == 200
    assert "Words of the pitch" in page.content.decode()
    assert "The door closed while you were writing." in page.content.decode()


def test_of_somebody_who_is_blocked_nothing_is_kept(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    check = write(client, draft)["Location"]
    relationships.set_by_hand(door.page, SenderFactory(email=HALF["email"]), Standing.BLOCKED, by=None)
    refused = client.post(check, {"code": intake.issue_code(Pitch.objects.get())}).content.decode()
    assert "we have not kept what you wrote" in refused
    assert "leads to it, too" not in refused
    assert client.get(link_of(draft)).status_code == 410


# ── a key opens nothing ──────────────────────────────────────────────────────
def corrected(client, door):
    """A draft was mailed to a mistyped address; its writer then mends the address and writes on."""
    keep(client, door, email="typo@mosiac.example")
    old = Draft.objects.get()
    write(client, old)
    return old, Pitch.objects.get()


@pytest.mark.parametrize("handed_in", [False, True])
def test_the_owner_of_a_mistyped_address_gets_nothing_of_the_pitch(client, door, handed_in):
    old, pitch = corrected(client, door)
    if handed_in:
        intake.hand_in(pitch, intake.meet(pitch))
    stranger, before = another("s"), Pitch.objects.filter(pk=pitch.pk).values().get()
    for email in (HALF["email"], "typo@mosiac.example"):
        answer = write(stranger, old, line="Rewritten", email=email, mailed=old.token)
        assert pitch.token not in answer["Location"]
        assert answer["Location"].endswith("/check")
    kept = keep(stranger, door, form_key=str(old.form_key), line="Mine")
    assert stranger.get(kept["Location"]).status_code == 200
    assert Pitch.objects.filter(pk=pitch.pk).values().get() == before
    assert stranger.get(link_of(old)).status_code == 404


def test_a_form_of_somebody_else_sent_twice_is_still_one_pitch(client, door):
    old, _pitch = corrected(client, door)
    stranger = another("s")
    first, second = write(stranger, old, line="Mine"), write(stranger, old, line="Mine")
    assert (first["Location"], Pitch.objects.count()) == (second["Location"], 2)


def test_a_page_of_a_draft_that_names_somebody_else_never_leads_to_their_pitch(client, door):
    old, pitch = corrected(client, door)
    attacker = another("a")
    page = keep(attacker, door, form_key=str(old.form_key), email=pitch.email)["Location"]
    assert Draft.objects.get().form_key != old.form_key
    Draft.objects.update(form_key=old.form_key)  # had it been kept before the pitch was written
    assert attacker.get(page).status_code == 200
    intake.hand_in(pitch, intake.meet(pitch))
    assert pitch.token not in attacker.get(page).headers.get("Location", "")


def test_what_is_written_on_from_the_mail_is_not_read_on_the_page_of_whoever_asked_for_it(client, door):
    attacker = another("a")
    page = keep(attacker, door)["Location"]
    draft = Draft.objects.get()
    assert attacker.get(page).status_code == 200
    write(client, draft, line="Secret words", mailed=draft.token)
    answer = attacker.get(page)
    assert (answer.status_code, "Secret words" in answer.content.decode()) == (404, False)
    assert Pitch.objects.get().form_key == draft.form_key


def test_nobody_else_overwrites_a_draft(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    stranger = another("s")
    keep(stranger, door, form_key=str(draft.form_key), line="Overwritten", email="other@mosaic.example")
    write(stranger, draft, line="Overwritten", email="other@mosaic.example")
    assert drafting.read(Draft.objects.get(pk=draft.pk)).answers["line"] == HALF["line"]
    assert client.get(link_of(draft)).status_code == 200


def test_two_who_send_the_key_at_once_do_not_get_each_others_pitch(door):
    pitch = PitchFactory(door=door)
    answers = PitchForm(data=_form_of(pitch), door=door)
    assert answers.is_valid()
    found, new = intake.write(door, answers.answers(), form_key=pitch.form_key, mine=lambda _pitch: False)
    assert (new, found.pk != pitch.pk, found.form_key != pitch.form_key) == (True, True, True)


def _form_of(pitch):
    whole = {"why": "Because.", "link": "https://mosaic.example", "payer": "own", "name": "Elif", "company": "Mosaic"}
    return HALF | whole | {"form_key": str(pitch.form_key)}


def test_after_the_hand_in_the_link_leads_to_the_status_page(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    write(client, draft)
    pitch = Pitch.objects.get()
    intake.hand_in(pitch, intake.meet(pitch))
    assert client.get(link_of(draft))["Location"] == reverse("agency:status", args=[pitch.token])


def test_a_pitch_from_another_address_is_none_of_the_old_links_business(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    write(client, draft, email="ines@northbeam.example")
    assert not Draft.objects.exists()
    assert client.get(link_of(draft)).status_code == 404


def test_words_that_were_kept_after_the_check_page_are_those_that_are_gone_on_with(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    write(client, draft)
    keep(client, door, form_key=str(draft.form_key), line="Newer words")
    assert "Newer words" in client.get(link_of(draft)).content.decode()


def test_looking_changes_nothing(client, door):
    keep(client, door)
    before = Draft.objects.values().get()
    for _time in range(2):
        client.get(link_of(Draft.objects.get()))
    assert Draft.objects.values().get() == before


def test_the_ways_in_are_carried_on(client, door):
    keep(client, door, key="a-key", reply="a-reply", came_from="bio")
    page = client.get(link_of(Draft.objects.get())).content.decode()
    for name, value in (("key", "a-key"), ("reply", "a-reply"), ("came_from", "bio")):
        assert f'name="{name}" value="{value}"' in page


def test_answers_follow_the_words_of_the_owners_questions():
    door = DoorFactory(questions=[{"text": "Who?", "required": True}, {"text": "When?", "required": False}])
    kept = typed({"own.1": "Elif", "own.2": "May"}, door)
    door.questions = [{"text": "When?", "required": False}, {"text": "Where?", "required": True}]
    assert said(form_of(door, kept, uuid4())) == [("When?", "May")]


# ── what may have become of it ───────────────────────────────────────────────
def test_a_link_that_expired_says_so_and_offers_a_way_on(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    with clock.standing_at(draft.expires_at - timedelta(seconds=1)):
        assert client.get(link_of(draft)).status_code == 200
    with clock.standing_at(draft.expires_at):
        answer = client.get(link_of(draft))
    assert answer.status_code == 410
    assert "This link has expired." in answer.content.decode()
    assert "MARK-LINE" not in answer.content.decode()
    assert reverse("agency:find") in answer.content.decode()


def test_at_a_door_that_closed_meanwhile_the_text_is_there_and_one_press_keeps_it_and_watches(client, door):
    keep(client, door)
    Door.objects.filter(pk=door.pk).update(state="closed", reason="A rest.")
    answer = client.get(link_of(Draft.objects.get()))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The door closed while you were writing." in page
    assert "MARK-LINE 🎈" in page
    assert 'name="watch" value="1"' in page
    again = keep(client, door, form_key=str(Draft.objects.get().form_key), watch="1")
    assert "two emails are on their way" in client.get(again["Location"]).content.decode()
    assert (Watch.objects.get().mailbox, Draft.objects.count()) == ("elif@mosaic.example", 1)


def test_the_mail_that_confirms_the_watch_comes_although_the_link_was_mailed_that_day(client, door):
    keep(client, door)
    work()
    draft = Draft.objects.get()
    Door.objects.filter(pk=door.pk).update(state="closed")
    client.cookies.clear()
    keep(client, door, form_key=str(draft.form_key), watch="1", mailed=draft.token)
    work()
    assert Message.objects.filter(kind="watch_confirm", state="done").count() == 1


@pytest.mark.parametrize(
    ("model", "change", "heading"),
    [
        (Door, {"taken_down_at": clock.now()}, "This door was taken down."),
        (Page, {"hidden_at": clock.now()}, "This page is hidden for now."),
    ],
)
def test_where_no_form_is_any_more_the_words_can_still_be_copied(client, door, model, change, heading):
    keep(client, door)
    model.objects.update(**change)
    answer = client.get(link_of(Draft.objects.get()))
    page = answer.content.decode()
    assert (answer.status_code, heading in page, "MARK-LINE 🎈" in page) == (200, True, True)
    assert "Write about it, or not" in page
    assert "<form" not in page


def test_wrong_and_foreign_tokens_are_alike(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    mac = drafting.page_token(draft).partition("-")[2]
    guesses = ["x", str(draft.pk), f"{draft.pk}-", f"{draft.pk + 1}-{mac}", f"{draft.pk}-{mac[:-1]}", draft.token_hash]
    guesses += [str(draft.form_key), "9" * 40, tokens.link_token("draft", "guess")]
    answers = [client.get(reverse("agency:draft", args=[guess])) for guess in guesses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    for guess in (draft.token, drafting.page_token(draft)):
        for name in ("check", "status"):
            assert client.get(reverse(f"agency:{name}", args=[guess])).content == answers[0].content


# ── to forget ────────────────────────────────────────────────────────────────
def test_tidying_up_leaves_no_word_no_address_and_in_the_end_no_row(client, door):
    keep(client, door)
    work()
    draft = Draft.objects.get()
    tasks.tidy()
    assert Draft.objects.get().words
    with clock.standing_at(draft.expires_at):
        tasks.tidy()
        draft.refresh_from_db()
        assert (bytes(draft.words), draft.email, Message.objects.get(kind="draft").to) == (b"", "", "")
        assert client.get(link_of(draft)).status_code == 410
    with clock.standing_at(draft.expires_at + drafting.KEPT):
        tasks.tidy()
    assert not Draft.objects.exists()


def test_tidying_up_empties_what_was_handed_in(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    PitchFactory(door=door, waiting=True, form_key=draft.form_key)
    tasks.tidy()
    draft.refresh_from_db()
    assert bytes(draft.words) == b""


# ── the language of the pitch ────────────────────────────────────────────────
GERMAN = {"line": "Warum so viele Menschen Marken stumm schalten", "why": "Wir haben in vier Ländern gefragt."}


def test_the_language_is_guessed_shown_and_correctable(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    checked = client.get(write(client, draft, **GERMAN)["Location"])
    pitch = Pitch.objects.get()
    assert pitch.language == "de"
    assert "Language: German." in checked.content.decode()
    assert 'lang="de"' in checked.content.decode()
    change = f"{reverse('agency:draft', args=[pitch.token])}?more=1"
    assert f"{change}#id_language" in checked.content.decode()
    form = client.get(change)
    assert form.context["unfold"] is True
    assert '<option value="" selected>Guess it from the words' in form.content.decode()
    write(client, draft, **GERMAN, language="nl")
    assert Pitch.objects.get().language == "nl"
    assert PitchForm.filled(Pitch.objects.get())["language"].value() == "nl"


def test_words_of_which_nobody_can_be_sure_are_in_the_language_of_the_site(client, door):
    keep(client, door)
    write(client, Draft.objects.get(), line="🎈 2026", why="1, 2, 3")
    assert Pitch.objects.get().language == "en"


def test_a_language_that_is_not_on_the_list_stays(door):
    form = PitchForm(door=door, initial={"language": "gsw"})
    assert '<option value="gsw" selected>gsw</option>' in str(form["language"])


# ── a slip in the address ────────────────────────────────────────────────────
def test_the_check_page_asks_whether_another_host_was_meant(client, door):
    keep(client, door)
    draft = Draft.objects.get()
    page = client.get(write(client, draft, email="elif@gmial.com")["Location"]).content.decode()
    assert "elif@gmail.com" in page
    keep(client, door, form_key=str(uuid4()), email="elif@gmail.com")
    page = client.get(write(client, Draft.objects.latest("pk"), email="elif@gmail.com")["Location"]).content.decode()
    assert "Is it" not in page


def test_an_owner_learns_no_address_from_a_mail_that_failed(client, door):
    keep(client, door)
    work()
    Message.objects.filter(kind="draft").update(state="dead")
    owner = Client()
    owner.force_login(door.page.owner)
    assert "mosaic.example" not in owner.get(reverse("desk:outgoing")).content.decode().lower()
