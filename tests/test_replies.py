"""Ready words: the usual ones, the owner's, what is filled in, and what an answer keeps."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from pitches import replies, review
from pitches.models import Answer, AnswerKind, Fits, Page, Pitch, Reason, Reply
from pitches.notify import as_read, reasons, ways_on
from portal import clock
from tests.factories import AnswerFactory, DoorFactory, PageFactory, PitchFactory, ReplyFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
YES, ASK, NO = AnswerKind.YES, AnswerKind.ASK, AnswerKind.NO


@pytest.fixture(autouse=True)
def _monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def page() -> Page:
    return PageFactory()


@pytest.fixture
def pitch(page: Page) -> Pitch:
    return PitchFactory(waiting=True, door=DoorFactory(page=page))


def names(page: Page, kind: AnswerKind) -> list[str]:
    return [one.name for one in replies.ready_of(page)[kind]]


def given(pitch: Pitch, kind: AnswerKind, **more: object) -> Answer:
    return review.answer(pitch, kind, by=pitch.page.owner, **more)


# ── the table ────────────────────────────────────────────────────────────────
def test_the_starter_set_is_there_without_a_row(page: Page) -> None:
    found = replies.ready_of(page)
    assert [len(found[kind]) for kind in (YES, ASK, NO)] == [3, 4, 8]
    assert [one.name for one in found[NO] if one.keyed] == [
        "not_my_topic", "covered", "not_now", "no_proof", "advert", "not_for_readers", "no_reason",
    ]  # fmt: skip
    assert not any(one.own or one.changed or one.hidden for kind in found for one in found[kind])
    assert not Reply.objects.exists()


def test_every_reason_is_a_line_of_the_map() -> None:
    assert replies.TEXTS.keys() == set(Reason)
    for reason, one in replies.TEXTS.items():
        assert one.fits in Fits
        assert replies.fits(reason) is one.fits
        assert bool(one.again) == bool(one.hint) == (reason not in (Reason.NO_REASON, Reason.OWN_LINE))
    for one in replies.USUAL:
        assert not replies.problem(str(one.text), replies.known(one.kind, one.key if one.kind == NO else ""))


# ── what may stand in braces ─────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "kind", "reason", "sentence"),
    [
        ("Dear {name}, about {door}", YES, "", ""),
        ("By {date}", ASK, "", ""),
        ("From {date} on", NO, "not_now", ""),
        ("From {date} on", NO, "covered", "There is no date to fill in here. Only a question and “not now” have one."),
        ("{date}", YES, "", "There is no date to fill in here. Only a question and “not now” have one."),
        ("Dear {nmae}", YES, "", "Nothing can be filled in for {nmae}. You may write {name}, {door}."),
        ("Dear { name }", YES, "", "Nothing can be filled in for { name }. You may write {name}, {door}."),
        ("{}", YES, "", "Nothing can be filled in for {}. You may write {name}, {door}."),
        ("{name.owner}", YES, "", "Nothing can be filled in for {name.owner}. You may write {name}, {door}."),
        ("Dear {name", YES, "", "A brace stands alone. Close it, or write round brackets."),
        ("Dear name}", YES, "", "A brace stands alone. Close it, or write round brackets."),
        ("{\nname}", YES, "", "A brace stands alone. Close it, or write round brackets."),
        ("{{name}}", YES, "", "A brace stands alone. Close it, or write round brackets."),
        ("100 % %(date)s %s", YES, "", ""),
    ],
)
def test_braces_are_checked_in_words(text: str, kind: str, reason: str, sentence: str) -> None:
    assert replies.problem(text, replies.known(kind, reason)) == sentence


def test_each_place_is_filled_in_once_and_no_name_is_read_as_a_place(pitch: Pitch) -> None:
    pitch.name, pitch.door.name = "{door} %s", "{date}"
    text = "{name} | {door} | {date} | {name}"
    assert replies.filled(text, pitch, date(2026, 3, 20)) == "{door} %s | {date} | Friday 20 March | {door} %s"


# ── what an answer keeps ─────────────────────────────────────────────────────
def test_a_plain_yes_says_nothing_more(pitch: Pitch) -> None:
    kept = given(pitch, YES)
    assert (kept.words, kept.label, reasons.words(kept)) == ("", "", "")


def test_a_usual_yes_and_a_usual_question_are_written_down(page: Page) -> None:
    first, second = PitchFactory.create_batch(2, waiting=True, door=DoorFactory(page=page))
    yes, ask = given(first, YES, reply="write"), given(second, ASK, reply="data")
    assert yes.words.startswith("I will write about this.")
    assert yes.label == "I will write about it"
    assert (ask.text, ask.words, reasons.words(ask)) == ("", "May I see the raw data?", "May I see the raw data?")


def test_the_line_comes_before_the_ready_words(pitch: Pitch) -> None:
    kept = given(pitch, YES, reply="look", text="What a chart.")
    assert reasons.words(kept).startswith("What a chart.\n\nI want to look at this more closely.")


def test_usual_words_of_a_no_stay_unwritten_and_follow_the_language_of_the_moment(pitch: Pitch) -> None:
    kept = given(pitch, NO, reason="not_now")
    assert (kept.words, kept.again, kept.label, kept.fits) == ("", "", "", "")
    assert "from Sunday 31 May on" in reasons.words(kept)
    assert reasons.again(kept) == "Trying again makes sense, once that day has come."


def test_the_owners_words_for_a_reason_are_filled_in_and_stay(pitch: Pitch) -> None:
    page = pitch.page
    replies.keep(page, "not_now", label="Next year", text="Not before {date}, {name}.", again="See you on {date}.")
    kept = given(pitch, NO, reason="not_now", until=date(2026, 4, 10))
    replies.keep(page, "not_now", label="Never", text="Never.", again="No.")
    kept.refresh_from_db()
    assert reasons.words(kept) == "Not before Friday 10 April, Elif Kaya."
    assert reasons.again(kept) == "See you on Friday 10 April."
    assert (kept.label, kept.fits, replies.fits(kept.reason, kept.fits)) == ("Next year", "", Fits.BY_DATE)
    review.undo(kept, by=page.owner)
    pitch.refresh_from_db()
    assert reasons.words(given(pitch, NO, reason="not_now")) == "Never."
    kept.refresh_from_db()
    assert kept.words == "Not before Friday 10 April, Elif Kaya."


def test_an_own_no_is_an_own_line_with_a_map(pitch: Pitch) -> None:
    row = ReplyFactory(page=pitch.page, fits="open")
    kept = given(pitch, NO, reason="own_line", reply=str(row.pk))
    row.delete()
    kept.refresh_from_db()
    assert (
        reasons.words(kept)
        == "Dear Elif Kaya, for this I ask more than you offer. “Original research” says what it costs."
    )
    assert (reasons.again(kept), kept.label) == ("Come back with another budget.", "The budget is too small")
    assert (ways_on.may_try_again(kept), ways_on.after_no(kept).none) == (False, True)


@pytest.mark.parametrize("fits", ["", "here"])
def test_an_own_no_leads_back_to_the_same_door_unless_it_says_otherwise(pitch: Pitch, fits: str) -> None:
    row = ReplyFactory(page=pitch.page, fits=fits)
    assert ways_on.may_try_again(given(pitch, NO, reason="own_line", reply=str(row.pk)))


@pytest.mark.parametrize(
    ("kind", "reason", "reply"),
    [
        (YES, "", "cost"),
        (ASK, "", "look"),
        (NO, "own_line", "look"),
        (NO, "own_line", "covered"),  # a reason is not the owner's own
        (YES, "", "covered"),
        (YES, "", "own"),
        (YES, "", "foreign"),
        (YES, "", "nothing"),
        (ASK, "", "0"),
    ],
)
def test_forged_words_are_refused(pitch: Pitch, kind: AnswerKind, reason: str, reply: str) -> None:
    reply = {
        "own": str(ReplyFactory(page=pitch.page).pk),
        "foreign": str(ReplyFactory(kind="yes").pk),
    }.get(reply, reply)
    with pytest.raises(review.BadAnswer, match="This reply is gone"):
        given(pitch, kind, reason=reason, reply=reply)
    assert (Answer.objects.count(), Pitch.objects.get(pk=pitch.pk).state) == (0, "waiting")


def test_words_of_another_page_are_never_sent(pitch: Pitch) -> None:
    ReplyFactory(reason="covered", text="Of somebody else.")
    kept = given(pitch, NO, reason="covered")
    assert reasons.words(kept).startswith("I wrote about this recently")


def test_later_and_the_wrong_door_have_no_ready_words(pitch: Pitch) -> None:
    kept = given(pitch, AnswerKind.LATER, until=date(2026, 3, 20), reply="look")
    assert (kept.words, kept.label) == ("", "")


def test_a_fair_no_to_many_is_said_in_the_owners_words_and_costs_one_query_more(page: Page) -> None:
    replies.keep(page, "no_time", text="Too many letters, {name}.")
    PitchFactory.create_batch(3, waiting=True, door=DoorFactory(page=page))
    many = review.answer_many(page, page.pitches.all(), NO, by=page.owner, reason="no_time")
    assert {answer.words for answer in many.answers} == {"Too many letters, Elif Kaya."}


def test_words_of_600_characters_with_long_names_fit(pitch: Pitch) -> None:
    Pitch.objects.filter(pk=pitch.pk).update(name="N" * 80)
    pitch.refresh_from_db()
    row = ReplyFactory(page=pitch.page, kind="yes", text="{name} " * 85 + "12345")
    assert len(given(pitch, YES, reply=str(row.pk)).words) == 85 * 81 + 5


def test_a_date_is_written_in_the_owners_language(pitch: Pitch) -> None:
    replies.keep(pitch.page, "date", text="Is there a day before {date}?")
    with translation.override("de"):
        assert given(pitch, ASK, reply="date").words == "Is there a day before Wednesday 1 April?"


# ── keeping ──────────────────────────────────────────────────────────────────
def test_what_is_as_usual_is_kept_as_empty(page: Page) -> None:
    usual = replies.find(page, "covered")
    assert usual
    replies.keep(page, "covered", label=str(usual.label), text=str(usual.text), again="With a new year.")
    row = Reply.objects.get()
    assert (row.reason, row.label, row.text, row.again) == ("covered", "", "", "With a new year.")


def test_whoever_looked_at_older_words_is_told(page: Page) -> None:
    seen = replies.stamp(replies.find(page, "look"))
    replies.keep(page, "look", seen=seen, label="", text="First.")
    with pytest.raises(replies.Changed):
        replies.keep(page, "look", seen=seen, label="", text="Second.")
    assert Reply.objects.get().text == "First."


def test_the_order_is_the_owners(page: Page) -> None:
    own = replies.add(page, ASK, text="Who pays you?")
    assert names(page, ASK) == ["cost", "data", "who", "date", own.name]
    replies.move(page, own.name, by=-1)
    replies.move(page, "cost", by=-1)
    replies.move(page, "cost", by=1)
    assert names(page, ASK) == ["data", "cost", "who", own.name, "date"]
    assert replies.find(page, "cost").changed is False


def test_hidden_words_leave_the_sheets_and_come_back(page: Page) -> None:
    replies.hide(page, "covered", hidden=True)
    assert "covered" not in [one.name for one in replies.ready_of(page)[NO] if one.keyed]
    replies.hide(page, "covered", hidden=False)
    assert replies.find(page, "covered").keyed
    replies.hide(page, "no_time", hidden=True)
    assert not replies.find(page, "no_time").hidden


def test_the_usual_words_come_back_in_their_place(page: Page) -> None:
    replies.keep(page, "slot", label="Pay", text="Pay me.")
    replies.move(page, "slot", by=-1)
    was = replies.restore(page, "slot")
    now = replies.find(page, "slot")
    assert (was.text, now.changed, str(now.label)) == ("Pay me.", False, "Let us talk about a slot")
    assert names(page, YES) == ["look", "slot", "write"]
    assert replies.restore(page, replies.add(page, YES, label="Mine", text="Mine.").name) is None


def test_only_the_owners_own_can_be_removed(page: Page) -> None:
    own = replies.add(page, NO, label="Budget", text="Too small.")
    assert replies.remove(page, "covered") is None
    replies.keep(page, "covered", text="Done it.")
    assert replies.remove(page, "covered") is None
    assert replies.remove(page, own.name).text == "Too small."
    assert replies.remove(page, own.name) is None
    assert Reply.objects.count() == 1


def test_there_are_not_more_than_fit(page: Page) -> None:
    for number in range(replies.MOST):
        replies.add(page, YES, label=str(number), text="Yes.")
    with pytest.raises(replies.TooMany, match="12 of your own"):
        replies.add(page, YES, label="more", text="Yes.")
    replies.add(page, ASK, text="Why?")


def test_nothing_is_another_page_s(page: Page) -> None:
    row = ReplyFactory()
    name = str(row.pk)
    assert replies.find(page, name) is replies.keep(page, name, text="x") is replies.remove(page, name) is None
    assert replies.move(page, name, by=1) is replies.hide(page, name, hidden=True) is None
    row.refresh_from_db()
    assert (row.text[:4], row.hidden) == ("Dear", False)


@pytest.mark.parametrize("twice", [{"reason": "covered"}, {"kind": "yes", "usual": "look"}])
def test_one_row_for_each_of_the_usual_ones(page: Page, twice: dict[str, str]) -> None:
    ReplyFactory(page=page, **twice)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplyFactory(page=page, **twice)
    ReplyFactory(**twice)


def test_one_query_for_all_of_a_page(page: Page) -> None:
    for rows in (0, 3):
        ReplyFactory.create_batch(rows, page=page)
        with CaptureQueriesContext(connection) as asked:
            replies.ready_of(page)
        assert len(asked) == 1


# ── as it will be read ───────────────────────────────────────────────────────
def test_a_held_answer_is_shown_as_the_mail_that_will_go_out(page: Page) -> None:
    door = DoorFactory(page=page)
    answer = AnswerFactory(held=True, kind="no", reason="own_line", words="Dear <b>Elif</b>", again="Ask & see.",
                           text="I liked it.", pitch__declined=True, pitch__door=door)  # fmt: skip
    mail = as_read.mail_of(answer)
    assert mail.subject.startswith("Not this time: ")
    for words in ("I liked it.", "Dear <b>Elif</b>", "Ask & see."):
        assert words in mail.text
    assert "/p/…" in mail.text
    assert answer.pitch.token not in mail.text
    read = as_read.words_of(answer)
    assert (read.said, read.again) == ("I liked it.\n\nDear <b>Elif</b>", "Ask & see.")


def test_an_example_stores_nothing_and_names_the_doors_that_fit(page: Page) -> None:
    door, other = DoorFactory(page=page), DoorFactory(page=page, name="Fairs", asks=["paid"])
    DoorFactory(page=page, name="Shut", closed=True)
    fitting = {"not_my_topic": [other], "advert": [other], "covered": [], "not_now": [], "no_reason": []}
    for name, doors in fitting.items():
        found = as_read.example(page, door, replies.find(page, name))
        assert (found.ways_on.doors, found.told) == (doors, "declined"), name
        assert found.ways_on.none == (name == "no_reason")
        assert found.said.split(".")[0] in " ".join(found.mail.text.split())
    assert as_read.example(page, None, replies.find(page, "cost")).mail.subject == "Maya asks: What does it cost them?"
    assert Pitch.objects.count() == 0
