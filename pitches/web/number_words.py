"""The figures of a page in words: a sentence for each, what may be done about it, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from pitches.models import Reason
from pitches.stats import Channel, Expectation, Kit, No, Noes, Outcome, OutcomesOfDoor, Reading, Span, WaitOfWeek
from pitches.web import drawing

A_DAY, A_MINUTE = timedelta(days=1), 60
SHOWN = 5  # agencies that are drawn; the table has more
FAR = 180  # days: beyond this a week says its year
# What to do at the door at which most of them were said.
FIXES: dict[str, Promise] = {
    Reason.NOT_MY_TOPIC: gettext_lazy("Shorten the yes-list of %(door)s"),
    Reason.COVERED: gettext_lazy("Say at %(door)s what you have covered"),
    Reason.NOT_NOW: gettext_lazy("Close %(door)s for a while, or give it a date"),
    Reason.NO_PROOF: gettext_lazy("Ask at %(door)s for what your readers can check"),
    Reason.ADVERT: gettext_lazy("Say at %(door)s that paid slots have a door of their own"),
    Reason.NOT_FOR_READERS: gettext_lazy("Say at %(door)s what your readers come for"),
    Reason.NO_TIME: gettext_lazy("Give %(door)s fewer places a week"),
}


@dataclass(frozen=True)
class Table:
    """The same figures as rows: a name, then cells; the last row may be the sum."""

    key: str
    caption: str
    head: list[str]
    rows: list[tuple[str, list[object]]]
    total: tuple[str, list[object]] | None = None


@dataclass(frozen=True)
class Row:
    """One bar: whose it is, what it comes to, the drawing, and its parts in words."""

    name: str
    value: str
    bar: SafeString
    parts: list[tuple[SafeString | str, str]] = field(default_factory=list)  # (swatch, words)


@dataclass(frozen=True)
class Plot:
    """Weeks from the inline start to the inline end, with the words of its two scales."""

    drawn: str
    scale: list[str]
    weeks: list[str]
    keys: list[tuple[str, str]] = field(default_factory=list)  # (class of the mark, words)


@dataclass(frozen=True)
class Figure:
    """A sentence, a drawing, and a table of the same."""

    key: str
    title: str
    table: Table
    notes: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    plot: Plot | None = None
    fix: tuple[str, str] | None = None  # (address, words)
    more: "Figure | None" = None


# ── door by door ─────────────────────────────────────────────────────────────
def answered(expect: Expectation, doors: Sequence[OutcomesOfDoor], *, name: str = "") -> Figure:
    """How many were answered, and what each door did with its pitches. `name`: of the owner, for who helps."""
    most = max((door.total for door in doors), default=0)
    rows = [(door.name, [door.counts[one] for one in Outcome] + [door.total]) for door in doors]
    table = Table(
        "doors",
        _("What became of the pitches, door by door"),
        [_("Door"), *(str(one.label) for one in Outcome), _("In all")],
        [(name, list(cells)) for name, cells in rows],
        (_("All doors"), [sum(column) for column in zip(*(cells for _name, cells in rows), strict=True)]),
    )
    return Figure(
        "doors",
        _answered(expect, name),
        table,
        rows=[_door_row(door, most) for door in doors],
        notes=[_("What still waits, is asked or was put off has not come to an end. What was taken back is left out.")],
    )


def _answered(expect: Expectation, name: str) -> str:
    if not expect.ended:
        return _("Nothing has come to an end yet.")
    said = (
        ngettext("%(name)s answered %(answered)s of %(ended)s pitch.",
                 "%(name)s answered %(answered)s of %(ended)s pitches.", expect.ended)
        if name
        else ngettext("You answered %(answered)s of %(ended)s pitch.",
                      "You answered %(answered)s of %(ended)s pitches.", expect.ended)
    )  # fmt: skip
    return said % {"answered": expect.answered, "ended": expect.ended, "name": name}


def _door_row(door: OutcomesOfDoor, most: int) -> Row:
    said = [(one, door.counts[one]) for one in Outcome if door.counts[one]]
    value = _("%(answered)s of %(ended)s answered") % {"answered": door.answered, "ended": door.ended}
    value = value if door.ended else _("none has ended")
    bar = drawing.stack([(one.value, count) for one, count in said], most)
    return Row(door.name, value, bar, [(drawing.swatch(one.value), _counted(one, count)) for one, count in said])


def _counted(outcome: Outcome, count: int) -> str:
    return {
        Outcome.YES: ngettext("%(count)s yes", "%(count)s yes", count),
        Outcome.NO: ngettext("%(count)s no", "%(count)s no", count),
        Outcome.WRONG_DOOR: ngettext("%(count)s wrong door", "%(count)s wrong door", count),
        Outcome.LAPSED: ngettext("%(count)s unanswered", "%(count)s unanswered", count),
        Outcome.ASKED: ngettext("%(count)s question open", "%(count)s questions open", count),
        Outcome.LATER: ngettext("%(count)s later", "%(count)s later", count),
        Outcome.WAITING: ngettext("%(count)s waiting", "%(count)s waiting", count),
    }[outcome] % {"count": count}


# ── week by week ─────────────────────────────────────────────────────────────
def waited(expect: Expectation, weeks: Sequence[WaitOfWeek], span: Span) -> Figure:
    """The typical wait, and whether people had their answer when it was promised."""
    waits, promises = [_days(week.wait) for week in weeks], [_days(week.promise) for week in weeks]
    top = drawing.round_top(max([1, *filter(None, waits), *filter(None, promises)]))
    drawn = drawing.course(waits, promises, [bool(week.waiting) for week in weeks], top)
    scale = [ngettext("%(count)s day", "%(count)s days", count) % {"count": count} for count in (top, top // 2)]
    keys = [("dot", _("typical wait")), ("dot unsure", _("some of these still wait")), ("target", _("as promised"))]
    head = [_("Answered"), _("Typical wait in days"), _("Promised, in days"), _("Kept"), _("Waiting")]
    cells = [[week.answered, *map(_one_digit, (wait, due)), week.kept, week.waiting]
             for week, wait, due in zip(weeks, waits, promises, strict=True)]  # fmt: skip
    names = _names(span)
    table = Table(
        "waits",
        _("Typical wait by the week of handing in"),
        [_("Week of"), *head],
        list(zip(names, cells, strict=True)),
    )
    return Figure(
        "waits", _wait(expect), table, notes=[_kept(weeks)], plot=Plot(drawn, [*scale, "0"], _ends(names), keys)
    )


def _wait(expect: Expectation) -> str:
    if not expect.answered:
        return _("No answer has gone out yet, so nobody has waited for one.")
    said = ngettext("The typical wait is %(count)s day.", "The typical wait is %(count)s days.", expect.days)
    return said % {"count": expect.days}


def _kept(weeks: Sequence[WaitOfWeek]) -> str:
    kept, promised = sum(week.kept for week in weeks), sum(week.promised for week in weeks)
    if not promised:
        return _("A receipt names the reading hour in which a pitch is read. None of them has come to an end yet.")
    said = ngettext(
        "%(kept)s of %(count)s had the answer by the end of the day that the receipt named.",
        "%(kept)s of %(count)s had their answer by the end of the day that the receipt named.",
        promised,
    )
    return said % {"kept": kept, "count": promised}


# ── minutes ──────────────────────────────────────────────────────────────────
def spent(reading: Reading, span: Span) -> Figure:
    """What reading costs, week by week, and for whom the time went."""
    minutes = [seconds / A_MINUTE for seconds in reading.weeks.values()]
    top = drawing.round_top(max(minutes, default=0))
    scale = [ngettext("%(count)s min", "%(count)s min", count) % {"count": count} for count in (top, top // 2)]
    names, began = _names(span), span.page.local_date(reading.began) if reading.began else None
    table = Table(
        "minutes",
        _("Minutes of reading, week by week"),
        [_("Week of"), _("Minutes")],
        [
            (name, [_measured(began, monday, value)])
            for name, monday, value in zip(names, reading.weeks, minutes, strict=True)
        ],
        (_("In all"), [_one_digit(sum(minutes))]),
    )
    plot = Plot(drawing.columns(minutes, top), [*scale, "0"], _ends(names)) if reading.seconds else None
    return Figure("minutes", _minutes(reading), table, notes=_since(reading, span), plot=plot, more=_agencies(reading))


def _measured(began: date | None, monday: date, minutes: float) -> str:
    """Before anybody measured there is no figure, which is not the same as none."""
    unknown = began is None or monday + timedelta(days=7) <= began
    return _("not measured") if unknown else _one_digit(minutes)


def _minutes(reading: Reading) -> str:
    if not reading.seconds:
        return _("No time of reading was measured.")
    count = round(reading.a_week.total_seconds() / A_MINUTE)
    if not count:
        return _("Reading takes less than a minute a week.")
    return ngettext("Reading takes %(count)s minute a week.", "Reading takes %(count)s minutes a week.", count) % {
        "count": count
    }


def _since(reading: Reading, span: Span) -> list[str]:
    if reading.began is None:
        return [_("It is measured from the next pitch that is opened. Nothing is guessed for those before.")]
    if reading.began <= span.since:
        return [_("Counted while a pitch is open in front of somebody, by the day it was read; idle minutes are not.")]
    day = _day(span.page.local_date(reading.began), far=False)
    return [_("Measured since %(day)s. Nothing is guessed for what was read before.") % {"day": day}]


def _agencies(reading: Reading) -> Figure | None:
    if not reading.agencies:
        return None
    first = reading.agencies[0]
    words = {"agency": first.name or _("People without an agency"), "minutes": _one_digit(first.seconds / A_MINUTE)}
    rows, most = [], first.seconds
    for one in reading.agencies:
        parts = [
            ngettext("%(count)s pitch", "%(count)s pitches", one.pitches) % {"count": one.pitches},
            _counted(Outcome.YES, one.yes),
            ngettext("%(count)s off topic", "%(count)s off topic", one.off_topic) % {"count": one.off_topic},
        ][: 3 if one.off_topic else 2]
        value = _("%(minutes)s min") % {"minutes": _one_digit(one.seconds / A_MINUTE)}
        name = one.name or _("People without an agency")
        rows.append(Row(name, value, drawing.stack([("time", one.seconds)], most), [("", part) for part in parts]))
    head = [_("Agency"), _("Minutes"), _("Pitches"), _("Yes"), _("Off topic")]
    cells = [[_one_digit(one.seconds / A_MINUTE), one.pitches, one.yes, one.off_topic] for one in reading.agencies]
    named = [(row.name, list(cell)) for row, cell in zip(rows, cells, strict=True)]
    if reading.of_others:
        named.append((_("All others"), [_one_digit(reading.of_others / A_MINUTE), "", "", ""]))
    table = Table("agencies", _("Minutes of reading by agency, and what came of it"), head, named)
    title = _("%(agency)s took the most time: %(minutes)s minutes.") % words
    return Figure("agencies", title, table, rows=rows[:SHOWN])


# ── noes, and where people came from ─────────────────────────────────────────
def declined(noes: Noes, *, may_fix: bool) -> Figure:
    """The reasons, the most frequent first, and the door to look at."""
    most = max((one.count for one in noes.reasons), default=0)
    rows = [
        Row(
            _reason(one),
            str(number_format(one.count)),
            drawing.stack([("no", one.count)], most),
            [
                ("", _("%(door)s: %(count)s") % {"door": name, "count": count})
                for (name, _slug), count in one.doors.most_common(3)
            ],
        )
        for one in noes.reasons
    ]
    cells = [(_reason(one), [name, count]) for one in noes.reasons for (name, _slug), count in one.doors.most_common()]
    table = Table(
        "noes",
        _("Reasons for a no, by door"),
        [_("Reason"), _("Door"), _("Times")],
        cells,
        (_("In all"), ["", noes.count]),
    )
    return Figure("noes", _most(noes), table, rows=rows, fix=_fix(noes) if may_fix else None)


def _reason(one: No) -> str:
    return _("In own words") if one.reason == Reason.OWN_LINE else str(one.reason.label)


def _most(noes: Noes) -> str:
    if noes.most is None:
        return _("Every no was in own words.") if noes.count else _("Nothing was answered with a no.")
    mostly = noes.most.mostly
    words = {"reason": noes.most.reason.label, "door": mostly[0] if mostly else ""}
    if noes.tied and mostly:
        return _("“%(reason)s” is one of the most frequent noes, mostly at %(door)s.") % words
    if noes.tied:
        return _("“%(reason)s” is one of the most frequent noes.") % words
    if mostly:
        return _("“%(reason)s” is the most frequent no, mostly at %(door)s.") % words
    return _("“%(reason)s” is the most frequent no.") % words


def _fix(noes: Noes) -> tuple[str, str] | None:
    if noes.most is None or noes.most.mostly is None:
        return None
    name, slug = noes.most.mostly
    words = FIXES.get(noes.most.reason, gettext_lazy("Look at %(door)s again"))
    return reverse("desk:door_edit", args=[slug]), str(words) % {"door": name}


def came(kit: Kit) -> Figure:
    """Who came by the links of the share kit."""
    most = max((one.began for one in kit.channels), default=0)
    rows = [_channel_row(one, most) for one in kit.channels]
    table = Table(
        "kit",
        _("Who came by replies and links"),
        [_("Link"), _("Began a pitch"), _("Handed one in"), _("Reply links made"), _("Reply links used")],
        [(str(one.came.label), [one.began, one.left, one.made, one.used]) for one in kit.channels],
        (
            _("People in all"),
            [kit.began, kit.left, sum(one.made for one in kit.channels), sum(one.used for one in kit.channels)],
        ),
    )
    note = _("An address counts once, on the day they began to write. Nobody is counted for looking.")
    return Figure("kit", _came(kit), table, notes=[note], rows=rows)


def _came(kit: Kit) -> str:
    if not kit.began:
        return _("Nobody has come from replies and links yet.")
    said = ngettext(
        "%(count)s came from replies and links, %(left)s handed in.",
        "%(count)s came from replies and links, %(left)s handed in.",
        kit.began,
    )
    return said % {"count": kit.began, "left": kit.left}


def _channel_row(one: Channel, most: int) -> Row:
    only = one.began - one.left
    bar = drawing.stack([("yes", one.left), ("waiting", only)], most)
    handed_in = ngettext("%(count)s handed in", "%(count)s handed in", one.left) % {"count": one.left}
    parts: list[tuple[SafeString | str, str]] = [(drawing.swatch("yes"), handed_in)]
    if only:
        said = ngettext("%(count)s only began", "%(count)s only began", only) % {"count": only}
        parts.append((drawing.swatch("waiting"), said))
    if one.made:
        links = ngettext("%(used)s of %(count)s reply link used", "%(used)s of %(count)s reply links used", one.made)
        parts.append(("", links % {"used": one.used, "count": one.made}))
    value = ngettext("%(count)s person", "%(count)s people", one.began) % {"count": one.began}
    return Row(str(one.came.label), value, bar, parts)


# ── small words ──────────────────────────────────────────────────────────────
def _days(wait: timedelta | None) -> float | None:
    return None if wait is None else wait / A_DAY


def _one_digit(number: float | None) -> str:
    return "–" if number is None else str(number_format(round(number, 1), 1))  # alone it cuts digits off


def _day(day: date, *, far: bool) -> str:
    # Translators: Django date format letters, for a day such as "2 Jun 2026", and without its year.
    return date_format(day, pgettext("date format", "j M Y") if far else pgettext("date format", "j M"))


def _names(span: Span) -> list[str]:
    return [_day(monday, far=span.days > FAR) for monday in span.mondays]


def _ends(names: Sequence[str]) -> list[str]:
    """The first, the middle and the last of them."""
    return [names[0], names[len(names) // 2], names[-1]] if len(names) > 2 else list(names)
