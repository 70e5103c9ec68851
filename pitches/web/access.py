"""Fetch, or answer 404. Every table that a view reads is reached through here, in the name of whoever asks."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches import colleagues, freshness, opening
from pitches.doors import deflecting
from pitches.models import (
    Agency,
    Answer,
    AnswerKind,
    Attachment,
    Door,
    DoorVersion,
    Event,
    Fact,
    Handoff,
    Introduction,
    Key,
    Mailbox,
    Message,
    MessageState,
    Page,
    Pitch,
    PitchState,
    Portrait,
    ReadingSession,
    Relationship,
    ReplyLink,
    Sender,
    Watch,
)
from pitches.models.pitch import ON_THE_LEDGE, PitchQuerySet
from pitches.models.reading import AnswerQuerySet
from portal import clock, domains, tokens
from portal.errors import Gone
from portal.models import User

KEYS_OVER = 50  # keys that work no longer, in a list
FILES_KEPT_BACK = (PitchState.QUARANTINE, PitchState.WITHDRAWN)  # a danger, and no longer there to be read


# ── everybody ────────────────────────────────────────────────────────────────
def public_page(handle: str) -> Page:
    """A page that strangers may see, in any spelling of its handle and by one that it moved away from. Raises Gone."""
    rows = Page.objects.select_related("portrait").defer("portrait__image")
    pages = freshness.with_stamp(rows.filter(published_at__isnull=False))
    page = pages.filter(handle=handle.lower()).first() or _moved(pages, handle.lower())
    if page is None:
        raise Http404
    if page.hidden_at:
        raise Gone
    return page


def _moved(pages: QuerySet[Page], handle: str) -> Page | None:
    """The page that had this handle less than a year ago."""
    return pages.filter(handles__handle=handle, handles__until__gt=clock.now()).first()


def find_page(handle: str) -> Page | None:
    """The same without the 404."""
    return Page.objects.public().filter(handle=handle).first()


def public_door(handle: str, slug: str) -> Door:
    """A door of a public page, open or not, unless it was taken down. Raises Gone."""
    doors = Door.objects.hung().select_related("page").filter(page__published_at__isnull=False, slug=slug.lower())
    door = doors.filter(page__handle=handle.lower()).first()
    if door is None:
        door = get_object_or_404(doors, page=public_page(handle))
    if door.page.hidden_at:
        raise Gone
    return door


def turns_of(page: Page, since: datetime) -> QuerySet[Event]:
    """When the doors on the street of a page opened and closed, the newest first."""
    turns = Event.objects.filter(page=page, what__in=(Fact.DOOR_OPENED, Fact.DOOR_CLOSED), at__gt=since)
    return turns.filter(door__taken_down_at=None).select_related("door").order_by("-pk")


def portrait(request: HttpRequest, handle: str, digest: str) -> Portrait:
    """A picture by its address. That of a page which is not up, or hidden, is there for its owner only."""
    rows = Portrait.objects.select_related("page").filter(page__handle=handle.lower())
    found = get_object_or_404(rows, digest=digest)
    if found.page.published_at is None or found.page.hidden_at:
        own = own_page(request)
        if own is None or own.pk != found.page_id:
            raise Http404
    return found


def doors_of(page: Page) -> list[Door]:
    """All doors on the street of a page, in the owner's order."""
    return list(page.doors.hung())


# ── who holds the link ───────────────────────────────────────────────────────
def pitch_by_token(token: str) -> Pitch:
    """The pitch of a secret link. The database only knows the digest of the token."""
    pitches = Pitch.objects.select_related("page", "door", "sender")
    pitch = get_object_or_404(pitches, token_hash=tokens.digest(token))
    pitch.door.page = pitch.page
    return pitch


def proven_pitch(token: str) -> Pitch:
    """The same, but only if it was handed in: what is not proven has no status."""
    pitch = pitch_by_token(token)
    if pitch.state == PitchState.UNPROVEN:
        raise Http404
    return pitch


def files_of(pitch: Pitch) -> list[Attachment]:
    """What lies with a pitch, without a byte of it."""
    return list(pitch.attachments.defer("content"))


def file_of(pitch: Pitch, key: str) -> Attachment:
    """One file of this very pitch; its bytes come when they are asked for."""
    return get_object_or_404(pitch.attachments.defer("content"), key=key)


def reply_link(token: str) -> ReplyLink:
    """The reply link of a secret address, at a page that is up. Whether it still works is another question."""
    found = ReplyLink.objects.select_related("door__page").filter(door__page__in=Page.objects.public())
    return get_object_or_404(found, token_hash=tokens.digest(token))


def mailbox(token: str) -> Mailbox:
    """The mailbox whose mail had this link in it."""
    return get_object_or_404(Mailbox, token_hash=tokens.digest(token))


def watch_by_token(token: str) -> Watch:
    """A watch by the secret part of its links."""
    watches = Watch.objects.select_related("door__page")
    return get_object_or_404(watches, token_hash=tokens.digest(token))


def key_by_token(token: str) -> Key:
    """The key of a secret link, at a page that is up. Whether it still opens is another question. Raises Gone."""
    found = Key.objects.select_related("door__page").filter(door__page__published_at__isnull=False)
    return _at_a_page_that_is_shown(get_object_or_404(found, token_hash=tokens.digest(token)))


def key_to(door: Door, token: str) -> Key | None:
    """The key to this very door that somebody came with."""
    return door.keys.filter(token_hash=tokens.digest(token)).first() if token else None


def reply_to(door: Door, token: str) -> ReplyLink | None:
    """The reply link of this very door that somebody came with, while it works."""
    found = door.reply_links.filter(token_hash=tokens.digest(token)).first() if token else None
    return found if found and deflecting.works(found) else None


def introduction(token: str) -> Introduction:
    """Somebody who said who they are, by the secret part of their page. Raises Gone."""
    found = Introduction.objects.select_related("door__page").filter(door__taken_down_at=None)
    found = found.filter(door__page__published_at__isnull=False)
    return _at_a_page_that_is_shown(get_object_or_404(found, token_hash=tokens.digest(token)))


Shown = TypeVar("Shown", Key, Introduction)


def _at_a_page_that_is_shown(found: Shown) -> Shown:
    if found.door.page.hidden_at:
        raise Gone
    return found


# ── the agency: whoever signs in is the sender of the mailboxes they have proven ──
def own_mailboxes(request: HttpRequest) -> list[str]:
    """The mailboxes that whoever is signed in has proven. Lists of what these may see are in colleagues.py."""
    if not request.user.is_authenticated:
        return []
    proven = EmailAddress.objects.filter(user=signed_in(request), verified=True)
    return sorted({domains.mailbox(email) for email in proven.values_list("email", flat=True)})


def own_people(request: HttpRequest) -> list[Sender]:
    """Whoever is signed in, as a sender: one for each mailbox that pages know."""
    boxes = own_mailboxes(request)
    return list(colleagues.own(boxes)) if boxes else []


def sent_pitches(request: HttpRequest, *, only_mine: bool = False) -> PitchQuerySet:
    """What was handed in by whoever is signed in, and by their colleagues."""
    return colleagues.sent(own_mailboxes(request), by_colleagues=not only_mine)


def sent_pitch(request: HttpRequest, code: str) -> Pitch:
    """A pitch of theirs or of a colleague. Of all others nobody knows here."""
    found = get_object_or_404(sent_pitches(request).select_related("page", "door", "sender"), code=code.upper())
    found.door.page = found.page
    return found


def own_watch(request: HttpRequest, name: str) -> Watch:
    """What they wait for, by its number as the form sent it."""
    rows = colleagues.watches(own_mailboxes(request))
    return get_object_or_404(rows, pk=name if name.isdecimal() and len(name) < 19 else 0)


# ── the owner ────────────────────────────────────────────────────────────────
def signed_in(request: HttpRequest) -> User:
    """Who is signed in; asked behind login_required."""
    assert isinstance(request.user, User)
    return request.user


def own_page(request: HttpRequest) -> Page | None:
    """The page of who is signed in; None before they have one."""
    return Page.objects.filter(owner=request.user).first() if request.user.is_authenticated else None


def own_pitch(request: HttpRequest, code: str) -> Pitch:
    """A pitch that was handed in at the owner's own page. Of an unproven one nobody knows."""
    pitches = Pitch.objects.for_desk().filter(page__owner=signed_in(request)).exclude(state=PitchState.UNPROVEN)
    return get_object_or_404(pitches, code=code.upper())


def own_file(request: HttpRequest, code: str, key: str) -> Attachment:
    """A file of a pitch at the owner's own page, unless it is kept back."""
    pitch = own_pitch(request, code)
    if pitch.state in FILES_KEPT_BACK:
        raise Http404
    return file_of(pitch, key)


def own_version(door: Door, name: str) -> DoorVersion:
    """A version of this door, by its number as the form sent it."""
    return get_object_or_404(door.versions, version=name if name.isdecimal() and len(name) < 9 else 0)


def own_answer(page: Page, pk: int) -> Answer:
    """An answer to a pitch of this page."""
    given = Answer.objects.select_related("pitch__page", "pitch__door", "door")
    return get_object_or_404(given, pk=pk, pitch__page=page)


def own_session(page: Page, pk: int) -> ReadingSession:
    """A sitting of this page."""
    return get_object_or_404(ReadingSession.objects.select_related("page"), pk=pk, page=page)


def answer_of(sitting: ReadingSession, name: str) -> Answer:
    """An answer that was given in this sitting, by its number as the form sent it."""
    try:
        number = int(name)
    except ValueError as error:  # also more digits than Python reads
        raise Http404 from error
    return get_object_or_404(sitting.answers.select_related("pitch__page", "pitch__door", "door"), pk=number)


def own_reply_link(page: Page, pk: int) -> ReplyLink:
    """A link that was made to answer a message."""
    return get_object_or_404(reply_links(page), pk=pk)


def own_agency(page: Page, pk: int) -> Agency:
    """An agency whose people handed in something at this page. Of all others nobody knows here."""
    return get_object_or_404(Agency, Exists(pitches_of(page).filter(sender__agency=OuterRef("pk"))), pk=pk)


def own_door(page: Page, slug: str) -> Door:
    """A door on the street of this page, open or shut."""
    door = get_object_or_404(page.doors.hung(), slug=slug.lower())
    door.page = page
    return door


def own_door_anywhere(page: Page, slug: str) -> Door:
    """A door of this page, also one that was taken down."""
    door = get_object_or_404(page.doors.all(), slug=slug.lower())
    door.page = page
    return door


def own_key(page: Page, pk: int) -> Key:
    """A key to a door of this page."""
    return get_object_or_404(Key.objects.select_related("door"), pk=pk, door__page=page, door__taken_down_at=None)


def own_handoff(page: Page, pk: int) -> Handoff:
    """What a yes of this page leads to."""
    return get_object_or_404(Handoff, pk=pk, pitch__page=page)


# ── lists for the owner ──────────────────────────────────────────────────────
def pitches_of(page: Page) -> PitchQuerySet:
    """All that was handed in at the page."""
    return Pitch.objects.filter(page=page).exclude(state=PitchState.UNPROVEN)


def with_replies(page: Page) -> PitchQuerySet:
    """The same, with `replied`: did the sender answer a question?"""
    return pitches_of(page).annotate(replied=Exists(Event.objects.filter(pitch=OuterRef("pk"), what=Fact.REPLIED)))


def reply_links(page: Page) -> QuerySet[ReplyLink]:
    """The links that were made to answer messages, the newest first."""
    return ReplyLink.objects.filter(door__page=page).select_related("door")


def people_of(agency: Agency, page: Page) -> QuerySet[Sender]:
    """The people of an agency who handed in something at this page."""
    here = pitches_of(page).filter(sender=OuterRef("pk"))
    return Sender.objects.filter(Exists(here), agency=agency).order_by("name", "pk")


def relationships_of(page: Page, people: Iterable[Sender]) -> QuerySet[Relationship]:
    """What a page thinks of these people of one agency, and of all of it, at every door; a plus-tag is nobody else."""
    found = list(people)
    own = Q(sender__canonical__in=[one.canonical for one in found])
    rows = Relationship.objects.filter(own | Q(agency__in={one.agency_id for one in found}), page=page)
    return rows.select_related("door", "sender")


def before(pitch: Pitch) -> PitchQuerySet:
    """What the same sender handed in at the page before this one."""
    return Pitch.objects.filter(page=pitch.page, sender=pitch.sender, handed_in_at__lt=pitch.handed_in_at)


def told_to(pitches: PitchQuerySet) -> AnswerQuerySet:
    """The answers to these pitches that went out, the oldest first."""
    sent = Answer.objects.filter(pitch__in=pitches, sent_at__isnull=False).exclude(kind=AnswerKind.LATER)
    return sent.select_related("pitch", "door").order_by("given_at", "pk")


def held_answers(page: Page) -> AnswerQuerySet:
    """The answers of a page that are still in the house."""
    return Answer.objects.held().filter(pitch__page=page)


def keys_of(door: Door) -> list[Key]:
    """The keys to a door, the newest first: all that work, and the last of those that do not."""
    good = list(door.keys.good())
    over = door.keys.exclude(pk__in=[key.pk for key in good])[:KEYS_OVER]
    found = sorted([*good, *over], key=lambda key: -key.pk)
    for key in found:
        key.door = door
    return found


def with_keys(keys: Iterable[Key]) -> PitchQuerySet:
    """The pitches that these keys let in, the oldest first."""
    return Pitch.objects.filter(key__in=list(keys)).exclude(state=PitchState.UNPROVEN).order_by("handed_in_at", "pk")


def failed_mails(page: Page) -> QuerySet[Message]:
    """Mails of a page that did not arrive, or may not have. Not a word of addresses that the owner was never given."""
    mails = Message.objects.filter(page=page, state__in=(MessageState.DEAD, MessageState.UNKNOWN))
    mails = mails.exclude(kind__in=("code", "watch_confirm", "door_open", "draft"))
    return mails.select_related("pitch", "key__door").order_by("-pk")


def counted_doors(page: Page) -> list[Door]:
    """Every door of a page, down ones too, with `waits`: what is on its ledge, and `taken`: places of this week."""
    monday, _sunday = opening.week_of(page, clock.now())
    came = opening.places_taken(monday).filter(door=OuterRef("pk")).order_by()
    doors = page.doors.order_by("position", "pk").annotate(  # a query that counts forgets the order
        waits=Count("pitches", filter=Q(pitches__state__in=ON_THE_LEDGE)),
        taken=Coalesce(Subquery(came.values("door").annotate(count=Count("pk")).values("count")), 0),
    )
    for door in doors:
        door.page = page
    return list(doors)


def versions_of(door: Door, most: int) -> list[DoorVersion]:
    """The latest versions of a door, the newest first, with who made them."""
    return list(door.versions.select_related("by").order_by("-version")[:most])


def open_handoffs(page: Page) -> QuerySet[Handoff]:
    """What the owner said yes to, and still says, whose next step is open."""
    rows = Handoff.objects.filter(pitch__page=page, pitch__state=PitchState.ACCEPTED, done_at=None)
    return rows.select_related("pitch__door", "pitch__sender")
