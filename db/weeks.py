"""The sums of postings by the week from which they are seen: that of their record or, where they
count from a later day, of that day. Added up to a week they are the tallies as known at its end."""

from datetime import date

from sqlalchemy import bindparam, case, func, select

from db.engine.tx import Reading, Row
from db.schema import postings
from scoring.moments import DAY, OFFSET, Instant, start_of
from scoring.plan import Plan

WEEK = 7 * DAY
_FROM_MONDAY = OFFSET + 3 * DAY
"""The first day of 1970 was a Thursday."""

_SEEN = case(
    (postings.c.happened_at > postings.c.recorded_at, postings.c.happened_at),
    else_=postings.c.recorded_at,
)
_WEEK = (_SEEN + _FROM_MONDAY) // WEEK
_SUMS = (
    select(
        _WEEK.label("week"),
        postings.c.unit,
        postings.c.measure,
        postings.c.period,
        func.sum(postings.c.delta).label("value"),
    )
    .where(
        postings.c.plan == bindparam("plan"),
        postings.c.id > bindparam("after"),
        postings.c.id <= bindparam("upto"),
    )
    .group_by(_WEEK, postings.c.unit, postings.c.measure, postings.c.period)
)
_HEAD = select(func.max(postings.c.id).label("head"))


def number(at: Instant) -> int:
    """The number of the week of an instant, counted on Mondays since 1970."""
    return (at + _FROM_MONDAY) // WEEK


def end(week: int) -> Instant:
    """The first instant after a week."""
    return (week + 1) * WEEK - _FROM_MONDAY


def begins(plan: Plan) -> Instant:
    """When a plan's year begins."""
    return start_of(date(plan.year, 1, 1))


def ends(plan: Plan) -> Instant:
    """When a plan's year has ended."""
    return start_of(date(plan.year + 1, 1, 1))


def head(tx: Reading) -> int:
    """The number of the last posting."""
    [row] = tx.run(_HEAD)
    return int(row.head or 0)


def sums(tx: Reading, plan: Plan, after: int, upto: int) -> list[Row]:
    """The sums of the postings with these numbers (rows week, unit, measure, period, value). Those
    that a revision filed elsewhere are seen from when it was switched to."""
    found = tx.run(_SUMS, plan=plan.id, after=after, upto=upto)
    for book, since in plan.books:
        rows = tx.run(_SUMS, plan=book, after=after, upto=upto)
        found += [row._replace(week=max(row.week, number(since))) for row in rows]
    return found
