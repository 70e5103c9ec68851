"""From a message in the outbox to a mail: the words of the moment, as text and as HTML, nothing remote in either."""

import hashlib
import re
import textwrap
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from pitches import intake, mailboxes
from pitches.models import AnswerKind, Message, Page
from pitches.notify import addresses, catalogue, content, stop
from portal import languages, links
from portal.models import User

SUBJECT = 60
WIDTH = 76
# What no mail may carry: control characters, and those that turn the direction of what follows.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
ANSWERS = (AnswerKind.YES, AnswerKind.NO, AnswerKind.ASK)


def build(message: Message, *, language: str = "") -> EmailMultiAlternatives:
    """The mail of a message, in the language of whoever gets it or in this one. Raises when it cannot be written."""
    with translation.override(language or _language(message)):
        context = _frame(message) | content.of(message)
        context["subject"] = subject = _subject(message.kind, context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=_text(message.kind, context),
            from_email=_comes_back_to(message) or _from(message),
            to=[message.to],
            reply_to=_reply_to(message, context),
            headers=_headers(message),
        )
        mail.attach_alternative(_html(message.kind, context), "text/html")
        if context.get("calendar") and message.pitch:
            mail.attach(f"{message.pitch.code}.ics", context["calendar"], "text/calendar")
    return mail


# ── what is said ─────────────────────────────────────────────────────────────
def _frame(message: Message) -> dict[str, Any]:
    """What every mail knows."""
    bidi = translation.get_language_bidi()
    return {
        "kind": message.kind,
        "lang": translation.get_language(),
        "dir": "rtl" if bidi else "ltr",
        "start": "right" if bidi else "left",
        "site": urlsplit(settings.SITE_URL).netloc,
        "page": message.page,
        "by_mail": bool(_thread(message)),
        "not_me_link": _not_me(message),
    }


def _not_me(message: Message) -> str:
    """The link of "this was not me", in mails that somebody's typing alone sets off."""
    typed = message.kind in catalogue.TYPED or (message.kind == "account" and not mailboxes.is_proven(message.to))
    token = mailboxes.token_of(message.to) if typed else ""
    return links.absolute(reverse("public:not_me", args=[token])) if token else ""


def shown(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a mail that is not sent, for whoever wants to see it before."""
    return _subject(kind, context), _text(kind, context)


# ── how it is written ────────────────────────────────────────────────────────
def _written(kind: str, part: str, context: dict[str, Any], *, escape: bool) -> str:
    template: Any = get_template(f"email/{kind}/{part}")
    said = template.template.render(Context(context, autoescape=escape))
    return UNSEEN.sub(" ", said.replace("\r", "\n"))


def _subject(kind: str, context: dict[str, Any]) -> str:
    line = " ".join(_written(kind, "subject.txt", context, escape=False).split())
    return line if len(line) <= SUBJECT else f"{line[: SUBJECT - 1].rstrip()}…"


def _text(kind: str, context: dict[str, Any]) -> str:
    said = _written(kind, "body.txt", context, escape=False)
    lines = [
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
        for line in said.strip().split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _html(kind: str, context: dict[str, Any]) -> str:
    # Values are escaped before MJML sees them, so nobody's text can become markup.
    said: str = mrml.to_html(_written(kind, "body.mjml", context, escape=True)).content
    if translation.get_language_bidi():
        said = said.replace("direction:ltr", "direction:rtl")  # mrml gives columns no other
    return said.replace('role="article"', 'role="main"', 1)


# ── who says it to whom ──────────────────────────────────────────────────────
def _language(message: Message) -> str:
    """Of the pitch for its sender; else of the account, of whoever asked for the mail, or of the owner."""
    pitch, page = message.pitch, message.page
    if pitch and message.to.casefold() == pitch.email.casefold():
        return languages.offered(pitch.language)
    account = User.objects.filter(email__iexact=message.to).values_list("language", flat=True).first()
    return languages.offered(account or message.language or (page.owner.language if page else ""))


def _address(name: str, email: str) -> str:
    """A name and an address on one line; quotes and commas in the name stay in the name."""
    return formataddr((" ".join(UNSEEN.sub(" ", name).split()), email))


def _from(message: Message) -> str:
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if message.kind in catalogue.IN_THE_OWNERS_NAME and message.page:
        words = {"name": message.page.name, "helper": content.said_by(message)}
        said = _("%(helper)s for %(name)s via Halfdoor") if words["helper"] else _("%(name)s via Halfdoor")
        return _address(said % words, ours)
    return _address("Halfdoor", ours)


def _reply_to(message: Message, context: dict[str, Any]) -> list[str]:
    """Whoever the owner trusts has a direct line after a yes, in both directions."""
    if context.get("reply_to"):
        return [_address(*context["reply_to"])]
    handoff = context.get("handoff")
    if handoff and handoff.direct and message.page:
        return [_address(message.page.name, message.page.owner.email)]
    thread = _thread(message)
    return [thread] if thread else []


def _thread(message: Message) -> str:
    """Where the sender of a pitch answers a mail about it; empty where no mail comes in, and once it is over."""
    pitch = message.pitch
    theirs = pitch and pitch.sender_id and message.to == pitch.email and not message.assistant
    if pitch is None or not theirs or message.kind == "code" or not intake.may_say_more(pitch):
        return ""
    return addresses.reply_address(pitch)


def _comes_back_to(message: Message) -> str:
    """The envelope sender. A provider has one of its own, and tells by its webhook what came back."""
    return "" if settings.MAIL_PROVIDER or not message.pk else addresses.return_address(message)


def _headers(message: Message) -> dict[str, str]:
    headers = {"From": _from(message)} if _comes_back_to(message) else {}
    headers |= {"Message-ID": _id(f"message:{message.dedupe}"), "Auto-Submitted": "auto-generated"}
    if message.pitch and message.kind != "code":
        # One thread for each pitch: all its mails hang from a root that was never sent.
        headers["In-Reply-To"] = headers["References"] = _id(f"thread:{message.pitch.seed}")
    if message.kind in catalogue.STOPPABLE and message.page:
        headers["List-Unsubscribe"] = f"<{_stop(message, message.page)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _stop(message: Message, page: Page) -> str:
    if message.watch:
        return stop.link_of(message.watch)
    if message.kind == "reminder" and message.pitch:
        return stop.link_for(message.pitch)
    return stop.link_to(page, message.kind, message.user)


def _id(name: str) -> str:
    """A Message-ID that is the same every time and tells nothing."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(f'{settings.LINK_KEY}:{name}'.encode()).hexdigest()[:40]}@{host}>"
