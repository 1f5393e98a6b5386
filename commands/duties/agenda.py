"""The days by which somebody owes something, for their calendar: what everybody owes, what their
unit owes if they answer for it, and the meetings of their classes."""

from collections.abc import Iterator, Mapping
from datetime import date

from commands.chat.requests import Asking
from commands.duties import obligations, standing
from commands.wording.formats import cut, short_name, week
from commands.wording.sentences import say
from db import ledger, tasks
from db.calendar import calendar
from db.engine.tx import Reading
from db.people import HEAD, OFFICER
from scoring.calendar import Calendar
from scoring.duties import board, duties
from scoring.moments import HOUR, Instant, day_of, end_of, period_days, start_of
from scoring.periods import effective_at, period_end, periods
from scoring.plan import Plan, Unit
from scoring.rules_milestones import owed
from scoring.values import frozen

MORNING = 8 * HOUR
DATED = (
    ("dy_handover", "deadline"),
    ("ppt", "first_deadline"),
    ("live_team", "deadline"),
    ("ppt", "second_deadline"),
)
"""The items with a day of their own, and the term that names it."""

Known = Mapping[str, tuple[Instant, Instant]]
"""What somebody's calendar holds: until when and when it rings, by key."""


@frozen
class Date:
    """Something owed until `at`. `key` names it within its plan for good; `alarm`: 8:00 on the last
    workday of those days; `planned`: the plan or the school's calendar set it, not a task."""

    key: str
    at: Instant
    alarm: Instant
    text: str
    done: bool
    planned: bool = True


def dates(tx: Reading, asking: Asking) -> list[Date]:
    """All days ahead of `asking.at` by which `asking.who` owes something, done or not."""
    known = calendar(tx)
    unit = asking.plan.by_code.get(asking.who.unit)
    answers = unit is not None and not asking.who.roles.isdisjoint({HEAD, OFFICER})
    found = [
        *_leads(tx, asking, known),
        *_tasks(tx, asking, known),
        *(_of_unit(tx, asking.plan, unit, asking.at, known) if unit and answers else ()),
        *_meetings(asking, known),
    ]
    return sorted((one for one in found if one.at > asking.at), key=lambda one: (one.at, one.key))


def moved(known: Known, found: list[Date], now: Instant) -> list[str]:
    """The keys of what somebody's calendar has wrongly by now: dates that moved, that the plan set
    since, or that nobody asks for any more."""
    current = {one.key for one in found}
    changed = [
        one.key
        for one in found
        if not one.done
        and (known[one.key] != (one.at, one.alarm) if one.key in known else one.planned)
    ]
    return [*changed, *(key for key, (at, _) in known.items() if key not in current and at > now)]


def _date(known: Calendar, key: str, at: Instant, text: str, *, done: bool, planned: bool) -> Date:
    last = start_of(known.last_workday(day_of(at - 1))) + MORNING
    alarm = min(last, at - 2 * HOUR)
    return Date(key=key, at=at, alarm=alarm, text=text, done=done, planned=planned)


def _leads(tx: Reading, asking: Asking, known: Calendar) -> Iterator[Date]:
    counts = obligations.lead_counts(tx, asking.plan, asking.who.id)
    if counts["due"]:
        text = say("dates.leads", due=counts["due"])
        done = counts["done"] >= counts["due"]
        yield _date(known, "leads", end_of(asking.plan.last_day), text, done=done, planned=True)


def _tasks(tx: Reading, asking: Asking, known: Calendar) -> Iterator[Date]:
    for task in tasks.open_tasks(tx, asking.plan, asking.at):
        done = tasks.acts_of(tx, asking.plan, task.number, asking.who.id)
        text = say("dates.task", number=task.number, title=cut(task.title, 20))
        yield _date(
            known,
            f"task.{task.number}",
            int(task.fact.details["closes"]),
            text,
            done=done.issuperset(task.fact.details["metrics"]),
            planned=False,
        )


def _of_unit(tx: Reading, plan: Plan, unit: Unit, at: Instant, known: Calendar) -> Iterator[Date]:
    tallies = ledger.tallies(tx, plan)
    open_ones = {duty.item for duty in duties(plan, unit, tallies, at) if duty.missing}
    for code, term in DATED:
        item = plan.item.get(code)
        if item is None or not owed(plan, item, unit):
            continue
        last: date = item.terms[term].value
        text = say("dates.item", unit=short_name(unit), word=item.word)
        done = code not in open_ones
        yield _date(known, f"{code}.{term}", end_of(last), text, done=done, planned=True)
    for cadence in periods(plan).values():
        for period, end in cadence.items():
            rows = board(plan, unit, tallies, end - 1) if end > at else ()
            mine = [row for row in rows if row.period == period]
            if mine:
                said = say(
                    "dates.week" if "W" in period else "dates.month",
                    unit=short_name(unit),
                    week=week(period) if "W" in period else "",
                    month=period_days(period)[0].month,
                    said=standing.asked(mine),
                )
                done = not any(row.missing for row in mine)
                yield _date(known, period, end, said, done=done, planned=True)


def _meetings(asking: Asking, known: Calendar) -> Iterator[Date]:
    plan, who = asking.plan, asking.who
    if not who.classes or who.unit not in obligations.obligation(plan, "class_meeting").units:
        return
    for period in periods(plan)["week"]:
        if period_end(period) > max(asking.at, effective_at(plan)):
            thursday = period_days(period)[0].toordinal() + 3
            if known.teaches(date.fromordinal(thursday)):
                text = say("dates.meeting", week=week(period), classes="、".join(who.classes))
                end = period_end(period)
                yield _date(known, f"meeting.{period}", end, text, done=False, planned=True)
