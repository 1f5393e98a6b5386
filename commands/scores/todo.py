"""指标 待办 截止: what is owed, by whom and by when. Nothing here writes."""

from collections.abc import Callable
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Request, command
from commands.duties import obligations, standing
from commands.review.waiting import waiting
from commands.scores import score
from commands.tasks import participation
from commands.wording.formats import (
    date_text,
    deadline,
    short,
    short_name,
    week,
    week_span,
    weekday,
)
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Reading
from scoring.moments import day_of, end_of, week_of
from scoring.plan import Item


@command("quota", "指标", slots=(score.UNIT,), reads=True, bare=True, example="指标 机电")
def quota(request: Request, tx: Reading) -> Reply:
    """What 附件2 asks of a unit this week and month, and how much of it is done."""
    code = request.args.get("unit") or request.who.unit
    unit = request.plan.by_code.get(code)
    if unit is None or not any(quota.due for quota in unit.quotas.values()):
        raise Refusal(say("quota.none", unit=short(request.plan, code)))
    first = request.plan.effective_from
    if day_of(request.at) < first:
        return Reply(text=say("standing.not_yet", day=date_text(first), week=week(week_of(first))))
    rows = standing.tasks(tx, request, code)
    weekly, monthly = standing.rows_of(rows, "W"), standing.rows_of(rows, "")
    return Reply(
        text=lines(
            say("quota.head", unit=unit.name, week=week_span(week_of(day_of(request.at)))),
            standing.shown(weekly) or say("quota.no_week"),
            standing.shown(monthly),
        )
    )


@command("todo", "待办", reads=True, bare=True, private=True, example="待办")
def todo(request: Request, tx: Reading) -> Reply:
    """What the asker still owes: leads, their unit's gaps and deadlines, and their queue."""
    plan, who = request.plan, request.who
    said: list[str] = []
    buttons: list[Button] = []
    counts = obligations.lead_counts(tx, plan, who.id)
    if counts["done"] < counts["due"]:
        said.append(say("todo.leads", **counts))
    said += participation.left_of(tx, request)
    unit = plan.by_code.get(who.unit)
    if unit is not None and who.roles & {"宣传员", "部门负责人"}:
        tallies = ledger.tallies(tx, plan)
        gaps = [row for row in standing.tasks(tx, request, unit.code) if row.missing]
        if gaps:
            said.append(say("todo.unit", unit=short_name(unit), said=standing.shown(gaps)))
        gate = score.next_gate(request, unit, tallies, request.at)
        if gate:
            said.append(gate)
    undecided = waiting(request, tx)
    if undecided:
        said.append(say("todo.queue", total=len(undecided)))
        buttons.append(Button.of(say("button.queue"), "queue"))
    text = lines(*said) or say("todo.nothing")
    return Reply(text=text, buttons=(tuple(buttons),) if buttons else ())


Worth = Callable[[Item], Any]

DATED: tuple[tuple[str, str, Worth], ...] = (
    ("dy_handover", "deadline", lambda item: item.max),
    ("ppt", "first_deadline", lambda item: item.terms["first_points"].value),
    (
        "live_team",
        "deadline",
        lambda item: item.terms["seat"].value * item.terms["seats"].value,
    ),
    ("ppt", "second_deadline", lambda item: item.terms["second_points"].value),
)
"""The deadlines of items: the item, the term with the day, and what it is worth."""


@command("deadlines", "截止", reads=True, bare=True, example="截止")
def deadlines(request: Request, tx: Reading) -> Reply:
    """The plan's deadlines still ahead, nearest first, with what each is worth."""
    plan, today = request.plan, day_of(request.at)
    dated = [
        (plan.term(item, name), item, worth(plan.item[item]))
        for item, name, worth in DATED
        if item in plan.item
    ]
    ahead = sorted((row for row in dated if row[0] >= today), key=lambda row: row[0])
    said = [
        say(
            "deadlines.line",
            by=deadline(end_of(last)),
            word=plan.item[item].word,
            points=worth,
            left=(last - today).days,
        )
        for last, item, worth in ahead
    ]
    year_end = say("deadlines.year_end", day=weekday(plan.last_day))
    return Reply(text=lines(*said, year_end))
