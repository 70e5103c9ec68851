"""A draft by mail: kept when somebody asks for it, gone on with from its link. Looking changes nothing."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pitches import intake
from pitches.doors import watching
from pitches.forms import half
from pitches.intake import drafting
from pitches.models import Door, Draft, PitchState
from pitches.web import access, formkeys, public, shown, ways
from pitches.web.redirects import see
from portal import browsers, limits, tokens
from portal.templatetags.portal import day


# ── to keep ──────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """Keep all that was typed, right or wrong, and mail a link. Every address gets the same answer."""
    door = access.public_door(handle, slug)
    if request.method != "POST":
        return see("public:door", door.page.handle, door.slug)
    asked, typed = half.HalfForm(request.POST), half.typed(request.POST, door, ways.of(request))
    good = asked.is_valid()
    key = asked.cleaned_data.get("form_key") or uuid4()
    form = half.form_of(door, typed, key)
    if until := limits.over(request, "draft"):
        half.refuse(form, None, limits.sentence(until))
        return limits.later(public.with_form(request, door, form), until)
    if not good:
        half.refuse(form, "email" if "email" in asked.errors else None, next(iter(asked.errors.values())))
        return public.with_form(request, door, form, status=422)
    email, mark, mailed = asked.cleaned_data["email"], browsers.mark_of(request), ways.token(request, "mailed")
    drafting.came_by_mail(mailed, key, email)
    watched = "watch" in request.POST and _watch(door, email, mark)
    try:
        own = formkeys.key_for(request, key)
        draft = drafting.keep(door, typed, email=email, form_key=own, browser=mark)
    except intake.Refused:
        half.refuse(form, None, _("This is more than we can keep. Make it shorter."))
        return public.with_form(request, door, form, status=422)
    messages.success(request, _said(draft, watched=watched))
    return see("agency:draft", mailed if mailed == draft.token else drafting.page_token(draft))


def _watch(door: Door, email: str, mark: str) -> bool:
    """Before the draft: its mail is the one that has to come."""
    watching.ask(door, email, browser=mark)
    return True


def _said(draft: Draft, *, watched: bool) -> str:
    words = {"day": day(draft.expires_at), "email": draft.email}
    if not watched:
        return _("Kept until %(day)s. If %(email)s takes mail from us, a link to go on is on its way.") % words
    return _(
        "Kept until %(day)s. If %(email)s takes mail from us, two emails are on their way: the link to go on, and one "
        "in which you confirm that we may tell you when the door opens."
    ) % words  # fmt: skip


# ── to go on ─────────────────────────────────────────────────────────────────
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """The form as it was left; or what became of it, and a way on."""
    draft = drafting.of_token(token)
    if draft is None:
        raise Http404
    door, typed, pitch = draft.door, drafting.read(draft), drafting.pitch_of(draft)
    by_mail = tokens.digest(token) == draft.token_hash
    leads_there = pitch and (typed is None or pitch.state != PitchState.UNPROVEN)
    if pitch and leads_there and (by_mail or formkeys.wrote(request, pitch)):
        return see("agency:draft" if pitch.state == PitchState.UNPROVEN else "agency:status", pitch.token)
    if typed is None:
        return render(
            request, "agency/draft_over.html", {"door": door, "page": door.page, "why": "expired"}, status=410
        )
    others = _other_doors(draft) if typed.by_mail else []
    if door.taken_down_at and others:
        door = others[0]
    door = next((other for other in others if other.slug == request.GET.get("door")), door)
    form = half.form_of(door, typed, draft.form_key)
    if door.taken_down_at or door.page.hidden_at:
        why = "hidden" if door.page.hidden_at else "down"
        context = {"door": door, "page": door.page, "why": why, "until": draft.expires_at, "said": half.said(form)}
        return render(request, "agency/draft_over.html", context)
    ways.lay_down(request, typed.ways)
    more = {"resumed": True, "mailed": token if by_mail else "", "kept_until": draft.expires_at}
    if typed.by_mail:
        more |= {
            "from_mail": True,
            "draft": token,
            "doors": [one for one in [draft.door, *others] if one != door and not one.taken_down_at],
        }
    return public.with_form(request, door, form, tried=more)


def _other_doors(draft: Draft) -> list[Door]:
    """The other doors that are open to everybody: a mail to a page names none, so its writer chooses."""
    others = [door for door in access.doors_of(draft.door.page) if door.pk != draft.door_id]
    return [plaque.door for plaque in (shown.plaque(door, draft.door.page) for door in others) if plaque.is_open]
