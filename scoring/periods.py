"""The recurring periods of a plan, and values computed once per plan."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import TypeVar

from scoring import moments
from scoring.moments import (
    Instant,
    end_of,
    months_between,
    period_days,
    start_of,
    weeks_between,
)
from scoring.plan import Cadence, Plan

T = TypeVar("T")


def per_plan(build: Callable[[Plan], T]) -> Callable[[Plan], T]:
    """Compute once per plan. The value is kept on the plan, like a cached property, because a
    plan is not hashable."""
    key = f"{build.__module__}.{build.__qualname__}"

    @wraps(build)
    def read(plan: Plan) -> T:
        kept: dict[str, T] = plan.__dict__
        try:
            return kept[key]
        except KeyError:
            return kept.setdefault(key, build(plan))

    return read


@per_plan
def periods(plan: Plan) -> dict[Cadence, dict[str, Instant]]:
    """The weeks and months of the plan from its first effective day, each with its end (24:00
    of its last day), in order."""
    span = plan.effective_from, plan.last_day
    return {
        "week": {week: period_end(week) for week in weeks(plan, *span)},
        "month": {month: period_end(month) for month in months_between(*span)},
    }


ANCHORS = {"monday": 0, "thursday": 3, "sunday": 6}
"""The day whose month and year a week belongs to (A26)."""


def weeks(plan: Plan, first: date, last: date) -> list[str]:
    """The weeks that belong to a span of days, in order (A26)."""
    return weeks_between(first, last, ANCHORS[plan.reads("A26")])


def week_day(plan: Plan, week: str) -> date:
    """The day whose month and year a week belongs to (A26)."""
    return period_days(week)[0] + timedelta(days=ANCHORS[plan.reads("A26")])


def month_of_week(plan: Plan, week: str) -> str:
    """The month a week counts for (A26)."""
    return moments.month_of_week(week, ANCHORS[plan.reads("A26")])


def period_end(period: str) -> Instant:
    """The first instant after a period."""
    return end_of(period_days(period)[1])


@per_plan
def effective_at(plan: Plan) -> Instant:
    """The instant from which recurring duties count (A31)."""
    return start_of(plan.effective_from)


@per_plan
def year_end(plan: Plan) -> Instant:
    """The first instant of the next year, from which nothing more can be won."""
    return end_of(plan.last_day)


def account(plan: Plan, unit: str) -> tuple[str, ...]:
    """The units whose works count for a unit's video account: itself and those sharing it (A16)."""
    return plan.sharers.get(unit, (unit,))
