"""The sums that scores are made of, now or at a past instant."""

from sqlalchemy import bindparam, func, select

from db import headcounts
from db.engine.tx import Reading
from db.schema import postings
from db.schema import tallies as tally_table
from scoring.cards import Basis, Tallies
from scoring.moments import Instant
from scoring.plan import Plan

_TALLIES = select(
    tally_table.c.unit, tally_table.c.measure, tally_table.c.period, tally_table.c.value
).where(tally_table.c.plan == bindparam("plan"), tally_table.c.value != 0)
_TALLIES_AT = (
    select(postings.c.unit, postings.c.measure, postings.c.period, func.sum(postings.c.delta))
    .where(
        postings.c.plan.in_(bindparam("plans", expanding=True)),
        postings.c.happened_at <= bindparam("until"),
        postings.c.recorded_at <= bindparam("known"),
    )
    .group_by(postings.c.unit, postings.c.measure, postings.c.period)
)


def tallies(tx: Reading, plan: Plan) -> Tallies:
    """All current tallies of a plan."""
    return Tallies(tx.run(_TALLIES, plan=plan.id))


def tallies_at(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Tallies:
    """The tallies at a past instant: what happened up to `until`, as known at `known`."""
    return Tallies(tx.run(_TALLIES_AT, plans=plan.ledgers, until=until, known=known))


def basis(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Basis:
    """The head-counts at `until`, as known at `known`."""
    return headcounts.basis(tx, plan, until, known)
