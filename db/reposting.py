"""Postings under another text of a plan: recomputed from facts and decisions, or entered anew.

Most changes of a plan leave the postings alone, since points are computed from their sums. Those
that file facts differently have the difference posted in the transaction that publishes them.
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from db import histories, ledger, months
from db.engine.tx import Reading, Tx
from db.schema import employments, facts
from scoring.cards import Tallies
from scoring.facts import Decision, Fact
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import Posting
from scoring.postings import ledger as posted

Key = tuple[str, str, str]
"""Unit, measure, period."""

_USED = (
    select(facts.c.unit, facts.c.kind, func.count().label("total"))
    .where(facts.c.plan == bindparam("plan"))
    .group_by(facts.c.unit, facts.c.kind)
    .order_by(facts.c.unit, facts.c.kind)
)
_STAFFED = (
    select(employments.c.unit, func.count().label("total"))
    .where(employments.c.until.is_(None), employments.c.unit != "")
    .group_by(employments.c.unit)
    .order_by(employments.c.unit)
)


def recomputed(tx: Reading, plan: Plan, until: Instant = ledger.FOREVER) -> dict[Key, int]:
    """The tallies that all facts and decisions add up to under a plan, of what happened before
    `until`."""
    sums: Counter[Key] = Counter()
    for fact, decisions in histories.everything(tx, plan):
        for one in posted(plan, fact, decisions):
            if one.happened_at < until:
                sums[one.unit, one.measure, one.period] += one.delta
    return {key: value for key, value in sums.items() if value}


def tallies(tx: Reading, old: Plan, new: Plan) -> Tallies:
    """The current tallies as they would be under another text of the plan."""
    if not files_differently(old, new):
        return ledger.tallies(tx, new)
    return Tallies((*key, value) for key, value in recomputed(tx, new).items())


def tallies_before(
    tx: Reading, old: Plan, new: Plan, until: Instant, heads: months.Heads
) -> Tallies:
    """The tallies of what happened before `until`, as they would be under another text."""
    if not files_differently(old, new):
        return months.tallies(tx, new, until, heads)
    return Tallies((*key, value) for key, value in recomputed(tx, new, until).items())


def files_differently(old: Plan, new: Plan) -> bool:
    """Whether the two texts post the same facts in different places."""
    return bool(refiled(old, new))


def refiled(old: Plan, new: Plan) -> frozenset[str]:
    """The kinds whose facts the two texts post in different places."""
    was, now_ = _filing(old), _filing(new)
    return frozenset(kind for kind in was.keys() & now_.keys() if was[kind] != now_[kind])


def _filing(plan: Plan) -> dict[str, object]:
    """Everything in a plan that `scoring.postings` reads, by kind."""
    scored = plan.item.get("interaction")
    own: dict[str, object] = {
        "settlement": (scored.units if scored else frozenset(), plan.reads("A24"))
    }
    return {
        code: (
            kind.counts_from,
            kind.period,
            bool(kind.deciders),
            {unit.code: quota.per for unit in plan.units if (quota := unit.quotas.get(code))},
            own.get(code),
        )
        for code, kind in plan.kinds.items()
    }


def repost(tx: Tx, old: Plan, new: Plan, now: Instant) -> None:
    """Post the difference between two texts, as known from now on; nothing is taken out. Only
    the kinds are read that the texts file differently."""
    for kind in sorted(refiled(old, new)):
        for fact, decisions in histories.of_kind(tx, old, kind):
            tx.enter(new.id, _moves(old, new, fact, decisions, now))


def _moves(
    old: Plan, new: Plan, fact: Fact, decisions: list[Decision], now: Instant
) -> Iterator[Posting]:
    sums: Counter[tuple[str, str, str, Instant]] = Counter()
    for plan, sign in ((old, -1), (new, 1)):
        for one in posted(plan, fact, decisions):
            sums[one.unit, one.measure, one.period, one.happened_at] += sign * one.delta
    for (unit, measure, period, happened_at), delta in sums.items():
        if delta:
            yield Posting(
                unit=unit,
                measure=measure,
                period=period,
                delta=delta,
                happened_at=happened_at,
                recorded_at=now,
                fact=fact.number,
            )


def used(tx: Reading, plan: Plan) -> dict[tuple[str, str], int]:
    """(unit, kind) -> how many facts a plan's year holds."""
    return {(row.unit, row.kind): int(row.total) for row in tx.run(_USED, plan=plan.id)}


def staffed(tx: Reading) -> dict[str, int]:
    """Unit -> how many people are on the roster."""
    return {row.unit: int(row.total) for row in tx.run(_STAFFED)}
