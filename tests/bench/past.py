"""A long past for `manage.py bench --rehearsal`: so many pitches in 85 days, read at five hours a week."""

import random
import time
from datetime import timedelta
from uuid import uuid4

from pitches import doors, ledge, rehearsal
from pitches.models import Answer, Event, Fact, Pitch, ReadingSession, Sender
from pitches.stories.theatre import throwaway_database
from portal import clock, tokens
from portal.models import User

GOAL = 10.0  # seconds
STANDINGS = {
    "stranger": ("first_knock", 70),
    "introduced": ("known", 10),
    "known": ("known", 15),
    "trusted": ("trusted", 5),
}


def bench(say, number):
    """Rehearse fewer cards and a tighter rule over so many pitches. The answer is what is wrong."""
    with throwaway_database():
        page = furnish(number)
        changed = rehearsal.Proposal(
            {"cards": page.cards // 2}, (rehearsal.RuleChange({"places": 1}, standing="known"),)
        )
        began = time.perf_counter()
        found = rehearsal.rehearse(page, changed)
        figures = found.figures(found.now)
        spent = time.perf_counter() - began
    off = sum(one.what != "date" for one in found.off)
    say(f"{number:,} pitches rehearsed in {spent:.1f} s (goal {GOAL:.0f} s)")
    say(f"  {found.came:,} came, {figures.read:,} read, {found.saved:,} saved, {off} not as they were")
    return [f"the rehearsal took {spent:.1f} s, goal {GOAL:.0f} s"] if spent > GOAL or off else []


def furnish(number):
    """The page with its past."""
    dice, now = random.Random(4), clock.now()
    hours = [f"{day} 09:00" for day in ("MON", "TUE", "WED", "THU", "FRI")]
    sessions = 85 * 5 // 7
    owner = User.objects.create_user("past@past.example", name="Maya Past")
    figures = {"cards": max(2, number // sessions), "promise_days": 90, "lapse_days": 90}
    page = doors.begin(owner, handle="past", name="Maya Past", **figures)
    doors.keep_hours(page, hours, "Europe/Lisbon")
    door = doors.hang(page, by=owner, slug="door", name="Original research", blurb="Numbers to check.")
    standings = dice.choices(list(STANDINGS), [weight for _lane, weight in STANDINGS.values()], k=number)
    senders = Sender.objects.bulk_create(
        Sender(email=f"p{place}@p{place}.example", mailbox=f"p{place}@p{place}.example") for place in range(number)
    )
    came = sorted(now - timedelta(days=85 * dice.random(), hours=1) for _place in range(number))
    pitches = Pitch.objects.bulk_create(
        _pitch(door, sender, standing, at) for sender, standing, at in zip(senders, standings, came, strict=True)
    )
    _happen(page, pitches, dice)
    return page


def _pitch(door, sender, standing, at):
    return Pitch(
        page=door.page, door=door, door_version=1, sender=sender, code=tokens.seed()[:12], token_hash=tokens.seed(),
        form_key=uuid4(), line="One of many", why="Readers like yours asked.", link="https://p.example",
        link_host="p.example", ask="write", payer="own", name="P", company="P", email=sender.email, state="waiting",
        lane=STANDINGS[standing][0], given_lane=STANDINGS[standing][0], standing=standing, written_at=at,
        handed_in_at=at, lapses_at=at + timedelta(days=90), told_until=at + timedelta(days=90),
    )  # fmt: skip


def _happen(page, pitches, dice):
    """Everybody arrives and is routed; at each hour the owner answers all cards."""
    moments = [(pitch.handed_in_at, 0, pitch) for pitch in pitches]
    first, last = pitches[0].handed_in_at, clock.now()
    moments += [(hour, 1, None) for hour in page.hours_from(first) if hour < last]
    waiting, events, answers, read = {}, [], [], []
    for at, _kind, pitch in sorted(moments, key=lambda row: row[:2]):
        if pitch:
            events += [_event(page, pitch, "unproven", "arrived", at), _event(page, pitch, "arrived", "waiting", at)]
            waiting[pitch.pk] = pitch
            continue
        session = ReadingSession(page=page, cards=_cards(page, waiting), began_at=at, touched_at=at, ended_at=at)
        session.save()
        events.append(_event(page, None, "", Fact.SAT_DOWN, at, note=str(session.pk)))
        for pk in session.cards:
            one = waiting.pop(pk)
            one.state = dice.choices(("accepted", "declined"), (1, 9))[0]
            kind = {"kind": "yes"} if one.state == "accepted" else {"kind": "no", "reason": "covered"}
            answers.append(Answer(pitch=one, session=session, was="waiting", given_at=at, sent_at=at, **kind))
            events += [_event(page, one, "waiting", one.state, at), _event(page, one, "", Fact.ANSWER_SENT, at)]
            read.append(one)
    Event.objects.bulk_create(events, batch_size=5000)
    Answer.objects.bulk_create(answers, batch_size=5000)
    Pitch.objects.bulk_update(read, ["state"], batch_size=2000)


def _cards(page, waiting):
    line = sorted(waiting.values(), key=lambda one: ledge.place(one.lane, one.standing, None, one.handed_in_at, one.pk))
    knocks = [one.pk for one in line if one.lane == "first_knock"]
    return ledge.dealt(page, [one.pk for one in line if one.lane != "first_knock"], knocks)


def _event(page, pitch, was, what, at, *, note=""):
    return Event(page=page, pitch=pitch, was=was, what=what, at=at, note=note, queue="soon", reacted_at=at)
