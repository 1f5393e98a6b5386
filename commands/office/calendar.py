"""校历: days off and on beyond the State Council's, teaching and exam weeks, and duty hours.

Set by one line or a file of such lines; the latest word on a day holds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Opener, Request, command
from commands.filing import trail
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.lexicon import units_of
from commands.grammar.phones import without_phones
from commands.grammar.slots import Slot
from commands.grammar.unclear import Unclear
from commands.tables.cells import Unreadable
from commands.tables.sheets import grids
from commands.wording.formats import date_text, short, weekday
from commands.wording.sentences import lines, say
from db import calendar, settings, workdays
from db.engine.tx import Tx
from db.people import ADMIN
from scoring.calendar import ONE_DAY, Calendar, Span
from scoring.moments import Instant, day_of
from scoring.plan import Plan

DAYS = {"放假": workdays.OFF, "上班": workdays.ON}
SPANS = {"教学周": calendar.TEACHING, "考试周": calendar.EXAMS}
DUTY = "值班"
WHAT = (*DAYS, *SPANS, DUTY)

LOOKS_AHEAD = timedelta(days=27)
LONGEST = timedelta(days=200)
"""A longer span is taken for a slip of the pen."""

MOST_DAYS = 60
"""The number of days that one line may set off or on."""

MOST_DAYS_OF_FILE = 400
MOST_LINES = 400
MOST_FAULTS = 5
MAX_NOTE = 30

_HOURS = re.compile(r"[0-9]{1,2}[:：][0-9]{2}-[0-9]{1,2}[:：][0-9]{2}|无")
_JOINT = re.compile(r"(?<=[日号0-9])\s*[-~–—至到]\s*(?=[0-9])")
_NOT_A_NOTE = " ，,、;；。（）()：:-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A calendar line as understood: `what` holds from `first` to `last`."""

    what: str
    first: date
    last: date
    unit: str = ""
    note: str = ""


def _read(name: str, data: bytes, plan: Plan, now: Instant) -> Any:
    """The entries of a table, or {"faults": …}."""
    try:
        return [
            [one.what, one.first.isoformat(), one.last.isoformat(), one.unit, one.note]
            for one in _of_file(name, data, plan, now)
        ]
    except Refusal as why:
        return {"faults": str(why)}


def _entries(said: Any) -> Any:
    """The entries from what `_read` said, or the refusal as a text."""
    if isinstance(said, dict):
        return said["faults"]
    return [
        Entry(
            what=what,
            first=date.fromisoformat(first),
            last=date.fromisoformat(last),
            unit=unit,
            note=note,
        )
        for what, first, last, unit, note in said
    ]


@command(
    "calendar",
    "校历",
    roles=ADMIN,
    slots=(Slot(name="said", kind="text"),),
    planless=True,
    never_bare=True,
    opens=Opener(read=_read, value=_entries),
    example="校历 10月8日 放假 校运会",
)
def school_calendar(request: Request, tx: Tx) -> Reply:
    """Set days, weeks or duty hours from a line or a file; alone: show the next four weeks."""
    file, said = request.incoming.file, request.args.get("said", "").strip()
    if file is not None:
        entries = _handed_in(request)
    elif said:
        entries = [understood(said, request.plan, request.now)]
    else:
        return Reply(text=_ahead(calendar.calendar(tx), calendar.notes(tx), request))
    own = settings.public_numbers(tx)
    for entry in entries:
        _keep(replace(entry, note=without_phones(entry.note, own)), request, tx)
    worded = _worded(entries[0], request.plan)
    trail.note(request, tx, action="calendar", subject=worded)
    if file is not None:
        return Reply(text=say("calendar.file", rows=len(entries)))
    return Reply(text=say("calendar.set", said=worded))


# --- understanding ------------------------------------------------------------------------


def understood(said: str, plan: Plan, now: Instant) -> Entry:
    """Read 10月8日 放假 校运会, 教学周 2月26日-7月5日, 值班 融媒体中心 3月30日 9:00-12:00.

    Raises Refusal, which shows how to write it.
    """
    rest = _JOINT.sub("-", fold(said))  # 至 alone would be read as a deadline
    what = next((word for word in WHAT if word in rest), None)
    if what is None:
        raise Refusal(say("calendar.what"))
    rest = rest.replace(what, " ", 1)
    unit = hours = ""
    if what == DUTY:
        unit, hours, rest = _duty(rest, plan)
    first, last, rest = _span(rest, plan.year, now)
    if last < first:
        raise Refusal(say("calendar.backwards", said=said))
    if what in SPANS and last - first > LONGEST:
        raise Refusal(say("calendar.too_long", most=LONGEST.days))
    if what in DAYS and (last - first).days >= MOST_DAYS:
        raise Refusal(say("calendar.too_long", most=MOST_DAYS))
    if what == DUTY and last != first:
        raise Refusal(say("calendar.duty"))
    note = hours or " ".join(rest.split()).strip(_NOT_A_NOTE)[:MAX_NOTE]
    return Entry(what=what, first=first, last=last, unit=unit, note=note)


def _span(rest: str, year: int, now: Instant) -> tuple[date, date, str]:
    """The first and last day that a line names, and the rest of the line."""
    try:
        begins = find_when(rest, year, now)
        if begins is None:
            raise Refusal(say("calendar.which_day"))
        first, rest = day_of(begins[0]), rest[: begins[1]] + " " + rest[begins[2] :]
        tail = rest[begins[1] + 1 :]
        ends = find_when(tail[1:], year, now) if tail.startswith("-") else None
    except Unclear as why:
        raise Refusal(str(why)) from None
    if ends is None or ends[1] > 0:
        return first, first, rest
    return first, day_of(ends[0]), rest[: begins[1] + 1] + tail[1 + ends[2] :]


def _duty(rest: str, plan: Plan) -> tuple[str, str, str]:
    """The unit on duty, its hours (无: nobody is there), and the rest of the line."""
    hours = _HOURS.search(rest)
    if hours is None:
        raise Refusal(say("calendar.duty"))
    rest = rest[: hours.start()] + " " + rest[hours.end() :]
    find = units_of(plan)
    for word in rest.split():
        if unit := find(word):
            return unit, hours[0].replace("：", ":"), rest.replace(word, " ", 1)
    raise Refusal(say("calendar.duty"))


def _handed_in(request: Request) -> list[Entry]:
    """The entries of the file; raises Refusal."""
    try:
        entries: list[Entry] | str = request.opened
    except Unreadable as why:
        raise Refusal(say("calendar.unreadable", why=why)) from None
    if isinstance(entries, str):
        raise Refusal(entries)
    return entries


def _of_file(name: str, data: bytes, plan: Plan, now: Instant) -> list[Entry]:
    """Read a table of such lines, one per row, in any columns; all of it or nothing."""
    grid = next(iter(grids(name, data)), [])
    entries, faults = [], []
    for number, row in enumerate(grid[:MOST_LINES], start=1):
        said = " ".join(cell.text for cell in row if cell.text.strip())
        if not any(word in said for word in WHAT):
            if any(sign.isdigit() for sign in said):
                faults.append((number, say("calendar.what")))
            continue
        try:
            entries.append(understood(said, plan, now))
        except Refusal as why:
            faults.append((number, str(why)))
    if faults:
        named = "；".join(
            say("calendar.row", row=row, why=why) for row, why in faults[:MOST_FAULTS]
        )
        raise Refusal(say("calendar.faults", said=named))
    if not entries:
        raise Refusal(say("calendar.what"))
    days = sum((one.last - one.first).days + 1 for one in entries if one.what in DAYS)
    if days > MOST_DAYS_OF_FILE:
        raise Refusal(say("calendar.too_many", most=MOST_DAYS_OF_FILE))
    return entries


# --- keeping and showing ------------------------------------------------------------------


def _keep(entry: Entry, asking: Asking, tx: Tx) -> None:
    by, at = asking.who.id, asking.now
    if entry.what in SPANS:
        calendar.set_span(tx, SPANS[entry.what], (entry.first, entry.last), by=by, at=at)
    elif entry.what == DUTY:
        calendar.set_duty(tx, entry.unit, entry.first, entry.note, by=by, at=at)
    else:
        day = entry.first
        while day <= entry.last:
            calendar.set_day(tx, day, DAYS[entry.what], entry.note, by=by, at=at)
            day += ONE_DAY


def _worded(entry: Entry, plan: Plan) -> str:
    unit = f"{short(plan, entry.unit)} " if entry.unit else ""
    days = weekday(entry.first) if entry.first == entry.last else _days((entry.first, entry.last))
    return f"{unit}{days} {entry.what}" + (f" {entry.note}" if entry.note else "")


def _days(span: Span) -> str:
    first, last = span
    return date_text(first) if first == last else f"{date_text(first)}–{date_text(last)}"


def _ahead(known: Calendar, notes: dict[date, str], asking: Asking) -> str:
    """Where the next four weeks differ from Monday to Friday; teaching weeks, exams and duty."""
    first = day_of(asking.now)
    last = first + LOOKS_AHEAD
    exceptions = "；".join(_exceptions(known, notes, first, last))
    weeks = [
        f"{word} {_days(span)}"
        for word, spans in zip(SPANS, (known.teaching, known.exams), strict=True)
        for span in spans
        if span[0] <= last and first <= span[1]
    ]
    duty = [
        f"{short(asking.plan, unit)} {weekday(day)} {hours}"
        for (unit, day), hours in sorted(known.duty.items(), key=lambda one: one[0][1])
        if first <= day <= last
    ]
    return lines(
        say("calendar.ahead", days=_days((first, last)), said=exceptions or say("calendar.usual")),
        "；".join(weeks) or _untold(asking.plan, known.teaches(first)),
        say("calendar.on_duty", said="；".join(duty)) if duty else "",
        *(say("calendar.unknown", year=year) for year in unknown_years(known, first, last)),
    )


def _untold(plan: Plan, teaching: bool) -> str:
    """What is taken for granted while no weeks of teaching are set."""
    if not teaching:
        return say("calendar.break")
    return say("calendar.no_weeks", breaks="、".join(map(_days, plan.breaks)))


def unknown_years(known: Calendar, first: date, last: date) -> list[int]:
    """The years of these days whose holidays are not published yet."""
    return [year for year in range(first.year, last.year + 1) if year not in known.years]


def _exceptions(known: Calendar, notes: dict[date, str], first: date, last: date) -> Iterator[str]:
    """Runs of days off, and make-up workdays, in order."""
    day = first
    while day <= last:
        if day in known.on:
            yield say("calendar.works", day=weekday(day), note=notes.get(day, ""))
        elif not known.works(day) and (day == first or known.works(day - ONE_DAY)):
            end = known.next_workday(day) - ONE_DAY
            span = [day + ONE_DAY * n for n in range((end - day).days + 1)]
            if any(one in known.off for one in span):
                note = next((notes[one] for one in span if one in notes), "")
                yield say("calendar.off", days=_days((day, end)), note=note)
        day += ONE_DAY
