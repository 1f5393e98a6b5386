"""What a handler sees of the database: `Reading` on a snapshot, `Tx` on the one writer.

A handler names its time (`request.now`), never asks the database for it. Nothing here opens,
commits or rolls back: the writer and the readers do.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Table
from sqlalchemy.sql import Executable

from db.vault import Vault
from scoring.postings import Posting

T = TypeVar("T")
Row = Any
"""A named tuple: the columns of the statement or table by name."""


class Reading(Protocol):
    """Reads on one snapshot."""

    vault: Vault

    def run(self, statement: Executable, **parameters: Any) -> list[Row]:
        """The rows of a statement built once at module level with bindparam(); compiled once."""

    def find(self, table: Table, *key: Any) -> Row | None:
        """The row with this primary key, stored or added by an earlier request of the batch."""

    def cached(self, name: str, load: Callable[["Reading"], T]) -> T:
        """`load`'s value, kept for all transactions until `bump(name)` is committed anywhere."""

    def tally(self, plan: str, unit: str, measure: str, period: str) -> int:
        """A tally as it stands, this transaction's own postings included."""


class Tx(Reading, Protocol):
    """One request's part of a batch; a failing request leaves nothing behind."""

    def add(self, table: Table, **row: Any) -> int:
        """Append a row, every column named (save `id`, which is given out and returned; 0 for a
        table without one). Written set-wise at commit; seen at once by `find` and by `run`."""

    def change(self, statement: Executable, **parameters: Any) -> int:
        """Run an insert, update or delete now (opens the request's savepoint); rows changed."""

    def enter(self, plan: str, postings: Iterable[Posting]) -> None:
        """Append postings and add them to the tallies."""

    def bump(self, name: str) -> None:
        """Whatever `cached(name)` holds is stale after this commit."""

    def mark(self) -> Any:
        """A place to come back to."""

    def undo(self, mark: Any) -> None:
        """Forget everything since the mark."""
