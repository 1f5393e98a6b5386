"""Outgoing messages: written with their cause, taken by delivery, blanked once settled.

For now there is one delivery per database, so `page` only reads. Several would need FOR UPDATE SKIP
LOCKED in PAGE on PostgreSQL and a state between WAITING and SENT; nobody else reads the states.
"""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import outbox
from scoring.moments import DAY

WAITING, SENT, BURIED = "waiting", "sent", "buried"
HELD = "held"
"""For somebody who cannot be reached: kept until their first sign (C22), at most HELD_FOR."""

HELD_FOR = 7 * DAY
BLANK = b""

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


def page(tx: Reading, now: int, limit: int, after: int) -> list[Row]:
    """The messages to send now in the order they were written, only those after number `after`,
    so that a chat which has to wait does not block others."""
    return tx.run(PAGE, now=now, most=limit, after=after)


def next_due(tx: Reading) -> int | None:
    """When the next message is to be sent; None if none waits."""
    at: Any = tx.run(NEXT)[0].at
    return None if at is None else int(at)


def settle(tx: Tx, number: int, now: int, message: str) -> bool:
    """Mark a message as sent, with its id on the platform, and blank its text."""
    return tx.change(SETTLE, number=number, now=now, platform_message=message) == 1


def postpone(tx: Tx, number: int, until: int) -> bool:
    """Try a message again later, since the platform did not accept it now."""
    return tx.change(POSTPONE, number=number, until=until) == 1


def bury(tx: Tx, number: int, now: int, failure: str) -> bool:
    """Give a message up because of `failure` and blank its text."""
    return tx.change(BURY, number=number, now=now, why=failure) == 1


def hold(tx: Tx, number: int, why: str) -> bool:
    """Hold a message until the first sign of its person, who cannot be reached."""
    tx.bump("held")
    return tx.change(HOLD, number=number, why=why) == 1


def readdress(tx: Tx, number: int, platform: str, chat: str, sealed: bytes) -> bool:
    """Send a message to another chat of the same person."""
    return tx.change(READDRESS, number=number, on=platform, where=chat, body=sealed) == 1


def held_people(tx: Reading) -> dict[int, int]:
    """The people who cannot be reached, and since when a message waits for each; cached."""
    return tx.cached("held", _held_people)


def _held_people(tx: Reading) -> dict[int, int]:
    return {int(row.person): int(row.since) for row in tx.run(HELD_PEOPLE)}


def held_of(tx: Reading, person: int) -> list[Row]:
    """The messages held for a person, oldest first."""
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
    """Release a held message, or close it."""
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
    """Bury the messages held too long; how many there were."""
    count = tx.change(EXPIRE, before=now - HELD_FOR, now=now)
    if count:
        tx.bump("held")
    return count


def said(tx: Reading, key: str) -> bool:
    """Whether a message with this key was written before."""
    return tx.find_by(outbox, key=key) is not None


def withdraw(tx: Tx, key: str) -> bool:
    """Delete a message that has not gone out; False if it has, or never existed."""
    gone = bool(tx.change(WITHDRAW, said_key=key))
    if gone:
        tx.bump("held")
    return gone


def counts(tx: Reading) -> dict[str, int]:
    """How many messages are in each state."""
    return {row.state: row.rows for row in tx.run(COUNTS)}
