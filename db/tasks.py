"""Interaction tasks and who took part in them (附件3·五). Participation has no number and earns
no points: the platform's counters decide (A50)."""

from sqlalchemy import bindparam, delete, func, select

from db import ledger
from db.engine.tx import Reading, Tx
from db.schema import facts, participation
from scoring.facts import State
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.values import frozen

SETTLED = "settled"
"""The topic under which a settlement claims its task, so that only one stands at a time."""

_TASKS = (
    select(facts.c.id)
    .where(facts.c.plan == bindparam("plan"), facts.c.kind == "task")
    .order_by(facts.c.id)
)
_ACTS = select(participation.c.act).where(
    participation.c.plan == bindparam("plan"),
    participation.c.task == bindparam("task"),
    participation.c.person == bindparam("person"),
)
_TOOK_PART = select(participation.c.person, participation.c.school_class).where(
    participation.c.plan == bindparam("plan"),
    participation.c.task == bindparam("task"),
    participation.c.act == bindparam("act"),
)
_NEWEST_ACTS = (
    select(participation)
    .where(
        participation.c.plan == bindparam("plan"),
        participation.c.person == bindparam("person"),
        participation.c.school_class == "",
        participation.c.at >= bindparam("since"),
    )
    .order_by(participation.c.at.desc(), participation.c.task)
)
_FORGET_ACT = delete(participation).where(
    participation.c.plan == bindparam("of_plan"),
    participation.c.task == bindparam("of_task"),
    participation.c.person == bindparam("of_person"),
    participation.c.act == bindparam("of_act"),
    participation.c.school_class == "",
)
_SUMS = (
    select(participation.c.act, func.sum(participation.c.count).label("total"))
    .where(participation.c.plan == bindparam("plan"), participation.c.task == bindparam("task"))
    .group_by(participation.c.act)
)


def is_open(tx: Reading, plan: Plan, task: ledger.Entry, at: Instant) -> bool:
    """Whether people can still take part: it has not ended and was not settled or withdrawn."""
    return at < int(task.fact.details["closes"]) and _runs(tx, plan, task)


def _runs(tx: Reading, plan: Plan, task: ledger.Entry) -> bool:
    settled = ledger.claimed(tx, plan, SETTLED, str(task.number)) is not None
    return not settled and ledger.stands(tx, task.number).state is not State.WITHDRAWN


def open_tasks(tx: Reading, plan: Plan, at: Instant) -> list[ledger.Entry]:
    """The tasks people can take part in at an instant, oldest first."""
    return [task for task in unsettled(tx, plan) if at < int(task.fact.details["closes"])]


def unsettled(tx: Reading, plan: Plan) -> list[ledger.Entry]:
    """The tasks that are neither settled nor withdrawn, oldest first."""
    found = (ledger.entry(tx, row.id) for row in tx.run(_TASKS, plan=plan.id))
    return [task for task in found if task is not None and _runs(tx, plan, task)]


def reopened(tx: Reading, plan: Plan, task: int) -> ledger.Entry | None:
    """The settlement of a task that an upheld appeal has put up to be entered anew, if any."""
    number = ledger.claimed(tx, plan, SETTLED, str(task))
    again = number is not None and ledger.stands(tx, number).again
    return ledger.entry(tx, number) if number is not None and again else None


def to_settle_anew(tx: Reading, plan: Plan) -> list[ledger.Entry]:
    """The tasks whose settlement is to be entered anew, oldest first."""
    found = (ledger.entry(tx, row.id) for row in tx.run(_TASKS, plan=plan.id))
    return [task for task in found if task is not None and reopened(tx, plan, task.number)]


def acts_of(tx: Reading, plan: Plan, task: int, person: int) -> frozenset[str]:
    """The acts a person has done for a task, personally or for a class."""
    rows = tx.run(_ACTS, plan=plan.id, task=task, person=person)
    return frozenset(row.act for row in rows)


def took_part(tx: Reading, plan: Plan, task: int, act: str) -> frozenset[tuple[int, str]]:
    """Who did an act for a task, as (person, class); "" for oneself."""
    rows = tx.run(_TOOK_PART, plan=plan.id, task=task, act=act)
    return frozenset((row.person, row.school_class) for row in rows)


@frozen
class Acts:
    """What a person noted for a task at one moment."""

    task: int
    acts: tuple[str, ...]


def newest_acts(tx: Reading, plan: Plan, person: int, since: Instant) -> Acts | None:
    """What a person last noted for themselves, if that was not before `since`."""
    rows = tx.run(_NEWEST_ACTS, plan=plan.id, person=person, since=since)
    last = [row for row in rows if (row.task, row.at) == (rows[0].task, rows[0].at)]
    return Acts(task=last[0].task, acts=tuple(row.act for row in last)) if last else None


def take_back(tx: Tx, plan: Plan, task: int, person: int, act: str) -> None:
    """Forget an act that a person noted for themselves."""
    tx.change(_FORGET_ACT, of_plan=plan.id, of_task=task, of_person=person, of_act=act)


def sums(tx: Reading, plan: Plan, task: int) -> dict[str, int]:
    """Act -> how often it was reported for a task."""
    return {row.act: int(row.total) for row in tx.run(_SUMS, plan=plan.id, task=task)}


def take_part(
    tx: Tx, plan: Plan, task: int, person: int, act: str, *, klass: str, count: int, at: Instant
) -> bool:
    """Note an act once per person, task and class; False if it was noted before."""
    if tx.find(participation, plan.id, task, person, act, klass) is not None:
        return False
    tx.add(
        participation,
        plan=plan.id,
        task=task,
        person=person,
        act=act,
        school_class=klass,
        count=count,
        at=at,
    )
    return True
