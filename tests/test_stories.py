"""Every story of tests/stories holds, a wrong one is found out, and a misspelt one is not played."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pitches import rehearsal
from pitches.stories import script, stage
from pitches.stories.player import Player
from portal import clock

STORIES = sorted(Path(__file__).parent.glob("stories/*.yaml"))
WEEK = Path(__file__).parent / "stories" / "first-week.yaml"
UNDO = WEEK.with_name("undo.yaml")


def play(path):
    story = script.read(path)
    with clock.standing_at(stage.moment(story["clock"])):
        player = Player(story)
        lines = [str(line) for line in player.play()]
        return lines + list(played_again(player.page))


def played_again(page):
    """With the rules of that time, every story comes out once more as it was: the whole of it, and its last days."""
    for window in (rehearsal.WINDOW, timedelta(days=9)):
        for one in rehearsal.rehearse(page, rehearsal.Proposal(), window=window).off:
            yield f"WRONG the rehearsal of {window.days} days: {one}"


def changed(tmp_path, old, new, story=UNDO):
    text = story.read_text()
    assert old in text
    path = tmp_path / "story.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


# A race needs several connections, so its rows have to be there for all of them.
RACES = [path for path in STORIES if "do: race" in path.read_text()]


LONG = [pytest.param(path, marks=pytest.mark.long) for path in STORIES if "do: crowd" in path.read_text()]
OTHERS = [path for path in STORIES if path not in RACES and "do: crowd" not in path.read_text()]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*LONG, *OTHERS], ids=lambda path: path.stem)
def test_the_story_holds(path):
    holds(path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", RACES, ids=lambda path: path.stem)
def test_the_story_with_a_race_holds(path):
    holds(path)


def holds(path):
    lines = play(path)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) >= len(script.read(path)["steps"])


# what is changed in a true story, and how the report says so
LIES = {
    "a state": ("state: accepted", "state: declined", "state expected declined got accepted"),
    "a count of mails": ("mails: {elif: 2, owner: 0}", "mails: {elif: 3, owner: 0}", "mails expected"),
    "a lane": ("lane: first_knock", "lane: trusted", "lane expected trusted got first_knock"),
    "a flag": ("flags: []", "flags: [urgency]", "flags expected"),
    "a promise": ('promised: "2026-03-03"', 'promised: "2026-03-04"', "promised expected 2026-03-04 got 2026-03-03"),
    "a refusal": ("result: refused, why: answered", "result: accepted, why: answered", "result expected accepted"),
    "a reason": ("why: answered", "why: places", "why expected places got answered"),
    "a standing": ("elif: {research: known}", "elif: {research: trusted}", "standing expected"),
    "a handoff": ("handoff: {P1: stranger}", "handoff: {P1: known}", "handoff expected"),
    "the cards": ("cards: [P1]", "cards: []", "cards expected [] got ['P1']"),
    "a final state": ("states: {P1: accepted}", "states: {P1: waiting}", "expected {'P1': 'waiting'}"),
    "a final count": ("pitches: 1", "pitches: 2", "expected 2 got 1"),
    "the moment": ("after: 1s    ", "after: 0s    ", "state expected accepted got waiting"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "said"), LIES.values(), ids=LIES.keys())
def test_a_lie_is_found_out(tmp_path, old, new, said):
    wrong = [line for line in play(changed(tmp_path, old, new)) if line.startswith("WRONG")]
    assert wrong != []
    assert said in "\n".join(wrong)


MISSPELT = {
    "a step's key": ("    id: P1", "    idd: P1", "unknown key 'idd'"),
    "a step": ("do: session", "do: seance", "unknown step 'seance'"),
    "an expectation": ("lane: first_knock", "lain: first_knock", "unknown key 'lain'"),
    "an answer": ("{line: Why", "{lyne: Why", "unknown key 'lyne'"),
    "the page": ("page: {handle", "page: {handel: x, handle", "unknown key 'handel'"),
    "a door": ("slug: research, name", "slugg: x, slug: research, name", "unknown key 'slugg'"),
    "the story": ("final:", "finale:", "unknown key 'finale'"),
    "the version": ("version: 1", "version: 2", "this reads version 1"),
    "what is needed": ("senders:", "steps_:", "unknown key 'steps_'"),
}


@pytest.mark.parametrize(("old", "new", "said"), MISSPELT.values(), ids=MISSPELT.keys())
def test_what_is_not_known_is_an_error_with_its_line(tmp_path, old, new, said):
    path = changed(tmp_path, old, new)
    with pytest.raises(script.BadStory) as refusal:
        script.read(path)
    number = int(re.match(r"line (\d+): ", str(refusal.value))[1])
    word = re.search(r"\w+", new.split("{")[-1]).group()
    assert said in str(refusal.value)
    assert word in "".join(path.read_text().splitlines()[number - 1 : number + 1])


@pytest.mark.parametrize("text", ["", "- a list", "version: [1", "version: 1"])
def test_what_is_no_story_is_refused_in_words(tmp_path, text):
    path = tmp_path / "story.yaml"
    path.write_text(text)
    with pytest.raises(script.BadStory, match=r"^line \d+: "):
        script.read(path)


def test_a_story_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(script.BadStory, match="cannot be read"):
        script.read(tmp_path / "nowhere.yaml")


@pytest.mark.django_db
def test_play_says_ok_for_each_step_and_ends_well():
    out = StringIO()
    call_command("play", str(UNDO), "--keep", stdout=out)
    assert {line.split()[0] for line in out.getvalue().splitlines()} == {"ok"}


@pytest.mark.django_db
def test_play_ends_with_one_when_something_is_wrong(tmp_path):
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 wrong$") as ended:
        call_command("play", str(changed(tmp_path, "pitches: 1", "pitches: 2")), "--keep", stdout=out)
    assert ended.value.returncode == 1
    assert "WRONG  final pitches: expected 2 got 1" in out.getvalue()


def test_the_program_itself_exits_with_one_when_something_is_wrong(tmp_path):
    """The whole way once: a process, a database of its own, an exit code."""
    words = [sys.executable, "manage.py", "play", str(changed(tmp_path, "pitches: 1", "pitches: 2"))]
    done = subprocess.run(words, cwd=WEEK.parents[2], capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, done.stdout.count("ok "), done.stdout.count("WRONG")) == (1, 8, 1)
