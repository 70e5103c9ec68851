"""What is in a copy: one row for each file. It holds what the account itself may see, and nothing that opens a door."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from pitches import colleagues, embargo
from pitches.book import vouching
from pitches.copies.parts import AT_ONCE, Lines, Picture, Said, Table
from pitches.copies.whose import Whose
from pitches.models import (
    Agreement,
    Answer,
    AnswerKind,
    Assistant,
    Attachment,
    Contact,
    Door,
    DoorVersion,
    Embargo,
    Event,
    Evidence,
    Fact,
    Handle,
    Handoff,
    Key,
    Message,
    Note,
    Offer,
    Page,
    Pitch,
    PitchState,
    Plan,
    Portrait,
    Preference,
    ReadingSession,
    Relationship,
    Remark,
    Reply,
    ReplyLink,
    Revision,
    Rule,
    Spent,
    View,
    Vouch,
    Watch,
)
from portal import clock
from portal.models import User

# Of these the desk shows nothing: they are about addresses that nobody proved.
UNSHOWN = (Fact.CODE_ASKED, Fact.WATCH_ASKED, Fact.INTRODUCED, Fact.DRAFTED)

OF_OPERATORS = When(what=Fact.PAGE_CHANGED, note__in=("taken down", "put up again"), then=Value("operator"))


def _received(whose: Whose) -> QuerySet[Pitch]:
    """Of an unproven one nobody knows."""
    return Pitch.objects.filter(page=whose.page).exclude(state=PitchState.UNPROVEN)


def _of_received(model: type[Model], field: str = "pitch") -> Any:
    """Rows that hang on a pitch that was handed in."""
    rows: Any = model._default_manager  # noqa: SLF001
    where = f"{field}__state"
    return lambda whose: rows.filter(**{f"{field}__page": whose.page}).exclude(**{where: PitchState.UNPROVEN})


def _of_page(model: type[Model], field: str = "page") -> Any:
    """Rows that hang on the page."""
    rows: Any = model._default_manager  # noqa: SLF001
    return lambda whose: rows.filter(**{field: whose.page}) if whose.page else rows.none()


def _acted(rows: Any, *others: When, field: str = "by") -> Any:
    """With `who`: you, or somebody else at the desk. `others`: who else it may be."""

    def found(whose: Whose) -> QuerySet[Any]:
        who = Case(
            When(**{field: whose.user}, then=Value("you")),
            *others,
            When(**{f"{field}__isnull": False}, then=Value("somebody who helps")),
            default=Value(""),
        )
        return rows(whose).annotate(who=who)

    return found


def _events(whose: Whose) -> QuerySet[Event]:
    rows = Event.objects.filter(page=whose.page).exclude(what__in=UNSHOWN)
    return rows.exclude(pitch__state=PitchState.UNPROVEN) if whose.page else rows.none()


def _elsewhere(whose: Whose) -> QuerySet[Event]:
    return Event.objects.filter(by=whose.user).exclude(page__owner=whose.user)


def _offers(whose: Whose) -> QuerySet[Offer]:
    """What a sender proposes is theirs until it went out."""
    rows = Offer.objects.filter(pitch__page=whose.page) if whose.page else Offer.objects.none()
    return rows.filter(Q(by_owner=True) | Q(goes_out_at__lte=clock.now()))


def _vouches(whose: Whose) -> QuerySet[Vouch]:
    """As at the desk. Of a word that the page gave: whether it was believed; when and at which door stays there."""
    mine, rows = Q(to=whose.page), Vouch.objects.none()
    if whose.page:
        said = Q(pk__in=vouching.unanswered(whose.page).values("pk"))
        rows = Vouch.objects.filter(Q(page=whose.page) | said | mine & Q(taken_at__isnull=False), revoked_at=None)
    return rows.annotate(
        believed=ExpressionWrapper(Q(taken_at__isnull=False), output_field=BooleanField()),
        at_door=Case(When(mine, then=F("door__slug"))),
        believed_at=Case(When(mine, then=F("taken_at"))),
    )


def _sent(whose: Whose) -> QuerySet[Pitch]:
    """As their sender is told how they stand."""
    return colleagues.sent(whose.mailboxes, by_colleagues=False).as_told(clock.now())


def _answered(whose: Whose) -> QuerySet[Answer]:
    """What they were told: that something was put off is not."""
    sent = colleagues.sent(whose.mailboxes, by_colleagues=False)
    return Answer.objects.filter(pitch__in=sent, sent_at__isnull=False).exclude(kind=AnswerKind.LATER)


def _mails(whose: Whose) -> QuerySet[Message]:
    """Those that went out to a proven address. One that waits for its day says what nobody is to know yet."""
    addresses = EmailAddress.objects.filter(user=whose.user, verified=True).values(at=Upper("email"))
    return Message.objects.annotate(at=Upper("to")).filter(at__in=addresses, sent_at__isnull=False)


def _portrait(whose: Whose) -> bytes:
    found = Portrait.objects.filter(page=whose.page).first() if whose.page else None
    return bytes(found.image) if found else b""


class Seals(Lines):
    """What was sealed stands in it only where its owner may read it by now."""

    def said(self, whose: Whose, cursor: int) -> Iterator[Said]:
        """The moment, what was accepted, and the words if they are open."""
        rows = Embargo.objects.filter(pitch__in=_received(whose), pk__gt=cursor).select_related("pitch__page")
        for row in rows.order_by("pk")[:AT_ONCE]:
            opened = embargo.reveal(row.pitch, row)
            yield row.pk, [row.pitch.code, row.lifts_at, row.accepted_at, row.accepted_text, opened]


HANDED_IN = """code door=door__slug state lane standing line why link ask payer last_day detail language category
    name company email machine_for flags label tags handed_in_at promised_for lapses_at back_at told_until
    nudged_at withdrawn_at came_from opened_at version"""
WHOM = "email=sender__email domain=agency__domain"

ALL: tuple[Lines | Picture, ...] = (
    Lines(
        "account.jsonl",
        _("your account"),
        lambda whose: User.objects.filter(pk=whose.user.pk),
        "email name language timezone date_joined last_login",
    ),
    Lines(
        "addresses.jsonl",
        _("the addresses with which you sign in"),
        lambda whose: EmailAddress.objects.filter(user=whose.user),
        "email verified first=primary",
    ),
    Lines(
        "ways-in.jsonl",
        _("your passkeys and codes, without what makes them work"),
        lambda whose: Authenticator.objects.filter(user=whose.user),
        "kind=type created_at last_used_at",
    ),
    Lines(
        "sessions.jsonl",
        _("where you are signed in"),
        lambda whose: UserSession.objects.filter(user=whose.user),
        "ip browser=user_agent created_at last_seen_at",
    ),
    Lines("mails.jsonl", _("which mails went to you, and when; not their words"), _mails, "kind created_at sent_at"),
    Lines(
        "mails-wanted.jsonl",
        _("which mails you chose"),
        lambda whose: Preference.objects.filter(user=whose.user),
        "page=page__handle kind wanted",
    ),
    Lines(
        "page.jsonl",
        _("your page, with its hours"),
        lambda whose: Page.objects.filter(owner=whose.user),
        """handle name tagline headline intro house_rules paint timezone reading cards newcomer_share lapse_days
        promise_days tell_me_now digest sensitive quiet_from quiet_to holiday_from holiday_until hidden_at published_at
        created_at""",
    ),
    Picture("portrait.webp", _("your picture"), _portrait),
    Lines("handles.jsonl", _("the short addresses of your page"), _of_page(Handle), "handle until"),
    Lines(
        "doors.jsonl",
        _("your doors, also those that you took down"),
        _of_page(Door),
        """slug name blurb state opens_at until reason tiers places_per_week wants not_here may_ask asks questions topic
        floor_amount floor_currency takes_files position version taken_down_at""",
    ),
    Lines(
        "door-versions.jsonl",
        _("how each door stood before"),
        _acted(_of_page(DoorVersion, "door__page")),
        "door=door__slug version stood who at",
    ),
    Lines(
        "keys.jsonl",
        _("keys that you gave"),
        _of_page(Key, "door__page"),
        "door=door__slug note email most_uses uses expires_at withdrawn_at given_at",
    ),
    Lines(
        "reply-links.jsonl",
        _("links that you made to answer a message"),
        _of_page(ReplyLink, "door__page"),
        "door=door__slug who channel said_on made_at expires_at used_at",
    ),
    Lines(
        "rules.jsonl",
        _("your rules"),
        _of_page(Rule),
        "standing door=door__slug agency=agency__domain lane opens places",
    ),
    Lines(
        "after-a-yes.jsonl",
        _("what follows a yes"),
        _of_page(Plan),
        "standing helper=assistant__email brief next_step questions days webhook",
    ),
    Lines(
        "replies.jsonl",
        _("your ready words"),
        _of_page(Reply),
        "kind reason usual label text again fits position hidden",
    ),
    Lines(
        "views.jsonl",
        _("views of the inbox that you keep"),
        lambda whose: View.objects.filter(user=whose.user),
        "page=page__handle name query position",
    ),
    Lines(
        "helpers.jsonl",
        _("who helps you, or was asked to"),
        _of_page(Assistant),
        "name email role invited_at joined_at left_at",
    ),
    Table("pitches.csv", _("the pitches that you received, as a table"), _received, HANDED_IN),
    Lines("pitches.jsonl", _("the pitches that you received"), _received, f"{HANDED_IN} groups"),
    Lines(
        "answers.jsonl",
        _("what you answered"),
        _acted(_of_received(Answer)),
        """pitch=pitch__code kind reason text words again fits said_by door=door__slug until when_open who given_at
        goes_out_at sent_at undone_at""",
    ),
    Lines(
        "events.jsonl",
        _("what happened on your page, with the words of replies and notes"),
        _acted(_events, OF_OPERATORS),
        "pitch=pitch__code door=door__slug was what note who at",
    ),
    Lines(
        "changes.jsonl",
        _("what senders changed in their pitches"),
        _of_received(Revision),
        "pitch=pitch__code version kind was became at",
    ),
    Lines(
        "files.jsonl",
        _("which files came with pitches; they are at your desk"),
        _of_received(Attachment),
        "pitch=pitch__code name kind size at",
    ),
    Seals(
        "seals.jsonl",
        _("embargoes: their terms, and the words of those that you may read"),
        _received,
        "pitch lifts_at accepted_at accepted_text words",
    ),
    Lines(
        "remarks.jsonl",
        _("what your desk noted on pitches"),
        _acted(_of_received(Remark)),
        "pitch=pitch__code text by_name who at",
    ),
    Lines(
        "follow-ups.jsonl",
        _("what followed a yes"),
        _of_received(Handoff),
        """pitch=pitch__code standing follow_up_on done_at helper=assistant__email brief next_step questions given
        given_at due_on outcome""",
    ),
    Lines(
        "offers.jsonl",
        _("proposals of terms"),
        _offers,
        """pitch=pitch__code by_owner said_by amount currency day deliverables note made_at goes_out_at state
        settled_at""",
    ),
    Lines(
        "agreements.jsonl", _("terms that both agreed on"), _of_received(Agreement), "pitch=pitch__code text digest at"
    ),
    Lines(
        "standings.jsonl",
        _("how people stand with you"),
        _of_page(Relationship),
        f"{WHOM} door=door__slug rung by_hand blocked paused_until fades_at",
    ),
    Lines(
        "evidence.jsonl",
        _("what those standings rest on"),
        _acted(_of_page(Evidence)),
        f"{WHOM} door=door__slug kind standing until pitch=pitch__code note who at",
    ),
    Lines(
        "people.jsonl",
        _("your names and tags for people and agencies"),
        _of_page(Contact),
        f"{WHOM} name company tags same_as=same_as__sender__email",
    ),
    Lines(
        "people-notes.jsonl",
        _("your notes on them"),
        _acted(_of_page(Note, "contact__page")),
        "email=contact__sender__email domain=contact__agency__domain text who at",
    ),
    Lines(
        "vouches.jsonl",
        _("words for others, given and taken"),
        _vouches,
        f"{WHOM} page=page__handle to=to__handle words at believed taken_at=believed_at door=at_door",
    ),
    Lines(
        "reading.jsonl",
        _("when you read"),
        lambda whose: ReadingSession.objects.filter(by=whose.user),
        "page=page__handle began_at touched_at ended_at",
    ),
    Lines(
        "time-spent.jsonl",
        _("how long you had a pitch open, in seconds"),
        lambda whose: Spent.objects.filter(by=whose.user),
        "pitch=pitch__code seconds at",
    ),
    Lines(
        "helping.jsonl",
        _("where you help, or were asked to"),
        lambda whose: Assistant.objects.filter(mailbox__in=whose.mailboxes),
        "page=page__handle name email role invited_at joined_at left_at",
    ),
    Lines("done-elsewhere.jsonl", _("what you did at the desks of others"), _elsewhere, "page=page__handle what at"),
    Lines(
        "sent-pitches.jsonl",
        _("pitches that you sent to others"),
        _sent,
        """code page=page__handle door=door__slug told line why link ask payer last_day detail language groups name
        company email handed_in_at withdrawn_at version""",
    ),
    Lines(
        "sent-answers.jsonl",
        _("what was answered to them"),
        _answered,
        "pitch=pitch__code kind reason text words again said_by sent_at",
    ),
    Lines(
        "waiting-for.jsonl",
        _("doors that you wait for"),
        lambda whose: Watch.objects.filter(mailbox__in=whose.mailboxes),
        "page=door__page__handle door=door__slug asked_at confirmed_at",
    ),
)
NAMES = [noun.name for noun in ALL]


def called(name: str) -> Lines | Picture | None:
    """The noun of this name, or the first; none after the last."""
    return None if name == END else ALL[NAMES.index(name)] if name else ALL[0]


def after(name: str) -> str:
    """The name of the next noun."""
    return NAMES[NAMES.index(name) + 1] if name != NAMES[-1] else END


END = "."
