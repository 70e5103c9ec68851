"""The key of a form makes a repeat the same pitch. It opens nothing: whoever was mailed a draft knows it, too.

What was written with a form belongs to the browser that wrote it, to whoever holds its link or was mailed the draft,
and to whoever proved its mailbox here. The form of anybody else is another one.
"""

from uuid import UUID, uuid4, uuid5

from django.http import HttpRequest

from pitches.intake import drafting
from pitches.models import Draft, Pitch, PitchState
from pitches.web import proven, ways
from portal import browsers, domains, tokens


def key_for(request: HttpRequest, key: UUID) -> UUID:
    """The key to keep a form under: its own; or, where that is somebody else's, the one of this browser for it."""
    for own in (key, uuid5(key, browsers.mark_of(request))):
        pitch, draft = drafting.of_form(own)
        if wrote(request, pitch) if pitch else draft is None or _keeps(request, draft):
            return own
    return uuid4()


def wrote(request: HttpRequest, pitch: Pitch) -> bool:
    """May this browser go on with a pitch because it sends, or opened, the same form?"""
    if pitch.state == PitchState.UNPROVEN and _same_browser(request, pitch.browser):
        return True
    if _brings(request, pitch.token_hash) or _proven_here(request, pitch.email):
        return True
    draft = drafting.of_form(pitch.form_key)[1]
    same = draft and domains.mailbox(draft.email) == domains.mailbox(pitch.email)
    return bool(draft and same and _brings(request, draft.token_hash))


def _keeps(request: HttpRequest, draft: Draft) -> bool:
    ours = _same_browser(request, draft.browser) or _brings(request, draft.token_hash)
    return ours or bool(draft.email and _proven_here(request, draft.email))


def _same_browser(request: HttpRequest, browser: str) -> bool:
    return bool(browser) and tokens.same(browser, browsers.mark_of(request))


def _brings(request: HttpRequest, token_hash: str) -> bool:
    """Was the form opened from the secret link with this digest?"""
    return tokens.same(tokens.digest(ways.token(request, "mailed")), token_hash)


def _proven_here(request: HttpRequest, email: str) -> bool:
    return proven.signed_in_as(request, email) or proven.recognise(request, email) is not None
