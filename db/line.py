"""Who comes next for a link or a number that another reported first (A34).

A later report of it is kept sealed, and takes no number. When what was reported first is gone, its
reporter is told and takes his turn, by a press or by reporting again: then it becomes a fact with
the time it came at. Whoever has had a turn can be put back in line.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from db import leadtext, reminders
from db.engine.tx import Reading, Row, Tx
from db.schema import line
from scoring.errors import Fault
from scoring.facts import Fact
from scoring.moments import DAY, MINUTE, Instant


class Held(Fault):
    """Another standing fact, `number`, holds what this one claims or stands in its place."""

    def __init__(self, number: int) -> None:
        super().__init__(f"held by #{number}")
        self.number = number


SUCCESSION = -1
"""The batch of decisions that follow from another's: nobody takes them back by themselves."""

INHERIT = "inherit"
"""The family of reminders by which a reporter hears of it; the number follows."""

HELD_BACK = 10 * MINUTE
"""By then a decision can no longer be taken back (contracts 2)."""

USEFUL = 7 * DAY
SEALED_FOR = b"line"
CACHE = "line"

_PLACES = (
    select(line)
    .where(
        line.c.plan == bindparam("plan"),
        line.c.topic == bindparam("topic"),
        line.c.hash == bindparam("hash"),
    )
    .order_by(line.c.happened_at, line.c.id)
)
_OF_FACT = select(line.c.id).where(line.c.fact == bindparam("number"))
_HAS_ITS_TURN = (
    update(line).where(line.c.id == bindparam("place")).values(fact=bindparam("number"), sealed=b"")
)
_WAITING = select(line.c.plan, line.c.topic, line.c.hash).where(line.c.fact == 0)
_KEPT = select(line).where(line.c.fact == 0)
_FORGET = delete(line).where(line.c.id == bindparam("place"))
_FORGET_CLAIM = delete(line).where(
    line.c.topic == bindparam("about"), line.c.hash == bindparam("held")
)
_FORGET_PLAN = delete(line).where(line.c.plan == bindparam("of_plan"), line.c.fact == 0)


def join(tx: Tx, plan: str, claim: tuple[str, str], said: Mapping[str, Any]) -> None:
    """Keep a report behind whoever holds its claim. `said`: what `ledger.report` takes, and of a
    lead its `identity` (name, phone, note)."""
    topic, value = claim
    body = orjson.dumps({**said, "claim": claim})
    held = tx.vault.digest(topic, value)
    tx.renew(CACHE, _waiting(tx) | {(plan, topic, held)})
    tx.add(
        line,
        plan=plan,
        topic=topic,
        hash=held,
        unit=said["unit"],
        person=said["person"],
        happened_at=said["happened_at"],
        fact=0,
        sealed=tx.vault.seal(body, SEALED_FOR),
    )


def places(tx: Reading, plan: str, topic: str, held: bytes) -> list[Row]:
    """Everybody who stands in line for a claim, or has had a turn, in order."""
    return tx.run(_PLACES, plan=plan, topic=topic, hash=held)


def untaken(tx: Reading, plan: str, topic: str, held: bytes) -> list[Row]:
    """The places for a claim that have had no turn, in order. Hardly any claim has one, and every
    report asks: those that have are known without a query."""
    if (plan, topic, held) not in _waiting(tx):
        return []
    return [one for one in places(tx, plan, topic, held) if not one.fact]


def _waiting(tx: Reading) -> frozenset[tuple[str, str, bytes]]:
    """The claims for which somebody stands in line."""
    return tx.cached(CACHE, _load)


def _load(tx: Reading) -> frozenset[tuple[str, str, bytes]]:
    return frozenset((row.plan, row.topic, bytes(row.hash)) for row in tx.run(_WAITING))


def has_place(tx: Reading, number: int) -> bool:
    """Whether a fact stands in the line: it had a turn because an earlier one was gone."""
    return bool(tx.run(_OF_FACT, number=number))


def report_of(tx: Reading, place: Row) -> tuple[dict[str, Any], tuple[str, str, str] | None]:
    """What was kept in a place: the report, and the identity of a lead."""
    said = orjson.loads(tx.vault.open(bytes(place.sealed), SEALED_FOR))
    identity = said.pop("identity", None)
    return {**said, "claim": tuple(said["claim"])}, tuple(identity) if identity else None


def take_turn(tx: Tx, place: Row, number: int, identity: tuple[str, str, str] | None) -> None:
    """Note that the report in a place has become the fact of this number."""
    if identity is not None:
        leadtext.keep(tx, number, *identity)
    tx.change(_HAS_ITS_TURN, place=place.id, number=number)
    tx.bump(CACHE)


def of_place(tx: Reading, number: int) -> Row | None:
    """A place that has had no turn yet, by its number."""
    row = tx.find(line, number)
    return row if row is not None and not row.fact else None


def add_holder(tx: Tx, plan: str, claim: tuple[str, bytes], fact: Fact) -> None:
    """Put the holder of a claim (topic, hash) in line where an earlier report has a right to it."""
    topic, held = claim
    tx.add(
        line,
        plan=plan,
        topic=topic,
        hash=held,
        unit=fact.unit,
        person=fact.person,
        happened_at=fact.happened_at,
        fact=fact.number,
        sealed=b"",
    )


def have_told(tx: Tx, who: int, what: str, now: Instant) -> None:
    """Have a person told of a fact (its number) or of a place (p and its number), once what has
    happened can no longer be taken back."""
    reminders.settle(
        tx,
        f"{INHERIT}.{what}",
        f"person:{who}",
        now + HELD_BACK,
        reminders.WAITING,
        now=now,
        until=now + HELD_BACK + USEFUL,
    )


# --- forgetting -----------------------------------------------------------------------------


def forget_claim(tx: Tx, topic: str, held: bytes) -> None:
    """Drop every place for a claim, such as the number of a person who is erased."""
    tx.change(_FORGET_CLAIM, about=topic, held=held)
    tx.bump(CACHE)


def forget(tx: Tx, says: Callable[[bytes], bool]) -> None:
    """Drop the places for which `says` is true of what they keep sealed."""
    for row in [row for row in tx.run(_KEPT) if says(bytes(row.sealed))]:
        tx.change(_FORGET, place=row.id)
        tx.bump(CACHE)


def forget_plan(tx: Tx, plan: str) -> None:
    """Drop what still stands in line in a plan whose time is over."""
    tx.change(_FORGET_PLAN, of_plan=plan)
    tx.bump(CACHE)
