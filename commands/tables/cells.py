"""What a cell of a table says: its text as a person would read it, and nothing unseen."""

import re
from dataclasses import dataclass
from typing import Any

from scoring.errors import UserError

MAX_CELL = 500
"""Characters of a cell that are read; no cell of a roster is longer."""


class Unreadable(UserError):
    """The file cannot be read at all; says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; of a formula nothing but that it is one."""

    text: str
    formula: bool = False


Row = list[Cell]
Grid = list[Row]
"""The rows of a table as in its file, blank ones included, so that lines count as people do."""


def cell_of(value: Any) -> Cell:
    """A value of a spreadsheet as text: 1024.0 is 1024."""
    if value is None:
        return Cell("")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return Cell(str(value)[:MAX_CELL])


def csv_cell(text: str) -> Cell:
    """A field of a csv; ="1024" is how some tables keep 1024 a text."""
    kept = re.fullmatch(r'="([^"]*)"', text.strip())
    if kept:
        return Cell(kept[1][:MAX_CELL])
    formula = text.lstrip().startswith("=")
    return Cell("" if formula else text[:MAX_CELL], formula)
