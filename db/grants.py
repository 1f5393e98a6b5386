"""Roles that somebody was given beyond the roster, for a unit and a time (授权, C19)."""

from sqlalchemy import bindparam, or_, select

from db.people import OFFICER
from db.schema import grants
from db.tx import Reading
from scoring.moments import Instant

_LENT = select(grants.c.unit).where(
    grants.c.person == bindparam("person"),
    grants.c.role == OFFICER,
    grants.c.since <= bindparam("at"),
    or_(grants.c.until.is_(None), grants.c.until > bindparam("at")),
)


def lent_to(tx: Reading, person: int, at: Instant) -> frozenset[str]:
    """The units for which somebody may report as their 宣传员 at an instant."""
    return frozenset(row.unit for row in tx.run(_LENT, person=person, at=at))
