"""Pictures that show something of a fact: which there are, their bytes, and how they go.

A picture is stored once however many facts it belongs to: its bytes are named by their keyed hash
and go with the last row that names them. One whose fact its sender has still to name is held under
fact 0 for ten minutes.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from sqlalchemy import bindparam, delete, exists, func, select, update

from db.engine.beside import Beside
from db.engine.tx import Reading, Row, Tx
from db.engine.vault import Unsealable, Vault
from db.schema import facts, picture_bytes, pictures
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan
from scoring.values import frozen

HELD = 10 * MINUTE
"""How long a picture waits for its sender to say what it shows."""

NOWHERE = 0
"""In place of a fact's number: it is not known yet."""

_HOLDERS = "pictures_held"

_OF = select(pictures).where(pictures.c.fact.in_(bindparam("numbers", expanding=True)))
_HELD = select(pictures).where(
    pictures.c.person == bindparam("who"),
    pictures.c.fact == NOWHERE,
    pictures.c.at >= bindparam("since"),
)
_ALL_HELD = select(pictures.c.person).where(pictures.c.fact == NOWHERE).distinct()
_OVER = select(pictures).where(pictures.c.fact == NOWHERE, pictures.c.at < bindparam("before"))
_ALBUM = (
    select(pictures)
    .where(
        pictures.c.person == bindparam("who"),
        pictures.c.album == bindparam("album"),
        pictures.c.at >= bindparam("since"),
    )
    .order_by(pictures.c.id)
)
_SAME = select(pictures.c.id).where(
    pictures.c.fact == bindparam("number"), pictures.c.key == bindparam("name")
)
_MOVE = update(pictures).where(pictures.c.id == bindparam("row")).values(fact=bindparam("number"))
_DELETE = delete(pictures).where(pictures.c.id == bindparam("row"))
_NAMED = select(pictures.c.key).where(pictures.c.key == bindparam("name")).limit(1)
_KEYS = select(pictures.c.key).distinct()
_FACTS = (
    select(pictures.c.fact)
    .where(pictures.c.key == bindparam("name"))
    .distinct()
    .order_by(pictures.c.fact)
)
_UNKEEP = delete(picture_bytes).where(picture_bytes.c.key == bindparam("name"))
_BYTES = select(picture_bytes.c.sealed).where(picture_bytes.c.key == bindparam("name"))
_OF_PLAN = (
    select(pictures)
    .join(facts, facts.c.id == pictures.c.fact)
    .where(facts.c.plan == bindparam("plan"))
    .order_by(pictures.c.id)
    .limit(bindparam("most"))
)
_IN_PLAN = (
    select(func.count().label("total"))
    .select_from(pictures)
    .join(facts, facts.c.id == pictures.c.fact)
    .where(facts.c.plan == bindparam("plan"))
)
_PLANS = select(facts.c.plan).where(exists().where(pictures.c.fact == facts.c.id)).distinct()


@frozen
class Kept:
    """The bytes of a picture on their way into the database. `sealed`: empty if they lie beside it
    already."""

    key: str
    sealed: bytes


def kept(jpeg: bytes, vault: Vault, beside: Beside | None) -> Kept:
    """Seal a picture, and put it beside the database where there is such a place. Not for a
    transaction: it writes a file."""
    key = vault.digest("picture", sha256(jpeg).hexdigest()).hex()
    sealed = vault.seal(jpeg, _context(key))
    if beside is None:
        return Kept(key=key, sealed=sealed)
    beside.put(key, sealed)
    return Kept(key=key, sealed=b"")


def read(tx: Reading, key: str) -> bytes | None:
    """The picture under a key; None if it is gone. Reads a file on SQLite: not for a handler."""
    try:
        return _opened(tx, key)
    except Unsealable:
        return None


def _opened(tx: Reading, key: str) -> bytes | None:
    if tx.beside is not None:
        sealed = tx.beside.get(key)
    else:
        rows = tx.run(_BYTES, name=key)
        sealed = bytes(rows[0].sealed) if rows else None
    return None if not sealed else tx.vault.open(sealed, _context(key))


def _context(key: str) -> bytes:
    return f"picture {key}".encode()


# --- what belongs to what -------------------------------------------------------------------


def add(tx: Tx, one: Kept, *, fact: int, person: int, at: Instant, album: str) -> bool:
    """Enter a picture of a fact (or NOWHERE); False if that fact has it already."""
    if fact != NOWHERE and tx.run(_SAME, number=fact, name=one.key):
        return False
    if tx.find_by(pictures, fact=fact, key=one.key, person=person) is not None:
        return False
    tx.add(pictures, fact=fact, key=one.key, person=person, at=at, album=album)
    if one.sealed and tx.find(picture_bytes, one.key) is None:
        tx.add(picture_bytes, key=one.key, sealed=one.sealed)
    if fact == NOWHERE:
        tx.bump(_HOLDERS)
    return True


def of(tx: Reading, numbers: Iterable[int]) -> list[Row]:
    """The pictures of facts, oldest first."""
    return sorted(tx.run(_OF, numbers=list(numbers)), key=lambda row: row.id)


def row(tx: Reading, number: int) -> Row | None:
    """One picture by the number of its row."""
    return tx.find(pictures, number)


def of_album(tx: Reading, person: int, album: str, now: Instant) -> list[Row]:
    """What came a moment ago of an album of somebody's, oldest first."""
    return tx.run(_ALBUM, who=person, album=album, since=now - HELD) if album else []


def holders(tx: Reading) -> frozenset[int]:
    """Everybody with a picture that is held."""
    return tx.cached(_HOLDERS, lambda reading: frozenset(r.person for r in reading.run(_ALL_HELD)))


def held(tx: Reading, person: int, now: Instant) -> list[Row]:
    """Somebody's pictures that are held, oldest first."""
    if person not in holders(tx):
        return []
    return sorted(tx.run(_HELD, who=person, since=now - HELD), key=lambda row: row.id)


def settle(tx: Tx, rows: Sequence[Row], fact: int) -> int:
    """Say what held pictures show; how many were new to that fact."""
    moved = 0
    for row in rows:
        if tx.run(_SAME, number=fact, name=row.key):
            tx.change(_DELETE, row=row.id)
        else:
            moved += tx.change(_MOVE, row=row.id, number=fact)
    tx.bump(_HOLDERS)
    return moved


# --- how they go ----------------------------------------------------------------------------


def drop(tx: Tx, rows: Iterable[Row]) -> int:
    """Forget pictures, and their bytes where nothing else names them; how many there were."""
    gone = list(rows)
    for row in gone:
        tx.change(_DELETE, row=row.id)
    for key in {row.key for row in gone}:
        if not tx.run(_NAMED, name=key):
            tx.change(_UNKEEP, name=key)
            tx.discard(key)
    if any(row.fact == NOWHERE for row in gone):
        tx.bump(_HOLDERS)
    return len(gone)


def forget(tx: Tx, fact: int) -> int:
    """Forget every picture of a fact; how many there were."""
    return drop(tx, of(tx, [fact]))


def over(tx: Reading, now: Instant) -> list[Row]:
    """The held pictures whose sender has not said what they show."""
    return tx.run(_OVER, before=now - HELD) if holders(tx) else []


def of_plan(tx: Reading, plan: Plan, most: int) -> list[Row]:
    """The oldest pictures of a plan's facts."""
    return tx.run(_OF_PLAN, plan=plan.id, most=most)


def in_plan(tx: Reading, plan: Plan) -> int:
    """How many pictures of a plan's facts there are."""
    return int(tx.run(_IN_PLAN, plan=plan.id)[0].total)


def years(tx: Reading) -> set[str]:
    """The plans with pictures."""
    return {row.plan for row in tx.run(_PLANS)}


def stray(tx: Reading) -> list[str]:
    """The files beside the database that no picture names, and none will."""
    if tx.beside is None:
        return []
    return list(tx.beside.stray({row.key for row in tx.run(_KEYS)}))


def unreadable(tx: Reading) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """The pictures that are gone, and those whose bytes are not what was kept: key -> the facts
    that name it. Reads every picture."""
    gone, damaged = dict[str, list[int]](), dict[str, list[int]]()
    for row in tx.run(_KEYS):
        try:
            ill = gone if _opened(tx, row.key) is None else None
        except Unsealable:
            ill = damaged
        if ill is not None:
            ill[row.key] = named_by(tx, row.key)
    return gone, damaged


def named_by(tx: Reading, key: str) -> list[int]:
    """The facts that a picture belongs to, NOWHERE among them while it is held."""
    return [row.fact for row in tx.run(_FACTS, name=key)]


# --- in a backup ----------------------------------------------------------------------------


def stored(tx: Reading) -> Iterator[tuple[str, bytes]]:
    """Every picture of a snapshot that lies beside the database, as the row of `picture_bytes`
    that it is elsewhere; one that was erased meanwhile is empty."""
    for row in tx.run(_KEYS):
        yield row.key, (tx.beside.get(row.key) if tx.beside else None) or b""


def total(tx: Reading) -> int:
    """How many rows `stored` gives."""
    return len(tx.run(_KEYS))
