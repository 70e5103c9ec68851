"""The addresses of ours: who can read them, who can make them, and which mails carry them."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from pitches.models import Message
from pitches.notify import addresses, delivery, outbox, render
from portal import clock
from tests.factories import AssistantFactory, PageFactory, PitchFactory
from tests.inbound.conftest import DOMAIN
from tests.notify import samples
from tests.notify.smtp_sink import running

pytestmark = pytest.mark.django_db


def test_each_address_is_read_as_what_it_was_made_of(world):
    read = addresses.read
    assert read(world.names["reply"]) == ("reply", world.pitch)
    assert read(world.names["back"]) == ("return", world.message)
    assert read(world.names["forward"]) == ("forward", world.page.owner)
    assert read(f" Maya@{DOMAIN.upper()} ") == read(f"lindmaya@{DOMAIN}") == ("page", world.page)


def test_an_address_is_the_same_every_time_and_no_other_is_alike(world):
    pitch, other = world.pitch, PitchFactory()
    assert addresses.reply_address(pitch) == world.names["reply"] == world.names["reply"].lower()
    assert addresses.reply_address(other) != world.names["reply"]
    assert len(world.names["reply"].partition("@")[0]) <= 64


def test_an_address_cannot_be_made_from_another(world):
    local = world.names["reply"].partition("@")[0]
    number, _dash, token = local.partition("+")[2].partition("-")
    other = PitchFactory()
    for forged in (
        f"reply+{other.pk}-{token}",
        f"return+{world.message.pk}-{token}",
        f"forward+{world.page.pk}-{token}",
        f"reply+{number}-{'a' * 32}",
        f"reply+{number}",
        f"reply+{number}-",
        f"reply+{9**18}-{token}",
        f"reply+{number}-{token}x",
        "reply",
        "",
    ):
        assert addresses.read(f"{forged}@{DOMAIN}") == ("", None), forged


def test_another_key_makes_old_addresses_void(world, settings):
    settings.LINK_KEY = "another"
    assert addresses.read(world.names["reply"]) == ("", None)


@pytest.mark.parametrize(
    "written", ["maya", "maya@", "@", "maya@elsewhere.example", f"no-such@{DOMAIN}", f"ma_ya@{DOMAIN}"]
)
def test_what_is_not_ours_is_nobodys(world, written):
    assert addresses.read(written) == ("", None)


def test_an_old_handle_leads_to_its_page_for_a_year(world):
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert addresses.read(f"lindmaya@{DOMAIN}") == ("", None)


def test_a_page_that_is_not_up_takes_no_mail(world):
    assert addresses.read(f"{PageFactory(handle='down', published_at=None).handle}@{DOMAIN}") == ("", None)


# ── which mails carry them ───────────────────────────────────────────────────
def test_without_a_domain_no_mail_tells_an_address():
    mail = render.build(samples.receipt())
    assert (mail.reply_to, mail.from_email.startswith("Halfdoor <"), "From" in mail.extra_headers) == ([], True, False)
    assert addresses.reply_address(PitchFactory()) == ""


def about(world, kind="receipt", **more):
    return outbox.put(kind, world.pitch.email, dedupe=f"{kind}:x", pitch=world.pitch, queue="soon", **more)


def test_the_sender_of_a_pitch_answers_into_its_thread(world):
    assert render.build(about(world)).reply_to == [world.names["reply"]]


def test_nobody_else_is_told_the_address_of_the_thread(world):
    to_owner = Message(kind="receipt", to=world.page.owner.email, page=world.page, pitch=world.pitch)
    helping = Message(kind="receipt", to=world.pitch.email, pitch=world.pitch, assistant=AssistantFactory())
    unproven = PitchFactory()
    code = Message(kind="code", to=unproven.email, pitch=unproven)
    assert [render._thread(message) for message in (to_owner, helping, code)] == ["", "", ""]


@pytest.mark.parametrize(("kind", "said"), [("ask", "or answer this mail"), ("offer", "agrees to nothing")])
def test_where_mail_comes_in_the_words_say_so(settings, kind, said):
    message = getattr(samples, kind)()
    without = render.build(message).body
    settings.INBOUND_DOMAIN = DOMAIN
    mail = render.build(message)
    flat = [" ".join(text.split()) for text in (mail.body, mail.alternatives[0].content)]
    assert "does not arrive" in without
    assert [("does not arrive" in text, said in text) for text in flat] == [(False, True)] * 2


def test_what_comes_back_comes_to_an_address_of_its_own(world, settings):
    message = about(world)
    with running() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        assert delivery.deliver("soon") == 1
    mail = message_from_bytes(sink.raw[0], policy=policy.default)
    assert sink.senders == [addresses.return_address(message)]
    assert (mail["From"], mail["Reply-To"]) == (f"Halfdoor <{settings.DEFAULT_FROM_EMAIL}>", world.names["reply"])
    assert mail.get_all("From") == [mail["From"]]


def test_a_provider_has_its_own_envelope(world, settings):
    settings.MAIL_PROVIDER = "postmark"
    mail = render.build(about(world))
    assert mail.from_email == f"Halfdoor <{settings.DEFAULT_FROM_EMAIL}>"
    assert "From" not in mail.extra_headers
