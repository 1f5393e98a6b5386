"""Leases: exclusive rights among the replicas, one row each, held until an instant.

Replicas give the database's clock (`tx.clock()`), which they share; who reviews what goes by the
time of the request. A lease that ends later than it can last was written by a clock gone wrong and
is void. If two take the same lease at once, only one gets it.
"""

from sqlalchemy import bindparam, delete, or_, select, update

from db.engine.tx import Reading, Tx
from db.schema import leases
from scoring.moments import Instant

LONGEST = 30
"""Seconds that a lease of a process lasts at most without renewal."""

_HOLD = (
    update(leases)
    .where(
        leases.c.name == bindparam("wanted"),
        or_(
            leases.c.holder == bindparam("who"),
            leases.c.until <= bindparam("now"),
            leases.c.until > bindparam("to"),
        ),
    )
    .values(holder=bindparam("who"), until=bindparam("to"))
)
_OTHERS = select(leases.c.name).where(
    leases.c.name.like(bindparam("like")),
    leases.c.holder != bindparam("who"),
    leases.c.until > bindparam("now"),
)
_RUNNING = select(leases).where(
    leases.c.until > bindparam("now"), leases.c.until <= bindparam("to")
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


def holder_of(tx: Reading, name: str) -> str:
    """Which process holds a lease by the database's clock; "" if none does."""
    row, now = tx.find(leases, name), tx.clock()
    return row.holder if row is not None and now < int(row.until) <= now + LONGEST else ""


def holders(tx: Reading) -> dict[str, str]:
    """The processes that hold leases by the database's clock."""
    now = tx.clock()
    rows = tx.run(_RUNNING, now=now, to=now + LONGEST)
    return {row.name: row.holder for row in rows if "/" in row.holder}


def spoken(holder: str) -> str:
    """The machine and the number of a process that holds leases, for people."""
    machine, _, rest = holder.partition("/")
    return f"{machine.partition('pid:[')[0]}/{rest.partition('/')[0]}"


def of_others(tx: Reading, prefix: str, holder: str, now: Instant) -> frozenset[str]:
    """The leases with this prefix that other holders have now."""
    rows = tx.run(_OTHERS, like=f"{prefix}%", who=holder, now=now)
    return frozenset(row.name for row in rows)


def let_go(tx: Tx, name: str, holder: str) -> None:
    """Give a lease back if it is still held."""
    tx.change(_LET_GO, wanted=name, who=holder)
