"""Every kind of mail, for operators alone: in each language, by day and at night, and nothing is left of it."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client

from pitches.models import Message
from pitches.notify import catalogue, samples
from portal import tokens
from portal.drawer import MAIL_POLICY
from tests.factories import PageFactory, UserFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
LIST, LOG = "/operator/mail", "/operator/mail/log"
READ = (LIST, LOG, f"{LIST}/yes", f"{LIST}/yes/html")
PRESSED = (f"{LIST}/stop", f"{LIST}/go-on", f"{LIST}/lift")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(email="ops@site.example", is_staff=True))
    return client


def text(response: Any) -> str:
    return response.content.decode()


# ── who may ──────────────────────────────────────────────────────────────────
def test_for_everybody_else_these_pages_are_not_there(client: Client) -> None:
    owner, gone, nobody = Client(), Client(), Client()
    owner.force_login(PageFactory().owner)
    staff = UserFactory(is_staff=True)
    gone.force_login(staff)
    type(staff).objects.filter(pk=staff.pk).update(is_active=False)
    missing = nobody.get("/operator/nothing").content
    for browser in (nobody, owner, gone):
        answers = [browser.get(path) for path in READ] + [browser.post(path) for path in PRESSED]
        assert {answer.status_code for answer in answers} == {404}
        assert browser is not nobody or {answer.content for answer in answers} == {missing}


def test_in_production_one_factor_is_not_enough(operator: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    for answer in [*(operator.get(path) for path in READ), *(operator.post(path) for path in PRESSED)]:
        assert answer.status_code == 403
        assert 'href="/account/2fa/"' in text(answer)
        assert "no-store" in answer["Cache-Control"]
    user = UserFactory._meta.model.objects.get(email="ops@site.example")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert [operator.get(path).status_code for path in READ] == [200] * 4


def test_the_way_there_is_shown_to_nobody_else(operator: Client) -> None:
    other = Client()
    other.force_login(PageFactory().owner)
    seen = ['href="/operator/mail/log"' in text(one.get("/agency/people")) for one in (operator, other)]
    assert seen == [True, False]


def test_only_a_form_presses_a_button(operator: Client) -> None:
    assert [operator.get(path).status_code for path in PRESSED] == [405] * 3
    assert [operator.post(path).status_code for path in READ] == [405] * 4


# ── what is there ────────────────────────────────────────────────────────────
def test_looking_changes_nothing_and_is_kept_nowhere(operator: Client) -> None:
    before = checksum("django_session")
    for path in READ:
        answer = operator.get(path)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    assert checksum("django_session") == before


def test_every_kind_stands_in_the_list_with_its_number_and_subject(operator: Client) -> None:
    found = text(operator.get(LIST))
    for kind in catalogue.KINDS:
        assert f'href="/operator/mail/{kind}?language=en"' in found
    assert "It cannot be written" not in found
    assert "Yes from Maya: Survey: why" in found


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_one_kind_shows_headers_text_and_html(operator: Client, kind: str) -> None:
    page = text(operator.get(f"{LIST}/{kind}"))
    assert '<span class="strong">Message-ID</span>' in page
    same = f"language=en&amp;scheme=light&amp;variant={samples.variants(kind)[0]}"
    assert f'src="/operator/mail/{kind}/html?{same}"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    html = operator.get(f"{LIST}/{kind}/html")
    assert text(html).count("<h1") == 1


def test_what_it_tells_of_can_be_chosen_and_stays_chosen(operator: Client) -> None:
    page = text(operator.get(f"{LIST}/digest?variant=late&language=en&scheme=dark"))
    assert 'href="?language=en&amp;scheme=dark&amp;variant=terms" dir="ltr">terms</a>' in page
    assert 'variant=late" dir="ltr" aria-current="page">late</a>' in page
    assert "language=en&amp;scheme=dark&amp;variant=late" in page
    html = text(operator.get(f"{LIST}/digest/html?variant=late"))
    assert "An hour passed while we could not write." in html
    assert "An hour passed" not in text(operator.get(f"{LIST}/digest/html?variant=nothing"))
    assert "What it tells of" not in text(operator.get(f"{LIST}/lapsed"))


def test_a_mail_stands_under_its_own_policy_and_its_page_may_frame_nothing_else(
    operator: Client, settings: Any
) -> None:
    ours = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": ours | {"frame-src": ["'none'"]}}  # as in production
    page, html = operator.get(f"{LIST}/yes"), operator.get(f"{LIST}/yes/html")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert html["Content-Security-Policy"] == MAIL_POLICY
    assert html["X-Frame-Options"] == "SAMEORIGIN"


def test_it_looks_as_by_day_or_as_at_night_wherever_it_is_looked_at(operator: Client) -> None:
    day, night = (text(operator.get(f"{LIST}/yes/html?scheme={scheme}")) for scheme in ("light", "dark"))
    assert "prefers-color-scheme" not in day + night
    assert ("@media not all" in day, "@media all" in day) == (True, False)
    assert ("@media not all" in night, "@media all" in night) == (False, True)
    for html, scheme in ((day, "light"), (night, "dark")):
        assert set(re.findall(r'-schemes?" content="([^"]*)"', html)) == {scheme}


def test_it_is_written_in_each_language(operator: Client, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "Arabic")]
    assert 'href="/operator/mail/yes?language=de"' in text(operator.get(f"{LIST}?language=de"))
    assert '<html lang="de" dir="ltr"' in text(operator.get(f"{LIST}/yes/html?language=de"))
    assert '<html lang="ar" dir="rtl"' in text(operator.get(f"{LIST}/yes/html?language=ar"))
    assert 'lang="ar" dir="rtl">' in text(operator.get(f"{LIST}/yes?language=ar"))


@pytest.mark.parametrize("language", dict(project.LANGUAGES))
def test_each_mail_can_be_written_in_each_language_of_this_site(operator: Client, language: str) -> None:
    page = text(operator.get(f"{LIST}?language={language}"))
    assert f'<a class="chip line" href="?language={language}" aria-current="page">' in page
    assert "mark-held" not in page


def test_where_there_is_one_language_nobody_is_asked_for_it(operator: Client, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English")]
    assert "Language of the mail" not in text(operator.get(LIST))


def test_what_makes_no_sense_is_english_by_day_or_nothing(operator: Client) -> None:
    page = text(operator.get(f"{LIST}/yes?language=xx&scheme=blue"))
    assert "language=en&amp;scheme=light" in page
    assert [operator.get(f"{LIST}/nothing{end}").status_code for end in ("", "/html")] == [404, 404]


def test_a_kind_that_cannot_be_written_says_why(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.KINDS, "nothing", lambda: None)
    for path in (LIST, f"{LIST}/nothing"):
        assert "TemplateDoesNotExist: email/nothing/" in text(operator.get(path))
    assert operator.get(f"{LIST}/nothing/html").status_code == 404


def test_no_kind_is_called_like_another_page() -> None:
    assert not catalogue.KINDS.keys() & {"log", "stop", "lift", "go-on"}


def test_an_operator_is_made_by_a_command_and_signs_in_with_codes(client: Client) -> None:
    call_command("createsuperuser", "--noinput", "--email=ops@site.example", verbosity=0)
    client.post("/account/login/code/", {"email": "ops@site.example"})
    for step in ("login/code/confirm", "confirm-email"):  # the first time the mailbox is proven, too
        secret = tokens.unseal(bytes(Message.objects.filter(kind="account").latest("pk").sealed))
        client.post(f"/account/{step}/", {"code": secret["code"]})
    assert [client.get(path).status_code for path in READ] == [200] * 4
