"""One message of each kind, with words that try to be more than words."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

from pitches import claims, lifecycle, offers, relationships
from pitches.intake import drafting
from pitches.models import Fact, Handoff, Message, Offer, Page, Pitch, Plan, ProofWay, Standing, Stop
from pitches.notify import failing, hourly, outbox, proving
from portal import clock
from tests.factories import (
    AnswerFactory,
    AssistantFactory,
    DoorFactory,
    KeyFactory,
    MessageFactory,
    PageFactory,
    PitchFactory,
    ReportFactory,
    UserFactory,
    WatchFactory,
)
from tests.notify.samples_at_the_end import account_goes, account_goes_without_a_page, data_copy, lapsed_for_good
from tests.notify.samples_by_mail import draft_by_mail, ready_answer, ready_answer_to_nobody
from tests.notify.samples_of_ways_in import (
    account,
    account_exists,
    account_new_address,
    account_notice,
    account_unknown,
    address_changes,
    address_changes_added,
    address_changes_removed,
    codes_low,
    codes_low_none,
    sign_in,
    sign_in_changed,
    sign_in_unnamed,
)

LINE = "<b>Fish & chips</b>: why 1,200 people mute"
NASTY = {
    "line": LINE,
    "why": "MARK-WHY because <script>alert(1)</script>",
    "name": "MARK-NAME & <i>Sons</i>",
    "company": "MARK-COMPANY",
    "link": "https://mark-link.example/x",
    "detail": "MARK-DETAIL",
}


def _pitch(**fields: object) -> Pitch:
    return PitchFactory(**NASTY | fields)


def _told(kind: str, pitch: Pitch, **more: object) -> Message:
    return outbox.put(kind, pitch.email, dedupe=f"{kind}:{pitch.pk}", pitch=pitch, queue="soon", **more)


def code() -> Message:
    """Six digits to a mailbox that nobody proved."""
    return _told("code", _pitch(), secret={"code": "482915"})


def receipt() -> Message:
    """A pitch that waits for its hour."""
    return _told("receipt", _pitch(waiting=True))


def yes(standing: str = "stranger") -> Message:
    """A yes with a line of the owner's, after a handoff."""
    pitch = _pitch(accepted=True, standing=standing, label="ad")
    given = AnswerFactory(pitch=pitch, kind="yes", text="I will look closer & <soon>.")
    day = pitch.page.local_date(clock.now()) + timedelta(days=14)
    Handoff.objects.create(pitch=pitch, standing=standing, follow_up_on=day)
    return _told("yes", pitch, answer=given)


def yes_known() -> Message:
    """A yes to somebody known."""
    return yes("known")


def yes_trusted() -> Message:
    """A yes to somebody trusted."""
    return yes("trusted")


def no() -> Message:
    """A no with a reason and a personal line."""
    pitch = _pitch(declined=True)
    given = AnswerFactory(pitch=pitch, kind="no", reason="not_now", text="I liked the method.")
    return _told("no", pitch, answer=given)


def ask() -> Message:
    """A question of the owner's."""
    pitch = _pitch(asked=True)
    given = AnswerFactory(pitch=pitch, kind="ask", text="What does it cost them, and who says <so>?")
    return _told("ask", pitch, answer=given)


def wrong_door(**more: object) -> Message:
    """The right door, with a line of what the wrong one is for."""
    left = {"door__name": "Data & <b>charts</b>", "door__blurb": "Data that readers can check."}
    pitch = _pitch(wrong_door=True, **left | more)
    right = DoorFactory(page=pitch.page, name="Events & <b>talks</b>")
    given = AnswerFactory(pitch=pitch, kind="wrong_door", door=right)
    return _told("wrong_door", pitch, answer=given)


def wrong_door_twice() -> Message:
    """The same for a pitch that was moved before."""
    message = wrong_door()
    assert message.pitch is not None
    message.pitch.moved_from = DoorFactory(page=message.pitch.page)
    message.pitch.save()
    return message


def no_with_doors() -> Message:
    """A no that names the doors that fit."""
    pitch = _pitch(declined=True)
    DoorFactory(page=pitch.page, name="Events & <b>talks</b>")
    DoorFactory(page=pitch.page, name="Closed today", closed=True)
    given = AnswerFactory(pitch=pitch, kind="no", reason="not_my_topic")
    return _told("no", pitch, answer=given)


def lapsed() -> Message:
    """Nobody answered in time."""
    return _told("lapsed", _pitch(lapsed=True))


def withdrawn() -> Message:
    """Its sender took it back a moment ago."""
    return _told("withdrawn", _pitch(withdrawn=True, withdrawn_at=clock.now()))


def _waiting_page() -> Page:
    page = PageFactory()
    for standing, count in (("trusted", 3), ("known", 4), ("stranger", 9)):
        for number in range(count):
            line = f"{standing} {number}: <b>one & two</b>"
            PitchFactory(door__page=page, waiting=True, standing=standing, line=line)
    return page


def digest() -> Message:
    """An hour begins."""
    return _hourly("digest", _waiting_page())


def _hourly(kind: str, page: Page, until: date | None = None, **more: object) -> Message:
    """A mail of the hour to the owner, or with `assistant` to whoever helps."""
    helper = more.get("assistant")
    user = UserFactory(email=helper.email) if helper else page.owner
    dedupe = f"{kind}:{page.pk}:{user.pk}:{until or page.local_date(clock.now())}"
    return outbox.put(kind, user.email, dedupe=dedupe, user=user, page=page, queue="later", **more)


def digest_to_who_helps() -> Message:
    """The same to somebody who reads along, with an answer to a question."""
    page = _waiting_page()
    _replied(page)
    return _hourly("digest", page, assistant=AssistantFactory(page=page, role="reader"))


def digest_after_an_outage() -> Message:
    """An hour that was missed begins late."""
    return _hourly("digest", _waiting_page(), secret=hourly.LATE)


def _proposed(page: Page) -> None:
    """A sender proposes terms after a yes."""
    pitch = _pitch(door__page=page, accepted=True)
    made = {"made_at": clock.now(), "goes_out_at": clock.now()}
    Handoff.objects.create(pitch=pitch, standing="known", follow_up_on=page.local_date(clock.now()))
    Offer.objects.create(pitch=pitch, by_owner=False, deliverables="Two posts", **made)


def digest_with_terms() -> Message:
    """Pitches wait, and so do terms."""
    page = _waiting_page()
    _proposed(page)
    return _hourly("digest", page)


def digest_of_terms_alone(*, helped: bool = False, **more: object) -> Message:
    """No pitch waits, and a sender waits for an answer about terms."""
    page = PageFactory()
    _proposed(page)
    more |= {"assistant": AssistantFactory(page=page, role="reader")} if helped else {}
    return _hourly("digest", page, **more)


def _replied(page: Page, count: int = 1) -> None:
    for _number in range(count):
        pitch = _pitch(door__page=page, waiting=True)
        lifecycle.record(Fact.REPLIED, page, pitch, note="MARK-REPLY")


def answers_came() -> Message:
    """Two questions were answered."""
    page = PageFactory()
    _replied(page, 2)
    return _hourly("answers_came", page)


def answers_came_to_who_helps() -> Message:
    """The same to somebody who reads along."""
    page = PageFactory()
    _replied(page)
    return _hourly("answers_came", page, assistant=AssistantFactory(page=page, role="reader"))


def door_closes(*days: int) -> Message:
    """A door that is open until tomorrow, or until other days."""
    page, now = PageFactory(), clock.now()
    for number in days or (1,):
        name = f"AI & <b>tools</b> {number}"
        DoorFactory(page=page, state="until", until=now + timedelta(days=number), name=name)
    return _hourly("door_closes", page, page.local_date(now) + timedelta(days=max(days or (1,))))


def door_closes_later() -> Message:
    """One that closes before the next hour, some days from now."""
    return door_closes(4)


def doors_close() -> Message:
    """Two of them."""
    return door_closes(2, 3)


def undelivered(count: int = 2) -> Message:
    """Answers that came back."""
    page, now = PageFactory(), clock.now()
    for _number in range(count):
        MessageFactory(kind="no", pitch=_pitch(door__page=page, declined=True), state="dead", told_at=now)
    return _hourly("undelivered", page)


def lapsing(*days: int) -> Message:
    """Pitches lapse on one day, or on several."""
    page, now = PageFactory(), clock.now()
    for number in days or (2,):
        PitchFactory.create_batch(number, door__page=page, waiting=True, lapses_at=now + timedelta(days=number))
    return _hourly("lapsing", page, page.local_date(now) + timedelta(days=max(days or (2,))))


def lapsing_on_two_days() -> Message:
    """The same on two days."""
    return lapsing(2, 3)


def month() -> Message:
    """The numbers of a month."""
    return _hourly("month", _waiting_page())


def month_to_who_helps() -> Message:
    """The same to somebody who reads along."""
    page = _waiting_page()
    return _hourly("month", page, assistant=AssistantFactory(page=page, role="reader"))


def holiday(ahead: int = 0, **more: object) -> Message:
    """The owner is away."""
    page = PageFactory(**more)
    first = page.local_date(clock.now()) + timedelta(days=ahead)
    page.holiday_from, page.holiday_until = first, first + timedelta(days=12)
    page.save(update_fields=["holiday_from", "holiday_until"])
    dedupe = f"holiday:{page.pk}:{page.holiday_from}:{page.holiday_until}"
    return outbox.put("holiday", page.owner.email, dedupe=dedupe, page=page, queue="soon")


def holiday_ahead() -> Message:
    """The owner will be away, and has no reading hour."""
    return holiday(20, reading=[])


def tell_now() -> Message:
    """Somebody trusted, whose last useful day is today."""
    page = PageFactory(tell_me_now=True)
    pitch = _pitch(door__page=page, waiting=True, standing="trusted", last_day=page.local_date(clock.now()))
    relationships.set_by_hand(page, pitch.sender, Standing.TRUSTED, by=None)
    to = {"pitch": pitch, "queue": "now"}
    return outbox.put("tell_now", page.owner.email, dedupe=f"tell_now:{pitch.pk}", **to)


def page_up() -> Message:
    """A page went up."""
    page = PageFactory()
    return outbox.put("page_up", page.owner.email, dedupe=f"page_up:{page.pk}", page=page, queue="soon")


def watch_confirm() -> Message:
    """Somebody typed an address at a shut door."""
    watch = WatchFactory(door__name="AI & <b>tools</b>", door__blurb="MARK-BLURB", door__page__name="MARK-PAGE")
    to = {"page": watch.door.page, "watch": watch, "queue": "codes"}
    return outbox.put("watch_confirm", watch.email, dedupe=f"watch_confirm:{watch.pk}", **to)


def door_open(**door: object) -> Message:
    """A door opened, and somebody waited for it."""
    watch = WatchFactory(waiting=True, door=DoorFactory(**{"name": "AI & <b>tools</b>"} | door))
    to = {"page": watch.door.page, "watch": watch, "queue": "later"}
    return outbox.put("door_open", watch.email, dedupe=f"door_open:{watch.pk}", **to)


def door_open_until() -> Message:
    """A door that is open for a while, with places."""
    return door_open(until_soon=True, places_per_week=3)


def invitation(uses: int = 1) -> Message:
    """A key for a mailbox that may be anybody's. Of the owner's words only the handle."""
    marks = {"blurb": "MARK-BLURB", "reason": "MARK-REASON", "wants": ["MARK-WANTS"]}
    key = KeyFactory(door__name="Guests & <b>friends</b>", note="MARK-NOTE", email="kim@mosaic.example", most_uses=uses)
    type(key.door).objects.filter(pk=key.door_id).update(**marks)
    to = {"page": key.door.page, "key": key, "queue": "soon"}
    return outbox.put("invitation", key.email, dedupe=f"invitation:{key.pk}", **to)


def invitation_for_three() -> Message:
    """A key that lets in three pitches."""
    return invitation(3)


def reminder() -> Message:
    """A question that closes in a week."""
    pitch = _pitch(asked=True, lapses_at=clock.now() + timedelta(days=7))
    given = AnswerFactory(pitch=pitch, kind="ask", text="What does it cost them, and who says <so>?")
    return _told("reminder", pitch, answer=given)


def note(said_by: str = "") -> Message:
    """A note of the owner's after a yes, in two paragraphs."""
    pitch = _pitch(accepted=True)
    AnswerFactory(pitch=pitch)
    words = f"{said_by}\nCould you send the <raw> data & the questionnaire?\n\nFriday is early enough."
    event = lifecycle.record(Fact.WROTE, pitch.page, pitch, note=words)
    return outbox.put("note", pitch.email, dedupe=f"note:{event.pk}", pitch=pitch, queue="soon")


def note_of_a_helper() -> Message:
    """The same by somebody who helps, to a sender whose own notes are used."""
    message = note("Sam Ode")
    for _number in range(3):
        lifecycle.record(Fact.NOTED, message.page, message.pitch, note="Noted")
    return message


def webhook_fails() -> Message:
    """A webhook that was not reached five times in a row."""
    page = PageFactory()
    since = clock.now() - timedelta(hours=3)
    hook = {"webhook": "https://hooks.page.example/MARK-SECRET", "failures": 5, "failing_since": since}
    plan = Plan.objects.create(page=page, standing="known", **hook)
    lifecycle.record(Fact.HOOK_FAILS, page, note=str(plan.pk))
    failing.webhook_fails(lifecycle.record(Fact.HOUR_BEGAN, page))
    return Message.objects.get(kind="webhook_fails", page=page)


def alarm() -> Message:
    """Too much mail comes back; to whoever runs this site."""
    secret = {"what": str(Stop.BOUNCES)}
    return outbox.put("alarm", "ops@site.example", dedupe="alarm:one", queue="codes", secret=secret)


def alarm_report() -> Message:
    """Somebody reported a page with the longest handle there is."""
    page = PageFactory(handle="mark-page-with-a-handle-of-30x")
    ReportFactory(page=page)
    secret = {"what": "report", "handle": page.handle}
    return outbox.put("alarm", "ops@site.example", dedupe="alarm:two", queue="codes", secret=secret)


def draft() -> Message:
    """Somebody typed an address at a form that is half filled in."""
    door = DoorFactory(name="MARK-DOOR", page__handle="maya-draft", page__name="MARK-PAGE")
    typed = drafting.Typed({"line": "MARK-LINE", "name": "MARK-NAME", "email": "elif@mosaic.example"})
    found = drafting.keep(door, typed, email="elif@mosaic.example", form_key=uuid4())
    return outbox.put("draft", found.email, dedupe=f"draft:{found.pk}", page=door.page, draft=found, queue="soon")


def find() -> Message:
    """Somebody who handed in a pitch asks for the list."""
    pitch = _pitch(waiting=True)
    return outbox.put("find", pitch.sender.email, dedupe=f"find:{pitch.pk}", queue="codes")


def domain_code() -> Message:
    """Somebody wants to show that they speak for a domain."""
    sender = _pitch(waiting=True).sender
    proof = claims.ask(sender, ProofWay.MAIL, role="postmaster")
    proving.put(proof)
    return Message.objects.get(proof=proof)


def assist_invite() -> Message:
    """Somebody whose address an owner typed. Of the owner's words only the handle."""
    helper = AssistantFactory(asked=True, name="MARK-NAME", page__name="MARK-PAGE")
    to = {"page": helper.page, "assistant": helper, "queue": "soon"}
    return outbox.put("assist_invite", helper.email, dedupe=f"assist_invite:{helper.pk}", **to)


def assist_invite_to_the_desk() -> Message:
    """The same, with a seat at the desk."""
    message = assist_invite()
    assert message.assistant is not None
    message.assistant.role = "assistant"
    message.assistant.save()
    return message


def assistant_joined(role: str = "reader") -> Message:
    """Somebody agreed, and may sit at the desk; to the owner, who typed the name."""
    helper = AssistantFactory(name="Sam <b>Ode</b>", role=role)
    to = {"page": helper.page, "assistant": helper, "queue": "soon"}
    return outbox.put("assistant_joined", helper.page.owner.email, dedupe=f"assistant_joined:{helper.pk}", **to)


def assistant_joined_to_sort() -> Message:
    """The same for somebody who may sort."""
    return assistant_joined("screener")


def assistant_joined_to_answer() -> Message:
    """The same for somebody who may answer."""
    return assistant_joined("assistant")


def handoff(kind: str = "handoff", standing: str = "known", given: tuple[str, ...] = ()) -> Message:
    """A yes that somebody takes for the owner, with one more thing to give and one that may be given."""
    pitch = _pitch(accepted=True, standing=standing, label="ad")
    helper = AssistantFactory(page=pitch.page)
    asked = [{"text": "Where <to>?", "required": True}, {"text": "Which size?", "required": False}]
    day = pitch.page.local_date(clock.now()) + timedelta(days=7)
    own = {"assistant": helper, "questions": asked, "given": list(given), "next_step": "Send it by {date} & wait."}
    Handoff.objects.create(pitch=pitch, standing=standing, follow_up_on=day, **own)
    to = {"pitch": pitch, "assistant": helper, "queue": "soon"}
    return outbox.put(kind, helper.email, dedupe=f"{kind}:{pitch.pk}", **to)


def handoff_trusted() -> Message:
    """The same of somebody trusted, who may be answered."""
    return handoff(standing="trusted")


def supplied() -> Message:
    """What was needed has come, on two lines."""
    return handoff("supplied", given=("12 Quay Street\nLisbon <PT>", ""))


def yes_with_questions() -> Message:
    """A yes that asks for something more, in the owner's own words."""
    message = yes("known")
    asked = [{"text": "Where <to>?", "required": True}, {"text": "Which size?", "required": False}]
    own = {"brief": "Welcome {name}, at {door}.", "next_step": "By {date}, or at {hour}.", "questions": asked}
    Handoff.objects.filter(pitch=message.pitch).update(**own)
    return message


def _offer(*, by_owner: bool, **more: object) -> Offer:
    """Terms with words that try to be more than words."""
    pitch = _pitch(accepted=True)
    AnswerFactory(pitch=pitch)
    said = {"deliverables": "One <b>post</b> & a story", "amount": 1500, "currency": "GBP", "day": date(2031, 4, 3)}
    made = clock.now() - timedelta(minutes=20)
    said |= {"made_at": made, "goes_out_at": made + timedelta(minutes=10)}
    return Offer.objects.create(pitch=pitch, by_owner=by_owner, note="Say <who> pays.", **said | more)


def offer() -> Message:
    """The owner proposes terms."""
    found = _offer(by_owner=True)
    return _told("offer", found.pitch, offer=found)


def offer_the_last() -> Message:
    """The same, after the sender has made their own."""
    found = _offer(by_owner=True)
    same = {"made_at": found.made_at, "goes_out_at": found.made_at, "deliverables": "Two posts"}
    Offer.objects.create(pitch=found.pitch, by_owner=False, state="countered", **same)
    return _told("offer", found.pitch, offer=found)


def agreed(**more: object) -> Message:
    """Terms that both agreed on."""
    found = _offer(by_owner=False, **more)
    offers.agree(found, by_owner=True, by=None, seen=offers.digest(offers.terms(found.pitch, found)))
    found.refresh_from_db()
    return _told("agreed", found.pitch, offer=found)


def agreed_without_a_day() -> Message:
    """The same without a day and without money."""
    return agreed(day=None, amount=None, currency="")


def declined_offer() -> Message:
    """The owner declined what the sender proposed."""
    found = _offer(by_owner=False, state="declined")
    return _told("declined_offer", found.pitch, offer=found)


def book_exported(what: str = "book.json") -> Message:
    """Somebody took the people of a page out."""
    page = PageFactory(name="MARK-PAGE")
    to = {"page": page, "queue": "soon", "secret": {"what": what, "people": 12}}
    return outbox.put("book_exported", page.owner.email, dedupe=f"book_exported:{page.pk}", **to)


def book_exported_as_a_table() -> Message:
    """The same as a table."""
    return book_exported("export.csv")


_ALL = (
    *(digest_with_terms, digest_of_terms_alone),
    *(digest_to_who_helps, digest_after_an_outage, answers_came, answers_came_to_who_helps),
    *(door_closes, door_closes_later, doors_close, undelivered, lapsing, lapsing_on_two_days),
    *(month, month_to_who_helps, holiday, holiday_ahead),
    *(book_exported, book_exported_as_a_table, data_copy),
    *(account_goes, account_goes_without_a_page, lapsed_for_good),
    *(offer, offer_the_last, agreed, agreed_without_a_day, declined_offer),
    *(assist_invite, assist_invite_to_the_desk),
    *(assistant_joined, assistant_joined_to_sort, assistant_joined_to_answer),
    *(handoff, handoff_trusted, supplied, yes_with_questions),
    *(draft, draft_by_mail, find, domain_code),
    *(ready_answer, ready_answer_to_nobody),
    *(wrong_door, wrong_door_twice, no_with_doors),
    *(code, receipt, yes, yes_known, yes_trusted, no, ask, lapsed, withdrawn, digest, tell_now, page_up),
    *(watch_confirm, door_open, door_open_until),
    *(invitation, invitation_for_three),
    *(account, account_unknown, account_exists, account_notice, account_new_address),
    *(sign_in, sign_in_unnamed, sign_in_changed),
    *(codes_low, codes_low_none, address_changes, address_changes_added, address_changes_removed),
    *(reminder, note, note_of_a_helper, webhook_fails, alarm, alarm_report),
)
SAMPLES: dict[str, Callable[[], Message]] = {sample.__name__: sample for sample in _ALL}
