"""An owner forwards a mail: who wrote it is seen, and an answer is prepared that only the owner can send."""

from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as sent
from django.urls import reverse

from pitches.models import Came, Message, ReplyLink
from pitches.notify import addresses, render
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory
from tests.inbound import posted
from tests.senders import work

pytestmark = pytest.mark.django_db
INES = "Ines Meyer <ines@northbeam.example>"
# What mail programs write above a mail that is forwarded.
FORWARDED = {
    "Gmail, English": f"---------- Forwarded message ---------\nFrom: {INES}\nDate: Mon, Nov 2, 2026 at 9:12 AM\n"
    "Subject: Our survey\nTo: Maya Lind <maya@page.example>\n\n\nHi Maya,\n",
    "Gmail, German": f"---------- Forwarded message ---------\nVon: {INES}\nDate: Mo., 2. Nov. 2026 um 09:12 Uhr\n"
    "Subject: Our survey\nTo: <maya@page.example>\n\n\nHallo Maya,\n",
    "Gmail, Spanish": f"---------- Forwarded message ---------\nDe: {INES}\nDate: lun, 2 nov 2026 a las 9:12\n"
    "Subject: Our survey\nTo: <maya@page.example>\n\n\nHola:\n",
    "Gmail, French": f"---------- Forwarded message ---------\nDe : {INES}\nDate: lun. 2 nov. 2026 à 09:12\n"
    "Subject: Our survey\nTo: <maya@page.example>\n\n\nBonjour,\n",
    "Outlook, English": f"________________________________\nFrom: {INES}\nSent: Monday, November 2, 2026 9:12 AM\n"
    "To: Maya Lind\nSubject: Our survey\n\nHi Maya,\n",
    "Outlook, German": f"Von: {INES} \nGesendet: Montag, 2. November 2026 09:12\nAn: Maya\nBetreff: Our survey\n\nX\n",
    "Outlook, Spanish": f"De: {INES}\nEnviado: lunes, 2 de noviembre de 2026 9:12\nPara: M\nAsunto: Our survey\n\nX\n",
    "Outlook, French": f"De : {INES}\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Maya\nObjet : Our survey\n\nBonjour\n",
    "Apple Mail, English": f"Begin forwarded message:\n\n> From: {INES}\n> Subject: Our survey\n> Date: 2 Nov 2026\n"
    "> To: maya@page.example\n> \n> Hi\n",
    "Apple Mail, German": f"Anfang der weitergeleiteten Nachricht:\n\n> Von: {INES}\n> Betreff: Our survey\n"
    "> Datum: 2. November 2026 um 09:12:11 MEZ\n> An: maya@page.example\n> \n> Hallo\n",
    "Apple Mail, Spanish": f"Inicio del mensaje reenviado:\n\n> De: {INES}\n> Asunto: Our survey\n"
    "> Fecha: 2 de noviembre de 2026, 9:12:11 CET\n> Para: maya@page.example\n> \n> Hola\n",
    "Apple Mail, French": f"Début du message réexpédié :\n\n> De: {INES}\n> Objet: Our survey\n"
    "> Date: 2 novembre 2026 à 09:12:11 UTC+1\n> À: Maya <maya@page.example>\n> \n> Bonjour\n",
}


@pytest.fixture(autouse=True)
def _inbound(settings):
    settings.INBOUND_DOMAIN = posted.DOMAIN
    settings.SITE_URL = "https://halfdoor.example"


@pytest.fixture
def hers():
    """A page with two doors, whose owner has proven the address of their account."""
    page = PageFactory(handle="maya", owner__email="maya@page.example")
    EmailAddress.objects.create(user=page.owner, email="maya@page.example", verified=True, primary=True)
    DoorFactory(page=page, slug="shut", closed=True)
    DoorFactory(page=page, slug="research", name="Original research")
    return page


def forward(hers, text, sender="Maya Lind <maya@page.example>", **more):
    to = addresses.forward_address(hers)
    return posted.post(posted.mail(text, **{"to": to, "sender": sender, "subject": "Fwd: Our survey"} | more)).end


def mailto(message):
    """To whom the button leads, with which subject and which text."""
    link = next(word for word in render.build(message).body.split() if word.startswith("mailto:"))
    parts = urlsplit(link)
    asked = parse_qs(parts.query)
    return unquote(parts.path), asked["subject"][0], asked["body"][0]


@pytest.mark.parametrize("text", FORWARDED.values(), ids=FORWARDED)
def test_the_answer_goes_to_whoever_wrote_first(hers, text):
    assert forward(hers, f"See below.\n\nMaya\n\n{text}") == "forwarded"
    link, message = ReplyLink.objects.get(), Message.objects.get()
    assert (link.who, link.channel, link.door.slug) == (INES, Came.MAIL, "research")
    assert (message.kind, message.to, message.page) == ("ready_answer", "maya@page.example", hers)
    to, subject, body = mailto(message)
    assert (to, subject) == ("ines@northbeam.example", "Re: Our survey")
    assert body.splitlines()[-1] == f"https://halfdoor.example/r/{link.token}"
    assert "Ines Meyer" in render.build(message).subject


def test_a_mail_that_is_attached_tells_it_by_its_headers(hers):
    inside = posted.mail(
        "Hi Maya", to="maya@page.example", sender="Inés Łuk <ines@northbeam.example>", subject="Encuesta ñ"
    )
    inside["Date"] = "Mon, 02 Nov 2026 09:12:00 +0100"
    outside = posted.mail("See attached.", to=addresses.forward_address(hers), sender="maya@page.example")
    outside.add_attachment(inside)
    assert posted.post(outside).end == "forwarded"
    link = ReplyLink.objects.get()
    assert (link.who, link.said_on) == ("Inés Łuk <ines@northbeam.example>", date(2026, 11, 2))
    assert mailto(Message.objects.get())[:2] == ("ines@northbeam.example", "Re: Encuesta ñ")


def test_a_day_that_is_still_to_come_is_today(hers):
    inside = EmailMessage()
    inside["From"], inside["Date"] = "ines@northbeam.example", "Mon, 02 Nov 2099 09:12:00 +0100"
    inside.set_content("Hi")
    outside = posted.mail("See attached.", to=addresses.forward_address(hers), sender="maya@page.example")
    outside.add_attachment(inside)
    posted.post(outside)
    assert ReplyLink.objects.get().said_on == hers.local_date(clock.now())


@pytest.mark.parametrize(
    "text", ["Somebody wrote to me.", f"Von: {INES}\n\nHallo", "From: Maya <maya@page.example>\nSubject: x\n\nHi"]
)
def test_where_nobody_can_be_seen_the_owner_puts_the_address_in(hers, text):
    assert forward(hers, text) == "forwarded"
    to, subject, body = mailto(Message.objects.get())
    assert (to, subject) == ("", "Your mail")
    assert f"/r/{ReplyLink.objects.get().token}" in body
    assert "does not say who wrote it" in " ".join(render.build(Message.objects.get()).body.split())


@pytest.mark.parametrize(
    "sender", ["ines@northbeam.example", "maya+tag@hers.example", '"maya@page.example" <evil@other.example>']
)
def test_only_the_owner_forwards(hers, sender):
    assert forward(hers, FORWARDED["Gmail, English"], sender=sender) == "not_theirs"
    assert (ReplyLink.objects.count(), Message.objects.count()) == (0, 0)


def test_an_address_that_was_never_verified_is_nobodys(hers):
    EmailAddress.objects.update(verified=False)
    assert forward(hers, FORWARDED["Gmail, English"]) == "not_theirs"
    assert not Message.objects.exists()


def test_the_private_address_of_another_page_is_nobodys(hers):
    other = PageFactory()
    DoorFactory(page=other)
    assert forward(other, FORWARDED["Gmail, English"]) == "not_theirs"


def test_twenty_a_day_are_counted_of_what_is_the_owners_and_of_nobody_else(hers):
    with clock.standing_at(clock.now()):
        for number in range(21):
            assert forward(hers, f"From: {INES}\nSubject: {number}\n\nHi", sender="eve@other.example") == "not_theirs"
        ends = [forward(hers, f"From: {INES}\nSubject: {number}\n\nHi") for number in range(21)]
    assert ends == ["forwarded"] * 20 + ["too_many"]


def test_a_rule_that_forwards_all_mail_of_an_owner_makes_no_circle(hers, settings):
    """With each mail of ours as a new one, from the owner, and no word but those of the mail itself."""
    assert forward(hers, FORWARDED["Gmail, English"]) == "forwarded"
    work()
    seen = 0
    for _round in range(5):
        fresh, seen = sent.outbox[seen:], len(sent.outbox)
        assert {forward(hers, one.body) for one in fresh} <= {"automatic"}
        again = [f"From: Halfdoor <{parseaddr(one.from_email)[1]}>\nSubject: {one.subject}\n\nHi" for one in fresh]
        assert {forward(hers, text) for text in again} <= {"automatic"}
        work()
    assert (seen, Message.objects.count()) == (1, 1)


@pytest.mark.parametrize("place", ["References", "In-Reply-To"])
def test_what_answers_a_mail_of_ours_is_not_forwarded(hers, place):
    forward(hers, FORWARDED["Gmail, English"])
    outside = posted.mail(FORWARDED["Gmail, German"], to=addresses.forward_address(hers), sender="maya@page.example")
    outside[place] = render.build(Message.objects.get()).extra_headers["Message-ID"]
    assert posted.post(outside).end == "automatic"


def test_whoever_wrote_first_is_never_mailed(hers):
    for text in FORWARDED.values():
        forward(hers, text)
    work()
    assert {message.to[0] for message in sent.outbox} == {"maya@page.example"}
    assert set(Message.objects.values_list("to", flat=True)) == {"maya@page.example"}
    assert not Message.objects.filter(sealed__isnull=False).exists()


def test_until_it_is_sent_nothing_of_it_rests_in_plain(hers):
    posted.post(
        posted.mail(FORWARDED["Gmail, English"], to=addresses.forward_address(hers), sender="maya@page.example")
    )
    message = Message.objects.get()
    assert b"survey" not in bytes(message.sealed)
    assert tokens.unseal(message.sealed)["subject"] == "Our survey"


def test_a_page_whose_doors_are_shut_leads_to_the_first(hers):
    hers.doors.filter(slug="research").update(taken_down_at=clock.now())
    assert forward(hers, FORWARDED["Gmail, English"]) == "forwarded"
    assert ReplyLink.objects.get().door.slug == "shut"
    hers.doors.update(taken_down_at=clock.now())
    assert forward(hers, FORWARDED["Gmail, German"]) == "nobody"


def test_a_subject_cannot_add_a_header_to_the_answer(hers):
    text = f"From: {INES}\nSubject: A survey%0D%0ABcc: victim@other.example&cc=victim@other.example\nDate: today\n\nHi"
    forward(hers, text)
    link = next(word for word in render.build(Message.objects.get()).body.split() if word.startswith("mailto:"))
    assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}
    assert "\n" not in parse_qs(urlsplit(link).query)["subject"][0]


# ── at the desk ──────────────────────────────────────────────────────────────
@pytest.fixture
def desk(client, hers):
    client.force_login(hers.owner)
    return client


def test_the_share_page_shows_the_private_address_where_mail_comes_in(desk, hers, settings):
    shown = desk.get(reverse("desk:share")).content.decode()
    assert addresses.forward_address(hers) in shown
    assert f"maya@{posted.DOMAIN}" in shown
    settings.INBOUND_DOMAIN = ""
    assert "forward" not in desk.get(reverse("desk:share")).content.decode()


def test_a_mail_that_is_pasted_has_an_answer_with_a_button_to_mail_it(desk, hers):
    said = hers.local_date(clock.now()) - timedelta(days=1)
    form = {"text": FORWARDED["Outlook, German"], "channel": "mail", "door": "research", "said_on": said.isoformat()}
    answer = desk.post(reverse("desk:deflect"), form, follow=True)
    link, shown = ReplyLink.objects.get(), answer.content.decode()
    assert (link.who, link.channel) == (INES, "mail")
    assert 'href="mailto:ines@northbeam.example?subject=' in shown
    assert link.token in shown
    assert not Message.objects.exists()


def test_a_message_without_an_address_is_pasted_by_hand(desk, hers):
    form = {"text": "Hi!\n- Ines", "channel": "message", "door": "research", "said_on": hers.local_date(clock.now())}
    assert "mailto:" not in desk.post(reverse("desk:deflect"), form, follow=True).content.decode()
