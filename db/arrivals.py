"""Arrivals: the events at work on several replicas, in the order in which they came.

Each statement is its own transaction, outside the writers' turn: an arrival is noted while others
write. Nothing here outlives its event but after a death, and then nobody is held up for long. On a
server only; a file is served by one process, whose lanes are enough.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import TextClause, text

from db.engine.database import Database
from db.engine.driver import Connection
from db.errors import DatabaseFault
from db.wording import say

GHOST = 3
"""Seconds after which an event holds up no other whose process has not said that it is at work."""

_UNAWAITED = text("SELECT set_config('synchronous_commit', 'off', false)")
"""What a crash of the server loses here is of no use after it."""

_AT_WORK = f"""
    other.holder <> :holder
    AND (other.chat = mine.chat OR other.person = mine.person)
    AND (other.arrived, other.holder) < (mine.arrived, CAST(:holder AS text))
    AND other.seen > floor(extract(epoch FROM clock_timestamp())) - {GHOST}
"""
_TURN = text(
    f"""
    WITH gone AS (
        DELETE FROM arrivals
        WHERE holder = :holder AND number = ANY(CAST(:gone AS bigint[]))
           OR seen < floor(extract(epoch FROM clock_timestamp())) - 60 * {GHOST}
    ), mine AS (
        INSERT INTO arrivals (holder, number, chat, person, arrived, seen)
        SELECT CAST(:holder AS text), number, chat, person,
               CAST(floor(extract(epoch FROM clock_timestamp()) * 1000000) AS bigint),
               CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)
        FROM unnest(
            CAST(:numbers AS bigint[]), CAST(:chats AS bigint[]), CAST(:people AS bigint[])
        ) AS come (number, chat, person)
        RETURNING number, chat, person, arrived
    )
    SELECT mine.number FROM mine WHERE EXISTS (SELECT 1 FROM arrivals other WHERE {_AT_WORK})
    """  # noqa: S608 - our own parts
)
_STILL = text(
    f"""
    SELECT mine.number FROM arrivals mine
    WHERE mine.holder = :holder AND mine.number = ANY(CAST(:waiting AS bigint[]))
      AND EXISTS (SELECT 1 FROM arrivals other WHERE {_AT_WORK})
    """  # noqa: S608 - our own parts
)
_SEEN = text(
    """
    WITH seen AS (
        UPDATE arrivals SET seen = CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)
        WHERE holder = :holder AND number = ANY(CAST(:numbers AS bigint[])) RETURNING number
    )
    SELECT number FROM seen
    """
)


class Lanes(NamedTuple):
    """Where an event stands in line, as whole numbers: its chat, and its person if one is known."""

    chat: int
    person: int | None


class Arrivals:
    """What one process notes, on a connection of its own. For one thread at a time."""

    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._holder = holder
        self._connection: Connection | None = None

    def turn(self, come: Mapping[int, Lanes], gone: Collection[int]) -> set[int]:
        """Note what has come, in this order, and what is gone; return the numbers of those that
        another process has something before. Like all others here it may raise DatabaseFault."""
        return self._run(
            _TURN,
            numbers=[*come],
            chats=[lanes.chat for lanes in come.values()],
            people=[lanes.person for lanes in come.values()],
            gone=[*gone],
        )

    def still(self, waiting: Collection[int]) -> set[int]:
        """Return those that still have to wait."""
        return self._run(_STILL, waiting=[*waiting]) if waiting else set()

    def seen(self, numbers: Collection[int]) -> None:
        """Say that this process is at work on these."""
        self._run(_SEEN, numbers=[*numbers])

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, statement: TextClause, **given: object) -> set[int]:
        connection = self._opened()
        compiled = self._database.statements[statement]
        try:
            rows = connection.execute(compiled, {"holder": self._holder, **given})
        except self._database.driver.errors as fault:
            raise DatabaseFault(say("database.not_written")) from fault
        return {int(row[0]) for row in rows}

    def _opened(self) -> Connection:
        connection = self._connection
        if connection is None or connection.broken:
            connection = self._connection = self._database.driver.connect(writing=True)
            connection.execute(self._database.statements[_UNAWAITED], {})
        return connection
