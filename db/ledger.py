"""The ledger: facts and decisions, with the postings, claims and queue that follow from them.

Reports and decisions are written only by `report` and `decide`, so that a fact, its tallies and
its place in the queue can never disagree.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select

from db import audit, headcounts, leadtext, plans
from db.claims import release
from db.engine.tx import Reading, Row, Tx
from db.schema import claims, decisions, facts, postings, waiting
from db.schema import tallies as tally_table
from scoring.cards import Basis, Tallies
from scoring.errors import Fault
from scoring.facts import STANDING, Decision, Fact, Standing, Verb, standing
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import approval_counts_from
from scoring.postings import postings as posted
from scoring.values import frozen


class Held(Fault):
    """Another standing fact, `number`, holds what this one claims or stands in its place."""

    def __init__(self, number: int) -> None:
        super().__init__(f"held by #{number}")
        self.number = number


@frozen
class Entry:
    """A stored fact: what scoring needs, and what people read of it."""

    fact: Fact
    plan: str
    title: str
    link: str
    chat: str
    topic: str
    claim: bytes
    supersedes: int | None = None

    @property
    def number(self) -> int:
        return self.fact.number


_BY_NUMBER = select(facts).where(facts.c.id == bindparam("number"))
_DECISIONS = (
    select(decisions).where(decisions.c.fact == bindparam("number")).order_by(decisions.c.id)
)
_QUEUE = (
    select(waiting, facts.c.person)
    .join(facts, facts.c.id == waiting.c.fact)
    .where(waiting.c.kind == bindparam("kind"))
    .order_by(waiting.c.fact)
)
_LEAVE_QUEUE = delete(waiting).where(waiting.c.fact == bindparam("number"))
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
_OF_UNIT = (
    select(facts)
    .where(
        facts.c.unit == bindparam("unit"),
        facts.c.kind == bindparam("kind"),
        facts.c.plan == bindparam("plan"),
        facts.c.happened_at >= bindparam("since"),
        facts.c.happened_at < bindparam("until"),
    )
    .order_by(facts.c.id)
)
_REPLACING = (
    select(facts.c.id)
    .where(
        facts.c.unit == bindparam("unit"),
        facts.c.supersedes == bindparam("number"),
        facts.c.id > bindparam("number"),
    )
    .order_by(facts.c.id.desc())
)
FOREVER: Instant = 1 << 60


# --- reading ------------------------------------------------------------------------------


def entry(tx: Reading, number: int) -> Entry | None:
    """The fact with this number, or None."""
    rows = tx.run(_BY_NUMBER, number=number)
    return entry_from(tx, rows[0]) if rows else None


def decided(tx: Reading, number: int) -> list[Decision]:
    """All decisions on a fact, oldest first, including those taken back."""
    rows = tx.run(_DECISIONS, number=number)
    about = None
    if any(row.reason.startswith(leadtext.MARK) for row in rows):
        item = entry(tx, number)
        about = _about(tx, item) if item is not None else None
    return [decision_from(row, tx, about) for row in rows]


def stands(tx: Reading, number: int) -> Standing:
    """Where a fact stands now."""
    return standing(decided(tx, number))


def of_unit(
    tx: Reading, plan: Plan, unit: str, kind: str, *, since: Instant, until: Instant
) -> list[Entry]:
    """A unit's standing reports of a kind that happened from `since` up to but before `until`."""
    rows = tx.run(_OF_UNIT, plan=plan.id, unit=unit, kind=kind, since=since, until=until)
    return [entry_from(tx, row) for row in rows if stands(tx, row.id).state in STANDING]


def replaced_by(tx: Reading, item: Entry) -> int | None:
    """The number of the standing fact that supersedes this one."""
    rows = tx.run(_REPLACING, unit=item.fact.unit, number=item.number)
    return next((row.id for row in rows if stands(tx, row.id).state in STANDING), None)


def queue(tx: Reading, kinds: Iterable[str]) -> list[Row]:
    """The facts of these kinds awaiting a decision, oldest first: rows fact, kind, unit, since,
    person."""
    rows = [row for kind in kinds for row in tx.run(_QUEUE, kind=kind)]
    return sorted(rows, key=lambda row: int(row.fact))


def claimed(tx: Reading, plan: Plan, topic: str, value: str) -> int | None:
    """The number of the standing fact that holds this link, phone, teacher or account."""
    row = tx.find(claims, plan.id, topic, tx.vault.digest(topic, value))
    return None if row is None else int(row.fact)


def tallies(tx: Reading, plan: Plan) -> Tallies:
    """All current tallies of a plan."""
    return Tallies(tx.run(_TALLIES, plan=plan.id))


def tallies_at(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Tallies:
    """The tallies at a past instant: what happened up to `until`, as known at `known`."""
    return Tallies(tx.run(_TALLIES_AT, plans=plan.ledgers, until=until, known=known))


def basis(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Basis:
    """The head-counts at `until`, as known at `known`."""
    return headcounts.basis(tx, plan, until, known)


# --- appending ----------------------------------------------------------------------------


def report(
    tx: Tx,
    plan: Plan,
    *,
    kind: str,
    unit: str,
    person: int,
    happened_at: Instant,
    recorded_at: Instant,
    title: str = "",
    link: str = "",
    details: Mapping[str, Any] | None = None,
    chat: str = "",
    claim: tuple[str, str] | None = None,
    supersedes: int | None = None,
) -> Entry:
    """Append a fact, put it into its deciders' queue and hold `claim` (topic, value).

    `supersedes`: the fact of the same unit that this one corrects or redoes. If that one still
    stands it is withdrawn together with its postings, claim and place in the queue, and can come
    back only once this one is gone; a rejected one stays rejected. The caller chooses which of
    the two times counts, by `happened_at`.

    Raises Held if another standing fact already holds the claimed value.
    """
    topic, value = claim or ("", "")
    held = tx.vault.digest(topic, value) if claim else b""
    row = tx.find(claims, plan.id, topic, held) if claim else None
    if row is not None and row.fact != supersedes:
        raise Held(int(row.fact))
    lead = _lead_of(tx, kind, details)
    kept = leadtext.sealed_details(tx, lead, details) if lead and details else details
    number = tx.add(
        facts,
        plan=plan.id,
        kind=kind,
        unit=unit,
        person=person,
        title=title,
        link=link,
        details=orjson.dumps(kept).decode() if kept else "",
        chat=chat,
        topic=topic,
        claim=held,
        happened_at=happened_at,
        recorded_at=recorded_at,
        supersedes=supersedes,
    )
    fact = Fact(
        number=number,
        kind=kind,
        unit=unit,
        person=person,
        happened_at=happened_at,
        recorded_at=recorded_at,
        details=details or {},
    )
    if supersedes is not None:
        _retire(tx, plan, supersedes, number, person=person, recorded_at=recorded_at, chat=chat)
    if plan.kinds[kind].deciders:
        tx.add(waiting, fact=number, kind=kind, unit=unit, since=recorded_at)
    if claim:
        tx.add(claims, plan=plan.id, topic=topic, hash=held, fact=number)
    tx.enter(plan.id, posted(plan, fact, None, (), recorded_at))
    audit.note(tx, at=recorded_at, person=person, action=kind, subject=f"#{number}", chat=chat)
    return Entry(
        fact=fact,
        plan=plan.id,
        title=title,
        link=link,
        chat=chat,
        topic=topic,
        claim=held,
        supersedes=supersedes,
    )


def _retire(
    tx: Tx, plan: Plan, old: int, by: int, *, person: int, recorded_at: Instant, chat: str
) -> None:
    """Withdraw the fact that a new one replaces, if it stands; the reason names the new number."""
    item, stood = entry(tx, old), stands(tx, old)
    if stood.again and stood.state not in STANDING:
        tx.change(_LEAVE_QUEUE, number=old)
    if item is not None and stood.state in STANDING:
        decide(
            tx,
            plan,
            item,
            Verb.WITHDRAW,
            person=person,
            recorded_at=recorded_at,
            reason=f"→ #{by}",
            chat=chat,
        )


def decide(
    tx: Tx,
    plan: Plan,
    item: Entry,
    verb: Verb,
    *,
    person: int,
    recorded_at: Instant,
    happened_at: Instant | None = None,
    reason: str = "",
    minor: bool = False,
    batch: int = 0,
    chat: str = "",
) -> Standing:
    """Append a decision and update the fact's postings, claims and place in the queue.

    `happened_at`: when it really happened, if the decider named a time; otherwise an approval
    is dated like the fact where submission counts, and any other decision when it is recorded.
    Raises Held if the fact would stand again but its claim has been taken meanwhile, or another
    fact stands in its place.
    """
    if item.plan != plan.id:  # decided in the next year: a fact stays in its own plan
        plan = plans.kept(tx).by_id(item.plan, recorded_at) or plan
    so_far = decided(tx, item.number)
    before = standing(so_far)
    approves = verb is Verb.APPROVE
    usual = approval_counts_from(plan, item.fact, recorded_at) if approves else recorded_at
    moment = happened_at or usual
    decision = Decision(
        fact=item.number,
        verb=verb,
        person=person,
        happened_at=moment,
        recorded_at=recorded_at,
        reason=reason,
        minor=minor,
    )
    taken = [*so_far, decision]
    after = standing(taken)
    stands_again = after.state in STANDING and before.state not in STANDING
    if stands_again and (other := replaced_by(tx, item)) is not None:
        raise Held(other)
    about = _about(tx, item) if reason else None
    tx.add(
        decisions,
        fact=item.number,
        verb=verb.value,
        person=person,
        happened_at=moment,
        recorded_at=recorded_at,
        reason=reason if about is None else leadtext.seal(tx, about, reason),
        minor=int(minor),
        batch=batch or item.number,
    )
    if before.waits and not after.waits:
        tx.change(_LEAVE_QUEUE, number=item.number)
    elif after.waits and not before.waits and plan.kinds[item.fact.kind].deciders:
        since = recorded_at if after.again else item.fact.recorded_at
        tx.add(waiting, fact=item.number, kind=item.fact.kind, unit=item.fact.unit, since=since)
    if item.topic:
        _move_claim(tx, plan, item, before.state in STANDING, after.state in STANDING)
    tx.enter(plan.id, posted(plan, item.fact, so_far, taken, recorded_at))
    audit.note(
        tx,
        at=recorded_at,
        person=person,
        action=verb.value,
        subject=f"#{item.number}",
        chat=chat,
    )
    return after


def _move_claim(tx: Tx, plan: Plan, item: Entry, held: bool, holds: bool) -> None:
    if held and not holds:
        release(tx, plan.id, item.topic, item.claim, item.number)
    elif holds and not held:
        if (row := tx.find(claims, plan.id, item.topic, item.claim)) is not None:
            raise Held(int(row.fact))
        tx.add(claims, plan=plan.id, topic=item.topic, hash=item.claim, fact=item.number)


def entry_from(tx: Reading, row: Row) -> Entry:
    fact = Fact(
        number=row.id,
        kind=row.kind,
        unit=row.unit,
        person=row.person,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        details=leadtext.opened_details(tx, orjson.loads(row.details)) if row.details else {},
    )
    return Entry(
        fact=fact,
        plan=row.plan,
        title=row.title,
        link=row.link,
        chat=row.chat,
        topic=row.topic,
        claim=bytes(row.claim),
        supersedes=row.supersedes,
    )


def _about(tx: Reading, item: Entry) -> int | None:
    """The lead that the texts of a fact are about: its own number, or that of a case's lead."""
    if item.fact.kind == leadtext.LEAD:
        return item.number
    return _lead_of(tx, item.fact.kind, item.fact.details)


def _lead_of(tx: Reading, kind: str, details: Mapping[str, Any] | None) -> int | None:
    if kind not in leadtext.CASES or not details:
        return None
    of = entry(tx, details["of"])
    return of.number if of is not None and of.fact.kind == leadtext.LEAD else None


def decision_from(row: Row, tx: Reading | None = None, about: int | None = None) -> Decision:
    return Decision(
        fact=row.fact,
        verb=Verb(row.verb),
        person=row.person,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        reason=row.reason
        if tx is None or about is None
        else leadtext.opened(tx, about, row.reason),
        minor=bool(row.minor),
    )
