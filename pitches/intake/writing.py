"""Writing: what was typed is stored, still unproven. One form key is one pitch, however often it comes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from pitches import disclosure, embargo, lifecycle
from pitches.intake import trying_again
from pitches.intake.admission import check_open, check_there
from pitches.intake.proof import ask_code, recognise, say_code_is_asked
from pitches.models import Came, Door, Key, Page, Pitch, PitchState, ReplyLink
from portal import clock, links, tokens

Mine = Callable[[Pitch], bool]


class NotMine(Exception):
    """The key of a form under which somebody else wrote."""


@dataclass(frozen=True)
class Ways:
    """What somebody came with: the token of a key, of a reply link, the kind of link, the token of an earlier pitch."""

    key: str = ""
    reply: str = ""
    came_from: str = ""
    again: str = ""


def write(
    door: Door,
    answers: dict[str, Any],
    *,
    form_key: UUID,
    device: str = "",
    browser: str = "",
    proven: bool = False,
    ways: Ways | None = None,
    mine: Mine = lambda _pitch: True,
) -> tuple[Pitch, bool]:
    """Store what was typed, still unproven. The same form key again gives the same pitch: (pitch, is it new?).

    An unproven pitch takes over what was changed; one that was handed in stays as it is. A code is asked for unless
    this device proved the mailbox before, or `proven`: whoever is signed in has proven this very one. `browser`: the
    mark of whoever writes. `mine`: is a pitch of this key theirs? If not, this is another. Raises Refused("closed").
    """
    came = _came_by(door, ways or Ways())
    (check_there if trying_again.opens(came["again_of"], door) else check_open)(door)
    fields = _fields(door, answers) | came | {"browser": browser}
    try:
        rewritten = _rewrite(form_key, fields, device, proven=proven, mine=mine)
    except NotMine:
        rewritten, form_key = None, uuid4()
    if rewritten:
        return rewritten, False
    try:
        with transaction.atomic():
            return _create(dict(fields), form_key, device, proven=proven), True
    except IntegrityError:  # the same form, sent twice at once
        found = Pitch.objects.select_related("page", "door").get(form_key=form_key)
        return (found, False) if mine(found) else (_create(fields, uuid4(), device, proven=proven), True)


def _fields(door: Door, answers: dict[str, Any]) -> dict[str, Any]:
    link, host = links.read(answers["link"])
    label = disclosure.label(answers.get("groups", {}), answers["ask"])
    place = {"page": door.page, "door": door, "door_version": door.version}
    return answers | {"link": link, "link_host": host, "label": label} | place


def _came_by(door: Door, ways: Ways) -> dict[str, Any]:
    """What is ours for this door. Foreign tokens are as good as none, and so are reply links that were used.

    Whether a key still opens is found out at the moment of handing in, and said then.
    """
    usable = ReplyLink.objects.filter(door=door, used_at=None, expires_at__gt=clock.now())
    key = Key.objects.filter(door=door, token_hash=tokens.digest(ways.key)).first() if ways.key else None
    reply = usable.filter(token_hash=tokens.digest(ways.reply)).first() if ways.reply else None
    came = reply.channel if reply else ways.came_from
    found = {"key": key, "reply_link": reply, "came_from": came if came in Came.values else ""}
    return found | {"again_of": trying_again.earlier(door, ways.again)}


def _create(fields: dict[str, Any], form_key: UUID, device: str, *, proven: bool) -> Pitch:
    seed, secret = tokens.seed(), fields.pop("sealed", None)
    pitch = Pitch.objects.create(
        **fields,
        seed=seed,
        token_hash=tokens.digest(tokens.link_token("pitch", seed)),
        code=_free_reference(fields["page"]),
        form_key=form_key,
        written_at=clock.now(),
    )
    if secret:
        embargo.seal(pitch, secret)
    lifecycle.begin(pitch)
    if not proven and not recognise(device, pitch.email):
        say_code_is_asked(pitch)
    return pitch


@transaction.atomic
def _rewrite(form_key: UUID, fields: dict[str, Any], device: str, *, proven: bool, mine: Mine) -> Pitch | None:
    """Keep the newest words of an unproven pitch; a changed address needs a new code."""
    pitch = Pitch.objects.for_desk().select_for_update(of=("self",)).filter(form_key=form_key).first()
    if pitch and not mine(pitch):
        raise NotMine
    if pitch is None or pitch.state != PitchState.UNPROVEN:
        return pitch
    moved, secret = pitch.email != fields["email"], fields.pop("sealed", None)
    if secret or "news" in pitch.groups:
        embargo.seal(pitch, secret)
    for name, value in fields.items():
        setattr(pitch, name, value)
    pitch.save(update_fields=list(fields))
    if moved and not proven and not recognise(device, pitch.email):
        ask_code(pitch)
    return pitch


def _free_reference(page: Page) -> str:
    prefix = page.handle.replace("-", "")[:8].upper()
    for length in (4, 4, 4, 5, 6, 8):
        code = f"{prefix}-{tokens.reference(length)}"
        if not Pitch.objects.filter(code=code).exists():
            return code
    return f"{prefix}-{tokens.reference(16)}"
