"""Deleting what nobody needs any longer: rows of the inbox and delivered messages.

The rows to delete are found on a snapshot and deleted a page at a time, each page a transaction of
its own, so that reports never wait for it.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, exists, select, tuple_

from db.engine.tx import Reading, Tx
from db.outbox import BURIED, SENT
from db.schema import inbox, live_cards, outbox, reminders
from scoring.moments import Instant

PAGE = 200
"""Rows deleted by one transaction, which takes about a millisecond."""

LOOKED_AT = 2_000
"""Rows looked at by one query."""

_UPDATES = (
    select(inbox.c.platform, inbox.c.update, inbox.c.received_at)
    .where(
        tuple_(inbox.c.platform, inbox.c.update)
        > tuple_(bindparam("after_platform"), bindparam("after_update"))
    )
    .order_by(inbox.c.platform, inbox.c.update)
    .limit(LOOKED_AT)
)
_MESSAGES = (
    select(outbox.c.id, outbox.c.key, outbox.c.state, outbox.c.settled_at)
    .where(outbox.c.id > bindparam("after"))
    .where(~exists().where(reminders.c.message == outbox.c.key))
    .order_by(outbox.c.id)
    .limit(LOOKED_AT)
)
_CARDS = select(live_cards.c.key).where(live_cards.c.until > bindparam("before"))
_FORGET = delete(inbox).where(
    inbox.c.platform == bindparam("of_platform"),
    inbox.c.update.in_(bindparam("updates", expanding=True)),
)
_DROP = delete(outbox).where(outbox.c.id.in_(bindparam("numbers", expanding=True)))


def old_updates(tx: Reading, before: Instant) -> dict[str, list[str]]:
    """The updates received before an instant, by platform."""
    found: dict[str, list[str]] = {}
    platform = update = ""
    while rows := tx.run(_UPDATES, after_platform=platform, after_update=update):
        for row in rows:
            if row.received_at < before:
                found.setdefault(row.platform, []).append(row.update)
        platform, update = rows[-1].platform, rows[-1].update
    return found


def old_messages(tx: Reading, before: Instant) -> list[int]:
    """The messages settled before an instant, save cards still brought up to date and those that
    carried a reminder: an appeal may ask whom it reached."""
    cards = {row.key for row in tx.run(_CARDS, before=before)}
    found: list[int] = []
    after = 0
    while rows := tx.run(_MESSAGES, after=after):
        found += [
            row.id
            for row in rows
            if row.state in {SENT, BURIED} and row.settled_at is not None
            if row.settled_at < before and row.key not in cards
        ]
        after = rows[-1].id
    return found


def forget(tx: Tx, platform: str, updates: Sequence[str]) -> int:
    """Delete a page of updates."""
    return tx.change(_FORGET, of_platform=platform, updates=list(updates))


def drop(tx: Tx, numbers: Sequence[int]) -> int:
    """Delete a page of messages."""
    return tx.change(_DROP, numbers=list(numbers))
