"""What transactions need from a database: drivers, and the connections they open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection as Engined
from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import Dialect

from db.engine.beside import Beside
from db.engine.shapes import Key, Shape
from db.engine.statements import Compiled


class Counters(NamedTuple):
    """The rows of `versions` and of `sequences`."""

    versions: dict[str, int]
    heads: dict[str, int]


class Connection(Protocol):
    """One connection, used by one thread at a time. Driver errors pass through as they are."""

    beside: Beside | None
    """Where large bytes lie; None: in the database itself."""

    @property
    def broken(self) -> bool:
        """Whether it must be thrown away."""

    def suspect(self, fault: Exception) -> None:
        """Note a fault of a statement, after some of which the connection is broken."""

    def begin(self) -> Counters | None:
        """Begin to write, exclusively among all processes. The counters, or None if nobody else
        has written since this connection last did."""

    def look(self) -> None:
        """Begin to read on one snapshot, until `rollback`."""

    def changed(self) -> bool:
        """Whether somebody may have committed since the last call."""

    def clock(self) -> int:
        """The time by the clock that all processes on this database share."""

    def versions(self) -> dict[str, int]:
        """The rows of `versions`."""

    def version_row(self) -> str | None:
        """The migration of this database; None before the first."""

    def execute(self, compiled: Compiled, given: Mapping[str, Any]) -> list[Any]:
        """The rows of a select."""

    def change(self, compiled: Compiled, given: Mapping[str, Any]) -> int:
        """The number of rows changed."""

    def fetch(self, shape: Shape, index: int, keys: Sequence[Key]) -> Sequence[Any]:
        """The stored rows with these keys, as plain tuples."""

    def insert(self, shape: Shape, rows: Sequence[Any]) -> None:
        """Write many rows at once."""

    def upsert(self, shape: Shape, rows: Sequence[Any], *, add: bool) -> None:
        """Set, or add to, the last column of rows found by their primary key."""

    def layout(self) -> dict[str, set[str]]:
        """The columns of every stored table, by its name."""

    def pages(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """All rows of a table on this snapshot, a few hundred at a time."""

    def load(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Write rows of a table as an earlier version may have stored it."""

    def savepoint(self, name: str) -> None: ...

    def rollback_to(self, name: str) -> None: ...

    def release(self, name: str) -> None: ...

    def together(self) -> AbstractContextManager[Any]:
        """A context whose statements are sent without waiting for answers in between."""

    def commit(self) -> None: ...

    def scrub(self) -> None:
        """At the next rest, leave nothing of what the last transactions deleted."""

    def rest(self) -> None:
        """Maintenance between transactions, when nobody waits for an answer."""

    def rollback(self) -> None:
        """End the transaction, in whatever state it is."""

    def close(self) -> None: ...


class Driver(Protocol):
    """Opens connections to the database at one address."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that compiles statements."""

    errors: tuple[type[Exception], ...]
    conflicts: tuple[type[Exception], ...]
    shared: bool
    """Whether several processes may serve it at once."""
    beside: Beside | None
    """Where large bytes lie; None: in the database itself."""

    def connect(self, *, writing: bool) -> Connection:
        """A new connection; raises DatabaseFault with one Chinese line."""

    def abort(self) -> None:
        """Make every connection fail, now and later, whatever it waits for."""

    def engine(self) -> Engine:
        """For migrations and restores only."""

    def over(self, connection: Engined) -> Connection:
        """Our connection inside the transaction of one of `engine`."""


def insert_text(shape: Shape, source: str, *, verb: str = "INSERT") -> str:
    """INSERT for every column of a table, from `source`."""
    columns = ", ".join(f'"{name}"' for name in shape.columns)
    return f'{verb} INTO "{shape.table.name}" ({columns}) {source}'


def upsert_text(shape: Shape, source: str, *, add: bool, verb: str = "INSERT") -> str:
    """INSERT that sets, or adds to, the last column where the primary key exists."""
    name, last = shape.table.name, shape.columns[-1]
    key = ", ".join(f'"{column}"' for column in shape.keys[0])
    value = f'"{name}"."{last}" + excluded."{last}"' if add else f'excluded."{last}"'
    insert = insert_text(shape, source, verb=verb)
    return f'{insert} ON CONFLICT ({key}) DO UPDATE SET "{last}" = {value}'


def columns_text(shape: Shape, prefix: str = "") -> str:
    """Every column of a table, for a select."""
    return ", ".join(f'{prefix}"{name}"' for name in shape.columns)


def select_text(table: str, columns: Sequence[str]) -> str:
    """SELECT for these columns of every row of a table."""
    return f'SELECT {names_text(columns)} FROM "{table}"'  # noqa: S608 - our own names


def names_text(columns: Iterable[str]) -> str:
    """Names of columns, quoted."""
    return ", ".join(f'"{name}"' for name in columns)


PAGE = 200
"""Rows of one page: a row may hold a file of a few megabytes."""


def transposed(rows: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Rows to columns."""
    return list(zip(*rows, strict=True))
