"""Sums at past instants, and the weeks of a plan: kept, since what was known then never changes.

The sums as known at an instant are the same for ever once that instant is safely over. Counting
them again costs time that grows with the ledger, and a page must not.
"""

from collections import OrderedDict
from threading import Lock

from commands.scores.weekly import SETTLED, Week, Year
from db import ledger
from db.engine.tx import Reading
from db.plans import Shelf
from scoring.cards import Tallies
from scoring.moments import Instant
from scoring.plan import Plan

MOST = 64
"""Past instants that are kept."""


class Past:
    """What was, kept in memory for one process."""

    def __init__(self) -> None:
        self._tallies: OrderedDict[tuple[str, Instant, Instant], Tallies] = OrderedDict()
        self._years: dict[tuple[str, int], Year] = {}
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
        """The weeks of a year that are over, as `weekly.Year` has them."""
        key = plan.id, len(shelf.revisions)
        with self._lock:
            year = self._years.get(key)
            if year is None:
                self._years.clear()
                year = self._years[key] = Year()
            year.grow(tx, plan, shelf, now)
            return list(year.weeks)
