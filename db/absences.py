"""Who is on leave according to the roster (状态); meanwhile reminders go to somebody else."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select

from db.engine.tx import Reading, Tx
from db.schema import absences
from scoring.calendar import Span

_ALL = select(absences.c.person, absences.c.first, absences.c.last)
_FORGET = delete(absences)


def every(tx: Reading) -> tuple[tuple[int, Span], ...]:
    """All leaves in the last roster: (person, days)."""
    return tx.cached("absences", _load)


def _load(tx: Reading) -> tuple[tuple[int, Span], ...]:
    return tuple(
        (row.person, (date.fromisoformat(row.first), date.fromisoformat(row.last)))
        for row in tx.run(_ALL)
    )


def away(tx: Reading, day: date) -> frozenset[int]:
    """The people who are on leave on a day."""
    return frozenset(person for person, (first, last) in every(tx) if first <= day <= last)


def replace_all(tx: Tx, leaves: Iterable[tuple[int, Span]]) -> None:
    """Replace all leaves by those of the new roster."""
    tx.change(_FORGET)
    for person, (first, last) in leaves:
        tx.add(absences, person=person, first=first.isoformat(), last=last.isoformat())
    tx.bump("absences")
