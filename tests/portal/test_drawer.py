"""The mail drawer of a machine without a mail server."""

import importlib

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import clear_url_caches, reverse

import portal.urls
from portal.drawer import DrawerBackend
from portal.models import DrawerMail


@pytest.fixture
def mail(db):
    """A mail in the drawer."""
    message = EmailMultiAlternatives(
        "Your code: 123 456", "Read https://example.org/x", "post@a.example", ["b@b.example"]
    )
    message.attach_alternative(
        "<html><head><style>p{color:red}</style></head><body><p>Hello</p></body></html>", "text/html"
    )
    assert DrawerBackend().send_messages([message]) == 1
    return DrawerMail.objects.get()


def test_a_mail_is_kept_as_it_would_go_out(mail):
    assert (mail.to, mail.subject) == ("b@b.example", "Your code: 123 456")
    assert bytes(mail.raw).startswith(b"Content-Type: multipart/alternative")


def test_the_drawer_lists_it(client, mail):
    page = client.get("/dev/mail").content.decode()
    assert "Your code: 123 456" in page
    assert f'href="/dev/mail/{mail.pk}"' in page


def test_an_empty_drawer_says_so(client, db):
    assert "The drawer is empty" in client.get("/dev/mail").content.decode()


def test_a_mail_shows_its_text_its_html_and_its_headers(client, mail):
    page = client.get(f"/dev/mail/{mail.pk}").content.decode()
    assert '<a href="https://example.org/x"' in page
    assert f'src="/dev/mail/{mail.pk}/html"' in page
    assert "multipart/alternative" in page


def test_the_html_of_a_mail_is_shut_in(client, mail):
    response = client.get(f"/dev/mail/{mail.pk}/html")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in response.content.decode()


def test_a_mail_without_html_says_so(client, db):
    DrawerBackend().send_messages([EmailMultiAlternatives("Hi", "Just text", "a@a.example", ["b@b.example"])])
    page = client.get(f"/dev/mail/{DrawerMail.objects.get().pk}").content.decode()
    assert "no HTML part" in page
    assert "Just text" in page


def test_nothing_in_the_drawer_can_be_posted_to(client, mail):
    assert {client.post(path).status_code for path in ("/dev/mail", f"/dev/mail/{mail.pk}")} == {405}


def test_there_is_no_drawer_where_there_is_a_mail_server(client, settings, mail):
    settings.MAIL_DRAWER = False
    importlib.reload(portal.urls)
    clear_url_caches()
    try:
        assert client.get("/dev/mail").status_code == 404
    finally:
        settings.MAIL_DRAWER = True
        importlib.reload(portal.urls)
        clear_url_caches()
    assert reverse("drawer") == "/dev/mail"
