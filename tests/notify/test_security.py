"""What happens to a way in is told at once: a new browser, a changed sign-in, few codes, other addresses."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from pitches.models import Message, Stop
from pitches.notify import brake, delivery, render, security
from portal import browsers, tokens
from tests.factories import PageFactory, UserFactory
from tests.notify import samples

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "a long and unusual one"


@pytest.fixture
def user():
    """Somebody with a page, and a password that they do not need."""
    found = PageFactory(owner__timezone="Europe/Lisbon").owner
    found.set_password(PASSWORD)
    found.save()
    EmailAddress.objects.create(user=found, email=found.email, verified=True, primary=True)
    return found


def sign_in(client, user):
    """By mailed code, in a browser that says it is Firefox in Lisbon."""
    client.cookies["zone"] = "Europe%2FLisbon"
    client.post(reverse("account_request_login_code"), {"email": user.email})
    code = tokens.unseal(Message.objects.filter(kind="account", to=user.email).latest("pk").sealed)["code"]
    answer = client.post(reverse("account_confirm_login_code"), {"code": code}, HTTP_USER_AGENT=FIREFOX)
    assert answer.status_code == 302
    return answer


def sign_out(client):
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def told(kind):
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_a_browser_that_is_new_for_an_account_is_told_once(user):
    client = Client()
    answer = sign_in(client, user)
    (message,) = told("sign_in")
    assert (message.to, message.queue) == (user.email, "codes")
    mail = render.build(message)
    assert mail.subject == "New sign-in from Firefox on Windows"
    assert "its clock is set to Lisbon time" in " ".join(mail.body.split())
    kept = answer.cookies["known"]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 400 * 24 * 3600)
    assert str(user.pk) not in re.split(r"[.:]", kept.value)
    sign_out(client)
    sign_in(client, user)
    assert len(told("sign_in")) == 1
    sign_in(Client(), user)
    assert len(told("sign_in")) == 2


def test_a_browser_is_known_for_each_account_that_used_it_and_no_other(user):
    other = UserFactory()
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client = Client()
    for somebody in (user, other, user, other):
        sign_in(client, somebody)
        sign_out(client)
    assert [message.to for message in told("sign_in")] == [user.email, other.email]


def test_nobody_writes_themselves_a_browser_that_is_known(user):
    client = Client()
    client.cookies["known"] = tokens.link_token("known-browser", str(user.pk))
    sign_in(client, user)
    assert len(told("sign_in")) == 1


def test_who_signs_up_is_not_told_of_their_own_first_sign_in():
    client = Client()
    client.post(reverse("account_signup"), {"email": "new@page.example"})
    secret = tokens.unseal(Message.objects.get(kind="account").sealed)
    answer = client.post(reverse("account_email_verification_sent"), {"code": secret["code"]})
    assert "known" in answer.cookies
    assert "_auth_user_id" in client.session
    assert told("sign_in") == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140", ("Edge", "Linux")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18 Safari/605", ("Safari", "Mac")),
        ("Ring this number: 555 <b>now</b>", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent, name):
    assert browsers.named(agent) == name


def test_a_recovery_code_says_how_few_are_left(user):
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user).get_unused_codes()
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    row.data["used_mask"] = (1 << (len(codes) - 4)) - 1
    row.save()
    for left, code in zip((3, 2, 1), codes[-4:], strict=False):
        client = Client()
        sign_in(client, user)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
        assert len(RecoveryCodes(Authenticator.objects.get(pk=row.pk)).get_unused_codes()) == left
    subjects = [render.build(message).subject for message in told("codes_low")]
    assert subjects == [f"Your recovery codes: {left} left" for left in (2, 1)]


def test_another_address_is_confirmed_by_code_and_told_to_the_first(user):
    client = Client()
    sign_in(client, user)
    client.post(reverse("account_email"), {"action_add": "", "email": "another@page.example"})
    asked = Message.objects.get(kind="account", to="another@page.example")
    code = tokens.unseal(asked.sealed)["code"]
    assert render.build(asked).subject == f"{code[:3]} {code[3:]} confirms your new address"
    assert told("address_changes") == []
    client.post(reverse("account_email_verification_sent"), {"code": code})
    (added,) = told("address_changes")
    assert added.to == user.email
    assert "another@page.example signs in to your account" in " ".join(render.build(added).body.split())
    client.post(reverse("account_email"), {"action_primary": "", "email": "another@page.example"})
    changed = told("address_changes")[-1]
    assert (changed.to, render.build(changed).subject) == (user.email, "Your address changes")
    client.post(reverse("account_email"), {"action_remove": "", "email": user.email})
    removed = told("address_changes")[-1]
    assert removed.to == "another@page.example"
    assert f"{user.email} was taken away" in " ".join(render.build(removed).body.split())


def test_a_changed_password_says_what_changed(user):
    client = Client()
    sign_in(client, user)
    new = "another long and unusual one"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    (message,) = told("sign_in_changed")
    assert render.build(message).subject == "Your sign-in changed: new password"


@pytest.mark.parametrize("template", [name for name, kind in security.KIND_OF.items() if kind == "sign_in_changed"])
def test_every_change_of_a_sign_in_has_words_of_its_own(template):
    mail = render.build(samples.sign_in_changed(template))
    assert re.fullmatch(r"Your sign-in changed: [a-z ]{7,}", mail.subject)
    assert "192.0.2.7" not in mail.body
    assert "friends" not in mail.body


def test_nothing_that_a_browser_says_of_itself_is_repeated():
    raw = render.build(samples.sign_in_unnamed()).message().as_string()
    assert not re.search("MARK|friends", raw)


@pytest.mark.parametrize("why", [Stop.BOUNCES, Stop.COMPLAINTS])
def test_they_go_out_while_too_much_comes_back_and_whatever_somebody_wants(why, mailoutbox):
    message = samples.sign_in()
    page = PageFactory(owner__email="third@page.example", digest=False)
    samples.digest()
    assert page.digest is False
    brake.stop(why)
    delivery.deliver("codes")
    delivery.deliver("later")
    message.refresh_from_db()
    assert message.state == "done"
    assert [mail.subject for mail in mailoutbox] == ["New sign-in from Firefox on Windows"]
