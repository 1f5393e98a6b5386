"""Leases: exclusive rights among the replicas, one row each, held until an instant.

The caller's clock counts. If two take the same lease at once, only one gets it.
"""

from sqlalchemy import bindparam, delete, or_, select, update

from db.engine.tx import Reading, Tx
from db.schema import leases
from scoring.moments import Instant

_HOLD = (
    update(leases)
    .where(
        leases.c.name == bindparam("wanted"),
        or_(leases.c.holder == bindparam("who"), leases.c.until <= bindparam("now")),
    )
    .values(holder=bindparam("who"), until=bindparam("to"))
)
_OTHERS = select(leases.c.name).where(
    leases.c.name.like(bindparam("like")),
    leases.c.holder != bindparam("who"),
    leases.c.until > bindparam("now"),
)
_LET_GO = delete(leases).where(
    leases.c.name == bindparam("wanted"), leases.c.holder == bindparam("who")
)


def hold(tx: Tx, name: str, holder: str, now: Instant, seconds: int) -> bool:
    """Take or renew a lease for `seconds` from now; False while another holder has it.

    May raise Conflict at the commit if two take a lease that nobody has held before.
    """
    if tx.change(_HOLD, wanted=name, who=holder, now=now, to=now + seconds):
        return True
    if tx.find(leases, name) is not None:
        return False
    tx.add(leases, name=name, holder=holder, until=now + seconds)
    return True


def is_held(tx: Reading, name: str, now: Instant) -> bool:
    """Whether anybody holds a lease now."""
    row = tx.find(leases, name)
    return row is not None and int(row.until) > now


def of_others(tx: Reading, prefix: str, holder: str, now: Instant) -> frozenset[str]:
    """The leases with this prefix that other holders have now."""
    rows = tx.run(_OTHERS, like=f"{prefix}%", who=holder, now=now)
    return frozenset(row.name for row in rows)


def let_go(tx: Tx, name: str, holder: str) -> None:
    """Give a lease back if it is still held."""
    tx.change(_LET_GO, wanted=name, who=holder)
