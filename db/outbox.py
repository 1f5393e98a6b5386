"""What is to be said: rows written with their cause, claimed by delivery, blanked once settled.

There is one delivery a database for now, so `due` only reads. Several would add FOR UPDATE SKIP
LOCKED to DUE on PostgreSQL, and a state between WAITING and SENT; nobody else reads the states.
"""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import outbox
from scoring.moments import DAY

WAITING, SENT, BURIED = "waiting", "sent", "buried"
HELD = "held"
"""For somebody whom nothing reaches: kept until he is first heard of (C22), at most HELD_FOR."""

HELD_FOR = 7 * DAY
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
HOLD = _ONE.values(state=HELD, failure=bindparam("why"), attempts=outbox.c.attempts + 1)
READDRESS = _ONE.values(platform=bindparam("on"), chat=bindparam("where"), sealed=bindparam("body"))
HELD_OF = (
    select(outbox)
    .where(outbox.c.state == HELD, outbox.c.person == bindparam("whose"))
    .order_by(outbox.c.id)
)
HELD_PEOPLE = (
    select(outbox.c.person, func.min(outbox.c.due_at).label("since"))
    .where(outbox.c.state == HELD)
    .group_by(outbox.c.person)
)
RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"), outbox.c.state == HELD)
    .values(
        state=bindparam("to"),
        platform=bindparam("on"),
        chat=bindparam("where"),
        due_at=bindparam("now"),
        sealed=bindparam("body"),
        failure=bindparam("why"),
        settled_at=bindparam("settled"),
        attempts=0,
    )
)
EXPIRE = (
    update(outbox)
    .where(outbox.c.state == HELD, outbox.c.due_at < bindparam("before"))
    .values(state=BURIED, settled_at=bindparam("now"), sealed=BLANK)
)
WITHDRAW = delete(outbox).where(
    outbox.c.key == bindparam("said_key"), outbox.c.state.in_((WAITING, HELD))
)
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


def hold(tx: Tx, number: int, why: str) -> bool:
    """Nobody can be reached: it waits for the first sign of him."""
    tx.bump("held")
    return tx.change(HOLD, number=number, why=why) == 1


def readdress(tx: Tx, number: int, platform: str, chat: str, sealed: bytes) -> bool:
    """It goes by another way to the same person."""
    return tx.change(READDRESS, number=number, on=platform, where=chat, body=sealed) == 1


def held_people(tx: Reading) -> dict[int, int]:
    """Whom nothing reached, and since when something waits for each; cached."""
    return tx.cached("held", _held_people)


def _held_people(tx: Reading) -> dict[int, int]:
    return {int(row.person): int(row.since) for row in tx.run(HELD_PEOPLE)}


def held_of(tx: Reading, person: int) -> list[Row]:
    """What waits for somebody's first sign, oldest first."""
    return tx.run(HELD_OF, whose=person)


def release(
    tx: Tx,
    row: Row,
    *,
    state: str,
    platform: str,
    chat: str,
    now: int,
    sealed: bytes,
    why: str = "",
) -> None:
    """What was held goes out now, or comes to its end otherwise."""
    tx.bump("held")
    settled = None if state == WAITING else now
    tx.change(
        RELEASE,
        number=row.id,
        to=state,
        on=platform,
        where=chat,
        now=now,
        body=sealed,
        why=why,
        settled=settled,
    )


def expire(tx: Tx, now: int) -> int:
    """Bury what was held too long; how many."""
    count = tx.change(EXPIRE, before=now - HELD_FOR, now=now)
    if count:
        tx.bump("held")
    return count


def said(tx: Reading, key: str) -> bool:
    """Whether a message of this key has been put here before."""
    return tx.find_by(outbox, key=key) is not None


def withdraw(tx: Tx, key: str) -> bool:
    """Take back a message that has not gone out; False when it has, or never was."""
    gone = bool(tx.change(WITHDRAW, said_key=key))
    if gone:
        tx.bump("held")
    return gone


def counts(tx: Reading) -> dict[str, int]:
    """How many messages are in each state."""
    return {row.state: row.rows for row in tx.run(COUNTS)}
