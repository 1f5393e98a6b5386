"""The weeks of a plan that are over, each as known at its end.

Postings are only appended, with the time they were recorded, so a week that is over never changes
and is added up once: the pages keep a Year, a picture makes one.
"""

from collections.abc import Callable

from db import ledger, weeks
from db.engine.tx import Reading
from db.plans import Shelf
from scoring.cards import Card, Tallies, scorecard
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan
from scoring.values import frozen

SETTLED = 5 * MINUTE
"""After so many seconds nothing more is recorded with an earlier time."""


@frozen
class Week:
    """A week that is over: its number since 1970, its end, the cards of all units as known then,
    and the leads certified in it."""

    number: int
    end: Instant
    cards: dict[str, Card]
    certified: int


class Year:
    """`weeks`: those of a plan that are over, from the first in which anything counted, oldest
    first. Beside them what the next are made of: the sums by week up to a posting, and those until
    the last week."""

    def __init__(self) -> None:
        self.weeks: list[Week] = []
        self._upto = 0
        self._found: dict[int, list[tuple[str, str, str, int]]] = {}
        self._sums: dict[tuple[str, str, str], int] = {}

    def grow(
        self,
        tx: Reading,
        plan: Plan,
        shelf: Shelf,
        now: Instant,
        tell: Callable[[int], None] | None = None,
    ) -> None:
        """Add the weeks that ended meanwhile; `tell` hears the percentage done after each."""
        last = weeks.number(now - SETTLED) - 1
        if self.weeks and self.weeks[-1].number >= last:
            return
        head = weeks.head(tx)
        for row in weeks.sums(tx, plan, self._upto, head):
            self._found.setdefault(int(row.week), []).append(
                (row.unit, row.measure, row.period, int(row.value))
            )
        self._upto = head
        began = max(weeks.number(weeks.begins(plan)), min(self._found, default=last + 1))
        first = self.weeks[-1].number + 1 if self.weeks else began
        for number in sorted(one for one in self._found if one < first):
            self._add(number)
        ending = min(last, weeks.number(weeks.ends(plan)))
        for number in range(first, ending + 1):
            certified = self._add(number)
            end = weeks.end(number)
            cards = self._cards(tx, shelf.by_id(plan.id, end) or plan, end)
            self.weeks.append(Week(number=number, end=end, cards=cards, certified=certified))
            if tell is not None:
                tell(100 * (number - first + 1) // (ending - first + 1))

    def _add(self, number: int) -> int:
        """Add a week to the sums; how many leads were certified in it. What is recorded later for
        it comes with its own week, so it is not needed again."""
        certified = 0
        for unit, measure, period, value in self._found.pop(number, ()):
            key = unit, measure, period
            self._sums[key] = self._sums.get(key, 0) + value
            if measure == "lead.accepted" and unit == "*":
                certified += value
        return certified

    def _cards(self, tx: Reading, plan: Plan, end: Instant) -> dict[str, Card]:
        known = end - 1
        tallies = Tallies((*key, value) for key, value in self._sums.items())
        basis = ledger.basis(tx, plan, known, known)
        return {unit.code: scorecard(plan, unit, tallies, basis, end) for unit in plan.scored_units}
