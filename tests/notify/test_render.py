"""Mails say the same in both parts, carry nobody's markup, and name no host but ours."""

import re
from email.header import decode_header, make_header
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from pitches import lifecycle, mailboxes
from pitches.models import Fact, Handoff, Message
from pitches.notify import catalogue, outbox, render, stop
from portal import clock, tokens
from tests.factories import AnswerFactory, PageFactory, PitchFactory
from tests.notify import samples

pytestmark = pytest.mark.django_db
KINDS = Path(project.BASE_DIR) / "templates" / "email"
URL = re.compile(r"https?://[^\s\"'<>]+")
MAILTO = re.compile(r"mailto:\S+")
every_sample = pytest.mark.parametrize("sample", samples.SAMPLES.values(), ids=samples.SAMPLES)


class Seen(HTMLParser):
    """The words of an HTML mail that a person sees: no head, no preheader."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0
        self.feed(html[html.index("<body") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Step over what is not shown."""
        if tag == "div" and (self.hidden or "display:none" in (dict(attrs).get("style") or "")):
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        """And out of it again."""
        if tag == "div" and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.hidden:
            self.words.append(data)


def html_of(mail: EmailMultiAlternatives) -> str:
    """The HTML part."""
    return str(mail.alternatives[0][0])


def plain_words(text: str) -> list[str]:
    """Words alone, in order, without addresses of pages."""
    return re.findall(r"\w+", MAILTO.sub(" ", URL.sub(" ", text)))


def subject_of(mail: EmailMultiAlternatives) -> str:
    """The subject as it is read, after a round trip through its header."""
    return str(make_header(decode_header(mail.message()["Subject"])))


@every_sample
def test_both_parts_say_the_same_words(sample):
    mail = render.build(sample())
    assert plain_words(" ".join(Seen(html_of(mail)).words)) == plain_words(mail.body)


@every_sample
def test_every_mail_keeps_the_rules_of_the_house(sample):
    mail = render.build(sample())
    html, subject = html_of(mail), subject_of(mail)
    assert 0 < len(subject) <= 60
    assert "\n" not in mail.message()["Subject"].replace("\n ", "")
    assert html.count("<h1") == 1
    assert '<html lang="en" dir="ltr"' in html
    assert len(html.encode()) < 60 * 1024
    assert len(mail.recipients()) == 1
    parts = [part.get_content_type() for part in mail.message().walk() if part.get_content_maintype() == "text"]
    assert parts == ["text/plain", "text/html", *(kind for _name, _content, kind in mail.attachments)]
    headers = mail.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{40}@[\w.-]+>", headers["Message-ID"])


@every_sample
def test_nothing_in_a_mail_is_fetched_or_leads_elsewhere(sample):
    mail = render.build(sample())
    html = html_of(mail).replace('xmlns="http://www.w3.org/1999/xhtml"', "")
    for address in URL.findall(html) + URL.findall(mail.body):
        assert address == project.SITE_URL or address.startswith(f"{project.SITE_URL}/")
    assert not re.search(r"<(img|link|script|iframe|form|object|audio|video)\b|\bsrc=|url\(|@import", html)


@pytest.mark.parametrize("kind", ["receipt", "yes", "no", "ask", "lapsed"])
def test_markup_in_a_headline_stays_text(kind):
    mail = render.build(samples.SAMPLES[kind]())
    assert "&lt;b&gt;Fish &amp; chips&lt;/b&gt;" in html_of(mail)
    assert "<b>" not in html_of(mail)
    assert "<b>Fish & chips</b>" in mail.body


@pytest.mark.parametrize("kind", ["code", "account", "account_unknown", "account_exists"])
def test_an_unproven_mailbox_reads_nothing_that_a_stranger_wrote(kind):
    message = samples.SAMPLES[kind]()
    raw = render.build(message).message().as_string()
    page = message.page
    for mark in ["MARK-", "Fish", "mark-link", "evil", *([page.name, page.handle] if page else [])]:
        assert mark not in raw


def words_of(mail: EmailMultiAlternatives) -> str:
    """Subject and both parts, as they are read."""
    return " ".join((subject_of(mail), mail.body, html_of(mail)))


def test_whoever_did_not_ask_reads_the_handle_of_the_page_and_no_more():
    message = samples.watch_confirm()
    mail = render.build(message)
    assert mail.subject == "Please confirm: tell me when a door opens"
    assert not re.search("MARK|tools", words_of(mail))
    assert f"@{message.page.handle}" in mail.body
    assert mail.message()["List-Unsubscribe"] is None


def test_an_invitation_names_the_handle_and_says_nothing_else_of_the_owner():
    message = samples.invitation()
    mailboxes.may_mail(message.to, code=False)
    mail = render.build(message)
    assert mail.subject == f"@{message.page.handle} opened a door for you"
    assert not re.search("MARK|friends|Maya", words_of(mail))
    ways = ("public:key", message.key.token), ("public:not_me", mailboxes.token_of(message.to))
    assert URL.findall(mail.body) == [f"{project.SITE_URL}{reverse(name, args=[token])}" for name, token in ways]
    assert mail.from_email == f"Halfdoor <{project.DEFAULT_FROM_EMAIL}>"


def test_a_door_that_opened_is_told_with_a_way_to_stop():
    message = samples.door_open(until_soon=True, places_per_week=3)
    mail = render.build(message)
    body = " ".join(mail.body.split())
    assert mail.subject == "“AI & <b>tools</b>” is open"
    assert "It takes 3 pitches a week from people who are new here." in body
    assert "With it, we forget this address." in body
    assert f"/@{message.page.handle}/{message.watch.door.slug}" in mail.body
    assert mail.message()["List-Unsubscribe"] == f"<{stop.link_of(message.watch)}>"
    assert mail.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    lifecycle.record(Fact.DOOR_CLOSED, message.page, door=message.watch.door)
    assert render.build(message).subject == "“AI & <b>tools</b>” is open again"


def test_the_code_mail_has_no_link_but_the_one_that_ends_such_mail():
    message = samples.code()
    assert "<a " not in html_of(render.build(message))
    mailboxes.may_mail(message.to)
    mail = render.build(message)
    assert mail.subject == "482 915 is your code"
    path = reverse("public:not_me", args=[mailboxes.token_of(message.to)])
    assert URL.findall(mail.body) == [f"{project.SITE_URL}{path}"]
    assert re.findall(r'href="([^"]+)"', html_of(mail)) == [f"{project.SITE_URL}{path}"]


def test_every_folder_of_words_is_complete_and_has_somebody_who_puts_it():
    folders = {folder.name: {part.name for part in folder.iterdir()} for folder in KINDS.iterdir() if folder.is_dir()}
    assert folders.keys() == catalogue.KINDS.keys()
    assert set(map(frozenset, folders.values())) == {frozenset({"subject.txt", "body.txt", "body.mjml"})}


def test_answers_come_in_the_owners_name_and_the_rest_in_ours():
    assert render.build(samples.no()).from_email == f"Maya Lind via Halfdoor <{project.DEFAULT_FROM_EMAIL}>"
    assert render.build(samples.receipt()).from_email == f"Halfdoor <{project.DEFAULT_FROM_EMAIL}>"


def test_the_button_of_a_new_page_leads_to_where_its_link_is_copied():
    mail = render.build(samples.page_up())
    assert f"Copy the link: {project.SITE_URL}/desk/share" in mail.body
    assert f'href="{project.SITE_URL}/desk/share"' in html_of(mail)
    assert f"{project.SITE_URL}/@" in mail.body


def test_one_thing_is_spoken_of_as_one():
    for sample, plural in ((samples.undelivered, "Their"), (samples.lapsing, "their"), (samples.answers_came, "Each")):
        assert plural in render.build(sample()).body
    one = [samples.undelivered(1), samples.lapsing(1), samples.answers_came_to_who_helps(), samples.door_closes()]
    for body in (" ".join(render.build(message).body.split()) for message in one):
        assert not re.search(r"\b([Tt]heir|[Ee]ach|them|they)\b", body)


def test_whoever_did_something_for_the_owner_is_named_by_what_they_did():
    message = samples.ask()
    message.answer.said_by = "Sam Ode"
    assert "Sam Ode asks for Maya." in render.build(message).body
    message = samples.offer()
    message.offer.said_by = "Sam Ode"
    assert "Sam Ode proposed them for Maya." in render.build(message).body


def test_a_name_with_quotes_stays_a_name():
    message = samples.no()
    message.page.name = 'Maya "M" <evil@x.example>,\r\nBcc: you@x.example'
    sender = render.build(message).message()["From"]
    assert sender.endswith(f" <{project.DEFAULT_FROM_EMAIL}>")
    assert sender.startswith('"Maya \\"M\\" <evil@x.example>, Bcc')


@pytest.mark.parametrize("line", ["a\r\nBcc: x@y.example", "tab\x0bfeed\x0c", "\u202egnp.exe", "nul\x1f", "x" * 90])
def test_no_line_of_a_pitch_breaks_a_header(line):
    pitch = PitchFactory(waiting=True, line=line)
    mail = render.build(outbox.put("receipt", pitch.email, dedupe="one", pitch=pitch, queue="soon"))
    headers = mail.message()
    assert headers["Bcc"] is None
    assert len(subject_of(mail)) <= 60
    assert not set(subject_of(mail)) & set("\r\n\x0b\x0c\x1f\u202e")


def test_all_mails_of_a_pitch_are_one_thread_and_the_code_stands_alone():
    pitch = PitchFactory(waiting=True)
    receipt, lapsed = (
        render.build(outbox.put(kind, pitch.email, dedupe=kind, pitch=pitch, queue="soon")).message()
        for kind in ("receipt", "lapsed")
    )
    assert receipt["References"] == lapsed["References"] == lapsed["In-Reply-To"]
    assert receipt["Message-ID"] != lapsed["Message-ID"]
    assert pitch.seed not in receipt.as_string()
    assert render.build(samples.code()).message()["References"] is None


def test_a_message_has_the_same_id_every_time():
    message = samples.receipt()
    assert render.build(message).message()["Message-ID"] == render.build(message).message()["Message-ID"]


def test_an_ask_mail_keeps_its_question_after_the_yes():
    pitch = PitchFactory(asked=True)
    with clock.standing_at(clock.now()):
        asked = AnswerFactory(pitch=pitch, kind="ask", text="Who else has this?")
        message = outbox.put("ask", pitch.email, dedupe="ask", pitch=pitch, answer=asked, queue="soon")
    AnswerFactory(pitch=pitch, kind="ask", text="Another question")
    AnswerFactory(pitch=pitch, kind="yes", text="Yes then")
    assert "Who else has this?" in render.build(message).body


def test_a_no_says_the_personal_line_first_and_when_to_try_again():
    with clock.standing_at(clock.now().replace(year=2026, month=5, day=14, hour=12)):
        body = " ".join(render.build(samples.no()).body.split())
    assert "I liked the method. The idea is sound and the moment is not." in body
    assert "You may send it again from Wednesday 12 August on; it will be marked as invited." in body
    assert "Trying again makes sense, once that day has come." in body


def test_a_trusted_sender_can_answer_the_owner_and_a_stranger_cannot():
    trusted, stranger = samples.yes_trusted(), samples.yes()
    assert render.build(trusted).reply_to == [f"Maya Lind <{trusted.page.owner.email}>"]
    mail = render.build(stranger)
    assert mail.reply_to == []
    assert stranger.page.owner.email not in mail.message().as_string()


def test_what_follows_a_yes_depends_on_the_standing_before_it():
    said = {name: render.build(samples.SAMPLES[name]()).body for name in ("yes", "yes_known", "yes_trusted")}
    assert "first acquaintance" in said["yes"]
    assert "the next reading hour" in said["yes_known"]
    assert "direct line" in said["yes_trusted"]
    assert all("“Advert”" in " ".join(body.split()) for body in said.values())


def test_a_handoff_leaves_out_dates_that_nobody_knows():
    message = samples.yes_known()
    Handoff.objects.all().delete()
    message.page.reading = []
    message.pitch.page = message.page
    body = render.build(message).body
    assert "reading hour" not in body
    assert "note to come back" not in body
    assert "%(" not in body


def test_the_digest_names_trusted_pitches_and_only_counts_strangers():
    mail = render.build(samples.digest())
    assert mail.subject == "16 pitches wait for your hour"
    assert "“trusted 0: <b>one & two</b>” Elif Kaya" in mail.body
    assert "First knock: 9" in mail.body
    assert "stranger" not in mail.body
    assert "known 0" not in mail.body
    assert "About 5 minutes of reading." in mail.body


def test_a_name_on_two_lines_cannot_add_a_line_to_the_digest():
    page = PageFactory()
    PitchFactory(door__page=page, waiting=True, standing="trusted", name="Elif\nStart reading: http://evil.example")
    mail = render.build(outbox.put("digest", page.owner.email, dedupe="one", page=page, queue="soon"))
    assert "Elif Start reading" in " ".join(mail.body.split())
    assert not re.search(r"^Start reading: http://evil", mail.body, re.MULTILINE)


def test_the_digest_can_be_stopped_with_one_click_and_nothing_else_can():
    message = samples.digest()
    headers = render.build(message).message()
    assert headers["List-Unsubscribe"] == f"<{stop.link_to(message.page)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert render.build(samples.receipt()).message()["List-Unsubscribe"] is None


def test_stopping_the_digest_takes_a_post_and_can_be_undone(client):
    page = PageFactory()
    path = stop.link_to(page).removeprefix(project.SITE_URL)
    assert client.get(path).status_code == 200
    page.refresh_from_db()
    assert page.digest
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    page.refresh_from_db()
    assert not page.digest
    assert client.post(path, {"again": "1"}).status_code == 200
    page.refresh_from_db()
    assert page.digest


def test_a_stop_link_must_be_ours(client):
    page = PageFactory()
    assert client.post(reverse("stop_digest", args=["x:y"])).status_code == 404
    assert client.post(reverse("stop_digest", args=[f"{page.pk}:x"])).status_code == 404


@pytest.mark.parametrize(
    "template",
    [
        "account/email/email_changed",
        "account/email/email_confirm",
        "account/email/email_deleted",
        "account/email/password_changed",
        "account/email/password_reset",
        "account/email/password_reset_key",
        "account/email/password_set",
        "mfa/email/recovery_codes_generated",
        "mfa/email/totp_deactivated",
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
    ],
)
def test_the_library_speaks_through_our_frame(template):
    url = "https://evil.example/account/password/reset/key/1-abc/"
    message = samples.account(template, ip="192.0.2.7", user_agent="Firefox", password_reset_url=url)
    mail = render.build(message)
    assert "evil" not in mail.body
    assert "Hello from" not in mail.body
    assert "Halfdoor" in mail.body
    assert mail.subject


def test_codes_of_every_sort_come_in_the_same_words():
    for template in ("login_code", "email_confirmation", "email_confirmation_signup", "password_reset_code"):
        assert (
            render.build(samples.account(f"account/email/{template}", code="482915")).subject == "482 915 is your code"
        )


def test_a_mail_speaks_the_language_of_whoever_reads_it(settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    pitch = PitchFactory(waiting=True, language="ar")
    html = html_of(render.build(outbox.put("receipt", pitch.email, dedupe="one", pitch=pitch, queue="soon")))
    assert '<html lang="ar" dir="rtl"' in html
    pitch.language = "xx"
    message = Message(kind="receipt", to=pitch.email, dedupe="two", pitch=pitch, page=pitch.page)
    assert '<html lang="en" dir="ltr"' in html_of(render.build(message))


def test_a_code_is_not_written_without_its_secret():
    message = samples.code()
    message.sealed = None
    with pytest.raises(KeyError):
        render.build(message)
    assert tokens.unseal(samples.code().sealed) == {"code": "482915"}
