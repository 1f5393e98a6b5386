"""Appeals and doubts in the ledger: facts of their own that name the fact they are about.

Queries only; who may appeal and what an upheld appeal changes is `commands.appeals.appeal`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from db import ledger
from db.engine.tx import Reading
from db.schema import facts, waiting
from scoring.facts import Standing, State
from scoring.plan import Plan

KINDS = ("appeal", "doubt")

_OF_UNIT = (
    select(facts.c.id)
    .where(
        facts.c.unit == bindparam("unit"),
        facts.c.kind == bindparam("kind"),
        facts.c.plan == bindparam("plan"),
    )
    .order_by(facts.c.id)
)
_OPEN = select(waiting.c.fact).where(waiting.c.kind == bindparam("kind")).order_by(waiting.c.fact)
_OPEN_OF = (
    select(waiting.c.fact)
    .join(facts, facts.c.id == waiting.c.fact)
    .where(waiting.c.kind == bindparam("kind"), facts.c.person == bindparam("person"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An appeal or doubt, the fact it is about as it stood at the time, and its own standing."""

    entry: ledger.Entry
    of: ledger.Entry
    stands: Standing

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def is_open(self) -> bool:
        return self.stands.state is State.WAITING


def case(tx: Reading, entry: ledger.Entry) -> Case | None:
    """The case opened by a fact of kind appeal or doubt; None for any other fact."""
    if entry.fact.kind not in KINDS:
        return None
    of = ledger.entry(tx, entry.fact.details["of"])
    return Case(entry=entry, of=of, stands=ledger.stands(tx, entry.number)) if of else None


def of_unit(tx: Reading, plan: Plan, unit: str) -> list[Case]:
    """The appeals of a unit in a plan, except withdrawn ones, oldest first."""
    rows = tx.run(_OF_UNIT, plan=plan.id, unit=unit, kind="appeal")
    return [
        one
        for one in _cases(tx, (row.id for row in rows))
        if one.stands.state is not State.WITHDRAWN
    ]


def open_appeals(tx: Reading) -> list[Case]:
    """Every appeal that waits for an answer."""
    return _cases(tx, (row.fact for row in tx.run(_OPEN, kind="appeal")))


def open_doubts(tx: Reading, person: int) -> list[Case]:
    """The doubts of a person that wait for an answer."""
    return _cases(tx, (row.fact for row in tx.run(_OPEN_OF, kind="doubt", person=person)))


def current(tx: Reading, entry: ledger.Entry) -> ledger.Entry:
    """The fact that now stands in place of this one: itself, or what replaced it."""
    while (number := ledger.replaced_by(tx, entry)) is not None:
        following = ledger.entry(tx, number)
        if following is None:
            break
        entry = following
    return entry


def _cases(tx: Reading, numbers: Iterable[int]) -> list[Case]:
    entries = (ledger.entry(tx, number) for number in numbers)
    found = (case(tx, entry) for entry in entries if entry is not None)
    return [one for one in found if one is not None]
