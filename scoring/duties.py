"""What each unit owes, until when, and the points at stake; as data, never as sentences.

A submitted report is no longer owed, even while it waits for review (C10).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from scoring.moments import Instant, day_of, end_of, month_of, week_of
from scoring.periods import account, effective_at, periods
from scoring.plan import Cadence, Item, Plan, Quota, Unit
from scoring.rules_milestones import RUNGS, in_time, owed
from scoring.verdicts import Tallies, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A quota of 附件2 in one running period. done = accepted + waiting; missing is still owed.

    `accepted` includes off-topic videos, since they were published. `ends_at` is 24:00 of the
    period's last day.
    """

    task: str
    period: str
    due: int
    done: int
    missing: int
    accepted: int
    waiting: int
    ends_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something owed until `deadline` (24:00 of `day`), or missed then.

    `code`: the item, ppt.first or ppt.second, or the task of a quota. `item`: the scored item
    behind it, None if no points depend on it. `missing` counts what the unit still has to hand
    in, `waiting` what is under review. `points` are those at stake for what is missing or, if
    nothing is, for what waits. `decided`: the decision must come in time, not only the report.
    """

    code: str
    item: str | None
    day: date
    deadline: Instant
    points: Decimal | None
    missing: int
    waiting: int
    missed: bool
    decided: bool = False
    period: str | None = None


STEPS: Mapping[int, tuple[str, ...]] = {1: ("",), 2: (".first", ".second")}
"""Suffixes for the rungs of a milestone, by how many it has."""


def board(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> tuple[Task, ...]:
    """The quotas of a unit in the week and the month that contain `until`, in table order.

    There is no row before the plan's first effective day or outside its year, and none for the
    videos of a waived week or month; what else is owed then stays (附件2 说明2).
    """
    if until < effective_at(plan):
        return ()
    day = day_of(until)
    current: Mapping[Cadence, str] = {"week": week_of(day), "month": month_of(day)}
    rows = (_task(plan, unit, quota, tallies, current[quota.per]) for quota in unit.quotas.values())
    return tuple(row for row in rows if row)


def _task(plan: Plan, unit: Unit, quota: Quota, tallies: Tallies, period: str) -> Task | None:
    ends_at = periods(plan)[quota.per].get(period)
    if quota.due is None or ends_at is None:
        return None
    is_video = quota.task == "video"
    pool = account(plan, unit.code) if is_video else (unit.code,)
    if is_video and period in tallies.pooled(pool, "waiver.accepted"):
        return None
    states = ("accepted", "off_topic") if is_video else ("accepted",)
    accepted = sum(tallies.pooled(pool, f"{quota.task}.{state}").get(period, 0) for state in states)
    waiting = tallies.pooled(pool, f"{quota.task}.waiting").get(period, 0)
    done = accepted + waiting
    return Task(
        task=quota.task,
        period=period,
        due=quota.due,
        done=done,
        missing=max(0, quota.due - done),
        accepted=accepted,
        waiting=waiting,
        ends_at=ends_at,
    )


def duties(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> tuple[Duty, ...]:
    """Everything a unit owes now or has missed, by deadline: milestones not yet accepted and the
    gaps of the running week and month."""
    found = (
        *_milestones(plan, unit, tallies, until),
        *_seats(plan, unit, tallies, until),
        *_gaps(plan, unit, tallies, until),
    )
    return tuple(sorted(found, key=lambda duty: duty.deadline))


def gates(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> tuple[Duty, ...]:
    """The coming deadlines at which points can still be lost, nearest first (最近一关).

    For the PPT only the next one counts. A report under review is no gate, unless the decision
    itself must come in time.
    """
    ahead: dict[str, Duty] = {}
    for duty in duties(plan, unit, tallies, until):
        at_risk = duty.missing or (duty.decided and duty.waiting)
        if duty.item and at_risk and not duty.missed:
            ahead.setdefault(duty.item, duty)
    return tuple(ahead.values())


def _milestones(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> Iterator[Duty]:
    """Handover and PPT: owed until they have been accepted once, at any time."""
    for code, kind, pool in (
        ("dy_handover", "handover", account(plan, unit.code)),
        ("ppt", "ppt", (unit.code,)),
    ):
        item = plan.item.get(code)
        if item is None or not owed(plan, item, unit):
            continue
        if any(tallies.pooled(pool, f"{kind}.accepted").values()):
            continue
        waiting = sum(tallies.pooled(pool, f"{kind}.waiting").values())
        rungs = RUNGS[item.code](item)
        for name, rung in zip(STEPS[len(rungs)], rungs, strict=True):
            if plan.begins_after(rung.day):
                continue
            yield _once(
                f"{item.code}{name}",
                item,
                rung.day,
                until,
                points=rung.points,
                missing=0 if waiting else 1,
                waiting=waiting,
                decided=plan.kinds[kind].counts_from != "submitted",
            )


def _once(
    code: str,
    item: Item,
    day: date,
    until: Instant,
    *,
    points: Decimal,
    missing: int,
    waiting: int,
    decided: bool = False,
) -> Duty:
    deadline = end_of(day)
    return Duty(
        code=code,
        item=item.code,
        day=day,
        deadline=deadline,
        points=points,
        missing=missing,
        waiting=waiting,
        missed=until >= deadline,
        decided=decided,
    )


def _seats(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> Iterator[Duty]:
    """The live-stream team, while a seat is vacant."""
    item = plan.item.get("live_team")
    if item is None or not owed(plan, item, unit):
        return
    deadline, seat, seats = (item.terms[name].value for name in ("deadline", "seat", "seats"))
    accepted, waiting = (
        in_time(tallies.of(unit.code, f"recommend.{state}"), deadline)
        for state in ("accepted", "waiting")
    )
    vacant = max(0, seats - accepted)
    missing = max(0, vacant - waiting)
    if vacant:
        whole = plan.reads("A20") == "all_or_nothing"
        price = seat * (seats if whole else missing or vacant)
        yield _once(
            item.code, item, deadline, until, points=price, missing=missing, waiting=waiting
        )


def _gaps(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> Iterator[Duty]:
    """What is missing in the running week and month; only videos carry points."""
    for row in board(plan, unit, tallies, until):
        if not row.missing:
            continue
        scored = row.task == "video" and _scores_videos(plan, unit)
        yield Duty(
            code=row.task,
            item="dy_update" if scored else None,
            day=day_of(row.ends_at - 1),
            deadline=row.ends_at,
            points=_share_of_a_period(plan, unit, tallies) if scored else None,
            missing=row.missing,
            waiting=row.waiting,
            missed=False,
            period=row.period,
        )


def _scores_videos(plan: Plan, unit: Unit) -> bool:
    item = plan.item.get("dy_update")
    return item is not None and unit.code in item.units


def _share_of_a_period(plan: Plan, unit: Unit, tallies: Tallies) -> Decimal:
    """The points that one week or month of videos is worth in the whole year."""
    waived = tallies.pooled(account(plan, unit.code), "waiver.accepted")
    count = len(periods(plan)[unit.quotas["video"].per].keys() - waived.keys())
    return cut(Fraction(plan.item["dy_update"].max) / count)
