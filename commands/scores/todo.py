"""指标 待办 截止: what is owed, by whom and by when. Nothing here writes."""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Request, command
from commands.duties import agenda, obligations, once, standing
from commands.review.waiting import waiting
from commands.scores import score
from commands.tasks import participation
from commands.wording.formats import (
    cut,
    date_text,
    deadline,
    short,
    short_name,
    week,
    week_span,
    weekday,
)
from commands.wording.sentences import lines, say
from db import ledger, tasks
from db.engine.tx import Reading
from scoring.moments import Instant, day_of, end_of, period_days, week_of
from scoring.periods import effective_at
from scoring.plan import Item


@command("quota", "指标", slots=(score.UNIT,), reads=True, bare=True, example="指标 机电")
def quota(request: Request, tx: Reading) -> Reply:
    """What 附件2 asks of a unit this week and month, and how much of it is done."""
    code = request.args.get("unit") or request.who.unit
    unit = request.plan.by_code.get(code)
    besides = _once(request, tx, code) if unit is not None else ""
    if unit is None or not (besides or any(quota.due for quota in unit.quotas.values())):
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
            "　".join(filter(None, (standing.shown(monthly), besides))),
        )
    )


def _once(request: Request, tx: Reading, unit: str) -> str:
    """What is owed once a year: introductions of majors, live streams until their window ends."""
    plan = request.plan
    said = [
        say("quota.intro", what=what, done=done, due=due)
        for what, done, due in once.introductions(tx, plan, unit)
    ]
    live = once.streams(tx, plan, unit)
    if live is not None and day_of(request.at) <= live.last:
        span = {"first": date_text(live.first), "last": date_text(live.last)}
        said.append(say("quota.live", done=live.done, due=live.due, minutes=live.minutes, **span))
    return say("quota.once", said="　".join(said)) if said else ""


@command("todo", "待办", reads=True, bare=True, private=True, aside=True, example="待办")
def todo(request: Request, tx: Reading) -> Reply:
    """What the asker still owes: leads, tasks, their classes' meetings, their unit's gaps and
    deadlines, and their queue; to others of the unit its gaps are named as its officer's."""
    plan, who = request.plan, request.who
    said: list[str] = []
    buttons: list[Button] = []
    counts = obligations.lead_counts(tx, plan, who.id)
    if counts["done"] < counts["due"]:
        said.append(say("todo.leads", **counts))
    said += participation.left_of(tx, request)
    said += _meetings(request, tx)
    unit = plan.by_code.get(who.unit)
    speaks = bool(who.roles & {"宣传员", "部门负责人"})
    gaps = _gaps(request, tx) if unit is not None else ""
    if unit is not None and speaks:
        said += [say("todo.unit", unit=short_name(unit), said=gaps)] if gaps else []
        gate = score.next_gate(request, unit, ledger.tallies(tx, plan), request.at)
        if gate:
            said.append(gate)
    undecided = waiting(request, tx)
    if undecided:
        said.append(say("todo.queue", total=len(undecided)))
        buttons.append(Button.of(say("button.queue"), "queue"))
    if gaps and not speaks and unit is not None:
        own = "" if said else say("todo.nothing_own")
        said.append(own + say("todo.of_officer", unit=short_name(unit), said=gaps))
    text = lines(*said) or say("todo.nothing")
    return Reply(text=text, buttons=(tuple(buttons),) if buttons else ())


def _gaps(request: Request, tx: Reading) -> str:
    """What the asker's unit still has to report this week and month."""
    rows = standing.tasks(tx, request, request.who.unit)
    return standing.shown(row for row in rows if row.missing)


def _meetings(request: Request, tx: Reading) -> list[str]:
    """The classes of the asker whose meeting of this week is not reported."""
    this = week_of(day_of(request.at))
    left = obligations.unheld(tx, request.plan, request.who, this)
    if not left or request.at < effective_at(request.plan):
        return []
    by = deadline(end_of(period_days(this)[1]))
    return [say("todo.meeting", classes="、".join(left), by=by, example=left[0])]


Worth = Callable[[Item], Any]

WORTH: Mapping[tuple[str, str], Worth] = {
    ("dy_handover", "deadline"): lambda item: item.max,
    ("ppt", "first_deadline"): lambda item: item.terms["first_points"].value,
    ("live_team", "deadline"): lambda item: item.terms["seat"].value * item.terms["seats"].value,
    ("ppt", "second_deadline"): lambda item: item.terms["second_points"].value,
}
"""What the deadlines of `agenda.DATED` are worth."""


@command("deadlines", "截止", reads=True, bare=True, example="截止")
def deadlines(request: Request, tx: Reading) -> Reply:
    """What ends next, nearest first: the asker's unit's week and month, the open tasks, and the
    plan's deadlines with what each is worth."""
    plan, today = request.plan, day_of(request.at)
    dated = [
        (plan.term(item, name), item, WORTH[item, name](plan.item[item]))
        for item, name in agenda.DATED
        if item in plan.item
    ]
    said = [
        (
            end_of(last),
            say(
                "deadlines.line",
                by=deadline(end_of(last)),
                word=plan.item[item].word,
                points=worth,
                left=(last - today).days,
            ),
        )
        for last, item, worth in dated
        if last >= today
    ]
    ahead = sorted((*said, *_periods(request, tx), *_tasks(request, tx)), key=itemgetter(0))
    year_end = say("deadlines.year_end", day=weekday(plan.last_day))
    return Reply(text=lines(*(line for _, line in ahead), year_end))


def _periods(request: Request, tx: Reading) -> Iterator[tuple[Instant, str]]:
    """The week and the month of the asker's unit, with how it stands in them."""
    unit = request.plan.by_code.get(request.who.unit)
    rows = standing.tasks(tx, request, unit.code) if unit is not None else ()
    for mark in ("W", ""):
        if unit is not None and (mine := standing.rows_of(rows, mark)):
            ends = end_of(period_days(mine[0].period)[1])
            said = standing.shown(mine)
            yield (
                ends,
                say("deadlines.period", by=deadline(ends), unit=short_name(unit), said=said),
            )


def _tasks(request: Request, tx: Reading) -> Iterator[tuple[Instant, str]]:
    """The open tasks, with when each closes."""
    for task in tasks.open_tasks(tx, request.plan, request.at):
        closes = int(task.fact.details["closes"])
        title = cut(task.title, 20)
        yield closes, say("deadlines.task", by=deadline(closes), number=task.number, title=title)
