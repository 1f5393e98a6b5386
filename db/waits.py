"""What waits for a decision: since when, how much of which, and a part of it by number."""

from collections.abc import Collection

from sqlalchemy import bindparam, case, func, select

from db.engine.tx import Reading, Row
from db.schema import facts, waiting
from scoring.moments import Instant

_ROWS = select(waiting, facts.c.person).join(facts, facts.c.id == waiting.c.fact)
_BEHIND = (
    _ROWS.where(
        waiting.c.kind.in_(bindparam("kinds", expanding=True)),
        waiting.c.fact > bindparam("after"),
    )
    .order_by(waiting.c.fact)
    .limit(bindparam("most"))
)
_OF_UNIT = _BEHIND.where(waiting.c.unit == bindparam("unit"))
_THESE = _ROWS.where(waiting.c.fact.in_(bindparam("numbers", expanding=True))).order_by(
    waiting.c.fact
)
_LATE = case((waiting.c.since < bindparam("before"), 1), else_=0)
_COUNTED = waiting.c.kind, waiting.c.unit, _LATE.label("late"), func.count().label("total")
_TOTALS = (
    select(*_COUNTED)
    .where(waiting.c.kind.in_(bindparam("kinds", expanding=True)))
    .group_by(waiting.c.kind, waiting.c.unit, _LATE)
)
_TOTALS_OF = (
    select(*_COUNTED, facts.c.person)
    .select_from(facts)
    .join(waiting, waiting.c.fact == facts.c.id)
    .where(
        facts.c.person.in_(bindparam("people", expanding=True)),
        waiting.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .group_by(waiting.c.kind, waiting.c.unit, facts.c.person, _LATE)
)


def since(tx: Reading, number: int) -> Instant | None:
    """Since when a fact waits; None if it does not."""
    row = tx.find(waiting, number)
    return None if row is None else int(row.since)


def behind(tx: Reading, kinds: Collection[str], after: int, most: int, unit: str = "") -> list[Row]:
    """The first so many facts of these kinds after a number that wait, of a unit if one is named:
    rows as `ledger.queue` has them."""
    asked = {"kinds": list(kinds), "after": after, "most": most}
    return tx.run(_OF_UNIT, unit=unit, **asked) if unit else tx.run(_BEHIND, **asked)


def these(tx: Reading, numbers: Collection[int]) -> list[Row]:
    """Those of these facts that wait, by number."""
    return tx.run(_THESE, numbers=list(numbers)) if numbers else []


def totals(tx: Reading, kinds: Collection[str], before: Instant) -> list[Row]:
    """How many wait of each kind and unit, those since before an instant apart: rows kind, unit,
    late, total."""
    return tx.run(_TOTALS, kinds=list(kinds), before=before)


def totals_of(
    tx: Reading, kinds: Collection[str], before: Instant, people: Collection[int]
) -> list[Row]:
    """The same of what these people reported, with each row's person."""
    return tx.run(_TOTALS_OF, kinds=list(kinds), before=before, people=list(people))
