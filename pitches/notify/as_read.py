"""Answers before they go out, as they will be read: one that is held, and ready words with an example."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation

from pitches import opening, replies, review
from pitches.models import Answer, AnswerKind, Door, Fits, Message, Page, Pitch
from pitches.models.reading import ASK_AGAIN_AFTER
from pitches.notify import handoffs, preview, reasons, render, ways_on
from portal import clock, links

TOLD = {AnswerKind.YES: "accepted", AnswerKind.ASK: "asked", AnswerKind.NO: "declined"}


@dataclass(frozen=True)
class Mail:
    """A mail that was not sent."""

    subject: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        """The text without the line ends that fit it into a mail."""
        return [" ".join(part.split()) for part in self.text.split("\n\n")]


@dataclass(frozen=True)
class Words:
    """What an answer says, without what stands around it in a mail."""

    said: str
    again: str


def words_of(given: Answer) -> Words:
    """The words of an answer in the language of its reader. No query, if pitch and page are there."""
    with translation.override(replies.language_of(given.pitch)):
        return Words(reasons.words(given), reasons.again(given))


def mail_of(given: Answer) -> Mail:
    """The mail of an answer that is still in the house, in the language of its reader, as of this moment.

    But for the link: it is the sender's key, and the desk never has it.
    """
    pitch = given.pitch
    message = Message(kind=given.kind, to=pitch.email, page=pitch.page, pitch=pitch, answer=given)
    mail = render.build(message)
    return Mail(str(mail.subject), str(mail.body).replace(pitch.token, "…"))


@dataclass(frozen=True)
class Example:
    """Ready words as somebody will read them: on the page of their pitch, and in the mail."""

    pitch: Pitch
    answered: Answer
    told: str
    said: str
    again: str
    ways_on: ways_on.WaysOn
    mail: Mail


def example(page: Page, door: Door | None, ready: replies.Ready) -> Example:
    """With a pitch that was never handed in. Nothing is stored."""
    pitch, now = preview.example(page, door), clock.now()
    by = page.local_date(now) + (timedelta(days=30) if ready.kind == AnswerKind.ASK else ASK_AGAIN_AFTER)
    answer = Answer(pitch=pitch, kind=ready.kind, reason=ready.reason, until=by, given_at=now)
    return read(answer, ready)


def read(answer: Answer, ready: replies.Ready | None) -> Example:
    """An answer that is never stored, to a pitch that was never handed in; a yes, a question or a no."""
    pitch, page = answer.pitch, answer.pitch.page
    pitch.lapses_at = clock.now() + review.QUESTION_LIFE
    by = answer.until or page.local_date(pitch.lapses_at)
    if ready:
        said = replies.say(ready, pitch, by)
        answer.words, answer.again, answer.fits = said.words, said.again, said.fits
    ways = _ways(ready, pitch.door, by) if ready and ready.kind == AnswerKind.NO else ways_on.WaysOn()
    words, again = reasons.words(answer), reasons.again(answer)
    context = {
        "page": page,
        "pitch": pitch,
        "line": pitch.line,
        "answer": answer,
        "paragraphs": reasons.paragraphs(words),
        "again": again,
        "ways_on": ways,
        "handoff": handoffs.words_of(pitch, None),
        "status_link": links.absolute("/p/…"),
        "page_link": links.absolute(f"/@{page.handle}"),
        "site": urlsplit(settings.SITE_URL).netloc,
    }
    mail = Mail(*render.shown(answer.kind, context))
    return Example(pitch, answer, TOLD[AnswerKind(answer.kind)], words, again, ways, mail)


def _ways(ready: replies.Ready, door: Door, by: date | None) -> ways_on.WaysOn:
    """Where another try would belong for somebody to whom all open doors are open."""
    fits = replies.fits(ready.reason, ready.fits)
    if fits is Fits.HERE:
        return ways_on.WaysOn(here=True)
    if fits is Fits.BY_DATE and by:
        return ways_on.WaysOn(opens_at=datetime(by.year, by.month, by.day, tzinfo=door.page.zone))
    if fits is Fits.OPEN:
        return ways_on.WaysOn()
    doors = door.page.doors.hung()
    doors = doors.exclude(pk=door.pk) if fits is Fits.ELSEWHERE else doors.filter(asks__contains=["paid"])
    return ways_on.WaysOn(doors=[one for one in doors if opening.of(one).look in ("open", "until")])
