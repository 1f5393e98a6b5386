"""What is to be said: rows written with their cause, claimed by delivery, blanked once settled.

There is one delivery a database for now, so `due` only reads. Several would add FOR UPDATE SKIP
LOCKED to DUE on PostgreSQL, and a state between WAITING and SENT; nobody else reads the states.
"""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from db.schema import outbox
from db.tx import Reading, Row, Tx

WAITING, SENT, BURIED = "waiting", "sent", "buried"
BLANK = b""

DUE = (
    select(outbox)
    .where(outbox.c.state == WAITING, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
PAGE = (
    select(outbox)
    .where(
        outbox.c.state == WAITING,
        outbox.c.due_at <= bindparam("now"),
        outbox.c.id > bindparam("after"),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
NEXT = select(func.min(outbox.c.due_at).label("at")).where(outbox.c.state == WAITING)
_ONE = update(outbox).where(outbox.c.id == bindparam("number"), outbox.c.state == WAITING)
SETTLE = _ONE.values(
    state=SENT,
    settled_at=bindparam("now"),
    message=bindparam("platform_message"),
    sealed=BLANK,
    attempts=outbox.c.attempts + 1,
)
POSTPONE = _ONE.values(due_at=bindparam("until"), attempts=outbox.c.attempts + 1)
BURY = _ONE.values(
    state=BURIED,
    settled_at=bindparam("now"),
    failure=bindparam("why"),
    sealed=BLANK,
    attempts=outbox.c.attempts + 1,
)
WITHDRAW = delete(outbox).where(outbox.c.key == bindparam("said_key"), outbox.c.state == WAITING)
COUNTS = select(outbox.c.state, func.count().label("rows")).group_by(outbox.c.state)


def put(
    tx: Tx,
    *,
    key: str,
    kind: str,
    platform: str,
    chat: str,
    person: int | None,
    sealed: bytes,
    due_at: int,
    fresh: bool = False,
) -> int | None:
    """Write a message to be sent from `due_at` on; None if this key has been said before.

    `fresh`: the key holds something given out just now, so the question can be spared.
    """
    if not fresh and tx.find_by(outbox, key=key) is not None:
        return None
    return tx.add(
        outbox,
        key=key,
        kind=kind,
        platform=platform,
        chat=chat,
        person=person,
        sealed=sealed,
        due_at=due_at,
        attempts=0,
        state=WAITING,
        settled_at=None,
        message="",
        failure="",
    )


def due(tx: Reading, now: int, limit: int) -> list[Row]:
    """The messages to send now, the longest waiting first."""
    return tx.run(DUE, now=now, most=limit)


def page(tx: Reading, now: int, limit: int, after: int) -> list[Row]:
    """The messages to send now in the order they were written, those behind `after` only: so a
    chat that has to wait hides no other one."""
    return tx.run(PAGE, now=now, most=limit, after=after)


def next_due(tx: Reading) -> int | None:
    """When the next message is to be sent; None if none waits."""
    at: Any = tx.run(NEXT)[0].at
    return None if at is None else int(at)


def settle(tx: Tx, number: int, now: int, message: str) -> bool:
    """It was sent and is known to the platform as `message`; its text is blanked."""
    return tx.change(SETTLE, number=number, now=now, platform_message=message) == 1


def postpone(tx: Tx, number: int, until: int) -> bool:
    """It was not taken now and is tried again."""
    return tx.change(POSTPONE, number=number, until=until) == 1


def bury(tx: Tx, number: int, now: int, failure: str) -> bool:
    """It will never be sent, because of `failure`; its text is blanked."""
    return tx.change(BURY, number=number, now=now, why=failure) == 1


def said(tx: Reading, key: str) -> bool:
    """Whether a message of this key has been put here before."""
    return tx.find_by(outbox, key=key) is not None


def withdraw(tx: Tx, key: str) -> bool:
    """Take back a message that has not gone out; False when it has, or never was."""
    return bool(tx.change(WITHDRAW, said_key=key))


def counts(tx: Reading) -> dict[str, int]:
    """How many messages are in each state."""
    return {row.state: row.rows for row in tx.run(COUNTS)}
