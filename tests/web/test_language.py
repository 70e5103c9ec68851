"""Whoever reads is spoken to in their language: by their choice, their account, or their browser."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from pitches import replies, tasks
from pitches.models import Message, Watch
from pitches.notify import outbox, render
from pitches.templatetags import desk
from pitches.web import cards
from pitches.web.ready import Ready
from portal.models import User
from portal.templatetags.portal import day
from tests.factories import DoorFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
SAYS = {"en": "House rules", "de": "Hausregeln", "es": "Reglas de la casa"}


@pytest.fixture
def page():
    return PageFactory(handle="maya", house_rules=["Bring a link."])


def browser(accepts="", **cookies):
    """Somebody's browser, at the site's own address."""
    client = Client(headers={"host": "testserver", "accept-language": accepts})
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def spoken(client, path="/@maya"):
    """In which language a page says what it says, by its words, its mark and its header."""
    response = client.get(path)
    text = response.content.decode()
    found = [code for code, words in SAYS.items() if f">{words}</h2>" in text]
    assert [f'<html lang="{code}"' in text for code in found] == [True]
    assert response["Content-Language"] == found[0]
    return found[0]


# ── which one ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("accepts", "said"),
    [("de", "de"), ("de-AT,de;q=0.9,en;q=0.8", "de"), ("es-MX", "es"), ("fr,es;q=0.5", "es"), ("fr", "en"), ("", "en")],
)
def test_a_stranger_is_spoken_to_as_their_browser_asks(page, accepts, said):
    assert spoken(browser(accepts)) == said


def test_a_choice_counts_before_the_browser_and_an_account_before_both(page):
    assert spoken(browser("de", language="es")) == "es"
    client = browser("de", language="es")
    User.objects.filter(pk=page.owner_id).update(language="en")
    client.force_login(page.owner)
    assert spoken(client) == "en"
    User.objects.filter(pk=page.owner_id).update(language="xx")
    assert spoken(client) == "en"


def test_the_choice_is_kept_with_the_account_and_leads_back(page):
    client = browser("en")
    client.force_login(page.owner)
    form = client.get(reverse("language"), headers={"referer": "http://testserver/@maya?from=bio"}).content.decode()
    assert '<input type="hidden" name="next" value="/@maya?from=bio">' in form
    response = client.post(reverse("language"), {"language": "de", "next": "/@maya?from=bio"})
    assert (response.status_code, response["Location"]) == (302, "/@maya?from=bio")
    assert User.objects.get(pk=page.owner_id).language == "de"
    assert spoken(client) == "de"
    client.logout()
    assert spoken(browser("en", language=response.cookies["language"].value)) == "de"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "evil", "", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_site(elsewhere):
    response = browser().post(reverse("language"), {"language": "de", "next": elsewhere})
    assert response["Location"] == "/"
    form = browser().get(reverse("language"), headers={"referer": elsewhere}).content.decode()
    assert 'name="next" value=""' in form


def test_a_language_that_the_site_does_not_speak_is_not_kept(page):
    client = browser()
    client.force_login(page.owner)
    assert client.post(reverse("language"), {"language": "fr"}).cookies.get("language") is None
    assert User.objects.get(pk=page.owner_id).language == "en"


def test_whoever_signs_up_reads_on_in_that_language():
    browser("es").post(reverse("account_signup"), {"email": "ana@example.org"})
    assert User.objects.get(email="ana@example.org").language == "es"
    message = Message.objects.get(kind="account")
    assert "código" in str(render.build(message).subject)


# ── what is drawn once for many ──────────────────────────────────────────────
def test_a_page_from_the_cache_is_never_in_another_language(page, settings):
    settings.SITE_URL = "http://testserver"
    DoorFactory(page=page)
    cache.clear()
    wanted = ["en", "de", "es", "de", "en", "es"]
    with CaptureQueriesContext(connection) as asked:
        assert [spoken(browser(code)) for code in wanted] == wanted
        drawn = len(asked)
        assert [spoken(browser("en", language=code)) for code in wanted] == wanted
    assert len(asked) == drawn
    tags = {browser(code).get("/@maya")["ETag"] for code in SAYS}
    assert len(tags) == len(SAYS)
    assert {name.strip() for name in browser().get("/@maya")["Vary"].split(",")} >= {"Accept-Language", "Cookie"}


def test_buttons_that_are_drawn_once_are_drawn_for_each_language(monkeypatch):
    monkeypatch.setattr(desk, "render_to_string", lambda *_args: translation.get_language())
    said = []
    for code in ("en", "de", "en"):
        with translation.override(code):
            said.append(desk.ready_buttons([Ready(1, "a", "Only here")], "reason", keys=True))
    assert said == ["en", "de", "en"]


# ── how it is said ───────────────────────────────────────────────────────────
def test_a_noun_keeps_its_capital_where_nouns_have_one():
    for code, said in (("en", "first knock"), ("de", "First knock"), ("es", "first knock")):
        with translation.override(code):
            assert cards.lower_first("First knock") == said


def test_a_day_is_written_as_it_is_written_there():
    said = {"en": "Tuesday 1 April 2031", "de": "Dienstag, 1. April 2031", "es": "martes 1 de abril de 2031"}
    for code, words in said.items():
        with translation.override(code):
            assert day(date(2031, 4, 1)) == words


def test_a_field_for_a_day_is_filled_as_browsers_read_it(page):
    page.holiday_from, page.holiday_until = date(2026, 12, 24), date(2027, 1, 2)
    page.save()
    User.objects.filter(pk=page.owner_id).update(language="de")
    client = browser()
    client.force_login(page.owner)
    assert 'value="2026-12-24"' in client.get(reverse("desk:hours")).content.decode()


def test_usual_words_are_in_the_language_of_the_pitch_and_own_ones_keep_theirs():
    pitch = PitchFactory(waiting=True, language="de")
    replies.keep(pitch.page, "date", text="Is there a day before {date}?")
    own, usual = (
        replies.find(pitch.page, "date"),
        replies.find(pitch.page, "numbers") or replies.find(pitch.page, "look"),
    )
    with translation.override("es"):
        assert replies.say(own, pitch, date(2031, 4, 1)).words == "Is there a day before Tuesday 1 April 2031?"
        with translation.override("de"):
            said = replies.say(usual, pitch, date(2031, 4, 1)).words
        assert replies.say(usual, pitch, date(2031, 4, 1)).words == said


# ── mails ────────────────────────────────────────────────────────────────────
def test_whoever_asks_for_a_mail_gets_it_in_the_language_of_the_page(page):
    door = DoorFactory(page=page, slug="shut", closed=True)
    browser("es").post(reverse("public:watch", args=["maya", door.slug]), {"email": "elif@mosaic.example"})
    assert Watch.objects.get().language == "es"
    tasks.react("soon")
    assert '<html lang="es"' in str(render.build(Message.objects.get()).alternatives[0][0])


def test_find_my_pitch_answers_in_the_language_of_the_page():
    browser("de").post(reverse("agency:find"), {"email": "elif@mosaic.example"})
    assert Message.objects.get(kind="find").language == "de"


def test_an_account_is_written_to_in_its_own_language(page):
    User.objects.filter(pk=page.owner_id).update(language="de")
    message = outbox.put("page_up", page.owner.email, dedupe="x", page=page, queue="soon", language="es")
    assert '<html lang="de"' in str(render.build(Message.objects.get(pk=message.pk)).alternatives[0][0])
