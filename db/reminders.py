"""What became of each reminder: one row per rule, audience and instant, whichever replica ticks.

Audience "" is the occurrence itself; `person:7` and `group:local:staff` are those who were told,
or will be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import outbox, reminders
from scoring.moments import DAY, Instant

TOLD = "told"
"""Of an occurrence: its listeners have been worked out."""

STALE = "stale"
"""The bot was not running in time to send it."""

SILENCED = "silenced"
WAITING = "waiting"
SENT = "sent"
SNOOZED = "snoozed"
DROPPED = "dropped"
"""A waiting reminder was not sent: the task was done meanwhile, or it was too late."""

NOTED = "noted"
"""Somebody confirmed having seen it, which ends the asking."""

FAILED = "failed"
"""It could not be worked out; the log says why."""

LOOK_BACK = 3 * DAY
"""A calendar change can move a reminder this far into the past, and it is still sent."""

_ENDS = select(
    func.min(reminders.c.due_at).label("began"), func.max(reminders.c.due_at).label("newest")
).where(reminders.c.audience == "")
_KEYS = select(reminders.c.rule, reminders.c.due_at).where(
    reminders.c.audience == "", reminders.c.due_at > bindparam("since")
)
_WAITING = (
    select(reminders)
    .where(reminders.c.state == WAITING, reminders.c.due_at <= bindparam("now"))
    .order_by(reminders.c.due_at, reminders.c.rule, reminders.c.audience)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(reminders.c.due_at).label("at")).where(reminders.c.state == WAITING)
_MOVE = (
    update(reminders)
    .where(
        reminders.c.rule == bindparam("of"),
        reminders.c.audience == bindparam("whom"),
        reminders.c.due_at == bindparam("at"),
    )
    .values(state=bindparam("to"), settled_at=bindparam("now"), message=bindparam("key"))
)
_HEARD = select(reminders).where(
    reminders.c.message.in_(
        select(reminders.c.message).where(
            reminders.c.audience == bindparam("whom"), reminders.c.due_at == bindparam("at")
        )
    ),
    reminders.c.message != "",
    reminders.c.state == SENT,
)
_SINCE = (
    select(
        reminders.c.rule,
        reminders.c.audience,
        reminders.c.due_at,
        reminders.c.state,
        outbox.c.state.label("delivery"),
    )
    .outerjoin(outbox, outbox.c.key == reminders.c.message)
    .where(reminders.c.due_at > bindparam("since"))
)
_NOTED = select(func.count().label("rows")).where(
    reminders.c.rule == bindparam("one"), reminders.c.state == NOTED
)
_KNOWN = (
    select(reminders.c.rule)
    .where(reminders.c.rule == bindparam("one"), reminders.c.state != DROPPED)
    .limit(1)
)
_REACHED = (
    select(outbox.c.settled_at)
    .join(outbox, outbox.c.key == reminders.c.message)
    .where(
        reminders.c.audience == bindparam("whom"),
        or_(reminders.c.rule == bindparam("one"), reminders.c.rule.like(bindparam("like"))),
        outbox.c.state == "sent",
    )
    .order_by(outbox.c.settled_at)
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Told:
    """The settled occurrences: all up to `newest` minus LOOK_BACK, and those in `keys` after it.
    `newest` None: none yet. `began`: when ticking began."""

    began: Instant
    newest: Instant | None
    keys: frozenset[tuple[str, Instant]]


def person_of(audience: str) -> int | None:
    """The person an audience stands for; None for a group."""
    kind, _, number = audience.partition(":")
    return int(number) if kind == "person" else None


def told(tx: Reading) -> Told:
    """What has been settled; cached until a tick settles something."""
    return tx.cached("reminders", _load)


def _load(tx: Reading) -> Told:
    began, newest = tx.run(_ENDS)[0]
    if newest is None:
        return Told(0, None, frozenset())
    rows = tx.run(_KEYS, since=newest - LOOK_BACK)
    return Told(int(began), int(newest), frozenset((row.rule, int(row.due_at)) for row in rows))


def waiting(tx: Reading, now: Instant, most: int) -> list[Row]:
    """The rows put off to an instant that has come, longest waiting first."""
    return tx.run(_WAITING, now=now, most=most)


def next_waiting(tx: Reading) -> Instant | None:
    """When the next row that was put off is due; None if there is none."""
    at = tx.run(_NEXT)[0].at
    return None if at is None else int(at)


def settle(
    tx: Tx,
    rule: str,
    audience: str,
    due_at: Instant,
    state: str,
    *,
    now: Instant,
    until: Instant = 0,
    message: str = "",
) -> bool:
    """Write the only row of a rule, audience and instant; False if it exists already."""
    if tx.find(reminders, rule, audience, due_at) is not None:
        return False
    tx.add(
        reminders,
        rule=rule,
        audience=audience,
        due_at=due_at,
        state=state,
        settled_at=now,
        useful_until=until,
        message=message,
    )
    if not audience:
        tx.bump("reminders")
    return True


def move(tx: Tx, row: Row, state: str, *, now: Instant, message: str = "") -> None:
    """Change the state of a row that waited or was sent."""
    tx.change(
        _MOVE,
        of=row.rule,
        whom=row.audience,
        at=row.due_at,
        to=state,
        now=now,
        key=message or row.message,
    )


def put_off(tx: Tx, rows: Iterable[Row], to: Instant, *, now: Instant, audience: str = "") -> int:
    """Send these again at an instant, to the same audience unless another is given, if they are
    still of use then; how many are."""
    kept = 0
    for row in rows:
        if row.useful_until > to:
            kept += settle(
                tx,
                row.rule,
                audience or row.audience,
                to,
                WAITING,
                now=now,
                until=row.useful_until,
            )
    return kept


def heard(tx: Reading, audience: str, due_at: Instant) -> list[Row]:
    """The sent rows in the message that told an audience of what was due then."""
    return tx.run(_HEARD, whom=audience, at=due_at)


def since(tx: Reading, at: Instant) -> list[Row]:
    """All rows due after an instant, with the state of their message (`delivery`)."""
    return tx.run(_SINCE, since=at)


def reached(tx: Reading, person: int, family: str) -> list[Instant]:
    """When the reminders of a family reached a person, oldest first."""
    rows = tx.run(_REACHED, whom=f"person:{person}", one=family, like=f"{family}.%")
    return [int(row.settled_at) for row in rows]


def noted(tx: Reading, rule: str) -> bool:
    """Whether somebody confirmed having seen this reminder."""
    return bool(tx.run(_NOTED, one=rule)[0].rows)


def known(tx: Reading, rule: str) -> bool:
    """Whether anybody has been told of this, or will be."""
    return bool(tx.run(_KNOWN, one=rule))
