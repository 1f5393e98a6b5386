"""Backups: every row of one snapshot in a sealed file, the same for SQLite and PostgreSQL.

The head, in plain, says what is inside without naming anybody: when it was taken, the version of
the schema, the fingerprint of the key, the rows of each table, until when it may be kept and how
to check it. After it, sealed chunks hold a few hundred rows each. `fill` builds a database from
it in one transaction, through the schema it was taken from, so a later program restores it too.
"""

import base64
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection as Engined
from sqlalchemy import LargeBinary, Table, func, inspect, select
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from db import pictures, sealing
from db.engine.caches import Caches
from db.engine.database import Database
from db.engine.driver import Connection, Driver
from db.engine.shapes import SHAPES
from db.engine.statements import in_dialect
from db.engine.tx import Reading, Tx
from db.engine.vault import Vault
from db.errors import DatabaseFault
from db.migrations import HEAD
from db.schema import facts, leads, metadata, picture_bytes, sequences
from db.wording import say
from scoring.errors import OperatorError
from scoring.moments import DAY, Instant, end_of
from scoring.values import frozen

MAGIC = b"promobot backup\n"
FORMAT = 1
LENGTH = struct.Struct(">I")
LONGEST_HEAD = 4 * 1024 * 1024
CHUNK = 256 * 1024
"""Bytes gathered before a chunk is sealed."""

FAST = 3
"""Of zlib's nine levels: as small as the middle ones on this text, in half the time."""

RETENTION = 365 * DAY
"""How long after the end of its plan's year a lead is kept (C7)."""

IDLE = frozenset({"alembic_version", "secrets", "versions", "sequences", "leases", "menus"})
"""Tables that a database may hold rows in and still count as empty."""

_EACH = {table: select(func.count().label("rows")).select_from(table) for table in SHAPES}
_HEADS = select(sequences)
_OLDEST_LEADS = (
    select(facts.c.plan)
    .join(leads, leads.c.fact == facts.c.id)
    .where(leads.c.sealed != b"")
    .distinct()
)


class BackupFault(OperatorError):
    """The backup cannot be made, or not be restored; nothing has changed."""


@frozen
class Stored:
    """One table in a backup: its rows, its columns, and which of them hold bytes."""

    rows: int
    columns: tuple[str, ...]
    blobs: tuple[int, ...]


@frozen
class Head:
    """What a backup says of itself in plain. `until`: when it must be deleted, since leads in it
    have outlived their retention; None: never. `proof`: what a restored copy must compute."""

    taken_at: Instant
    schema: str
    key: str
    until: Instant | None
    tables: dict[str, Stored]
    proof: dict[str, Any]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(table.rows for table in self.tables.values())


@contextmanager
def snapshot(db: Database) -> Iterator[Reading]:
    """One consistent state of a database, on a connection of its own; nobody waits for it."""
    connection = db.driver.connect(writing=False)
    try:
        connection.look()
        yield Reading(connection, db.statements, db.caches, db.vault)
    finally:
        connection.rollback()
        connection.close()


# --- writing --------------------------------------------------------------------------------


def write(
    tx: Reading, out: BinaryIO, *, taken_at: Instant, proof: dict[str, Any], vault: Vault
) -> Head:
    """Write everything a snapshot holds."""
    head = Head(
        taken_at=taken_at,
        schema=HEAD,
        key=vault.fingerprint.hex(),
        until=_until(tx),
        tables={str(table.name): _stored(tx, table) for table in SHAPES},
        proof=proof,
    )
    salt = sealing.salt()
    plain = orjson.dumps({"format": FORMAT, "salt": salt.hex(), **_plain(head)})
    out.write(MAGIC + LENGTH.pack(len(plain)) + plain)
    sealer = sealing.Sealer(out, vault, plain, salt)
    for name, table in head.tables.items():
        for chunk in _chunks(name, table, _pages(tx, metadata.tables[name])):
            sealer.write(chunk)
    sealer.close()
    return head


def _pages(tx: Reading, table: Table) -> Iterable[Sequence[Any]]:
    """The rows of a table; what lies beside the database is written as the rows it stands for."""
    if table is picture_bytes and tx.beside is not None:
        return ([row] for row in pictures.stored(tx))
    return tx.pages(table)


def _stored(tx: Reading, table: Table) -> Stored:
    kinds = [column.type for column in table.columns]
    beside = table is picture_bytes and tx.beside is not None
    return Stored(
        rows=pictures.total(tx) if beside else tx.run(_EACH[table])[0].rows,
        columns=SHAPES[table].columns,
        blobs=tuple(n for n, kind in enumerate(kinds) if isinstance(kind, LargeBinary)),
    )


def _until(tx: Reading) -> Instant | None:
    """When the first of the leads or pictures has to be erased."""
    plans = {row.plan for row in tx.run(_OLDEST_LEADS)} | pictures.years(tx)
    years = [int(plan) for plan in plans if plan.isdecimal()]
    return end_of(date(min(years), 12, 31)) + RETENTION if years else None


def _plain(head: Head) -> dict[str, Any]:
    return {
        "taken_at": head.taken_at,
        "schema": head.schema,
        "key": head.key,
        "until": head.until,
        "tables": {
            name: [table.rows, table.columns, table.blobs] for name, table in head.tables.items()
        },
        "proof": head.proof,
    }


def _chunks(name: str, table: Stored, pages: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    lines, size = [], 0
    for page in pages:
        for row in page:
            line = orjson.dumps(_written(row, table.blobs))
            lines.append(line)
            size += len(line)
            if size >= CHUNK:
                yield _chunk(name, lines)
                lines, size = [], 0
    if lines:
        yield _chunk(name, lines)


def _chunk(name: str, lines: list[bytes]) -> bytes:
    return zlib.compress(b"\n".join([name.encode(), *lines]), FAST)


def _written(row: Sequence[Any], blobs: tuple[int, ...]) -> list[Any]:
    values = list(row)
    for place in blobs:
        if values[place] is not None:
            values[place] = base64.b64encode(values[place]).decode()
    return values


def _read(line: bytes, blobs: tuple[int, ...]) -> list[Any]:
    values: list[Any] = orjson.loads(line)
    for place in blobs:
        if values[place] is not None:
            values[place] = base64.b64decode(values[place])
    return values


# --- reading --------------------------------------------------------------------------------


class Source:
    """A backup opened for reading, its head checked. Raises BackupFault for one that is cut
    short, changed, sealed with another key, or made by a later program."""

    def __init__(self, file: BinaryIO, name: str, vault: Vault) -> None:
        self._file = file
        self._name = name
        self._vault = vault
        with _told(name):
            self._plain = _head_bytes(file, name)
            self.head, self._salt = _parsed(self._plain)
        if self.head.key != vault.fingerprint.hex():
            raise BackupFault(say("backup.other_key", file=name))
        from db.migrations.run import knows

        if not knows(self.head.schema):
            raise BackupFault(say("backup.newer", file=name))

    def rows(self) -> Iterator[tuple[str, Stored, list[list[Any]]]]:
        """The rows of each table in turn, some at a time."""
        with _told(self._name):
            for chunk in sealing.opened(self._file, self._vault, self._plain, self._salt):
                name, *lines = zlib.decompress(chunk).split(b"\n")
                table = self.head.tables[name.decode()]
                yield name.decode(), table, [_read(line, table.blobs) for line in lines]


def head_of(file: BinaryIO, name: str) -> Head:
    """What a backup says of itself; needs no key, so it may be untrue."""
    with _told(name):
        return _parsed(_head_bytes(file, name))[0]


def _head_bytes(file: BinaryIO, name: str) -> bytes:
    if (magic := file.read(len(MAGIC))) != MAGIC:
        if magic and MAGIC.startswith(magic):
            raise sealing.CutShort("the stream ends early")
        raise BackupFault(say("backup.unlike", file=name))
    length = LENGTH.unpack(sealing.exactly(file, LENGTH.size))[0]
    if length > LONGEST_HEAD:
        raise sealing.Damaged("a head cannot be that long")
    return sealing.exactly(file, length)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except sealing.CutShort as fault:
        raise BackupFault(say("backup.cut", file=name)) from fault
    except (sealing.Damaged, _Unreadable) as fault:
        raise BackupFault(say("backup.damaged", file=name)) from fault
    except _Later as fault:
        raise BackupFault(say("backup.newer", file=name)) from fault


class _Unreadable(ValueError):
    """The head is not what `write` wrote."""


class _Later(ValueError):
    """The head is of a later format."""


def _parsed(plain: bytes) -> tuple[Head, bytes]:
    try:
        read = orjson.loads(plain)
        later = read["format"] > FORMAT
        head = (
            None
            if later
            else Head(
                taken_at=int(read["taken_at"]),
                schema=str(read["schema"]),
                key=str(read["key"]),
                until=read["until"],
                tables={
                    name: Stored(rows=rows, columns=tuple(columns), blobs=tuple(blobs))
                    for name, (rows, columns, blobs) in read["tables"].items()
                },
                proof=dict(read["proof"]),
            )
        )
        salt = bytes.fromhex(read["salt"])
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise _Unreadable(type(fault).__name__) from fault
    if head is None:
        raise _Later("a later format")
    return head, salt


# --- restoring ------------------------------------------------------------------------------


def fill(driver: Driver, vault: Vault, source: Source, settle: Callable[[Tx], None]) -> None:
    """Build the database of a backup in an empty one, in one transaction.

    `settle` checks it and changes what must not come back. Raises BackupFault if the database is
    not empty or the backup is not sound; whatever is raised, the database is as it was before.
    """
    from db.migrations.run import upgrade_on

    engine = driver.engine()
    try:
        with engine.begin() as connection:
            _make_room(connection)
            upgrade_on(connection, source.head.schema)
            ours = driver.over(connection)
            counted = dict.fromkeys(source.head.tables, 0)
            for name, table, rows in source.rows():
                _load(ours, name, table.columns, rows)
                counted[name] += len(rows)
            if counted != {name: table.rows for name, table in source.head.tables.items()}:
                raise BackupFault(say("backup.counts"))
            upgrade_on(connection)
            statements = in_dialect(driver.dialect)
            heads = {row.name: row.head for row in ours.execute(statements[_HEADS], {})}
            versions = ours.versions()
            tx = Tx(ours, statements, Caches(), vault, known_versions=versions, heads=heads)
            tx.begin()
            settle(tx)
            tx.keep()
            tx.commit()
    except _failures(driver) as fault:
        raise DatabaseFault(say("backup.unfilled", fault=_short(fault))) from fault
    finally:
        engine.dispose()


def _load(into: Connection, name: str, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    if name == picture_bytes.name and into.beside is not None:
        for key, sealed in rows:
            into.beside.put(key, sealed)
    else:
        into.load(name, columns, rows)


def is_empty(driver: Driver) -> bool:
    """Whether a database holds nothing that a restore would replace."""
    engine = driver.engine()
    try:
        with engine.connect() as connection:
            return not _in_use(connection)
    except _failures(driver):
        return False
    finally:
        engine.dispose()


def _make_room(connection: Engined) -> None:
    """Drop the empty tables of a database that was migrated but never used."""
    if _in_use(connection):
        raise BackupFault(say("backup.not_empty"))
    quote = connection.dialect.identifier_preparer.quote
    for name in inspect(connection).get_table_names():
        connection.execute(sql(f"DROP TABLE {quote(name)}"))


def _in_use(connection: Engined) -> bool:
    """Whether there is a table of others, or a row in one of ours."""
    quote = connection.dialect.identifier_preparer.quote
    for name in inspect(connection).get_table_names():
        if name not in metadata.tables and name != "alembic_version":
            return True
        asked = sql(f"SELECT 1 FROM {quote(name)} LIMIT 1")  # noqa: S608 - a table's own name
        if name not in IDLE and connection.execute(asked).first() is not None:
            return True
    return False


def _failures(driver: Driver) -> tuple[type[Exception], ...]:
    return (*driver.errors, SQLAlchemyError)


def _short(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
