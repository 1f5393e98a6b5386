"""Find the header of a table: title rows above it are normal, and a heading may bear a remark."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from commands.tables.cells import Grid
from commands.wording.sentences import say

WITHIN = 10
"""How many rows are searched."""


@dataclass(frozen=True, slots=True)
class Header:
    """The line of a header, the place of each known column, and the headings that are not known."""

    line: int
    columns: Mapping[str, int]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What the headings of a kind of table mean. `column_of`: heading -> column; `squeezed`: how a
    heading is written without width and blanks."""

    column_of: Mapping[str, str]
    required: Collection[str]
    squeezed: Callable[[str], str]

    def heading(self, text: str) -> str:
        """A heading without its remark, as in 部门（全称）."""
        return re.split(r"[(*:\[]", self.squeezed(text))[0]

    def find(self, grid: Grid) -> Header | str:
        """The header row, or why there is none ("": nothing like one was found)."""
        for line, row in enumerate(grid[:WITHIN], start=1):
            words = [self.heading(cell.text) for cell in row]
            columns: dict[str, int] = {}
            for place, word in enumerate(words):
                column = self.column_of.get(word)
                if column in columns:
                    return say("table.column_twice", column=column)
                if column is not None:
                    columns[column] = place
            missing = [column for column in self.required if column not in columns]
            if len(missing) == 1:
                return say("table.column_missing", line=line, column=missing[0])
            if not missing:
                ignored = tuple(word for word in words if word and word not in self.column_of)
                return Header(line, columns, ignored)
        return ""

    def none(self) -> str:
        """That no row has the columns that are needed."""
        return say("table.no_header", within=WITHIN, required="、".join(self.required))
