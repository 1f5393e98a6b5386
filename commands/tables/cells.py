"""The text of a table's cells, as a person would read it."""

import re
from dataclasses import dataclass
from typing import Any

from scoring.errors import UserError

MAX_CELL = 500
"""How many characters of a cell are read; no cell of a roster is longer."""


class Unreadable(UserError):
    """The file cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; a formula has no text."""

    text: str
    formula: bool = False


Row = list[Cell]
Grid = list[Row]
"""The rows of a table as in its file, blank ones included, so that line numbers match."""


def cell_of(value: Any) -> Cell:
    """Make a spreadsheet's value a text: 1024.0 is 1024."""
    if value is None:
        return Cell("")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return Cell(str(value)[:MAX_CELL])


def csv_cell(text: str) -> Cell:
    """Make a csv field a cell; some tables write ="1024" to keep 1024 a text."""
    kept = re.fullmatch(r'="([^"]*)"', text.strip())
    if kept:
        return Cell(kept[1][:MAX_CELL])
    formula = text.lstrip().startswith("=")
    return Cell("" if formula else text[:MAX_CELL], formula)
