"""Which mails come: each person chooses for themself, and one click in a mail stops that mail for that person."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core import signing
from django.test import Client
from django.urls import reverse

from pitches.forms.mail import ASKED, WORDS
from pitches.models import Page, Preference
from pitches.notify import catalogue, render, stop, wanted
from tests.factories import AnswerFactory, AssistantFactory, MessageFactory, PageFactory, UserFactory
from tests.notify import samples

pytestmark = pytest.mark.django_db
MAIL = "/desk/mail"


@pytest.fixture
def page():
    return PageFactory(handle="maya")


@pytest.fixture
def owner(client, page):
    client.force_login(page.owner)
    return client


def helper(page, role="reader"):
    """Somebody who helps, and their browser."""
    row = AssistantFactory(page=page, role=role)
    user = UserFactory(email=row.email)
    EmailAddress.objects.create(user=user, email=row.email, verified=True, primary=True)
    client = Client()
    client.force_login(user)
    return user, client


def ticked(client):
    """The kinds that are on, and those that are off, as the page shows them."""
    form = client.get(MAIL).context["form"]
    return {name for name in form.fields if form[name].value()}, {
        name for name in form.fields if not form[name].value()
    }


# ── the page ─────────────────────────────────────────────────────────────────
def test_every_kind_that_may_be_chosen_has_words_and_a_way_to_be_stopped():
    assert WORDS.keys() == ASKED.keys() == wanted.DEFAULTS.keys() > wanted.OF_HELPERS.keys()
    assert wanted.DEFAULTS.keys() - {"webhook_fails"} <= catalogue.STOPPABLE


def test_the_owner_sees_the_defaults_and_where_the_mails_go(owner, page):
    assert ticked(owner)[0] == {"digest", "door_closes", "undelivered", "lapsing", "webhook_fails"}
    text = owner.get(MAIL).content.decode()
    assert (text.count("Usually on."), text.count("Usually off.")) == (5, 3)
    assert page.owner.email in text


def test_what_is_chosen_is_kept_and_only_what_is_different(owner, page):
    answer = owner.post(MAIL, {"tell_now": "on", "month": "on", "door_closes": "on", "webhook_fails": "on"})
    assert (answer.status_code, answer["Location"]) == (303, MAIL)
    assert ticked(owner)[0] == {"tell_now", "month", "door_closes", "webhook_fails"}
    page.refresh_from_db()
    assert (page.digest, page.tell_me_now) == (False, True)
    chosen = set(Preference.objects.values_list("user", "kind", "wanted"))
    assert chosen == {(page.owner_id, kind, kind == "month") for kind in ("month", "undelivered", "lapsing")}


def test_the_two_of_the_page_are_the_same_at_the_hours_and_at_the_rules(owner, page):
    owner.post(MAIL, {"tell_now": "on"})
    assert not owner.get("/desk/hours").context["form"]["digest"].value()
    assert Page.objects.get().tell_me_now
    assert page.events.filter(what="rules_kept", by=page.owner).count() == 1
    assert MAIL in owner.get("/desk/hours").content.decode()


@pytest.mark.parametrize("role", ["reader", "screener", "assistant"])
def test_who_helps_chooses_for_themself_alone(owner, page, role):
    user, client = helper(page, role)
    assert ticked(client) == ({"digest"}, {"answers_came", "undelivered", "lapsing", "month"})
    client.post(MAIL, {"digest": "", "lapsing": "on", "tell_now": "on", "door_closes": "on", "webhook_fails": "on"})
    assert ticked(client)[0] == {"lapsing"}
    assert ticked(owner)[0] == {"digest", "door_closes", "undelivered", "lapsing", "webhook_fails"}
    page.refresh_from_db()
    assert (page.digest, page.tell_me_now) == (True, False)
    assert set(Preference.objects.values_list("user", flat=True)) == {user.pk}


def test_who_takes_mail_alone_and_who_helps_no_longer_choose_nothing(page):
    user, client = helper(page)
    page.assistants.update(role="mail")
    assert client.post(MAIL, {"digest": ""}).status_code != 200
    assert not wanted.may_get(user, page, "digest")
    assert not Preference.objects.exists()


def test_two_pages_are_chosen_for_one_by_one(owner, page):
    other = PageFactory()
    AssistantFactory(page=other, email=page.owner.email, role="reader")
    EmailAddress.objects.create(user=page.owner, email=page.owner.email, verified=True, primary=True)
    owner.post(MAIL, {"desk": page.pk, "digest": ""})
    page.refresh_from_db()
    assert (page.digest, wanted.wants(page.owner, other, "digest")) == (False, True)


# ── one click ────────────────────────────────────────────────────────────────
STOPPED = [samples.digest, samples.digest_to_who_helps, samples.door_closes, samples.undelivered, samples.lapsing]
STOPPED += [samples.month, samples.month_to_who_helps, samples.answers_came, samples.answers_came_to_who_helps]


@pytest.mark.parametrize("sample", STOPPED, ids=lambda sample: sample.__name__)
def test_one_click_stops_one_kind_for_one_person_twice_and_without_cookies(sample):
    message = sample()
    user, page, kind = message.user, message.page, message.kind
    for one in (user, page.owner):
        wanted.choose(one, page, kind, wanted=True)
    headers = render.build(message).message()
    path = headers["List-Unsubscribe"].strip("<>").removeprefix(project.SITE_URL)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    machine = Client(enforce_csrf_checks=True)
    rows = list(Preference.objects.values_list())
    assert [machine.get(path).status_code, machine.head(path).status_code] == [200, 200]
    assert list(Preference.objects.values_list()) == rows
    for _twice in range(2):
        answer = machine.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Undo: send them again" in answer.content.decode()) == (200, True)
        assert stop.meant(path.rpartition("/")[2]).wanted is False
    assert wanted.wants(Page.objects.get().owner, Page.objects.get(), kind) is (user != page.owner)
    machine.post(path, {"again": "1"})
    assert stop.meant(path.rpartition("/")[2]).wanted is True


@pytest.mark.parametrize(("behind", "kind"), [("", "digest"), (".now", "tell_now")])
def test_links_of_mails_that_went_out_before_go_on_working(client, page, behind, kind):
    page.tell_me_now = True
    page.save()
    token = signing.Signer(key=project.LINK_KEY, salt="stop-digest").sign(f"{page.pk}{behind}")
    assert client.post(reverse("stop_digest", args=[token])).status_code == 200
    page.refresh_from_db()
    assert (page.digest, page.tell_me_now) == ((False, True) if kind == "digest" else (True, False))


def test_a_link_of_ours_for_nobody_or_nothing_is_none(client, page):
    user, _client = helper(page)
    for kind, who in (("digest", 999_999), ("tell_now", user.pk), ("code", page.owner_id)):
        token = signing.Signer(key=project.LINK_KEY, salt="stop-digest").sign(f"{page.pk}.{kind}.{who}")
        assert client.post(reverse("stop_digest", args=[token])).status_code == 404


# ── what did not arrive ──────────────────────────────────────────────────────
def test_what_was_held_back_stands_among_what_did_not_arrive(owner, page):
    pitch = AnswerFactory(pitch__door__page=page).pitch
    MessageFactory(kind="yes", pitch=pitch, state="withheld", error="bounce")
    assert "mail to this address came back" in owner.get("/desk/outgoing").content.decode()


@pytest.mark.parametrize(("state", "shown"), [("dead", True), ("unknown", True), ("withheld", True), ("done", False)])
def test_the_letter_says_that_its_answer_was_not_delivered(owner, page, state, shown):
    pitch = AnswerFactory(pitch__door__page=page).pitch
    MessageFactory(kind="receipt", pitch=pitch, state="dead")
    MessageFactory(kind="yes", pitch=pitch, state=state)
    text = owner.get(reverse("desk:pitch", args=[pitch.code])).content.decode()
    assert ("The mail with the answer was not delivered to" in text) is shown


def test_a_mail_to_who_helps_is_named_after_them_where_it_failed(owner, page):
    row = AssistantFactory(page=page, name="Sam Ode", role="reader")
    MessageFactory(kind="digest", pitch=None, page=page, to=row.email, assistant=row, state="dead")
    assert "An email to Sam Ode" in owner.get("/desk/outgoing").content.decode()
