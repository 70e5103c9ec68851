"""A crowd: many pitches at once, with an owner who reads at every hour. Are the dates kept that the receipts named?"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, takewhile
from typing import Any
from uuid import uuid4

from pitches import intake, relationships, review
from pitches.forms import PitchForm
from pitches.models import AnswerKind, Door, Page, Pitch, PitchState, Reason, Sender, Standing
from pitches.stories import stage
from portal import clock


@dataclass
class Crowd:
    """What came of a crowd: dates named and kept, and who was turned away before a date was named."""

    named: list[int] = field(default_factory=list)
    kept: int = 0
    turned_away: list[datetime] = field(default_factory=list)
    taken: list[datetime] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """By the names that `expect` uses: the share of dates kept in percent, and whether the door turned."""
        shut = self.turned_away[0] if self.turned_away else None
        return {
            "kept": 100 * self.kept / len(self.named) if self.named else 0,
            "turned_away": len(self.turned_away) > 0,
            "reopened": bool(shut and any(moment > shut for moment in self.taken)),
            "lapsed": Pitch.objects.filter(pk__in=self.named, state=PitchState.LAPSED).count(),
        }


def come(door: Door, step: Mapping[str, Any]) -> Crowd:
    """`factor` times as many as the sessions have cards knock at a door, evenly over a time; before it, for `before`,
    0.8 times as many. `known_per_hour` of them between two hours have a standing, half of them trusted.

    The owner reads at each hour and answers every card. Afterwards nobody comes, and what waits is read.
    """
    page, dice, crowd = door.page, random.Random(str(step.get("seed", 1))), Crowd()  # noqa: S311 (the same each time)
    began = clock.now() + stage.duration(step["before"])
    end = began + stage.duration(step["for"])
    known = float(step["known_per_hour"]) / page.cards
    arrivals = [*_arrivals(page, (clock.now(), began), (0.8, known), dice)]
    arrivals += _arrivals(page, (began, end), (float(step["factor"]), known), dice)
    last = end + timedelta(days=page.lapse_days)
    reading = takewhile(lambda hour: hour < last, page.hours_from(clock.now()))
    for moment, standing in sorted([*arrivals, *((hour, "") for hour in reading)]):
        stage.travel(moment)
        if standing:
            _knock(door, Standing(standing), crowd, counts=moment >= began)
        else:
            _read(door, crowd)
    return crowd


def _arrivals(
    page: Page, time: tuple[datetime, datetime], factors: tuple[float, float], dice: random.Random
) -> Iterator[tuple[datetime, str]]:
    """Moments and standings, at random over the time. The factors are of the cards: of all, and with a standing."""
    start, end = time
    cards = page.cards * sum(1 for _ in takewhile(lambda hour: hour < end, page.hours_from(start)))
    everybody, known = (round(cards * factor) for factor in factors)
    for place in range(everybody):
        standing = Standing.STRANGER if place >= known else dice.choice((Standing.KNOWN, Standing.TRUSTED))
        yield start + (end - start) * dice.random(), standing


_numbers = count(1)


def _knock(door: Door, standing: Standing, crowd: Crowd, *, counts: bool) -> None:
    who = f"crowd{next(_numbers)}"
    door = Door.objects.select_related("page").get(pk=door.pk)
    sender = intake.sender_of(f"{who}@{who}.example", name=f"{who} of many", company=who)
    if standing != Standing.STRANGER:
        relationships.set_by_hand(door.page, sender, standing, by=door.page.owner)
    try:
        pitch = hand_in(door, sender)
        if counts:
            crowd.named.append(pitch.pk)
            crowd.taken.append(clock.now())
    except intake.Refused:
        crowd.turned_away.append(clock.now())
    stage.settle()


def hand_in(door: Door, sender: Sender) -> Pitch:
    """A usual pitch of somebody whose mailbox is proven, through the form and the rooms. Raises intake.Refused."""
    answers = {
        "line": f"One of many: {sender.name}",
        "why": "Readers like yours asked for this, and it has figures that they can check.",
        "link": f"https://{sender.company}.example/study",
        "ask": "write",
        "payer": "own",
        "form_key": str(uuid4()),
    }
    form = PitchForm(answers | {name: getattr(sender, name) for name in ("name", "company", "email")}, door=door)
    if not form.is_valid():
        message = f"The crowd cannot fill in the form: {form.errors.as_json()}"
        raise ValueError(message)
    pitch, _new = intake.write(door, form.answers(), form_key=form.key)
    return intake.hand_in(pitch, sender)


def _read(door: Door, crowd: Crowd) -> None:
    session = review.open_session(door.page, by=door.page.owner)
    for pitch in Pitch.objects.for_desk().filter(pk__in=session.cards):
        if pitch.pk in crowd.named and pitch.promised_for and clock.now() <= pitch.promised_for:
            crowd.kept += 1
        review.answer(pitch, by=door.page.owner, session=session, kind=AnswerKind.NO, reason=Reason.NO_REASON, text="")
    review.end_session(session)
    stage.settle()
