"""Two mails that follow a mail: to whoever wrote to a page, and to an owner who forwarded what came to them."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from pitches import mailboxes
from pitches.doors import deflecting
from pitches.doors.originals import Original
from pitches.models import Draft, Event, Message, Page, ReplyLink
from pitches.notify import outbox
from portal import clock, domains, tokens

DAY = timedelta(days=1)
KINDS = frozenset({"draft_by_mail", "ready_answer"})


def draft_by_mail(event: Event, draft: Draft) -> None:
    """41: the one answer that a mail ever gets, where its words stand in the form. Once a day, for whoever it is."""
    stem = f"draft_by_mail:{tokens.code_hash('draft_by_mail', domains.canonical(draft.email))[:40]}:"
    last = Message.objects.filter(kind="draft_by_mail", dedupe__startswith=stem).order_by("-pk").first()
    if last and last.created_at > clock.now() - DAY:
        return
    if mailboxes.may_mail(draft.email, code=False):
        # Named by the one before it: of two that are put at once there is one.
        dedupe = f"{stem}{last.pk if last else 0}"
        outbox.put("draft_by_mail", draft.email, dedupe=dedupe, page=event.page, draft=draft, queue="soon")


def ready(page: Page, link: ReplyLink, original: Original) -> None:
    """42: an answer for the owner to send, to their account. Of whoever wrote only the link keeps a name."""
    secret = {"link": link.pk, "name": original.name, "to": original.address, "subject": original.subject}
    outbox.put(
        "ready_answer", page.owner.email, dedupe=f"ready_answer:{link.pk}", page=page, queue="soon", secret=secret
    )


def words(_message: Message, secret: dict[str, Any]) -> dict[str, Any]:
    """What the mail to the owner says: to whom, the two lines, and a button that opens them in a mail program."""
    link = ReplyLink.objects.select_related("door__page").get(pk=secret["link"])
    first, address = deflecting.answer(link).split("\n")
    return {
        "who": secret["name"] or secret["to"],
        "to": secret["to"],
        "door": link.door,
        "until": link.expires_at,
        "first_line": first,
        "reply_link": address,
        "mail_link": mail_link(link, to=secret["to"], subject=secret["subject"]),
    }


def mail_link(link: ReplyLink, *, to: str, subject: str = "") -> str:
    """The answer as it opens in a mail program: RFC 6068."""
    about = _("Re: %(subject)s") % {"subject": subject} if subject else _("Your mail")
    said = deflecting.answer(link).replace("\n", "\r\n\r\n")
    return f"mailto:{quote(to, safe='@')}?subject={quote(about, safe='')}&body={quote(said, safe='')}"
