"""The sums of a plan's postings, recomputed from facts and decisions, under its text or another.

Most changes of a plan leave the postings alone, since points are computed from their sums. What
the others file elsewhere is posted by `db.refiling`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import chain

from sqlalchemy import bindparam, func, select

from db import histories, ledger, months
from db.engine.tx import Reading
from db.refiling import moves
from db.schema import employments, facts
from scoring.cards import Tallies
from scoring.moments import DAY, OFFSET, Instant
from scoring.plan import Plan
from scoring.postings import ledger as posted
from scoring.refiled import refiled

FACTS_A_BREATH = 20

Key = tuple[str, str, str]
"""Unit, measure, period."""

_USED = (
    select(facts.c.unit, facts.c.kind, func.count().label("total"))
    .where(facts.c.plan == bindparam("plan"))
    .group_by(facts.c.unit, facts.c.kind)
    .order_by(facts.c.unit, facts.c.kind)
)
_STAFFED = (
    select(employments.c.unit, func.count().label("total"))
    .where(employments.c.until.is_(None), employments.c.unit != "")
    .group_by(employments.c.unit)
    .order_by(employments.c.unit)
)


def recomputed(tx: Reading, plan: Plan, until: Instant = ledger.FOREVER) -> dict[Key, int]:
    """The tallies that all facts and decisions add up to under a plan, of what happened before
    `until`."""
    sums: Counter[Key] = Counter()
    for fact, decisions in histories.everything(tx, plan):
        for one in posted(plan, fact, decisions):
            if one.happened_at < until:
                sums[one.unit, one.measure, one.period] += one.delta
    return {key: value for key, value in sums.items() if value}


Moved = Counter[tuple[str, str, str, int]]
"""(unit, measure, period, day since 1970 here) -> what counts for more under another text."""


def moved(tx: Reading, old: Plan, new: Plan, breath: Callable[[], None] = lambda: None) -> Moved:
    """What another text of the plan would file elsewhere; empty for most texts. `breath` is
    called after every few facts."""
    sums: Moved = Counter()
    kinds = refiled(old, new)
    found = histories.of_kinds(tx, old, kinds) if kinds else ()
    for place, (fact, decisions) in enumerate(found, start=1):
        for (*key, at), delta in moves(old, new, fact, decisions).items():
            sums[(*key, (at + OFFSET) // DAY)] += delta  # type: ignore[index]
        if not place % FACTS_A_BREATH:
            breath()
    return sums


def tallies(tx: Reading, old: Plan, found: Moved) -> Tallies:
    """The current tallies with what another text files elsewhere."""
    return _with(ledger.tallies(tx, old), found)


def tallies_before(
    tx: Reading, old: Plan, found: Moved, until: Instant, heads: months.Heads
) -> Tallies:
    """The tallies of what happened before `until`, a midnight, with what another text files
    elsewhere."""
    last = (until + OFFSET) // DAY
    early = {key: delta for key, delta in found.items() if key[-1] < last}
    return _with(months.tallies(tx, old, until, heads), early)


def _with(kept: Tallies, found: Mapping[tuple[str, str, str, int], int]) -> Tallies:
    rows = (
        (unit, measure, period, value)
        for (unit, measure), periods in kept.sums.items()
        for period, value in periods.items()
    )
    return Tallies(chain(rows, ((*key[:3], delta) for key, delta in found.items())))


def used(tx: Reading, plan: Plan) -> dict[tuple[str, str], int]:
    """(unit, kind) -> how many facts a plan's year holds."""
    return {(row.unit, row.kind): int(row.total) for row in tx.run(_USED, plan=plan.id)}


def staffed(tx: Reading) -> dict[str, int]:
    """Unit -> how many people are on the roster."""
    return {row.unit: int(row.total) for row in tx.run(_STAFFED)}
