"""What each reviewer has before him, so that two do not look at the same thing: a row of `leases` a
person, whose holder is the number of the fact."""

from sqlalchemy import bindparam, select, update

from db.engine.tx import Reading, Tx
from db.schema import leases
from scoring.moments import MINUTE, Instant

LASTS = 5 * MINUTE
"""Somebody who has not pressed by then has gone away."""

_LOOK = (
    update(leases)
    .where(leases.c.name == bindparam("whose"))
    .values(holder=bindparam("number"), until=bindparam("to"))
)
_OTHERS = select(leases.c.holder).where(
    leases.c.name.like("look:%"),
    leases.c.name != bindparam("whose"),
    leases.c.until > bindparam("now"),
)


def at(tx: Tx, person: int, number: int, now: Instant) -> None:
    """Note that a person has this fact before him now, and no other any more."""
    name = f"look:{person}"
    if not tx.change(_LOOK, whose=name, number=str(number), to=now + LASTS):
        tx.add(leases, name=name, holder=str(number), until=now + LASTS)


def of_others(tx: Reading, person: int, now: Instant) -> frozenset[int]:
    """What others have before them now."""
    rows = tx.run(_OTHERS, whose=f"look:{person}", now=now)
    return frozenset(int(row.holder) for row in rows)
