"""The head-counts of a settlement: those of its day, and the number of students set later where
there was none."""

from collections.abc import Iterator
from functools import partial

import orjson
from sqlalchemy import bindparam, select

from db import people, settings
from db.engine.tx import Reading, Tx
from db.schema import facts
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.verdicts import Basis

SETTLEMENT = "settlement"
SETTLEMENTS = "settlements"
"""The cached value of a plan: its id follows."""

_SETTLED = (
    select(facts.c.details, facts.c.recorded_at)
    .where(
        facts.c.unit == bindparam("unit"),
        facts.c.kind == SETTLEMENT,
        facts.c.plan == bindparam("plan"),
    )
    .order_by(facts.c.id)
)

Settled = tuple[str, Instant]
"""The task, and when its settlement was recorded."""


TEACHERS = frozenset({"教师", "班主任"})
"""The roles of those who teach."""


def basis(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Basis:
    """The head-counts at `until`, as known at `known`."""
    return Basis(
        students=settings.students(tx, known),
        staff=people.staff_at(tx, until, known),
        later=tuple(set_later(tx, plan, known)),
        teachers=() if plan.reads("A33") == "all_staff" else _teachers(tx, until, known),
        schools=_schools(tx, until, known) if plan.reads("A29") == "per_school" else (),
    )


def _teachers(tx: Reading, until: Instant, known: Instant) -> tuple[int, ...]:
    """Those of the staff whose role on the roster is a teacher's, by id (A33)."""
    rows = tx.run(people.EMPLOYED, at=until, known=known)
    return tuple(sorted(row.person for row in rows if not TEACHERS.isdisjoint(row.roles.split())))


def _schools(tx: Reading, until: Instant, known: Instant) -> tuple[tuple[int, str], ...]:
    """The school of everybody on the roster, as it is written there (A29)."""
    rows = tx.run(people.EMPLOYED, at=until, known=known)
    return tuple(sorted((row.person, row.school) for row in rows))


def set_later(tx: Reading, plan: Plan, known: Instant) -> Iterator[tuple[str, int]]:
    """(task, students) for each task settled without 在校人数: the first number set after it, as
    known at an instant (decision 6)."""
    history = settings.history(tx, settings.STUDENTS)
    for task, settled_at in tx.cached(f"{SETTLEMENTS}:{plan.id}", partial(_settled, plan)):
        later = (int(text) for at, text in history if settled_at <= at <= known and text)
        if number := next(later, 0):
            yield task, number


def staff(tx: Reading, plan: Plan, now: Instant) -> tuple[int, int]:
    """How many people are on the roster, and how many of them in the foremost group of units."""
    found = people.staff_at(tx, now, now)
    teaching = {unit.code for unit in plan.units if unit.group == plan.groups[0]}
    return len(found), sum(unit in teaching for unit in found.values())


def settled(tx: Tx, plan: Plan) -> None:
    """Note that a task was settled."""
    tx.bump(f"{SETTLEMENTS}:{plan.id}")


def _settled(plan: Plan, tx: Reading) -> tuple[Settled, ...]:
    """The tasks that were settled without a number of students."""
    found = (row for unit in plan.by_code for row in tx.run(_SETTLED, unit=unit, plan=plan.id))
    rows = ((orjson.loads(row.details), row.recorded_at) for row in found)
    return tuple((str(one["task"]), at) for one, at in rows if not one.get("students"))
