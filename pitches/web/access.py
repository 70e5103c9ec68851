"""Fetch, or answer 404. Every table that a view reads is reached through here, in the name of whoever asks."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from pitches.models import (
    Answer,
    AnswerKind,
    Door,
    Event,
    Fact,
    Handoff,
    Message,
    MessageState,
    Page,
    Pitch,
    PitchState,
    ReadingSession,
)
from pitches.models.pitch import PitchQuerySet
from pitches.models.reading import AnswerQuerySet
from portal import tokens
from portal.models import User


# ── everybody ────────────────────────────────────────────────────────────────
def public_page(handle: str) -> Page:
    """A page that strangers may see, in any spelling of its handle."""
    return get_object_or_404(Page.objects.public(), handle=handle.lower())


def find_page(handle: str) -> Page | None:
    """The same without the 404."""
    return Page.objects.public().filter(handle=handle).first()


def public_door(handle: str, slug: str) -> Door:
    """A door of a public page, open or not."""
    doors = Door.objects.select_related("page").filter(page__published_at__isnull=False)
    return get_object_or_404(doors, page__handle=handle.lower(), slug=slug.lower())


def doors_of(page: Page) -> list[Door]:
    """All doors of a page, in the owner's order."""
    return list(page.doors.all())


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


def own_answer(page: Page, pk: int) -> Answer:
    """An answer to a pitch of this page."""
    return get_object_or_404(Answer.objects.select_related("pitch__page", "pitch__door"), pk=pk, pitch__page=page)


def own_session(page: Page, pk: int) -> ReadingSession:
    """A sitting of this page."""
    return get_object_or_404(ReadingSession.objects.select_related("page"), pk=pk, page=page)


def answer_of(sitting: ReadingSession, name: str) -> Answer:
    """An answer that was given in this sitting, by its number as the form sent it."""
    try:
        number = int(name)
    except ValueError as error:  # also more digits than Python reads
        raise Http404 from error
    return get_object_or_404(sitting.answers.select_related("pitch__page", "pitch__door"), pk=number)


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


def before(pitch: Pitch) -> PitchQuerySet:
    """What the same sender handed in at the page before this one."""
    return Pitch.objects.filter(page=pitch.page, sender=pitch.sender, handed_in_at__lt=pitch.handed_in_at)


def told_to(pitches: PitchQuerySet) -> AnswerQuerySet:
    """The answers to these pitches that went out, the oldest first."""
    sent = Answer.objects.filter(pitch__in=pitches, sent_at__isnull=False).exclude(kind=AnswerKind.LATER)
    return sent.select_related("pitch").order_by("given_at", "pk")


def held_answers(page: Page) -> AnswerQuerySet:
    """The answers of a page that are still in the house."""
    return Answer.objects.held().filter(pitch__page=page)


def failed_mails(page: Page) -> QuerySet[Message]:
    """Mails of a page that did not arrive, or may not have. A code goes to an address that was only typed: no word."""
    mails = Message.objects.filter(page=page, state__in=(MessageState.DEAD, MessageState.UNKNOWN)).exclude(kind="code")
    return mails.select_related("pitch").order_by("-pk")


def open_handoffs(page: Page) -> QuerySet[Handoff]:
    """What the owner said yes to, and still says, whose next step is open."""
    rows = Handoff.objects.filter(pitch__page=page, pitch__state=PitchState.ACCEPTED, done_at=None)
    return rows.select_related("pitch__door", "pitch__sender")
