"""7: a question closes in a week. Once for each question, unless its sender wants no reminders of this pitch."""

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import pgettext

from pitches.models import AnswerKind, Event, Message, Pitch, PitchState
from pitches.notify import outbox, stop
from portal import clock

BEFORE = timedelta(days=7)


def reminder(event: Event) -> None:
    """7: to a question that went out. Its reminder waits in the outbox for its day."""
    pitch = event.pitch
    asked = pitch.answers.gone().first() if pitch else None
    if pitch is None or asked is None or asked.kind != AnswerKind.ASK or pitch.lapses_at is None:
        return
    day = pitch.lapses_at - BEFORE
    if day > clock.now():
        dedupe = f"reminder:{asked.pk}"
        outbox.put("reminder", pitch.email, dedupe=dedupe, pitch=pitch, answer=asked, queue="later", not_before=day)


def is_over(message: Message) -> bool:
    """Was it answered, asked anew or closed, or does its sender want no reminders?"""
    pitch, asked = message.pitch, message.answer
    if pitch is None or asked is None or not pitch.reminders or pitch.state != PitchState.ASKED:
        return True
    if pitch.lapses_at is None or pitch.lapses_at <= clock.now():
        return True
    return pitch.answers.filter(sent_at__isnull=False, pk__gt=asked.pk).exists()


def choose(pitch: Pitch, *, wanted: bool) -> None:
    """No reminders of this pitch from now on, or again. Doing it twice changes nothing."""
    Pitch.objects.filter(pk=pitch.pk).exclude(reminders=wanted).update(reminders=wanted)
    pitch.reminders = wanted


def words(message: Message) -> dict[str, Any]:
    """What the mail says besides what all mails about a pitch say."""
    pitch = message.pitch
    assert pitch is not None
    assert pitch.lapses_at is not None
    # Translators: Django date format letters, for a day such as "2 June" in the subject of a mail.
    closes_on = date_format(pitch.page.local_date(pitch.lapses_at), pgettext("date format", "j F"))
    return {"stop_link": stop.link_for(pitch), "closes_on": closes_on}
