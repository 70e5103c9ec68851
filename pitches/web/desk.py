"""The desk: the inbox with its lanes, and one pitch with its thread."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pitches import helping, relationships, review, rules
from pitches.forms.decision import AnswerForm, StandingForm
from pitches.forms.offers import OfferForm
from pitches.forms.thread import WriteForm
from pitches.lifecycle import AlreadyMoved
from pitches.models import Agency, Door, Evidence, Lane, Page, Pitch, PitchState, Role, Standing
from pitches.models.pitch import ON_THE_LEDGE
from pitches.models.relationship import LADDER
from pitches.web import (
    access,
    cards,
    conflicts,
    filters,
    first_days,
    folding,
    handed,
    hours,
    lanes,
    odd_days,
    picking,
    searching,
    shelves,
    standing_set,
    terms,
    threads,
    undoing,
)
from pitches.web import kept as beside
from pitches.web import outcomes as after_yes
from pitches.web.owned import helped
from pitches.web.redirects import see


@helped(Role.READER)
@require_safe
def home(_request: HttpRequest, _page: Page) -> HttpResponse:
    """The desk begins with the inbox."""
    return redirect("desk:inbox")


@helped(Role.READER)
@require_safe
def inbox(request: HttpRequest, page: Page) -> HttpResponse:
    """Lanes with counts and minutes; beside them, on a wide screen, one letter."""
    if request.GET.get("at") and request.headers.get("HX-Request"):
        return render(request, "desk/_peek.html", _peek(access.own_pitch(request, request.GET["at"])))
    return listed(request, page)


def listed(request: HttpRequest, page: Page, *, status: int = 200, **more: Any) -> HttpResponse:
    """The lists of the inbox, or what a search found. `more`: what was picked in them, after a mistake."""
    request.GET, doors = filters.cleaned(request.GET), searching.doors_of(page)
    asked = filters.read(request, page, doors)
    if searching.asked(request):
        return _found(request, page, doors, asked, status=status, **more)
    show, found = request.GET.get("show", "ledge"), lanes.counts(page, asked.narrow)
    session = review.current_session(page)
    shut = show == "ledge" and (not session or session.paused_at) and not asked.said and odd_days.is_shut(request, page)
    shown = [] if shut else _shelves(request, page, found, asked, doors)
    rows = [row for shelf in shown for row in folding.unfolded(shelf.rows)]
    context: dict[str, Any] = {"page": page, "show": show, "shelves": shown, "counts": found}
    context |= {"last": cards.undoable(page, access.signed_in(request))}
    context |= {"counted": {name: lanes.counted(name, count) for name, count in found.items()}}
    matching = found[lanes.WAITS]
    waiting = lanes.waiting(page) if asked.said else matching
    context |= {"matching": matching} | filters.fields(request, page, asked)
    context |= {"waiting": waiting, "in_words": lanes.counted(lanes.WAITS, waiting), "cost": lanes.cost(waiting)}
    context |= {"hour": hours.sentence(page, waiting=waiting, name=hours.whose(request, page))}
    context |= {"started": hours.begun(page), "next_hour": hours.following(page)}
    context |= odd_days.veil(request, page, found) if shut and waiting else {}
    context |= odd_days.notes(page, waiting) | ({} if waiting or asked.said else first_days.empty(request, page, found))
    proposals = access.terms_to_answer(page)
    context |= {"session": session, "terms_waiting": proposals, "terms_words": lanes.upto(proposals, access.TERMS)}
    context |= searching.fields(request, doors)
    context |= _beside(request, rows, doors)
    context |= picking.bar(request, page, rows, context.get("reasons"), doors) | more
    return render(request, "desk/inbox.html", context, status=status)


def _found(
    request: HttpRequest, page: Page, doors: list[Door], asked: filters.Filter, *, status: int, **more: Any
) -> HttpResponse:
    context = searching.found(request, page, doors, asked) | {"last": cards.undoable(page, access.signed_in(request))}
    rows = folding.unfolded(context["rows"])
    context |= filters.fields(request, page, asked)
    context |= _beside(request, rows, doors)
    context |= picking.bar(request, page, rows, context.get("reasons"), doors) | more
    return render(request, "desk/found.html", context, status=status)


def _beside(request: HttpRequest, rows: list[Pitch], doors: list[Door]) -> dict[str, Any]:
    """The letter beside the list: the one that was asked for, else the first."""
    at = next((row for row in rows if row.code == request.GET.get("at", "").upper()), rows[0] if rows else None)
    return _peek(at, doors) if at else {}


def _shelves(
    request: HttpRequest, page: Page, found: dict[str, int], asked: filters.Filter, doors: list[Door]
) -> list[lanes.Shelf]:
    """The lists of a view that hold something, with ?lane= one of them; with ?after= from there on."""
    names = lanes.SHOWN.get(request.GET.get("show", "ledge"))
    if names is None:
        raise Http404
    only, after = asked.said.get("lane", ""), request.GET.get("after", "")
    wanted = [name for name in names if found[name] and only in ("", name)]
    after = after if len(names) == 1 or only else ""
    counts = {name: found[name] for name in wanted}
    return shelves.fetch(page, counts, doors, after, narrow=asked.narrow, folds=asked.folds)


def _peek(pitch: Pitch, doors: list[Door] | None = None) -> dict[str, Any]:
    """What a letter with its four answers is drawn from; `doors`: of the page, where they have been asked for."""
    return cards.panels(pitch.page, pitch) | {
        "page": pitch.page,
        "pitch": cards.lay_out(pitch),
        "history": cards.history(pitch),
        "answerable": pitch.state in ON_THE_LEDGE,
        "other_doors": cards.other_doors(pitch, doors) if pitch.state in ON_THE_LEDGE else [],
        "back": "inbox",
    }


@helped(Role.READER)
@require_safe
def pitch(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """One pitch: the letter, what happened, the answers, and how you stand with its sender."""
    return _show(request, access.own_pitch(request, code))


def _show(
    request: HttpRequest,
    found: Pitch,
    *,
    wrong: AnswerForm | None = None,
    problem: str = "",
    changed: bool = False,
    standing: StandingForm | None = None,
    offer: OfferForm | None = None,
    write: WriteForm | None = None,
    kept: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = relationships.standing_of(found.page, found.sender, found.door)
    given = found.answers.filter(sent_at=None, undone_at=None).select_related("door").first()
    changes = relationships.changes_by_hand(found.page, found.sender) if found.sender else []
    context = (
        _peek(found)
        | handed.of(found)
        | beside.shown(request, found, kept or {})
        | {
            "back": "pitch",
            "given": cards.wear(given, on_its_way=cards.on_its_way(given)) if given else None,
            "given_words": cards.told(given) if given else "",
            "evidence": cards.evidence(found),
            "landed": cards.landed(found, _lane_today(found, now)),
            "thread": threads.thread(found, access.signed_in(request)),
            "keepers": helping.keepers(found.page),
            "now": now,
            "changes": threads.signed(changes, found.page, access.signed_in(request)),
            "standing": standing or _standing_form(found, initial={"standing": now, "where": _where(found, changes)}),
            "form": standing,
            "outcome": after_yes.shown(found),
            "wrong": wrong,
            "problem": problem,
            "changed": changed,
        }
    )
    context |= _after_yes(request, found, offer, write) if context["outcome"] else {}
    return render(request, "desk/pitch.html", context, status=status)


def _after_yes(request: HttpRequest, found: Pitch, offer: OfferForm | None, write: WriteForm | None) -> dict[str, Any]:
    """Terms, and a note to the sender: of a yes that went out."""
    return {
        "terms": terms.shown(found, by_owner=True, form=offer, reader=access.signed_in(request)),
        "write": write or WriteForm(auto_id="write_%s"),
        "notes_left": review.notes_left(found),
    }


def with_terms(request: HttpRequest, found: Pitch, form: OfferForm) -> HttpResponse:
    """The pitch with what is wrong with a proposal."""
    return _show(request, found, offer=form, status=422)


def with_note(request: HttpRequest, found: Pitch, form: WriteForm) -> HttpResponse:
    """The pitch with what is wrong with a note to its sender."""
    return _show(request, found, write=form, status=422)


def with_kept(request: HttpRequest, found: Pitch, **wrong: Any) -> HttpResponse:
    """The pitch with what is wrong with a note or with tags."""
    return _show(request, found, kept=wrong, status=422)


def _lane_today(found: Pitch, now: Standing) -> Lane | None:
    """The lane that a pitch would be given today, while it waits for an answer."""
    waits = found.state in (*ON_THE_LEDGE, PitchState.QUARANTINE) and now in LADDER
    return rules.terms(found.page, now, found.door, found.sender).lane if waits else None


@helped(Role.SCREENER)
@require_POST
def answer(request: HttpRequest, page: Page, code: str) -> HttpResponse:
    """Answer one pitch outside a session. The words go out in ten minutes."""
    found = access.own_pitch(request, code)
    form = AnswerForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, found, wrong=form, problem=form.problem, status=422)
    decision = form.decision()
    try:
        given = review.answer(found, by=access.signed_in(request), version=form.seen, **decision)
        words = _("Answered: %(answer)s. You can take it back for ten minutes.")
        messages.success(request, words % {"answer": cards.told(given).rstrip(".")}, extra_tags=undoing.UNSEEN)
    except review.BadAnswer as bad:
        return _show(request, found, wrong=form, problem=str(bad), status=422)
    except review.ChangedSince:
        said = conflicts.changed(found)
        return _show(request, found, wrong=form if form.typed else None, problem=said, changed=True, status=422)
    except AlreadyMoved:
        by = access.signed_in(request)
        if not conflicts.same(found, decision, by):
            messages.warning(request, conflicts.with_words(conflicts.sentence(found, by), decision["text"]))
    return see("desk:inbox") if request.POST.get("back") == "inbox" else see("desk:pitch", found.code)


@helped(Role.SCREENER)
@require_POST
def restore(request: HttpRequest, _page: Page, code: str) -> HttpResponse:
    """Take a pitch out of quarantine; pressing twice is no error."""
    found = access.own_pitch(request, code)
    try:
        if found.state == PitchState.QUARANTINE:
            review.restore(found, by=access.signed_in(request))
    except AlreadyMoved:
        found.refresh_from_db()
    if found.state == PitchState.WAITING:
        messages.success(request, _("It waits in its lane now, and its sender never learns that it was aside."))
    else:
        messages.warning(request, conflicts.sentence(found))
    return see("desk:pitch", found.code)


def _where(found: Pitch, changes: list[Evidence]) -> str:
    """Where the owner set it last, as far as it holds for this pitch: so that keeping it again changes nothing."""
    last = next((one for one in changes if one.door_id in (None, found.door_id)), None)
    if last is None or last.door_id:
        return "door"
    return "agency" if last.agency_id else "page"


def _standing_form(found: Pitch, data: Any = None, **more: Any) -> StandingForm:
    agency = found.sender.agency if found.sender else None
    return StandingForm(data, page=found.page, door=found.door, agency=agency, **more)


@helped(Role.ASSISTANT)
@require_POST
def standing(request: HttpRequest, page: Page, code: str) -> HttpResponse:
    """The owner says how they stand with a sender, at this door or at all."""
    found = access.own_pitch(request, code)
    assert found.sender is not None
    form, where = _standing_form(found, request.POST), request.POST.get("where", "")
    who = (found.sender.agency if where == "agency" else None) or found.sender
    if request.POST.get("undo"):
        standing_set.undo(request, page, who)
    elif not form.is_valid():
        return _show(request, found, standing=form, status=422)
    else:
        word = relationships.set_by_hand(page, who, by=access.signed_in(request), **form.verdict())
        name = _("Everybody at %(domain)s") % {"domain": who.domain} if isinstance(who, Agency) else found.name
        action = reverse("desk:standing", args=[found.code])
        standing_set.told(request, page, word, name=name, action=action, where=where)
    return see("desk:session") if request.POST.get("back") == "session" else see("desk:pitch", found.code)
