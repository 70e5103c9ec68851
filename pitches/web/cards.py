"""What the desk shows of a pitch: the letter, the signs in words, the history, the ready answers."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Min, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from pitches import likeness, review, screening
from pitches.forms.decision import days_back
from pitches.intake import files
from pitches.models import Answer, AnswerKind, Door, Lane, Page, Pitch, Reason, Standing
from pitches.models.pitch import ON_THE_LEDGE
from pitches.web import access, differences, landing, later, letter, ready, sealed, shown, together
from pitches.web.ready import Ready
from portal import clock, languages
from portal.models import User
from portal.templatetags.portal import ago, day

Row = TypeVar("Row")
TOAST = timedelta(minutes=2)
CHIPS = ("also", "signs", "tags", "again_of_id", "assigned_to_id", "nudged_at", "replied")  # most rows have none
SIGNS = {
    "archive": gettext_lazy("offers an archive or a program"),
    "bank_data": gettext_lazy("asks for bank or identity data"),
    "category_exclusivity": gettext_lazy("wants exclusivity for the whole category"),
    "commission_only": gettext_lazy("pays only if something is sold"),
    "empty_why": gettext_lazy("gives hardly a reason"),
    "final_say_brand": gettext_lazy("gives the brand the final say"),
    "free_mail_brand": gettext_lazy("a company’s name at a freemail address"),
    "hidden_disclosure": gettext_lazy("asks not to say that it is paid"),
    "login_link": gettext_lazy("asks for a sign-in to an account"),
    "lookalike_domain": gettext_lazy("a domain that reads like another"),
    "machine": gettext_lazy("reads as if a machine had sent it"),
    "off_platform": gettext_lazy("leads away to a messenger"),
    "password": gettext_lazy("comes with a password"),
    "perpetual_usage": gettext_lazy("wants to use it without an end"),
    "placeholder": gettext_lazy("a mail merge that went wrong"),
    "sensitive": gettext_lazy("about a sensitive kind of product"),
    "short_notice": gettext_lazy("leaves less than five days"),
    "shortener": gettext_lazy("hides where its link goes"),
    "upfront_fee": gettext_lazy("wants a fee first"),
    "urgency": gettext_lazy("presses for haste"),
}


def lay_out(pitch: Pitch) -> Pitch:
    """Put on a pitch all that its letter and its row show at the desk. Costs no query."""
    links = pitch.lane != Lane.QUARANTINE and pitch.standing not in ("", Standing.STRANGER)
    in_full = [] if links else [(_("The link in full"), pitch.link)]
    letter.dress(pitch)
    return wear(
        pitch,
        age=ago(pitch.handed_in_at),
        signs=signs_of(pitch),
        landed=partial(landed, pitch),
        also=getattr(pitch, "also", partial(also, pitch)),
        links=links,
        sender_page=reverse("desk:person", args=[pitch.sender_id]) if pitch.sender_id else "",
        way_out="" if links else reverse("desk:link", args=[pitch.code]),
        came=letter.came(pitch),
        terms=in_full + getattr(pitch, "terms", []),
        seal=partial(sealed.for_owner, pitch) if "news" in pitch.groups else None,
        differences=partial(differences.of, pitch),
        notes=partial(differences.notes, pitch),
        files=partial(access.files_of, pitch) if pitch.standing in files.FROM else None,
        may_take=pitch.state not in access.FILES_KEPT_BACK,
        back=partial(later.back, pitch),
        undelivered=None if pitch.state in ON_THE_LEDGE else partial(access.was_undelivered, pitch),
    )


def signs_of(pitch: Pitch) -> list[str]:
    """What screening found, in words."""
    return [str(SIGNS.get(code, code)) for code in pitch.flags if code != likeness.FLAG]


def also(pitch: Pitch) -> str:
    """Where else the same was handed in: a number, never a name. One query for a letter; a list asks once for all."""
    return also_words(likeness.also(pitch))


def also_words(pages: int) -> str:
    """A number of other pages, in words; nothing for none."""
    said = ngettext("Also sent to %(count)s other here", "Also sent to %(count)s others here", pages)
    return said % {"count": pages} if pages else ""


def lay_out_all(pitches: list[Pitch]) -> list[Pitch]:
    """Put on pitches what their rows in a list show. One query, or none."""
    pages = likeness.also_of(pitches)
    letter_at, person_at, select = _up_to("desk:pitch"), _up_to("desk:person"), _("Select: %(line)s")
    for pitch in pitches:
        wear(
            pitch,
            also=also_words(pages.get(pitch.pk, 0)),
            age=ago(pitch.handed_in_at),
            signs=signs_of(pitch),
            back=partial(later.back, pitch),
            address=f"{letter_at}{pitch.code}",
            sender_page=f"{person_at}{pitch.sender_id}" if pitch.sender_id else "",
            mark="held" if pitch.lane == Lane.HELD else pitch.standing or Standing.STRANGER.value,
            pick=select % {"line": pitch.line} if pitch.state in ON_THE_LEDGE else "",
        )
        wear(pitch, more=any(getattr(pitch, name, None) for name in CHIPS))
    return pitches


def _up_to(name: str) -> str:
    """An address of the desk up to its last part, which each row has of its own."""
    return reverse(name, args=["0"]).removesuffix("0")


def wear(row: Row, **shown: object) -> Row:
    """Give a row what its template reads from it."""
    for name, value in shown.items():
        setattr(row, name, value)
    return row


def evidence(pitch: Pitch) -> list[tuple[str, str]]:
    """Each sign of screening, in words, with what gave it away."""
    found = screening.flags_of(pitch)
    said = [(str(SIGNS.get(code, code)), found.get(code, "")) for code in pitch.flags if code != likeness.FLAG]
    return [*said, (also(pitch), "")] if likeness.FLAG in pitch.flags else said


def history(pitch: Pitch) -> str:
    """What happened with this sender before, in a sentence. Two queries, a third after a wrong door."""
    before = access.before(pitch).aggregate(count=Count("pk"), first=Min("handed_in_at"))
    if not before["count"]:
        return _("First pitch, from a checked address.")
    given = access.told_before(pitch).annotate(kinds=Window(ArrayAgg("kind")), line=F("pitch__line"))
    newest = given.order_by("-given_at", "-pk").first()
    words = {"pitches": _pitches_in(before["count"], before["first"].date())}
    if newest is None:
        return _("%(pitches)s, none answered yet.") % words
    words["answers"] = _counted(newest.kinds)
    last = {"line": newest.line, "answer": lower_first(told(newest).rstrip(".")), "day": day(newest.given_at)}
    return _("%(pitches)s: %(answers)s. Last: “%(line)s”, %(answer)s, %(day)s.") % (words | last)


def _pitches_in(count: int, first: date) -> str:
    years = (clock.now().date() - first) // timedelta(days=365)
    pitches = ngettext("%(count)s pitch before", "%(count)s pitches before", count) % {"count": count}
    if not years:
        return pitches
    span = ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    return _("%(pitches)s, over %(span)s") % {"pitches": pitches, "span": span}


def _counted(kinds: list[str]) -> str:
    said = {
        AnswerKind.YES: _("%(count)s yes"),
        AnswerKind.NO: _("%(count)s no"),
        AnswerKind.ASK: ngettext("%(count)s question", "%(count)s questions", kinds.count(AnswerKind.ASK)),
        AnswerKind.WRONG_DOOR: ngettext(
            "%(count)s wrong door", "%(count)s wrong doors", kinds.count(AnswerKind.WRONG_DOOR)
        ),
    }
    return ", ".join(words % {"count": kinds.count(kind)} for kind, words in said.items() if kind in kinds)


def told(given: Answer) -> str:
    """An answer in a few words: "No: not my topic"."""
    label = AnswerKind(given.kind).label
    if given.kind == AnswerKind.NO and given.reason == Reason.NOT_NOW:
        return _("Not now: again from %(day)s") % {"day": day(given.again_on)}
    if given.label or (given.kind == AnswerKind.NO and given.reason != Reason.OWN_LINE):
        ready_label = given.label or str(Reason(given.reason).label)
        return _("%(answer)s: %(reason)s") % {"answer": label, "reason": lower_first(ready_label)}
    if given.kind == AnswerKind.LATER:
        return later.told(given)
    if given.kind == AnswerKind.WRONG_DOOR and given.door:
        return _("Wrong door: it belongs behind “%(door)s”") % {"door": given.door.name}
    said = given.text or given.words
    return _("%(answer)s: %(reason)s") % {"answer": label, "reason": said} if said else str(label)


def on_its_way(given: Answer) -> bool:
    """Has its moment come? Then the next tick mails it. What was put off is never mailed."""
    moment = given.goes_out_at
    return given.kind != AnswerKind.LATER and moment is not None and moment <= clock.now()


def lower_first(words: str) -> str:
    """For use inside a sentence; "I" stays as it is, and so does what may be a noun where nouns have a capital."""
    if words.startswith("I ") or languages.keeps_capitals():
        return words
    return words[:1].lower() + words[1:]


def other_doors(pitch: Pitch, doors: Sequence[Door] | None = None) -> list[shown.Plaque]:
    """Where a pitch may belong that came to the wrong door: the open ones first, each with how it stands.

    `doors`: of the page, where they have been asked for; else one query.
    """
    hung = access.doors_of(pitch.page) if doors is None else [door for door in doors if not door.taken_down_at]
    others = [door for door in hung if door.pk != pitch.door_id]
    plaques = [shown.plaque(door, pitch.page) for door in others]
    return sorted(plaques, key=lambda plaque: not plaque.is_open)


def laters(page: Page, pitch: Pitch | None = None) -> list[Ready]:
    """The ready days, with their keys; behind a shut door also its opening."""
    named = {"hour": _("Next reading hour"), "week": _("In a week"), "month": _("In a month")}
    words = pgettext("a ready day and its date", "%(name)s, %(day)s")
    days = [
        Ready(key, name, words % {"name": named[name], "day": day(back)})
        for key, (name, back) in enumerate(days_back(page).items(), start=1)
    ]
    return days + ([Ready(len(days) + 1, *later.ready(pitch))] if pitch and later.offered(pitch) else [])


def ladder() -> list[Ready]:
    """The standings that one key may set."""
    rungs = (Standing.STRANGER, Standing.INTRODUCED, Standing.KNOWN, Standing.TRUSTED)
    return [Ready(key, rung.value, str(rung.label)) for key, rung in enumerate(rungs, start=1)]


def panels(page: Page, pitch: Pitch | None = None) -> dict[str, list[Ready]]:
    """The ready answers behind Yes, Ask, Later, No and the relationship key. One query."""
    return ready.sheets(page) | {"laters": laters(page, pitch), "ladder": ladder()}


def landed(pitch: Pitch, today: Lane | None = None) -> str:
    """Why a pitch landed where it is, in a sentence; `today`: the lane that it would be given now."""
    return landing.landed(pitch, signs_of(pitch), today)


def undoable(page: Page, by: User) -> Answer | None:
    """The answer that somebody gave a moment ago, in words: what the toast offers to undo. One query."""
    last = review.last_answer(page, by=by)
    if last is None or clock.now() - last.given_at > TOAST:
        return None
    return wear(last, told=told(last), **together.undo_of(page, last))
