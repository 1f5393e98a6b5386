# ruff: noqa: S608 - the SQL contains only the names of our own tables and columns
"""PostgreSQL with psycopg 3: writers take turns by an advisory lock, rows are sent as arrays.

Taking turns makes one writer of all replicas: numbers have no gaps, no other process can change
what a request has found, and nothing deadlocks.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cache
from os import dup
from socket import SHUT_RDWR, socket
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import BigInteger, Engine, LargeBinary, create_engine
from sqlalchemy import Connection as Engined
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.pool import NullPool

from db.engine.beside import Beside
from db.engine.driver import (
    PAGE,
    Counters,
    columns_text,
    insert_text,
    names_text,
    select_text,
    transposed,
    upsert_text,
)
from db.engine.shapes import Key, Shape
from db.engine.statements import Compiled
from db.errors import DatabaseFault
from db.migrations import TURN
from db.wording import say

BEGIN = (
    f"BEGIN; SELECT pg_advisory_xact_lock({TURN}); "
    "SELECT name, value, TRUE FROM versions UNION ALL SELECT name, head, FALSE FROM sequences"
)
LAYOUT = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "JOIN information_schema.tables USING (table_schema, table_name) "
    "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
)
CLOCK = "SELECT floor(extract(epoch from clock_timestamp()))::bigint"
"""Not now(), which is when the transaction began: before it waited for its turn."""

LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
LONGEST = 60
"""Seconds that a statement, and a wait for a turn, may take."""

PATIENCE = {
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "application_name": "promobot",
}
"""How long a server that does not answer is waited for, unless its address says otherwise."""

FRESH_SECONDS = 1.0
"""How long changes by other replicas may go unnoticed outside a transaction."""


class _Whole(Loader):
    """Loads sums of whole numbers as int, as on SQLite; the schema has no other numeric."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


def _integers(values: Iterable[Any]) -> str:
    return "{" + ",".join(["NULL" if v is None else str(v) for v in values]) + "}"


def _texts(values: Iterable[Any]) -> str:
    quoted = [
        "NULL" if v is None else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for v in values
    ]
    return "{" + ",".join(quoted) + "}"


def _blobs(values: Iterable[Any]) -> str:
    quoted = ["NULL" if v is None else '"\\\\x' + v.hex() + '"' for v in values]
    return "{" + ",".join(quoted) + "}"


Literal = Callable[[Iterable[Any]], str]


def _array(shape: Shape, name: str) -> tuple[str, Literal]:
    kind = shape.table.columns[name].type
    if isinstance(kind, BigInteger):
        return "bigint", _integers
    if isinstance(kind, LargeBinary):
        return "bytea", _blobs
    return "text", _texts


@cache
def _arrays(shape: Shape, names: tuple[str, ...]) -> tuple[str, tuple[Literal, ...]]:
    kinds = [_array(shape, name) for name in names]
    return ", ".join(f"%s::{kind}[]" for kind, _ in kinds), tuple(write for _, write in kinds)


@cache
def _insert(shape: Shape) -> str:
    return insert_text(shape, f"SELECT * FROM unnest({_arrays(shape, shape.columns)[0]})")


@cache
def _upsert(shape: Shape, add: bool) -> str:
    source = f"SELECT * FROM unnest({_arrays(shape, shape.columns)[0]})"
    return upsert_text(shape, source, add=add)


@cache
def _fetch(shape: Shape, index: int) -> str:
    names = shape.keys[index]
    wanted = ", ".join(f'"{name}"' for name in names)
    arrays = _arrays(shape, names)[0]
    return (
        f'SELECT {columns_text(shape, "t.")} FROM "{shape.table.name}" t '
        f"JOIN unnest({arrays}) AS k({wanted}) USING ({wanted})"
    )


class PostgresConnection:
    """One psycopg connection in autocommit: transactions are begun and ended by name."""

    beside: Beside | None = None

    def __init__(self, conninfo: str, *, writing: bool) -> None:
        self._take(psycopg.connect(conninfo, autocommit=True))
        self._execute(f"SET statement_timeout = '{LONGEST}s'")
        if writing:  # a hanging writer must not block the others
            self._execute(
                f"SET idle_in_transaction_session_timeout = '{LONGEST}s'; "
                f"SET lock_timeout = '{LONGEST}s'"
            )

    @classmethod
    def over(cls, raw: "psycopg.Connection[Any]") -> "PostgresConnection":
        """Ours on a connection that another has opened and closes."""
        connection = cls.__new__(cls)
        connection._take(raw)
        return connection

    def _take(self, raw: "psycopg.Connection[Any]") -> None:
        self.raw = raw
        self.raw.adapters.register_loader("numeric", _Whole)
        self._cursor = self.raw.cursor()
        self._looked_at = 0.0

    def _execute(self, text: str, given: Any = None) -> "psycopg.Cursor[Any]":
        return self._cursor.execute(text, given)

    @property
    def broken(self) -> bool:
        return self.raw.broken or self.raw.closed

    def suspect(self, fault: Exception) -> None:
        """Nothing: the library notices itself."""

    def begin(self) -> Counters | None:
        cursor = self._execute(BEGIN)
        while cursor.nextset():
            pass
        counters = Counters({}, {})
        for name, value, is_version in cursor.fetchall():
            (counters.versions if is_version else counters.heads)[name] = value
        return counters

    def look(self) -> None:
        self._execute(LOOK)

    def changed(self) -> bool:
        now = time.monotonic()
        if now - self._looked_at < FRESH_SECONDS:
            return False
        self._looked_at = now
        return True

    def clock(self) -> int:
        row = self._execute(CLOCK).fetchone()
        return int(row[0]) if row else 0

    def versions(self) -> dict[str, int]:
        return dict(self._execute("SELECT name, value FROM versions").fetchall())

    def version_row(self) -> str | None:
        exists = self._execute("SELECT to_regclass('alembic_version')").fetchone()
        if exists is None or exists[0] is None:
            return None
        row = self._execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None

    def execute(self, compiled: Compiled, given: Mapping[str, Any]) -> list[Any]:
        cursor = self._execute(*compiled.bound(given))
        return compiled.rows(cursor.description or (), cursor.fetchall())

    def change(self, compiled: Compiled, given: Mapping[str, Any]) -> int:
        return self._execute(*compiled.bound(given)).rowcount

    def fetch(self, shape: Shape, index: int, keys: Sequence[Key]) -> Sequence[Any]:
        _, literals = _arrays(shape, shape.keys[index])
        arrays = [write(part) for write, part in zip(literals, transposed(keys), strict=True)]
        return self._execute(_fetch(shape, index), arrays).fetchall()

    def insert(self, shape: Shape, rows: Sequence[Any]) -> None:
        self._write(_insert(shape), shape, rows)

    def upsert(self, shape: Shape, rows: Sequence[Any], *, add: bool) -> None:
        self._write(_upsert(shape, add), shape, rows)

    def _write(self, text: str, shape: Shape, rows: Sequence[Any]) -> None:
        _, literals = _arrays(shape, shape.columns)
        arrays = [write(part) for write, part in zip(literals, transposed(rows), strict=True)]
        self._execute(text, arrays)

    def layout(self) -> dict[str, set[str]]:
        tables: dict[str, set[str]] = {}
        for table, column in self._execute(LAYOUT).fetchall():
            tables.setdefault(table, set()).add(column)
        return tables

    def pages(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        with self.raw.cursor(name="pages") as cursor:  # kept by the server, not in memory
            cursor.execute(select_text(table, columns).encode())
            while page := cursor.fetchmany(PAGE):
                yield page

    def load(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        text = f'COPY "{table}" ({names_text(columns)}) FROM STDIN'
        with self._cursor.copy(text.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def savepoint(self, name: str) -> None:
        self._execute(f"SAVEPOINT {name}")

    def rollback_to(self, name: str) -> None:
        self._execute(f"ROLLBACK TO {name}")

    def release(self, name: str) -> None:
        self._execute(f"RELEASE {name}")

    def together(self) -> AbstractContextManager[Any]:
        # COMMIT of a failed transaction would silently roll back.
        if self.raw.info.transaction_status != TransactionStatus.INTRANS:
            raise psycopg.errors.InFailedSqlTransaction("the transaction has failed before")
        return self.raw.pipeline()

    def commit(self) -> None:
        self._execute("COMMIT")

    def scrub(self) -> None:
        """The server's own VACUUM does it."""

    def rest(self) -> None:
        """Nothing: the server maintains itself."""

    def rollback(self) -> None:
        # psycopg's own rollback also forgets statements that a failed pipeline was about to
        # prepare (a plain ROLLBACK would lead to "prepared statement does not exist").
        if not self.broken:
            self.raw.rollback()

    def close(self) -> None:
        self.raw.close()


class Postgres:
    """A database on a server."""

    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    conflicts: tuple[type[Exception], ...] = (psycopg.IntegrityError,)
    dialect: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    shared = True

    beside: Beside | None = None

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: WeakSet[psycopg.Connection[Any]] = WeakSet()
        self._aborted = False

    def connect(self, *, writing: bool) -> PostgresConnection:
        try:
            if self._aborted:
                raise psycopg.OperationalError("aborted")
            connection = PostgresConnection(self._conninfo(), writing=writing)
        except psycopg.Error as fault:
            raise DatabaseFault(say("database.unreachable")) from fault
        self._opened.add(connection.raw)
        return connection

    def _conninfo(self) -> str:
        return make_conninfo("", **PATIENCE | conninfo_to_dict(self._url))

    def abort(self) -> None:
        # A thread that waits for the server sees the end of its socket; libpq has no time-outs.
        self._aborted = True
        for raw in list(self._opened):
            with suppress(OSError, psycopg.Error), socket(fileno=dup(raw.fileno())) as own:
                own.shutdown(SHUT_RDWR)

    def engine(self) -> Engine:
        """Migrations wait for their turn like any writer (see migrations/env.py)."""
        return create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(self._conninfo()),
            poolclass=NullPool,
        )

    def over(self, connection: Engined) -> PostgresConnection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)  # noqa: S101 - our own engine opened it
        return PostgresConnection.over(raw)
