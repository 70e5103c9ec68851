"""Many answers at one press, by eight people at once: each pitch gets one answer, and nobody waits for ever."""

import pytest

from pitches import review
from pitches.lifecycle import AlreadyMoved
from pitches.models import Answer, AnswerKind, Event, Pitch, Reason
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_pitch_is_answered_once_whoever_presses() -> None:
    """Forwards, backwards, and one at a time, all at once: no deadlock, no second answer, and undo is as exact."""
    page = PageFactory()
    pitches = PitchFactory.create_batch(12, door=DoorFactory(page=page), waiting=True)

    def answer(number: int) -> int:
        if number % 4 == 3:
            own = Pitch.objects.select_related("page", "door").get(pk=pitches[number].pk)
            try:
                return bool(review.answer(own, AnswerKind.YES, by=page.owner))
            except AlreadyMoved:
                return 0
        some = pitches if number % 2 else pitches[::-1]
        return len(review.answer_many(page, some, AnswerKind.NO, by=page.owner, reason=Reason.COVERED).answers)

    assert sum(race(answer)) == Answer.objects.count() == Event.objects.count() == 12
    batches = list(Answer.objects.filter(batch__isnull=False).values_list("batch", flat=True).distinct())

    def turn(number: int) -> int:
        if number == 0:
            return sum(review.let_go(one) for one in Answer.objects.held().order_by("-pk")[:3])
        if number % 2:
            return sum(review.undo_batch(page, batch, by=page.owner).back for batch in batches)
        return len(review.answer_many(page, pitches, AnswerKind.NO, by=page.owner, reason=Reason.ADVERT).answers)

    found = race(turn)
    assert all(isinstance(one, int) for one in found), found
    assert Answer.objects.filter(undone_at__isnull=False, sent_at__isnull=False).count() == 0
    answered = Answer.objects.filter(undone_at=None)
    assert answered.count() == answered.values("pitch").distinct().count() == 12 - Pitch.objects.waiting().count()
