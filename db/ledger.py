"""The ledger: facts and decisions, with the postings, claims and queue that follow from them.

Reports and decisions are written only by `report` and `decide`, so that a fact, its tallies and
its place in the queue can never disagree.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select

from db import audit, headcounts, leadtext, line, plans, sums
from db.claims import release
from db.engine.tx import Reading, Row, Tx
from db.schema import claims, decisions, facts, waiting
from scoring.facts import STANDING, Decision, Fact, Standing, State, Verb, standing
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import approval_counts_from
from scoring.postings import postings as posted
from scoring.values import frozen


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

Held = line.Held
tallies, tallies_at, basis = sums.tallies, sums.tallies_at, sums.basis


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
    back only once this one is gone; a rejected one stays rejected, unless it is to be decided once
    more. The caller chooses which of the two times counts, by `happened_at`.

    Raises Held if another standing fact already holds the claimed value, unless that one only
    inherited it and was reported later than this: then it is put back in line.
    """
    plan = plans.kept(tx).filing(plan, recorded_at)
    topic, value = claim or ("", "")
    held = tx.vault.digest(topic, value) if claim else b""
    row = tx.find(claims, plan.id, topic, held) if claim else None
    by = {"person": person, "recorded_at": recorded_at}
    if row is not None and row.fact != supersedes:
        _make_way(tx, plan, int(row.fact), happened_at, **by)
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
        _retire(tx, plan, supersedes, number, chat=chat, **by)
    if plan.kinds[kind].deciders:
        tx.add(waiting, fact=number, kind=kind, unit=unit, since=recorded_at)
    tx.enter(plan.id, posted(plan, fact, None, (), recorded_at))
    if kind == headcounts.SETTLEMENT:
        headcounts.settled(tx, plan)
    audit.note(tx, at=recorded_at, person=person, action=kind, subject=f"#{number}", chat=chat)
    item = Entry(
        fact=fact,
        plan=plan.id,
        title=title,
        link=link,
        chat=chat,
        topic=topic,
        claim=held,
        supersedes=supersedes,
    )
    if claim:
        tx.add(claims, plan=plan.id, topic=topic, hash=held, fact=number)
    if supersedes is not None and (old := entry(tx, supersedes)) is not None:
        _pass_on(tx, plan, old, **by)
    return item


def _can_wait(tx: Reading, plan: Plan, item: Entry) -> bool:
    """Whether somebody decides on such a fact and still can: nobody can call an erased lead."""
    return bool(plan.kinds[item.fact.kind].deciders) and not (
        item.fact.kind == leadtext.LEAD and leadtext.is_erased(tx, item.number)
    )


def _retire(
    tx: Tx, plan: Plan, old: int, by: int, *, person: int, recorded_at: Instant, chat: str
) -> None:
    """Withdraw the fact that a new one replaces, if it stands; the reason names the new number."""
    item, stood = entry(tx, old), stands(tx, old)
    if item is not None and (stood.state in STANDING or stood.waits):
        decide(
            tx,
            plan,
            item,
            Verb.WITHDRAW,
            person=person,
            recorded_at=recorded_at,
            reason=f"→ #{by}",
            chat=chat,
            passes_on=False,
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
    passes_on: bool = True,
) -> Standing:
    """Append a decision and update the fact's postings, claims and place in the queue.

    `happened_at`: when it really happened, if the decider named a time; otherwise an approval
    is dated like the fact where submission counts, and any other decision when it is recorded.
    Whoever is next in line inherits what the fact claimed when it stands no longer, unless it is
    kept for a correction (`passes_on` False), and is put back when it stands again. Raises Held if
    it would stand again but somebody who was not in line has taken its claim, or another fact
    stands in its place.
    """
    if item.plan != plan.id:  # decided in the next year: a fact stays in its own plan
        plan = plans.kept(tx).by_id(item.plan, recorded_at) or plan
    plan = plans.kept(tx).filing(plan, recorded_at)
    so_far = decided(tx, item.number)
    before = standing(so_far)
    moment = happened_at or recorded_at
    if verb is Verb.APPROVE and happened_at is None:
        moment = approval_counts_from(plan, item.fact, recorded_at)
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
    elif after.waits and not before.waits and _can_wait(tx, plan, item):
        anew = after.again or before.state is State.IN_LINE
        since = recorded_at if anew else item.fact.recorded_at
        tx.add(waiting, fact=item.number, kind=item.fact.kind, unit=item.fact.unit, since=since)
    by = {"person": person, "recorded_at": recorded_at}
    if item.topic and stands_again:
        row = tx.find(claims, plan.id, item.topic, item.claim)
        if row is not None:
            _make_way(tx, plan, int(row.fact), item.fact.happened_at, **by)
        tx.add(claims, plan=plan.id, topic=item.topic, hash=item.claim, fact=item.number)
    elif item.topic and before.state in STANDING and after.state not in STANDING:
        release(tx, plan.id, item.topic, item.claim, item.number)
        if passes_on:
            _pass_on(tx, plan, item, **by)
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


def _make_way(
    tx: Tx, plan: Plan, holder: int, earlier_than: Instant, *, person: int, recorded_at: Instant
) -> None:
    """Put the holder of a claim in line if it came to it by a turn of the line and was reported
    later. Raises Held if not."""
    item = entry(tx, holder)
    late = item is not None and item.fact.happened_at >= earlier_than
    if item is None or not late or not line.has_place(tx, holder):
        raise Held(holder)
    _succession(tx, plan, item, Verb.YIELD, person=person, recorded_at=recorded_at)


def _pass_on(tx: Tx, plan: Plan, item: Entry, *, person: int, recorded_at: Instant) -> None:
    """Give what a fact claimed to whoever had it before, or tell who is next that it is free."""
    if not item.topic or tx.find(claims, plan.id, item.topic, item.claim) is not None:
        return
    for place in line.places(tx, plan.id, item.topic, item.claim):
        heir = entry(tx, place.fact) if place.fact else None
        if heir is None:
            line.have_told(tx, place.person, f"p{place.id}", recorded_at)
            return
        if stands(tx, heir.number).state is State.IN_LINE:
            _succession(tx, plan, heir, Verb.RETRACT, person=person, recorded_at=recorded_at)
            return


def _succession(
    tx: Tx, plan: Plan, item: Entry, verb: Verb, *, person: int, recorded_at: Instant
) -> None:
    """Put a fact back in line, or let it have its turn again, and have its reporter told."""
    batch, takes = line.SUCCESSION, verb is not Verb.YIELD
    decide(
        tx, plan, item, verb, person=person, recorded_at=recorded_at, batch=batch, passes_on=takes
    )
    line.have_told(tx, item.fact.person, str(item.number), recorded_at)


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
