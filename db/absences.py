"""Who is on leave: the roster says so (状态), and reminders go to somebody else meanwhile."""

from datetime import date

from sqlalchemy import bindparam, delete, select

from db.schema import absences
from db.tx import Reading, Tx
from scoring.calendar import Span

_ALL = select(absences.c.person, absences.c.first, absences.c.last)
_FORGET = delete(absences).where(absences.c.person == bindparam("whose"))


def away(tx: Reading, day: date) -> frozenset[int]:
    """The people who are on leave on a day."""
    spans = tx.cached("absences", _load)
    said = day.isoformat()
    return frozenset(person for person, first, last in spans if first <= said <= last)


def _load(tx: Reading) -> tuple[tuple[int, str, str], ...]:
    return tuple((row.person, row.first, row.last) for row in tx.run(_ALL))


def set_leave(tx: Tx, person: int, span: Span | None) -> None:
    """What the roster says of a person's leave now; None: nothing."""
    if tx.change(_FORGET, whose=person) or span is not None:
        tx.bump("absences")
    if span is not None:
        first, last = (day.isoformat() for day in span)
        tx.add(absences, person=person, first=first, last=last)
