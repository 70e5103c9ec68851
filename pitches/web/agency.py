"""Who pitches, without an account: check and hand in, then follow the pitch by its secret link."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pitches import intake, ledge, relationships, rules
from pitches.doors import keys
from pitches.forms.changing import NoteForm
from pitches.forms.code import CodeForm
from pitches.forms.file import FileForm
from pitches.forms.pitch import PitchForm
from pitches.forms.plan import SupplyForm
from pitches.forms.thread import ReplyForm
from pitches.intake import drafting
from pitches.models import Fact, Lane, Pitch, PitchState, Sender
from pitches.notify import outbox
from pitches.web import access, asked_for, devices, drafts, earlier, knocking, letter, proven, public, told, ways
from pitches.web.redirects import see
from portal import browsers, clock, languages, spelling


@never_cache
@require_safe
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Go on writing what is not handed in yet."""
    try:
        pitch = access.pitch_by_token(token)
    except Http404:
        return drafts.go_on(request, token)
    if pitch.state != PitchState.UNPROVEN:
        return see("agency:status", token)
    ways.lay_down(request, ways.of_pitch(pitch))
    return public.with_form(request, pitch.door, PitchForm.filled(pitch), tried={"resumed": True, "mailed": token})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The pitch as it will be read, and the last step: prove the address and leave it on the ledge."""
    pitch = access.pitch_by_token(token)
    if pitch.state != PitchState.UNPROVEN:
        return see("agency:status", token)
    if request.method == "POST":
        return _hand_in(request, pitch)
    return _checked(request, pitch, CodeForm())


def _hand_in(request: HttpRequest, pitch: Pitch) -> HttpResponse:
    device = devices.token_of(request) or devices.new_token()
    sender = proven.sender_of(request, pitch)
    form, anyway = CodeForm(request.POST), "anyway" in request.POST
    if late := knocking.too_often(request, form, "code", lambda: _checked(request, pitch, form)):
        return late
    if sender is None and not form.is_valid():
        return _checked(request, pitch, form)
    try:
        if sender:
            intake.hand_in(pitch, sender, anyway=anyway)
        else:
            intake.prove(pitch, form.cleaned_data["code"], device=device, anyway=anyway)
    except intake.WrongCode as wrong:
        form.refuse(wrong.why)
        return _checked(request, pitch, form)
    except intake.Repeated:  # the check page shows the earlier one, and what to do
        response: HttpResponse = see("agency:check", pitch.token)
    except intake.Refused as refused:
        response = render(request, "agency/refused.html", _refusal(pitch, refused), status=422)
    else:
        response = see("agency:status", pitch.token)
    devices.give(response, device)
    return response


def _checked(request: HttpRequest, pitch: Pitch, form: CodeForm) -> HttpResponse:
    sender = proven.recognise(request, pitch.email)
    known = sender is not None or proven.signed_in_as(request, pitch.email)
    today = pitch.page.local_date(clock.now())
    in_the_way = intake.waiting_before(pitch, sender) if sender else None
    context = {
        "page": pitch.page,
        "pitch": letter.dress(pitch),
        "mark": f"{today.day}.{today.month}.",
        "form": form,
        "read_at": ledge.promised(pitch.page, _lane_of(pitch, sender)),
        "proven": known,
        "refused": in_the_way,
        "other": in_the_way.other if in_the_way else None,
        "written_in": languages.name(pitch.language),
        "meant": spelling.meant(pitch.email),
        "came_back": not known and outbox.came_back(pitch),
        "earlier": earlier.notice(pitch, sender),
        "unsent": not known and not pitch.events.filter(what=Fact.CODE_ASKED).exists(),
    }
    return render(request, "agency/check.html", context, status=422 if form.errors else 200)


def _lane_of(pitch: Pitch, sender: Sender | None) -> Lane:
    """Where it would wait: for a proven mailbox where its standing leads, for everybody else with first knocks."""
    standing = relationships.standing_of(pitch.page, sender, pitch.door)
    return rules.terms(pitch.page, standing, pitch.door, sender).lane


def _refusal(pitch: Pitch, refused: intake.Refused) -> dict[str, object]:
    return {
        "page": pitch.page,
        "door": pitch.door,
        "pitch": letter.dress(pitch),
        "refused": refused,
        "other": refused.other,
        "kept": drafting.kept(pitch),
        "earlier": earlier.shown(refused.other) if refused.other else None,
        "key_state": keys.state_of(pitch.key) if pitch.key else "",
    }


@require_POST
def send_code(request: HttpRequest, token: str) -> HttpResponse:
    """Another code to the same address; the older ones go on working."""
    pitch = access.pitch_by_token(token)
    if pitch.state != PitchState.UNPROVEN:
        return see("agency:status", token)
    if late := asked_for.too_often(request, lambda: _checked(request, pitch, CodeForm())):
        return late
    asked_for.say(request, pitch.email, asked=intake.ask_code(pitch, browser=browsers.mark_of(request)))
    return see("agency:check", token)


@never_cache
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Confirmation and status in one: where the pitch is, the next date, and what can be done."""
    pitch = access.pitch_by_token(token)
    if pitch.state == PitchState.UNPROVEN:
        return see("agency:check", token)
    return _status(request, pitch, ReplyForm())


def _status(request: HttpRequest, pitch: Pitch, form: ReplyForm) -> HttpResponse:
    context = told.story(letter.dress(pitch)) | {"form": form, "reply": form, "upload": FileForm(), "note": NoteForm()}
    return render(request, "agency/status.html", context, status=422 if form.errors else 200)


def with_upload(request: HttpRequest, pitch: Pitch, upload: FileForm, *, status: int = 422) -> HttpResponse:
    """The status page with what is wrong with a file."""
    context = told.story(letter.dress(pitch)) | {"form": upload, "reply": ReplyForm(), "upload": upload}
    return render(request, "agency/status.html", context | {"note": NoteForm()}, status=status)


def with_note(request: HttpRequest, pitch: Pitch, note: NoteForm) -> HttpResponse:
    """The status page with what is wrong with a note."""
    context = told.story(letter.dress(pitch)) | {"form": note, "reply": ReplyForm(), "upload": FileForm(), "note": note}
    return render(request, "agency/status.html", context, status=422)


def with_supply(request: HttpRequest, pitch: Pitch, supply: SupplyForm) -> HttpResponse:
    """The status page with what is wrong with the answers to late questions."""
    context = told.story(letter.dress(pitch)) | {"form": supply, "reply": ReplyForm(), "upload": FileForm()}
    context |= {"note": NoteForm(), "needed": context["needed"] | {"supply": supply}}
    return render(request, "agency/status.html", context, status=422)


@never_cache
@require_POST
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the owner's question."""
    pitch = access.proven_pitch(token)
    form = ReplyForm(request.POST)
    if not form.is_valid() and pitch.told_state == PitchState.ASKED:
        return _status(request, pitch, form)
    try:
        intake.reply(pitch, form.cleaned_data.get("text", ""))
    except intake.Refused:
        messages.error(request, _("There is no open question any more, so this was not sent."))
    else:
        messages.success(request, _("Your answer is on the ledge."))
    return see("agency:status", token)


@require_POST
def nudge(request: HttpRequest, token: str) -> HttpResponse:
    """Use the one nudge."""
    try:
        intake.nudge(access.proven_pitch(token))
    except intake.Refused as refused:
        messages.error(request, told.no_nudge(refused))
    else:
        messages.success(request, _("You nudged once. Your pitch is at the top of its lane, and nobody was disturbed."))
    return see("agency:status", token)


@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take back what waits."""
    try:
        intake.withdraw(access.proven_pitch(token))
    except intake.Refused:
        messages.error(request, _("It has been answered by now, so it cannot be taken back."))
    else:
        messages.success(request, _("You took it back. You can undo this for 24 hours."))
    return see("agency:status", token)


@require_POST
def put_back(request: HttpRequest, token: str) -> HttpResponse:
    """Undo the taking back."""
    try:
        intake.put_back(access.proven_pitch(token))
    except intake.Refused as refused:
        messages.error(request, told.not_back(refused))
    else:
        messages.success(request, _("Your pitch is on the ledge again, where it was."))
    return see("agency:status", token)
