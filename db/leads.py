"""Leads as the admissions desk sees them: who reported which, which to call first, which nobody
answered, which tables are out. The person behind a lead stays sealed."""

from collections.abc import Collection, Iterable

from sqlalchemy import and_, bindparam, func, select

from db.engine.tx import Reading, Tx
from db.schema import decisions, desk_tables, facts, suspects, tries
from db.schema import waiting as waiting_table
from scoring.moments import DAY, HOUR, OFFSET, Instant, day_of, start_of
from scoring.plan import Plan

TABLE_LASTS = 24 * HOUR
"""How long a table of full numbers can be handed back (C11)."""

MANY_A_DAY = 20
"""Leads of one person on one day; if there are more, they are checked first (C17)."""

_WAITING = (
    select(waiting_table.c.fact)
    .join(facts, facts.c.id == waiting_table.c.fact)
    .where(
        facts.c.person == bindparam("person"),
        facts.c.plan == bindparam("plan"),
        facts.c.kind == "lead",
    )
    .order_by(waiting_table.c.fact)
)
_SUSPECTS = select(suspects.c.fact)
_OLDEST = (
    select(func.min(facts.c.happened_at))
    .select_from(waiting_table)
    .join(facts, facts.c.id == waiting_table.c.fact)
    .where(facts.c.plan == bindparam("plan"), waiting_table.c.kind == "lead")
)
_DAY = (facts.c.happened_at + OFFSET) // DAY
_BUSY = (
    select(facts.c.person, _DAY.label("day"))
    .where(
        facts.c.plan == bindparam("plan"),
        facts.c.kind == "lead",
        facts.c.happened_at >= bindparam("since"),
    )
    .group_by(facts.c.person, _DAY)
    .having(func.count() > bindparam("most"))
    .subquery()
)
_OF_BUSY_DAYS = (
    select(facts.c.id)
    .join(waiting_table, waiting_table.c.fact == facts.c.id)
    .join(_BUSY, and_(_BUSY.c.person == facts.c.person, _BUSY.c.day == _DAY))
    .where(facts.c.plan == bindparam("plan"), facts.c.kind == "lead")
)
_TRIED = select(tries.c.fact, func.count().label("times")).group_by(tries.c.fact)
_TRIED_OF = _TRIED.where(tries.c.fact.in_(bindparam("numbers", expanding=True)))
_DECIDED = (
    select(decisions.c.fact)
    .distinct()
    .join(facts, facts.c.id == decisions.c.fact)
    .where(
        facts.c.person == bindparam("person"),
        facts.c.plan == bindparam("plan"),
        facts.c.kind == "lead",
        decisions.c.person != facts.c.person,
        decisions.c.recorded_at >= bindparam("since"),
    )
    .order_by(decisions.c.fact)
)


def decided(tx: Reading, plan: Plan, person: int, since: Instant) -> list[int]:
    """The person's leads on which others have decided, or taken back a decision, since then."""
    return [int(row.fact) for row in tx.run(_DECIDED, person=person, plan=plan.id, since=since)]


def waiting(tx: Reading, plan: Plan, person: int) -> list[int]:
    """The person's leads that nobody has decided on yet."""
    return [int(row.fact) for row in tx.run(_WAITING, person=person, plan=plan.id)]


def suspected(tx: Reading, plan: Plan) -> frozenset[int]:
    """The numbers of the leads to call first: flagged ones, and waiting ones from a day on which
    one person reported more than MANY_A_DAY (C17)."""
    flagged = {int(row.fact) for row in tx.run(_SUSPECTS)}
    [(oldest,)] = tx.run(_OLDEST, plan=plan.id)
    if oldest is None:
        return frozenset(flagged)
    since = start_of(day_of(oldest))
    busy = tx.run(_OF_BUSY_DAYS, plan=plan.id, since=since, most=MANY_A_DAY)
    return frozenset(flagged.union(int(row.id) for row in busy))


def suspect(tx: Tx, numbers: Iterable[int]) -> None:
    """Flag leads, once each."""
    for number in numbers:
        if tx.find(suspects, number) is None:
            tx.add(suspects, fact=number)


def tried(tx: Reading) -> dict[int, int]:
    """Lead -> how often a call went unanswered."""
    return {int(row.fact): int(row.times) for row in tx.run(_TRIED)}


def tried_of(tx: Reading, numbers: Collection[int]) -> dict[int, int]:
    """The same of these leads alone."""
    rows = tx.run(_TRIED_OF, numbers=list(numbers)) if numbers else []
    return {int(row.fact): int(row.times) for row in rows}


def mark_tried(tx: Tx, number: int, person: int, at: Instant) -> None:
    """Note that nobody answered a call to this lead."""
    tx.add(tries, fact=number, person=person, at=at)


def hand_out(tx: Tx, person: int, at: Instant) -> int:
    """Note that a table of leads is handed to a person; the table's number."""
    return tx.add(desk_tables, person=person, at=at, expires_at=at + TABLE_LASTS)


def is_out(tx: Reading, number: int, now: Instant) -> bool:
    """Whether a table was handed out and can still be handed back."""
    row = tx.find(desk_tables, number)
    return row is not None and now <= row.expires_at
