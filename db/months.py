"""Reported months: what was known is identified by the last number of each ledger table.

One writer at a time gives out numbers, so "up to this number" names exactly one state of the
ledger, while a single second may lie on both sides of a freeze. A frozen month keeps its document,
its head-counts and its seal; the ledger up to its numbers must always reproduce them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select

from db import leadtext, ledger
from db.engine.tx import Reading, Row, Tx
from db.engine.vault import Vault
from db.schema import audit, blanked, decisions, employments, facts, months, postings, waiting
from scoring.cards import Tallies
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.verdicts import Reads

_BLANKED = select(blanked)
WORDS = "words"
"""The topic of the keyed hash of a text."""

LEAD = "lead"
"""Of leads, only what remains after an erasure is sealed (C7)."""

PAGE = 500
"""Rows read at a time, which takes a few milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The numbers of the last known fact, decision and posting."""

    facts: int
    decisions: int
    postings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A reported month. `document` is what the report was made from."""

    month: str
    until: Instant
    known: Instant
    heads: Heads
    sha256: str
    document: dict[str, Any]
    by: int
    confirmed_by: int


_HEAD = {
    table.name: select(func.max(table.c.id).label("head")) for table in (facts, decisions, postings)
}
_TALLIES = (
    select(postings.c.unit, postings.c.measure, postings.c.period, func.sum(postings.c.delta))
    .where(
        postings.c.plan.in_(bindparam("plans", expanding=True)),
        postings.c.happened_at < bindparam("until"),
        postings.c.id <= bindparam("head"),
    )
    .group_by(postings.c.unit, postings.c.measure, postings.c.period)
)
_FACTS = (
    select(
        *(facts.c[name] for name in ("id", "kind", "unit", "person", "happened_at")),
        *(facts.c[name] for name in ("recorded_at", "supersedes", "title", "link", "details")),
    )
    .where(
        facts.c.plan == bindparam("plan"),
        facts.c.id > bindparam("after"),
        facts.c.id <= bindparam("head"),
    )
    .order_by(facts.c.id)
    .limit(PAGE)
)
_DECISIONS = (
    select(
        *(decisions.c[name] for name in ("id", "fact", "verb", "person", "happened_at")),
        *(decisions.c[name] for name in ("recorded_at", "minor", "reason")),
        facts.c.kind,
        facts.c.details,
    )
    .join(facts, facts.c.id == decisions.c.fact)
    .where(
        facts.c.plan == bindparam("plan"),
        decisions.c.id > bindparam("after"),
        decisions.c.id <= bindparam("head"),
    )
    .order_by(decisions.c.id)
    .limit(PAGE)
)
_BEHIND = (
    select(postings.c.fact)
    .where(
        postings.c.plan.in_(bindparam("plans", expanding=True)),
        postings.c.unit == bindparam("unit"),
        postings.c.measure == bindparam("measure"),
        postings.c.id > bindparam("after"),
        postings.c.id <= bindparam("head"),
        postings.c.happened_at < bindparam("until"),
    )
    .distinct()
    .order_by(postings.c.fact)
)
_WAITING = (
    select(
        waiting.c.kind,
        waiting.c.unit,
        func.count().label("total"),
        func.min(waiting.c.fact).label("oldest"),
    )
    .join(facts, facts.c.id == waiting.c.fact)
    .where(facts.c.plan == bindparam("plan"), facts.c.happened_at < bindparam("until"))
    .group_by(waiting.c.kind, waiting.c.unit)
    .order_by(waiting.c.kind, waiting.c.unit)
)
_OF_KIND = (
    select(facts)
    .where(
        facts.c.plan == bindparam("plan"),
        facts.c.kind == bindparam("kind"),
        facts.c.happened_at < bindparam("until"),
    )
    .order_by(facts.c.id)
)
_REVEALED = (
    select(audit.c.person, func.count().label("total"))
    .where(
        audit.c.action == "reveal",
        audit.c.at >= bindparam("since"),
        audit.c.at < bindparam("until"),
    )
    .group_by(audit.c.person)
    .order_by(func.count().desc(), audit.c.person)
)
_NAMES = select(employments.c.person, employments.c.name).order_by(employments.c.id)
_KNOWN = select(months.c.known).where(
    months.c.plan == bindparam("plan"), months.c.month == bindparam("month")
)
_ALL = select(months).where(months.c.plan == bindparam("plan")).order_by(months.c.known)


# --- what is known ------------------------------------------------------------------------


def heads(tx: Reading) -> Heads:
    """The current heads of the ledger."""
    found = {name: tx.run(statement)[0].head or 0 for name, statement in _HEAD.items()}
    return Heads(**{name: int(head) for name, head in found.items()})


def tallies(tx: Reading, plan: Plan, until: Instant, upto: Heads) -> Tallies:
    """The sums of what happened before `until`, as known at these heads."""
    return Tallies(tx.run(_TALLIES, plans=plan.ledgers, until=until, head=upto.postings))


Pages = Iterator[list[Sequence[Any]]]


def entered(tx: Reading, plan: Plan, upto: Heads) -> tuple[Pages, Pages]:
    """Every fact and every decision of a plan up to these heads, in pages as sealed."""
    gone = {(row.fact, row.decision): bytes(row.words) for row in tx.run(_BLANKED)}
    fact, decision = partial(_fact, tx.vault, gone), partial(_decision, tx.vault, gone)
    return (
        _paged(tx, _FACTS, plan, upto.facts, fact),
        _paged(tx, _DECISIONS, plan, upto.decisions, decision),
    )


def entered_openly(tx: Reading, plan: Plan, upto: Heads) -> tuple[Pages, Pages]:
    """`entered` as months were sealed before texts could be blanked: with the texts themselves."""
    return (
        _paged(tx, _FACTS, plan, upto.facts, _open_fact),
        _paged(tx, _DECISIONS, plan, upto.decisions, _open_decision),
    )


def _paged(
    tx: Reading, statement: Any, plan: Plan, head: int, sealed: Callable[[Row], Sequence[Any]]
) -> Pages:
    after = 0
    while page := tx.run(statement, plan=plan.id, after=after, head=head):
        yield [sealed(row) for row in page]
        after = page[-1].id


def _fact(vault: Vault, gone: Mapping[tuple[int, int], bytes], row: Row) -> Sequence[Any]:
    """A fact as sealed: its texts as their keyed hash, which outlasts their erasure; what an
    erasure of a lead blanks not at all."""
    if row.kind == LEAD or _is_about_lead(row.details):
        return (*row[:7], "", "")
    words = gone.get((row.id, 0)) or vault.digest(WORDS, f"{row.title}\0{row.details}")
    return (*row[:7], row.link, words.hex())


def _decision(vault: Vault, gone: Mapping[tuple[int, int], bytes], row: Row) -> Sequence[Any]:
    if row.kind == LEAD or _is_about_lead(row.details):
        return (*row[:7], "")
    return (*row[:7], (gone.get((row.fact, row.id)) or vault.digest(WORDS, row.reason)).hex())


def _is_about_lead(details: str) -> bool:
    return f'"{leadtext.KEY}":' in details


def _open_fact(row: Row) -> Sequence[Any]:
    return (*row[:7], "", "", "") if row.kind == LEAD else tuple(row)


def _open_decision(row: Row) -> Sequence[Any]:
    return (*row[:7], "") if row.kind == LEAD else row[:8]


def moved(
    tx: Reading, plan: Plan, reads: Reads, *, since: Heads, upto: Heads, until: Instant
) -> list[int]:
    """The facts whose postings between two heads changed these sums as of `until`."""
    found = {
        int(row.fact)
        for unit, measure in reads
        for row in tx.run(
            _BEHIND,
            plans=plan.ledgers,
            unit=unit,
            measure=measure,
            after=since.postings,
            head=upto.postings,
            until=until,
        )
    }
    return sorted(found)


def waiting_until(tx: Reading, plan: Plan, until: Instant) -> list[Row]:
    """What happened before `until` and still waits (rows kind, unit, total, oldest number)."""
    return tx.run(_WAITING, plan=plan.id, until=until)


def of_kind(tx: Reading, plan: Plan, kind: str, until: Instant) -> list[ledger.Entry]:
    """The facts of a kind that happened before `until`, in any state, oldest first."""
    found = (
        ledger.entry(tx, row.id) for row in tx.run(_OF_KIND, plan=plan.id, kind=kind, until=until)
    )
    return [entry for entry in found if entry is not None]


def revealed(tx: Reading, since: Instant, until: Instant) -> list[Row]:
    """Who saw how many numbers in full (rows person, total), most first (C28)."""
    return tx.run(_REVEALED, since=since, until=until)


def names(tx: Reading) -> dict[int, str]:
    """Person id -> latest name, for everybody who was ever on the roster."""
    return {row.person: row.name for row in tx.run(_NAMES)}


# --- frozen months ------------------------------------------------------------------------


def freeze(tx: Tx, plan: Plan, month: Frozen) -> None:
    """Store a month as reported. Raises Conflict if it was frozen already."""
    tx.add(
        months,
        plan=plan.id,
        month=month.month,
        until=month.until,
        known=month.known,
        last_fact=month.heads.facts,
        last_decision=month.heads.decisions,
        last_posting=month.heads.postings,
        sha256=month.sha256,
        document=json.dumps(month.document, ensure_ascii=False),
        person=month.by,
        second=month.confirmed_by,
    )


def is_frozen(tx: Reading, plan: Plan, month: str) -> Instant | None:
    """When a month was frozen; None while it is open. Cheaper than `frozen`."""
    rows = tx.run(_KNOWN, plan=plan.id, month=month)
    return int(rows[0].known) if rows else None


def frozen(tx: Reading, plan: Plan, month: str) -> Frozen | None:
    """A month as reported; None while it is open."""
    row = tx.find(months, plan.id, month)
    return None if row is None else _frozen(row)


def all_frozen(tx: Reading, plan: Plan) -> list[Frozen]:
    """The frozen months of a plan, in the order they were frozen."""
    return [_frozen(row) for row in tx.run(_ALL, plan=plan.id)]


def _frozen(row: Row) -> Frozen:
    return Frozen(
        month=row.month,
        until=row.until,
        known=row.known,
        heads=Heads(facts=row.last_fact, decisions=row.last_decision, postings=row.last_posting),
        sha256=row.sha256,
        document=json.loads(row.document),
        by=row.person,
        confirmed_by=row.second,
    )
