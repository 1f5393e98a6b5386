"""Roles granted beyond the roster, for a unit and a time (授权, C19)."""

from sqlalchemy import bindparam, or_, select, update

from db.engine.tx import Reading, Tx
from db.people import OFFICER, changed
from db.schema import grants
from scoring.moments import Instant

_LENT = select(grants.c.unit).where(
    grants.c.person == bindparam("person"),
    grants.c.role == OFFICER,
    grants.c.since <= bindparam("at"),
    or_(grants.c.until.is_(None), grants.c.until > bindparam("at")),
)


def lent_to(tx: Reading, person: int, at: Instant) -> frozenset[str]:
    """The units for which a person may report as 宣传员 at an instant."""
    return frozenset(row.unit for row in tx.run(_LENT, person=person, at=at))


_OPEN = (
    (grants.c.person == bindparam("who"))
    & (grants.c.role == bindparam("what"))
    & (grants.c.unit == bindparam("where"))
    & grants.c.until.is_(None)
)
_HELD = select(grants.c.id).where(_OPEN)
_EVERY = select(grants.c.person, grants.c.role, grants.c.unit).where(grants.c.until.is_(None))
_END_ALL = (
    update(grants)
    .where(grants.c.person == bindparam("who"), grants.c.until.is_(None))
    .values(until=bindparam("ended"))
)
_END = update(grants).where(_OPEN).values(until=bindparam("ended"))


def grant(tx: Tx, person: int, role: str, unit: str, *, at: Instant, by: int) -> bool:
    """Grant a role, for another unit or in general (`unit` ""); False if it is already held."""
    if tx.run(_HELD, who=person, what=role, where=unit):
        return False
    tx.add(grants, person=person, role=role, unit=unit, since=at, until=None, by=by)
    changed(tx)
    return True


def roles_granted(tx: Reading) -> dict[int, frozenset[str]]:
    """Person id -> the roles granted to them for their own unit or in general."""
    found: dict[int, frozenset[str]] = {}
    for row in tx.run(_EVERY):
        if not row.unit:
            found[row.person] = found.get(row.person, frozenset()) | {row.role}
    return found


def end_all(tx: Tx, person: int, *, at: Instant) -> bool:
    """End every grant of a person who has left, so that coming back brings none of them back."""
    ended = tx.change(_END_ALL, who=person, ended=at) > 0
    if ended:
        changed(tx)
    return ended


def take_back(tx: Tx, person: int, role: str, unit: str, *, at: Instant) -> bool:
    """End a grant; False if there is none (a role from the roster is not a grant)."""
    ended = tx.change(_END, who=person, what=role, where=unit, ended=at) > 0
    if ended:
        changed(tx)
    return ended
