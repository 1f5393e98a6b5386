"""What was done and decided, looked back on: by a person, behind a line, in a whole plan."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, bindparam, func, select, union_all

from db.engine.tx import Reading, Row
from db.ledger import FOREVER, Entry, decision_from, entry_from, stands
from db.line import SUCCESSION
from db.schema import decisions, facts, postings
from scoring.facts import STANDING, Decision, Fact, Verb
from scoring.moments import HOUR, Instant
from scoring.plan import Plan

_BEHIND = (
    select(postings.c.fact)
    .where(
        postings.c.plan.in_(bindparam("plans", expanding=True)),
        postings.c.unit == bindparam("unit"),
        postings.c.measure == bindparam("measure"),
        postings.c.happened_at <= bindparam("at"),
        postings.c.recorded_at <= bindparam("at"),
    )
    .group_by(postings.c.fact)
    .having(func.sum(postings.c.delta) > 0)
    .order_by(postings.c.fact)
)


_ALL_FACTS = select(facts).where(facts.c.plan == bindparam("plan")).order_by(facts.c.id)


_ALL_DECISIONS = select(decisions).order_by(decisions.c.fact, decisions.c.id)


def behind(
    tx: Reading, plan: Plan, measures: Iterable[tuple[str, str]], at: Instant = FOREVER
) -> list[int]:
    """The numbers of the facts whose postings make up these (unit, measure) sums, at a past
    instant if one is given."""
    found = {
        int(row.fact)
        for unit, measure in measures
        for row in tx.run(_BEHIND, plans=plan.ledgers, unit=unit, measure=measure, at=at)
    }
    return sorted(found)


_NEWEST_POSTED = (
    select(postings)
    .where(postings.c.plan == bindparam("plan"), postings.c.id < bindparam("below"))
    .order_by(postings.c.id.desc())
    .limit(500)
)


def posted_since(tx: Reading, plan: Plan, at: Instant) -> list[Row]:
    """The postings of a plan recorded after an instant, newest first; read from the end, so that a
    week costs the same whatever the year holds."""
    found: list[Row] = []
    below = FOREVER
    while page := tx.run(_NEWEST_POSTED, plan=plan.id, below=below):
        found += [row for row in page if row.recorded_at > at]
        below = page[-1].id
        if page[-1].recorded_at <= at - HOUR:
            break
    return found


def everything(tx: Reading, plan: Plan) -> Iterable[tuple[Fact, list[Decision]]]:
    """Every fact of a plan with its decisions, for recomputation."""
    by_fact: dict[int, list[Decision]] = {}
    for row in tx.run(_ALL_DECISIONS):
        by_fact.setdefault(row.fact, []).append(decision_from(row))
    for row in tx.run(_ALL_FACTS, plan=plan.id):
        yield entry_from(tx, row).fact, by_fact.get(row.id, [])


PAGE = 500

_OF_KINDS = (
    select(facts)
    .where(
        facts.c.plan == bindparam("plan"),
        facts.c.kind.in_(bindparam("kinds", expanding=True)),
        facts.c.id > bindparam("after"),
    )
    .order_by(facts.c.id)
    .limit(PAGE)
)
_DECIDED = (
    select(decisions)
    .join(facts, facts.c.id == decisions.c.fact)
    .where(
        decisions.c.fact > bindparam("after"),
        decisions.c.fact <= bindparam("upto"),
        facts.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(decisions.c.fact, decisions.c.id)
)


def of_kinds(
    tx: Reading, plan: Plan, kinds: Iterable[str]
) -> Iterable[tuple[Fact, list[Decision]]]:
    """Every fact of some kinds with its decisions, a page at a time."""
    which, after = {"plan": plan.id, "kinds": sorted(kinds)}, 0
    while page := tx.run(_OF_KINDS, after=after, **which):
        by_fact: dict[int, list[Decision]] = {}
        for row in tx.run(_DECIDED, after=after, upto=page[-1].id, kinds=which["kinds"]):
            by_fact.setdefault(row.fact, []).append(decision_from(row))
        for row in page:
            yield entry_from(tx, row).fact, by_fact.get(row.id, [])
        after = page[-1].id


_LAST_BY = (
    select(decisions)
    .where(decisions.c.person == bindparam("person"), decisions.c.batch != SUCCESSION)
    .order_by(decisions.c.id.desc())
    .limit(1)
)


_OF_BATCH = select(decisions).where(
    decisions.c.person == bindparam("person"),
    decisions.c.batch == bindparam("batch"),
    decisions.c.recorded_at == bindparam("at"),
    decisions.c.verb != Verb.RETRACT.value,
)


_OF_PERSON = (
    select(facts)
    .where(
        facts.c.person == bindparam("person"),
        facts.c.plan == bindparam("plan"),
        facts.c.id < bindparam("before"),
    )
    .order_by(facts.c.id.desc())
    .limit(bindparam("most"))
)


_NEWEST = (
    select(facts)
    .where(
        facts.c.unit == bindparam("unit"),
        facts.c.kind == bindparam("kind"),
        facts.c.plan == bindparam("plan"),
        facts.c.happened_at <= bindparam("until"),
        facts.c.recorded_at <= bindparam("known"),
    )
    .order_by(facts.c.happened_at.desc(), facts.c.id.desc())
    .limit(bindparam("most"))
)


def newest(
    tx: Reading, plan: Plan, unit: str, kind: str, *, until: Instant, known: Instant, most: int
) -> list[Entry]:
    """A unit's latest reports of a kind, in any state, at an instant; the newest first."""
    which = {"unit": unit, "kind": kind, "plan": plan.id, "until": until, "known": known}
    return [entry_from(tx, row) for row in tx.run(_NEWEST, most=most, **which)]


LOOKED_AT = 20_000
"""Facts looked through for one page of a search."""

_TITLED = (
    select(facts)
    .where(
        facts.c.id < bindparam("before"),
        facts.c.id >= bindparam("least"),
        facts.c.kind != "lead",
        func.lower(facts.c.title).like(bindparam("pattern"), escape="!"),
    )
    .order_by(facts.c.id.desc())
    .limit(bindparam("most"))
)
_LAST_FACT = select(func.max(facts.c.id).label("head"))


def titled(tx: Reading, text: str, before: int, most: int) -> tuple[list[Entry], int]:
    """The reports below a number (0: all) whose title holds a text, newest first, and the number
    to go on below, 0 at the end. A page looks through LOOKED_AT facts at most, so it may be short
    and still be followed by another."""
    if not before:
        before = int(tx.run(_LAST_FACT)[0].head or 0) + 1
    least = max(before - LOOKED_AT, 0)
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    rows = tx.run(_TITLED, before=before, least=least, pattern=f"%{text.lower()}%", most=most)
    found = [entry_from(tx, row) for row in rows]
    return found, found[-1].number if len(found) == most else least


def last_decision(tx: Reading, person: int) -> Row | None:
    """The row of a person's newest decision (fact, verb, batch, recorded_at)."""
    rows = tx.run(_LAST_BY, person=person)
    return rows[0] if rows else None


def batch_of(tx: Reading, person: int, batch: int, at: Instant) -> list[int]:
    """The facts a person decided together at one moment; the same number may have been the first of
    another batch before."""
    found = tx.run(_OF_BATCH, person=person, batch=batch, at=at)
    return list(dict.fromkeys(row.fact for row in found))


def of_person(
    tx: Reading, plan: Plan, person: int, most: int = 20, *, before: int = FOREVER
) -> list[Entry]:
    """A person's own reports of a plan below a number, newest first."""
    rows = tx.run(_OF_PERSON, plan=plan.id, person=person, most=most, before=before)
    return [entry_from(tx, row) for row in rows]


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


_TITLES = (
    select(facts.c.id, facts.c.unit, facts.c.kind, facts.c.happened_at, facts.c.title)
    .where(
        facts.c.unit.in_(bindparam("units", expanding=True)),
        facts.c.kind.in_(bindparam("kinds", expanding=True)),
        facts.c.plan == bindparam("plan"),
        facts.c.happened_at >= bindparam("since"),
        facts.c.happened_at < bindparam("until"),
        facts.c.title != "",
    )
    .order_by(facts.c.id)
)


def titles(
    tx: Reading,
    plan: Plan,
    units: Iterable[str],
    kinds: Iterable[str],
    *,
    since: Instant,
    until: Instant,
) -> list[Row]:
    """The titles of reports of some units and kinds from `since` up to but before `until`, whether
    they stand or not, oldest first: rows id, unit, kind, happened_at, title."""
    which = {"units": list(units), "kinds": list(kinds)}
    return tx.run(_TITLES, plan=plan.id, since=since, until=until, **which)


def of_unit(
    tx: Reading, plan: Plan, unit: str, kind: str, *, since: Instant, until: Instant
) -> list[Entry]:
    """A unit's standing reports of a kind that happened from `since` up to but before `until`."""
    rows = tx.run(_OF_UNIT, plan=plan.id, unit=unit, kind=kind, since=since, until=until)
    return [entry_from(tx, row) for row in rows if stands(tx, row.id).state in STANDING]


def _nearest(side: ColumnElement[bool], order: ColumnElement[int]) -> Select[tuple[int]]:
    near = (
        select(facts.c.happened_at)
        .where(
            facts.c.person == bindparam("person"),
            facts.c.plan == bindparam("plan"),
            side,
        )
        .order_by(order)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(near.c.happened_at)


_AROUND = union_all(
    _nearest(facts.c.id <= bindparam("number"), facts.c.id.desc()),
    _nearest(facts.c.id > bindparam("number"), facts.c.id),
)


def around(tx: Reading, plan: Plan, person: int, number: int, most: int) -> list[Instant]:
    """When the reports of a person happened that came nearest to one of them: `most` up to it and
    `most` after it, however many others there are."""
    rows = tx.run(_AROUND, plan=plan.id, person=person, number=number, most=most)
    return [row.happened_at for row in rows]
