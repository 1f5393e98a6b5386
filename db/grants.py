"""Roles granted beyond the roster, for a unit, a time, or in somebody's place (授权, 代班, C19)."""

from sqlalchemy import bindparam, func, or_, select, update

from db.engine.tx import Reading, Tx
from db.people import OFFICER, changed
from db.schema import grants
from scoring.moments import Instant

_RUNS = (grants.c.since <= bindparam("at")) & or_(
    grants.c.until.is_(None), grants.c.until > bindparam("at")
)
_LENT = select(grants.c.unit).where(
    grants.c.person == bindparam("person"), grants.c.role == OFFICER, _RUNS
)
_NAMED = (
    (grants.c.person == bindparam("who"))
    & (grants.c.role == bindparam("what"))
    & (grants.c.unit == bindparam("where"))
    & _RUNS
)
_HELD = select(grants.c.id).where(
    _NAMED, func.coalesce(grants.c.instead_of, 0) == bindparam("whose")
)
_EVERY = select(grants.c.person, grants.c.role, grants.c.unit).where(
    _RUNS, grants.c.instead_of.is_(None)
)
_END_ALL = (
    update(grants)
    .where(or_(grants.c.person == bindparam("who"), grants.c.instead_of == bindparam("who")), _RUNS)
    .values(until=bindparam("ended"))
)
_END = update(grants).where(_NAMED).values(until=bindparam("ended"))
_END_INSTEAD = (
    update(grants)
    .where(grants.c.person == bindparam("who"), grants.c.instead_of == bindparam("whose"), _RUNS)
    .values(until=bindparam("ended"))
)


def lent_to(tx: Reading, person: int, at: Instant) -> frozenset[str]:
    """The units for which a person may report as 宣传员 at an instant."""
    return frozenset(row.unit for row in tx.run(_LENT, person=person, at=at))


def grant(
    tx: Tx,
    person: int,
    role: str,
    unit: str,
    *,
    at: Instant,
    by: int,
    until: Instant | None = None,
    instead_of: int | None = None,
) -> bool:
    """Grant a role, for another unit or in general (`unit` ""), until an instant or until taken
    back, as one's own or in somebody's place; False if it is already held so."""
    if tx.run(_HELD, who=person, what=role, where=unit, whose=instead_of or 0, at=at):
        return False
    tx.add(
        grants,
        person=person,
        role=role,
        unit=unit,
        since=at,
        until=until,
        by=by,
        instead_of=instead_of,
    )
    changed(tx)
    return True


def roles_granted(tx: Reading, at: Instant) -> dict[int, frozenset[str]]:
    """Person id -> the roles granted to them at an instant, as their own, for their own unit or in
    general."""
    found: dict[int, frozenset[str]] = {}
    for row in tx.run(_EVERY, at=at):
        if not row.unit:
            found[row.person] = found.get(row.person, frozenset()) | {row.role}
    return found


def end_all(tx: Tx, person: int, *, at: Instant) -> bool:
    """End every grant of a person who has left, and every one in their place, so that coming back
    brings none of them back."""
    return _ended(tx, tx.change(_END_ALL, who=person, at=at, ended=at))


def take_back(tx: Tx, person: int, role: str, unit: str, *, at: Instant) -> bool:
    """End a grant; False if there is none (a role from the roster is not a grant)."""
    return _ended(tx, tx.change(_END, who=person, what=role, where=unit, at=at, ended=at))


def end_instead(tx: Tx, person: int, whose: int, *, at: Instant) -> bool:
    """End what a person holds in the place of another; False if there is nothing."""
    return _ended(tx, tx.change(_END_INSTEAD, who=person, whose=whose, at=at, ended=at))


def _ended(tx: Tx, rows: int) -> bool:
    if rows:
        changed(tx)
    return rows > 0
