"""Sums at past instants, and the weeks of a plan: kept, since what was known then never changes.

Postings are only appended, with the time they were recorded; so the sums as known at an instant
are the same for ever once that instant is safely over. Counting them again costs time that grows
with the ledger, and a page must not.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from db import ledger, weeks
from db.engine.tx import Reading
from db.plans import Shelf
from scoring.cards import Card, Tallies, scorecard
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan

MOST = 64
"""Past instants that are kept."""

SETTLED = 5 * MINUTE
"""After so many seconds nothing more is recorded with an earlier time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week that is over: its number since 1970, its end, the cards of all units as known then,
    and the leads certified in it."""

    number: int
    end: Instant
    cards: dict[str, Card]
    certified: int


@dataclass(slots=True)
class _Year:
    """What is kept of a plan's postings: the sums by week up to a posting, the sums until the last
    week, and the weeks."""

    upto: int = 0
    found: dict[int, list[tuple[str, str, str, int]]] = field(default_factory=dict)
    sums: dict[tuple[str, str, str], int] = field(default_factory=dict)
    weeks: list[Week] = field(default_factory=list)


class Past:
    """What was, kept in memory for one process."""

    def __init__(self) -> None:
        self._tallies: OrderedDict[tuple[str, Instant, Instant], Tallies] = OrderedDict()
        self._years: dict[tuple[str, int], _Year] = {}
        self._lock = Lock()

    def tallies(
        self, tx: Reading, plan: Plan, until: Instant, known: Instant, now: Instant
    ) -> Tallies:
        """The tallies of what happened up to `until` as known at `known`, both inclusive."""
        key = plan.id, until, known
        with self._lock:
            if (found := self._tallies.get(key)) is not None:
                self._tallies.move_to_end(key)
                return found
        found = ledger.tallies_at(tx, plan, until, known)
        if known <= now - SETTLED:
            with self._lock:
                self._tallies[key] = found
                if len(self._tallies) > MOST:
                    self._tallies.popitem(last=False)
        return found

    def weeks(self, tx: Reading, plan: Plan, shelf: Shelf, now: Instant) -> list[Week]:
        """The weeks of a year that are over, from the first in which anything counted, oldest
        first, each as known at its end."""
        key = plan.id, len(shelf.revisions)
        with self._lock:
            year = self._years.get(key)
            if year is None:
                self._years.clear()
                year = self._years[key] = _Year()
            self._grow(tx, plan, shelf, year, now)
            return list(year.weeks)

    def _grow(self, tx: Reading, plan: Plan, shelf: Shelf, year: _Year, now: Instant) -> None:
        last = weeks.number(now - SETTLED) - 1
        if year.weeks and year.weeks[-1].number >= last:
            return
        head = weeks.head(tx)
        for row in weeks.sums(tx, plan, year.upto, head):
            year.found.setdefault(int(row.week), []).append(
                (row.unit, row.measure, row.period, int(row.value))
            )
        year.upto = head
        began = max(weeks.number(weeks.begins(plan)), min(year.found, default=last + 1))
        first = year.weeks[-1].number + 1 if year.weeks else began
        for number in sorted(one for one in year.found if one < first):
            _add(year, number)
        for number in range(first, min(last, weeks.number(weeks.ends(plan))) + 1):
            certified = _add(year, number)
            end = weeks.end(number)
            year.weeks.append(
                Week(
                    number=number,
                    end=end,
                    cards=_cards(tx, shelf.by_id(plan.id, end) or plan, year, end),
                    certified=certified,
                )
            )


def _add(year: _Year, number: int) -> int:
    """Add a week to the sums; how many leads were certified in it. What is recorded later for it
    comes with its own week, so it is not needed again."""
    certified = 0
    for unit, measure, period, value in year.found.pop(number, ()):
        key = unit, measure, period
        year.sums[key] = year.sums.get(key, 0) + value
        if measure == "lead.accepted" and unit == "*":
            certified += value
    return certified


def _cards(tx: Reading, plan: Plan, year: _Year, end: Instant) -> dict[str, Card]:
    known = end - 1
    tallies = Tallies((*key, value) for key, value in year.sums.items())
    basis = ledger.basis(tx, plan, known, known)
    return {unit.code: scorecard(plan, unit, tallies, basis, end) for unit in plan.scored_units}
