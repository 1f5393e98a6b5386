"""Where a unit stands in its week and month: the second line of a receipt, 指标 and 待办."""

from collections.abc import Iterable

from commands.chat.requests import Asking
from commands.duties import obligations
from commands.wording.formats import date_text, week
from commands.wording.sentences import say
from commands.wording.terms import QUOTAS
from db import ledger
from db.engine.tx import Reading
from scoring.duties import Task, board
from scoring.moments import day_of, week_of


def quotas(tx: Reading, asking: Asking, unit: str) -> tuple[Task, ...]:
    """The unit's quotas at the time of the request, what waits for review included."""
    plan = asking.plan
    return board(plan, plan.by_code[unit], ledger.tallies(tx, plan), asking.at)


def tasks(tx: Reading, asking: Asking, unit: str) -> tuple[Task, ...]:
    """The quotas with the class meetings and the views that the unit owes beside them."""
    owed = obligations.rows(tx, asking.plan, asking.people, unit, asking.at)
    return (*quotas(tx, asking, unit), *owed)


def after_report(tx: Reading, asking: Asking, kinds: Iterable[str]) -> str:
    """How the unit stands in what was just reported; before the quotas begin, since when."""
    plan, unit = asking.plan, asking.who.unit
    if unit not in plan.by_code or not plan.by_code[unit].quotas:
        return ""
    kinds = tuple(kinds)
    if day_of(asking.at) < plan.effective_from:
        first = plan.effective_from
        key = "standing.kept" if len(kinds) == 1 else "standing.kept_all"
        return say(key, day=date_text(first), week=week(week_of(first)))
    wanted = set(kinds)
    return shown([task for task in quotas(tx, asking, unit) if task.task in wanted])


def shown(rows: Iterable[Task]) -> str:
    """本月 新闻 1/2　本周 视频 0/1: done includes what waits for review (C10)."""
    rows = tuple(rows)
    said = [
        say(f"standing.{span}", said=counted(part))
        for span, mark in (("month", ""), ("week", "W"))
        if (part := rows_of(rows, mark))
    ]
    waits = [bool(row.waiting) for row in rows]
    key = "standing.all_waiting" if all(waits) and len(waits) > 1 else "standing.waiting"
    return "　".join(said) + (say(key) if any(waits) else "")


def counted(rows: Iterable[Task]) -> str:
    """视频 0/1　栏目 1/1."""
    return "　".join(f"{QUOTAS[row.task]} {row.done}/{row.due}" for row in rows)


def asked(rows: Iterable[Task]) -> str:
    """视频 1　栏目 1: what a period asks for as a whole."""
    return "　".join(f"{QUOTAS[row.task]} {row.due}" for row in rows)


def rows_of(rows: Iterable[Task], mark: str) -> list[Task]:
    """The rows of a week (mark W) or of a month (no mark)."""
    return [row for row in rows if ("W" in row.period) == bool(mark)]
