"""The database as handlers see it: `Reading` on a snapshot, `Tx` on the one writer.

Handlers pass in the time (`request.now`) and never ask the database for it. They do not open,
commit or roll back: the writer and the readers do.

Added rows wait in lists and are written in bulk. `find` sees them there, and a statement that
touches their table has them written first. Undoing shortens the lists; a SAVEPOINT is opened only
before the first row that is written earlier than the commit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.sql import Executable

from db.engine.beside import Beside
from db.engine.caches import Caches
from db.engine.driver import Connection
from db.engine.pending import Mark, Pending
from db.engine.shapes import SHAPES, Key
from db.engine.statements import Compiled, Statements
from db.engine.vault import Vault
from db.errors import Conflict
from db.schema import postings as postings_table
from db.schema import sequences, tallies, versions
from scoring.postings import Posting

T = TypeVar("T")
Row = Any
"""A named tuple: the columns of the statement or table by name."""

TALLIES = SHAPES[tallies]


class Reading:
    """Reads on one snapshot."""

    def __init__(
        self, connection: Connection, statements: Statements, caches: Caches, vault: Vault
    ) -> None:
        self.vault = vault
        self._connection = connection
        self._statements = statements
        self._caches = caches
        self._versions: dict[str, int] | None = None
        self._known: defaultdict[Table, defaultdict[int, dict[Key, Row | None]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def run(self, statement: Executable, **parameters: Any) -> list[Row]:
        """The rows of a statement, built at module level with bindparam() and compiled once."""
        compiled = self._statements[statement]
        if compiled.writes:
            raise TypeError("a statement that changes rows goes through change()")
        self._prepare(compiled)
        return self._connection.execute(compiled, parameters)

    def find(self, table: Table, *key: Any) -> Row | None:
        """The row with this primary key, stored or added by an earlier request of the batch."""
        known = self._known[table][0]
        if key in known and table is not tallies:
            return known[key]
        return self._look_up(table, 0, key)

    def find_by(self, table: Table, **key: Any) -> Row | None:
        """The row with this declared unique key, as `find_by(people, staff_no="T1024")`."""
        for index, names in enumerate(SHAPES[table].keys):
            if key.keys() == set(names):
                return self._look_up(table, index, tuple(key[name] for name in names))
        raise TypeError(f"{table.name} is not unique by {sorted(key)}")

    def tally(self, plan: str, unit: str, measure: str, period: str) -> int:
        """The current tally, including this transaction's own postings."""
        row = self._look_up(tallies, 0, (plan, unit, measure, period))
        return 0 if row is None else int(row.value)

    def cached(self, name: str, load: Callable[["Reading"], T]) -> T:
        """The value of `load`, cached for all transactions until a `bump(name)` is committed.

        It is shared between threads and must not be changed.
        """
        if self._versions is None:
            self._versions = self._connection.versions()
            self._caches.learn(self._versions)
        version = self._versions.get(name, 0)
        held, value = self._caches.get(name, version)
        if not held:
            value = load(self)
            self._caches.keep(name, version, value)
        found: T = value
        return found

    @property
    def beside(self) -> Beside | None:
        """Where large bytes lie, for reading; None: in the database itself."""
        return self._connection.beside

    def clock(self) -> int:
        """The database's clock, which all replicas share; only leases go by it."""
        return self._connection.clock()

    def pages(self, table: Table) -> Iterator[Sequence[Row]]:
        """Every row of a table, some at a time, in little memory."""
        return self._connection.pages(table.name, SHAPES[table].columns)

    def _prepare(self, compiled: Compiled) -> None:
        """Nothing is pending on a snapshot."""

    def _look_up(self, table: Table, index: int, key: Key) -> Row | None:
        known = self._known[table][index]
        if key not in known:
            known[key] = None
            for row in self._connection.fetch(SHAPES[table], index, [key]):
                known[key] = SHAPES[table].row._make(row)
        return known[key]


class Tx(Reading):
    """One request's part of a batch; a failing request has no effect."""

    began: Mark
    """Where the current request began."""

    def __init__(
        self,
        connection: Connection,
        statements: Statements,
        caches: Caches,
        vault: Vault,
        *,
        known_versions: dict[str, int],
        heads: dict[str, int],
    ) -> None:
        super().__init__(connection, statements, caches, vault)
        self._versions = known_versions
        self._pending = Pending(connection, heads)
        # Replaced, never changed, since marks refer to them.
        self.scrubs = False
        self._bumped: frozenset[str] = frozenset()
        self._discarded: frozenset[str] = frozenset()
        self._loaded: Mapping[str, Any] = {}
        self._altered = False
        self._appends: dict[Table, Callable[[dict[str, Any]], int]] = {}

    # --- what handlers use ------------------------------------------------------------------

    def add(self, table: Table, **row: Any) -> int:
        """Append a row, given every column except `id`, which is generated and returned (0 for a
        table without one). Written in bulk at commit; visible at once to `find` and `run`.

        Raises Conflict for a key that `find` has seen or another request has just added.
        """
        append = self._appends.get(table)
        if append is None:
            append = self._appends[table] = self._append_to(table)
        return append(row)

    def _append_to(self, table: Table) -> Callable[[dict[str, Any]], int]:
        """`add` for one table, with its lookups done in advance: each report adds eight rows."""
        shape, pending, known = SHAPES[table], self._pending, self._known[table]
        make, sequence, heads, numbered = shape.make, shape.sequence, pending.heads, known[0]
        index, pick = shape.chosen or (0, None)
        chosen = known[index]
        hold, note = pending.rows[table].append, pending.journal.append

        def append(row: dict[str, Any]) -> int:
            number = 0
            if sequence is not None:
                number = row["id"] = heads.get(sequence, 0) + 1
            values = make(row)
            if pick is not None:
                key = pick(values)
                if chosen.get(key) is not None:
                    raise Conflict(f"{table.name}: this key is taken")
                chosen[key] = values
            if sequence is not None:
                numbered[number,] = values
                heads[sequence] = number
            hold(values)
            note(table)
            return number

        return append

    def change(self, statement: Executable, **parameters: Any) -> int:
        """Run an insert, update or delete now (opens the request's savepoint); the rows changed."""
        compiled = self._statements[statement]
        if not compiled.writes:
            raise TypeError("a statement that only reads goes through run()")
        self._prepare(compiled)
        self._pending.protect()
        self._altered = True
        for table in compiled.tables:
            self._forget(table)
        self._pending.changed.update(compiled.tables)
        return self._connection.change(compiled, parameters)

    def enter(self, plan: str, postings: Iterable[Posting]) -> None:
        """Append postings and add them to the tallies."""
        sums = self._pending.sums
        for one in postings:
            self.add(
                postings_table,
                plan=plan,
                unit=one.unit,
                measure=one.measure,
                period=one.period,
                delta=one.delta,
                happened_at=one.happened_at,
                recorded_at=one.recorded_at,
                fact=one.fact,
            )
            sums[plan, one.unit, one.measure, one.period] += one.delta

    def tally(self, plan: str, unit: str, measure: str, period: str) -> int:
        """The current tally, including this transaction's own postings."""
        key = (plan, unit, measure, period)
        known = self._known[tallies][0]
        row = known[key] if key in known else super()._look_up(tallies, 0, key)
        return (0 if row is None else int(row.value)) + self._pending.sums.get(key, 0)

    def cached(self, name: str, load: Callable[[Reading], T]) -> T:
        """As on a snapshot, but after `bump(name)` the value as left by this batch."""
        if name not in self._loaded:
            held, value = False, None
            if name not in self._bumped:
                held, value = self._caches.get(name, (self._versions or {}).get(name, 0))
            self._loaded = {**self._loaded, name: value if held else load(self)}
        found: T = self._loaded[name]
        return found

    def bump(self, name: str) -> None:
        """Make the cached value of `name` stale after this commit."""
        self._bumped |= {name}
        self._loaded = {held: value for held, value in self._loaded.items() if held != name}

    def renew(self, name: str, value: Any) -> None:
        """Replace the cached value of `name`, for everybody once committed: for values that are
        quicker to derive from the old one than to load again."""
        self.bump(name)
        self._loaded = {**self._loaded, name: value}

    def mark(self) -> Mark:
        """A place to return to with `undo`."""
        return self._pending.mark((self._bumped, self._loaded, self._discarded))

    def undo(self, mark: Mark) -> None:
        """Forget everything since the mark."""
        for table, cut in self._pending.undo(mark).items():
            shape = SHAPES[table]
            for index, pick in enumerate(shape.pick):
                known = self._known[table][index]
                for row in cut:
                    known.pop(pick(row), None)
        for table in self._pending.changed:
            self._forget(table)
        self._bumped, self._loaded, self._discarded = mark.beside

    def discard(self, key: str) -> None:
        """Remove the bytes that lie beside the database under a name, once this is committed."""
        self._discarded |= {key}

    def scrub(self) -> None:
        """Leave no trace in the files of what this transaction deletes or overwrites."""
        self.scrubs = True

    # --- what the writer uses ---------------------------------------------------------------

    def prefetch(self, table: Table, keys: Iterable[Key]) -> None:
        """Look up many primary keys with one query, for `find`."""
        shape, known = SHAPES[table], self._known[table][0]
        missing = {key: None for key in keys if key not in known}
        known.update(missing)
        if missing:
            for found in self._connection.fetch(shape, 0, list(missing)):
                row = shape.row._make(found)
                known[shape.pick[0](row)] = row

    def begin(self) -> None:
        """Begin a request."""
        self.began = self.mark()
        self._altered = False

    def wrote(self) -> bool:
        """Whether the current request has written anything."""
        return self._altered or self._pending.grew(self.began)

    def keep(self) -> None:
        """Keep what the current request has done, if the batch is committed."""
        self._pending.keep(self.began)

    def commit(self) -> tuple[dict[str, int], dict[str, int]]:
        """Write what is pending and commit; the new versions and heads."""
        new = dict(self._versions or {})
        for name in self._bumped:
            new[name] = new.get(name, 0) + 1
        with self._connection.together():
            self._pending.flush_all()
            self._pending.flush_heads(SHAPES[sequences])
            if self._bumped:
                rows = [(name, new[name]) for name in sorted(self._bumped)]
                self._connection.upsert(SHAPES[versions], rows, add=False)
            self._connection.commit()
        if self.beside is not None:
            for key in self._discarded:
                self.beside.drop(key)
        self._caches.learn(new)
        for name, value in self._loaded.items():
            self._caches.keep(name, new.get(name, 0), value)
        return new, self._pending.heads

    # --- inside -----------------------------------------------------------------------------

    def _prepare(self, compiled: Compiled) -> None:
        for table in compiled.tables:
            self._flush(table)

    def _flush(self, table: Table) -> None:
        if table is tallies and self._pending.flush_sums(TALLIES):
            self._forget(tallies)
        self._pending.flush(SHAPES[table])

    def _forget(self, table: Table) -> None:
        """Forget what is known of a table whose stored rows may have changed."""
        self._known.pop(table, None)
        self._appends.pop(table, None)

    def _look_up(self, table: Table, index: int, key: Key) -> Row | None:
        # In a changed table, added rows may have been forgotten, so ask the database.
        if table is tallies or (
            table in self._pending.changed and key not in self._known[table][index]
        ):
            self._flush(table)
        return super()._look_up(table, index, key)


__all__ = ["Mark", "Reading", "Row", "Tx"]
