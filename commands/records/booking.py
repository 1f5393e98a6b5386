"""Book the rows of a table as 补录 facts with their decisions, a few at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from commands.filing.deciders import matter, owns
from commands.filing.receipts import MAX_TITLE
from commands.grammar.phones import without_phones
from commands.leads.identity import seal
from commands.records.meaning import Entry
from commands.wording.sentences import say
from db import audit, ledger, records, settings
from db.engine.tx import Reading, Tx
from db.people import Directory, Person
from scoring.facts import Decision, Fact, State, Verb
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import IN_TABLE
from scoring.values import frozen

T = TypeVar("T")

PART = 20
"""Rows that one transaction books: what comes meanwhile waits for one part, never for a table."""


@frozen
class Batch:
    """A table being booked: its number, who brought it (None: the shell) and who agreed."""

    number: int
    plan: Plan
    people: Directory
    by: Person | None
    second: Person

    def decider(self, entry: Entry) -> Person | None:
        """Who answers for the decision of a row; None if it is the own matter of both."""
        what = matter(self.plan, self.people, fact_of(entry, 0))
        either = (one for one in (self.second, self.by) if one is not None)
        return next((one for one in either if not owns(one, what)), None)


def parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows, or the facts, as many at a time as one transaction writes."""
    for start in range(0, len(rows), PART):
        yield rows[start : start + PART]


def book(tx: Tx, batch: Batch, entries: Sequence[Entry], now: Instant) -> None:
    """Enter these rows, each once however often it is called. A row whose link or number was
    reported meanwhile is left out."""
    own = settings.public_numbers(tx)
    for entry in entries:
        if records.fact_of(tx, batch.number, entry.line) is None:
            _book(tx, batch, entry, now, own=own)


def _book(tx: Tx, batch: Batch, entry: Entry, now: Instant, *, own: frozenset[str]) -> None:
    note = without_phones(entry.note, own)
    decider = batch.decider(entry) if entry.verb else None
    try:
        fact = ledger.report(
            tx,
            batch.plan,
            kind=entry.kind,
            unit=entry.unit,
            person=entry.person,
            happened_at=entry.at,
            recorded_at=now,
            title=without_phones(entry.title, own)[:MAX_TITLE],
            link=entry.link,
            details={**entry.details, IN_TABLE: batch.number},
            claim=entry.claim,
        )
    except ledger.Held:
        return
    if entry.identity is not None:
        seal(tx, fact.number, *entry.identity)
    records.mark(tx, batch.number, entry.line, fact.number)
    by = batch.by.id if batch.by else None
    audit.note(tx, at=now, person=by, action="records", subject=f"#{fact.number}", chat="")
    if decider is not None:
        ledger.decide(
            tx,
            batch.plan,
            fact,
            Verb(entry.verb),
            person=decider.id,
            recorded_at=now,
            happened_at=entry.at,
            reason=say("records.reason", number=batch.number, note=note).strip(),
        )


def fact_of(entry: Entry, now: Instant) -> Fact:
    """The fact that a row becomes, without a number."""
    return Fact(
        number=-entry.line,
        kind=entry.kind,
        unit=entry.unit,
        person=entry.person,
        happened_at=entry.at,
        recorded_at=now,
        details={**entry.details, IN_TABLE: 0},
    )


def decisions(entry: Entry, fact: Fact) -> list[Decision]:
    """The decision of a row, if it has one."""
    if not entry.verb:
        return []
    return [
        Decision(
            fact=fact.number,
            verb=Verb(entry.verb),
            person=0,
            happened_at=entry.at,
            recorded_at=fact.recorded_at,
        )
    ]


# --- taking back --------------------------------------------------------------------------


def standing(tx: Reading, number: int) -> list[int]:
    """The facts of a table that are not taken back."""
    return [one for one in records.facts(tx, number) if _stands(tx, one)]


def take_back(tx: Tx, plan: Plan, facts: Sequence[int], *, person: int, now: Instant) -> None:
    """Withdraw these facts, where they are not taken back."""
    for number in facts:
        entry = ledger.entry(tx, number)
        if entry is not None and _stands(tx, number):
            reason = say("records.taken_back")
            ledger.decide(
                tx, plan, entry, Verb.WITHDRAW, person=person, recorded_at=now, reason=reason
            )


def _stands(tx: Reading, number: int) -> bool:
    return ledger.stands(tx, number).state is not State.WITHDRAWN
