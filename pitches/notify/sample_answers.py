"""Sample answers, and what else is about one pitch: for the table of notify/sample_mails.py."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from pitches import lifecycle
from pitches.models import Fact
from pitches.notify.sample_world import World

About = dict[str, Any]


def yes(world: World, text: str = "", **more: Any) -> About:
    """A yes, usually without a word of the owner's."""
    pitch = world.accepted(text=text, **more).pitch
    return {"pitch": pitch, "answer": pitch.answers.get()}


def yes_in_words(world: World) -> About:
    """A yes with a line of the owner's, by somebody who helps."""
    return yes(world, _("I will look closer at the method."), said_by="Sam Ode")


def yes_with_questions(world: World) -> About:
    """A yes that asks for something more."""
    return yes(world, questions=[{"text": _("Where may it be sent to?"), "required": True}])


def no(world: World, reason: str = "not_now", **more: Any) -> About:
    """A no for a reason."""
    return world.answered("no", "declined", reason=reason, **more)


def no_in_words(world: World) -> About:
    """A no with a line of the owner's before the reason."""
    return no(world, text=_("I liked the method."))


def no_with_doors(world: World) -> About:
    """A no with a door that fits."""
    world.hang("events", _("Events and talks"))
    return no(world, "not_my_topic")


def no_of_own_words(world: World) -> About:
    """A no in nothing but a line, by somebody who helps."""
    return no(world, "own_line", text=_("A colleague writes about this next week."), said_by="Sam Ode")


def ask(world: World, **more: Any) -> About:
    """A question."""
    about = world.answered("ask", "asked", text=_("What does it cost them, and who says so?"), **more)
    about["pitch"].lapses_at = world.now + timedelta(days=7)
    return about


def wrong_door(world: World, **more: Any) -> About:
    """The right door."""
    return world.answered("wrong_door", "wrong_door", door=world.hang("events", _("Events and talks")), **more)


def wrong_door_in_words(world: World) -> About:
    """The right door, with a line of the owner's."""
    return wrong_door(world, text=_("Say there that you have a date."))


def wrong_door_again(world: World) -> About:
    """The right door, for a pitch that was moved before."""
    about = wrong_door(world)
    about["pitch"].moved_from = world.hang("data", _("Data"))
    return about


def receipt_without_an_hour(world: World) -> About:
    """A receipt of a page that nobody reads at set hours."""
    world.page.reading, world.page.next_hour_at = [], None
    return {"pitch": world.pitch(promised_for=None)}


def note(world: World, by: str = "") -> About:
    """A note after a yes."""
    pitch, words = world.accepted().pitch, _("Could you send the raw data? Friday is early enough.")
    event = lifecycle.record(Fact.WROTE, world.page, pitch, note=f"{by}\n{words}")
    return {"pitch": pitch, "dedupe": f"note:{event.pk}"}


def note_the_last(world: World) -> About:
    """A note to a sender who has used all of theirs."""
    about = note(world)
    for _number in range(3):
        lifecycle.record(Fact.NOTED, world.page, about["pitch"], note="-")
    return about
