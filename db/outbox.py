"""Outgoing messages: written with their cause, sent by delivery, blanked once settled.

A message stays WAITING while it is sent; its row in `sendings` says by whom, so that nobody else
sends it, and whoever follows a dead process knows what was on its way.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, func, or_, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import outbox, sendings
from scoring.moments import DAY, HOUR, Instant
from scoring.values import frozen

WAITING, SENT, BURIED = "waiting", "sent", "buried"
HELD = "held"
"""For somebody who cannot be reached: kept until their first sign (C22), at most HELD_FOR."""

HELD_FOR = 7 * DAY
BLANK = b""

USEFUL = {"reply": 12 * HOUR, "edit": 12 * HOUR, "toast": 12 * HOUR, "notice": HELD_FOR}
"""How long a platform that takes nothing is waited for, by the kind of message: an answer to
yesterday's question confuses, a notice is still news."""

STALE = "not taken in time"
"""The failure of a message whose platform took nothing for as long as it was of use."""

OVERDUE = 300
"""Seconds after which a due message that is not sent means trouble."""

_SERVED = or_(
    outbox.c.platform.in_(bindparam("led", expanding=True)),
    and_(
        bindparam("strays", type_=Integer) == 1,
        outbox.c.platform.not_in(bindparam("known", expanding=True)),
    ),
)
_WANTED = func.coalesce(sendings.c.wanted_at, outbox.c.due_at)
_SENDING = (
    select(
        outbox,
        sendings.c.message.label("begun"),
        _WANTED.label("wanted_at"),
        func.coalesce(sendings.c.sender, "").label("sender"),
        func.coalesce(sendings.c.doubts, 0).label("doubts"),
    )
    .outerjoin(sendings, sendings.c.message == outbox.c.id)
    .where(outbox.c.state == WAITING, outbox.c.due_at <= bindparam("now"))
)
PAGE = (
    _SENDING.where(outbox.c.id > bindparam("after"), _SERVED)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
STILL = _SENDING.where(outbox.c.id.in_(bindparam("numbers", expanding=True)))
TAKE = (
    update(sendings)
    .where(sendings.c.message.in_(bindparam("numbers", expanding=True)))
    .values(sender=bindparam("who"))
)
FORGET = delete(sendings).where(sendings.c.message.in_(bindparam("numbers", expanding=True)))
RECALL = (
    update(sendings)
    .where(
        sendings.c.sender != "",
        sendings.c.sender != bindparam("who"),
        sendings.c.message.in_(select(outbox.c.id).where(outbox.c.state == WAITING, _SERVED)),
    )
    .values(sender="", doubts=sendings.c.doubts + 1)
)
LATE = (
    select(outbox.c.platform, func.count().label("rows"), func.min(_WANTED).label("since"))
    .outerjoin(sendings, sendings.c.message == outbox.c.id)
    .where(outbox.c.state == WAITING, bindparam("before") >= _WANTED)
    .group_by(outbox.c.platform)
    .order_by(outbox.c.platform)
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
DROP = delete(outbox).where(outbox.c.id == bindparam("number"), outbox.c.state == WAITING)
DEFER = _ONE.values(due_at=bindparam("until"))
REWORD = _ONE.values(sealed=bindparam("body"))
DUE_OF = (
    select(outbox)
    .where(
        outbox.c.state == WAITING,
        outbox.c.kind == "notice",
        outbox.c.person.in_(bindparam("people", expanding=True)),
        outbox.c.due_at <= bindparam("now"),
    )
    .order_by(outbox.c.id)
)
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
ENDED = select(func.count().label("rows")).where(
    outbox.c.state == BURIED, outbox.c.failure == STALE, outbox.c.settled_at > bindparam("since")
)
SAID_OF = select(outbox.c.key).where(outbox.c.key.in_(bindparam("keys", expanding=True)))
_SAID = and_(outbox.c.key == bindparam("said_key"), outbox.c.state.in_((WAITING, HELD)))
_ON_ITS_WAY = outbox.c.id.in_(select(sendings.c.message).where(sendings.c.sender != ""))
WITHDRAW = delete(outbox).where(_SAID, ~_ON_ITS_WAY)
HELD_FOR_KEY = (
    select(outbox.c.person)
    .where(outbox.c.state == HELD, outbox.c.key.startswith(bindparam("prefix"), autoescape=False))
    .order_by(outbox.c.id)
)
COUNTS = select(outbox.c.state, func.count().label("rows")).group_by(outbox.c.state)


@frozen
class Share:
    """What one process delivers: the platforms that it leads; with "" among them also whatever is
    for a platform that is not known here."""

    led: frozenset[str]
    known: frozenset[str]

    def given(self) -> dict[str, Any]:
        """The parameters of a statement."""
        return {"led": [*self.led], "known": [*self.known], "strays": int("" in self.led)}


def page(tx: Reading, now: int, limit: int, after: int, share: Share) -> list[Row]:
    """The messages to send now in the order they were written, only those after number `after`,
    so that a chat which has to wait does not block others."""
    return tx.run(PAGE, now=now, most=limit, after=after, **share.given())


def begin(tx: Tx, numbers: Sequence[int], now: Instant, sender: str) -> dict[int, Row]:
    """Note that a process begins to send messages; those that it may send, by number, as they are
    now. One that is settled, put off or in other hands meanwhile is not among them."""
    found = {
        row.id: row
        for row in tx.run(STILL, numbers=list(numbers), now=now)
        if row.sender in ("", sender)
    }
    if begun := [row.id for row in found.values() if row.begun is not None]:
        tx.change(TAKE, numbers=begun, who=sender)
    for row in found.values():
        if row.begun is None:
            tx.add(sendings, message=row.id, wanted_at=row.due_at, sender=sender, doubts=0)
    return found


def in_other_hands(tx: Reading, numbers: Sequence[int], now: Instant, sender: str) -> set[int]:
    """Those messages that another process is sending."""
    rows = tx.run(STILL, numbers=list(numbers), now=now)
    return {row.id for row in rows if row.sender not in ("", sender)}


def end(tx: Tx, numbers: Sequence[int], *, again: Sequence[int] = ()) -> None:
    """Note that messages are no longer being sent; those to be sent `again` keep their history."""
    if numbers:
        tx.change(FORGET, numbers=list(numbers))
    if again:
        tx.change(TAKE, numbers=list(again), who="")


def recall(tx: Tx, share: Share, sender: str) -> int:
    """Take over what another process was sending when it died: it may have arrived, and is sent
    once more. How many messages there were."""
    return tx.change(RECALL, who=sender, **share.given())


def overdue(tx: Reading, now: Instant) -> list[Row]:
    """The platforms on which messages wait for more than OVERDUE, with how many `rows` and `since`
    when the oldest."""
    return tx.run(LATE, before=now - OVERDUE)


def oldest_due(tx: Reading, now: Instant) -> Instant | None:
    """Since when the oldest due message waits; None if none is due."""
    return min((int(row.since) for row in tx.run(LATE, before=now)), default=None)


def stale(tx: Reading, since: Instant) -> int:
    """How many messages have been given up since then because their platform took nothing."""
    return int(tx.run(ENDED, since=since)[0].rows)


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


def defer(tx: Tx, number: int, until: int) -> bool:
    """Send a message later, which has not been tried yet."""
    return tx.change(DEFER, number=number, until=until) == 1


def drop(tx: Tx, number: int) -> bool:
    """Delete a waiting message that its own sender does not send any more."""
    return tx.change(DROP, number=number) == 1


def held_about(tx: Reading, subject: str) -> list[int]:
    """The people for whom messages are held whose keys begin with a subject and a colon."""
    return [row.person for row in tx.run(HELD_FOR_KEY, prefix=f"{subject}:") if row.person]


def due_of(tx: Reading, people: Collection[int], now: int) -> list[Row]:
    """The notices that wait for these people and are due, in the order they were written."""
    return tx.run(DUE_OF, people=sorted(people), now=now) if people else []


def as_it_is(tx: Reading, number: int, now: int) -> Row:
    """A waiting message that is being sent, as it is now."""
    [row] = tx.run(STILL, numbers=[number], now=now)
    return row


def reword(tx: Tx, number: int, sealed: bytes) -> bool:
    """Give a waiting message other words."""
    return tx.change(REWORD, number=number, body=sealed) == 1


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


def said_of(tx: Reading, keys: Sequence[str]) -> frozenset[str]:
    """Those of the keys under which a message was written before."""
    return frozenset(row.key for row in tx.run(SAID_OF, keys=list(keys))) if keys else frozenset()


def withdraw(tx: Tx, key: str) -> bool:
    """Delete a message that has not gone out; False if it has, or never existed."""
    gone = bool(tx.change(WITHDRAW, said_key=key))
    if gone:
        tx.bump("held")
    return gone


def counts(tx: Reading) -> dict[str, int]:
    """How many messages are in each state."""
    return {row.state: row.rows for row in tx.run(COUNTS)}
