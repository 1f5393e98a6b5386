# ruff: noqa: S608 - the SQL contains only the names of our own tables and columns
"""SQLite with sqlite3: write-ahead log, synchronous=FULL, one writer, readers on snapshots."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from itertools import chain
from pathlib import Path
from time import monotonic, time
from typing import Any

from sqlalchemy import Connection as Engined
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import sqlite as sqlalchemy_sqlite
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
    upsert_text,
)
from db.engine.shapes import Key, Shape
from db.engine.statements import Compiled
from db.errors import DatabaseFault
from db.wording import say

BUSY_SECONDS = 10.0
AT_ONCE = 512
"""Keys looked up by one statement."""

RUN = 256
"""Rows written by one statement, a power of two."""

ROWS = 8_000
"""Rows written between two checkpoints, which move the log into the file. That happens after
everybody has been answered, so nobody waits for it."""

LOG_PAGES = 8_000
"""Pages at which SQLite checkpoints by itself, within a commit: a few rows may be large."""

REWRITTEN = 64 * 1024
"""Most pages of a file that is rewritten after an erasure: a second's work."""

FRESH_SECONDS = 0.02
"""How long other processes' commits may go unnoticed outside a transaction; inside one they are
seen at once."""


INSERT = "INSERT OR FAIL"
"""A failing statement aborts its whole transaction here, so SQLite need not copy every page before
the statement touches it, which would be a quarter of the cost of writing."""


@cache
def _insert(shape: Shape, count: int) -> str:
    return insert_text(shape, _values(shape, count), verb=INSERT)


@cache
def _upsert(shape: Shape, count: int, add: bool) -> str:
    return upsert_text(shape, _values(shape, count), add=add, verb=INSERT)


def _values(shape: Shape, count: int) -> str:
    one = f"({', '.join('?' * len(shape.columns))})"
    return f"VALUES {', '.join([one] * count)}"


def _parted(rows: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    """The rows in runs of a few different lengths, each as its length and one flat list.

    One statement per run instead of per row, since each statement releases the interpreter lock
    and has to wait for it again.
    """
    start, left, count = 0, len(rows), RUN
    while left:
        while count > left:
            count //= 2
        yield count, list(chain.from_iterable(rows[start : start + count]))
        start, left = start + count, left - count


@cache
def _fetch(shape: Shape, index: int, count: int) -> str:
    """A nested loop over the wanted keys; `IN` with several columns would read the whole table."""
    names = shape.keys[index]
    wanted = ", ".join(f'"w{place}"' for place in range(len(names)))
    one = f"({', '.join('?' * len(names))})"
    same = " AND ".join(f't."{name}" = "w{place}"' for place, name in enumerate(names))
    return (
        f"WITH wanted({wanted}) AS (VALUES {', '.join([one] * count)}) "
        f'SELECT {columns_text(shape, "t.")} FROM wanted CROSS JOIN "{shape.table.name}" t '
        f"ON {same}"
    )


sqlite3.register_adapter(bytes, bytes.__bytes__)
"""sqlite3 asks any value that is neither number nor text how to store it; without an adapter,
bytes would raise two exceptions per value."""

LAYOUT = (
    "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
)

CACHE = 64 * 1024 * 1024
MAPPED = 256 * 1024 * 1024
"""Bytes of the file kept in memory, since keyed hashes are spread all over it."""


class SqliteConnection:
    """One sqlite3 connection in autocommit: transactions are begun and ended by name."""

    _watched: tuple[str, ...]

    def __init__(self, path: Path, *, writing: bool) -> None:
        raw = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        self._take(raw, path)
        self._watched = (str(path), f"{path}-wal") if writing else ()
        self._execute(f"PRAGMA cache_size = -{CACHE // 1024}")
        self._execute(f"PRAGMA mmap_size = {MAPPED}")
        if writing:
            self._execute("PRAGMA journal_mode=WAL")
            self._execute("PRAGMA synchronous=FULL")
            self._execute("PRAGMA secure_delete=ON")
            self._execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        else:
            self._execute("PRAGMA query_only=ON")

    @classmethod
    def over(cls, raw: sqlite3.Connection, path: Path) -> "SqliteConnection":
        """Ours on a connection that another has opened and closes."""
        connection = cls.__new__(cls)
        connection._take(raw, path)
        return connection

    def _take(self, raw: sqlite3.Connection, path: Path) -> None:
        self.broken = False
        self.beside: Beside | None = Beside(path)
        self._raw = raw
        self._execute = raw.execute
        self._seen: int | None = None
        self._looked_at = 0.0
        self._moved = 0
        self._unscrubbed = False
        self._watched = ()
        self._files: list[tuple[int, int]] | None = None

    def suspect(self, fault: Exception) -> None:
        """One that was opened while the log was away reads another log than everybody else, and
        would fail for ever after the file is back."""
        code = getattr(fault, "sqlite_errorcode", 0)
        if code & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            self.broken = True

    def begin(self) -> Counters | None:
        self._execute("BEGIN IMMEDIATE")
        self._look_for_files()
        (version,) = self._execute("PRAGMA data_version").fetchone()
        if version == self._seen:
            return None
        heads = dict(self._execute("SELECT name, head FROM sequences"))
        counters = Counters(self.versions(), heads)
        self._seen = version  # only now, so that a failed read is tried again
        return counters

    def look(self) -> None:
        self._execute("BEGIN")

    def changed(self) -> bool:
        now = monotonic()
        if now - self._looked_at < FRESH_SECONDS:
            return False
        self._looked_at = now
        (version,) = self._execute("PRAGMA data_version").fetchone()
        if version == self._seen:
            return False
        self._seen = version
        return True

    def clock(self) -> int:
        return int(time())

    def versions(self) -> dict[str, int]:
        return dict(self._execute("SELECT name, value FROM versions"))

    def version_row(self) -> str | None:
        exists = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if self._execute(exists).fetchone() is None:
            return None
        row = self._execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None

    def execute(self, compiled: Compiled, given: Mapping[str, Any]) -> list[Any]:
        cursor = self._execute(*compiled.bound(given))
        return compiled.rows(cursor.description, cursor.fetchall())

    def change(self, compiled: Compiled, given: Mapping[str, Any]) -> int:
        return self._execute(*compiled.bound(given)).rowcount

    def fetch(self, shape: Shape, index: int, keys: Sequence[Key]) -> Sequence[Any]:
        found: list[Any] = []
        for start in range(0, len(keys), AT_ONCE):
            some = list(keys[start : start + AT_ONCE])
            # Few different lengths let the driver reuse prepared statements.
            some += [some[-1]] * ((1 << (len(some) - 1).bit_length()) - len(some))
            flat = list(chain.from_iterable(some))
            found += self._execute(_fetch(shape, index, len(some)), flat)
        return found

    def insert(self, shape: Shape, rows: Sequence[Any]) -> None:
        for count, flat in _parted(rows):
            self._execute(_insert(shape, count), flat)

    def upsert(self, shape: Shape, rows: Sequence[Any], *, add: bool) -> None:
        for count, flat in _parted(rows):
            self._execute(_upsert(shape, count, add), flat)

    def layout(self) -> dict[str, set[str]]:
        tables: dict[str, set[str]] = {}
        for table, column in self._execute(LAYOUT):
            tables.setdefault(table, set()).add(column)
        return tables

    def pages(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        cursor = self._execute(select_text(table, columns))
        while page := cursor.fetchmany(PAGE):
            yield page

    def load(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        marks = ", ".join("?" * len(columns))
        text = f'INSERT INTO "{table}" ({names_text(columns)}) VALUES ({marks})'
        self._raw.executemany(text, rows)

    def savepoint(self, name: str) -> None:
        self._execute(f"SAVEPOINT {name}")

    def rollback_to(self, name: str) -> None:
        self._execute(f"ROLLBACK TO {name}")

    def release(self, name: str) -> None:
        self._execute(f"RELEASE {name}")

    def together(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def commit(self) -> None:
        self._execute("COMMIT")
        self._look_for_files()  # or nobody would find what was just committed

    def _look_for_files(self) -> None:
        """Raise DatabaseFault once the file or its log is no longer the one we have open: the
        system lets us go on writing into a file that nobody can find."""
        try:
            found = [(stat.st_dev, stat.st_ino) for stat in map(os.stat, self._watched)]
        except FileNotFoundError:
            found = []
        if self._files is None:
            self._files = found
        if found != self._files or len(found) < len(self._watched):
            raise DatabaseFault(say("database.taken_away", path=self._watched[0]))

    def scrub(self) -> None:
        self._unscrubbed = True

    def rest(self) -> None:
        if self._unscrubbed:
            self._scrub()
        if self._raw.total_changes - self._moved >= ROWS:
            self._moved = self._raw.total_changes
            self._execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _scrub(self) -> None:
        """Rewrite the file and empty its log; later, if a reader still needs the log."""
        self._execute("PRAGMA busy_timeout = 0")
        try:
            ((pages,),) = self._execute("PRAGMA page_count")
            if pages <= REWRITTEN:
                # Balancing leaves copies of rows in the gaps of pages, which nothing else clears.
                self._execute("VACUUM")
            ((busy, _, _),) = self._execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._unscrubbed = bool(busy)
        except sqlite3.OperationalError:
            return  # another process is writing
        finally:
            self._execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")

    def rollback(self) -> None:
        if self._raw.in_transaction:
            self._execute("ROLLBACK")

    def close(self) -> None:
        self.broken = True
        self._raw.close()


class Sqlite:
    """A database file."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    conflicts: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)
    dialect: Dialect = sqlalchemy_sqlite.dialect(paramstyle="named")
    shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.beside: Beside | None = Beside(path)
        self._opened = False

    def connect(self, *, writing: bool) -> SqliteConnection:
        try:
            if self._opened and not self.path.exists():  # an empty one in its place would hide it
                raise DatabaseFault(say("database.taken_away", path=self.path))
            self._create()
            connection = SqliteConnection(self.path, writing=writing)
            self._opened = True
            return connection
        except (OSError, sqlite3.Error) as fault:
            raise DatabaseFault(say("database.unopened", path=self.path, fault=fault)) from fault

    def _create(self) -> None:
        """Create the file for its owner only; SQLite gives its side files the same permissions."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))

    def abort(self) -> None:
        """Nothing: a file always answers."""

    def engine(self) -> Engine:
        """For migrations: takes the write lock first, so that two processes do not both migrate."""
        engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None),
            poolclass=NullPool,
        )
        event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine

    def over(self, connection: Engined) -> SqliteConnection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - our own engine opened it
        return SqliteConnection.over(raw, self.path)
