"""Plans and webhooks in words: what happens after a yes, in one sentence; where a call is, and why it failed."""

from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from pitches.handoffs import days_of
from pitches.models import Call, CallState, Plan, Standing

USUAL: dict[str, Promise] = {
    Standing.TRUSTED: gettext_lazy("they get your direct line and your next hours"),
    Standing.KNOWN: gettext_lazy("they read the next step and its date"),
    Standing.INTRODUCED: gettext_lazy("they read the terms of a first acquaintance"),
    Standing.STRANGER: gettext_lazy("they read the terms of a first acquaintance"),
}
HAPPENED: dict[str, Promise] = {
    "pitch.accepted": gettext_lazy("your yes"),
    "pitch.supplied": gettext_lazy("what was still needed"),
    "pitch.agreed": gettext_lazy("the agreed terms"),
}
CALL_ERRORS: dict[str, Promise] = {
    "inside": gettext_lazy("It leads into a private network, so it was not called."),
    "changed": gettext_lazy("You changed the address before it was told."),
    "name": gettext_lazy("Its name is not known on the net."),
    "unreachable": gettext_lazy("Nobody answered there."),
    "late": gettext_lazy("It did not answer within ten seconds."),
    "certificate": gettext_lazy("Its certificate is not good for its name."),
    "broken": gettext_lazy("The connection broke."),
}


def sentence(plan: Plan) -> str:
    """What happens after a yes, in one sentence."""
    taker = _("%(name)s takes it") % {"name": plan.assistant.name} if plan.assistant else _("You take it")
    own = plan.brief or plan.next_step
    parts = [taker, _("they read your own words") if own else str(USUAL[plan.standing])]
    if plan.questions:
        count = len(plan.questions)
        asked = ngettext("%(count)s more thing is asked of them", "%(count)s more things are asked of them", count)
        parts.append(asked % {"count": count})
    days = days_of(plan)
    parts.append(ngettext("you follow up in %(days)s day", "you follow up in %(days)s days", days) % {"days": days})
    if plan.webhook:
        parts.append(_("%(host)s is told") % {"host": host_of(plan.webhook)})
    return _("%(all)s.") % {"all": pgettext("between two clauses", ", ").join(parts)}


def host_of(url: str) -> str:
    """Whom a webhook tells, without the secret that its path may be."""
    return urlsplit(url).hostname or ""


def call(one: Call) -> str:
    """Where a call is, in a sentence."""
    words = {"host": host_of(one.url), "what": HAPPENED.get(one.event, one.event)}
    if one.state == CallState.DONE:
        return _("%(host)s was told: %(what)s.") % words
    if one.state == CallState.DEAD:
        return _("%(host)s was not told: %(what)s.") % words
    return _("%(host)s is being told: %(what)s.") % words


def why(one: Call) -> str:
    """What went wrong the last time; empty where nothing did."""
    kind, _space, number = one.error.partition(" ")
    if kind == "status":
        return _("It answered with %(number)s.") % {"number": number}
    return str(CALL_ERRORS.get(kind, CALL_ERRORS["broken"])) if kind else ""
