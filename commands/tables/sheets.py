"""Read csv or xlsx bytes as tables of cells, within limits; formulas are not evaluated.

The limits are those of what schools keep. A file made to be slow is also bound by the process it
is read in (`bot.services.limited`): never read what somebody sent inside a transaction.
"""

import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from commands.tables import parts
from commands.tables.cells import Cell, Grid, Row, Unreadable, cell_of, csv_cell
from commands.wording.sentences import say

MAX_UNPACKED = 30 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_CELLS = 200_000
"""Cells that are read, in one table."""

MAX_BLANK = 50_000
"""Blank rows in a row; formatting a whole column leaves some, a bomb a million."""

MAX_LINE = 128 * 1024
"""Characters of a csv line; csv itself allows as many to a field over several lines."""

DELIMITERS = ",\t;"

OLE = b"\xd0\xcf\x11\xe0"
"""How old .xls files and encrypted .xlsx files begin."""

ZIP = b"PK\x03\x04"


def grids(name: str, data: bytes) -> Iterator[Grid]:
    """The tables that a file may hold, most likely first. Raises Unreadable if there are none."""
    if data.startswith(OLE):
        if name.casefold().endswith(".xlsx"):
            raise Unreadable(say("table.encrypted"))
        raise Unreadable(say("table.xls"))
    if data.startswith(ZIP):
        yield from _workbook(data)
    elif not data.strip():
        raise Unreadable(say("table.empty"))
    elif b"\0" in data:
        raise Unreadable(say("table.encoding"))
    else:
        yield from _texts(_decoded(data))


# --- csv ----------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(say("table.encoding"))


def _texts(text: str) -> Iterator[Grid]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > MAX_LINE:
            raise Unreadable(say("table.line", line=number))
    beginning = text[:2000]
    for delimiter in sorted(DELIMITERS, key=beginning.count, reverse=True):
        if delimiter in text:
            yield _bounded(_fields(text, delimiter))


def _fields(text: str, delimiter: str) -> Iterator[Row]:
    # Strict: an unclosed quotation mark would swallow the people below it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for fields in reader:
            yield [csv_cell(field) for field in fields[: MAX_COLUMNS + 1]]
    except csv.Error as why:
        raise Unreadable(say("table.quotes", line=reader.line_num)) from why


# --- xlsx ---------------------------------------------------------------------------------


def _workbook(data: bytes) -> Iterator[Grid]:
    try:
        parts.check(data, most_parts=MAX_PARTS, most_bytes=MAX_UNPACKED)
        book = _opened(data)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield _bounded(_cells(sheet))
    except (Unreadable, MemoryError):
        raise
    except Exception as why:  # a damaged file fails anywhere in zipfile, expat or openpyxl
        raise Unreadable(say("table.damaged")) from why


def _opened(data: bytes) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():  # openpyxl warns of styles and extensions it skips
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)


def _cells(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
    for cells in sheet.iter_rows(max_col=MAX_COLUMNS + 1):
        filled = len(cells)
        while filled and cells[filled - 1].value is None:
            filled -= 1
        yield [
            Cell("", formula=True)
            if cell.data_type == "f"
            else cell_of(cell.value, "" if cell.value is None else cell.number_format)
            for cell in cells[:filled]
        ]


# --- both ---------------------------------------------------------------------------------


def _bounded(rows: Iterable[Row]) -> Grid:
    """The rows without trailing empty cells, and without empty rows at the end."""
    grid: Grid = []
    blank = cells = 0
    for row in rows:
        while row and not row[-1].text and not row[-1].formula:
            row.pop()
        if not row:
            blank += 1
            if blank > MAX_BLANK:
                raise Unreadable(say("table.blank", most=MAX_BLANK))
            continue
        if len(row) > MAX_COLUMNS:
            raise Unreadable(say("table.columns", most=MAX_COLUMNS))
        if len(grid) + blank >= MAX_ROWS:
            raise Unreadable(say("table.rows", most=MAX_ROWS))
        cells += len(row)
        if cells > MAX_CELLS:
            raise Unreadable(say("table.cells", most=MAX_CELLS))
        grid += [[] for _ in range(blank)]
        grid.append(row)
        blank = 0
    return grid
