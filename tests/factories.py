"""One factory for each noun. A page is published, with two reading hours; a door is open; a pitch is unproven.

Pitches take traits for the other states: PitchFactory(waiting=True), with sender__email="..." or standing="trusted".
"""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import factory
from factory.builder import DeclarationSet
from factory.django import DjangoModelFactory

from pitches import models
from portal import clock, domains, tokens
from portal.models import User

LANES = {"trusted": "trusted", "known": "known", "introduced": "known"}
# Each trait that is off raises inside of factory_boy, which catches it; to write out why took half of a pitch's time.
DeclarationSet.__repr__ = object.__repr__


class UserFactory(DjangoModelFactory):
    """Somebody who signs in."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"owner{n}@page.example")
    name = "Maya Lind"


class PageFactory(DjangoModelFactory):
    """A published page that is read on Tuesdays and Fridays at nine, Lisbon time, and today at any hour."""

    class Meta:
        model = models.Page
        skip_postgeneration_save = True

    owner = factory.SubFactory(UserFactory)
    handle = factory.Sequence(lambda n: f"maya{n}")
    name = "Maya Lind"
    tagline = "The Long Funnel, every Thursday"
    house_rules = factory.LazyFunction(lambda: ["Say who pays."])
    timezone = "Europe/Lisbon"
    reading = factory.LazyFunction(lambda: ["TUE 09:00", "FRI 09:00"])
    published_at = factory.LazyFunction(clock.now)
    read_anyway_on = factory.LazyAttribute(lambda page: clock.now().astimezone(ZoneInfo(page.timezone)).date())

    @factory.post_generation
    def planned(self, create: bool, extracted: object, **kwargs: object) -> None:
        """The next reading hour, as doors.keep_hours() plans it."""
        if create and self.next_hour_at is None:
            self.next_hour_at = self.next_hour(clock.now())
            self.save(update_fields=["next_hour_at"])

    class Params:
        unpublished = factory.Trait(published_at=None)
        by_the_hour = factory.Trait(read_anyway_on=None)


class DoorFactory(DjangoModelFactory):
    """An open door for original research, without extra questions."""

    class Meta:
        model = models.Door

    page = factory.SubFactory(PageFactory)
    slug = factory.Sequence(lambda n: f"research{n}")
    name = "Original research"
    blurb = "Numbers my readers can check."
    wants = factory.LazyFunction(lambda: ["Data my readers can download"])
    not_here = factory.LazyFunction(lambda: ["Surveys of under 100 people"])
    position = factory.Sequence(int)
    state = "open"
    announced = factory.LazyAttribute(lambda door: door.state in ("open", "until"))

    class Params:
        closed = factory.Trait(state="closed", reason="My readers asked for a rest.")
        invited = factory.Trait(state="invited", tiers=["known", "trusted"])
        until_soon = factory.Trait(state="until", until=factory.LazyFunction(lambda: clock.now() + timedelta(days=30)))
        paid = factory.Trait(asks=["paid"], may_ask=["write", "slot"])


class KeyFactory(DjangoModelFactory):
    """A key that lets in one pitch within a month."""

    class Meta:
        model = models.Key

    door = factory.SubFactory(DoorFactory, invited=True)
    seed = factory.LazyFunction(tokens.seed)
    token_hash = factory.LazyAttribute(lambda key: tokens.digest(tokens.link_token("key", key.seed)))
    given_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))


class IntroductionFactory(DjangoModelFactory):
    """Somebody who typed an address at a door by invitation."""

    class Meta:
        model = models.Introduction

    door = factory.SubFactory(DoorFactory, invited=True)
    email = "elif@mosaic.example"
    seed = factory.LazyFunction(tokens.seed)
    token_hash = factory.LazyAttribute(lambda one: tokens.digest(tokens.link_token("introduction", one.seed)))
    at = factory.LazyFunction(clock.now)


class RuleFactory(DjangoModelFactory):
    """Whoever comes to a door waits in the second lane."""

    class Meta:
        model = models.Rule

    page = factory.SubFactory(PageFactory)
    lane = "known"


class ReplyFactory(DjangoModelFactory):
    """A no of the owner's own."""

    class Meta:
        model = models.Reply

    page = factory.SubFactory(PageFactory)
    kind = "no"
    label = "The budget is too small"
    text = "Dear {name}, for this I ask more than you offer. “{door}” says what it costs."
    again = "Come back with another budget."
    position = 20


class AgencyFactory(DjangoModelFactory):
    """An organisation with a domain of its own."""

    class Meta:
        model = models.Agency
        django_get_or_create = ("domain",)

    domain = factory.Sequence(lambda n: f"agency{n}.example")
    name = "Mosaic Research"


class SenderFactory(DjangoModelFactory):
    """Somebody with a proven mailbox."""

    class Meta:
        model = models.Sender

    email = factory.Sequence(lambda n: f"elif@agency{n}.example")
    mailbox = factory.LazyAttribute(lambda sender: sender.email.lower())
    canonical = factory.LazyAttribute(lambda sender: domains.canonical(sender.email))
    name = "Elif Kaya"
    company = "Mosaic Research"
    agency = factory.SubFactory(
        AgencyFactory, domain=factory.LazyAttribute(lambda o: o.factory_parent.email.partition("@")[2])
    )
    proven_at = factory.LazyFunction(clock.now)


class DeviceFactory(DjangoModelFactory):
    """A browser that proved a mailbox; `token` is what its cookie holds."""

    class Meta:
        model = models.Device

    sender = factory.SubFactory(SenderFactory)
    token_hash = factory.LazyAttribute(lambda device: tokens.digest(device.token))
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=90))

    class Params:
        token = "a-device-of-ours".ljust(43, "x")


def _in_state(state: str, **more: object) -> factory.Trait:
    return factory.Trait(proven=True, state=state, **more)


class PitchFactory(DjangoModelFactory):
    """A pitch that waits for its code; traits bring it further."""

    class Meta:
        model = models.Pitch

    door = factory.SubFactory(DoorFactory)
    page = factory.SelfAttribute("door.page")
    door_version = factory.SelfAttribute("door.version")
    seed = factory.LazyFunction(tokens.seed)
    token_hash = factory.LazyAttribute(lambda pitch: tokens.digest(tokens.link_token("pitch", pitch.seed)))
    code = factory.Sequence(lambda n: f"MAYA-{n:04d}")
    form_key = factory.LazyFunction(uuid4)
    line = factory.Sequence(lambda n: f"Survey {n}: why people mute brands")
    why = "The question your readers ask most, put to 1,200 people in four countries."
    link = "https://mosaic.example/mute"
    link_host = "mosaic.example"
    ask = "write"
    payer = "client"
    name = factory.LazyAttribute(lambda pitch: pitch.sender.name if pitch.sender else "Elif Kaya")
    company = factory.LazyAttribute(lambda pitch: pitch.sender.company if pitch.sender else "Mosaic Research")
    email = factory.LazyAttribute(lambda pitch: pitch.sender.email if pitch.sender else "elif@mosaic.example")
    sender = None
    written_at = factory.LazyFunction(clock.now)

    class Params:
        unproven = factory.Trait()
        proven = factory.Trait(
            sender=factory.SubFactory(SenderFactory),
            standing="stranger",
            lane=factory.LazyAttribute(lambda pitch: LANES.get(pitch.standing, "first_knock")),
            given_lane=factory.LazyAttribute(lambda pitch: LANES.get(pitch.standing, "first_knock")),
            handed_in_at=factory.LazyFunction(clock.now),
            promised_for=factory.LazyAttribute(lambda pitch: pitch.page.next_hour(pitch.handed_in_at)),
            lapses_at=factory.LazyAttribute(lambda pitch: pitch.handed_in_at + timedelta(days=pitch.page.lapse_days)),
        )
        arrived = _in_state("arrived", lane="")
        waiting = _in_state("waiting")
        held = _in_state("held", lane="held")
        quarantine = _in_state("quarantine", lane="quarantine", suspect=True)
        asked = _in_state("asked")
        later = _in_state("later", back_at=factory.LazyFunction(lambda: clock.now() + timedelta(days=14)))
        accepted = _in_state("accepted")
        declined = _in_state("declined")
        wrong_door = _in_state("wrong_door")
        withdrawn = _in_state("withdrawn")
        lapsed = _in_state("lapsed")


class AnswerFactory(DjangoModelFactory):
    """An answer that went out; `held=True` for one that is still in the house."""

    class Meta:
        model = models.Answer

    pitch = factory.SubFactory(PitchFactory, accepted=True)
    kind = "yes"
    was = "waiting"
    given_at = factory.LazyFunction(clock.now)
    sent_at = factory.LazyFunction(clock.now)

    class Params:
        held = factory.Trait(sent_at=None)
        no = factory.Trait(kind="no", reason="covered", pitch=factory.SubFactory(PitchFactory, declined=True))
        ask = factory.Trait(
            kind="ask", text="What does it cost them?", pitch=factory.SubFactory(PitchFactory, asked=True)
        )


class ReadingSessionFactory(DjangoModelFactory):
    """A sitting of reading that is open now."""

    class Meta:
        model = models.ReadingSession

    page = factory.SubFactory(PageFactory)
    by = factory.SelfAttribute("page.owner")
    began_at = factory.LazyFunction(clock.now)
    touched_at = factory.LazyFunction(clock.now)


class WatchFactory(DjangoModelFactory):
    """Somebody who asked to be told when a door opens; `waiting=True` if they confirmed it."""

    class Meta:
        model = models.Watch

    door = factory.SubFactory(DoorFactory, closed=True)
    email = factory.Sequence(lambda n: f"Watcher{n}@waits.example")
    mailbox = factory.LazyAttribute(lambda watch: watch.email.lower())
    seed = factory.LazyFunction(tokens.seed)
    token_hash = factory.LazyAttribute(lambda watch: tokens.digest(tokens.link_token("watch", watch.seed)))
    asked_at = factory.LazyFunction(clock.now)

    class Params:
        waiting = factory.Trait(confirmed_at=factory.LazyFunction(clock.now))


class HandoffFactory(DjangoModelFactory):
    """What follows a yes."""

    class Meta:
        model = models.Handoff

    pitch = factory.SubFactory(PitchFactory, accepted=True)
    standing = factory.SelfAttribute("pitch.standing")
    follow_up_on = factory.LazyFunction(lambda: clock.now().date() + timedelta(days=14))


class AssistantFactory(DjangoModelFactory):
    """Somebody who agreed to help; `asked=True` if they did not yet."""

    class Meta:
        model = models.Assistant

    page = factory.SubFactory(PageFactory)
    name = "Sam Ode"
    email = factory.Sequence(lambda n: f"sam{n}@helps.example")
    mailbox = factory.LazyAttribute(lambda one: one.email.lower())
    seed = factory.LazyFunction(tokens.seed)
    token_hash = factory.LazyAttribute(lambda one: tokens.digest(tokens.link_token("assist", one.seed)))
    invited_at = factory.LazyFunction(clock.now)
    joined_at = factory.LazyFunction(clock.now)

    class Params:
        asked = factory.Trait(joined_at=None)


class CallFactory(DjangoModelFactory):
    """A webhook that is to be told of a yes."""

    class Meta:
        model = models.Call

    pitch = factory.SubFactory(PitchFactory, accepted=True)
    page = factory.SelfAttribute("pitch.page")
    event = "pitch.accepted"
    url = "https://hooks.example/halfdoor"
    seed = factory.LazyFunction(tokens.seed)
    dedupe = factory.Sequence(lambda n: f"msg_{n}")
    queue = "later"
    next_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)


class MessageFactory(DjangoModelFactory):
    """A mail that waits in the outbox."""

    class Meta:
        model = models.Message

    kind = "receipt"
    pitch = factory.SubFactory(PitchFactory, waiting=True)
    page = factory.SelfAttribute("pitch.page")
    to = factory.SelfAttribute("pitch.email")
    dedupe = factory.Sequence(lambda n: f"receipt:{n}")
    queue = "later"
    next_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)


class ReportFactory(DjangoModelFactory):
    """Somebody says that a page is not who it says."""

    class Meta:
        model = models.Report

    page = factory.SubFactory(PageFactory)
    handle = factory.LazyAttribute(lambda report: report.page.handle)
    form_key = factory.LazyFunction(uuid4)
    kind = "impersonation"
    words = "It pretends to be me."
    email = "somebody@mosaic.example"
    at = factory.LazyFunction(clock.now)


class VouchFactory(DjangoModelFactory):
    """A word of one owner to another that waits for an answer."""

    class Meta:
        model = models.Vouch

    page = factory.SubFactory(PageFactory)
    to = factory.SubFactory(PageFactory)
    sender = factory.SubFactory(SenderFactory)
    words = "Knows the data on AI in Europe."
    by = factory.SelfAttribute("page.owner")
    at = factory.LazyFunction(clock.now)
