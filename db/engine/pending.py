"""Rows that wait for the commit, and how to undo them: lists, marks and lazy savepoints.

Lists are kept until the commit even after their rows are written: a rollback to a savepoint also
removes rows of earlier requests that were written inside it, and these are then written again.
A mark is a place in the journal: every request sets one, few are ever returned to.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from db.engine.driver import Connection
from db.engine.shapes import RANK, SHAPES, Key, Shape
from db.schema import postings, tallies

COLUMNS = SHAPES[postings].columns.index
TALLIED = itemgetter(*map(COLUMNS, SHAPES[tallies].keys[0]))
"""The key of the tally that a posting belongs to."""

DELTA = COLUMNS("delta")
SUMS = "sums"
"""The entry in `_done` for the postings already added to the tallies."""


@dataclass(slots=True)
class Savepoint:
    """A savepoint, with how many rows of each table were written when it was opened."""

    name: str
    done: dict[Table | str, int]


@dataclass(slots=True, eq=False)
class Mark:
    """A place in the journal. `savepoint` is opened before the first write after the mark."""

    length: int
    beside: Any
    savepoint: Savepoint | None = field(default=None)


class Pending:
    """`rows` to insert by table, `heads` of the sequences, `sums` not yet in the tallies.

    `journal`: the table of each row in the order they were added; whoever adds appends to both.
    `changed`: the tables whose stored rows were changed, not only added to.
    """

    def __init__(self, connection: Connection, heads: dict[str, int]) -> None:
        self.rows: defaultdict[Table, list[Any]] = defaultdict(list)
        self.heads = dict(heads)
        self.sums: defaultdict[Key, int] = defaultdict(int)
        self.changed: set[Table] = set()
        self.journal: list[Table] = []
        self._connection = connection
        self._stored_heads = heads
        self._done: dict[Table | str, int] = {}
        self._marks: list[Mark] = []
        self._opened = 0

    def mark(self, beside: Any) -> Mark:
        """A place to return to; `beside` is stored in it for the caller."""
        mark = Mark(len(self.journal), beside)
        self._marks.append(mark)
        return mark

    def undo(self, mark: Mark) -> dict[Table, list[Any]]:
        """Return to a mark, which stays; the rows that were removed."""
        del self._marks[self._marks.index(mark) + 1 :]
        if mark.savepoint is not None:
            self._connection.rollback_to(mark.savepoint.name)
            self._done = dict(mark.savepoint.done)
        cut: defaultdict[Table, list[Any]] = defaultdict(list)
        for table in reversed(self.journal[mark.length :]):
            row = self.rows[table].pop()
            cut[table].append(row)
            if (sequence := SHAPES[table].sequence) is not None:
                self.heads[sequence] = row.id - 1
        del self.journal[mark.length :]
        self._subtract(cut.get(postings, ()), whole=mark.savepoint is not None)
        return cut

    def grew(self, mark: Mark) -> bool:
        """Whether rows were added since a mark."""
        return len(self.journal) > mark.length

    def keep(self, mark: Mark) -> None:
        """Forget a mark and those after it, and release its savepoint."""
        place = self._marks.index(mark)
        outer = self._marks[place - 1].savepoint if place else None
        if mark.savepoint is not None and mark.savepoint is not outer:
            self._connection.release(mark.savepoint.name)
        del self._marks[place:]

    def protect(self) -> None:
        """Open a savepoint for the marks without one, before something is written."""
        if not self._marks or self._marks[-1].savepoint is not None:
            return
        self._opened += 1
        savepoint = Savepoint(f"s{self._opened}", dict(self._done))
        self._connection.savepoint(savepoint.name)
        for mark in reversed(self._marks):
            if mark.savepoint is not None:
                break
            mark.savepoint = savepoint

    def flush(self, shape: Shape) -> None:
        """Write the waiting rows of a table."""
        rows = self.rows.get(shape.table, ())
        done = self._done.get(shape.table, 0)
        if done == len(rows):
            return
        self._protect_from(shape.table)
        self._connection.insert(shape, rows[done:] if done else rows)
        self._done[shape.table] = len(rows)

    def flush_sums(self, shape: Shape) -> bool:
        """Add the new postings to the stored tallies, in key order; whether there were any."""
        entered = len(self.rows.get(postings, ()))
        if self._done.get(SUMS, 0) == entered:
            return False
        self._protect_from(postings)
        if rows := [(*key, by) for key, by in sorted(self.sums.items()) if by]:
            self._connection.upsert(shape, rows, add=True)
        self._done[SUMS] = entered
        self.sums.clear()
        self.changed.add(tallies)
        return True

    def flush_heads(self, shape: Shape) -> None:
        """Write the heads that have changed."""
        moved = sorted(self.heads.items() - self._stored_heads.items())
        if moved:
            self._connection.upsert(shape, moved, add=False)

    def flush_all(self) -> None:
        """Write everything before the commit; the marks are gone then."""
        self._marks.clear()
        for table in sorted(self.rows, key=RANK.__getitem__):
            self.flush(SHAPES[table])
        self.flush_sums(SHAPES[tallies])

    def _protect_from(self, table: Table) -> None:
        """Protect a table's rows, except those of finished requests, which cannot be undone."""
        for mark in self._marks:
            if mark.savepoint is None:
                if table in self.journal[mark.length :]:
                    self.protect()
                return

    def _subtract(self, cut: Any, *, whole: bool) -> None:
        """Remove undone postings from the sums; recompute if a rollback removed written ones."""
        if whole:
            self.sums.clear()
            for row in self.rows.get(postings, [])[self._done.get(SUMS, 0) :]:
                self.sums[TALLIED(row)] += row[DELTA]
        else:
            for row in cut:
                self.sums[TALLIED(row)] -= row[DELTA]
