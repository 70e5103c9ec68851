"""Each kind of mail with sample words, for whoever looks through them. The rows it needs are undone at once.

They are written in a transaction that is always rolled back: the very functions that write a mail run over them, and
no mail is ever put.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.header import decode_header, make_header

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from pitches import mailboxes
from pitches.models import Message
from pitches.notify import catalogue, render
from pitches.notify.sample_mails import SAMPLES, USUAL, WAITS
from pitches.notify.sample_world import World
from portal import tokens

NUMBERS = re.compile(r"\d+(?:, \d+)*(?=:)")


@dataclass(frozen=True)
class Sample:
    """One variant of one kind of mail. Without a `mail` it could not be written, and `error` says why."""

    kind: str
    variant: str = USUAL
    mail: EmailMultiAlternatives | None = None
    error: str = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """As a mail program shows them."""
        found = self.mail.message().items() if self.mail else []
        return [(name, str(make_header(decode_header(str(value))))) for name, value in found]

    @property
    def sender(self) -> str:
        """Who it is from, in the same way."""
        return dict(self.headers).get("From", "")

    @property
    def number(self) -> str:
        """Its number in the list of all mails, with which the function that puts it begins."""
        put = catalogue.KINDS[self.kind]
        kinds = [kind for kind, function in catalogue.KINDS.items() if function is put]
        found = NUMBERS.match(put.__doc__ or "")
        numbers = found[0].split(", ") if found else []
        return numbers[kinds.index(self.kind)] if len(numbers) == len(kinds) else ""


def variants(kind: str) -> list[str]:
    """The names of the ways in which a kind is worded. The first of them stands for the kind."""
    return list(SAMPLES.get(kind, WAITS))


def of_all(language: str) -> list[Sample]:
    """Every kind that there is, in a language."""
    with _undone(), translation.override(language):
        world = World(language)
        return [_written(kind, variants(kind)[0], world) for kind in catalogue.KINDS]


def of(kind: str, language: str, variant: str = "") -> Sample:
    """One kind, in a language; the first variant, unless another is named."""
    with _undone(), translation.override(language):
        return _written(kind, variant or variants(kind)[0], World(language))


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _written(kind: str, variant: str, world: World) -> Sample:
    try:
        with _undone():
            return Sample(kind, variant, render.build(_message(kind, variant, world), language=world.language))
    except Exception as error:  # noqa: BLE001 (whatever is wrong with it is what an operator looks for)
        return Sample(kind, variant, error=f"{type(error).__name__}: {error}")


def _message(kind: str, variant: str, world: World) -> Message:
    """The message, which is not stored."""
    about = SAMPLES.get(kind, WAITS)[variant](world)
    secret, to = about.pop("secret", None), about.pop("to", world.sender.email)
    if kind in catalogue.TYPED:
        mailboxes.may_mail(to, code=False)  # so that there is a mailbox which can say: this was not me
    return Message(
        kind=kind,
        to=to,
        dedupe=about.pop("dedupe", f"sample:{kind}"),
        queue="later",
        sealed=tokens.seal(secret) if secret else None,
        created_at=world.now,
        next_at=world.now,
        **{"page": world.page, "user": world.page.owner} | about,
    )
