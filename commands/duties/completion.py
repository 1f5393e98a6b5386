"""齐了: tell a unit's heads, or without any its officers, once, when the last open quota of its
week or month is accepted (delight 4). The decision can be taken back, so it is said ten minutes
later, if it still holds."""

from collections.abc import Iterable

from commands.chat.requests import Asking
from commands.duties import obligations
from db import ledger, reminders
from db.engine.tx import Reading, Tx
from db.people import Directory
from scoring.duties import Task, board
from scoring.moments import DAY, MINUTE, Instant, day_of, month_of, week_of
from scoring.plan import Plan

COMPLETE = "complete"
"""The family of these reminders; unit and period follow it in the rule."""

HELD_BACK = 10 * MINUTE
USEFUL = 3 * DAY


def note(asking: Asking, tx: Tx, entries: Iterable[ledger.Entry]) -> None:
    """Plan to tell the heads whose week or month these decided facts, or a meeting, completed."""
    plan = asking.plan
    units = {entry.fact.unit: entry.fact.happened_at for entry in entries}
    for unit, happened_at in units.items():
        if unit not in plan.by_code:
            continue
        rows = accepted(tx, plan, asking.people, unit, happened_at)
        for period in (week_of(day_of(happened_at)), month_of(day_of(happened_at))):
            rule = f"{COMPLETE}.{unit}.{period}"
            if rows.get(period) and not reminders.known(tx, rule):
                _plan(asking, tx, rule, unit)


def _plan(asking: Asking, tx: Tx, rule: str, unit: str) -> None:
    at = asking.now + HELD_BACK
    for head in asking.people.heads(unit) or asking.people.officers(unit):
        reminders.settle(
            tx,
            rule,
            f"person:{head.id}",
            at,
            reminders.WAITING,
            now=asking.now,
            until=at + USEFUL,
        )


def accepted(
    tx: Reading, plan: Plan, people: Directory, unit: str, at: Instant
) -> dict[str, tuple[Task, ...]]:
    """Those of the week and the month of an instant in which all that the unit owes is accepted,
    with its tasks; a period that asks for nothing is left out."""
    meeting = obligations.meeting_row(tx, plan, people, unit, at)
    rows = (
        *board(plan, plan.by_code[unit], ledger.tallies(tx, plan), at),
        *((meeting,) if meeting else ()),
    )
    found: dict[str, tuple[Task, ...]] = {}
    for row in rows:
        found[row.period] = (*found.get(row.period, ()), row)
    return {
        period: tasks
        for period, tasks in found.items()
        if all(task.accepted >= task.due for task in tasks)
    }
