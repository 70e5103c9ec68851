"""Find my pitches: a link by mail to the list of all that a mailbox ever handed in.

Asking writes the very same rows whoever is named; whether there is anything to list is found out when the mail is sent.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from pitches.models import Attempt, Message, MessageState, Pitch, Sender
from pitches.notify import outbox
from portal import clock, domains, languages, links, tokens

MOST = 3  # mails to one mailbox within DAY
DAY = timedelta(days=1)
LIFE = timedelta(hours=24)  # how long a link opens the list
KEPT = timedelta(days=2)
OVER = (MessageState.DONE, MessageState.UNKNOWN, MessageState.DEAD, MessageState.OBSOLETE)


@transaction.atomic
def ask(email: str) -> None:
    """14: somebody wants the list of this mailbox. After three within a day nothing more is written, for anybody."""
    stem = f"find:{tokens.code_hash('find', domains.mailbox(email))[:40]}:"
    asked = Message.objects.filter(kind="find", dedupe__startswith=stem)
    before = asked.order_by("-pk").values_list("pk", flat=True).first() or 0
    if asked.filter(created_at__gt=clock.now() - DAY).count() < MOST:
        # Named by the one before it: of two that are put at once there is one.
        outbox.put("find", email, dedupe=f"{stem}{before}", queue="codes", language=languages.now())


def sender_of(email: str) -> Sender | None:
    """Whoever handed in something from this very mailbox. An owner who wrote it down makes nobody one of them."""
    handed_in = Pitch.objects.filter(sender=OuterRef("pk"))
    return Sender.objects.filter(Exists(handed_in), mailbox=domains.mailbox(email)).first()


# ── the link ─────────────────────────────────────────────────────────────────
def link_to(sender: Sender) -> str:
    """Where the list of this sender is, from now on for 24 hours."""
    until = int((clock.now() + LIFE).timestamp())
    return links.absolute(reverse("agency:found", args=[f"{sender.pk}-{until}-{_mac(sender.pk, until)}"]))


def _mac(number: int, until: int) -> str:
    return tokens.link_token("find", f"{number}:{until}")


def read(token: str) -> tuple[Sender | None, datetime | None]:
    """Whose list a token opens, and until when; nobody for what is none of ours, no moment once it is over."""
    number, until, mac = [*token.split("-", 2), "", ""][:3]
    ours = all(part.isdecimal() and part.isascii() and len(part) < 12 for part in (number, until))
    if not ours or not tokens.same(_mac(int(number), int(until)), mac):
        return None, None
    ends = datetime.fromtimestamp(int(until), tz=clock.now().tzinfo)
    return Sender.objects.filter(pk=number).first(), ends if ends > clock.now() else None


# ── to forget ────────────────────────────────────────────────────────────────
def forget() -> int:
    """An address rests here until its mail is sent or needless, and its row for two days. Returns how many changed."""
    asked = Message.objects.filter(kind="find", state__in=OVER)
    Attempt.objects.filter(message__in=asked.exclude(to="")).update(detail="")
    over = asked.exclude(to="").update(to="", error="")
    return over + asked.filter(created_at__lt=clock.now() - KEPT).delete()[1].get("pitches.Message", 0)
