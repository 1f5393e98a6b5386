"""What a rule reads (tallies, head-counts), what it returns (a verdict), and how numbers are
written.

Verdicts on items that apply are made by `judged` alone, so that points + lost + open + winnable =
max always holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Literal

from scoring.moments import Instant
from scoring.periods import year_end
from scoring.plan import Bands, Item, Plan

ZERO = Decimal(0)
EVERYBODY = "*"
"""The unit of what concerns the whole school, such as a training being held."""

Reads = tuple[tuple[str, str], ...]


# --- what rules read ----------------------------------------------------------------------

NOTHING: Mapping[str, int] = {}


class Tallies:
    """Sums of postings by (unit, measure) and period. Zero entries may be present."""

    def __init__(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        """`rows` are (unit, measure, period, value); repeated keys add up."""
        self.sums: dict[tuple[str, str], dict[str, int]] = {}
        for unit, measure, period, value in rows:
            periods = self.sums.setdefault((unit, measure), {})
            periods[period] = periods.get(period, 0) + value

    def of(self, unit: str, measure: str) -> Mapping[str, int]:
        """Period -> count, without the zeros."""
        found = self.sums.get((unit, measure))
        if found is None:
            return NOTHING
        return {period: count for period, count in found.items() if count}

    def total(self, unit: str, measure: str) -> int:
        """The count over all periods."""
        return sum(self.sums.get((unit, measure), NOTHING).values())

    def pooled(self, units: Iterable[str], measure: str) -> Mapping[str, int]:
        """Period -> count of several units together, without the zeros."""
        first, *others = (self.of(unit, measure) for unit in units)
        if not others:
            return first
        return _added((first, *others))


def _added(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for table in tables:
        for period, count in table.items():
            sums[period] = sums.get(period, 0) + count
    return sums


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The head-counts behind the shares, as known at the requested time.

    `students` None or 0: not set (A36). `staff`: person id -> unit code of everybody on the
    roster, including units without a scorecard. `later`: for each task settled before there was
    a number of students, the first one that was set after it. `teachers`: those of the staff who
    teach, where the plan asks for them alone (A33). `schools`: the school of each, where each is
    counted apart (A29).
    """

    students: int | None
    staff: Mapping[int, str]
    later: tuple[tuple[str, int], ...] = field(default=(), metadata={"sparse": True})
    teachers: tuple[int, ...] = field(default=(), metadata={"sparse": True})
    schools: tuple[tuple[int, str], ...] = field(default=(), metadata={"sparse": True})

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """Unit code -> the ids of its people as text, the form periods of measures take."""
        people: dict[str, list[str]] = {}
        for person, unit in self.staff.items():
            people.setdefault(unit, []).append(str(person))
        return {unit: tuple(ids) for unit, ids in people.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything the rules of one scorecard look up: the plan, the counts, and until when."""

    plan: Plan
    tallies: Tallies
    basis: Basis
    until: Instant


# --- what rules say -----------------------------------------------------------------------


class Status(StrEnum):
    """Whether points stand (scored), or wait for time (pending) or for a person (unverified)."""

    SCORED = "scored"
    PENDING = "pending"
    UNVERIFIED = "unverified"
    UNSCORED = "unscored"
    NA = "na"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One item of one unit. points (0 when None) + lost + open + winnable = max (contracts 1).

    `measures` names the (unit, measure) pairs that were read; the facts of their postings are
    the facts behind the points. `lacks`: the missing head-count that prevents a verdict (A36).
    """

    item: str
    clause: str
    points: Decimal | None
    max: Decimal
    status: Status
    because: str
    convention: str | None
    lost: Decimal
    open: Decimal
    winnable: Decimal
    measures: Reads
    lacks: Literal["", "students", "staff"] = ""


def judged(
    item: Item,
    status: Status,
    because: str,
    *,
    reads: Reads,
    points: Decimal | None = None,
    open: Decimal = ZERO,
    winnable: Decimal = ZERO,
    lacks: Literal["", "students", "staff"] = "",
) -> Verdict:
    """A verdict on an item that applies; points neither won, open nor winnable are lost."""
    return Verdict(
        item=item.code,
        clause=item.clause,
        points=points,
        max=item.max,
        status=status,
        because=because,
        convention=item.convention,
        lost=item.max - (points or ZERO) - open - winnable,
        open=open,
        winnable=winnable,
        measures=reads,
        lacks=lacks,
    )


def earned(book: Book, item: Item, because: str, points: Decimal, *, reads: Reads) -> Verdict:
    """A scored verdict whose missing points can be won until the plan's year ends."""
    left = item.max - points if book.until < year_end(book.plan) else ZERO
    return judged(item, Status.SCORED, because, reads=reads, points=points, winnable=left)


def outside(item: Item, status: Status, because: str, *, reads: Reads = ()) -> Verdict:
    """A verdict without points or maximum: not applicable, or shown unscored."""
    return Verdict(
        item=item.code,
        clause=item.clause,
        points=None,
        max=ZERO,
        status=status,
        because=because,
        convention=None if status is Status.NA else item.convention,
        lost=ZERO,
        open=ZERO,
        winnable=ZERO,
        measures=reads,
    )


# --- digits -------------------------------------------------------------------------------

HUNDREDTH = Decimal("0.01")


def cut(value: Decimal | Fraction) -> Decimal:
    """Cut to 0.01 toward zero."""
    if isinstance(value, Fraction):
        return Decimal(int(value * 100)) / 100
    return value.quantize(HUNDREDTH, ROUND_DOWN)


def band(bands: Bands, share: Fraction, *, edge_counts: bool = True) -> Decimal:
    """The points of the highest band whose floor a share reaches, exactly on it or only above it
    (A03, A04)."""
    return next(
        (worth for floor, worth in bands if share > floor or (edge_counts and share == floor)),
        ZERO,
    )


def banded(plan: Plan, item: Item, share: Fraction) -> Decimal:
    """The points of a share by an item's own ladder."""
    edge_counts = plan.reads("A04") == "higher"
    return cut(band(item.terms["bands"].value, share, edge_counts=edge_counts))


def digits(value: Decimal) -> str:
    """A decimal as written: no trailing zeros, no exponent, no minus before zero."""
    written = f"{value:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def percent(share: Fraction) -> str:
    """A share as people read it: one decimal, truncated and never rounded up (A05)."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10}%"


def day_words(day: date | str) -> str:
    """A day of the plan's year as people write it: 4月5日."""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return f"{day.month}月{day.day}日"
