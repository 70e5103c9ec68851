"""Terms on both sides: the pitch page of the owner, the status page of the sender; and the calendar file of each."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from pitches import offers, outcomes
from pitches.models import Agreement, Embargo, Handoff, Offer, Page, Pitch
from pitches.models.reading import HOLD
from pitches.notify import render
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, HandoffFactory, MessageFactory, PageFactory, PitchFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORM = {
    "terms-deliverables": "One post and two stories",
    "terms-amount": "1500",
    "terms-currency": "GBP",
    "terms-day": "2026-04-03",
}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def pitch() -> Pitch:
    found = PitchFactory(accepted=True, door=DoorFactory(page=PageFactory(name="Maya Lind")), name="Elif Kaya")
    AnswerFactory(pitch=found)
    HandoffFactory(pitch=found, follow_up_on=date(2026, 3, 16))
    return found


@pytest.fixture
def owner(pitch: Pitch) -> Client:
    client = Client()
    client.force_login(pitch.page.owner)
    return client


def desk(pitch: Pitch, step: str = "") -> str:
    return f"/desk/pitch/{pitch.code}{step}"


def status(pitch: Pitch, step: str = "") -> str:
    return f"/p/{pitch.token}{step}"


def text(response: Any) -> str:
    return response.content.decode()


def answer(talks: offers.Talks, pitch: Pitch, say: str) -> dict[str, Any]:
    """What the buttons below a proposal send."""
    assert talks.to_answer
    seen = offers.digest(offers.terms(pitch, talks.to_answer))
    return {"offer": talks.to_answer.pk, "seen": seen, "say": say}


# ── the owner proposes ───────────────────────────────────────────────────────
def test_the_owner_proposes_and_undoes(owner: Client, pitch: Pitch) -> None:
    assert "Propose terms" in text(owner.get(desk(pitch)))
    found = text(owner.post(desk(pitch, "/offer"), FORM, follow=True))
    assert "Your proposal goes out in 10 minutes. Until then you can undo it." in found
    assert "Delivered: “One post and two stories”" in found
    assert "Paid to Maya Lind: 1,500.00 GBP." in found
    assert "goes out" in found
    assert "Undone. Nothing has gone out." in text(owner.post(desk(pitch, "/offer/undo"), follow=True))
    assert Offer.objects.get().state == "undone"
    assert "There is nothing to undo any more." in text(owner.post(desk(pitch, "/offer/undo"), follow=True))


def test_before_it_goes_out_the_sender_sees_not_a_byte_of_it(client: Client, owner: Client, pitch: Pitch) -> None:
    def seen() -> tuple[str, bytes]:
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", text(client.get(status(pitch))))
        return page, client.get(status(pitch, "/dates.ics")).content

    before = seen()
    owner.post(desk(pitch, "/offer"), FORM)
    assert seen() == before
    offer = Offer.objects.get()
    for guess in (offer.pk, 999_999, "x"):
        found = client.post(status(pitch, "/offer/answer"), {"offer": guess, "say": "agree"})
        assert found.status_code == 404
    with clock.standing_at(MONDAY + HOLD):
        assert "One post and two stories" in seen()[0]


def test_the_sender_agrees_and_both_read_the_same_words(client: Client, owner: Client, pitch: Pitch) -> None:
    owner.post(desk(pitch, "/offer"), FORM)
    with clock.standing_at(MONDAY + HOLD):
        page = text(client.get(status(pitch)))
        assert "Maya proposes" in page
        sent = answer(offers.as_seen(pitch, by_owner=False), pitch, "agree")
        assert str(sent["seen"]) in page
        assert "so it will carry no label" in page
        found = text(client.post(status(pitch, "/offer/answer"), sent, follow=True))
        assert "The label will be “Advert”" in found
        agreement = Agreement.objects.get()
        pages = (found, text(owner.get(desk(pitch))))
    for one in pages:
        assert f'<pre class="say">{agreement.text}</pre>' in one
        assert agreement.digest[:32] in one
        assert agreement.digest[32:] in one
        assert "Propose terms" not in one
        assert "/offer" not in one
    assert Handoff.objects.get().due_on == date(2026, 4, 3)


# ── the sender proposes ──────────────────────────────────────────────────────
def test_the_sender_proposes_and_the_owner_counters(client: Client, owner: Client, pitch: Pitch) -> None:
    found = text(client.post(status(pitch, "/offer"), FORM, follow=True))
    assert "Your proposal is there. Maya answers it when they read." in found
    assert "It waits for Maya." in found
    page = text(owner.get(desk(pitch)))
    assert "Elif Kaya proposes" in page
    first = Offer.objects.get()
    assert f'name="terms-answering" value="{first.pk}"' in page
    assert 'name="terms-amount" value="1500.00"' in page
    owner.post(desk(pitch, "/offer"), FORM | {"terms-amount": "2000", "terms-answering": first.pk})
    assert "It waits for Maya." in text(client.get(status(pitch)))
    with clock.standing_at(MONDAY + HOLD):
        page = text(client.get(status(pitch)))
        assert "Answered with another" in page
        assert "2,000.00 GBP" in page
        sent = answer(offers.as_seen(pitch, by_owner=False), pitch, "decline")
        page = text(client.post(status(pitch, "/offer/answer"), sent, follow=True))
    assert "No terms were agreed on here. The yes stands." in page


def test_the_owner_agrees_at_the_desk(owner: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    sent = answer(offers.as_seen(pitch, by_owner=True), pitch, "agree")
    found = text(owner.post(desk(pitch, "/offer/answer"), sent, follow=True))
    assert "Agreed. The terms stand below, word for word, and change no more." in found
    assert "No money is paid." in Agreement.objects.get().text


def test_who_comes_second_is_told(owner: Client, client: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    sent = answer(offers.as_seen(pitch, by_owner=True), pitch, "decline")
    owner.post(desk(pitch, "/offer/answer"), sent)
    again = owner.post(desk(pitch, "/offer/answer"), sent | {"say": "agree"}, follow=True)
    assert "This proposal has been declined already." in text(again)
    stale = owner.post(desk(pitch, "/offer"), FORM | {"terms-answering": sent["offer"]}, follow=True)
    assert "This proposal has been declined already." in text(stale)
    once = client.post(status(pitch, "/offer"), FORM, follow=True)
    assert "Each side proposes once, and your proposal has been made." in text(once)


def test_terms_that_changed_since_are_not_agreed_on(owner: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    sent = answer(offers.as_seen(pitch, by_owner=True), pitch, "agree")
    Page.objects.update(name="Maya Other")
    found = owner.post(desk(pitch, "/offer/answer"), sent, follow=True)
    assert "The terms are not those that you read." in text(found)
    assert not Agreement.objects.exists()


# ── what is wrong is said ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"terms-deliverables": " "}, "Say what is delivered."),
        ({"terms-deliverables": "x" * 281}, "Make it shorter"),
        ({"terms-currency": ""}, "Choose the currency."),
        ({"terms-amount": ""}, "Write the amount, or leave the currency empty."),
        ({"terms-amount": "lots"}, "Write the amount in figures."),
        ({"terms-amount": "-1"}, "Write an amount that is not below nought."),
        ({"terms-day": "2026-03-01"}, "This day has passed."),
        ({"terms-day": "3026-03-01"}, "Choose a day within two years."),
        ({"terms-day": "soon"}, "Choose a day, such as"),
    ],
)
def test_a_proposal_that_lacks_something(
    owner: Client, client: Client, pitch: Pitch, changes: dict[str, str], words: str
) -> None:
    for browser, url in ((owner, desk(pitch, "/offer")), (client, status(pitch, "/offer"))):
        response = browser.post(url, FORM | changes)
        assert response.status_code == 422
        assert words in text(response)
        assert 'class="note no summary"' in text(response)
        assert "<details open>" in text(response)
    assert not Offer.objects.exists()


def test_nought_is_no_money(owner: Client, pitch: Pitch) -> None:
    owner.post(desk(pitch, "/offer"), FORM | {"terms-amount": "0"})
    assert Offer.objects.values_list("amount", "currency").get() == (None, "")


@pytest.mark.parametrize("trait", ["waiting", "declined", "withdrawn", "quarantine"])
def test_without_a_yes_there_are_no_terms(client: Client, trait: str) -> None:
    found = PitchFactory(**{trait: True})
    assert "Propose terms" not in text(client.get(status(found)))
    for form in (FORM, {}):
        assert client.post(status(found, "/offer"), form).status_code == 303
    client.force_login(found.page.owner)
    assert "Propose terms" not in text(client.get(desk(found)))
    assert client.post(desk(found, "/offer"), {}).status_code == 303
    assert not Offer.objects.exists()


def test_a_yes_that_is_in_the_house_shows_no_terms_to_anybody(client: Client) -> None:
    found = PitchFactory(accepted=True)
    AnswerFactory(pitch=found, held=True)
    HandoffFactory(pitch=found)
    assert "Propose terms" not in text(client.get(status(found)))
    client.force_login(found.page.owner)
    assert "Propose terms" not in text(client.get(desk(found)))


def test_neither_a_wrong_link_nor_another_owner_does_anything(client: Client, pitch: Pitch) -> None:
    offer = offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    other = PitchFactory(accepted=True)
    AnswerFactory(pitch=other)
    sent = {"offer": offer.pk, "say": "decline"}
    wrong = [
        client.post(path, sent)
        for path in ("/p/x/offer", "/p/x/offer/answer", f"/p/{other.token}/offer/answer", "/p/x/dates.ics")
    ]
    assert [found.status_code for found in wrong] == [404, 404, 404, 405]
    client.force_login(other.page.owner)
    for step in ("/offer", "/offer/undo", "/offer/answer"):
        assert client.post(desk(pitch, step), sent).status_code == 404
    assert client.post(desk(other, "/offer/answer"), sent).status_code == 404
    assert client.get(desk(pitch, "/dates.ics")).status_code == 404
    assert Offer.objects.get().state == "open"


def test_the_steps_stand_in_the_thread(owner: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    owner.post(desk(pitch, "/offer/answer"), answer(offers.as_seen(pitch, by_owner=True), pitch, "agree"))
    found = [(entry.who, entry.what) for entry in owner.get(desk(pitch)).context["thread"]]
    assert found[:2] == [("Elif Kaya", "Proposed terms"), ("You", "Agreed on the terms")]


# ── the calendar file ────────────────────────────────────────────────────────
def entries(response: Any) -> dict[str, tuple[Any, int, str]]:
    """By the first word of its title: the day or moment, the number of its change, and whether it is gone."""
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert not [part for part in calendar.walk() if getattr(part, "errors", [])]
    return {
        str(event["SUMMARY"]).split()[0]: (event.start, int(event["SEQUENCE"]), str(event.get("STATUS", "")))
        for event in calendar.walk("VEVENT")
    }


def uids(response: Any) -> set[str]:
    return {str(event["UID"]) for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_dates_move_in_a_calendar_and_go(client: Client, owner: Client, pitch: Pitch) -> None:
    mine, theirs = desk(pitch, "/dates.ics"), status(pitch, "/dates.ics")
    assert entries(owner.get(mine)) == {"Follow": (date(2026, 3, 16), 0, "")}
    assert entries(client.get(theirs)) == {}
    names = uids(owner.get(mine))
    handoff = Handoff.objects.select_related("pitch__page").get()
    outcomes.not_yet(handoff, by=None)
    assert entries(owner.get(mine)) == {"Follow": (date(2026, 3, 9), 2, "")}
    offers.make(pitch, by_owner=False, by=None, deliverables="One post", day=date(2026, 4, 3))
    sent = answer(offers.as_seen(pitch, by_owner=True), pitch, "agree")
    owner.post(desk(pitch, "/offer/answer"), sent)
    agreed = (date(2026, 4, 3), 0, "")
    assert entries(client.get(theirs)) == {"Agreed": agreed}
    # On the agreed day the reminder is no second entry.
    assert entries(owner.get(mine)) == {"Follow": (date(2026, 4, 3), 4, "CANCELLED"), "Agreed": agreed}
    handoff.refresh_from_db()
    outcomes.note(handoff, "delivered", by=None)
    assert entries(owner.get(mine))["Follow"] == (date(2026, 4, 3), 7, "CANCELLED")
    outcomes.undo(handoff, by=None)
    assert entries(owner.get(mine))["Follow"][1] == 8
    assert names < uids(owner.get(mine))
    assert uids(client.get(theirs)) < uids(owner.get(mine))


def test_an_embargo_lifts_in_utc_and_goes_with_its_pitch(client: Client) -> None:
    found = PitchFactory(waiting=True, groups={"news": {"teaser": "Soon"}}, line="A\x01 line; with, all")
    lifts = datetime(2026, 3, 29, 8, tzinfo=UTC)
    Embargo.objects.create(pitch=found, lifts_at=lifts, zone="Europe/Lisbon", sealed=b"x")
    response = client.get(status(found, "/dates.ics"))
    assert b"DTSTART:20260329T080000Z" in response.content
    assert entries(response) == {"The": (lifts, 1, "")}
    client.post(status(found, "/withdraw"))
    assert entries(client.get(status(found, "/dates.ics")))["The"][1:] == (2, "CANCELLED")
    client.post(status(found, "/put-back"))
    assert entries(client.get(status(found, "/dates.ics")))["The"][1:] == (3, "")
    assert found.token.encode() not in response.content  # who passes the file on passes no key on


def agree(owner: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post; with, all", day=date(2026, 4, 3))
    owner.post(desk(pitch, "/offer/answer"), answer(offers.as_seen(pitch, by_owner=True), pitch, "agree"))


def test_the_mail_about_terms_brings_the_very_file(client: Client, owner: Client, pitch: Pitch) -> None:
    agree(owner, pitch)
    told = MessageFactory(kind="agreed", pitch=pitch, offer=Offer.objects.get())
    mail = message_from_bytes(render.build(told).message().as_bytes(), policy=default)
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", f"{pitch.code}.ics")
    file = client.get(status(pitch, "/dates.ics")).content
    assert Calendar.from_ical(part.get_content()).to_ical() == file
    assert file.count(b"DTSTART;VALUE=DATE:20260403\r\n") == file.count(b"METHOD:PUBLISH\r\n") == 1
    assert file.count(b"DTSTAMP:20260302T") == 1
    assert (b"VTIMEZONE" in file, pitch.token.encode() in file) == (False, False)


def test_terms_without_a_day_bring_no_file(owner: Client, pitch: Pitch) -> None:
    offers.make(pitch, by_owner=False, by=None, deliverables="One post")
    owner.post(desk(pitch, "/offer/answer"), answer(offers.as_seen(pitch, by_owner=True), pitch, "agree"))
    assert render.build(MessageFactory(kind="agreed", pitch=pitch, offer=Offer.objects.get())).attachments == []


def test_an_agreed_day_goes_with_its_yes_and_keeps_its_name(client: Client, owner: Client, pitch: Pitch) -> None:
    agree(owner, pitch)
    before = client.get(status(pitch, "/dates.ics"))
    Pitch.objects.filter(pk=pitch.pk).update(state="withdrawn")
    after = client.get(status(pitch, "/dates.ics"))
    assert (entries(before)["Agreed"], entries(after)["Agreed"]) == (
        (date(2026, 4, 3), 0, ""),
        (date(2026, 4, 3), 1, "CANCELLED"),
    )
    assert uids(before) == uids(after)


def test_a_day_that_moved_was_said_later(owner: Client, pitch: Pitch) -> None:
    def stamps() -> set[Any]:
        file = Calendar.from_ical(owner.get(desk(pitch, "/dates.ics")).content)
        return {event.stamp for event in file.walk("VEVENT")}

    assert stamps() == {pitch.handed_in_at}
    with clock.standing_at(MONDAY + timedelta(days=1)):
        outcomes.not_yet(Handoff.objects.select_related("pitch__page").get(), by=None)
    assert stamps() == {MONDAY + timedelta(days=1)}


def test_who_has_the_newest_file_is_told_so(owner: Client, pitch: Pitch) -> None:
    first = owner.get(desk(pitch, "/dates.ics"))
    again = owner.get(desk(pitch, "/dates.ics"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
