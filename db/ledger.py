"""The ledger: facts and decisions, with the postings, claims and queue that follow from them.

Reports and decisions are written only by `report` and `decide`, so that a fact, its tallies and
its place in the queue can never disagree.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select

from db import audit, people, plans, settings
from db.claims import release
from db.engine.tx import Reading, Row, Tx
from db.schema import claims, decisions, facts, postings, waiting
from db.schema import tallies as tally_table
from scoring.cards import Basis, Tallies
from scoring.errors import Fault
from scoring.facts import REPORTED, STANDING, Decision, Fact, Standing, State, Verb, standing
from scoring.moments import Instant
from scoring.plan import Plan
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
_LAST_BY = (
    select(decisions)
    .where(decisions.c.person == bindparam("person"))
    .order_by(decisions.c.id.desc())
    .limit(1)
)
_OF_BATCH = select(decisions).where(
    decisions.c.person == bindparam("person"),
    decisions.c.batch == bindparam("batch"),
    decisions.c.verb != Verb.RETRACT.value,
)
_OF_PERSON = (
    select(facts)
    .where(facts.c.person == bindparam("person"), facts.c.plan == bindparam("plan"))
    .order_by(facts.c.id.desc())
    .limit(bindparam("most"))
)
_QUEUE = select(waiting).where(waiting.c.kind == bindparam("kind")).order_by(waiting.c.fact)
_LEAVE_QUEUE = delete(waiting).where(waiting.c.fact == bindparam("number"))
_TALLIES = select(
    tally_table.c.unit, tally_table.c.measure, tally_table.c.period, tally_table.c.value
).where(tally_table.c.plan == bindparam("plan"), tally_table.c.value != 0)
_TALLIES_AT = (
    select(postings.c.unit, postings.c.measure, postings.c.period, func.sum(postings.c.delta))
    .where(
        postings.c.plan == bindparam("plan"),
        postings.c.happened_at <= bindparam("until"),
        postings.c.recorded_at <= bindparam("known"),
    )
    .group_by(postings.c.unit, postings.c.measure, postings.c.period)
)
_BEHIND = (
    select(postings.c.fact)
    .where(
        postings.c.plan == bindparam("plan"),
        postings.c.unit == bindparam("unit"),
        postings.c.measure == bindparam("measure"),
        postings.c.happened_at <= bindparam("at"),
        postings.c.recorded_at <= bindparam("at"),
    )
    .group_by(postings.c.fact)
    .having(func.sum(postings.c.delta) > 0)
    .order_by(postings.c.fact)
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
_ALL_FACTS = select(facts).where(facts.c.plan == bindparam("plan")).order_by(facts.c.id)
FOREVER: Instant = 1 << 60
_ALL_DECISIONS = select(decisions).order_by(decisions.c.fact, decisions.c.id)


# --- reading ------------------------------------------------------------------------------


def entry(tx: Reading, number: int) -> Entry | None:
    """The fact with this number, or None."""
    rows = tx.run(_BY_NUMBER, number=number)
    return _entry(rows[0]) if rows else None


def decided(tx: Reading, number: int) -> list[Decision]:
    """All decisions on a fact, oldest first, including those taken back."""
    return [_decision(row) for row in tx.run(_DECISIONS, number=number)]


def stands(tx: Reading, number: int) -> Standing:
    """Where a fact stands now."""
    return standing(decided(tx, number))


def last_decision(tx: Reading, person: int) -> Row | None:
    """The row of a person's newest decision (fact, verb, batch, recorded_at)."""
    rows = tx.run(_LAST_BY, person=person)
    return rows[0] if rows else None


def batch_of(tx: Reading, person: int, batch: int) -> list[int]:
    """The facts a person decided together."""
    return [row.fact for row in tx.run(_OF_BATCH, person=person, batch=batch)]


def of_person(tx: Reading, plan: Plan, person: int, most: int = 20) -> list[Entry]:
    """A person's own reports of a plan, newest first."""
    rows = tx.run(_OF_PERSON, plan=plan.id, person=person, most=most)
    return [_entry(row) for row in rows]


def of_unit(
    tx: Reading, plan: Plan, unit: str, kind: str, *, since: Instant, until: Instant
) -> list[Entry]:
    """A unit's standing reports of a kind that happened from `since` up to but before `until`."""
    rows = tx.run(_OF_UNIT, plan=plan.id, unit=unit, kind=kind, since=since, until=until)
    return [_entry(row) for row in rows if stands(tx, row.id).state in STANDING]


def replaced_by(tx: Reading, item: Entry) -> int | None:
    """The number of the standing fact that supersedes this one."""
    rows = tx.run(_REPLACING, unit=item.fact.unit, number=item.number)
    return next((row.id for row in rows if stands(tx, row.id).state in STANDING), None)


def queue(tx: Reading, kinds: Iterable[str]) -> list[Row]:
    """The facts of these kinds awaiting a decision (rows fact, kind, unit, since), oldest first."""
    rows = [row for kind in kinds for row in tx.run(_QUEUE, kind=kind)]
    return sorted(rows, key=lambda row: int(row.fact))


def claimed(tx: Reading, plan: Plan, topic: str, value: str) -> int | None:
    """The number of the standing fact that holds this link, phone, teacher or account."""
    row = tx.find(claims, plan.id, topic, tx.vault.digest(topic, value))
    return None if row is None else int(row.fact)


def behind(
    tx: Reading, plan: Plan, measures: Iterable[tuple[str, str]], at: Instant = FOREVER
) -> list[int]:
    """The numbers of the facts whose postings make up these (unit, measure) sums, at a past
    instant if one is given."""
    found = {
        int(row.fact)
        for unit, measure in measures
        for row in tx.run(_BEHIND, plan=plan.id, unit=unit, measure=measure, at=at)
    }
    return sorted(found)


def tallies(tx: Reading, plan: Plan) -> Tallies:
    """All current tallies of a plan."""
    return Tallies(tx.run(_TALLIES, plan=plan.id))


def tallies_at(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Tallies:
    """The tallies at a past instant: what happened up to `until`, as known at `known`."""
    return Tallies(tx.run(_TALLIES_AT, plan=plan.id, until=until, known=known))


def basis(tx: Reading, plan: Plan, until: Instant, known: Instant) -> Basis:
    """The head-counts at `until`, as known at `known`."""
    staff = people.staff_at(tx, until, known)
    return Basis(students=settings.students(tx, known), staff=staff)


def everything(tx: Reading, plan: Plan) -> Iterable[tuple[Fact, list[Decision]]]:
    """Every fact of a plan with its decisions, for recomputation."""
    by_fact: dict[int, list[Decision]] = {}
    for row in tx.run(_ALL_DECISIONS):
        by_fact.setdefault(row.fact, []).append(_decision(row))
    for row in tx.run(_ALL_FACTS, plan=plan.id):
        yield _entry(row).fact, by_fact.get(row.id, [])


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
    number = tx.add(
        facts,
        plan=plan.id,
        kind=kind,
        unit=unit,
        person=person,
        title=title,
        link=link,
        details=orjson.dumps(details).decode() if details else "",
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
    tx.enter(plan.id, posted(plan, fact, None, REPORTED, recorded_at))
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
    item = entry(tx, old)
    if item is not None and stands(tx, old).state in STANDING:
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
    dated_by_fact = verb is Verb.APPROVE and plan.kinds[item.fact.kind].counts_from == "submitted"
    moment = happened_at or (item.fact.happened_at if dated_by_fact else recorded_at)
    decision = Decision(
        fact=item.number,
        verb=verb,
        person=person,
        happened_at=moment,
        recorded_at=recorded_at,
        reason=reason,
        minor=minor,
    )
    after = standing([*so_far, decision])
    stands_again = after.state in STANDING and before.state not in STANDING
    if stands_again and (other := replaced_by(tx, item)) is not None:
        raise Held(other)
    tx.add(
        decisions,
        fact=item.number,
        verb=verb.value,
        person=person,
        happened_at=moment,
        recorded_at=recorded_at,
        reason=reason,
        minor=int(minor),
        batch=batch or item.number,
    )
    if before.state is State.WAITING:
        tx.change(_LEAVE_QUEUE, number=item.number)
    elif after.state is State.WAITING:
        tx.add(
            waiting,
            fact=item.number,
            kind=item.fact.kind,
            unit=item.fact.unit,
            since=item.fact.recorded_at,
        )
    if item.topic:
        _move_claim(tx, plan, item, before.state in STANDING, after.state in STANDING)
    tx.enter(plan.id, posted(plan, item.fact, before, after, recorded_at))
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


def _entry(row: Row) -> Entry:
    fact = Fact(
        number=row.id,
        kind=row.kind,
        unit=row.unit,
        person=row.person,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        details=orjson.loads(row.details) if row.details else {},
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


def _decision(row: Row) -> Decision:
    return Decision(
        fact=row.fact,
        verb=Verb(row.verb),
        person=row.person,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        reason=row.reason,
        minor=bool(row.minor),
    )
