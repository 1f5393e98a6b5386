"""Statements of SQLAlchemy Core, compiled once per dialect and run on its driver.

Column types of the schema need no processing, so text and parameters are passed to the driver
unchanged. Lists (`bindparam("ids", expanding=True)`) are spelled out once per length.
"""

import re
from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from db.schema import metadata

WORD = re.compile(r"\w+")
MOST = 2_000
"""Statements kept: more than the program has, so only statements built at run time exceed it."""


def _row_type(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)


SPELLINGS = 100
"""Lengths of its lists for which a statement is kept spelled out."""


class Compiled:
    """A statement as text, with its tables and its parameters."""

    __slots__ = (
        *("_compiler", "_lists", "_literals", "_needed", "_row", "_spelled", "_sql", "_taken"),
        *("tables", "writes"),
    )

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        if not isinstance(statement, ClauseElement):
            raise TypeError(f"not a statement: {statement!r}")
        compiler = statement.compile(dialect=dialect)
        if not isinstance(compiler, SQLCompiler):
            raise TypeError(f"only selects and changes run here: {compiler}")
        self._compiler = compiler
        self._lists = [name for bind, name in compiler.bind_names.items() if bind.expanding]
        self._spelled: dict[tuple[int, ...], tuple[str, Mapping[str, list[str]]]] = {}
        self._sql = str(compiler)
        self._literals = {
            name: bind.effective_value
            for bind, name in compiler.bind_names.items()
            if not bind.required
        }
        self._taken = frozenset(compiler.bind_names.values())
        self._needed = self._taken - self._literals.keys()
        self._row: Any = None
        self.writes: bool = statement.is_dml
        # Any word that names a table counts: flushing one table too many does no harm.
        words = set(WORD.findall(self._sql))
        self.tables: tuple[Table, ...] = tuple(
            table for name, table in metadata.tables.items() if name in words
        )

    def bound(self, given: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """The text and parameters for the driver. Raises TypeError for a missing or unknown one."""
        if not self._needed <= given.keys() <= self._taken:
            raise TypeError(f"needs {sorted(self._needed)}, was given {sorted(given)}: {self._sql}")
        parameters = {**self._literals, **given}
        if not self._lists:
            return self._sql, parameters
        lengths = tuple(len(parameters[name]) for name in self._lists)
        if lengths not in self._spelled:
            if len(self._spelled) >= SPELLINGS:
                self._spelled.clear()
            state = self._compiler.construct_expanded_state(parameters)
            self._spelled[lengths] = state.statement, state.parameter_expansion
        sql, spelled = self._spelled[lengths]
        for name, names in spelled.items():
            parameters.update(zip(names, parameters.pop(name), strict=True))
        return sql, parameters

    def rows(self, description: Sequence[Any], fetched: Sequence[Any]) -> list[Any]:
        """The fetched tuples by column name."""
        if self._row is None:
            self._row = _row_type([column[0] for column in description])
        return list(map(self._row._make, fetched))


class Statements:
    """The compiled statements of one dialect, shared by its databases and all their threads."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: dict[Executable, Compiled] = {}

    def __getitem__(self, statement: Executable) -> Compiled:
        found = self._compiled.get(statement)
        if found is None:
            if len(self._compiled) >= MOST:
                self._compiled.clear()
            found = self._compiled[statement] = Compiled(statement, self._dialect)
        return found


in_dialect = cache(Statements)
