"""Postings of a plan's next revision, prepared beside the old ones and switched to at once.

Some texts file the same facts elsewhere (A18, A21, A24). What differs is posted into a book, a name
in the `plan` column that nobody reads yet, page by page in short transactions. The one that
publishes the revision prepares what is left, adds the book's sums to the tallies, and lets this
revision and those after it read the book. Whoever asks as of an earlier moment reads as before.

What a book holds depends on how far it has come (`seen_facts`, `seen_decisions`) and on nothing
else, so that a worker that died is followed by one that goes on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Text, bindparam, cast, delete, exists, func, insert, select, update

from db import jobs, months, plans
from db.engine.tx import Reading, Row, Tx
from db.ledger import decision_from, entry_from
from db.schema import decisions, facts, postings, refilings, tallies
from scoring.facts import Decision, Fact
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import Posting, ledger
from scoring.refiled import refiled

PAGE = 50
"""Facts or decisions prepared in one transaction: a few milliseconds."""

FEW = 2
"""Parts that may be left to the transaction that switches."""

GONE = 2_000
"""Postings of a book nobody will read, deleted in one transaction."""

FACTS, DECISIONS, CLEAR = "facts", "decisions", "clear"
Part = tuple[str, int]
"""What to do next: prepare facts or decisions up to a number, or clear away another book."""

_KINDS = facts.c.kind.in_(bindparam("kinds", expanding=True))
_OURS = (facts.c.plan == bindparam("plan"), _KINDS)
_FACT_NUMBERS = (
    select(facts.c.id)
    .where(*_OURS, facts.c.id > bindparam("after"), facts.c.id <= bindparam("upto"))
    .order_by(facts.c.id)
)
_DECISION_NUMBERS = (
    select(decisions.c.id)
    .join(facts, facts.c.id == decisions.c.fact)
    .where(*_OURS, decisions.c.id > bindparam("after"), decisions.c.id <= bindparam("upto"))
    .order_by(decisions.c.id)
)
_FACTS = (
    select(facts)
    .where(*_OURS, facts.c.id > bindparam("after"), facts.c.id <= bindparam("upto"))
    .order_by(facts.c.id)
)
_THEIR_DECISIONS = (
    select(decisions)
    .join(facts, facts.c.id == decisions.c.fact)
    .where(
        *_OURS,
        decisions.c.fact > bindparam("after"),
        decisions.c.fact <= bindparam("upto"),
        decisions.c.id <= bindparam("known"),
    )
    .order_by(decisions.c.fact, decisions.c.id)
)
_DECIDED = (
    select(facts)
    .where(
        *_OURS,
        facts.c.id <= bindparam("seen"),
        facts.c.id.in_(
            select(decisions.c.fact).where(
                decisions.c.id > bindparam("after"), decisions.c.id <= bindparam("upto")
            )
        ),
    )
    .order_by(facts.c.id)
)
_OF_FACT = (
    select(decisions)
    .where(decisions.c.fact == bindparam("fact"), decisions.c.id <= bindparam("upto"))
    .order_by(decisions.c.id)
)
_SEEN = (
    update(refilings)
    .where(refilings.c.id == bindparam("number"))
    .values(seen_facts=bindparam("upto_facts"), seen_decisions=bindparam("upto_decisions"))
)
_ALL = select(refilings).order_by(refilings.c.id)
_WORKED_ON = (
    update(refilings).where(refilings.c.id == bindparam("number")).values(job=bindparam("by_job"))
)
_SWITCH = (
    update(refilings)
    .where(refilings.c.id == bindparam("number"))
    .values(revision=bindparam("made"), switched_at=bindparam("at"))
)
_FORGET = delete(refilings).where(refilings.c.id == bindparam("number"))

_BOOK = tallies.alias("book")
_SAME = (
    _BOOK.c.plan == bindparam("book"),
    _BOOK.c.unit == tallies.c.unit,
    _BOOK.c.measure == tallies.c.measure,
    _BOOK.c.period == tallies.c.period,
)
_ADD = (
    update(tallies)
    .where(tallies.c.plan == bindparam("base"), exists(select(_BOOK.c.value).where(*_SAME)))
    .values(value=tallies.c.value + select(_BOOK.c.value).where(*_SAME).scalar_subquery())
)
_KEPT = tallies.alias("kept")
_BEGIN = insert(tallies).from_select(
    ["plan", "unit", "measure", "period", "value"],
    select(
        cast(bindparam("base"), Text),
        _BOOK.c.unit,
        _BOOK.c.measure,
        _BOOK.c.period,
        _BOOK.c.value,
    ).where(
        _BOOK.c.plan == bindparam("book"),
        ~exists(
            select(_KEPT.c.value).where(
                _KEPT.c.plan == bindparam("base"),
                _KEPT.c.unit == _BOOK.c.unit,
                _KEPT.c.measure == _BOOK.c.measure,
                _KEPT.c.period == _BOOK.c.period,
            )
        ),
    ),
)
_NO_SUMS = delete(tallies).where(tallies.c.plan == bindparam("book"))
_TOTAL = select(func.count().label("total")).where(postings.c.plan == bindparam("book"))
_GONE = delete(postings).where(
    postings.c.id.in_(select(postings.c.id).where(postings.c.plan == bindparam("book")).limit(GONE))
)


# --- which there are ----------------------------------------------------------------------


def begin(tx: Tx, old: Plan, text: str, *, why: str, now: Instant) -> int:
    """Note that a text is to follow this revision of a plan; the number of its refiling."""
    return tx.add(
        refilings,
        plan=old.id,
        after=old.revision,
        text=text,
        why=why,
        asked_at=now,
        seen_facts=0,
        seen_decisions=months.heads(tx).decisions,
        job=0,
        revision=None,
        switched_at=None,
    )


def worked_on(tx: Tx, number: int, job: int) -> None:
    """Note the job that prepares it."""
    tx.change(_WORKED_ON, number=number, by_job=job)


def one(tx: Reading, number: int) -> Row | None:
    """A refiling by its number."""
    return tx.find(refilings, number)


def running(tx: Reading, plan: str) -> bool:
    """Whether a job prepares a revision of this plan."""
    return any(row.plan == plan and _is_open(tx, row) for row in tx.run(_ALL))


def _is_open(tx: Reading, row: Row) -> bool:
    job = jobs.job(tx, row.job) if row.revision is None and row.job else None
    return job is not None and jobs.is_open(job)


# --- page by page -------------------------------------------------------------------------


def parts(tx: Reading, number: int) -> tuple[Part, ...]:
    """What is left to do for a refiling on this snapshot, in the order in which to do it."""
    row = tx.find(refilings, number)
    if row is None or row.revision is not None:
        return ()
    old, new = _texts(tx, row)
    heads, ours = months.heads(tx), {"plan": row.plan, "kinds": sorted(refiled(old, new))}
    found = tx.run(_FACT_NUMBERS, after=row.seen_facts, upto=heads.facts, **ours)
    decided = tx.run(_DECISION_NUMBERS, after=row.seen_decisions, upto=heads.decisions, **ours)
    return (
        *_left_behind(tx, row),
        *_paged(FACTS, found, row.seen_facts, heads.facts),
        *_paged(DECISIONS, decided, row.seen_decisions, heads.decisions),
    )


def _paged(what: str, rows: Sequence[Row], seen: int, head: int) -> Iterator[Part]:
    yield from ((what, rows[place - 1].id) for place in range(PAGE, len(rows), PAGE))
    if head > seen:
        yield what, head


def _left_behind(tx: Reading, mine: Row) -> Iterator[Part]:
    """Books of the plan that were begun and given up."""
    for row in tx.run(_ALL):
        if row.plan == mine.plan and row.id != mine.id and row.revision is None:
            if _is_open(tx, row):
                continue
            [counted] = tx.run(_TOTAL, book=book(row))
            yield from [(CLEAR, row.id)] * (counted.total // GONE + 1)


def enter(tx: Tx, number: int, part: Part, now: Instant) -> None:
    """Do one part; nothing if it was done before."""
    what, upto = part
    if what == CLEAR:
        _clear(tx, upto)
        return
    row = tx.find(refilings, number)
    if row is None or row.revision is not None:
        return
    prepare = _prepare_facts if what == FACTS else _prepare_decisions
    if upto > (row.seen_facts if what == FACTS else row.seen_decisions):
        prepare(tx, row, upto, now)


def _clear(tx: Tx, number: int) -> None:
    row = tx.find(refilings, number)
    if row is None:
        return
    if tx.change(_GONE, book=book(row)) < GONE:
        tx.change(_NO_SUMS, book=book(row))
        tx.change(_FORGET, number=number)


def _prepare_facts(tx: Tx, row: Row, upto: int, now: Instant) -> None:
    old, new = _texts(tx, row)
    ours = {"plan": row.plan, "kinds": sorted(refiled(old, new))}
    span = {"after": row.seen_facts, "upto": upto, **ours}
    taken: dict[int, list[Decision]] = {}
    for one_ in tx.run(_THEIR_DECISIONS, known=row.seen_decisions, **span):
        taken.setdefault(one_.fact, []).append(decision_from(one_))
    for found in tx.run(_FACTS, **span):
        fact = entry_from(tx, found).fact
        tx.enter(book(row), _posted(moves(old, new, fact, taken.get(found.id, [])), fact, now))
    tx.change(_SEEN, number=row.id, upto_facts=upto, upto_decisions=row.seen_decisions)


def _prepare_decisions(tx: Tx, row: Row, upto: int, now: Instant) -> None:
    """The difference that the decisions of a span make to facts prepared before them."""
    old, new = _texts(tx, row)
    known, kinds = row.seen_decisions, sorted(refiled(old, new))
    span = {"after": known, "upto": upto, "seen": row.seen_facts}
    for found in tx.run(_DECIDED, plan=row.plan, kinds=kinds, **span):
        fact = entry_from(tx, found).fact
        rows = tx.run(_OF_FACT, fact=found.id, upto=upto)
        before = moves(old, new, fact, [decision_from(one) for one in rows if one.id <= known])
        after = moves(old, new, fact, [decision_from(one) for one in rows])
        after.subtract(before)
        tx.enter(book(row), _posted(after, fact, now))
    tx.change(_SEEN, number=row.id, upto_facts=row.seen_facts, upto_decisions=upto)


def _texts(tx: Reading, row: Row) -> tuple[Plan, Plan]:
    """The plan that a refiling begins with, and the one that it ends with."""

    def load(tx: Reading) -> tuple[Plan, Plan]:
        return _before(tx, row), plans.read_here(tx, row.text)

    return tx.cached(f"refiling:{row.id}", load)


def _before(tx: Reading, row: Row) -> Plan:
    found = [
        revision.plan
        for year in plans.kept(tx).by_year
        for revision in plans.kept(tx).texts(year)
        if revision.plan.id == row.plan and revision.number == row.after
    ]
    return found[0]


# --- all at once --------------------------------------------------------------------------


def switch(tx: Tx, number: int, revision: int, now: Instant) -> None:
    """Prepare what is left, and let a revision and those after it read the book."""
    for part in parts(tx, number):
        if part[0] != CLEAR:
            enter(tx, number, part, now)
    row = tx.find(refilings, number)
    assert row is not None  # noqa: S101 - begun before
    names = {"base": row.plan, "book": book(row)}
    tx.change(_ADD, **names)
    tx.change(_BEGIN, **names)
    tx.change(_NO_SUMS, book=book(row))
    tx.change(_SWITCH, number=number, made=revision, at=now)
    tx.bump("plans")


def book(row: Row) -> str:
    """The name under which the postings of a refiling stand."""
    return f"{row.plan}~{row.id}"


Moves = Counter[tuple[str, str, str, Instant]]
"""(unit, measure, period, happened at) -> what a fact counts for more under the new text."""


def moves(old: Plan, new: Plan, fact: Fact, taken: Iterable[Decision]) -> Moves:
    """What files a fact elsewhere under another text: out where it was, in where it comes."""
    taken = list(taken)
    sums: Moves = Counter()
    for plan, sign in ((old, -1), (new, 1)):
        for one_ in ledger(plan, fact, taken):
            sums[one_.unit, one_.measure, one_.period, one_.happened_at] += sign * one_.delta
    return sums


def _posted(sums: Moves, fact: Fact, now: Instant) -> Iterator[Posting]:
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
