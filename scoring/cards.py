"""Verdicts and scorecards: tallies in, explained points out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scoring.moments import Instant
from scoring.plan import Plan, Unit


class Status(StrEnum):
    SCORED = "scored"
    PENDING = "pending"
    UNVERIFIED = "unverified"
    UNSCORED = "unscored"
    NA = "na"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One item of one unit. points (0 when None) + lost + open + winnable = max (contracts 1).

    `measures` names the (unit, measure) pairs that were read: the facts behind the points are
    the facts of their postings.
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
    measures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The scorecard of a unit, or of the school row (unit None, name 两院)."""

    unit: str | None
    name: str
    group: str
    verdicts: tuple[Verdict, ...]
    points: Decimal
    max: Decimal
    rate: Decimal | None
    lost: Decimal
    open: Decimal
    winnable: Decimal


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
        raise NotImplementedError

    def total(self, unit: str, measure: str) -> int:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The head-counts behind the shares, as known at the time asked for.

    `students` None or 0: not set (A36). `staff`: person id -> unit code of everybody on the
    roster, units without a scorecard included.
    """

    students: int | None
    staff: Mapping[int, str]


def scorecard(plan: Plan, unit: Unit, tallies: Tallies, basis: Basis, until: Instant) -> Card:
    raise NotImplementedError


def school_card(plan: Plan, tallies: Tallies, basis: Basis, until: Instant) -> Card:
    raise NotImplementedError
