"""One database by its address: opening, migrating, reading and caching."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select

from db.engine.caches import Caches
from db.engine.driver import Connection, Driver
from db.engine.statements import in_dialect
from db.engine.tx import Reading
from db.engine.vault import Vault
from db.errors import DatabaseFault, KeyMismatch
from db.migrations import HEAD
from db.schema import metadata, secrets
from db.wording import say

T = TypeVar("T")
READERS = 4
"""Connections that can read at the same time."""

AT_HAND = 1.0
"""Seconds for which a server need not be asked again whether something has changed."""

FINGERPRINT = select(secrets.c.value).where(secrets.c.name == "fingerprint")
SIGN = insert(secrets).values(name="fingerprint", value=bindparam("fingerprint"))


def driver_of(url: str) -> Driver:
    """The driver for an address, imported only if it is needed."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from db.engine.sqlite import Sqlite

        return Sqlite(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        from db.engine.postgres import Postgres

        return Postgres(url)
    raise DatabaseFault(say("database.address"))


class Database:
    """Opened once per process. All writing goes through `db.engine.writer.Writer`."""

    def __init__(self, driver: Driver, vault: Vault) -> None:
        self.driver = driver
        self.vault = vault
        self.statements = in_dialect(driver.dialect)
        self.caches = Caches()
        self._closed = False
        self._readers: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(READERS):
            self._readers.put(None)
        self._peeking = threading.Lock()
        self._peeker: Connection | None = None
        self._looked_at = -AT_HAND

    @classmethod
    def open(cls, url: str, key: bytes) -> "Database":
        """The database at `sqlite:///path` or `postgresql://…`.

        Raises DatabaseFault if it cannot be reached, KeyMismatch if it belongs to another key.
        """
        database = cls(driver_of(url), Vault(key))
        database._check_key(database.version())
        return database

    def version(self) -> str | None:
        """The migration of the schema; None for an empty database."""
        with self._connection(writing=True) as connection:
            return connection.version_row()

    def current(self) -> bool:
        """Whether every table is as this program states it."""
        with self._connection(writing=True) as connection:
            if connection.version_row() != HEAD:
                return False
            stored = connection.layout()
        return all(
            stored.get(table.name, set()) >= {column.name for column in table.columns}
            for table in metadata.tables.values()
        )

    def holds_others(self) -> bool:
        """Whether there are tables that are not ours."""
        with self._connection(writing=True) as connection:
            return bool(connection.layout().keys() - metadata.tables.keys() - {"alembic_version"})

    def migrate(self) -> None:
        """Bring the schema to the newest version; only looks if it is up to date."""
        if not self.current():
            from db.migrations.run import upgrade

            upgrade(self.driver.engine())
            self._check_key(HEAD)

    def _check_key(self, version: str | None) -> None:
        """Check the key against its fingerprint, kept in the first migration's `secrets`."""
        if version is None:
            return
        with self._connection(writing=True) as connection:
            connection.begin()
            kept = connection.execute(self.statements[FINGERPRINT], {})
            if not kept:
                signed = {"fingerprint": self.vault.fingerprint}
                connection.change(self.statements[SIGN], signed)
                connection.commit()
            elif bytes(kept[0].value) != self.vault.fingerprint:
                raise KeyMismatch(say("key.other"))

    @contextmanager
    def _connection(self, *, writing: bool) -> Iterator[Connection]:
        connection = self.driver.connect(writing=writing)
        try:
            yield connection
        except self.driver.errors as fault:
            raise DatabaseFault(say("database.unreadable", fault=type(fault).__name__)) from fault
        finally:
            connection.rollback()
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Reads on one snapshot, on a pooled connection; waits while all are in use."""
        connection = self._readers.get()
        try:
            if self._closed:
                raise DatabaseFault(say("database.closed"))
            connection = self._on_snapshot(connection)
            try:
                yield self._reading(connection)
            except self.driver.errors as fault:
                connection.suspect(fault)
                raise
            finally:
                connection.rollback()
        finally:
            self._readers.put(connection)

    def _on_snapshot(self, connection: Connection | None) -> Connection:
        if connection is not None and not connection.broken:
            try:
                connection.look()
                return connection
            except self.driver.errors:
                if not connection.broken:
                    raise
        connection = self.driver.connect(writing=False)
        connection.look()
        return connection

    def _reading(self, connection: Connection) -> Reading:
        return Reading(connection, self.statements, self.caches, self.vault)

    def peek(self, name: str, load: Callable[[Reading], T]) -> T:
        """`cached(name)`, without a transaction while nobody has bumped it.

        Cheap enough for the event loop. Bumps by this process are seen at once, by others within
        a fiftieth of a second on SQLite and a second on PostgreSQL.
        """
        with self._peeking:
            try:
                return self._peek(name, load)
            except self.driver.errors as fault:
                if self._peeker is not None:
                    self._peeker.suspect(fault)
                if self._peeker is None or not self._peeker.broken:
                    raise
                return self._peek(name, load)  # the server or the log was gone and may be back

    def _peek(self, name: str, load: Callable[[Reading], T]) -> T:
        connection = self._peeker
        if connection is None or connection.broken:
            connection = self._peeker = self.driver.connect(writing=False)
        if connection.changed():
            self.caches.learn(connection.versions())
            self._looked_at = monotonic()
        held, value = self.caches.get(name)
        if not held:
            connection.look()
            try:
                value = self._reading(connection).cached(name, load)
            finally:
                connection.rollback()
        kept: T = value
        return kept

    def at_hand(self, name: str, load: Callable[[Reading], T]) -> tuple[bool, T | Any]:
        """Whether `peek` need ask no server, which may not answer, and then its value. For the
        event loop; a file may be asked there."""
        if not self.driver.shared:
            return True, self.peek(name, load)
        if monotonic() - self._looked_at >= AT_HAND:
            return False, None
        return self.caches.get(name)

    def abort(self) -> None:
        """Break every connection, so that no thread waits for a server that does not answer."""
        self.driver.abort()

    def close(self) -> None:
        """Close the readers once they have finished."""
        self._closed = True
        for _ in range(READERS):
            connection = self._readers.get()
            if connection is not None:
                connection.close()
        for _ in range(READERS):
            self._readers.put(None)
        if self._peeker is not None:
            self._peeker.close()


__all__ = ["Database", "DatabaseFault", "KeyMismatch", "driver_of"]
