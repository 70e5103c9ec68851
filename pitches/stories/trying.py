"""Dry runs in stories: the verdict, that no table changed, and that the real pitch made next hears the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core import mail
from django.db import connection

from pitches import intake, trial
from pitches.forms import PitchForm
from pitches.forms.verdict import why_not
from pitches.models import Door, PitchState, Sender
from pitches.stories.report import Outcome
from portal import clock, domains

Facts = dict[str, Any]


def contents() -> dict[str, tuple[Any, ...]]:
    """How many rows each table has, and a digest of them; and how many mails were sent."""
    found: dict[str, tuple[Any, ...]] = {"mails": (len(mail.outbox),)}
    with connection.cursor() as cursor:
        for name in connection.introspection.django_table_names(only_existing=True):
            table = connection.ops.quote_name(name)
            digest = "md5(string_agg(row::text, '|' ORDER BY row::text))"
            cursor.execute(f"SELECT count(*), {digest} FROM {table} row")  # noqa: S608 (names of our own)
            found[name] = cursor.fetchone()
    return found


class Foretold:
    """What dry runs said, until the real pitch comes."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], tuple[datetime, Facts]] = {}

    def dry_run(
        self, step: Mapping[str, Any], door: Door, form: PitchForm, sender: Sender | None, ways: intake.Ways
    ) -> Outcome:
        """Ask, and look whether anything is different afterwards. `sender`: whoever is proven on the device."""
        before = contents()
        verdict = self._verdict(door, form, sender, ways)
        changed = sorted(name for name, now in contents().items() if now != before[name])
        facts = _facts(verdict, door) | ({} if form.is_valid() else {"errors": set(form.errors)})
        address = domains.mailbox(form["email"].value())
        if sender or not Sender.objects.filter(mailbox=address).exists():  # else it was a stranger's verdict
            self.said[step["sender"], step["door"]] = clock.now(), facts
        return Outcome(facts=facts, wrongs=[f"the dry run changed {name}" for name in changed])

    def _verdict(self, door: Door, form: PitchForm, sender: Sender | None, ways: intake.Ways) -> trial.Verdict:
        try:
            intake.check_open(door)
        except intake.Refused as said:
            return trial.refused(said)
        if not form.is_valid():
            return trial.Verdict("refused", why=why_not(form))
        return trial.dry_run(door, form.answers(), sender=sender, ways=ways)

    def differences(self, step: Mapping[str, Any], outcome: Outcome) -> list[str]:
        """Where the real pitch heard something else, at the same moment. Each verdict is compared once."""
        if step["do"] != "pitch":
            return []
        at, said = self.said.pop((step["sender"], step["door"]), (None, {}))
        if at != clock.now() or (outcome.pitch and outcome.pitch.state == PitchState.UNPROVEN):
            return []
        pitch = outcome.pitch
        real = _facts(trial.told(pitch), pitch.door) if pitch else outcome.facts
        names = said.keys() & real.keys()
        return [f"the dry run said {name} {said[name]}, not {real[name]}" for name in names if said[name] != real[name]]


def _facts(verdict: trial.Verdict, door: Door) -> Facts:
    facts: Facts = {"result": verdict.result}
    if verdict.why:
        return facts | {"why": verdict.why}
    day = str(door.page.local_date(verdict.promised)) if verdict.promised else None
    return facts | {"lane": verdict.lane, "promised": day, "lapses": verdict.lapses}
