"""Roles: what each lets somebody do, in words for the owner and for them, and how one is changed."""

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pitches import helping, lifecycle
from pitches.models import Assistant, Fact, Page, Role
from portal.models import User

# For the owner, who chooses.
WORDS: dict[Role, Promise] = {
    Role.MAIL: _("Mail only: takes what you said yes to, by mail, and sees nothing of the desk."),
    Role.READER: _("May look: reads every pitch, your notes and how you stand with people, and changes nothing."),
    Role.SCREENER: _(
        "May sort: also puts pitches off, tags them, adds notes and gives them to somebody. Answers nothing."
    ),
    Role.ASSISTANT: _(
        "May answer: also says yes, no and asks, for you. Whoever gets such an answer reads who gave it."
    ),
}
# For whoever is asked, of somebody whose handle they know.
OFFERED: dict[Role, Promise] = {
    Role.READER: _(
        "You may sit at the desk of @{handle} and read: every pitch with who sent it and what was answered, the notes,"
        " and how @{handle} stands with people. You change nothing there."
    ),
    Role.SCREENER: _(
        "You may sit at the desk of @{handle} and sort: you read every pitch, the notes, and how @{handle} stands with"
        " people; you put pitches off, tag them, and note what you think. You answer none."
    ),
    Role.ASSISTANT: _(
        "You may sit at the desk of @{handle} and answer: you read every pitch, the notes, and how @{handle} stands"
        " with people; you say yes, no or ask. Whoever gets an answer of yours reads your name with it."
    ),
}


def offered(helper: Assistant) -> str:
    """What somebody sees and may do at the desk, for themself; empty for those who get mail alone."""
    words = OFFERED.get(Role(helper.role))
    return str(words).format(handle=helper.page.handle) if words else ""


def change(helper: Assistant, role: Role, *, by: User) -> bool:
    """Let somebody do more or less, at once. False: they help no more, or it was so before.

    Whoever may no longer sort looks after nothing any more.
    """
    with transaction.atomic():
        rows = Assistant.objects.filter(pk=helper.pk, left_at=None).exclude(role=role)
        if not rows.update(role=role):
            return False
        Page.objects.select_for_update(no_key=True).get(pk=helper.page_id)
        if role not in helping.from_role(Role.SCREENER):
            helping.free(helper)
        lifecycle.record(Fact.ROLE_CHANGED, helper.page, by=by, note=f"{helper.pk} {role}")
    helper.role = role
    return True
