"""Machines: a pitch that a machine wrote or sent names who answers for it. Until they are known, one in 30 days."""

from datetime import datetime

from pitches import opening
from pitches.intake.refusal import Refused
from pitches.models import Agency, Pitch, PitchState, Sender, Standing
from portal import clock

PLACES = 1  # in the window, for an agency however many machines and mailboxes it has


def check(pitch: Pitch, sender: Sender, standing: Standing, since: datetime) -> None:
    """The allowance of whoever stands behind a machine: their agency, or the person alone. Raises Refused.

    A declared machine of people whom the owner knows has the places of these people.
    """
    if not pitch.machine_for or standing not in opening.WEEKLY:
        return
    mine = Pitch.objects.filter(sender__canonical=sender.canonical)
    if sender.agency_id:
        # Two mailboxes of one agency wait for each other here.
        Agency.objects.select_for_update(no_key=True).get(pk=sender.agency_id)
        mine = Pitch.objects.filter(sender__agency=sender.agency_id)
    sent = mine.filter(page=pitch.page, handed_in_at__gt=since).exclude(machine_for="").exclude(pk=pitch.pk)
    sent = sent.exclude(state=PitchState.WITHDRAWN)
    latest = sent.order_by("-handed_in_at").values_list("handed_in_at", flat=True).first()
    if latest:
        raise Refused("machine", number=PLACES, until=latest + (clock.now() - since))
