"""The text of a table's cells, as a person would read it."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from scoring.errors import UserError

MAX_CELL = 500
"""How many characters of a cell are read; no cell of a roster is longer."""


class Unreadable(UserError):
    """The file cannot be read at all; the message says why and what to do."""


ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
"""What a sheet shows where it could not work something out."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell as its sheet shows it; a formula has none. `odd`: it is shown but was not
    typed as words: "error", "day", "truth" or "power" (1E+10)."""

    text: str
    formula: bool = False
    odd: str = ""


Row = list[Cell]
Grid = list[Row]
"""The rows of a table as in its file, blank ones included, so that line numbers match."""


def cell_of(value: Any, form: str = "") -> Cell:
    """Make a spreadsheet's value a text: 1024.0 is 1024, and 24 in the number format 0000 is
    0024."""
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell(str(value).upper(), odd="truth")
    if isinstance(value, (date, time, timedelta)):
        return Cell(str(value)[:MAX_CELL], odd="day")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and form and not form.strip("0"):
        return Cell(f"{value:0{len(form)}d}"[:MAX_CELL])
    return typed(str(value))


def typed(text: str) -> Cell:
    """A cell of a text; what only a sheet writes is marked as odd."""
    said = text.strip().upper()
    if said in ERRORS:
        return Cell(text[:MAX_CELL], odd="error")
    for odd, pattern in _ODD.items():
        if pattern.fullmatch(said):
            return Cell(text[:MAX_CELL], odd=odd)
    return Cell(text[:MAX_CELL])


_ODD = {
    "truth": re.compile(r"TRUE|FALSE"),
    "power": re.compile(r"\d(?:\.\d+)?E\+\d+"),
    "day": re.compile(
        r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?"
        r"|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z]{3}|[A-Z]{3}-\d{2}|\d{1,2}:\d\d(?::\d\d)?"
    ),
}


def csv_cell(text: str) -> Cell:
    """Make a csv field a cell; some tables write ="1024" to keep 1024 a text."""
    kept = re.fullmatch(r'="([^"]*)"', text.strip())
    if kept:
        return Cell(kept[1][:MAX_CELL])
    formula = text.lstrip().startswith("=")
    return Cell("", formula=True) if formula else typed(text)
