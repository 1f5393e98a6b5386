"""The reported month: its schedule, its cards, its seal, and the differences since.

A month's cards count what happened before the month ended (`until`), as known at one moment.
Months are compared as reported documents, so that a recomputed month can be told from the
printed one to the last digit.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from scoring.calendar import Calendar
from scoring.cards import Basis, Card, Tallies, school_card, scorecard
from scoring.duties import board
from scoring.export import document
from scoring.moments import Instant, end_of, month_of, period_days, start_of
from scoring.plan import Plan
from scoring.verdicts import Reads, digits

Sheet = Mapping[str, Any]
"""Cards as a JSON document: contracts 6 with lost, open and winnable beside the points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The days of a month's report: draft, last day of objections, freeze (A48)."""

    draft: date
    objections: date
    freeze: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An item of a unit that has changed. `unit` is its name, 两院 for the school."""

    unit: str
    item: str
    was: Mapping[str, Any]
    now: Mapping[str, Any]


def month_end(month: str) -> Instant:
    """24:00 of a month's last day, the first instant outside it. Raises ValueError if it is no
    month."""
    return end_of(period_days(month)[1])


def month_start(month: str) -> Instant:
    """The first instant of a month."""
    return start_of(period_days(month)[0])


def previous(month: str) -> str:
    """The month before, as 2023-12 for 2024-01."""
    return month_of(period_days(month)[0] - timedelta(days=1))


def schedule(plan: Plan, calendar: Calendar, month: str) -> Schedule:
    """The days by the school's calendar: the plan's workdays after the month."""
    last, rhythm = period_days(month)[1], plan.rhythm
    return Schedule(
        draft=calendar.workday(last, rhythm.draft),
        objections=calendar.workday(last, rhythm.objections),
        freeze=calendar.workday(last, rhythm.freeze),
    )


def cards(plan: Plan, tallies: Tallies, basis: Basis, until: Instant) -> list[Card]:
    """The cards of all units and of the school, judged at `until`; `tallies` and `basis` must
    hold only what came before it."""
    units = [scorecard(plan, unit, tallies, basis, until) for unit in plan.scored_units]
    return [*units, school_card(plan, tallies, basis, until)]


def sheet(
    plan: Plan, found: Iterable[Card], tallies: Tallies, until: Instant, known: Instant
) -> dict[str, Any]:
    """Cards as a document, with the boards of the month's last day."""
    listed = list(found)
    boards = {unit.code: board(plan, unit, tallies, until - 1) for unit in plan.scored_units}
    written = document(plan, listed, boards, known)
    rows = [*written["units"], written["school"]]
    for card, row in zip(listed, rows, strict=True):
        row["lost"], row["open"] = digits(card.lost), digits(card.open)
        row["winnable"] = digits(card.winnable)
        for verdict, item in zip(card.verdicts, row["items"], strict=True):
            item["lost"], item["open"] = digits(verdict.lost), digits(verdict.open)
            item["winnable"] = digits(verdict.winnable)
    return written


def rows(found: Sheet) -> Iterator[dict[str, Any]]:
    """The rows of a document: the units in table order, then the school."""
    yield from found["units"]
    yield found["school"]


def differences(before: Sheet, after: Sheet) -> list[Difference]:
    """Every item whose verdict has changed, in the order of the cards."""
    old = {row["unit"]: {item["item"]: item for item in row["items"]} for row in rows(before)}
    return [
        Difference(unit=row["unit"], item=item["item"], was=was, now=item)
        for row in rows(after)
        for item in row["items"]
        if (was := old.get(row["unit"], {}).get(item["item"])) is not None and was != item
    ]


def reads_of(found: Iterable[Card]) -> dict[tuple[str, str], Reads]:
    """(unit name, item) -> the measures its verdict is based on."""
    return {(card.name, one.item): one.measures for card in found for one in card.verdicts}


# --- the seal -----------------------------------------------------------------------------

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """The canonical JSON of a value, for where bytes matter."""
    return _ENCODE(value)


def seal(document: Any, *tables: Iterable[Sequence[Any]]) -> str:
    """The SHA-256 of a document and the rows of tables, as 64 hexadecimal digits.

    A table comes as pages of rows; the page boundaries do not affect the result.
    """
    summed = sha256(canonical(document).encode())
    for pages in tables:
        summed.update(b"\n[")
        mark = b""
        for page in pages:
            summed.update(mark + canonical(page)[1:-1].encode())
            mark = b","
        summed.update(b"]")
    return summed.hexdigest()
