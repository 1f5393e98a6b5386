"""Tables of earlier reports that were booked: who brought and agreed, and which fact came of which
line."""

from sqlalchemy import bindparam, func, select, update

from db import ledger
from db.engine.tx import Reading, Row, Tx
from db.schema import facts as facts_table
from db.schema import imported, imports
from scoring.facts import State
from scoring.moments import Instant
from scoring.plan import Plan

_FACTS = (
    select(imported.c.fact).where(imported.c.batch == bindparam("which")).order_by(imported.c.line)
)
_COUNT = select(func.count().label("total")).where(imported.c.batch == bindparam("which"))
_LATEST = select(imports).order_by(imports.c.id.desc()).limit(bindparam("most"))
_UNDONE = (
    update(imports)
    .where(imports.c.id == bindparam("which"), imports.c.undone_at.is_(None))
    .values(undone_at=bindparam("at"))
)

_BESIDE = select(facts_table.c.id, facts_table.c.title, facts_table.c.link).where(
    facts_table.c.unit == bindparam("unit"),
    facts_table.c.kind == bindparam("kind"),
    facts_table.c.plan == bindparam("plan"),
    facts_table.c.happened_at >= bindparam("since"),
    facts_table.c.happened_at < bindparam("until"),
)


def begin(tx: Tx, plan: Plan, *, by: int | None, second: int, at: Instant) -> int:
    """Note a table that is about to be booked; its number. `by` None: the shell."""
    return tx.add(imports, plan=plan.id, person=by, second=second, at=at, undone_at=None)


def batch(tx: Reading, number: int) -> Row | None:
    """The table with this number."""
    return tx.find(imports, number)


def latest(tx: Reading, most: int) -> list[Row]:
    """The newest tables first."""
    return tx.run(_LATEST, most=most)


def beside(
    tx: Reading, plan: Plan, unit: str, kind: str, *, since: Instant, until: Instant
) -> list[Row]:
    """A unit's facts of a kind in a span that are not taken back: rows id, title, link."""
    rows = tx.run(_BESIDE, unit=unit, kind=kind, plan=plan.id, since=since, until=until)
    return [row for row in rows if ledger.stands(tx, row.id).state is not State.WITHDRAWN]


def fact_of(tx: Reading, batch: int, line: int) -> int | None:
    """The fact that came of a line; None if it is not booked."""
    row = tx.find(imported, batch, line)
    return None if row is None else int(row.fact)


def mark(tx: Tx, batch: int, line: int, fact: int) -> None:
    """Note that a fact came of a line."""
    tx.add(imported, batch=batch, line=line, fact=fact)


def facts(tx: Reading, batch: int) -> list[int]:
    """The facts that came of a table, in the order of its lines."""
    return [int(row.fact) for row in tx.run(_FACTS, which=batch)]


def total(tx: Reading, batch: int) -> int:
    """How many facts came of a table."""
    return int(tx.run(_COUNT, which=batch)[0].total)


def undone(tx: Tx, batch: int, at: Instant) -> bool:
    """Note that all of a table is taken back; False if it was before."""
    return tx.change(_UNDONE, which=batch, at=at) == 1
