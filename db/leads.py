"""Leads as the admissions desk looks at them: who reported which numbers, which are to be rung up
first, which nobody answered, which tables are out. Who a lead is stays sealed."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, or_, select

from db.schema import decisions, desk_tables, facts, leads, suspects, tries
from db.schema import waiting as waiting_table
from db.tx import Reading, Row, Tx
from scoring.moments import HOUR, Instant
from scoring.plan import Plan

TABLE_LASTS = 24 * HOUR
"""A table of full numbers can come back for this long (C11)."""

_LATEST = (
    select(facts.c.id, facts.c.happened_at)
    .where(
        facts.c.person == bindparam("person"),
        facts.c.plan == bindparam("plan"),
        facts.c.kind == "lead",
    )
    .order_by(facts.c.id.desc())
    .limit(bindparam("most"))
)
NEAR = 8
_NUMBERED = (
    select(leads.c.fact, leads.c.phone_hash)
    .join(facts, facts.c.id == leads.c.fact)
    .where(
        or_(*(leads.c.phone_hash == bindparam(f"hash{n}") for n in range(NEAR))),
        facts.c.person == bindparam("person"),
        facts.c.plan == bindparam("plan"),
    )
)
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
_TRIED = select(tries.c.fact, func.count().label("times")).group_by(tries.c.fact)
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


def latest(tx: Reading, plan: Plan, person: int, most: int) -> list[Row]:
    """A person's latest leads of a plan (rows id, happened_at), newest first."""
    return tx.run(_LATEST, person=person, plan=plan.id, most=most)


def numbered(tx: Reading, plan: Plan, person: int, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Which of these NEAR numbers the same person has reported, and as which lead."""
    said = {f"hash{n}": hashed for n, hashed in enumerate(hashes)}
    rows = tx.run(_NUMBERED, person=person, plan=plan.id, **said)
    return {bytes(row.phone_hash): int(row.fact) for row in rows}


def decided(tx: Reading, plan: Plan, person: int, since: Instant) -> list[int]:
    """The person's leads that others have decided on, or taken a decision back on, since then."""
    return [int(row.fact) for row in tx.run(_DECIDED, person=person, plan=plan.id, since=since)]


def waiting(tx: Reading, plan: Plan, person: int) -> list[int]:
    """The person's leads that nobody has decided on yet."""
    return [int(row.fact) for row in tx.run(_WAITING, person=person, plan=plan.id)]


def suspected(tx: Reading) -> frozenset[int]:
    """The numbers of the leads that are to be rung up first."""
    return frozenset(int(row.fact) for row in tx.run(_SUSPECTS))


def suspect(tx: Tx, numbers: Iterable[int]) -> None:
    """Flag leads, once each."""
    for number in numbers:
        if tx.find(suspects, number) is None:
            tx.add(suspects, fact=number)


def tried(tx: Reading) -> dict[int, int]:
    """How often a lead was rung in vain."""
    return {int(row.fact): int(row.times) for row in tx.run(_TRIED)}


def mark_tried(tx: Tx, number: int, person: int, at: Instant) -> None:
    """Nobody answered under this lead's number."""
    tx.add(tries, fact=number, person=person, at=at)


def hand_out(tx: Tx, person: int, at: Instant) -> int:
    """The number of a table of leads that is given to a person now."""
    return tx.add(desk_tables, person=person, at=at, expires_at=at + TABLE_LASTS)


def is_out(tx: Reading, number: int, now: Instant) -> bool:
    """Whether a table was handed out and can still come back."""
    row = tx.find(desk_tables, number)
    return row is not None and now <= row.expires_at
